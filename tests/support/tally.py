# SPDX-License-Identifier: Apache-2.0
"""Counts the test cases in Meson's testlog.json and explains those that failed or were skipped.

usage: tally.py TESTLOG
The last line is `N passed, M failed`; the exit code is 0 only if some case passed and none failed.
"""
import json
import re
import sys

CASE = re.compile(r"(?P<result>ok|not ok) \d+ - (?P<name>.*?)(?: # SKIP (?P<reason>.*))?$")
MAX_DETAIL = 200


def cases(record):
    """Yields (name, "pass" | "fail" | "skip", details) for each case of one Meson test."""
    good = record["result"] in ("OK", "EXPECTEDFAIL")
    lines = (record.get("stdout") or "").splitlines()
    if not any(re.match(r"1\.\.\d+|(not )?ok \d+ - ", line) for line in lines):
        if record["result"] == "SKIP":
            yield record["name"], "skip", lines
        else:
            detail = [*lines, *(record.get("stderr") or "").splitlines()]
            verdict = f"{record['result']}, exit code {record['returncode']}"
            yield record["name"], "pass" if good else "fail", [verdict, *detail]
        return
    found, details = [], []
    for line in lines:
        match = CASE.match(line)
        if match:
            details = []
            kind = "skip" if match["reason"] is not None else "pass" if match["result"] == "ok" else "fail"
            found.append((match["name"], kind, [match["reason"]] if kind == "skip" else details))
        elif line.startswith("# "):
            details.append(line[2:])
    yield from found
    if not good and record["result"] != "SKIP" and not any(kind == "fail" for _, kind, _ in found):
        stderr = (record.get("stderr") or "").splitlines()
        yield record["name"], "fail", [f"{record['result']}, exit code {record['returncode']}", *stderr]


def main():
    counts = {"pass": 0, "fail": 0, "skip": 0}
    skipped = []
    try:
        with open(sys.argv[1], encoding="utf-8") as file:
            records = [json.loads(line) for line in file]
    except OSError as error:
        print(f"No test log: {error.strerror}")
        records = []
    for record in records:
        for name, kind, details in cases(record):
            counts[kind] += 1
            if kind == "fail":
                print(f"\nFAILED: {name}")
                for line in details[:MAX_DETAIL]:
                    print("    " + line)
            elif kind == "skip":
                skipped.append(f"SKIPPED: {name} ({'; '.join(filter(None, details)) or 'no reason given'})")
    print()
    for line in skipped:
        print(line)
    if counts["pass"] + counts["fail"] == 0:
        print("No test ran.")
        counts["fail"] = 1
    print(f"{counts['pass']} passed, {counts['fail']} failed", flush=True)
    return 1 if counts["fail"] else 0


if __name__ == "__main__":
    sys.exit(main())
