# SPDX-License-Identifier: Apache-2.0
"""The copy of the sources that has the mutants in it, and the program of the tests that is made from it."""
import fnmatch
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys

from mutators import Enumerators, Source

ROOT = pathlib.Path(__file__).resolve().parents[2]
INCLUDE = ROOT / "include" / "florin"
# What decides: outcomes, verdicts, repetitions, deadlines, which customer is meant, which connection is used again.
FILES = ["impl/*.ipp", "retry.hpp", "finder.hpp", "masked.hpp", "error.hpp", "detail/call_machine.hpp",
         "detail/removal.hpp", "detail/judged.hpp", "detail/renewal.hpp", "detail/updating.hpp",
         "detail/establish_error.hpp", "detail/transport_error.hpp", "detail/token_cache.hpp", "detail/attempt.hpp",
         "detail/client_core.hpp", "detail/pending_calls.hpp", "detail/series.hpp", "net/pool.hpp", "net/deadline.hpp",
         "net/exchange.hpp", "net/establish.hpp", "wire/retry_after.hpp", "wire/iso_time.hpp", "wire/check.hpp",
         "wire/normal_form.hpp", "wire/reply_reader.hpp", "wire/record.hpp", "wire/idempotency.hpp"]
TESTS = ["find_test.cpp", "find_path_test.cpp", "remove_test.cpp", "retrieve_test.cpp", "update_test.cpp",
         "create_test.cpp", "ensure_test.cpp", "retry_test.cpp", "masked_test.cpp", "idempotency_test.cpp",
         "signing_test.cpp", "validate_test.cpp", "customer_test.cpp", "decode_test.cpp", "encode_test.cpp",
         "error_test.cpp", "client_test.cpp", "client_change_test.cpp", "client_update_test.cpp",
         "client_token_test.cpp", "client_pooled_test.cpp", "client_transport_test.cpp", "client_limits_test.cpp",
         "client_shutdown_test.cpp", "client_series_test.cpp", "client_context_test.cpp",
         "client_account_host_test.cpp", "client_token_host_test.cpp", "client_echo_test.cpp", "client_memory_test.cpp",
         "client_warm_up_test.cpp", "base_url_test.cpp", "find_pages_test.cpp", "text_test.cpp", "secret_test.cpp",
         "payment_token_test.cpp", "existing_id_test.cpp", "update_metadata_test.cpp", "any_client_test.cpp",
         "detail/*_test.cpp", "net/pool_test.cpp", "net/pool_upkeep_test.cpp", "net/pool_fork_test.cpp",
         "net/deadline_test.cpp", "net/exchange_test.cpp", "net/establish*_test.cpp", "wire/*_test.cpp",
         "policies/[!c]*_test.cpp", "policies/c[!a]*_test.cpp"]
FLAGS = ["-std=c++20", "-O0", "-g0", "-w", "-D_GLIBCXX_ASSERTIONS", "-DBOOST_ALL_NO_LIB", "-DBOOST_TEST_DYN_LINK=1",
         "-DFLORIN_SEPARATE_COMPILATION"]
LIBRARIES = ["-lboost_json", "-lboost_unit_test_framework", "-lssl", "-lcrypto", "-pthread"]
MOST_IN_A_FILE = 512  # so that a change of one file leaves the numbers of the others as they are
FILES_A_UNIT = 4  # test files that are compiled as one


def compiler():
    for name in [os.environ.get("CXX", ""), "clang++-19", "clang++", "g++"]:
        if name and shutil.which(name):
            return name
    sys.exit("no C++ compiler here")


def write(path, text):
    """Only if it changes: what is made from it is not made again otherwise."""
    if not path.exists() or path.read_text() != text:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


class Tree:
    """The sources with their mutants, and the program of the tests, in the build directory."""

    def __init__(self, build, globs, tests, jobs):
        self.build, self.jobs = build, jobs
        self.include = build / "include"
        self.texts = {path.relative_to(INCLUDE).as_posix(): path.read_text() for path in sorted(INCLUDE.rglob("*"))
                      if path.is_file()}
        self.globs = globs
        self.enums = Enumerators(self.texts)
        self.tests = sorted({path.relative_to(ROOT / "tests").as_posix() for glob in tests
                             for path in (ROOT / "tests").glob(glob)})
        self.refused_file = build / "refused.json"
        self.refused = set()
        if self.refused_file.exists():
            self.refused = {tuple(each) for each in json.loads(self.refused_file.read_text())}
        self.mutants, self.written = [], {}
        self.program = build / "unit"

    def write(self):
        self.mutants = []
        names = [name for name in self.texts if any(fnmatch.fnmatchcase(name, glob) for glob in self.globs)]
        for name, text in self.texts.items():
            if name in names:
                first = 1 + names.index(name) * MOST_IN_A_FILE
                source = Source(name, text, self.enums, self.refused, first)
                if source.next > first + MOST_IN_A_FILE:
                    sys.exit(f"{name} has too many mutants")
                self.mutants += source.mutants
                text = self.written[name] = source.written
            write(self.include / "florin" / name, text)

    def write_build(self):
        includes = sorted({line for text in self.texts.values()
                           for line in re.findall(r"^#include <(?!florin/)[^>]*>", text, re.MULTILINE)})
        prefix = ["#include <mutation/switch.hpp>", "#include <boost/test/unit_test.hpp>", *includes]
        write(self.build / "prefix.hpp", "\n".join(prefix) + "\n")
        units = {"core": "include/compiled/florin.cpp", "core_testing": "include/compiled/florin_testing.cpp",
                 "main": "tests/main.cpp", "allocations": "tests/support/allocations.cpp",
                 "watch": "tests/mutation/watch.cpp"}
        libraries = list(LIBRARIES)
        if any(name.startswith("onboarding/") for name in self.tests):
            units |= {"onboarding": "include/compiled/florin_onboarding.cpp",
                      "onboarding_soci": "include/compiled/florin_onboarding_soci.cpp"}
            libraries.append("-lsoci_core")
        units = {name: ROOT / path for name, path in units.items()}
        units |= {"trials_" + path.stem: path for path in sorted((ROOT / "tests" / "trials").glob("*.cpp"))}
        for i in range(0, len(self.tests), FILES_A_UNIT):
            part = self.build / f"tests_{i // FILES_A_UNIT}.cpp"
            write(part, "".join(f'#include "{name}"\n' for name in self.tests[i:i + FILES_A_UNIT]))
            units[part.stem] = part
        command = " ".join([compiler(), *FLAGS, f"-I{self.include}", f"-I{ROOT / 'tests'}"])
        lines = [f"rule pch\n  command = {command} -MD -MF $out.d -x c++-header $in -o $out\n  depfile = $out.d\n",
                 f"rule compile\n  command = {command} -include {self.build / 'prefix.hpp'} -MD -MF $out.d -c $in "
                 "-o $out\n  depfile = $out.d\n  deps = gcc\n",
                 f"rule link\n  command = {compiler()} $in -o $out {' '.join(libraries)}\n",
                 "build prefix.hpp.gch: pch prefix.hpp\n"]
        lines += [f"build {name}.o: compile {path} | prefix.hpp.gch\n" for name, path in units.items()]
        lines.append(f"build unit: link {' '.join(name + '.o' for name in units)}\n")
        write(self.build / "build.ninja", "\n".join(lines))

    def make(self):
        """Compiles, leaving out what the compiler refuses."""
        self.write_build()
        while True:
            self.write()
            for goal in (["core.o"], ["unit"]):
                done = subprocess.run(["ninja", "-C", self.build, "-j", str(self.jobs), "-k", "1", *goal],
                                      stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8",
                                      errors="replace", check=False)
                if done.returncode:
                    break
            if not done.returncode:
                return
            found = self.blamed(done.stdout)
            if not found:
                sys.exit("The tests do not compile:\n" + done.stdout[-6000:])
            print(f"# {len(found)} mutants are refused by the compiler", flush=True)
            self.refused |= found
            self.refused_file.write_text(json.dumps(sorted(self.refused)))

    def blamed(self, output):
        """The mutants whose texts are the first of ours that errors name."""
        found, by_number = set(), {each.number: each for each in self.mutants}
        place = re.compile(re.escape(str(self.include / "florin")) + r"/([\w./]+):(\d+):(\d+)")
        for error in re.split(r"\n(?=[^\n]*\berror: )", output):
            if "error: " not in error.split("\n", 1)[0]:
                continue
            for file, line, column in place.findall(error):
                if file not in self.written:
                    continue
                before = self.written[file].split("\n")[int(line) - 1][:int(column) + 1]
                switches = re.findall(r"mutation::on\((\d+)\)", before)
                if switches:
                    mutant = by_number[int(switches[-1])]
                    found.add((mutant.file, mutant.line, mutant.text))
                    break
        return found
