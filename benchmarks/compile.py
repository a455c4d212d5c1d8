#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What including florin costs the compiler: CPU time, wall time, peak memory, object and code size of the
translation units in compile/, header-only and with the core compiled separately, and what one more policy
adds. All verdicts are ratios to a minimal HTTPS client written with Boost.Beast, compiled in the same round.

usage: compile.py --json FILE [--cxx COMPILER] [--rounds N | --quick] [-- FLAG...]
"""
import argparse
import json
import os
import re
import shlex
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
POLICIES = len(re.findall(r"#include <florin/policies/", (HERE.parent / "include/florin/policies.hpp").read_text()))
LEVELS = ("-O2", "-O0")
PEER = "Beast client"
BARE = "bare coroutine"
WAYS = {"header-only": [], "compiled": ["-DFLORIN_SEPARATE_COMPILATION"]}
# The most CPU time that a unit may take, in that of the peer.
CPU_LIMITS = {
    ("policy only", "header-only"): 0.25,
    ("blocking client", "header-only"): 0.85,
    ("coroutine client", "header-only"): 1.0,
    ("blocking client", "compiled"): 0.30,
    ("coroutine client", "compiled"): 0.45,
}
OBJECT_LIMIT = 150  # kB, of a client's unit at -O2 with the core compiled separately; of a coroutine's what it has
                    # beyond the same coroutine without florin
MORE_CPU_LIMIT = 0.05  # what one more policy with a client may add, in the CPU time of the peer
MORE_TEXT_LIMIT = 40  # kB of code at -O2
SOURCES = {
    PEER: "beast.cpp",
    BARE: "bare_coroutine.cpp",
    "policy only": "policy.cpp",
    "blocking client": "blocking.cpp",
    "coroutine client": "coroutine.cpp",
    "blocking client of every policy": "blocking_every.cpp",
    "coroutine client of every policy": "coroutine_every.cpp",
    "core": "../../include/compiled/florin.cpp",
}
# What is compiled in each round, every unit next to the peer's like.
UNITS = [
    unit
    for level in LEVELS
    for unit in [(PEER, "header-only", level), (BARE, "header-only", level), ("policy only", "header-only", level),
                 ("core", "compiled", level)]
    + [(f"{kind} client{number}", way, level)
       for way in WAYS for kind in ("blocking", "coroutine") for number in ("", " of every policy")]
]


def compile_once(command, out):
    """Compiles one unit. Returns CPU seconds, wall seconds, peak memory in MB, sizes of object and code in kB."""
    began = time.monotonic()
    process = subprocess.Popen([*command, "-o", out])
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.monotonic() - began
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        sys.exit(f"compile.py: this failed: {shlex.join(map(str, command))}")
    text = subprocess.run(["size", out], check=True, stdout=subprocess.PIPE, text=True).stdout.splitlines()[1]
    return {
        "cpu_s": usage.ru_utime + usage.ru_stime,
        "wall_s": wall,
        "peak_mb": usage.ru_maxrss / 1024,
        "object_kb": os.path.getsize(out) / 1000,
        "text_kb": int(text.split()[0]) / 1000,
    }


def measure(command, rounds):
    """Compiles every unit `rounds` times, in turns. Returns the samples of each unit."""
    samples = {unit: [] for unit in UNITS}
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "unit.o"
        for number in range(rounds):
            for name, way, level in UNITS:
                sample = compile_once([*command, *WAYS[way], level, "-c", HERE / "compile" / SOURCES[name]], out)
                samples[name, way, level].append(sample)
                print(f"compile: round {number + 1}/{rounds}, {name}, {way}, {level}: {sample['cpu_s']:.2f} s CPU, "
                      f"{sample['peak_mb']:.0f} MB, object {sample['object_kb']:.0f} kB",
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
    """The rows: first the ratios of CPU time, each the median over the rounds, then medians of every unit."""
    def ratio(unit, less=None):
        """Of the CPU time of a unit, or of what it takes more than another one, to the peer's."""
        return statistics.median(
            (sample["cpu_s"] - (samples[less][number]["cpu_s"] if less else 0)) /
            samples[PEER, "header-only", unit[2]][number]["cpu_s"]
            for number, sample in enumerate(samples[unit]))

    def median(unit, key):
        return statistics.median(sample[key] for sample in samples[unit])

    rows = []
    for (name, way), limit in CPU_LIMITS.items():
        for level in LEVELS:
            rows.append(row(f"{name} / {PEER}, {way}, CPU time, {level}", ratio((name, way, level)), "x", limit))
    rows.append(row("blocking client, compiled, object, -O2",
                    median(("blocking client", "compiled", "-O2"), "object_kb"), "kB", OBJECT_LIMIT))
    rows.append(row(f"coroutine client less {BARE}, compiled, object, -O2",
                    median(("coroutine client", "compiled", "-O2"), "object_kb") -
                    median((BARE, "header-only", "-O2"), "object_kb"), "kB", OBJECT_LIMIT))
    for way in WAYS:
        for kind in ("blocking client", "coroutine client"):
            for level in LEVELS:
                one, every = (kind, way, level), (f"{kind} of every policy", way, level)
                rows.append(row(f"one more policy, {kind} / {PEER}, {way}, CPU time, {level}",
                                ratio(every, one) / (POLICIES - 1), "x", MORE_CPU_LIMIT))
                more = (median(every, "text_kb") - median(one, "text_kb")) / (POLICIES - 1)
                rows.append(row(f"one more policy, {kind}, {way}, code, {level}", more, "kB",
                                MORE_TEXT_LIMIT if level == "-O2" else None))
    for unit in samples:
        for key, what, measure_of in (("cpu_s", "CPU time", "s"), ("wall_s", "wall time", "s"),
                                      ("peak_mb", "peak memory", "MB"), ("object_kb", "object", "kB"),
                                      ("text_kb", "code", "kB")):
            rows.append(row(f"{', '.join(unit)}: {what}", median(unit, key), measure_of))
    return rows


def plot(samples):
    """A picture of the CPU time of each client's unit."""
    def cpu(name, way):
        return statistics.median(sample["cpu_s"] for sample in samples[name, way, "-O2"])

    clients = [name for name in SOURCES if (name, "compiled", "-O2") in samples and name != "core"]
    return {
        "file": "compile_cpu",
        "title": "CPU time of one translation unit, -O2",
        "kind": "bars",
        "unit": "s",
        "groups": [name.replace(" client", "") for name in clients],
        "series": [{"name": way, "values": [cpu(name, way) for name in clients]} for way in WAYS]
        + [{"name": PEER, "values": [cpu(PEER, "header-only")] * len(clients)}],
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--json", required=True, metavar="FILE", help="where the result goes")
    parser.add_argument("--cxx", default=os.environ.get("CXX", "g++"), help="the compiler")
    parser.add_argument("--rounds", type=int, default=2)
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
            "samples": {", ".join(unit): taken for unit, taken in samples.items()},
        },
    }
    Path(options.json).write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
