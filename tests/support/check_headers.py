# SPDX-License-Identifier: Apache-2.0
"""Compiles each public header alone, in TAP: every header includes what it needs and is free of warnings.

usage: check_headers.py INCLUDE_DIR -- COMPILER [FLAGS...]
FLORIN_TEST_FILTER (a glob over `header/florin/x.hpp`) chooses headers.
"""
import concurrent.futures
import pathlib
import subprocess
import sys

from tap import Tap, chosen


def check(command, header):
    # Twice, so that a missing include guard shows too.
    source = f"#include <{header}>\n#include <{header}>\n"
    return subprocess.run([*command, "-fsyntax-only", "-x", "c++", "-"], input=source, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)


def main():
    split = sys.argv.index("--")
    include, command = pathlib.Path(sys.argv[1]), sys.argv[split + 1:]
    headers = [path.relative_to(include).as_posix() for path in sorted(include.rglob("*.hpp"))]
    if not headers:
        print("no headers below", include)
        return 1
    headers = [name for name in headers if chosen("header/" + name)]
    tap = Tap()
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        for name, run in zip(headers, pool.map(lambda header: check(command, header), headers)):
            tap.result("header/" + name, run.returncode == 0, run.stdout)
    return tap.finish()


if __name__ == "__main__":
    sys.exit(main())
