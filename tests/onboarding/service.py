# SPDX-License-Identifier: Apache-2.0
"""Processes of onboarding_driver at one sandbox and one database, and what has to be true of them in the end."""
import collections
import json
import mmap
import pathlib
import signal
import struct
import subprocess
import threading

from databases import NEVER

HANG_GUARD = 300
BLOCK = 20  # see onboarding/work.hpp
OPTIONAL_CREDENTIALS = {"braintree": {"merchant_customer_id_field": "merchant_customer_id"}}
IDLE = b"\0-"


class Driver:
    """One process."""

    def __init__(self, command, marks, **options):
        self.file = marks.open("rb")
        self.marks = mmap.mmap(self.file.fileno(), 0, prot=mmap.PROT_READ)
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, **options)

    def at_work(self):
        """The marks of calls that are under way; see onboarding/marks.hpp."""
        return [chr(mark) for mark in self.marks[:] if mark not in IDLE]

    def kill(self):
        """Kills it. It must not have ended by itself."""
        self.process.kill()
        status = self.close()
        if status != -signal.SIGKILL:
            raise AssertionError(f"the driver has ended by itself: {status}")

    def close(self):
        """Waits for its end; the exit status."""
        self.process.stdout.close()
        status = self.process.wait(HANG_GUARD)
        self.marks.close()
        self.file.close()
        return status

    def told(self):
        """The next line that it writes."""
        guard = threading.Timer(HANG_GUARD, self.process.kill)
        guard.start()
        line = self.process.stdout.readline()
        guard.cancel()
        if not line:
            raise AssertionError(f"the driver has ended: {self.process.wait(HANG_GUARD)}")
        return json.loads(line)

    def ends(self):
        """Waits for its end, which has to be a good one; its report."""
        report = self.told()
        status = self.close()
        if status != 0:
            raise AssertionError(f"the driver's exit code is {status}")
        return report


class Service:
    """What the processes share. `name`: of the processor; `absence`: how long after a doubt a search proves that there
    is nobody; `deadline`: of a call; in milliseconds."""

    def __init__(self, program, folder, sandbox, name, database, *, absence=2000, deadline=2000):
        self.program = program
        self.folder = pathlib.Path(folder)
        self.sandbox = sandbox
        self.name = name
        self.database = database
        self.absence = absence
        self.deadline = deadline
        self.answers = self.folder / "answers"
        self.pace_file = self.folder / "pace"
        self.pace_file.write_bytes(bytes(8))
        self.until = 0
        self.facts = None

    def allow(self, until):
        """So many customers may be asked for, a multiple of BLOCK."""
        with self.pace_file.open("r+b") as file, mmap.mmap(file.fileno(), 8) as pace:
            struct.pack_into("<Q", pace, 0, until)
        self.until = until

    def start(self, task, place=0, *, calls=8, first=0, waits=True, tries=30, **options):
        """A driver; the options are those of the process."""
        marks = self.folder / f"marks_{place}"
        marks.write_bytes(bytes(max(calls, 1)))
        config = {"connector": self.name, "optional": OPTIONAL_CREDENTIALS.get(self.name, {}),
                  "directory": self.database.url, "marks": str(marks), "pace": str(self.pace_file),
                  "answers": str(self.answers), "calls": calls, "place": place, "first": first - first % BLOCK,
                  "waits": waits, "tries": tries, "task": task, "absence_ms": self.absence,
                  "deadline_ms": self.deadline,
                  **{name: self.sandbox.description[name] for name in ("credential", "base_url", "ca_pem")}}
        path = self.folder / f"configuration_{place}"
        path.write_text(json.dumps(config), encoding="ascii")
        return Driver([self.program, path], marks, **options)

    def run_all(self, task, count, calls=(8, 0), **options):
        """So many drivers at once, each until its end, by turns with so many calls; their reports."""
        drivers = [self.start(task, place, calls=calls[place % len(calls)], **options) for place in range(count)]
        try:
            self.facts = [driver.told() for driver in drivers][0]
            return [driver.ends() for driver in drivers]
        finally:
            for driver in drivers:
                driver.process.kill()

    def given(self):
        """The ids that callers were given, by number."""
        given = collections.defaultdict(set)
        if self.answers.exists():
            whole = self.answers.read_text(encoding="ascii").rpartition("\n")[0]  # somebody may be writing
            for line in whole.splitlines():
                number, customer = line.split()
                given[int(number)].add(customer)
        return given

    def stored(self):
        """The ids that the processor has, by number."""
        stored = collections.defaultdict(list)
        for customer in self.sandbox.ask("customers"):
            stored[number_of(customer)].append(customer["id"])
        return dict(stored)

    def rows(self):
        """By number."""
        return {number_in(row["merchant_customer_id"]): row for row in self.database.rows()}


def number_in(reference):
    return int(reference.removeprefix("customer-"))


def number_of(customer):
    """By the reference, or the email where the processor has no place for that."""
    name = customer["merchant_customer_id"]
    if not name:
        name = next(value for value in customer["fields"].values() if "@" in value).removesuffix("@example.com")
    return number_in(name)


def faults_of(service, *, settles=True, unsettled=None):
    """What is wrong in the end, when nobody is at work. `settles`: nothing may stay in doubt; `unsettled`: the numbers
    that `settle` has listed."""
    rows, stored, given = service.rows(), service.stored(), service.given()
    faults = [f"{number} exists, and the directory does not know it" for number in stored if number not in rows]
    faults += [f"{number} has no row" for number in range(service.until) if number not in rows]
    broken = service.database.check()
    if broken:
        faults.append(broken)
    for number, row in rows.items():
        ids = stored.get(number, [])
        told = f"{row['state']} {row['connector_customer_id']} {row['error']}, exists as {ids}"
        if len(ids) > 1:
            faults.append(f"{number} exists twice: {told}")
        if row["state"] == "active":
            if ids != [row["connector_customer_id"]]:
                faults.append(f"{number} is another one: {told}")
            if row["request"] or row["lease"] or row["due"] != NEVER:
                faults.append(f"{number} is not done: {row}")
        elif row["state"] != "unknown" or settles:
            faults.append(f"{number} was not settled: {told}")
        elif not row["doubt"] or row["lease"] or not row["request"]:
            faults.append(f"{number} is not reported well: {row}")
        if given.get(number, set()) - {row["connector_customer_id"]}:
            faults.append(f"{number} was given as {given[number]}: {told}")
    if unsettled is not None:
        unknown = {number for number, row in rows.items() if row["state"] == "unknown" and row["due"] == NEVER}
        if unknown != unsettled:
            faults.append(f"settle lists {sorted(unsettled)}, unknown are {sorted(unknown)}")
    return faults
