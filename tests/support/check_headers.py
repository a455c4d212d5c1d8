# SPDX-License-Identifier: Apache-2.0
"""Compiles the public headers in TAP, where a warning is an error.

alone: each header includes what it needs, also when it is included twice: with the core compiled separately, and
those that bring a part of the core also with it.
settings: all of them with the warnings that users may have on who include them with -I, and with the settings
of `SETTINGS`; each that users name (with Clang `UMBRELLAS`) without C++20 and without exceptions, which has to end with
one sentence; all with the core compiled separately.

usage: check_headers.py alone|settings INCLUDE_DIR -- COMPILER [FLAGS...]
FLORIN_TEST_FILTER (a glob over `header/florin/x.hpp`, `header_core/florin/x.hpp`, `header_flags/x`, `header_needs/x`, `header_separate/x`)
chooses.
"""
import concurrent.futures
import functools
import os
import pathlib
import re
import subprocess
import sys

from tap import Tap, chosen

WARNINGS = ["-Wsign-conversion", "-Wnon-virtual-dtor", "-Woverloaded-virtual", "-Wold-style-cast"]
GCC_WARNINGS = ["-Wuseless-cast"]
SETTINGS = {
    "cxx23": ["-std=c++23"],
    "debug_library_and_ubsan": ["-D_GLIBCXX_DEBUG", "-fsanitize=undefined"],
}
LIBCXX = "header_flags/libcxx"  # Clang's: installed, or as .ci/install unpacks it
UNPACKED_LIBCXX = ".cache/libcxx/usr/lib/llvm-19/include/c++/v1"
LEAVES = ("florin/policies", "florin/testing/processors")
SEPARATE = "-DFLORIN_SEPARATE_COMPILATION"
# For programs that are compiled so.
SOURCES = ["florin/src.hpp", "florin/testing/src.hpp", "florin/onboarding/src.hpp", "florin/onboarding/soci_src.hpp"]
SOCI = ["florin/onboarding/soci_store.hpp", "florin/onboarding/soci_src.hpp"]  # what they need is not everywhere
# What a source that only uses a client is spared then.
HEAVY = ["boost/beast/", "boost/json/", "openssl/", "boost/asio/ip/", "boost/asio/basic_socket", "boost/asio/io_context.hpp"]
NEEDS = {
    "cxx20": ("-std=c++17", "florin: C++20 is needed: compile with -std=c++20 or newer"),
    "exceptions": ("-fno-exceptions", "florin: exceptions are needed: compile without -fno-exceptions"),
}
UMBRELLAS = ["florin/florin.hpp", "florin/any_client.hpp", "florin/testing/sandbox.hpp"]


def compile_text(command, source, *flags, output="-fsyntax-only"):
    return subprocess.run([*command, *flags, output, "-x", "c++", "-"], input=source, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False,
                          env=dict(os.environ, LC_ALL="C"))


def compiles(command, headers, *flags):
    run = compile_text(command, "".join(f"#include <{header}>\n" for header in headers), *flags)
    return run.returncode == 0, run.stdout


def chains(include, headers):
    """Puts the headers into few lists in which each includes all that stand before it: a list that compiles tells
    of each of them as if it had been compiled by itself. Before one of `LEAVES` another may stand that brings nothing
    else with it: of each other they know nothing, which check_policies.py sees to."""
    @functools.cache
    def direct(header):
        text = (include / header).read_text(encoding="utf-8")
        return frozenset(re.findall(r"^#include <([^>]*)>", text, re.MULTILINE))

    @functools.cache
    def find(header):
        own = {each for each in direct(header) if re.fullmatch(r"florin/.*\.hpp", each)}
        return own.union(*map(find, own))

    @functools.cache
    def brought(header):
        return direct(header).union(*map(direct, find(header)))

    def siblings(header):
        folder = header.rpartition("/")[0]
        if folder not in LEAVES:
            return set()
        return {each for each in headers if each.rpartition("/")[0] == folder
                and (brought(each) < brought(header) or (brought(each) == brought(header) and each < header))}

    followers = {}

    def follow(header, tried):
        """Finds somebody for `header` to stand behind, moving others if need be."""
        for before in sorted((find(header) & headers | siblings(header)) - tried):
            tried.add(before)
            if before not in followers or follow(followers[before], tried):
                followers[before] = header
                return True
        return False

    for header in sorted(headers):
        follow(header, set())
    for first in sorted(headers - set(followers.values())):
        chain = [first]
        while chain[-1] in followers:
            chain.append(followers[chain[-1]])
        yield chain


def compile_chain(command, kind, chain, *flags):
    """Compiles each header of a chain, twice, so that a missing include guard shows too; if that fails, each by
    itself. Returns for each its name, whether it compiles, and what the compiler said."""
    passed, report = compiles(command, [header for header in chain for _ in range(2)], *flags)
    if passed or len(chain) == 1:
        return [(kind + header, passed, report) for header in chain]
    results = [result for header in chain for result in compile_chain(command, kind, [header], *flags)]
    if all(passed for _, passed, _ in results):
        results[-1] = (results[-1][0], False, report)  # only together they do not
    return results


def brings_core(text):
    return re.search(r"^#include <florin/.*\.ipp>", text, re.MULTILINE) is not None


def says(command, headers, flag, sentence):
    """Whether each header alone has the sentence as its first error, and one more, which is the end."""
    for header in headers:
        run = compile_text(command, f"#include <{header}>\n", flag)
        errors = [line for line in run.stdout.splitlines() if " error: " in line]
        if len(errors) != 2 or sentence not in errors[0] or "fatal error: " not in errors[1]:
            return False, f"{header} with {flag}:\n{run.stdout}"
    return True, ""


def named(command, name, check, *arguments):
    return [(name, *check(command, *arguments))]


def in_libcxx(command, include, headers):
    """Whether the headers compile with Clang's own standard library; skipped where there is none."""
    unpacked = (include.resolve().parent / UNPACKED_LIBCXX).as_posix()
    for flags in (["-stdlib=libc++"], ["-nostdinc++", "-isystem", unpacked]):
        if compiles(command, ["array"], *flags)[0]:
            return [(LIBCXX, *compiles(command, headers, *flags))]
    return [(LIBCXX, True, "", "there is no libc++")]


def is_light(command, header):
    """Whether a header, with the core compiled separately, includes nothing that is heavy."""
    run = compile_text(command, f"#include <{header}>\n", SEPARATE, output="-M")
    heavy = [word for word in run.stdout.split() if any(part in word for part in HEAVY)]
    return run.returncode == 0 and not heavy, "\n".join(heavy) or run.stdout


def main():
    split = sys.argv.index("--")
    what, include, command = sys.argv[1], pathlib.Path(sys.argv[2]), sys.argv[split + 1:]
    headers = [path.relative_to(include).as_posix() for path in sorted(include.rglob("*.hpp"))]
    sources = SOURCES
    if not compiles(command, ["soci/soci.h"])[0]:
        print("# SOCI is missing, so these are not compiled:", *SOCI)
        headers, sources = ([header for header in those if header not in SOCI] for those in (headers, sources))
    headers = [header for header in headers if header not in sources]
    if not headers:
        print("no headers below", include)
        return 1
    version = subprocess.run([*command, "--version"], stdout=subprocess.PIPE, text=True, check=True).stdout
    is_clang = "clang" in version
    warnings = WARNINGS + ([] if is_clang else GCC_WARNINGS)
    everything = [header for header in headers if "/detail/" not in header]
    if what == "alone":
        core = [header for header in headers if brings_core((include / header).read_text(encoding="utf-8"))]
        runs = []
        for kind, those, flags in (("header/", headers, [SEPARATE]), ("header_core/", core, [])):
            wanted = {header for header in those if chosen(kind + header)}
            runs += [(compile_chain, kind, chain, *flags) for chain in chains(include, wanted)]
        runs += [(compile_chain, "header/", [source], SEPARATE) for source in sources if chosen("header/" + source)]
    else:
        checks = {"header_separate/everything": (compiles, everything, SEPARATE),
                  "header_separate/client_is_light": (is_light, "florin/client.hpp"),
                  "header_flags/warnings": (compiles, everything, *warnings)}
        # What a standard or a library's assertions change is the same for both compilers.
        for name, flags in () if is_clang else SETTINGS.items():
            checks["header_flags/" + name] = (compiles, everything, *flags)
        # Clang reads on behind what ends the compilation, which takes minutes for all of them.
        needing = UMBRELLAS if is_clang else everything
        for name, (flag, sentence) in NEEDS.items():
            checks["header_needs/" + name] = (says, needing, flag, sentence)
        runs = [(named, name, *check) for name, check in checks.items() if chosen(name)]
        if is_clang and chosen(LIBCXX):
            runs.append((in_libcxx, include, everything))

    tap = Tap()
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        for results in pool.map(lambda run: run[0](command, *run[1:]), runs):
            for result in results:
                tap.result(*result)
    return tap.finish()


if __name__ == "__main__":
    sys.exit(main())
