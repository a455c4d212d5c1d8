# SPDX-License-Identifier: Apache-2.0
"""A header as the reference shows it. Lines keep their numbers.

What nobody should name is left out (namespace detail, specializations in other namespaces), and so are the bodies of
the sandboxes' descriptions. A policy becomes what it states in words and what a caller needs, its name, hosts and
credentials; how it goes over the wire stands on the connector's page.
"""
import re

import common_members

TOKENS = re.compile(r"""//[^\n]*|/\*.*?\*/|R"(\w*)\(.*?\)\1"|"(?:\\.|[^"\\\n])*"|(?<![0-9a-fA-F])'(?:\\.|[^'\\\n])+'""",
                    re.DOTALL)
OPERATIONS = ("Create", "Retrieve", "Update", "Delete", "Find")


def blank(text):
    """As many lines, with nothing in them."""
    return "\n" * text.count("\n")


def masked(text):
    """The text with comments and literals blanked out, every character where it was."""
    return TOKENS.sub(lambda found: re.sub(r"[^\n]", " ", found[0]), text)


def closing(mask, opening):
    """Where the brace at `opening` is closed."""
    depth = 0
    for at in range(opening, len(mask)):
        depth += {"{": 1, "}": -1}.get(mask[at], 0)
        if depth == 0:
            return at
    raise ValueError(f"the brace at {opening} is not closed")


def without(text, pattern):
    """Without the braced blocks that `pattern` begins, and without what stands around them on their lines."""
    while found := re.search(pattern, masked(text), re.MULTILINE):
        end = closing(masked(text), text.index("{", found.start()))
        while end + 1 < len(text) and text[end + 1] != "\n":
            end += 1
        text = text[:found.start()] + blank(text[found.start():end + 1]) + text[end + 1:]
    return text


def declarations(body):
    """Splits what stands between the braces of a struct into declarations, each with its comments before it."""
    mask, begin, depth, parts = masked(body), 0, 0, []
    for at, sign in enumerate(mask):
        depth += {"{": 1, "}": -1}.get(sign, 0)
        if sign == ";" and depth == 0:
            end = at + 1
            if trailing := re.match(r"[ \t]*///<[^\n]*", body[end:]):
                end += trailing.end()
            parts.append(body[begin:end])
            begin = end
    return parts, body[begin:]


def credentials(part, connector):
    """The struct of a policy's credentials, with the variable that each comes from."""
    def named(found):
        return f"{found[1]}/** `{connector.upper()}_{found[3].upper()}` in the environment. */ {found[2]}{found[3]}"
    return re.sub(r"^(    )((?:Secret|std::optional<\w+(?:::\w+)?>|std::string) )(\w+)(?=\{\};)(?!.*///<)", named, part,
                  flags=re.MULTILINE)


def stated(part, connector):
    """What the reference shows of a declaration in a policy."""
    code = masked(part).strip()
    documented = "///" in part
    if re.match(r"struct Credentials\b", code):
        return credentials(part, connector)
    for fact, said in (("std::string_view name", "What it is called, here and by `AnyClient::make`."),
                       ("Hosts hosts", "Where requests go.")):
        if code.startswith("static constexpr " + fact):
            return part.replace("static", f"/** {said} */ static", 1)
    operation = re.match(r"struct (\w+)", code)
    if operation and operation[1] in OPERATIONS and documented:
        opening = masked(part).index("{")
        end = closing(masked(part), opening)
        return part[:opening + 1] + blank(part[opening:end]) + part[end:]
    return blank(part)


def parts_of_policy(text):
    """Of a policy's header: the match of `struct NAME {`, and the comment before it."""
    found = re.search(r"^struct (\w+Policy) \{", text, re.MULTILINE)
    return found, re.search(r"(?:^///[^\n]*\n)*\Z", text[:found.start()], re.MULTILINE)[0]


def policy(text):
    """A policy's header: the policy alone, in namespace florin."""
    found, comments = parts_of_policy(text)
    end = closing(masked(text), found.end() - 1)
    name = re.search(r'std::string_view name = "(\w+)"', text[found.start():end])[1]
    before = text[:found.start() - len(comments)]
    before = blank(before)[:-1] + "namespace florin {\n"
    parts, rest = declarations(text[found.end():end])
    link = f"/// What it carries and where, limits, codes, hosts and keys: \\ref connector_{name}.\n"
    return (before + comments.removesuffix("\n") + "\n" + "///\n" + link + found[0] + "".join(stated(part, name) for part in parts) + rest
            + text[end:end + 2] + " }  // namespace florin\n")


def description(text):
    """A description of a sandbox: its functions without their bodies."""
    out, at = "", 0
    mask = masked(text)
    for found in re.finditer(r"^inline (?:[^;{]|\{\s*\})*?\)\s*\{", mask, re.MULTILINE):
        if found.start() < at:
            continue
        # A default argument may be `{}`.
        opening = mask.index(") {", found.start()) + 2
        end = closing(mask, opening)
        out += text[at:opening] + ";" + blank(text[opening:end + 1])
        at = end + 1
    return out + text[at:]


def view(name, text):
    """What Doxygen is to read of the header `name`."""
    text = without(text, r"^namespace (florin::)?([a-z]+::)?detail \{")
    text = without(text, r"^template <.*>\nstruct (boost|std)::")
    text = re.sub(r"explicit\(false\)[ \n]", lambda found: found[0][-1].strip(" "), text)
    text = re.sub(r"^ *(template <[^;{}]*>\s*)?friend (class|struct) [^;]*;", lambda found: blank(found[0]), text,
                  flags=re.MULTILINE)
    text = common_members.commented(name.rpartition("/florin/")[2], text)
    if "/policies/" in name:
        return policy(text)
    if "/testing/processors/" in name:
        return description(text)
    return text

