# SPDX-License-Identifier: Apache-2.0
"""Runs the Boost.Test program and reports each of its cases in TAP.

usage: run_unit.py PROGRAM [HANG_SECONDS [PARTS]]
A case that crashes the program, or says nothing for HANG_SECONDS (default 120), is a failed case; the
remaining cases are then run in a new process. PARTS (default 1) processes share the cases and run side by side.
FLORIN_TEST_FILTER (a glob over `suite/case`) chooses cases; with FLORIN_TEST_CUSTOMERS a case may take an hour.
"""
import concurrent.futures
import os
import queue
import signal
import subprocess
import sys
import tempfile
import threading

from tap import Tap

MARK = "@florin "
MAX_STARTS = 30


def run_once(program, hang_seconds, part, tap, done, scratch):
    """Runs the cases of a part that are not in `done` and adds those that ran; returns whether it is worth starting
    again."""
    except_file = os.path.join(scratch, f"except{part.replace('/', '_of_')}")
    with open(except_file, "w", encoding="utf-8") as file:
        file.writelines(name + "\n" for name in done)
    # The dynamic linker would leave vector registers on the stack, where client_memory looks for what is confidential,
    # whenever one of the libraries calls a function for the first time.
    env = dict(os.environ, FLORIN_TEST_EVENTS="1", FLORIN_TEST_EXCEPT=except_file, FLORIN_TEST_PART=part,
               LD_BIND_NOW="1")
    process = subprocess.Popen(
        [program, "--log_level=error", "--report_level=no", "--catch_system_errors=no", "--color_output=no"],
        env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        encoding="utf-8", errors="replace")
    lines = queue.Queue()

    def read():
        for line in process.stdout:
            lines.put(line.rstrip("\n"))
        lines.put(None)

    threading.Thread(target=read, daemon=True).start()

    planned, ran, running, output, hung = None, 0, None, [], False
    while True:
        try:
            line = lines.get(timeout=hang_seconds)
        except queue.Empty:
            hung = True
            process.send_signal(signal.SIGABRT)
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
            break
        if line is None:
            break
        # A test's own output may lack its line end, so the mark need not begin the line.
        before, mark, event = line.partition(MARK)
        if before or not mark:
            output.append(before)
        if not mark:
            continue
        kind, _, name = event.partition(" ")
        if kind == "plan":
            planned = int(name)
        elif kind == "start":
            running, output = name, []
        elif kind in ("pass", "fail", "skip"):
            name, _, reason = name.partition("\t")
            tap.result(name, kind != "fail", "\n".join(output), reason if kind == "skip" else None)
            done.add(name)
            running, output, ran = None, [], ran + 1
    code = process.wait()

    if hung:
        why = f"no sign of life for {hang_seconds} s"
    elif code < 0:
        why = f"the test program was ended by signal {signal.Signals(-code).name}"
    else:
        why = f"the test program exited with code {code}"
    detail = "\n".join([why, *output[-200:]])
    if running is not None:
        tap.result(running, False, detail)
        done.add(running)
        return True
    if planned is None or ran < planned:
        tap.result("unit program", False, f"{ran} of {planned} cases ran, none was running\n{detail}")
    elif hung or (code not in (0, 201) and planned > 0):  # 201: a case failed, which was reported
        tap.result("unit program, at its end", False, detail)
    return False


def run_part(program, hang_seconds, part, tap, scratch):
    """Runs the cases of a part, in as many processes as it takes."""
    done, starts = set(), 1
    while run_once(program, hang_seconds, part, tap, done, scratch):
        starts += 1
        if starts > MAX_STARTS:
            tap.result("unit program", False, f"given up after {MAX_STARTS} crashes")
            break


def main():
    program = sys.argv[1]
    hang_seconds = float(sys.argv[2]) if len(sys.argv) > 2 else 120
    if "FLORIN_TEST_CUSTOMERS" in os.environ:
        hang_seconds = max(hang_seconds, 3600)
    parts = int(sys.argv[3]) if len(sys.argv) > 3 else 1
    tap = Tap()
    with tempfile.TemporaryDirectory() as scratch, concurrent.futures.ThreadPoolExecutor(parts) as pool:
        runs = [pool.submit(run_part, program, hang_seconds, f"{number}/{parts}", tap, scratch)
                for number in range(parts)]
        for run in runs:
            run.result()
    return tap.finish()


if __name__ == "__main__":
    sys.exit(main())
