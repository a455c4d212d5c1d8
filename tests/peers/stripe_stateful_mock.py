# SPDX-License-Identifier: Apache-2.0
"""Creates customers at the npm package stripe-stateful-mock, a Stripe that others wrote, in TAP.

usage: stripe_stateful_mock.py SCRATCH_DIR CREATE_CUSTOMERS
Skipped where node or npm is missing or the package cannot be had. The server listens on 127.0.0.1 only and is
stopped in the end. It knows neither name nor phone, so those are not compared.
"""
import json
import os
import pathlib
import shutil
import subprocess
import sys
import urllib.request

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), os.pardir, "support"))
from tap import Tap, chosen  # noqa: E402

PACKAGE = "stripe-stateful-mock@0.0.16"
KEY = "sk_test_fake_key_for_tests"
SERVER = """
const mock = require("stripe-stateful-mock");
const server = mock.createExpressApp().listen(0, "127.0.0.1", () => console.log(server.address().port));
"""
CUSTOMER = {"merchant_customer_id": "cust_user_12345", "email": "john.doe@example.com", "name": "John Doe",
            "phone": "+1-555-123-4567", "description": "Premium plan subscriber"}
HOSTILE = {"merchant_customer_id": "a&b=c+d%20e", "email": "hostile+tag@example.com",
           "description": "line one\nline \"two\" & three = 3 + 4 % \u20ac \U0001f600",
           "metadata": {"tier": "gold & silver", "a+b=c%": "=&+%;", "\u00fc\u4e2d": "\U0001f600"}}


def installed(scratch):
    """Why the package cannot be used, or None."""
    for program in ("node", "npm"):
        if shutil.which(program) is None:
            return f"{program} is not here"
    if (scratch / "node_modules" / "stripe-stateful-mock").exists():
        return None
    scratch.mkdir(parents=True, exist_ok=True)
    (scratch / "package.json").write_text('{"private":true}\n', encoding="utf-8")
    failure = "npm could not install " + PACKAGE
    try:
        result = subprocess.run(["npm", "install", "--no-audit", "--no-fund", "--ignore-scripts", PACKAGE], cwd=scratch,
                                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                                timeout=300, check=False)
    except subprocess.TimeoutExpired:
        return failure + " within five minutes"
    return None if result.returncode == 0 else failure


class Session:
    """The server, and florin talking to it."""

    def __init__(self, scratch, program):
        environment = dict(os.environ, LOG_LEVEL="silent")
        self.server = subprocess.Popen(["node", "-e", SERVER], cwd=scratch, env=environment,
                                       stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                       stderr=subprocess.DEVNULL, text=True)
        self.url = f"http://127.0.0.1:{int(self.server.stdout.readline())}"
        self.program = program

    def create(self, *tasks, key=KEY):
        lines = "".join(json.dumps(task) + "\n" for task in tasks)
        result = subprocess.run([self.program, self.url, key], input=lines, stdout=subprocess.PIPE, text=True,
                                timeout=120, check=True)
        return [json.loads(line) for line in result.stdout.splitlines()]

    def get(self, path):
        request = urllib.request.Request(self.url + path, headers={"Authorization": f"Bearer {KEY}"})
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)

    def close(self):
        self.server.kill()
        self.server.wait()


def stored_as(customer, request):
    """Differences between what is stored and what was to be stored."""
    wanted = dict(request.get("metadata", {}), merchant_customer_id=request["merchant_customer_id"])
    found = [f"{name}: {customer[name]!r}" for name in ("email", "description") if customer[name] != request[name]]
    return found + ([f"metadata: {customer['metadata']!r}"] if customer["metadata"] != wanted else [])


def documented(session):
    answer, = session.create({"request": CUSTOMER})
    assert answer["ok"] and answer["origin"] == "created" and answer["request_id"], answer
    assert not (wrong := stored_as(session.get("/v1/customers/" + answer["id"]), CUSTOMER)), wrong


def hostile(session):
    answer, = session.create({"request": HOSTILE})
    assert answer["ok"], answer
    assert not (wrong := stored_as(session.get("/v1/customers/" + answer["id"]), HOSTILE)), wrong


def replayed(session):
    request = dict(CUSTOMER, merchant_customer_id="replayed", email="replayed@example.com")
    first, second = session.create({"request": request}, {"request": request})
    assert first["origin"] == "created" and second["origin"] == "replayed" and first["id"] == second["id"], second
    found = session.get("/v1/customers?email=replayed%40example.com")["data"]
    assert len(found) == 1, found


def conflicting(session):
    first, second = session.create({"key": "one-key", "request": CUSTOMER},
                                   {"key": "one-key", "request": dict(CUSTOMER, email="other@example.com")})
    assert first["ok"] and second["code"] == "idempotency_conflict" and second["http_status"] == 400, second


def unauthorized(session):
    answer, = session.create({"request": dict(CUSTOMER, merchant_customer_id="nobody")}, key="no_such_key")
    assert answer["code"] == "unauthorized" and answer["outcome"] == "no_effect", answer


def main():
    scratch, program = pathlib.Path(sys.argv[1]), sys.argv[2]
    tap = Tap()
    cases = [case for case in (documented, hostile, replayed, conflicting, unauthorized)
             if chosen("peer/stripe_stateful_mock/" + case.__name__)]
    why_not = installed(scratch) if cases else None
    session = Session(scratch, program) if cases and why_not is None else None
    try:
        for case in cases:
            name = "peer/stripe_stateful_mock/" + case.__name__
            if session is None:
                tap.result(name, True, skip=why_not)
                continue
            try:
                case(session)
                tap.result(name, True)
            except (AssertionError, OSError, subprocess.SubprocessError, ValueError) as problem:
                tap.result(name, False, repr(problem))
    finally:
        if session is not None:
            session.close()
    return tap.finish()


if __name__ == "__main__":
    sys.exit(main())
