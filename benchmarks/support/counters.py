# SPDX-License-Identifier: Apache-2.0
"""Exact counts from outside a program: instructions by valgrind, system calls by strace."""
import pathlib
import re
import subprocess
import tempfile


def run(command):
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        raise RuntimeError(f"{command[0]} failed: {(done.stderr or done.stdout).strip()[-2000:]}")


def instructions(command):
    """Runs `command --count` under callgrind. Returns the count for each dump that it asks for."""
    with tempfile.TemporaryDirectory(prefix="florin-callgrind-") as folder:
        run(["valgrind", "--tool=callgrind", f"--callgrind-out-file={folder}/out", *command, "--count"])
        found = {}
        for path in pathlib.Path(folder).iterdir():
            text = path.read_text(errors="replace")
            name = re.search(r"^desc: Trigger: Client Request: (.*)$", text, re.M)
            total = re.search(r"^(?:summary|totals): (\d+)", text, re.M)
            if name and total:
                found[name[1]] = int(total[1])
    if not found:
        raise RuntimeError("valgrind counted nothing")
    return found


def strace_total(command, folder):
    """System calls of a command and its threads."""
    out = pathlib.Path(folder) / "counts"
    run(["strace", "-f", "-c", "-U", "calls,name", "-o", str(out), *command])
    total = re.search(r"^\s*(\d+)\s+total$", out.read_text(), re.M)
    if not total:
        raise RuntimeError("strace counted nothing")
    return int(total[1])


def system_calls(command, names, calls=400):
    """System calls per call of each competitor: the difference between so many calls and twice as
    many, so that what precedes them does not count. The least of three, since idle threads wake up
    now and then; to a tenth, for the same reason."""
    found = {}
    with tempfile.TemporaryDirectory(prefix="florin-strace-") as folder:
        for name in names:
            def total(times):
                return min(strace_total([*command, "--only", name, "--calls", str(times)], folder) for _ in range(3))
            found[name] = round((total(2 * calls) - total(calls)) / calls, 1)
    return found
