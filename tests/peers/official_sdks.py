# SPDX-License-Identifier: Apache-2.0
"""The processors' own Node SDKs, in the versions of sdk/package.json, against florin's sandboxes, in TAP.

usage: official_sdks.py SCRATCH_DIR SERVE_SANDBOX
Skipped where node or npm is missing or the packages cannot be had. Each case is one of sdk/NAME.mjs, run by a Node of
its own against a fresh sandbox on this machine; then what the sandbox stored is looked at. The documentation's
customer is stored under the parameters that the SDK's own request for it has.
"""
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), os.pardir, "support"))
from sandbox import Sandbox  # noqa: E402
from tap import Tap, chosen  # noqa: E402

HANG_GUARD = 120
OLDEST_NODE = 18
SOURCES = pathlib.Path(__file__).resolve().parent / "sdk"
ADDRESS = {"firstName": "John", "lastName": "Doe", "company": "Example Company", "address": "1 Example Street, Apt 2",
           "city": "Springfield", "state": "IL", "zip": "62701", "country": "US", "phoneNumber": "+1-555-123-4567",
           "faxNumber": "555-555-0101", "email": "john.doe@example.com"}
# What is stored of the documentation's customer.
STORED = {
    "airwallex": {"request_id": "idem-documentation_example", "merchant_customer_id": "cust_user_12345",
                  "first_name": "John", "last_name": "Doe", "email": "john.doe@example.com",
                  "phone_number": "+1-555-123-4567"},
    "authorizedotnet": {"profile.merchantCustomerId": "cust_user_12345",
                        "profile.description": "Premium plan subscriber", "profile.email": "john.doe@example.com"},
    "dwolla": {"firstName": "John", "lastName": "Doe", "email": "john.doe@example.com",
               "correlationId": "cust_user_12345"},
    "finix": {"entity.email": "john.doe@example.com", "entity.first_name": "John", "entity.last_name": "Doe",
              "entity.phone": "+1-555-123-4567", "tags.merchant_customer_id": "cust_user_12345"},
    "gocardless": {"customers.email": "john.doe@example.com", "customers.given_name": "John",
                   "customers.family_name": "Doe", "customers.phone_number": "+1-555-123-4567",
                   "customers.metadata.merchant_customer_id": "cust_user_12345"},
}
SHIPPING = {"profile.profileType": "regular",
            **{f"profile.shipToList[0].{name}": value for name, value in ADDRESS.items()}}
# The cases of each SDK that leave one customer, and those that leave none.
STORING = {
    "airwallex": ["documented", "repeated", "duplicate"],
    "authorizedotnet": ["documented", "shipping_address", "duplicate"],
    "dwolla": ["documented", "repeated", "duplicate"],
    "finix": ["documented"],
    "gocardless": ["documented", "repeated"],
}
REFUSED = {
    "airwallex": ["invalid_field", "missing_field", "unauthorized", "forbidden", "not_found", "rate_limited",
                  "server_error"],
    "authorizedotnet": ["invalid_field", "missing_field", "unauthorized", "forbidden", "not_found"],
    "dwolla": ["invalid_field", "missing_field", "unauthorized", "invalid_token", "forbidden", "not_found",
               "rate_limited", "server_error"],
    "finix": ["invalid_field", "unauthorized", "forbidden", "not_found", "rate_limited", "server_error"],
    "gocardless": ["invalid_field", "missing_field", "unauthorized", "forbidden", "not_found", "rate_limited",
                   "server_error"],
}
FAULTS = ["rate_limited", "server_error"]
# Their first request is for a token.
WITH_TOKEN = ["airwallex", "dwolla"]


def installed(scratch):
    """Why the packages cannot be used, or None. The scripts are put where Node finds the packages from."""
    for program in ("node", "npm"):
        if shutil.which(program) is None:
            return f"{program} is not here"
    version = subprocess.run(["node", "--version"], stdout=subprocess.PIPE, text=True, timeout=HANG_GUARD, check=True)
    if int(version.stdout.removeprefix("v").split(".")[0]) < OLDEST_NODE:
        return f"node is older than {OLDEST_NODE}, which the SDKs need"
    scratch.mkdir(parents=True, exist_ok=True)
    for script in SOURCES.glob("*.mjs"):
        shutil.copy(script, scratch)
    wanted = (SOURCES / "package.json").read_text(encoding="utf-8")
    stamp = scratch / "installed.json"
    if stamp.exists() and stamp.read_text(encoding="utf-8") == wanted:
        return None
    shutil.copy(SOURCES / "package.json", scratch)
    try:
        subprocess.run(["npm", "install", "--no-audit", "--no-fund", "--ignore-scripts", "--no-package-lock",
                        "--prefix", scratch], cwd=scratch, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                       stderr=subprocess.STDOUT, text=True, timeout=300, check=True)
    except subprocess.SubprocessError as problem:
        code = re.search(r"^npm err(?:or|!) code (\w+)", str(problem.output), re.IGNORECASE | re.MULTILINE)
        return "npm could not install the SDKs" + (f": {code[1]}" if code else "")
    stamp.write_text(wanted, encoding="utf-8")
    return None


def run_sdk(scratch, name, case, sandbox):
    """The id of the customer that the SDK made, or None; AssertionError when the SDK had another result."""
    # Neither a proxy nor anything else may lead the SDK elsewhere.
    kept = {key: value for key, value in os.environ.items()
            if not key.lower().endswith("_proxy") and not key.startswith("NODE_")}
    with tempfile.NamedTemporaryFile("w", suffix=".pem", encoding="ascii") as root:
        root.write(sandbox.description["ca_pem"])
        root.flush()
        done = subprocess.run(["node", "run.mjs", name, case], cwd=scratch, text=True,
                              env=dict(kept, NODE_EXTRA_CA_CERTS=root.name), input=json.dumps(sandbox.description),
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=HANG_GUARD, check=False)
    if done.returncode != 0:
        raise AssertionError(done.stderr)
    return json.loads(done.stdout)


def fields_of(name, customer):
    """What is stored, without what belongs to the call and not to the customer."""
    if name != "authorizedotnet":
        return customer["fields"]
    root = "createCustomerProfileRequest."
    assert all(each.startswith(root) for each in customer["fields"]), customer
    return {each[len(root):]: value for each, value in customer["fields"].items()
            if not each.startswith((root + "merchantAuthentication.", root + "clientId"))}


def check(scratch, program, name, case):
    with Sandbox(program, name) as sandbox:
        if case in FAULTS:
            for kind in ["none"] * (name in WITH_TOKEN) + [case]:
                sandbox.ask("fault " + kind)
        made = run_sdk(scratch, name, case, sandbox)
        stored = sandbox.ask("customers")
    if case in REFUSED[name]:
        assert stored == [], stored
        return
    customer, = stored
    assert customer["id"] == made and customer["merchant_customer_id"] == "cust_user_12345", customer
    wanted = STORED[name] | (SHIPPING if case == "shipping_address" else {})
    assert fields_of(name, customer) == wanted, f"\n  found:    {customer['fields']}\n  expected: {wanted}"


def main():
    scratch, program = pathlib.Path(sys.argv[1]), sys.argv[2]
    tap = Tap()
    cases = [(f"peer/official_sdks/{name}/{case}", name, case) for name in STORED
             for case in STORING[name] + REFUSED[name] if chosen(f"peer/official_sdks/{name}/{case}")]
    why_not = installed(scratch) if cases else None
    for title, name, case in cases:
        if why_not is not None:
            tap.result(title, True, skip=why_not)
            continue
        try:
            check(scratch, program, name, case)
            tap.result(title, True)
        except (AssertionError, OSError, subprocess.SubprocessError, ValueError) as problem:
            tap.result(title, False, problem)
    return tap.finish()


if __name__ == "__main__":
    sys.exit(main())
