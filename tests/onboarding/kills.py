# SPDX-License-Identifier: Apache-2.0
"""Kills services at random points while they onboard the same customers, and looks at what they leave behind, in TAP.

usage: kills.py ONBOARDING_DRIVER SERVE_SANDBOX [OPTIONS]
  --kills N            at each database, in all cases together (default: 16)
  --customers N        for each kill, about (default: 20)
  --seed N             of when to kill and of the faults; default: 20240611. Which call is hit is up to the machine
  --processors LIST    with commas between them; those that driver.cpp knows; default: one for each guarantee
  --databases LIST     default: sqlite,postgresql
  --jobs N             cases at the same time (default: 2)
  --absence MS         RecoveryOptions::absence_proven_after (default: 2000); 0 shows what comes of not waiting

Each case is one processor and one database, and four processes that onboard the same customers at the same time, two of
them blocking and two with several coroutines. The sandbox is a process of its own; one of the four after the other is
killed (SIGKILL) and another one started, half of the time with delays, lost answers and requests that are executed
late. Where keys are what settles doubts, and customers can be searched, the processor forgets its keys in between, as
if a day had passed. Then four processes do what is left, those after them settle what is left by then, a day later, and
directory, sandbox and what callers were told are compared.
"""
import argparse
import collections
import concurrent.futures
import contextlib
import pathlib
import random
import sys
import tempfile
import threading
import time
import traceback

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "support"))
sys.path.insert(0, str(HERE.parent / "peers"))
import postgresql  # noqa: E402
from databases import PostgresqlDatabase, Sqlite  # noqa: E402
from sandbox import Sandbox  # noqa: E402
from service import BLOCK, HANG_GUARD, Service, faults_of, number_in  # noqa: E402
from tap import Tap, chosen  # noqa: E402

PROCESSES = 4
INDEX_LAG = 200  # ms
QUIET = 0.5  # seconds; no request of the sandbox's faults is executed later than after 300 ms
DAY = 25 * 60 * 60 * 1000  # ms; a day, and an hour for who looks after it
MOST_SETTLING_DAYS = 4
USUAL_LIFE = 0.02  # seconds until the kill, on average, of a process that is at work
LONGEST_LIFE = 0.1
USUAL = ["stripe", "paysafe", "stax", "rapyd"]

PHASES = {"b": "before the row", "c": "connecting", "s": "sending", "a": "between request and answer",
          "r": "reading the answer", "d": "storing the answer", "w": "between two attempts"}
CALLING = ["connecting", "within TLS", "sending", "between request and answer"]


def settles(facts):
    """Whether nothing may stay in doubt."""
    if facts["guarantee"] == "by_key":
        return facts["finds"]  # without keys and without a search nobody can tell
    return facts["guarantee"] != "only_reported"


def listed(counter):
    """How often what, most first."""
    return ", ".join(f"{what} {count}" for what, count in counter.most_common())


class Trial:
    """One processor and one database."""

    def __init__(self, options, service, kills, seed):
        self.service = service
        self.kills = kills
        self.pace = options.customers
        self.random = random.Random(seed)
        self.drivers = {}
        self.started = 0
        self.phases = collections.Counter()
        self.days = 0
        self.unsettled = set()
        self.settled = 0

    def run(self):
        """Kills them, and has the rest done."""
        sandbox = self.service.sandbox
        sandbox.ask(f"index {INDEX_LAG}")
        try:
            self.go_on(0)
            self.drivers[0].told()  # there are tables, which four have wanted to make
            for kill in range(self.kills):
                if kill == self.kills // 2:
                    if self.service.name != "gocardless":  # nobody could tell
                        self.pass_a_day()
                    sandbox.ask(f"faults {self.random.randrange(2 ** 63)}")
                self.go_on(kill)
                self.kill_one()
            sandbox.ask("calm")
        finally:
            self.stop()
        time.sleep(QUIET)
        # What stays in doubt takes its whole deadline each time.
        self.service.run_all("even", PROCESSES, tries=2)
        for _ in range(MOST_SETTLING_DAYS):
            self.pass_a_day()
            reports = self.service.run_all("settle", PROCESSES)
            self.settled += sum(report["settled"] for report in reports)
            # Some may have met a deadline, on a busy machine, and are left alone for a while.
            if not any(report["open"] for report in reports):
                break
        self.unsettled = {number_in(name) for name in self.service.run_all("settle", 1)[0]["unsettled"]}

    def go_on(self, kill):
        """Has customers to be asked for, and four processes that do so."""
        behind = self.service.until - BLOCK
        self.service.allow(-((kill + 1) * self.pace // -BLOCK) * BLOCK)
        for place in range(PROCESSES):
            if place not in self.drivers:
                # Places are taken by turns, so that each kind meets each.
                first = max(0, behind - BLOCK * self.random.randrange(2))
                self.drivers[place] = self.service.start("work", place, calls=0 if place % 2 else 8, first=first,
                                                         waits=self.random.random() < 0.7)
                self.started = place

    def kill_one(self):
        """While it starts, at any time, or when a call is in some phase."""
        before = self.service.sandbox.ask("traffic")
        if self.random.random() < 0.1:
            place = self.started
            time.sleep(self.random.uniform(0, 0.1))
        else:
            place = self.random.randrange(PROCESSES)
            marks = self.drivers[place].marks
            guard = time.monotonic() + 2
            while not self.drivers[place].at_work() and time.monotonic() < guard:
                time.sleep(0.0002)
            time.sleep(min(self.random.expovariate(1 / USUAL_LIFE), LONGEST_LIFE))
            if self.random.random() < 0.5:
                phase = self.random.choice(list(PHASES)).encode("ascii")
                guard = time.monotonic() + LONGEST_LIFE
                while phase not in marks[:] and time.monotonic() < guard:
                    pass
        driver = self.drivers.pop(place)
        driver.process.kill()
        driver.process.wait(HANG_GUARD)
        self.count_phases(driver.at_work(), before)
        driver.kill()

    def count_phases(self, hit, before):
        """What was hit: one phase for each call that was under way, or that none was."""
        if not hit:
            self.phases["no call under way"] += 1
        traffic = self.service.sandbox.ask("traffic")
        in_tls = (traffic["connections"] - before["connections"]) - (traffic["handshakes"] - before["handshakes"])
        for mark in hit:
            if mark == "c" and in_tls > 0:
                in_tls -= 1
                self.phases["within TLS"] += 1
            else:
                self.phases[PHASES[mark]] += 1

    def stop(self):
        """Ends all, as suddenly; they are not counted."""
        drivers, self.drivers = self.drivers, {}
        for driver in drivers.values():
            driver.kill()

    def pass_a_day(self):
        # Nothing may be under way: no request takes a day.
        self.stop()
        time.sleep(QUIET)
        self.service.sandbox.ask("forget")
        self.service.database.let_pass(DAY)
        self.days += 1

    def describe(self, title):
        """The figures, as comments."""
        rows, stored = self.service.rows(), self.service.stored()
        states = collections.Counter(row["state"] for row in rows.values())
        lines = [f"# {title}, {self.service.facts['guarantee']}: {self.kills} kills, {len(rows)} customers, "
                 f"{self.days} days",
                 f"#   asked for more than once {sum(row['attempts'] > 1 for row in rows.values())}; "
                 + listed(states) + f"; stored {sum(map(len, stored.values()))}, "
                 f"more than once {sum(len(ids) > 1 for ids in stored.values())}, while unknown "
                 f"{sum(row['state'] == 'unknown' and number in stored for number, row in rows.items())}; "
                 f"by settle {self.settled}",
                 "#   hit: " + listed(self.phases)]
        print("\n".join(lines), flush=True)


class Cases:
    """All trials, and what they have hit. `stack`: ends the server that some share."""

    def __init__(self, options, stack):
        self.options = options
        self.stack = stack
        self.lock = threading.Lock()
        self.server = None
        self.hit = 0
        self.tap = Tap()

    def run(self, kind, name, kills):
        """One trial."""
        title = f"onboarding/kills_{kind}_{name}"
        options = self.options
        if kind == "postgresql" and postgresql.missing():
            self.tap.result(title, True, skip=postgresql.missing())
            return
        try:
            with tempfile.TemporaryDirectory(prefix="florin_kills_") as folder, \
                    Sandbox(options.sandbox, name) as sandbox:
                service = Service(options.driver, folder, sandbox, name, self.database(kind, folder, name),
                                  absence=options.absence)
                trial = Trial(options, service, kills, f"{options.seed} {kind} {name}")
                trial.run()
                trial.describe(title)
                faults = faults_of(service, settles=settles(service.facts), unsettled=trial.unsettled)
            with self.lock:
                self.hit += sum(trial.phases[phase] for phase in CALLING)
            self.tap.result(title, not faults, "\n".join(faults))
        except Exception as problem:  # pylint: disable=broad-except
            self.tap.result(title, False, "".join(traceback.format_exception(problem)))

    def database(self, kind, folder, name):
        if kind == "sqlite":
            return Sqlite(pathlib.Path(folder) / "directory.db")
        with self.lock:
            if self.server is None:
                self.server = self.stack.enter_context(postgresql.Postgresql())
            return PostgresqlDatabase(self.server, name)


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("driver")
    parser.add_argument("sandbox")
    parser.add_argument("--kills", type=int, default=16)
    parser.add_argument("--customers", type=int, default=20)
    parser.add_argument("--seed", type=int, default=20240611)
    parser.add_argument("--processors", default=",".join(USUAL))
    parser.add_argument("--databases", default="sqlite,postgresql")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--absence", type=int, default=2000)
    options = parser.parse_args()
    names = options.processors.split(",")
    print(f"# seed {options.seed}", flush=True)
    with contextlib.ExitStack() as stack:
        cases = Cases(options, stack)
        with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
            for kind in options.databases.split(","):
                for position, name in enumerate(names):
                    kills = options.kills * (position + 1) // len(names) - options.kills * position // len(names)
                    if chosen(f"onboarding/kills_{kind}_{name}"):
                        pool.submit(cases.run, kind, name, kills)
    if len(names) > 1 and chosen("onboarding/kills_hit_calls"):
        cases.tap.result("onboarding/kills_hit_calls", cases.hit > 0, "no kill has hit a call under way")
    return cases.tap.finish()


if __name__ == "__main__":
    sys.exit(main())
