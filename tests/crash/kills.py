# SPDX-License-Identifier: Apache-2.0
"""Kills a service at random points while it makes customers, and looks at what it leaves behind, in TAP.

usage: kills.py CRASH_DRIVER SERVE_SANDBOX [OPTIONS]
  --kills N            in all cases together (default: 60)
  --seed N             of when to kill and of the faults; default: 20240611. Which call is hit is up to the machine
  --processors LIST    with commas between them; those that driver.cpp knows; default: one for each
                       guarantee, and more
  --settling MS        how long the driver leaves alone what it has in doubt where customers are looked up
                       (default: 2000); 0 shows what comes of not waiting

Each case is one processor and one driver, blocking or with several coroutines: the sandbox is a process of its own,
the driver is killed (SIGKILL) and started again, half of the time with delays, lost answers and requests that are
executed late. Where keys are what settles doubts, and customers can be searched, the processor forgets its keys in
between, as if a day had passed. Then a last life does what is left, and ledger and sandbox are compared.
"""
import argparse
import collections
import json
import mmap
import pathlib
import random
import signal
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "support"))
sys.path.insert(0, str(HERE.parent / "peers"))
from sandbox import Sandbox  # noqa: E402
from tap import Tap, chosen  # noqa: E402

HANG_GUARD = 300
CALLS_AT_ONCE = 8
INDEX_LAG = 200  # ms
QUIET = 2.0  # seconds; no request of the sandbox's faults is executed later than after 300 ms
USUAL_LIFE = 0.02  # seconds from the first row to the kill, on average
LONGEST_LIFE = 0.1
EXIT_LEFT_OPEN = 3

OPTIONAL_CREDENTIALS = {"braintree": {"merchant_customer_id_field": "merchant_customer_id"}}
USUAL = ["stripe", "gocardless", "paysafe", "authorizedotnet", "stax", "rapyd"]

PHASES = {"b": "before the row", "c": "connecting", "s": "sending", "a": "between request and answer",
          "r": "between answer and row", "d": "storing the row", "w": "between two attempts"}
CALLING = ["connecting", "within TLS", "sending", "between request and answer"]


class Row:
    """What the ledger has of one customer."""

    def __init__(self):
        self.states = []
        self.id = None
        self.origin = None

    @property
    def state(self):
        return self.states[-1]

    @property
    def reported(self):
        return "doubtful" in self.states or "exists" in self.states


def read_ledger(path):
    """The rows by number; AssertionError where a customer is done twice."""
    rows = collections.defaultdict(Row)
    for line in path.read_text(encoding="ascii").splitlines():
        number, state, *details = line.split()
        row = rows[int(number)]
        assert row.id is None, f"{number} is done and goes on: {line}"
        row.states.append(state)
        if state == "done":
            row.id, row.origin = details
    return dict(rows)


def number_of(customer):
    """By the reference, or the email where the processor has no place for that."""
    name = customer["merchant_customer_id"]
    if not name:
        name = next(value for value in customer["fields"].values() if "@" in value).removesuffix("@example.com")
    return int(name.removeprefix("customer-"))


def at_work(marks):
    """The marks of calls that are under way."""
    return [chr(mark) for mark in marks if mark not in b"\0-"]


class Trial:
    """One processor and one driver."""

    def __init__(self, options, folder, name, calls, kills, forgets):
        self.driver = options.driver
        self.settling = options.settling
        self.random = random.Random(f"{options.seed} {name} {calls}")
        self.folder = folder
        self.name = name
        self.calls = calls
        self.kills = kills
        self.forgets = forgets
        self.days = 0
        self.lives = 0
        self.startup = 0.0
        self.phases = collections.Counter()
        self.ledger = folder / "ledger"
        self.marks = folder / "marks"
        self.sandbox = None
        self.facts = None

    def run(self, program):
        """The ledger's rows and the sandbox's customers, by number, in the end."""
        with Sandbox(program, self.name) as self.sandbox:
            self.sandbox.ask(f"index {INDEX_LAG}")
            self.ask_driver()
            for kill in range(self.kills):
                if kill == self.kills // 2:
                    if self.forgets:
                        self.pass_a_day()
                    self.sandbox.ask(f"faults {self.random.randrange(2 ** 63)}")
                self.live_and_die()
            self.sandbox.ask("calm")
            self.finish()
            stored = collections.defaultdict(list)
            for customer in self.sandbox.ask("customers"):
                stored[number_of(customer)].append(customer["id"])
        return read_ledger(self.ledger), dict(stored)

    def configure(self, until):
        config = {"connector": self.name, "optional": OPTIONAL_CREDENTIALS.get(self.name, {}),
                  "ledger": str(self.ledger), "marks": str(self.marks), "calls": self.calls, "until": until,
                  "settling_ms": self.settling, "days": self.days,
                  **{name: self.sandbox.description[name] for name in ("credential", "base_url", "ca_pem")}}
        path = self.folder / "configuration"
        path.write_text(json.dumps(config), encoding="ascii")
        self.marks.write_bytes(bytes(max(self.calls, 1)))
        self.lives += 1
        return [self.driver, path]

    def ask_driver(self):
        """A life without work: what the driver says of its processor, and how long it takes to start."""
        begun = time.monotonic()
        done = subprocess.run(self.configure(until=0), stdout=subprocess.PIPE, timeout=HANG_GUARD, check=True)
        self.startup = time.monotonic() - begun
        self.facts = json.loads(done.stdout)
        self.forgets = self.forgets and self.facts["guarantee"] == "by_key"

    def live_and_die(self):
        command = self.configure(until=None)
        before = self.sandbox.ask("traffic")
        with self.marks.open("rb") as file, mmap.mmap(file.fileno(), 0, prot=mmap.PROT_READ) as marks:
            process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
            try:
                self.await_the_end(process, marks)
            finally:
                process.kill()
                status = process.wait()
        assert status == -signal.SIGKILL, f"the driver has ended by itself: {status}"
        self.count_phases(before)

    def await_the_end(self, process, marks):
        """Waits until it is time to kill the driver: while it starts, at any time, or when a call is in some phase."""
        if self.random.random() < 0.1:
            time.sleep(self.random.uniform(0, self.startup))
            return
        guard = time.monotonic() + HANG_GUARD
        while process.poll() is None and not at_work(marks[:]) and time.monotonic() < guard:
            time.sleep(0.0002)
        time.sleep(min(self.random.expovariate(1 / USUAL_LIFE), LONGEST_LIFE))
        if self.random.random() < 0.5:
            phase = self.random.choice(list(PHASES)).encode("ascii")
            guard = time.monotonic() + LONGEST_LIFE
            while phase not in marks[:] and time.monotonic() < guard:
                pass

    def count_phases(self, before):
        """What was hit: one phase for each call that was under way, or that none was."""
        hit = at_work(self.marks.read_bytes())
        if not hit:
            self.phases["no call under way"] += 1
        traffic = self.sandbox.ask("traffic")
        in_tls = (traffic["connections"] - before["connections"]) - (traffic["handshakes"] - before["handshakes"])
        for mark in hit:
            if mark == "c" and in_tls > 0:
                in_tls -= 1
                self.phases["within TLS"] += 1
            else:
                self.phases[PHASES[mark]] += 1

    def pass_a_day(self):
        # Nothing may be under way: no request takes a day.
        time.sleep(QUIET)
        self.sandbox.ask("forget")
        self.days += 1

    def finish(self):
        """The last life, which is not killed. What the processor's keys stand in the way of waits for another day."""
        rows = read_ledger(self.ledger) if self.ledger.exists() else {}
        until = max(rows, default=-1) + 1
        for day in (False, True):
            if day:
                self.pass_a_day()
            status = subprocess.run(self.configure(until), stdout=subprocess.DEVNULL, timeout=HANG_GUARD,
                                    check=False).returncode
            if status != EXIT_LEFT_OPEN:
                break
        assert status in (0, EXIT_LEFT_OPEN), f"the driver's exit code is {status}"


def faults_of(rows, stored, settles):
    """What is wrong in the end. `settles`: whether nothing may stay in doubt."""
    faults = [f"{number} exists, and the ledger does not know it" for number in stored if number not in rows]
    for number, row in rows.items():
        ids = stored.get(number, [])
        history = " ".join(row.states)
        if row.state == "done" and row.id not in ids:
            faults.append(f"{number} is done as {row.id}, which does not exist ({ids}): {history}")
        if row.state == "done" and len(ids) == 1:
            continue
        if not row.reported:
            faults.append(f"{number} exists {len(ids)} times and was not reported: {history}")
        elif settles:
            faults.append(f"{number} exists {len(ids)} times: {history}")
    return faults


def describe(trial, rows, stored):
    """The figures, as comments."""
    print(f"# {trial.name}, {trial.facts['guarantee']}: {trial.kills} kills, {trial.lives} lives, {trial.days} days")
    origins = collections.Counter(row.origin for row in rows.values() if row.state == "done")
    states = collections.Counter(row.state for row in rows.values())
    crashed = sum(row.states.count("begun") > 1 or row.states[:2] == ["begun", "doubtful"] for row in rows.values())
    print(f"#   rows {len(rows)}, of which begun again or in doubt {crashed}; stored {sum(map(len, stored.values()))};",
          ", ".join(f"{state} {count}" for state, count in sorted(states.items())) + ";",
          ", ".join(f"{origin} {count}" for origin, count in sorted(origins.items())) + ";",
          f"more than once {sum(len(ids) > 1 for ids in stored.values())};",
          f"in doubt and stored {sum(row.state == 'doubtful' and number in stored for number, row in rows.items())}")
    print("#   hit:", ", ".join(f"{phase} {count}" for phase, count in trial.phases.most_common()), flush=True)


def cases_of(options):
    """Names, processors, calls at once (0: blocking), whether keys are forgotten meanwhile, whether all is settled."""
    names = options.processors.split(",")
    cases = [(f"{name}_{'coroutines' if calls else 'blocking'}", name, calls, name != "gocardless", True)
             for name in names for calls in (0, CALLS_AT_ONCE)]
    # Without keys and without a search nobody can tell.
    cases += [("gocardless_after_the_keys", "gocardless", CALLS_AT_ONCE, True, False)] if "gocardless" in names else []
    return [("crash/" + case[0], *case[1:]) for case in cases if chosen("crash/" + case[0])]


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("driver")
    parser.add_argument("sandbox")
    parser.add_argument("--kills", type=int, default=60)
    parser.add_argument("--seed", type=int, default=20240611)
    parser.add_argument("--processors", default=",".join(USUAL))
    parser.add_argument("--settling", type=int, default=2000)
    options = parser.parse_args()
    tap = Tap()
    cases = cases_of(options)
    hit = 0
    print(f"# seed {options.seed}")
    for position, (title, name, calls, forgets, settles) in enumerate(cases):
        kills = options.kills * (position + 1) // len(cases) - options.kills * position // len(cases)
        with tempfile.TemporaryDirectory(prefix="florin_crash_") as folder:
            trial = Trial(options, pathlib.Path(folder), name, calls, kills, forgets)
            try:
                rows, stored = trial.run(options.sandbox)
                describe(trial, rows, stored)
                hit += sum(trial.phases[phase] for phase in CALLING)
                settled = settles and trial.facts["guarantee"] != "only_reported"
                faults = faults_of(rows, stored, settled)
                tap.result(title, not faults, "\n".join(faults))
            except (AssertionError, OSError, subprocess.SubprocessError, ValueError) as problem:
                tap.result(title, False, f"{type(problem).__name__}: {problem}")
    if len(cases) > 1 and chosen("crash/calls_were_hit"):
        tap.result("crash/calls_were_hit", hit > 0, "no kill has hit a call under way")
    return tap.finish()


if __name__ == "__main__":
    sys.exit(main())
