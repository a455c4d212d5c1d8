# SPDX-License-Identifier: Apache-2.0
"""Checks in TAP that the good twin of each file compiles without a word.

usage: twins.py FILE... -- COMPILER [FLAGS...]
The twins are compiled together, each in a namespace of its own behind what any of them includes. Where that says a
word, each is compiled by itself, and that is what counts.
FLORIN_TEST_FILTER (a glob over `compile_fail_twin/NAME`) chooses.
"""
import concurrent.futures
import os
import pathlib
import re
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), os.pardir, "support"))
from check import compile_good, indented  # noqa: E402
from tap import Tap, chosen  # noqa: E402

INCLUDE = re.compile(r"^#include .*$", re.MULTILINE)


def together(paths):
    """One source with all twins."""
    texts = [path.read_text(encoding="utf-8") for path in paths]
    includes = dict.fromkeys(line for text in texts for line in INCLUDE.findall(text))
    parts = [f'namespace twin_{number} {{\n#line 1 "{path}"\n{INCLUDE.sub("", text)}\n}}'
             for number, (path, text) in enumerate(zip(paths, texts))]
    return "\n".join([*includes, *parts]) + "\n"


def said_of(command, paths):
    """For each path what the compiler says of it."""
    with tempfile.TemporaryDirectory() as scratch:
        source = pathlib.Path(scratch, "twins.cpp")
        source.write_text(together(paths), encoding="utf-8")
        if not compile_good(command, str(source), "-I", str(paths[0].parent)):
            return {path: "" for path in paths}
    return {path: compile_good(command, str(path)) for path in paths}


def main():
    split = sys.argv.index("--")
    command = sys.argv[split + 1:]
    paths = [path for path in map(pathlib.Path, sys.argv[1:split]) if chosen("compile_fail_twin/" + path.stem)]
    tap = Tap()
    halves = [half for half in (paths[::2], paths[1::2]) if half]
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        for said in pool.map(lambda half: said_of(command, half), halves):
            for path, words in said.items():
                tap.result("compile_fail_twin/" + path.stem, not words,
                           f"{path}: the good twin does not compile cleanly:\n{indented(words)}")
    return tap.finish()


if __name__ == "__main__":
    sys.exit(main())
