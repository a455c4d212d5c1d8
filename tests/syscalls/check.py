# SPDX-License-Identifier: Apache-2.0
"""Every system call of a call fails, is cut short, is interrupted and meets a fork in turn, in TAP.

usage: check.py SERVE_SANDBOX DISTURBED_CALLS [--every N] [--seed N]
A case is an operation under a driver, with or without a connection, with so many retries; each of its trials disturbs one system call
(disturbed_calls.cpp), and what the call says then is compared with what the sandbox, another process, has stored.
About one of N trials is made, as the seed says (default: by chance; it is printed); `--every 1` makes all of them.
FLORIN_TEST_FILTER (a glob over `syscalls/OPERATION/DRIVER/START/RETRIES_retries`) chooses cases.
"""
import argparse
import collections
import concurrent.futures
import contextlib
import itertools
import json
import os
import random
import subprocess
import sys

for folder in ("peers", "support"):
    sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), os.pardir, folder))
from sandbox import Sandbox  # noqa: E402
from tap import Tap, chosen  # noqa: E402

HANG_GUARD = 1800
DRIVERS = ("blocking", "own_context", "own_threads")
MOST_TOLD = 20
# What the operation has to make, whoever drives it, or else the test looks at nothing.
# What a call that a processor never answers comes to, whatever disturbs it that is harmless.
MUTE_ENDINGS = {"expire": "deadline_exceeded", "cancel_all": "cancelled", "cancel_terminal": "cancelled",
                "cancel_partial": "cancelled", "cancel_total": "cancelled"}
EXPECTED_CALLS = {"cold": {"socket", "connect", "send", "recv"}, "warm": {"send", "recv"},
                  "stale": {"socket", "connect", "send", "recv", "close"}}
SHORTAGES = {"EMFILE", "ENFILE", "ENOMEM", "ENOBUFS", "ENOSPC", "EAI_MEMORY", "EAI_SYSTEM"}
# Asio's event loop gets by without these, or with another in its place.
LOOP_DESCRIPTORS = {"anon_inode:[eventfd]", "anon_inode:[timerfd]", "pipe"}


class Ledger:
    """What the sandbox has stored."""

    def __init__(self, customers):
        self.by_name = collections.defaultdict(list)
        for customer in customers:
            self.by_name[customer["merchant_customer_id"]].append(customer)

    def ids(self, name):
        return [customer["id"] for customer in self.by_name[name]]

    def description(self, name):
        return self.by_name[name][0]["fields"].get("description")


def untrue_create(name, answer, ledger):
    """What is wrong about the answer to a create."""
    ids = ledger.ids(name)
    if len(ids) > 1:
        yield f"{name} exists {len(ids)} times"
    if answer.get("ok") and ids != [answer["id"]]:
        yield f"{name} is said to be {answer['id']}, and is {ids}"
    if answer.get("outcome") == "no_effect" and ids:
        yield f"{name} exists, against what is said"
    if answer.get("outcome") == "in_effect" and not ids:
        yield f"{name} does not exist, against what is said"


def untrue_update(name, answer, ledger):
    changed = ledger.description(name + "-made") == name
    if answer.get("ok") or answer.get("outcome") == "in_effect":
        if not changed:
            yield "the customer is as before, against what is said"
    elif answer.get("outcome") == "no_effect" and changed:
        yield "the customer has changed, against what is said"


def unsuccessful(what, answer):
    if not answer.get("ok"):
        yield f"{what}: {answer}"


class Case:
    """One operation under one driver."""

    def __init__(self, operation, driver, start, retries):
        self.operation, self.driver, self.start, self.retries = operation, driver, start, retries
        self.name = f"syscalls/{operation}/{driver}/{start}/{retries}_retries"
        self.ending = MUTE_ENDINGS.get(operation)
        self.trials = 0

    def run(self, arguments):
        """Makes the trials; the complaints, each a line."""
        with contextlib.ExitStack() as stack:
            sandbox = stack.enter_context(
                Sandbox(arguments.serve_sandbox, "dwolla" if self.operation == "token" else "stripe"))
            told, mute, roots = sandbox.description, None, sandbox.description["ca_pem"]
            if self.ending is not None:
                mute = stack.enter_context(Sandbox(arguments.serve_sandbox, "stripe"))
                mute.ask("mute")
                roots += mute.description["ca_pem"]
            done = subprocess.run(
                [arguments.disturbed_calls, told["base_url"], mute.description["base_url"] if mute else "",
                 told["credential"], self.operation, self.driver, self.start, str(self.retries),
                 str(arguments.every), str(arguments.seed)],
                input=roots, stdout=subprocess.PIPE, text=True, timeout=HANG_GUARD, check=True)
            ledger = Ledger(sandbox.ask("customers") + (mute.ask("customers") if mute else []))
        trials = [json.loads(line) for line in done.stdout.splitlines()]
        undisturbed = [trial for trial in trials if trial["disturbance"] == "nothing"]
        disturbed = [trial for trial in trials if trial["disturbance"] != "nothing"]
        self.trials = sum(trial.get("report", {}).get("happened", True) for trial in disturbed)
        usual = undisturbed[0].get("report", {}).get("descriptors")
        complaints = [f"{trial['call']} #{trial['occurrence']}, {trial['disturbance']}: {complaint}"
                      for trial in trials for complaint in self.judge(trial, usual, ledger)]
        counts = set().union(*(trial.get("report", {}).get("counts", {}) for trial in undisturbed))
        if missing := EXPECTED_CALLS[self.start] - counts:
            complaints.append(f"no {missing} was seen, but {counts}")
        if self.trials == 0:
            complaints.append("nothing was disturbed")
        return complaints

    def judge(self, trial, usual, ledger):
        """What is wrong about a trial."""
        report = trial.get("report")
        if report is None:
            yield {"signal 14": "hangs"}.get(trial["ended"], f"ended: {trial['ended']}")
            return
        name, answer = trial["name"], report["answer"]
        if "throws" in answer or "hangs" in answer:
            yield str(answer)
        if self.has_to_succeed(trial):
            yield from self.other_than_usual(answer)
        yield from self.untrue(name, answer, report, ledger)
        if not answer.get("ok"):
            yield from self.wrong_reason(trial, answer)
        if "warmed" in report:
            yield from unsuccessful("the warm-up", report["warmed"])
        if report["busy"] or report["queued"]:
            yield f"the pool has {report['busy']} busy and {report['queued']} queued"
        for which in ("warm", "again"):
            if which in report:
                yield from unsuccessful(which, report[which])
                yield from untrue_create(f"{name}-{which}", report[which], ledger)
        if trial["disturbance"] == "fork" and report["happened"]:
            yield from self.wrong_child(name, report.get("child"), ledger)
        ignored = LOOP_DESCRIPTORS if trial["call"] in ("eventfd", "timerfd_create") else set()
        left = {kind: count for kind, count in report["descriptors"].items() if kind not in ignored}
        if left != {kind: count for kind, count in (usual or {}).items() if kind not in ignored}:
            yield f"descriptors are left: {report['descriptors']}, usually {usual}"

    def has_to_succeed(self, trial):
        """Without an event loop there is nothing that could wait for another attempt."""
        if trial["disturbance"] == "nothing" or not trial["report"]["happened"] or trial["harmless"]:
            return True
        loop = trial["call"] == "epoll_create" or (self.driver == "own_threads" and trial["occurrence"] == 0
                                                   and trial["call"] == "pthread_create")
        return self.retries > 0 and not loop

    def other_than_usual(self, answer):
        if self.ending is None:
            yield from unsuccessful("the call", answer)
        elif answer.get("code") != self.ending:
            yield f"the call: {answer}"

    def untrue(self, name, answer, report, ledger):
        if self.operation in ("create", "ensure", "token") or self.ending is not None:
            yield from untrue_create(name, answer, ledger)
        elif self.operation == "update":
            yield from untrue_update(name, answer, ledger)
        elif self.operation == "retrieve" and answer.get("ok") and answer["id"] != report["made"]:
            yield f"another customer: {answer['id']}, not {report['made']}"

    def wrong_reason(self, trial, answer):
        """What is wrong about the error, whatever its outcome."""
        if answer.get("code") == self.ending:
            return
        if answer.get("code") == "deadline_exceeded" or "due to a timeout" in answer.get("what", ""):
            yield f"waits for its deadline: {answer}"
        lacking = trial["disturbance"] in SHORTAGES or (trial["call"], trial["disturbance"]) == ("pthread_create",
                                                                                                  "EAGAIN")
        if lacking and answer.get("code") != "out_of_resources":
            yield f"is no shortage: {answer}"

    @staticmethod
    def wrong_child(name, words, ledger):
        if words is None or not words.startswith("{"):
            yield f"the child: {words}"
            return
        for driver, answer in json.loads(words).items():
            suffix = "-child" if driver == "blocking" else "-child-async"
            yield from unsuccessful(f"the child, {driver}", answer)
            yield from untrue_create(name + suffix, answer, ledger)


def cases():
    starts = ("cold", "warm", "stale")
    for operation, driver, start, retries in itertools.product(("create", "retrieve", "update"), DRIVERS, starts,
                                                               (0, 2)):
        yield Case(operation, driver, start, retries)
    for driver, start in itertools.product(DRIVERS, starts):
        yield Case("ensure", driver, start, 2)  # knows no other number
    for driver in DRIVERS:
        yield Case("warm_up", driver, "cold", 0)
    for driver, retries in itertools.product(DRIVERS, (0, 2)):
        yield Case("token", driver, "cold", retries)  # which is fetched once
    for operation, driver, start in itertools.product(MUTE_ENDINGS, DRIVERS, ("cold", "warm")):
        if driver != "blocking" or operation in ("expire", "cancel_all"):  # a blocking call has no slot
            yield Case(operation, driver, start, 0)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("serve_sandbox")
    parser.add_argument("disturbed_calls")
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--seed", type=int, default=random.randrange(2**31))
    arguments = parser.parse_args()
    print(f"# --every {arguments.every} --seed {arguments.seed}", flush=True)
    tap = Tap()
    trials = collections.Counter()

    def run(case):
        try:
            complaints = case.run(arguments)
        except (AssertionError, OSError, subprocess.SubprocessError, ValueError) as problem:
            complaints = [repr(problem)]
        more = [f"and {len(complaints) - MOST_TOLD} more"] if len(complaints) > MOST_TOLD else []
        tap.result(case.name, not complaints, "\n".join(complaints[:MOST_TOLD] + more))
        return case

    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        for case in pool.map(run, (case for case in cases() if chosen(case.name))):
            trials[case.driver] += case.trials
    print("# disturbed: " + ", ".join(f"{driver} {count}" for driver, count in trials.items()), flush=True)
    return tap.finish()


if __name__ == "__main__":
    sys.exit(main())
