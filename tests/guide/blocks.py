# SPDX-License-Identifier: Apache-2.0
"""The code blocks of the guide and of the README, as sources that a test compiles and runs.

usage: blocks.py [--has MARK] OUTPUT PAGE...     one source with the blocks of all pages

What the compiler needs beside a block stands in comments of the page, which nobody sees who reads it:
    <!-- before CODE -->     statements before the block, which is a function's body
    <!-- after CODE -->      statements behind it, with CHECK(...) of what it has done
    <!-- declarations -->    the block stands in the page's namespace instead; what is there stays for later blocks
    <!-- broken: VERSION --> in the README of a release: what a later version has broken on purpose; not compiled here
    <!-- refused: NAME -->   tests/compile_fail/NAME.cpp has the block as what the compiler refuses; not compiled here
    <!-- MARK -->            any other word: declarations that need something which not every machine has; skipped
                             without --has MARK. <!-- MARK: statements -->: statements that do
A block with `int main()` is a program. Each line keeps its place in the page for the compiler's messages.
"""
import pathlib
import re
import sys
from dataclasses import dataclass

COMMENT = re.compile(r"<!--\s*(before|after|declarations|broken|refused|said|[a-z]+)\b:?[ \t]*(.*?)-->", re.DOTALL)
FENCE = re.compile(r"^```(\w*)[ \t]*\n(.*?)^```[ \t]*$", re.DOTALL | re.MULTILINE)
MARKERS = ("connectors", "benchmarks")


class BadPage(Exception):
    """A page whose blocks cannot be told apart."""


@dataclass
class Block:
    page: str
    number: int
    line: int
    language: str
    code: str
    before: str = ""
    after: str = ""
    kind: str = "statements"
    names: str = ""
    said: str = ""


def blocks_of(page, text):
    """All fenced blocks of a page, each with what comments say about it."""
    pieces = sorted([*FENCE.finditer(text), *COMMENT.finditer(text)], key=lambda found: found.start())
    blocks, before, kind, names, end = [], "", None, "", 0
    for found in pieces:
        if found.start() < end:
            continue  # a comment within a block
        end = found.end()
        line = text.count("\n", 0, found.start()) + 1
        if found.re is COMMENT:
            word, rest = found[1], found[2]
            if word == "before":
                before = f'#line {line + 1} "{page}.md"\n{rest.strip()}\n'
            elif word == "after":
                if not blocks or blocks[-1].language != "cpp":
                    raise BadPage(f"{page}.md:{line}: there is no block that this is behind")
                blocks[-1].after = f'#line {line + 1} "{page}.md"\n{rest.strip()}\n'
            elif word not in MARKERS:
                kind, names = word, rest.strip()
            continue
        block = Block(page, len(blocks) + 1, line, found[1], found[2], before)
        if kind == "said":
            # Without a name it is about the block before it.
            block.said = names or (blocks[-1].names if blocks else "")
        elif kind:
            block.kind, block.names = kind, names
        elif re.search(r"^int main\(", block.code, re.MULTILINE):
            block.kind = "program"
        blocks.append(block)
        before, kind, names = "", None, ""
    if before or kind:
        raise BadPage(f"{page}.md: the last comment is about no block")
    return blocks


def source_of(pages, marks):
    """One source of the blocks of several pages: (name, text) each."""
    headers, bodies, cases = [], [], []
    for page, text in pages:
        space = "page_" + re.sub(r"\W", "_", page.lower())
        body = []
        for block in blocks_of(page, text):
            if block.language != "cpp":
                continue
            code = f'#line {block.line + 1} "{page}.md"\n' + "\n".join(
                "" if line.startswith("#include") else line for line in block.code.splitlines()) + "\n"
            name = f"block_{block.number}"
            if block.kind == "refused":
                continue
            if block.kind == "broken":
                cases.append((f"{page}/{block.number} # SKIP broken by {block.names}", None))
                continue
            if block.kind not in ("statements", "declarations", "program", *marks):
                cases.append((f"{page}/{block.number} # SKIP there is no {block.kind}", None))
                continue
            headers += [line for line in block.code.splitlines() if line.startswith("#include")]
            if block.kind == "program":
                code = re.sub(r"\bint main\(\)", f"int {name}()", code)
                body.append(re.sub(r"\}\s*\Z", "return 0; }\n", code))  # what main returns by itself
                cases.append((f"{page}/{block.number}", f"guide::run_program({space}::{name})"))
            elif "statements" not in (block.kind, block.names):
                body.append(code)
                if block.after:
                    body.append(f"struct {name} : guide::Scene {{ void run() {{\n{block.after}}} }};\n")
                    cases.append((f"{page}/{block.number}", f"{space}::{name}{{}}.run()"))
            else:
                body.append(f"struct {name} : guide::Scene {{ void run() {{\n{block.before}{code}{block.after}}} }};\n")
                cases.append((f"{page}/{block.number}", f"{space}::{name}{{}}.run()"))
        bodies.append(f"namespace {space} {{\n" + "\n".join(body) + f"}}  // namespace {space}\n")
    table = ",\n".join(f'    {{"guide/{name}", ' + (f"[] {{ {call}; }}}}" if call else "{}}") for name, call in cases)
    return ("// Made by tests/guide/blocks.py.\n" + "\n".join(dict.fromkeys(headers))
            + '\n#include "guide/scene.hpp"\n\n' + "\n".join(bodies)
            + f'#line 1 "cases"\nconst std::vector<guide::Case> guide::cases{{\n{table}}};\n')


def read(path):
    """A page's name, which of a release has its version, and its text."""
    path = pathlib.Path(path)
    released = path.parent.parent.name == "released"
    return path.stem + (f"-{path.parent.name}" if released else ""), path.read_text(encoding="utf-8")


def main(arguments):
    marks = []
    while arguments[0] == "--has":
        marks.append(arguments[1])
        arguments = arguments[2:]
    output, *pages = arguments
    pathlib.Path(output).write_text(source_of(map(read, pages), marks), encoding="utf-8")


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except BadPage as problem:
        sys.exit(str(problem))
