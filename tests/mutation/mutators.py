# SPDX-License-Identifier: Apache-2.0
"""Finds what can be changed in the function bodies of a C++ source, and writes the source with all changes in it, each
behind a switch (switch.hpp). It reads text as clang-format leaves it: what it cannot place it leaves alone."""
import re

SWAPS = {"<": "<=", "<=": "<", ">": ">=", ">=": ">", "==": "!=", "!=": "==", "&&": "||", "||": "&&", "+": "-",
         "-": "+"}
WORDS = {"true": "false", "false": "true", "min": "max", "max": "min"}
RAW_WORDS = {"using", "static_assert", "typedef", "struct", "class", "union", "enum", "template", "namespace", "throw",
             "goto", "co_return", "static", "constexpr", "thread_local"}
TOKEN = re.compile(r"(?<= )(?:<=|>=|==|!=|&&|\|\||[<>+-])(?= |$)|(?<![\w.'])\d+(?![\w.'])|\b\w+::\w+\b"
                   r"|\b(?:true|false)\b|(?<![\w)\]])!(?=[\w(*])", re.MULTILINE)
LAMBDA_HEAD = re.compile(r"\]\s*(?:\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\))?\s*(?:mutable|noexcept|\s)*"
                         r"(?:->[\w:<>,&*\s]+)?$")
ARGUMENTS = re.compile(r"\w<[^<>;(){}]*(?:<[^<>;(){}]*>[^<>;(){}]*)*>")  # of a template
DECLARATION = re.compile(r"(?:const\b|auto\b|[\w:]+(?:<.*?>)?(?:::\w+)?[\s&*]+(?:const\s+)?[\w\[])", re.DOTALL)
EXPRESSION = re.compile(r"(delete|co_await|new)\b|[\w:.>-]+ (?:[-+*/|&]?=|<<|>>) ")
NOTHING_MORE = re.compile(r"\s*((case\b[^;{}]*|default\s*):\s*)*(break;\s*)?")  # in a switch
CLOSING = {"(": ")", "[": "]", "{": "}"}


def blanked(text):
    """The text with blanks for comments, literals and directives, each character in its place."""
    pattern = re.compile(r'//[^\n]*|/\*.*?\*/|R"\((?:.*?)\)"|"(?:[^"\\\n]|\\.)*"|(?<![\w])\'(?:[^\'\\\n]|\\.)*\''
                         r"|^[ \t]*#(?:[^\n]|\\\n)*", re.DOTALL | re.MULTILINE)

    def blank(match):
        found = match.group()
        if found[0] in "\"'R" and len(found) > 1:
            return '"' + re.sub(r"[^\n]", "_", found[1:-1]) + '"'
        return re.sub(r"[^\n]", " ", found)
    return pattern.sub(blank, text)


class Enumerators:
    """What may stand for a constant of an enumeration, whose name may be that of another one elsewhere."""

    # What an outcome is taken for matters most.
    FIRST = {"Outcome::unknown": "Outcome::no_effect", "Outcome::no_effect": "Outcome::unknown"}

    def __init__(self, texts):
        self.texts = texts  # by file
        self.by_file = {file: self.of(text) for file, text in texts.items()}
        self.everywhere = {}
        for found in self.by_file.values():
            for name, other in found.items():
                self.everywhere.setdefault(name, other)

    @staticmethod
    def of(text):
        found = {}
        for name, body in re.findall(r"enum class (\w+)[^{;]*\{([^}]*)\}", blanked(text)):
            members = [part.split("=")[0].strip() for part in body.split(",")]
            members = [member for member in members if re.fullmatch(r"\w+", member)]
            for here, following in zip(members, members[1:] + members[:1]):
                if here != following:
                    found[f"{name}::{here}"] = f"{name}::{following}"
        return found

    def near(self, file):
        """Those of a file, of what it includes, and of all others, in that order."""
        included = re.findall(r"#include <florin/([\w./]+)>", self.texts.get(file, ""))
        found = dict(self.everywhere)
        for each in [*reversed(included), file]:
            found.update(self.by_file.get(each, {}))
        found.update(self.FIRST)
        return found


class Mutant:
    def __init__(self, file, line, text):
        self.file = file
        self.line = line  # from 1
        self.text = text  # the line as it is changed, or what is done to it
        self.number = 0

    def key(self):
        return f"{self.file}: {self.text}"


class Source:
    """One file. `left_out` are the (file, line, text) of mutants that the compiler refuses."""

    def __init__(self, file, text, enums, left_out=frozenset(), first=1):
        self.file, self.text, self.enums, self.left_out = file, text, enums.near(file), left_out
        self.blank = blanked(text)
        self.mutants = []
        self.next = first
        self.switch_ends = set()
        self.void = self.boolean = False
        self.written = self.write()

    # Places

    def match(self, at):
        """The place of the bracket that closes the one at `at`."""
        depth = 0
        for i in range(at, len(self.blank)):
            if self.blank[i] in "([{":
                depth += 1
            elif self.blank[i] in ")]}":
                depth -= 1
                if depth == 0:
                    return i
        raise ValueError(f"{self.file}: a bracket is not closed")

    def find(self, wanted, at, end):
        """Where one of the characters stands outside brackets; `end`: nowhere."""
        while at < end:
            if self.blank[at] in wanted:
                return at
            at = self.match(at) + 1 if self.blank[at] in CLOSING else at + 1
        return end

    def skip(self, at):
        while at < len(self.blank) and self.blank[at].isspace():
            at += 1
        return at

    def word(self, at):
        found = re.match(r"\w+", self.blank[at:at + 40])
        return found.group() if found else ""

    # Mutants

    def mutant(self, at, text):
        """The switch of a new mutant; nothing: the compiler refuses it."""
        made = Mutant(self.file, self.text.count("\n", 0, at) + 1, " ".join(text.split()))
        made.number = self.next
        self.next += 1
        if (made.file, made.line, made.text) in self.left_out:
            return None
        self.mutants.append(made)
        return f"mutation::on({made.number})"

    def line_of(self, at):
        start = self.text.rfind("\n", 0, at) + 1
        end = self.text.find("\n", at)
        return start, end if end >= 0 else len(self.text)

    def lambdas(self, at, end):
        """The bodies of the outermost lambdas."""
        found, i = [], at
        while i < end:
            if self.blank[i] == "{" and LAMBDA_HEAD.search(self.blank[max(at, i - 300):i]):
                close = self.match(i)
                found.append((i, close))
                i = close
            i += 1
        return found

    def edited(self, at, end):
        """The text, with mutants in the lambdas within."""
        out, here = "", at
        outer = self.void, self.boolean
        self.void = self.boolean = False
        for i, close in self.lambdas(at, end):
            out += self.text[here:i + 1] + self.block(i + 1, close)
            here = close
        self.void, self.boolean = outer
        return out + self.text[here:end]

    def variants(self, at, end):
        """(switch, changed text) for each change within an expression."""
        bodies = self.lambdas(at, end)
        arguments = [found.span() for found in ARGUMENTS.finditer(self.blank, at, end)]
        found = []
        for token in TOKEN.finditer(self.blank, at, end):
            i, text = token.start(), token.group()
            if any(b <= i <= e for b, e in bodies) or any(b <= i < e for b, e in arguments):
                continue
            if text in SWAPS:
                other = SWAPS[text]
            elif text == "!":
                other = ""
            elif text.isdigit():
                other = str(int(text) + 1)
            elif text in ("std::min", "std::max"):
                other = "std::" + WORDS[text[5:]]
            else:
                other = WORDS.get(text) or self.enums.get(text)
            if other is None:
                continue
            start, stop = self.line_of(i)
            switch = self.mutant(i, self.text[start:i] + other + self.text[token.end():stop])
            if switch:
                found.append((switch, self.one_line(at, i) + other + self.one_line(token.end(), end)))
        return found

    def one_line(self, at, end):
        """The text without what separates lines: those of the file keep their numbers."""
        text = re.sub(r"//[^\n]*", lambda found: "" if self.blank[at + found.start()] == " " else found.group(),
                      self.text[at:end])
        return re.sub(r"\s*\n\s*", " ", text)

    def negated(self, at, end):
        """Whether to negate it as a whole is more than to change what it is made of."""
        return not re.fullmatch(r"\s*(![\w.:>()-]*|[^!&|?]* [!=]= [^&|?]*)", self.blank[at:end].replace("->", ">"))

    def chosen_of(self, variants, usual, form="({})"):
        """An expression: the variant that is switched on, else the usual one."""
        if not variants:
            return usual
        chain = "".join(f"{switch} ? {form.format(text)} : " for switch, text in variants)
        return f"({chain}{form.format(usual)})"

    def condition(self, at, end):
        first = self.find(";", at, end)
        if first < end:
            return self.edited(at, first + 1) + self.condition(first + 1, end)
        if re.search(r" = ", self.blank[at:end]) or not self.blank[at:end].strip():
            return self.edited(at, end)
        variants = self.variants(at, end)
        switch = self.negated(at, end) and self.mutant(at, f"not ({self.text[at:end].strip()})")
        if switch:
            variants.append((switch, f"!({self.one_line(at, end)})"))
        return self.chosen_of(variants, self.edited(at, end), "static_cast<bool>({})")

    def block(self, at, end):
        out = ""
        while True:
            start = self.skip(at)
            if start >= end:
                return out + self.text[at:end]
            out += self.text[at:start]
            at, text = self.statement(start, end)
            out += text

    def headed(self, at, end, write_head):
        """A statement behind a head in parentheses. \\return where it ends, and both."""
        open_ = self.blank.index("(", at)
        close = self.match(open_)
        text = self.text[at:open_ + 1] + write_head(open_ + 1, close) + ")"
        return self.followed(close + 1, end, text)

    def followed(self, at, end, text):
        start = self.skip(at)
        stop, body = self.statement(start, end)
        return stop, text + self.text[at:start] + body

    def for_head(self, at, end):
        first = self.find(";", at, end)
        if first == end:
            return self.text[at:end]
        second = self.find(";", first + 1, end)
        return self.text[at:first + 1] + " " + self.condition(first + 1, second) + self.text[second:end]

    def statement(self, at, end):
        """\\return where it ends, and its text with mutants."""
        word = self.word(at)
        if self.blank[at] == "{":
            close = self.match(at)
            return close + 1, "{" + self.block(at + 1, close) + "}"
        if self.blank[at] == ";":
            return at + 1, ";"
        if word == "if":
            constant = re.match(r"if\s+(constexpr|consteval)\b", self.blank[at:at + 40])
            if constant and constant.group(1) == "consteval":
                stop, text = self.followed(at + constant.end(), end, constant.group())
            else:
                stop, text = self.headed(at, end, (lambda b, e: self.text[b:e]) if constant else self.condition)
            following = self.skip(stop)
            if self.word(following) == "else":
                text += self.text[stop:following] + "else"
                return self.followed(following + 4, end, text)
            return stop, text
        if word == "while":
            return self.headed(at, end, self.condition)
        if word == "for":
            return self.headed(at, end, self.for_head)
        if word in ("switch", "catch"):
            if word == "switch":
                self.switch_ends.add(self.match(self.skip(self.match(self.blank.index("(", at)) + 1)))
            return self.headed(at, end, lambda b, e: self.text[b:e])
        if word == "try":
            return self.followed(at + 3, end, "try")
        if word == "do":
            stop, text = self.followed(at + 2, end, "do")
            open_ = self.blank.index("(", stop)
            close = self.match(open_)
            text += self.text[stop:open_ + 1] + self.condition(open_ + 1, close) + ")"
            return self.blank.index(";", close) + 1, text + ";"
        if word in ("case", "default"):
            label = re.compile(r"(?<!:):(?!:)").search(self.blank, at).end()
            return label, self.text[at:label]
        stop = self.find(";", at, end)
        if word in RAW_WORDS or self.blank.startswith("[[", at) or stop == end:
            return min(stop + 1, end), self.text[at:min(stop + 1, end)]
        return stop + 1, self.simple(word, at, stop)

    def simple(self, word, at, stop):
        whole = self.text[at:stop]
        if word == "break" and NOTHING_MORE.match(self.blank, stop + 1).end() in self.switch_ends:
            return whole + ";"
        if word in ("break", "continue") or (word == "return" and whole == "return"):
            switch = self.mutant(at, f"without {whole};")
            return f"{{ if (!{switch}) {whole}; }}" if switch else whole + ";"
        if word == "return":
            return self.returned(self.skip(at + 6), stop)
        if DECLARATION.match(self.blank, at, stop) and not EXPRESSION.match(self.blank, at, stop):
            sign = re.compile(r" =\s").search(self.blank, at, stop)
            if not sign or self.find("(", at, sign.start()) < sign.start() or self.blank[sign.end()] in "{[":
                return self.edited(at, stop) + ";"
            begin = sign.end()
            return self.text[at:begin] + self.chosen_of(self.variants(begin, stop), self.edited(begin, stop)) + ";"
        variants = self.variants(at, stop)
        text = "".join(f"if ({switch}) {{ {changed}; }} else " for switch, changed in variants)
        switch = None if whole.startswith("(void)") else self.mutant(at, f"without {whole};")
        if switch:
            text += f"if (!{switch}) "
        usual = self.edited(at, stop)
        return f"{{ {text}{{ {usual}; }} }}" if text else usual + ";"

    def returned(self, at, stop):
        whole = self.text[at:stop]
        variants = self.variants(at, stop)
        if self.boolean and whole not in ("true", "false") and self.negated(at, stop):
            switch = self.mutant(at, f"return not ({whole});")
            if switch:
                variants.append((switch, f"!({self.one_line(at, stop)})"))
        text = "".join(f"if ({switch}) return {changed}; " for switch, changed in variants)
        if self.void:
            switch = self.mutant(at, f"{whole}; without return")
            if switch:
                text += f"if ({switch}) {{ {self.one_line(at, stop)}; }} else "
        usual = f"return {self.edited(at, stop)};"
        return f"{{ {text}{usual} }}" if text else usual

    def write(self):
        out, here = "", 0
        for head, at, close in self.bodies():
            if re.search(r"\bconsteval\b", head):
                continue
            name = re.search(r"(?:operator\s*\(\)|operator[^\w(]+|[~\w:]+)\s*\(", head)
            before = head[:name.start()] if name else ""
            self.void = bool(re.search(r"\bvoid\s*$", before))
            self.boolean = bool(re.search(r"\bbool\s*$", before))
            out += self.text[here:at + 1] + self.block(at + 1, close)
            here = close
        return out + self.text[here:]

    def bodies(self):
        """(head, place of the opening brace, of the closing one) of each function."""
        blank, at, head = self.blank, 0, 0
        while at < len(blank):
            here = blank[at]
            if here == "(":
                at = self.match(at)
            elif here in ";}":
                head = at + 1
            elif here == ":" and re.search(r"\b(public|private|protected)\s*$", blank[head:at]):
                head = at + 1
            elif here == "{":
                text = blank[head:at].strip()
                plain = re.sub(r"^template\s*<.*?>\s*(?=(?:class|struct|union)\b)", "", text, flags=re.DOTALL)
                if re.match(r"(inline\s+)?namespace\b|extern\b|(class|struct|union)\b[^()]*$", plain):
                    head = at + 1
                elif "(" in text and self.is_function(text):
                    close = self.match(at)
                    yield text, at, close
                    at, head = close, close + 1
                else:
                    at = self.match(at)
            at += 1

    @staticmethod
    def is_function(head):
        if re.search(r"\b(concept|enum)\b|\brequires\s*(\([^()]*\))?\s*$", head):
            return False
        return bool(re.search(r"(\)|\b(?:const|noexcept|override|final))\s*$", head)
                    or re.search(r"->[^;(){}]*$", head)
                    or (head.endswith("}") and re.search(r"\)\s*(noexcept\s*)?:\s", head)))
