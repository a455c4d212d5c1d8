# SPDX-License-Identifier: Apache-2.0
"""A large import, killed on the way, and how fast it is. Needs minutes, so it is no test of the gate, but
tests/onboarding/load.

- A file of so many customers is imported, killed and continued; afterwards the sandbox has everybody once. The memory
  of each life is told.
- The rate with a directory is compared with that of `ensure` alone, in turns, since machines are not always equally
  quick: at a sandbox that takes as long as a real processor, at quicker ones, and at one that answers at once, where
  all that is measured is processor time, which the sandbox and the database take from the same cores.
- The same with two processes, each with its part.
"""
import argparse
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

TESTS = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(TESTS / "peers"))
import postgresql  # noqa: E402
from sandbox import Sandbox  # noqa: E402

MAP = ["--map", "merchant_customer_id=ID", "--map", "email=E-Mail", "--map", "name=Name", "--metadata", "plan=Plan",
       "--map", "address.line1=Street", "--map", "address.city=City"]
TICKS = os.sysconf("SC_CLK_TCK")


def write_customers(path, first, count):
    with open(path, "w", encoding="utf-8", newline="") as out:
        out.write("ID,E-Mail,Name,Plan,Street,City\r\n")
        for number in range(first, first + count):
            out.write(f'm-{number:08},user{number}@example.com,"Doe, John {number}",gold,Main Street {number},Berlin\r\n')


def memory(pid):
    """Of a process, in MiB; None: it is no more."""
    try:
        status = pathlib.Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    except (FileNotFoundError, ProcessLookupError):
        return None
    found = [line for line in status.splitlines() if line.startswith("VmRSS:")]
    return int(found[0].split()[1]) / 1024 if found else None


class Load:
    """The programs, and what they work on."""

    def __init__(self, arguments, folder, server, sandbox):
        self.arguments = arguments
        self.folder = folder
        self.sandbox = sandbox
        described = sandbox.description
        (folder / "ca.pem").write_text(described["ca_pem"], encoding="utf-8")
        self.environment = dict(
            os.environ, STRIPE_BASE_URL=described["base_url"], STRIPE_API_KEY=described["credential"],
            STRIPE_CA_FILE=str(folder / "ca.pem"),
            FLORIN_DIRECTORY=server.url if server else f"sqlite:{folder / 'ids.db'}")
        self.accounts = 0

    def start(self, file, report, *options):
        return subprocess.Popen(
            [self.arguments.program, "--connector", "stripe", "--report", report, "--concurrency",
             str(self.arguments.concurrency), *MAP, *options, file],
            cwd=self.folder, env=self.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def report(self, name):
        return json.loads((self.folder / f"{name}.json").read_text(encoding="utf-8"))

    def large_import(self):
        count = self.arguments.customers
        write_customers(self.folder / "all.csv", 0, count)
        began = time.monotonic()
        for life in range(self.arguments.kills + 1):
            last = life == self.arguments.kills
            until = count if last else count * (life + 1) // (self.arguments.kills + 1)
            process = self.start("all.csv", "all", "--account", "large")
            seen, requests = [], 0
            while process.poll() is None:
                if not last and requests >= until:
                    process.kill()
                time.sleep(min(1, count / 20_000))
                requests = self.sandbox.ask("traffic")["requests"]
                used = memory(process.pid)
                if used is not None:
                    seen.append((time.monotonic() - began, requests, used))
            parts = [seen[len(seen) * part // 10] for part in range(10)] + seen[-1:]
            print(f"life {life + 1}: exit code {process.returncode}; seconds, requests so far, MiB:",
                  "; ".join(f"{at:.0f} s {asked:,} {used:.0f}" for at, asked, used in parts), flush=True)
        report = self.report("all")
        there = self.sandbox.ask("count")
        print(f"{count:,} customers in {time.monotonic() - began:.0f} s with {self.arguments.kills} kills:",
              f"exit code {process.returncode}, active {report['active']:,} (known {report['known']:,}),",
              f"directory {report['directory']}, sandbox {there}", flush=True)
        good = (process.returncode == 0 and report["active"] == count and report["directory"]["active"] == count
                and there == {"customers": count, "references": count})
        print("nobody twice, nobody lost" if good else "THIS IS WRONG", flush=True)
        return good

    def rate(self, file, count, processes, *options):
        """Customers per second, from the first to the last."""
        self.sandbox.ask("clear")
        self.accounts += 1
        names = [f"rate{number}" for number in range(processes)]
        running = [self.start(file, name, "--account", f"rate-{self.accounts}", "--part", f"{number + 1}/{processes}",
                              *options) for number, name in enumerate(names)]
        for process in running:
            if process.wait() != 0:
                raise AssertionError(f"exit code {process.returncode}")
        reports = [self.report(name) for name in names]
        assert sum(each["active"] for each in reports) == count, reports
        return count / max(each["seconds"] for each in reports)

    def compare(self, milliseconds):
        count = self.arguments.sample
        if milliseconds:
            count = min(count, self.arguments.concurrency * 1000 * 8 // milliseconds)
        write_customers(self.folder / "sample.csv", 0, count)
        self.sandbox.ask(f"delay {milliseconds}" if milliseconds else "calm")
        alone, stored, two = [], [], []
        for _ in range(self.arguments.rounds):
            alone.append(self.rate("sample.csv", count, 1, "--no-directory"))
            stored.append(self.rate("sample.csv", count, 1))
            two.append(self.rate("sample.csv", count, 2))
        ratios = [one / other for one, other in zip(stored, alone)]
        scaling = [one / other for one, other in zip(two, stored)]

        def told(numbers, digits=0):
            return f"{statistics.median(numbers):,.{digits}f} ({min(numbers):,.{digits}f} to {max(numbers):,.{digits}f})"
        print(f"answers after {milliseconds} ms, {self.arguments.concurrency} at once, {count:,} customers,",
              f"{self.arguments.rounds} rounds, medians: ensure alone {told(alone)}/s, with a directory",
              f"{told(stored)}/s, ratio {told(ratios, 2)}; two processes {told(two)}/s, {told(scaling, 2)} times one",
              flush=True)
        self.sandbox.ask("calm")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program")
    parser.add_argument("serve_sandbox")
    parser.add_argument("--customers", type=int, default=1_000_000, help="of the large import; 0: none")
    parser.add_argument("--kills", type=int, default=2)
    parser.add_argument("--concurrency", type=int, default=32)
    parser.add_argument("--sample", type=int, default=20_000, help="customers of each measurement; 0: none")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--delays", default="50,20,10,5,2,0",
                        help="milliseconds after which the sandbox answers, with commas between them")
    parser.add_argument("--sqlite", action="store_true", help="instead of a PostgreSQL")
    arguments = parser.parse_args()
    arguments.program = os.path.abspath(arguments.program)
    with tempfile.TemporaryDirectory(prefix="florin import ") as folder, \
            Sandbox(os.path.abspath(arguments.serve_sandbox), "stripe") as sandbox:
        if arguments.sqlite:
            return run(arguments, pathlib.Path(folder), None, sandbox)
        with postgresql.Postgresql() as server:
            return run(arguments, pathlib.Path(folder), server, sandbox)


def run(arguments, folder, server, sandbox):
    load = Load(arguments, folder, server, sandbox)
    good = load.large_import() if arguments.customers else True
    if arguments.sample:
        for milliseconds in arguments.delays.split(","):
            load.compare(int(milliseconds))
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
