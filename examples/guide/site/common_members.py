# SPDX-License-Identifier: Apache-2.0
"""What the members are that types of one kind have in common, said once for all of them.

Elements, sources and limits of the vocabulary, tags of fields and operations offer the same members, as the concepts
want them that these types satisfy. A member without a comment of its own gets the one here.
"""
import re

# By the beginning of a header's path below florin/; the first place that has the member counts.
COMMON = [
    ("wire/limit.hpp", {
        "accepts": "Whether a value, or an entry with its key and value, keeps to it.",
        "reason": "How a value is refused that does not; it follows the name of the field.",
        "text": "The text that `reason` views.",
        "limit": "The most characters.",
        "entries": "The most entries.",
        "reserved": "Entries that the library writes itself.",
    }),
    ("wire/idempotency.hpp", {
        "offered": "Whether the processor recognises a repetition.",
        "takes_key": "Whether a key travels with the request.",
        "hyphens": "Whether the keys that the library makes have hyphens.",
        "fits": "Whether the keys that the library makes are accepted at all.",
        "in_header": "Whether the key travels in the header `mechanism`, not in the body.",
        "names_first": "Whether a repetition is answered with `customer_exists`, or another refusal that says that the "
                       "first one was carried out.",
        "mechanism": "The header or member that a repetition is recognised by; empty: none.",
        "replay_header": "The header that marks a replayed answer; empty: it is not marked.",
        "replay_value": "The value of that header.",
        "header": "The header that marks a replayed answer; empty: it is not marked.",
        "value": "The value of that header.",
        "check": "Why a key cannot be sent, or no fault.",
        "write": "Writes the key's header, where there is one.",
    }),
    ("wire/header.hpp", {
        "text": "The text.",
        "name": "Its name.",
        "write": "Appends the whole line, or lines, to the head of a request.",
        "optional": "Whether it may be left out.",
        "member": "The member of `Credentials` that holds it.",
        "missing": "How credentials without it are refused.",
        "unusable": "How it is refused where it cannot be put into a header.",
        "size": "How many there are.",
    }),
    ("wire/jwt.hpp", {
        "before": "What stands before its value in the claims.",
        "write": "Appends it to the claims.",
    }),
    ("wire/signature.hpp", {
        "of": "The text, of a request that is written but not signed.",
        "size": "Bytes of the text.",
    }),
    ("wire/", {
        "wire_name": "The member's name on the wire.",
        "Source": "Where the value comes from.",
        "id": "The field that a refusal names.",
        "part": "Which part of a name it is.",
        "principal": "The fields that have to be given where it is required.",
        "absent": "How it is refused where there is no value although there is a field.",
        "read": "The value, from all that a source may read; empty: it is left out.",
        "confidential": "Whether it writes a credential.",
        "sends_key": "Whether it writes the idempotency key.",
        "sends_id": "Whether it writes the processor's id of the customer.",
        "sends_payment_token": "Whether it writes the payment token.",
        "needs_payment_token": "Whether it cannot do without the payment token.",
        "has_entries": "Whether it writes the metadata entry by entry.",
        "shared": "The fields that share its place.",
        "carried": "The unified fields that it carries.",
        "required": "The unified fields without which a request is refused.",
        "fields": "The fields that it is about.",
        "holds": "Whether it is so with these fields.",
        "neither": "How a value is refused that is neither of the two.",
        "max_length": "The most characters of a field that goes out as it is; `unlimited`: there is no limit.",
        "max_entries": "The most entries of the metadata; `unlimited`: there is no limit.",
        "reserved_entries": "How many of these entries the library writes itself.",
        "check": "Why a request cannot be sent, or no fault.",
        "content_type": "The media type of the body.",
    }),
    ("field.hpp", {
        "id": "The field.",
        "carried": "The fields that it stands for.",
        "get": "The field of any request that has it; empty: it is absent.",
        "member": "The member of any request that has it.",
    }),
    ("", {
        "Request": "What is asked for.",
        "Response": "What a successful call gives.",
        "Kept": "What of the request its answer needs.",
        "Declaration": "Where a policy declares it.",
        "keep": "What of the request its answer needs.",
        "reads": "What a successful answer is.",
        "changes": "Whether a failure may leave open what it has changed.",
        "repeatable": "Whether a request that may have arrived can be sent again without a key.",
        "given": "The unified fields that it gives.",
    }),
]
# Where only these have such members: types that describe an operation.
OPERATIONS = re.compile(r"(customer/\w+|access_token)\.hpp$")
# What follows from the declaration itself.
USUAL = [
    (r"friend (constexpr )?bool operator==\(", "Whether both have the same value."),
    (r"friend (constexpr )?auto operator<=>\(", "Compares the members, in their order."),
    (r"friend std::ostream& operator<<\(", "Writes it."),
    (r"(constexpr |inline )*(explicit )?(\w+)\(\3&&[^)]*\)", "Moves it; the other one can be assigned to or destroyed."),
    (r"\w+& operator=\(\w+&& ?\w*\)", "Moves it; the other one can be assigned to or destroyed."),
    (r"(\w+)\(const \1& ?\w*\)", "Copies it. Errors: `std::bad_alloc`."),
    (r"\w+& operator=\(const \w+& ?\w*\)", "Copies it. Errors: `std::bad_alloc`."),
    (r"using executor_type\b", "What asynchronous calls run on."),
    (r"using (iterator_category|value_type|difference_type|pointer|reference)\b", "As the standard library names it."),
]
DECLARED = re.compile(r"  +(?:\[\[nodiscard\]\] |static |constexpr |consteval |inline )*(?:using (\w+) =|(?:explicit )?"
                      r"[\w:<>,&*. ]+? [&*]?(\w+)(?: =|\{|\(|;))")


def comment_for(place, line):
    """What is to be said of the declaration that begins in `line`; none: it is for its own comment to say."""
    for begin, said in USUAL:
        if re.match(r" +(?:\[\[nodiscard\]\] |FLORIN_DECL )*" + begin, line):
            return said
    if not (found := DECLARED.match(line)):
        return None
    member = found[1] or found[2]
    for where, members in COMMON:
        if place.startswith(where) and (where or OPERATIONS.match(place)) and member in members:
            return members[member]
    return None


def commented(place, text):
    """The header with these comments, each in the line of its declaration, so that lines keep their numbers."""
    lines = text.split("\n")
    for at, line in enumerate(lines):
        first = at
        while first and re.match(r" +template <.*>$", lines[first - 1]):
            first -= 1
        if "///" in line or first and lines[first - 1].lstrip().startswith("///"):
            continue
        if said := comment_for(place, line):
            lines[first] = re.sub(r"^ +", lambda blanks, said=said: f"{blanks[0]}/** {said} */ ", lines[first])
    return "\n".join(lines)
