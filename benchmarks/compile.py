#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What including florin costs the compiler: CPU time, wall time, peak memory and object size of the
translation units in compile/, against a minimal HTTPS client written with Boost.Beast.

usage: compile.py --json FILE [--cxx COMPILER] [--rounds N | --quick] [-- FLAG...]
"""
import argparse
import json
import os
import shlex
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
POLICY_LIMIT = 3.0
BLOCKING_LIMIT = 1.25
# What is compiled in each round. The peer stands next to what is compared with it.
UNITS = (
    ("policy", "-O2"),
    ("coroutine", "-O2"),
    ("blocking", "-O2"),
    ("beast", "-O2"),
    ("blocking", "-O0"),
    ("beast", "-O0"),
)


def compile_once(command, source, level, out):
    """Compiles one unit. Returns CPU seconds, wall seconds, peak memory in MB and size in kB."""
    began = time.monotonic()
    process = subprocess.Popen([*command, level, "-c", source, "-o", out])
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.monotonic() - began
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        sys.exit(f"compile.py: {source} does not compile")
    return {
        "cpu_s": usage.ru_utime + usage.ru_stime,
        "wall_s": wall,
        "peak_mb": usage.ru_maxrss / 1024,
        "object_kb": os.path.getsize(out) / 1024,
    }


def measure(command, rounds):
    """Compiles every unit `rounds` times, in turns. Returns the samples of each unit."""
    samples = {unit: [] for unit in UNITS}
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "unit.o"
        for number in range(rounds):
            for name, level in UNITS:
                sample = compile_once(command, HERE / "compile" / f"{name}.cpp", level, out)
                samples[name, level].append(sample)
                print(f"compile: round {number + 1}/{rounds}, {name} {level}: "
                      f"{sample['cpu_s']:.2f} s CPU, {sample['peak_mb']:.0f} MB",
                      file=sys.stderr, flush=True)
    return samples


def row(name, value, unit, limit=None):
    """A row of the result; `limit` is the most that the value may be."""
    return {
        "name": name,
        "value": round(value, 3),
        "unit": unit,
        "limit": limit,
        "met": None if limit is None else value <= limit,
    }


def report(samples):
    """The rows: medians of every unit, and ratios of medians to the peer."""
    medians = {
        unit: {key: statistics.median(sample[key] for sample in taken) for key in taken[0]}
        for unit, taken in samples.items()
    }
    rows = [row("policy only, CPU time", medians["policy", "-O2"]["cpu_s"], "s", POLICY_LIMIT)]
    for level in ("-O2", "-O0"):
        rows.append(row(f"blocking client / Beast client, CPU time, {level}",
                        medians["blocking", level]["cpu_s"] / medians["beast", level]["cpu_s"],
                        "ratio", BLOCKING_LIMIT))
    rows.append(row("coroutine client / Beast client, CPU time, -O2",
                    medians["coroutine", "-O2"]["cpu_s"] / medians["beast", "-O2"]["cpu_s"],
                    "ratio"))
    for (name, level), values in medians.items():
        rows.append(row(f"{name}, wall time, {level}", values["wall_s"], "s"))
        rows.append(row(f"{name}, peak memory, {level}", values["peak_mb"], "MB"))
        rows.append(row(f"{name}, object size, {level}", values["object_kb"], "kB"))
    return rows


def plot(samples):
    """A picture of the CPU time of each unit."""
    names = list(dict.fromkeys(name for name, level in UNITS if level == "-O2"))
    return {
        "file": "compile_cpu",
        "title": "CPU time of one translation unit, -O2",
        "kind": "bars",
        "unit": "s",
        "groups": names,
        "series": [{"name": "-O2", "values": [
            statistics.median(sample["cpu_s"] for sample in samples[name, "-O2"])
            for name in names]}],
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--json", required=True, metavar="FILE", help="where the result goes")
    parser.add_argument("--cxx", default=os.environ.get("CXX", "g++"), help="the compiler")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--quick", action="store_true", help="one round")
    parser.add_argument("flags", nargs="*", metavar="FLAG", help="further flags of the compiler")
    options = parser.parse_args()
    rounds = 1 if options.quick else max(options.rounds, 1)

    command = [*shlex.split(options.cxx), "-std=c++20", "-Wall", "-Wextra",
               f"-I{HERE.parent / 'include'}", *options.flags]
    os.environ["CCACHE_DISABLE"] = "1"  # where g++ is a link to it
    version = subprocess.run([*shlex.split(options.cxx), "--version"], check=True,
                             stdout=subprocess.PIPE, text=True).stdout.splitlines()[0]
    samples = measure(command, rounds)
    result = {
        "benchmark": "compile",
        "rows": report(samples),
        "details": {
            "compiler": version,
            "rounds": rounds,
            "plots": [plot(samples)],
            "samples": {f"{name} {level}": taken for (name, level), taken in samples.items()},
        },
    }
    Path(options.json).write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
