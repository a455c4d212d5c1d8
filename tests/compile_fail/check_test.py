# SPDX-License-Identifier: Apache-2.0
"""Tests check.py itself, in TAP: it accepts a right file and reports each kind of wrong one.

usage: check_test.py -- COMPILER [FLAGS...]
"""
import os
import pathlib
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), os.pardir, "support"))
from tap import Tap, chosen  # noqa: E402

GUARDED = """{comment}
#ifdef FLORIN_GOOD_TWIN
{good}
#else
{bad}
#endif
"""
RIGHT = {"comment": "// expect: the sentence is said",
         "good": "int main() {}",
         "bad": 'static_assert(sizeof(int) == 0, "the sentence is said");'}

# name, changes to the right file, whether it passes, what the report must contain
CASES = [
    ("accepts_the_right_sentence", {}, True, []),
    ("reports_a_wrong_sentence", {"bad": 'static_assert(sizeof(int) == 0, "something else");'}, False,
     ["another first error", "expected: the sentence is said", "something else"]),
    ("reports_a_right_sentence_that_is_not_first",
     {"bad": 'static_assert(sizeof(int) == 0, "first");\n' + RIGHT["bad"]}, False,
     ["another first error", "came:", "first"]),
    ("reports_a_bad_file_that_compiles", {"bad": "int main() {}"}, False, ["should be refused"]),
    ("reports_a_good_twin_that_does_not_compile", {"good": "int main() { return nothing; }"}, False,
     ["good twin does not compile cleanly", "nothing"]),
    ("reports_a_good_twin_with_a_warning",
     {"good": "#warning careful\nint main() {}"}, False, ["good twin does not compile cleanly", "careful"]),
    ("reports_a_missing_expectation", {"comment": ""}, False, ["no comment"]),
    ("accepts_a_name_in_the_error", {"comment": RIGHT["comment"] + "\n// names: sentence"}, True, []),
    ("reports_a_name_that_is_not_said", {"comment": RIGHT["comment"] + "\n// names: AcmePolicy"}, False,
     ["nothing names AcmePolicy"]),
    ("reports_a_name_that_is_said_too_late",
     {"comment": RIGHT["comment"] + "\n// names: too late",
      "bad": RIGHT["bad"] + '\nstatic_assert(sizeof(int) == 0, "too late");'}, False, ["nothing names too late"]),
    ("accepts_what_is_shown_after_the_error",
     {"comment": RIGHT["comment"] + "\n// shows: shown later",
      "bad": RIGHT["bad"] + '\nstatic_assert(sizeof(int) == 0, "shown later");'}, True, []),
    ("reports_what_is_not_shown", {"comment": RIGHT["comment"] + "\n// shows: AcmePolicy"}, False,
     ["nothing shows AcmePolicy"]),
    ("reads_an_expectation_per_compiler",
     {"comment": "// expect-gcc: sentence is said\n// expect-clang: sentence is said\n// expect: neither"}, True, []),
]


def main():
    command = sys.argv[sys.argv.index("--") + 1:]
    check = os.path.join(os.path.dirname(os.path.abspath(__file__)), "check.py")
    tap = Tap()
    with tempfile.TemporaryDirectory() as scratch:
        for name, changes, passes, report in CASES:
            if not chosen("compile_fail_check/" + name):
                continue
            path = pathlib.Path(scratch, name + ".cpp")
            path.write_text(GUARDED.format(**{**RIGHT, **changes}), encoding="utf-8")
            run = subprocess.run([sys.executable, check, str(path), "--", *command],
                                 stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
            ok = (run.returncode == 0) == passes and all(part in run.stdout for part in report)
            tap.result("compile_fail_check/" + name, ok, f"exit code {run.returncode}, said:\n{run.stdout}")
    return tap.finish()


if __name__ == "__main__":
    sys.exit(main())
