# SPDX-License-Identifier: Apache-2.0
"""Tests what tests/mutation/run is made of, in TAP: mutants stand where they should, one of a known line can be
switched on, and accepted.txt speaks of lines that there are.

usage: mutators_test.py -- COMPILER [FLAGS...]
"""
import pathlib
import subprocess
import sys
import tempfile

FOLDER = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(FOLDER.parent / "support"))
sys.path.insert(0, str(FOLDER))
from accepted import read_accepted  # noqa: E402
from mutators import Enumerators, Source  # noqa: E402
from tap import Tap  # noqa: E402
from tree import FILES, INCLUDE, ROOT, Tree, write  # noqa: E402

SAMPLE = """// if (a < b) return false;
#include <cstddef>
enum class Fate { open, shut };
/// Whether: a < b.
inline bool fits(int a, int b) noexcept {
  if (a < b && b != 0) return true;
  const auto text = "a < b";
  while (a > 1) --a;
  for (std::size_t i = 0; i <= 3; ++i) {
    if (a == 7) break;
  }
  switch (b) {
    case 1:
      --a;
      break;
    case 2:
      ++a;
      break;
    case 3:
    default:
      break;
  }
  const auto later = [&](Fate fate) { return fate == Fate::open; };
  return later(Fate::shut);
}
struct Counter {
  Counter() : count_{0} {}
  void add(int more) { count_ = count_ + more; }
  static consteval int least() { return 1; }
  int count_ = 0;
};
"""
FOUND = ["6: if (a <= b && b != 0) return true;", "6: if (a < b || b != 0) return true;",
         "6: if (a < b && b == 0) return true;", "6: if (a < b && b != 1) return true;", "6: not (a < b && b != 0)",
         "6: if (a < b && b != 0) return false;", "8: while (a >= 1) --a;", "8: while (a > 2) --a;", "8: not (a > 1)",
         "8: without --a;", "9: for (std::size_t i = 0; i < 3; ++i) {", "9: for (std::size_t i = 0; i <= 4; ++i) {",
         "9: not (i <= 3)", "10: if (a != 7) break;", "10: if (a == 8) break;", "10: without break;",
         "14: without --a;", "15: without break;", "17: without ++a;",
         "23: const auto later = [&](Fate fate) { return fate != Fate::open; };",
         "23: const auto later = [&](Fate fate) { return fate == Fate::shut; };", "24: return later(Fate::open);",
         "24: return not (later(Fate::shut));", "28: void add(int more) { count_ = count_ - more; }",
         "28: without count_ = count_ + more;"]
PROGRAM = """#include <florin/wire/iso_time.hpp>
#include <cstdlib>
namespace mutation { unsigned chosen = 0; unsigned char reached[most_mutants]; }
int main(int argc, char* argv[]) {
  if (argc > 1) mutation::chosen = static_cast<unsigned>(std::atoi(argv[1]));
  bool leap = florin::wire::parse_iso_time("2026-01-01T00:00:60Z").has_value();
  bool none = florin::wire::parse_iso_time("2026-01-01T00:00:61Z").has_value();
  return leap && !none ? 0 : 1;
}
"""
KNOWN = "second >= 60)"


def check(right, said):
    if not right:
        raise AssertionError(said)


def places_are_found():
    source = Source("sample.hpp", SAMPLE, Enumerators({"sample.hpp": SAMPLE}))
    found = [f"{each.line}: {each.text}" for each in source.mutants]
    check(sorted(found) == sorted(FOUND), "missing: {}\nnot wanted: {}".format(
        sorted(set(FOUND) - set(found)), sorted(set(found) - set(FOUND))))
    check(source.written.count("\n") == SAMPLE.count("\n"), "the lines have other numbers")


def every_file_has_mutants(tree):
    tree.write()
    for glob in FILES:
        files = [name for name in tree.texts if pathlib.PurePath(name).match(glob)]
        check(files, f"no file matches {glob}")
    for name, text in tree.written.items():
        check(any(each.file == name for each in tree.mutants), f"{name} has no mutant")
        check(text.count("\n") == tree.texts[name].count("\n"), f"the lines of {name} have other numbers")


def accepted_ones_are_there(tree):
    known = {each.key() for each in tree.mutants}
    for key, why in read_accepted().items():
        check(key in known, f"no such mutant: {key}")
        check(why, f"no reason is given for {key}")


def a_mutant_is_killed(tree, command):
    program = tree.build / "program.cpp"
    write(program, PROGRAM)
    compiler, *flags = command
    done = subprocess.run([compiler, f"-I{tree.include}", f"-I{ROOT / 'tests'}", *flags, "-w", "-O0", "-include",
                           "mutation/switch.hpp", program, "-o", program.with_suffix("")],
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8", check=False)
    check(done.returncode == 0, done.stdout)

    def survives(number):
        return subprocess.run([program.with_suffix(""), str(number)], check=False).returncode == 0
    check(survives(0), "the sources are changed without a mutant")
    known = [each for each in tree.mutants if each.file == "wire/iso_time.hpp" and each.text.endswith(KNOWN)]
    check(len(known) == 1, f"{len(known)} mutants are the known one")
    check(not survives(known[0].number), "the mutant is not switched on")


def main():
    command = sys.argv[sys.argv.index("--") + 1:]
    tap = Tap()
    with tempfile.TemporaryDirectory() as scratch:
        tree = Tree(pathlib.Path(scratch), FILES, [], 1)
        tap.run("mutation/places_are_found", places_are_found)
        tap.run("mutation/every_file_has_mutants", lambda: every_file_has_mutants(tree))
        tap.run("mutation/accepted_ones_are_there", lambda: accepted_ones_are_there(tree))
        tap.run("mutation/a_mutant_is_killed", lambda: a_mutant_is_killed(tree, command))
    return tap.finish()


if __name__ == "__main__":
    sys.exit(main())
