# SPDX-License-Identifier: Apache-2.0
"""florin through proxies that others wrote, tinyproxy and squid, to an nginx and to a sandbox, in TAP.

usage: proxies.py CREATE_CUSTOMERS SERVE_SANDBOX
Every case is tried blocking and asynchronously, on 127.0.0.1 only. Skipped where a program is missing.
"""
import concurrent.futures
import contextlib
import functools
import json
import os
import signal
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), os.pardir, "support"))
from backend import Backend  # noqa: E402
from certificates import Certificates, server_extensions  # noqa: E402
from client import CUSTOMER, DRIVERS, HANG_GUARD, Client  # noqa: E402
from nginx import NginxConfiguration  # noqa: E402
from programs import missing, reserved_ports  # noqa: E402
from proxy_servers import PROXIES  # noqa: E402
from sandbox import Sandbox  # noqa: E402
from tap import Tap, chosen  # noqa: E402

BODY = json.dumps({"id": "cus_peer", "object": "customer", "email": CUSTOMER["email"],
                   "metadata": {"merchant_customer_id": CUSTOMER["merchant_customer_id"]}})


class Scene:
    """An nginx, and ports for what is not there."""

    def __init__(self, stack, create_customers, serve_sandbox):
        self.create_customers = create_customers
        self.serve_sandbox = serve_sandbox
        self.directory = stack.enter_context(tempfile.TemporaryDirectory(prefix="florin-proxies-"))
        pki = Certificates(self.directory)
        self.root = pki.root("root")
        key = pki.elliptic_key()
        good = pki.issue(self.root, "localhost", server_extensions("DNS:localhost"), key=key)
        expired = pki.issue(self.root, "localhost", server_extensions("DNS:localhost"), key=key, days=(-3, -1))
        self.good, self.expired, self.held, self.forbidden, self.dead, self.proxy = stack.enter_context(
            reserved_ports(6))
        self.backend = stack.enter_context(Backend(BODY.encode("ascii")))
        nginx = NginxConfiguration(self.directory, BODY)
        nginx.add("good", good, port=self.good)
        nginx.add("expired", expired, port=self.expired)
        nginx.add("forbidden", good, port=self.forbidden)
        nginx.add("held", good, port=self.held,
                  answer=f"rewrite ^ /held break; proxy_pass http://127.0.0.1:{self.backend.server_port};")
        self.nginx = stack.enter_context(nginx.start(pki.configuration))

    @contextlib.contextmanager
    def through(self, kind, *more, authenticated=False):
        """A proxy of that kind. It leads anywhere but to the forbidden port."""
        with tempfile.TemporaryDirectory(prefix="florin-proxy-") as directory:
            with kind.start(directory, self.proxy, (self.good, self.expired, self.held, self.dead, *more),
                            authenticated) as server:
                yield server

    def client(self, port, *, ca_file=None, user="", password="", **options):
        return Client(self.create_customers, f"https://localhost:{port}", ca_file=ca_file or self.root.file,
                      proxy={"host": "127.0.0.1", "port": self.proxy, "user": user, "password": password}, **options)

    def answers(self, name):
        """How many requests that server of nginx has answered."""
        return len(self.nginx.log(name))

    def refused(self, port, *, attempts, **options):
        """What a call is told that the proxy lets nothing through for, blocking and asynchronously."""
        with self.client(port, retries=2, **options) as client:
            for driver in DRIVERS:
                answer = client.create(driver)
                assert (answer["code"], answer["outcome"], answer["phase"], answer["status_code"], answer["attempts"]) \
                    == ("proxy_failed", "no_effect", "proxy", 503, attempts), answer
                yield answer


def accepted(answer):
    assert answer["ok"] and answer["id"] == "cus_peer", answer


def leads_to_nginx(scene, kind):
    before = scene.answers("good")
    with scene.through(kind):
        for driver in DRIVERS:
            with scene.client(scene.good) as client:
                for _ in range(3):
                    accepted(client.create(driver))
    log = scene.nginx.log("good", before + 6)[before:]
    assert [each["requests"] for each in log] == ["1", "2", "3"] * 2, log
    assert {each["server"] for each in log} == {"localhost"}, log


def takes_credentials(scene, kind):
    with scene.through(kind, authenticated=True):
        with scene.client(scene.good, user=kind.user, password=kind.password) as client:
            for driver in DRIVERS:
                accepted(client.create(driver))


def wants_credentials(scene, kind, shown):
    before = scene.answers("good")
    with scene.through(kind, authenticated=True):
        for answer in scene.refused(scene.good, attempts=1, **shown):
            assert answer["cause"] == "the proxy requires authentication", answer
            assert answer["proxy_status"] in (401, 407) and not answer["transient"], answer
            assert shown.get("password", "no password") not in json.dumps(answer), answer
    assert scene.answers("good") == before


def refuses_the_target(scene, kind):
    with scene.through(kind):
        for answer in scene.refused(scene.forbidden, attempts=1):
            assert answer["cause"] == "the proxy refused the tunnel", answer
            assert answer["proxy_status"] == 403 and not answer["transient"], answer
    assert scene.answers("forbidden") == 0


def cannot_reach_the_target(scene, kind):
    with scene.through(kind):
        for answer in scene.refused(scene.dead, attempts=3):
            assert answer["cause"] == "the proxy cannot reach the target now", answer
            assert answer["proxy_status"] in (500, 502, 503) and answer["transient"], answer


def certificates_are_checked(scene, kind):
    with scene.through(kind):
        with scene.client(scene.expired) as client:
            for driver in DRIVERS:
                answer = client.create(driver)
                assert (answer["code"], answer["outcome"]) == ("tls_failed", "no_effect"), answer
                assert answer["cause"] == "the certificate has expired", answer
    assert scene.answers("expired") == 0


def goes_away_between_calls(scene, kind):
    for driver in DRIVERS:
        with scene.client(scene.good) as client:
            with scene.through(kind):
                accepted(client.create(driver))
            answer = client.create(driver)
            assert (answer["code"], answer["outcome"], answer["phase"], answer["cause"]) == (
                "connect_failed", "no_effect", "connect", "Connection refused"), answer
            with scene.through(kind):
                accepted(client.create(driver))


def goes_away_within_a_call(scene, kind):
    """The request has come through, the answer has not: nobody knows."""
    for driver in DRIVERS:
        scene.backend.arrived.clear()
        scene.backend.release.clear()
        with concurrent.futures.ThreadPoolExecutor(1) as executor, scene.client(scene.held) as client:
            with scene.through(kind) as proxy:
                pending = executor.submit(client.create, driver)
                assert scene.backend.arrived.wait(HANG_GUARD), "the request did not come through"
                proxy.stop()
                answer = pending.result(HANG_GUARD)
            scene.backend.release.set()
        assert (answer["code"], answer["outcome"], answer["phase"]) == ("connection_lost", "unknown", "read"), answer


def says_nothing(scene, kind):
    """It is suspended: the system still accepts connections for it."""
    for driver in DRIVERS:
        with scene.through(kind) as proxy, scene.client(scene.good, connect_timeout=1000) as client:
            proxy.process.send_signal(signal.SIGSTOP)
            try:
                answer = client.create(driver)
            finally:
                proxy.process.send_signal(signal.SIGCONT)
            assert (answer["code"], answer["outcome"], answer["phase"], answer["proxy_status"]) == (
                "proxy_failed", "no_effect", "proxy", 0), answer
            assert answer["transient"], answer


def leads_to_a_sandbox(scene, kind):
    """One customer at the processor, however often it was created."""
    for driver in DRIVERS:
        with Sandbox(scene.serve_sandbox, "stripe") as sandbox:
            root = os.path.join(scene.directory, "sandbox.pem")
            with open(root, "w", encoding="ascii") as file:
                file.write(sandbox.description["ca_pem"])
            port = sandbox.description["port"]
            with scene.through(kind, port), scene.client(port, ca_file=root, key=sandbox.description["credential"]) \
                    as client:
                first, second = client.create(driver), client.create(driver)
            stored, = sandbox.ask("customers")
            assert first["id"] == second["id"] == stored["id"], (first, second, stored)
            assert (first["origin"], second["origin"]) == ("created", "replayed"), (first, second)
            assert stored["fields"]["email"] == CUSTOMER["email"], stored


def cases():
    for kind in PROXIES:
        for check in (leads_to_nginx, takes_credentials, refuses_the_target, cannot_reach_the_target,
                      certificates_are_checked, goes_away_between_calls, goes_away_within_a_call, says_nothing,
                      leads_to_a_sandbox):
            yield f"{kind.name}/{check.__name__}", functools.partial(check, kind=kind), kind
        for name, shown in (("without_any", {}), ("with_others", {"user": kind.user, "password": "wrong"})):
            yield (f"{kind.name}/wants_credentials_{name}",
                   functools.partial(wants_credentials, kind=kind, shown=shown), kind)


def main():
    tap = Tap()
    wanted = [(f"peer/proxies/{name}", case, kind) for name, case, kind in cases() if chosen(f"peer/proxies/{name}")]
    why_not = missing("openssl", "nginx")
    with contextlib.ExitStack() as stack:
        scene = Scene(stack, *sys.argv[1:]) if wanted and why_not is None else None
        for name, case, kind in wanted:
            tap.run(name, functools.partial(case, scene), skip=why_not or missing(kind.name))
    return tap.finish()


if __name__ == "__main__":
    sys.exit(main())
