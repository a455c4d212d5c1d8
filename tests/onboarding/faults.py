# SPDX-License-Identifier: Apache-2.0
"""Databases that fail under services that onboard, and several services at the same rows, in TAP.

usage: faults.py ONBOARDING_DRIVER SERVE_SANDBOX
"""
import contextlib
import pathlib
import resource
import signal
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "support"))
sys.path.insert(0, str(HERE.parent / "peers"))
import postgresql  # noqa: E402
from databases import PostgresqlDatabase, Sqlite  # noqa: E402
from sandbox import Sandbox  # noqa: E402
from service import Service, faults_of  # noqa: E402
from tap import Tap, chosen  # noqa: E402

GUARD = 60  # seconds
DEADLINE = 1000  # ms; of a call
PATIENCE = 1000  # ms; of its directory
SLACK = 700  # ms; the machine is busy
CLOSING = 5000  # ms that a directory's end takes at most
MANY = 600  # customers, so many that they are not done before something has happened
SOME = 40
DAY = 25 * 60 * 60 * 1000  # ms
CLAIMED = {"c", "s", "a"}  # what a call is at that has claimed its row; see marks.hpp


def check(condition, what):
    if not condition:
        raise AssertionError(what)


def wait_for(condition, what):
    give_up = time.monotonic() + GUARD
    while not condition():
        check(time.monotonic() < give_up, what)
        time.sleep(0.001)


def check_all_is_well(service, **more):
    faults = faults_of(service, **more)
    check(not faults, "\n".join(faults))


def at_work(service, driver, before=0):
    """Waits until a driver has done some, and is at others."""
    wait_for(lambda: len(service.given()) > before + SOME, "nothing is done")
    check(driver.process.poll() is None, "the driver has ended too early")


def felt(report, longest):
    """Checks that a driver had to do with a failing database, and no call was longer than this, in milliseconds."""
    check(report["errors"].get("directory_failed", 0) > 0, f"nothing was felt: {report}")
    check(report["longest_ms"] <= longest, f"calls did not end by their deadline: {report}")


def goes_away_and_comes_back(service, server):
    for how in ("fast", "immediate"):
        before = service.until
        service.allow(before + MANY)
        drivers = [service.start("onboard", place, calls=calls, first=before) for place, calls in enumerate((8, 0))]
        for driver in drivers:
            driver.told()
        at_work(service, drivers[0], before)
        server.stop(how)
        time.sleep(1.5)
        server.start()
        for driver in drivers:
            report = driver.ends()
            felt(report, DEADLINE + PATIENCE + SLACK)
            check(report["trouble"], f"the database's words are missing: {report}")
    check_all_is_well(service)


def hangs(service, server):
    service.allow(MANY // 2)
    at_once = MANY // 6
    driver = service.start("onboard", calls=at_once, tries=1)
    driver.told()
    at_work(service, driver)
    server.freeze()
    begun = time.monotonic()
    try:
        report = driver.ends()
    finally:
        server.thaw()
    took = (time.monotonic() - begun) * 1000
    felt(report, DEADLINE + PATIENCE + SLACK)
    rounds = MANY // 2 // at_once
    check(took < rounds * (DEADLINE + PATIENCE) + CLOSING + SLACK, f"the driver's end took {took} ms")
    service.run_all("onboard", 1)
    check_all_is_well(service)


def full_disk(service):
    service.allow(MANY // 2)
    # A write beyond the limit is an error then, and no signal.
    driver = service.start("onboard", restore_signals=False)
    driver.told()
    at_work(service, driver)
    _, most = resource.prlimit(driver.process.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(driver.process.pid, resource.RLIMIT_FSIZE, (4096, most))
    time.sleep(2.5)
    resource.prlimit(driver.process.pid, resource.RLIMIT_FSIZE, (most, most))
    report = driver.ends()
    felt(report, DEADLINE + PATIENCE + SLACK)
    check("disk" in report["trouble"], f"what is wrong is not said: {report}")
    check_all_is_well(service)


def one_customer_in_two_processes(service):
    service.allow(20)
    first = service.start("onboard", 0, calls=0)
    first.told()
    while True:
        wait_for(lambda: CLAIMED & set(first.at_work()), "no call was met")
        first.process.send_signal(signal.SIGSTOP)
        if CLAIMED & set(first.at_work()):
            break
        first.process.send_signal(signal.SIGCONT)
    driver = service.start("onboard", 1, waits=False, tries=1)
    driver.told()
    report = driver.ends()
    check(report["errors"] == {"claimed_elsewhere": 1} and report["answered"] == 19, f"who was to be told: {report}")
    driver = service.start("onboard", 2, tries=1)
    driver.told()
    time.sleep(0.05)
    first.process.send_signal(signal.SIGCONT)
    report = driver.ends()
    check(not report["errors"] and report["answered"] == 20, f"who waits: {report}")
    first.ends()
    check_all_is_well(service)


def settled_by_several(service):
    service.allow(200)
    service.sandbox.ask("mute")
    report = service.run_all("onboard", 1, calls=(100,), tries=1)[0]
    check(report["answered"] == 0, f"the sandbox is not mute: {report}")
    service.sandbox.ask("calm")
    service.database.let_pass(DAY)
    # Each has a row before any is done with one: a sandbox that stands still answers nobody.
    service.deadline = GUARD * 1000
    service.sandbox.process.send_signal(signal.SIGSTOP)
    try:
        drivers = [service.start("settle", place, calls=calls) for place, calls in enumerate((8, 0, 8, 0))]
        for driver in drivers:
            driver.told()
            wait_for(lambda driver=driver: CLAIMED & set(driver.at_work()), "a driver has no row")
    finally:
        service.sandbox.process.send_signal(signal.SIGCONT)
    settled = [driver.ends()["settled"] for driver in drivers]
    # Not all are counted: a transaction that takes its time is waited for no longer than for the patience.
    check(100 < sum(settled) <= 200, f"not each once: {settled}")
    check(sum(each > 0 for each in settled) > 1, f"one has done all: {settled}")
    check_all_is_well(service)


def main():
    driver, sandbox_program = sys.argv[1:]
    tap = Tap()
    missing = postgresql.missing()
    # A case, its processor, and whether it is about SQLite, PostgreSQL.
    cases = [(goes_away_and_comes_back, "stripe", False, True), (hangs, "stripe", False, True),
             (full_disk, "stripe", True, False), (one_customer_in_two_processes, "stripe", True, True),
             (settled_by_several, "stax", True, True)]
    with contextlib.ExitStack() as stack:
        servers = []
        for case, name, on_sqlite, on_postgresql in cases:
            for kind in ["sqlite"] * on_sqlite + ["postgresql"] * on_postgresql:
                title = f"onboarding/{case.__name__}_{kind}"
                if not chosen(title):
                    continue

                def run(case=case, name=name, kind=kind):
                    with tempfile.TemporaryDirectory(prefix="florin_faults_") as folder, \
                            Sandbox(sandbox_program, name) as sandbox:
                        if kind == "sqlite":
                            database, more = Sqlite(pathlib.Path(folder) / "directory.db"), []
                        else:
                            if not servers:
                                servers.append(stack.enter_context(postgresql.Postgresql()))
                            database, more = PostgresqlDatabase(servers[0], case.__name__), servers
                        service = Service(driver, folder, sandbox, name, database, deadline=DEADLINE)
                        case(service, *(more if not on_sqlite else []))

                tap.run(title, run, missing if kind == "postgresql" else None)
    return tap.finish()


if __name__ == "__main__":
    sys.exit(main())
