# SPDX-License-Identifier: Apache-2.0
"""Tries the program accounts at sandboxes in place of test accounts, in TAP.

usage: check.py ACCOUNTS SERVE_SANDBOX WIRE
FLORIN_TEST_FILTER (a glob over `accounts/NAME`) chooses cases.
"""
import concurrent.futures
import json
import pathlib
import re
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

ACCOUNTS, SERVE_SANDBOX, WIRE = sys.argv[1:]
HANG_GUARD = 120
CONNECTORS = {each["name"]: each for each in map(json.loads, subprocess.run(
    [WIRE, "list"], check=True, stdout=subprocess.PIPE, text=True).stdout.splitlines())}
PAYMENT_TOKEN = "tok_FAKE0001"
REFERENCE = re.compile(r"florintest[a-z2-9]{10}")


def required_credentials(name):
    optional = CONNECTORS[name]["optional_credentials"]
    return [each for each in CONNECTORS[name]["credentials"] if each not in optional]


class Account:
    """A sandbox that stands for a processor's test environment, and the environment that leads to it."""

    def __init__(self, name):
        self.name = name
        self.sandbox = Sandbox(SERVE_SANDBOX, name)
        self.folder = tempfile.TemporaryDirectory()
        roots = pathlib.Path(self.folder.name) / "roots.pem"
        roots.write_text(self.sandbox.description["ca_pem"], encoding="ascii")
        names = required_credentials(name)
        values = self.sandbox.description["credential"].split(":", len(names) - 1)
        self.secrets = [*values, PAYMENT_TOKEN]
        begin = name.upper()
        self.environment = {f"{begin}_{key.upper()}": value for key, value in zip(names, values)}
        self.environment |= {f"{begin}_BASE_URL": self.sandbox.description["base_url"],
                             f"{begin}_CA_FILE": str(roots), f"{begin}_PAYMENT_TOKEN": PAYMENT_TOKEN}

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        self.sandbox.__exit__(*exception)
        self.folder.cleanup()

    def key(self, value):
        """Another first credential than the right one."""
        self.environment[f"{self.name.upper()}_{required_credentials(self.name)[0].upper()}"] = value
        self.secrets.append(value)

    def customers(self):
        return [each["id"] for each in self.sandbox.ask("customers")]

    def start(self, *options):
        return subprocess.Popen([ACCOUNTS, *options], env=self.environment, stdin=subprocess.DEVNULL,
                                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)

    def end(self, process):
        """The exit code and the output, which has no secret."""
        output, _ = process.communicate(timeout=HANG_GUARD)
        for secret in self.secrets:
            assert secret not in output, f"{secret} stands in the output:\n{output}"
        return process.returncode, output

    def run(self, *options):
        return self.end(self.start(*options))


def without_a_word_nothing_is_sent():
    for name in ("stripe", "dwolla", "finix"):
        with Account(name) as account:
            code, output = account.run()
            assert code == 0 and f"{name}: would create, retrieve" in output, output
            assert "Nothing was sent" in output, output
            assert account.sandbox.ask("traffic")["connections"] == 0, f"{name} was connected to"


def refused(name, why, *options, key=None, variables=None):
    with Account(name) as account:
        if key:
            account.key(key)
        account.environment.update(variables or {})
        code, output = account.run("--send", *options)
        assert code == 1 and why in output and "0 passed, 1 failed" in output, output
        assert account.sandbox.ask("traffic")["connections"] == 0, f"{name} was connected to"


def live_keys_are_refused():
    for name, key in (("stripe", "sk_live_FAKE"), ("stripe", "rk_live_FAKE"), ("omise", "skey_FAKE"),
                      ("xendit", "xnd_production_FAKE"), ("checkoutcom", "sk_FAKE"), ("payload", "secret_key_FAKE"),
                      ("stax", "live_FAKE")):
        refused(name, "that is a live key", "--test-keys", name, key=key)
    refused("stripe", "STRIPE_ENVIRONMENT is live", variables={"STRIPE_ENVIRONMENT": "live"})
    refused("stripe", "nothing shows that this key is of a test account", key="FAKE")
    refused("stripe", "missing: STRIPE_API_KEY", "--connectors", "stripe", variables={"STRIPE_API_KEY": ""})


def a_customer_lives_at(name):
    with Account(name) as account:
        code, output = account.run("--send")
        if "nothing shows that this key is of a test account" in output:
            assert code == 1 and account.sandbox.ask("traffic")["connections"] == 0, output
            code, output = account.run("--send", "--test-keys", name)
        assert code == 0 and ", 0 failed" in output and "ok  create" in output, output
        operations = CONNECTORS[name]["operations"]
        for step in operations:
            assert f"ok  {step}" in output, f"no {step}:\n{output}"
        left = account.customers()
        if "delete" in operations:
            gone = re.search(r"ok  delete  (\S+)", output)[1]
            # Some keep what is deactivated.
            assert set(left) <= {gone} and "left at" not in output, f"{left}\n{output}"
        else:
            assert len(left) == 1 and re.search(rf"^left at {name}: {re.escape(left[0])}, {REFERENCE.pattern}$", output,
                                                re.MULTILINE), f"{left}\n{output}"


def what_was_made_is_removed_after_a_failure():
    with Account("mollie") as account:
        for kind in ("none", *["server_error"] * 3):  # as often as a call is tried
            account.sandbox.ask(f"fault {kind}")
        code, output = account.run("--send")
        assert code == 1 and "FAILED  retrieve" in output and "ok  delete" in output, output
        assert account.customers() == [], output


def a_customer_that_nobody_told_of_is_removed():
    with Account("omise") as account:
        account.sandbox.ask("fault lost")
        code, output = account.run("--send")
        assert code == 1 and "FAILED  create" in output and "ok  delete" in output, output
        assert account.customers() == [], output


def a_customer_that_cannot_be_looked_for_is_told():
    with Account("paystack") as account:
        account.sandbox.ask("fault lost")
        code, output = account.run("--send")
        assert code == 1 and re.search(rf"left at paystack: perhaps .*{REFERENCE.pattern}", output), output
        assert len(account.customers()) == 1, output


def a_refusal_tells_no_key():
    with Account("stripe") as account:
        account.key("sk_test_WRONG0001")
        code, output = account.run("--send")
        assert code == 1 and "FAILED  create  " in output and "unauthorized" in output, output


def other_customers_are_left_alone():
    """What else the account has is neither changed nor deleted."""
    with Account("stripe") as account:
        account.sandbox.ask("fault delay")
        first = account.start("--send")
        code, output = account.run("--send")
        assert code == 0, output
        code, output = account.end(first)
        assert code == 0, output
        assert account.customers() == []


def ends_after(account, process, happened, wanted):
    """Interrupts the program when `happened` is so, and returns what it has said."""
    until = time.monotonic() + HANG_GUARD
    while not happened():
        assert time.monotonic() < until and process.poll() is None, "it does not come so far"
        time.sleep(0.01)
    process.send_signal(wanted)
    return account.end(process)


def an_interrupted_search_ends_and_what_was_made_is_removed():
    for wanted in (signal.SIGINT, signal.SIGTERM):
        with Account("stripe") as account:
            account.sandbox.ask("index 60000")
            process = account.start("--send")
            code, output = ends_after(account, process, lambda account=account: account.sandbox.ask(
                "traffic")["requests"] > 4, wanted)
            assert code == 130 and "FAILED  interrupted" in output and "ok  delete" in output, output
            assert account.customers() == [], output


def an_interrupted_call_ends_and_what_it_made_is_removed():
    with Account("stripe") as account:
        for _ in range(5):  # enough to be within a call, however busy the machine is
            account.sandbox.ask("fault delay")
        process = account.start("--send")
        code, output = ends_after(account, process, lambda: account.sandbox.ask("traffic")["requests"] >= 1,
                                  signal.SIGINT)
        assert code == 130 and "ok  create" in output and "FAILED  interrupted" in output, output
        assert "ensure" not in output and "ok  delete" in output, output
        assert account.customers() == [], output


def a_reader_that_goes_leaves_no_customer():
    with Account("stripe") as account:
        account.sandbox.ask("fault delay")
        process = account.start("--send")
        process.stdout.close()
        process.wait(timeout=HANG_GUARD)
        assert account.sandbox.ask("traffic")["requests"] > 2
        assert account.customers() == []


def main():
    tap = Tap()
    cases = {"lives/" + name: (lambda name=name: a_customer_lives_at(name)) for name in CONNECTORS}
    for case in (without_a_word_nothing_is_sent, live_keys_are_refused, what_was_made_is_removed_after_a_failure,
                 a_customer_that_nobody_told_of_is_removed, a_customer_that_cannot_be_looked_for_is_told,
                 a_refusal_tells_no_key, other_customers_are_left_alone,
                 an_interrupted_search_ends_and_what_was_made_is_removed,
                 an_interrupted_call_ends_and_what_it_made_is_removed, a_reader_that_goes_leaves_no_customer):
        cases[case.__name__] = case
    # Most of them wait.
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        for name, case in cases.items():
            if chosen("accounts/" + name):
                pool.submit(tap.run, "accounts/" + name, case)
    return tap.finish()


if __name__ == "__main__":
    sys.exit(main())
