# SPDX-License-Identifier: Apache-2.0
"""Builds and runs the benchmarks, see benchmarks/run.

Each is a program (bench_NAME) or a script (benchmarks/NAME.py) that takes `--json FILE` and writes
`{"benchmark": NAME, "rows": [{"name", "value", "unit", "limit", "met"}], "details": {}}`. A row whose
`limit` is null is only shown. For the plots in `details` see plots.py.
"""
import argparse
import contextlib
import json
import os
import pathlib
import platform
import re
import subprocess
import sys
import tempfile
import threading
import time

import counters
import nginx
import plots

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
FOLDER = ROOT / "benchmarks"
BUILD = ROOT / "build-bench"
NAMES = ["codec", "roundtrip", "load", "cold", "scale", "compile"]
SERVED = {"roundtrip", "load", "cold", "scale"}  # need a server
COMPETITORS = ["florin", "florin, coroutine", "libcurl", "Beast", "OpenSSL, prebuilt"]
LONGEST = 1200  # seconds that one program may take; then it is killed. Compiling takes the longest by far.

started = time.monotonic()


def progress(text):
    print(f"[{time.monotonic() - started:4.0f} s] {text}", flush=True)


def build():
    if not (BUILD / "build.ninja").exists():
        progress("configuring build-bench/")
        subprocess.run(["meson", "setup", BUILD, ROOT, "--buildtype=release", "-Ddevel=true"],
                       check=True, stdout=subprocess.DEVNULL)
    progress("building")
    subprocess.run(["ninja", "-C", BUILD, "benchmarks"], check=True)


def program_of(name):
    """The command of a benchmark; nothing when there is none of this name."""
    script = FOLDER / f"{name}.py"
    if script.exists():
        return [sys.executable, str(script)]
    program = BUILD / "benchmarks" / f"bench_{name}"
    return [str(program)] if program.exists() else None


def run_program(command):
    """Runs a program and shows what it says."""
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as program:
        watch = threading.Timer(LONGEST, program.kill)
        watch.start()
        try:
            for line in program.stdout:
                print("    " + line.rstrip(), flush=True)
        except BaseException:
            program.kill()
            raise
        finally:
            watch.cancel()
    if program.returncode != 0:
        raise RuntimeError(f"{pathlib.Path(command[0]).name} ended with exit code {program.returncode}")


def lines_file(folder, name, counts):
    path = pathlib.Path(folder) / name
    path.write_text("".join(f"{key} {value}\n" for key, value in counts.items()))
    return str(path)


def measure(name, quick):
    """Runs one benchmark and returns what it wrote."""
    command = program_of(name)
    with contextlib.ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="florin-bench-"))
        if name in SERVED:
            url, ca = stack.enter_context(nginx.serving())
            command += ["--url", url, "--ca", ca]
        extra = []
        if name == "codec":
            progress("codec: counting instructions")
            extra = ["--instructions", lines_file(folder, "instructions", counters.instructions(command))]
            if quick:
                extra += ["--benchmark_repetitions=3"]
        elif name == "roundtrip":
            progress("roundtrip: counting system calls")
            counts = counters.system_calls(command, COMPETITORS, 100 if quick else 400)
            extra = ["--system-calls", lines_file(folder, "system_calls", counts)]
            if quick:
                extra += ["--rounds", "20"]
        elif quick and name != "compile":
            extra = ["--quick"]
        progress(f"{name}: measuring")
        out = pathlib.Path(folder) / "out.json"
        run_program([*command, *extra, "--json", str(out)])
        result = json.loads(out.read_text())
    if result["benchmark"] != name or not result["rows"]:
        raise RuntimeError(f"{name} wrote no figures")
    return result


def first_line(command):
    done = subprocess.run(command, capture_output=True, text=True)
    return done.stdout.splitlines()[0].strip() if done.returncode == 0 and done.stdout else "unknown"


def machine():
    """What the figures depend on."""
    found = re.search(r"^model name\s*: (.*)$", pathlib.Path("/proc/cpuinfo").read_text(), re.M)
    return {
        "processor": found[1] if found else platform.machine(),
        "cores": len(os.sched_getaffinity(0)),
        "kernel": platform.release().split("-")[0],
        "compiler": first_line([*os.environ.get("CXX", "g++").split(), "--version"]),
        "openssl": first_line(["openssl", "version"]),
        "date": time.strftime("%Y-%m-%d", time.gmtime()),
    }


def spelt(value, unit):
    if isinstance(value, (int, float)):
        value = plots.number(value)
    return f"{value} {unit}".strip()


def table(results):
    """All rows as text: what is to be reached first, then what is only shown."""
    lines = []
    for judged in (True, False):
        lines += ["", "To reach" if judged else "Beside that", ""]
        for result in results:
            for row in result["rows"]:
                if (row["met"] is not None) != judged:
                    continue
                value = spelt(row["value"], row["unit"])
                line = f"{result['benchmark']:<10} {row['name']:<66} {value:>13}"
                if judged:
                    limit = "" if row["limit"] is None else spelt(row["limit"], row["unit"])
                    line += f"  {limit:>13}  {'met' if row['met'] else 'NOT MET'}"
                lines.append(line.rstrip())
    return "\n".join(lines)


def renew_page(results):
    """Writes what is to be reached, and what was measured, into the page of the guide."""
    begin, end = "<!-- benchmarks -->", "<!-- /benchmarks -->"
    lines = ["| benchmark | figure | limit | measured | |", "| --- | --- | --- | --- | --- |"]
    for result in results:
        for row in result["rows"]:
            if row["met"] is not None:
                limit = "" if row["limit"] is None else spelt(row["limit"], row["unit"])
                lines.append(f"| {result['benchmark']} | {row['name']} | {limit} | "
                             f"{spelt(row['value'], row['unit'])} | {'met' if row['met'] else '**not met**'} |")
    found = machine()
    lines += ["", f"{found['processor']}, {found['cores']} cores, Linux {found['kernel']}, {found['compiler']}, "
                  f"{found['openssl'].split(' (')[0]}, {found['date']}."]
    path = ROOT / "examples" / "guide" / "performance.md"
    before, rest = path.read_text(encoding="utf-8").split(begin)
    path.write_text(f"{before}{begin}\n\n" + "\n".join(lines) + f"\n\n{end}{rest.split(end)[1]}", encoding="utf-8")


def main():
    parser = argparse.ArgumentParser(prog="benchmarks/run")
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(NAMES))
    parser.add_argument("--quick", action="store_true")
    options = parser.parse_args()
    if unknown := set(options.names) - set(NAMES):
        parser.error("there is no benchmark " + ", ".join(sorted(unknown)))

    build()
    wanted = options.names or NAMES
    results, broken = [], []
    folder = FOLDER / "plots"
    folder.mkdir(exist_ok=True)
    for name in NAMES:
        if name not in wanted:
            continue
        if program_of(name) is None:
            progress(f"{name}: was not built")
            broken.append(name)
            continue
        try:
            result = measure(name, options.quick)
            plots.write_all(result["details"], folder)
            results.append(result)
        except (RuntimeError, OSError, ValueError, KeyError) as error:
            progress(f"{name}: {error}")
            broken.append(name)

    print(table(results), flush=True)
    judged = [row for result in results for row in result["rows"] if row["met"] is not None]
    print(f"\n{sum(row['met'] for row in judged)} of {len(judged)} met"
          + (f"; broken: {', '.join(broken)}" if broken else ""))
    if set(wanted) == set(NAMES) and not broken and not options.quick:
        text = json.dumps({"machine": machine(), "benchmarks": results}, indent=1) + "\n"
        (FOLDER / "results.json").write_text(text)
        renew_page(results)
        progress("wrote benchmarks/results.json, benchmarks/plots/ and the table of the guide")
    else:
        progress("benchmarks/results.json is left alone: that was not a whole run")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
