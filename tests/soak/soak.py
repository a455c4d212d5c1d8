# SPDX-License-Identifier: Apache-2.0
"""A service works for an hour under faults: its memory, descriptors and threads stay flat, in TAP.

usage: soak.py SOAK_DRIVER SERVE_SANDBOX [OPTIONS]
  --minutes N          how long, in fractions if need be (default: 60)
  --seed N             of the faults and disturbances; default: 20240611. Which call is hit is up to the machine
  --processors LIST    with commas between them
  --any-memory         where a sanitizer keeps books of its own

The driver (driver.cpp) makes creates, ensures, retrieves, updates, finds and deletes at all the processors at once.
Each sandbox is a process of its own, so that what it keeps is not counted; it meets requests with delays, lost answers
and other faults, and is started again, shows new certificates, forgets tokens and closes idle connections meanwhile.
The time is cut into seasons of ten seconds, fewer where the whole is short, with a line each. At the end of a season
nothing is under way: the driver is measured, what its calls have said is compared with what the sandboxes have, and
the sandboxes are cleared.

The verdict: no call has said anything wrong. The median of resident memory over the last quarter of the time exceeds
that over the second quarter by no more than MOST_GROWTH; the first quarter is for warming up. At no season's end are
there more descriptors than the most that were seen in the first half, by more than MOST_MORE. Threads that look names
up come when they are needed, and go ten seconds later: so it is the medians of these two quarters that differ by no
more than MOST_MORE, and there are never more threads than MOST_THREADS.
"""
import argparse
import collections
import contextlib
import json
import os
import pathlib
import random
import statistics
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "support"))
sys.path.insert(0, str(HERE.parent / "peers"))
from sandbox import Sandbox  # noqa: E402
from tap import Tap  # noqa: E402

PROCESSORS = "stripe,dwolla,paysafe,authorizedotnet,stax,rapyd"
SEASONS = 36  # at least, unless they would be shorter than a second
FEWEST_SEASONS = 4
LONGEST_SEASON = 10.0  # seconds
SHORTEST_SEASON = 1.0
QUIET = 0.5  # seconds; no request of the sandbox's faults is executed later than after 300 ms
DISTURBANCES = ("restart 20", "renew", "expire", "close")
DISTURBANCES_A_SEASON = 4
OPERATIONS = {"create", "retrieve", "update", "delete", "find"}  # an ensure is made of these
MOST_GROWTH = 2 * 1024 * 1024  # octets
MOST_MORE = 3  # connections come and go
MOST_THREADS = 40  # of which 32 look names up, at the most
MOST_TOLD = 20


class Measured:
    """What the driver takes when it does nothing."""

    def __init__(self, process):
        folder = pathlib.Path(f"/proc/{process.pid}")
        status = dict(line.split(":", 1) for line in (folder / "status").read_text(encoding="ascii").splitlines())
        self.memory = int(status["VmRSS"].split()[0]) * 1024
        self.threads = int(status["Threads"])
        self.descriptors = len(os.listdir(folder / "fd"))


class Soak:
    """The driver, the sandboxes, and what was seen of them."""

    def __init__(self, options, sandboxes, driver):
        self.random = random.Random(options.seed)
        self.seconds = options.minutes * 60
        self.season = min(max(self.seconds / SEASONS, SHORTEST_SEASON), LONGEST_SEASON)
        self.sandboxes = sandboxes
        self.driver = driver
        self.next = 0
        self.told = {"calls": 0, "attempts": 0, "failed": 0, "operations": {}}
        self.measured = []
        self.complaints = []
        self.disturbances = collections.Counter()
        self.customers = collections.Counter()

    def run(self):
        for sandbox in self.sandboxes.values():
            sandbox.ask(f"faults {self.random.randrange(2 ** 63)}")
        begun = time.monotonic()
        while time.monotonic() - begun < self.seconds or len(self.measured) < FEWEST_SEASONS:
            self.pass_season(begun)

    def pass_season(self, begun):
        season_begun = time.monotonic()
        first = self.next
        print(round(self.season * 1000), first, file=self.driver.stdin, flush=True)
        self.disturb(season_begun)
        line = self.driver.stdout.readline()
        assert line, "the driver has ended"
        told = json.loads(line)
        took = time.monotonic() - season_begun
        self.next = told["next"]
        self.complaints += told["contradictions"]
        calls, failed = (told[name] - self.told[name] for name in ("calls", "failed"))
        self.told = told
        time.sleep(QUIET)
        self.measured.append(Measured(self.driver))
        for name, sandbox in self.sandboxes.items():
            self.compare(name, sandbox.ask("customers"), told["lives"][name], first)
            sandbox.ask("clear")
        now = self.measured[-1]
        print(f"# {time.monotonic() - begun:5.0f} s: {calls} calls, {failed} faults, {calls / took:.0f}/s, "
              f"{now.memory / 1e6:.2f} MB, {now.descriptors} descriptors, {now.threads} threads", flush=True)

    def disturb(self, begun):
        """At random times of the season, which it does not outlast."""
        for offset in sorted(self.random.uniform(0, self.season) for _ in range(DISTURBANCES_A_SEASON)):
            time.sleep(max(0.0, begun + offset - time.monotonic()))
            what = self.random.choice(DISTURBANCES)
            self.random.choice(list(self.sandboxes.values())).ask(what)
            self.disturbances[what] += 1

    def compare(self, name, customers, lives, first):
        """What the calls at one processor have said with what it has."""
        stored = collections.defaultdict(list)
        for customer in customers:
            if customer["fields"].get("status") != "deactivated":
                stored[number_of(customer)].append(customer)
        # What was under way when the sandbox was cleared is of the season before.
        for number in stored.keys() - {int(number) for number in lives}:
            if number >= first:
                self.complaints.append(f"{name}: {number} was asked for by nobody")
        self.customers["in all"] += len(lives)
        for number, (given, may_be_there, may_be_gone, phones) in lives.items():
            found = stored.get(int(number), [])
            self.customers["left open"] += may_be_there and may_be_gone
            self.customers["there"] += bool(found)
            self.complaints += [f"{name}: {number} {fault}"
                                for fault in faults_of(found, given, may_be_there, may_be_gone, phones)]


def number_of(customer):
    """By the reference, or the email where the processor has no place for that."""
    return int(customer["merchant_customer_id"].removeprefix("customer-"))


def faults_of(found, given, may_be_there, may_be_gone, phones):
    """What is wrong about a customer in the end."""
    if len(found) > 1:
        yield f"exists {len(found)} times"
    if not may_be_there and found:
        yield "is there, and is said to be gone"
    if not may_be_gone and not found:
        yield "is gone, and is said to be there"
    if not found:
        return
    if given and found[0]["id"] != given:
        yield f"is {found[0]['id']}, and is said to be {given}"
    stored = [value for place, value in found[0]["fields"].items() if "phone" in place.lower()]
    # Processors write the same phone in their own ways.
    digits = ["".join(filter(str.isdigit, value))[-10:] for value in stored]
    if digits and phones and not set(digits) & set(phones):
        yield f"has the phone {stored}, and none of {phones}"


def growth(numbers):
    """By how much the median of the last quarter exceeds that of the second."""
    quarter = max(len(numbers) // 4, 1)
    return statistics.median(numbers[-quarter:]) - statistics.median(numbers[quarter:2 * quarter])


def more(numbers):
    """By how much the most of the second half exceeds that of the first."""
    half = max(len(numbers) // 2, 1)
    return max(numbers[half:], default=0) - max(numbers[:half])


def judge(soak, tap, any_memory):
    """The verdict."""
    print("# operations:", ", ".join(f"{name} {count}" for name, count in sorted(soak.told["operations"].items())))
    print("# customers:", ", ".join(f"{name} {count}" for name, count in soak.customers.items()))
    print("# disturbances:", ", ".join(f"{name} {count}" for name, count in soak.disturbances.items()))
    print(f"# in all: {soak.told['calls']} calls, {soak.told['attempts']} attempts, {soak.told['failed']} faults")
    complaints = soak.complaints[:MOST_TOLD]
    complaints += [f"and {len(soak.complaints) - MOST_TOLD} more"] if len(soak.complaints) > MOST_TOLD else []
    tap.result("soak/nothing_wrong_was_said", not complaints, "\n".join(complaints))
    missing = OPERATIONS - soak.told["operations"].keys()
    tap.result("soak/every_operation_was_made", not missing, f"missing: {missing}")
    tap.result("soak/faults_were_met", soak.told["failed"] > 0 and len(soak.disturbances) > 0, "there was no fault")
    grown = growth([now.memory for now in soak.measured])
    descriptors = more([now.descriptors for now in soak.measured])
    threads = growth([now.threads for now in soak.measured])
    most_threads = max(now.threads for now in soak.measured)
    print(f"# memory {grown / 1e6:+.2f} MB, threads {threads:+.0f} from the second quarter to the last, {most_threads} "
          f"threads at the most; descriptors {descriptors:+d} from the first half to the second")
    if not any_memory:
        tap.result("soak/memory_is_flat", grown <= MOST_GROWTH, f"{grown} octets more")
    tap.result("soak/descriptors_are_flat", descriptors <= MOST_MORE, f"{descriptors} more")
    tap.result("soak/threads_are_flat", threads <= MOST_MORE and most_threads <= MOST_THREADS,
               f"{threads} more, {most_threads} at the most")


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("driver")
    parser.add_argument("sandbox")
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--seed", type=int, default=20240611)
    parser.add_argument("--processors", default=PROCESSORS)
    parser.add_argument("--any-memory", action="store_true")
    options = parser.parse_args()
    tap = Tap()
    print(f"# seed {options.seed}")
    with contextlib.ExitStack() as stack:
        sandboxes = {name: stack.enter_context(Sandbox(options.sandbox, name))
                     for name in options.processors.split(",")}
        config = {"sandboxes": [{"connector": name, "optional": {},
                                 **{fact: sandbox.description[fact] for fact in ("credential", "base_url", "ca_pem")}}
                                for name, sandbox in sandboxes.items()]}
        path = pathlib.Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="florin_soak_"))) / "configuration"
        path.write_text(json.dumps(config), encoding="ascii")
        driver = stack.enter_context(subprocess.Popen([options.driver, path], stdin=subprocess.PIPE,
                                                      stdout=subprocess.PIPE, text=True))
        soak = Soak(options, sandboxes, driver)
        soak.run()
        driver.stdin.close()
        status = driver.wait()
        judge(soak, tap, options.any_memory)
        tap.result("soak/the_driver_ends_well", status == 0, f"exit code {status}")
    return tap.finish()


if __name__ == "__main__":
    sys.exit(main())
