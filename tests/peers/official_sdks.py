# SPDX-License-Identifier: Apache-2.0
"""The processors' own Node SDKs, in the versions of sdk/package.json, against florin's sandboxes, in TAP.

usage: official_sdks.py SCRATCH_DIR SERVE_SANDBOX
Skipped where node or npm is missing or the packages cannot be had. Each SDK has a Node and a sandbox on this machine,
which is cleared for each case of sdk/NAME.mjs; then what the sandbox stored is looked at (sdk_cases.py).
"""
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import threading

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), os.pardir, "support"))
from sandbox import Sandbox  # noqa: E402
from sdk_cases import EMPTY, STORING  # noqa: E402
from tap import Tap, chosen  # noqa: E402

HANG_GUARD = 120
OLDEST_NODE = 20
SOURCES = pathlib.Path(__file__).resolve().parent / "sdk"
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
                       stderr=subprocess.STDOUT, text=True, timeout=600, check=True)
    except subprocess.SubprocessError as problem:
        code = re.search(r"^npm err(?:or|!) code (\w+)", str(problem.output), re.IGNORECASE | re.MULTILINE)
        return "npm could not install the SDKs" + (f": {code[1]}" if code else "")
    stamp.write_text(wanted, encoding="utf-8")
    return None


class Sdk:
    """An SDK in a Node of its own, with what it needs to talk to `sandbox`."""

    def __init__(self, scratch, name, sandbox):
        # Neither a proxy nor anything else may lead it elsewhere.
        kept = {key: value for key, value in os.environ.items()
                if not key.lower().endswith("_proxy") and not key.startswith("NODE_")}
        self.root = scratch / f"{name}.pem"
        self.root.write_text(sandbox.description["ca_pem"], encoding="ascii")
        self.errors = tempfile.TemporaryFile("w+", encoding="utf-8")
        self.process = subprocess.Popen(["node", "run.mjs", name], cwd=scratch, text=True,
                                        env=dict(kept, NODE_EXTRA_CA_CERTS=self.root), stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, stderr=self.errors)
        self.tell(json.dumps(sandbox.description))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.communicate()
        self.errors.close()
        self.root.unlink()

    def tell(self, line):
        print(line, file=self.process.stdin, flush=True)

    def run(self, case):
        """The id of the customer that the SDK made, or None; AssertionError when the SDK had another result."""
        guard = threading.Timer(HANG_GUARD, self.process.kill)
        guard.start()
        try:
            self.tell(case)
            answer = self.process.stdout.readline()
        finally:
            guard.cancel()
        if not answer:
            self.errors.seek(0)
            raise AssertionError("Node has ended: " + self.errors.read())
        result = json.loads(answer)
        if "problem" in result:
            raise AssertionError(result["problem"])
        return result["made"]


def fields_of(name, customer):
    """What is stored, without what belongs to the call and not to the customer, and without times."""
    if name == "recurly":
        return {each: value for each, value in customer["fields"].items() if each != "deleted_at"}
    if name != "authorizedotnet":
        return customer["fields"]
    root = "createCustomerProfileRequest."
    assert all(each.startswith(root) for each in customer["fields"]), customer
    return {each[len(root):]: value for each, value in customer["fields"].items()
            if not each.startswith((root + "merchantAuthentication.", root + "clientId"))}


def title(name, case):
    return f"peer/official_sdks/{name}/{case}"


def check(sandbox, sdk, name, case):
    sandbox.ask("clear")
    if case in FAULTS:
        for kind in ["none"] * (name in WITH_TOKEN) + [case]:
            sandbox.ask("fault " + kind)
    made = sdk.run(case)
    stored = sandbox.ask("customers")
    if case in EMPTY[name]:
        assert stored == [], stored
        return
    customer, = stored
    assert customer["id"] == made and customer["merchant_customer_id"] == "cust_user_12345", customer
    wanted = STORING[name][case]
    assert fields_of(name, customer) == wanted, f"\n  found:    {customer['fields']}\n  expected: {wanted}"


def check_all(tap, scratch, program, name, cases):
    """After a case that fails the rest have a Node and a sandbox of their own."""
    left = list(cases)
    while left:
        case = left[0]
        try:
            with Sandbox(program, name) as sandbox, Sdk(scratch, name, sandbox) as sdk:
                while left:
                    case = left.pop(0)
                    check(sandbox, sdk, name, case)
                    tap.result(title(name, case), True)
                case = "end"
        except (AssertionError, OSError, subprocess.SubprocessError, ValueError) as problem:
            tap.result(title(name, case), False, problem)


def main():
    scratch, program = pathlib.Path(sys.argv[1]), sys.argv[2]
    tap = Tap()
    every = {name: [case for case in [*STORING[name], *EMPTY[name]] if chosen(title(name, case))] for name in STORING}
    why_not = installed(scratch) if any(every.values()) else None
    for name, cases in every.items():
        if why_not is None:
            check_all(tap, scratch, program, name, cases)
            continue
        for case in cases:
            tap.result(title(name, case), True, skip=why_not)
    return tap.finish()


if __name__ == "__main__":
    sys.exit(main())
