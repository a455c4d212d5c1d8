# SPDX-License-Identifier: Apache-2.0
"""Calls florin through the program create_customers."""
import json
import os
import subprocess
import threading

HANG_GUARD = 60
KEY = "sk_test_fake_key_for_tests"
CUSTOMER = {"merchant_customer_id": "cust_user_12345", "email": "john.doe@example.com", "name": "John Doe"}
DRIVERS = ("blocking", "asynchronous")


class Client:
    """A client in a process of its own, which lives until `close`. `options`: see create_customers.cpp."""

    def __init__(self, program, url, *, key=KEY, environment=None, **options):
        # One attempt, unless the test is about repetition.
        options = {"retries": 0, "deadline": 20_000, **options}
        self.key = key
        self.process = subprocess.Popen([program, url, key, json.dumps(options)], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                        env=dict(os.environ, **(environment or {})))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def create(self, driver="blocking", **changes):
        """Creates the customer, with `changes` to it, and returns what the program says."""
        task = {"async": driver == "asynchronous", "request": dict(CUSTOMER, **changes)}
        guard = threading.Timer(HANG_GUARD, self.process.kill)
        guard.start()
        try:
            print(json.dumps(task), file=self.process.stdin, flush=True)
            line = self.process.stdout.readline()
        finally:
            guard.cancel()
        if not line:
            raise AssertionError(f"the client said nothing: {self.process.stderr.read()}")
        assert self.key not in line and CUSTOMER["email"] not in line, "a secret or personal data in: " + line
        return json.loads(line)

    def close(self):
        self.process.stdin.close()
        try:
            self.process.wait(HANG_GUARD)
        finally:
            self.process.kill()
            self.process.stdout.close()
            self.process.stderr.close()
