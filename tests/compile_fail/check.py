# SPDX-License-Identifier: Apache-2.0
"""Checks that a file is refused by the compiler with the right sentence, and its good twin is accepted.

usage: check.py FILE -- COMPILER [FLAGS...]
FILE is compiled with FLORIN_GOOD_TWIN defined, which must succeed without a word, and without it, which must fail.
The first line of the compiler's output that has ` error: ` in it must match the regular expression in FILE's comment `// expect: REGEX`; where GCC and Clang have to differ, the comments are
`// expect-gcc: REGEX` and `// expect-clang: REGEX`. The comment `// names: REGEX` must match in the output up to
and including that line: GCC says above it, and Clang in it, of which type it speaks. The comment
`// shows: REGEX` must match in the output from that line on: a sentence that is thrown at compile time
stands in the line of the source that the compiler shows.
"""
import functools
import os
import re
import subprocess
import sys


def compile_file(command, *flags):
    # LC_ALL: English messages and plain quotes, whatever the developer's language.
    return subprocess.run([*command, "-fsyntax-only", "-fdiagnostics-color=never", "-fmessage-length=0", *flags],
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace",
                          env=dict(os.environ, LC_ALL="C"), check=False)


def compile_good(command, path, *flags):
    """What the compiler says of the good twin of a file; empty: it compiles without a word."""
    good = compile_file(command, "-Werror", "-DFLORIN_GOOD_TWIN", *flags, path)
    if good.returncode != 0 and not good.stdout.strip():
        return f"exit code {good.returncode}"
    return good.stdout.strip()


@functools.cache
def family_of(compiler):
    version = subprocess.run([*compiler, "--version"], stdout=subprocess.PIPE, text=True, check=True).stdout
    return "clang" if "clang" in version else "gcc"


def expectation(source, command):
    """The regular expressions for this compiler, of the sentence, what it names and what is shown, or None."""
    found = dict(re.findall(r"^// (expect(?:-gcc|-clang)?|names|shows): (.*\S)\s*$", source, re.MULTILINE))
    family = family_of(tuple(command))
    return found.get("expect-" + family, found.get("expect")), found.get("names"), found.get("shows")


def indented(text, lines=40):
    return "\n".join("    " + line for line in text.splitlines()[:lines])


def compile_bad(command, path):
    """What is wrong with how the compiler refuses a file; empty: it says what it should."""
    with open(path, encoding="utf-8") as file:
        expected, names, shows = expectation(file.read(), command)
    if expected is None:
        return f"{path}: has no comment `// expect: REGEX`"
    bad = compile_file(command, path)
    lines = bad.stdout.splitlines()
    first = next((line for line in lines if " error: " in line), None)
    if bad.returncode == 0:
        return f"{path}: compiles, but should be refused\n  expected: {expected}"
    if first is None or not re.search(expected, first):
        return (f"{path}: is refused with another first error\n  expected: {expected}\n"
                f"  came:     {first or '(no error line)'}\n  output:\n{indented(bad.stdout)}")
    if names and not re.search(names, "\n".join(lines[:lines.index(first) + 1])):
        return f"{path}: up to the first error nothing names {names}\n  output:\n{indented(bad.stdout)}"
    if shows and not re.search(shows, "\n".join(lines[lines.index(first):])):
        return f"{path}: from the first error on nothing shows {shows}\n  output:\n{indented(bad.stdout)}"
    return ""


def words_on_twin(path, said):
    return f"{path}: the good twin does not compile cleanly:\n{indented(said)}" if said else ""


def main():
    split = sys.argv.index("--")
    path, command = sys.argv[1], sys.argv[split + 1:]
    faults = [fault for fault in (words_on_twin(path, compile_good(command, path)), compile_bad(command, path)) if fault]
    for fault in faults:
        print(fault)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
