# SPDX-License-Identifier: Apache-2.0
"""Checks, in TAP, that every policy has what a policy has to have and stays in its own file.

usage: check_policies.py SOURCE_ROOT
FLORIN_TEST_FILTER (a glob over `policies/NAME`) chooses policies.
"""
import pathlib
import re
import statistics
import sys

from tap import Tap, chosen

# What each policy's own tests have to try.
TRIALS = ["conforms", "survives_faults", "is_ensured_once", "lives_under_faults"]
ALL_PROCESSORS = "tests/testing/all_processors.hpp"
# Stripe is the example everywhere, and has its conformance tests in files of its own.
EXAMPLE = "stripe"
MOST_LINES = 120  # of the median policy, with all its operations


def code_of(path):
    """A file without its comments."""
    return re.sub(r"//.*", "", path.read_text(encoding="utf-8"))


def words_of(path):
    """The words of a text as files are named: `Authorize.Net` is authorizedotnet."""
    text = re.sub(r"\.(?=\w)", "dot", path.read_text(encoding="utf-8").lower())
    return set(re.findall(r"\w+", text))


def lines_of(code):
    """How long the policy itself is: the struct, without blank lines and comments."""
    found = re.search(r"^struct \w+Policy \{$.*?^\};$", code, re.MULTILINE | re.DOTALL)
    if not found:
        raise ValueError("has no `struct NAMEPolicy {` of its own")
    return sum(1 for line in found[0].splitlines() if line.strip())


def faults_of(root, name):
    """What is wrong with the policy `name`, and its length."""
    header = root / "include/florin/policies" / (name + ".hpp")
    code = code_of(header)
    length = lines_of(code)
    policy = re.search(r"^struct (\w+Policy) \{$", code, re.MULTILINE)[1]
    faults = []
    for path in [f"include/florin/testing/processors/{name}.hpp", f"tests/policies/{name}_test.cpp",
                 f"tests/testing/processors/{name}_test.cpp"]:
        if name != EXAMPLE and not (root / path).exists():
            faults.append(f"{path} is missing")
    umbrella = code_of(root / "include/florin/policies.hpp")
    if f"florin/policies/{name}.hpp" not in umbrella or policy not in umbrella.split("AllPolicies")[-1]:
        faults.append(f"include/florin/policies.hpp does not have {policy}")
    if f"using policies::{policy};" not in code:
        faults.append(f"the policy is not brought into namespace florin: add `using policies::{policy};` to its header")
    if name not in words_of(root / "CHANGELOG.md"):
        faults.append("CHANGELOG.md has no word about it")
    tests = root / f"tests/policies/{name}_test.cpp"
    tried = code_of(tests) if tests.exists() else ""
    for trial in TRIALS:
        if f"BOOST_AUTO_TEST_CASE({trial})" not in tried and (name, trial) != (EXAMPLE, "conforms"):
            faults.append(f"tests/policies/{name}_test.cpp has no case {trial}")
    if not re.search(rf"\b{name}\(", code_of(root / ALL_PROCESSORS)):
        faults.append(f"{ALL_PROCESSORS} does not list it")
    # Neither knows the other, or a test of the one against the other proves nothing.
    processor = root / "include/florin/testing/processors" / (name + ".hpp")
    if "florin/policies" in code_of(processor) or "florin/wire" in code_of(processor):
        faults.append("the description of the processor includes the policy's side")
    if "florin/testing" in code:
        faults.append("the policy includes the description of the processor")
    if "Source:" not in header.read_text(encoding="utf-8"):
        faults.append("the policy names no source")
    for path in sorted((root / "include").rglob("*.hpp")):
        if path in (header, root / "include/florin/policies.hpp"):
            continue
        if re.search(rf"\b{policy}\b", code_of(path)):
            faults.append(f"{path.relative_to(root)} knows {policy}")
    return faults, length


def main():
    root = pathlib.Path(sys.argv[1])
    names = sorted(path.stem for path in (root / "include/florin/policies").glob("*.hpp"))
    if not names:
        print("no policies below", root)
        return 1
    tap = Tap()
    lengths = {}
    for name in names:
        try:
            faults, lengths[name] = faults_of(root, name)
        except (OSError, ValueError) as error:
            faults = [str(error)]
        if chosen("policies/" + name):
            tap.result("policies/" + name, not faults, "\n".join(faults))
    if chosen("policies/length"):
        median = statistics.median(lengths.values()) if lengths else MOST_LINES
        tap.result("policies/length", median < MOST_LINES, f"the median is {median} lines: {lengths}")
    return tap.finish()


if __name__ == "__main__":
    sys.exit(main())
