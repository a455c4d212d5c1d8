# SPDX-License-Identifier: Apache-2.0
"""Checks in TAP that each file is refused with the right sentence, and that its good twin compiles without a word.

usage: all.py FILE... -- COMPILER [FLAGS...] [-- FLAGS OF WHAT IS REFUSED...]
The twins are compiled together, each in a namespace of its own behind what any of them includes. Where that says a
word, each is compiled by itself, and that is what counts. How a file is judged stands in check.py.
FLORIN_TEST_FILTER (a glob over `compile_fail/NAME` and `compile_fail_twin/NAME`) chooses.
"""
import concurrent.futures
import os
import pathlib
import re
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), os.pardir, "support"))
from check import compile_bad, compile_good, words_on_twin  # noqa: E402
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
    paths = list(map(pathlib.Path, sys.argv[1:split]))
    command = sys.argv[split + 1:]
    more = command.index("--") if "--" in command else len(command)
    command, refused = command[:more], command[:more] + command[more + 1:]
    tap = Tap()
    bad = [path for path in paths if chosen("compile_fail/" + path.stem)]
    good = [path for path in paths if chosen("compile_fail_twin/" + path.stem)]
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        twins = [pool.submit(said_of, command, half) for half in (good[::2], good[1::2]) if half]
        for path, fault in zip(bad, pool.map(lambda path: compile_bad(refused, str(path)), bad)):
            tap.result("compile_fail/" + path.stem, not fault, fault)
        for half in twins:
            for path, said in half.result().items():
                tap.result("compile_fail_twin/" + path.stem, not said, words_on_twin(path, said))
    return tap.finish()


if __name__ == "__main__":
    sys.exit(main())
