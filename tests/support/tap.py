# SPDX-License-Identifier: Apache-2.0
"""Writes test results in the Test Anything Protocol, which `meson test` and tally.py read."""
import fnmatch
import os
import threading
import traceback


def chosen(name):
    """Whether a case of this name is to run: FLORIN_TEST_FILTER is a glob, unset or empty for all."""
    return fnmatch.fnmatchcase(name, os.environ.get("FLORIN_TEST_FILTER") or "*")



class Tap:
    """Its members may be called from any thread."""

    def __init__(self):
        self.lock = threading.Lock()
        self.count = 0
        self.failures = 0

    def result(self, name, ok, detail="", skip=None):
        """One case; `detail` (text, may span lines) explains a failure, `skip` is a reason not to have run."""
        name = name.replace("#", "%")
        directive = f" # SKIP {skip}" if skip is not None else ""
        with self.lock:
            self.count += 1
            self.failures += not ok
            print(f"{'ok' if ok else 'not ok'} {self.count} - {name}{directive}")
            if not ok:
                for line in str(detail).splitlines():
                    print(f"# {line}")
            print(end="", flush=True)

    def run(self, name, case, skip=None):
        """Calls `case`: it fails with whatever it raises. With a reason in `skip` it is not called."""
        if skip is not None:
            self.result(name, True, skip=skip)
            return
        try:
            case()
        except Exception as problem:  # pylint: disable=broad-except
            self.result(name, False, "".join(traceback.format_exception(problem)))
        else:
            self.result(name, True)

    def finish(self, why_empty="no case matches the filter"):
        """The closing plan; returns the process's exit code."""
        print("1..0 # SKIP " + why_empty if self.count == 0 else f"1..{self.count}", flush=True)
        return 1 if self.failures else 0
