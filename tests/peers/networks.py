# SPDX-License-Identifier: Apache-2.0
"""florin in a network where names or addresses do not work, in TAP.

usage: networks.py CREATE_CUSTOMERS
Every case is tried blocking and asynchronously in a network namespace of its own, with a name server of the test's
own and addresses that lead nowhere: nothing of it is seen outside. The servers are openssl s_server. Nothing is judged
by the clock: what has to be overtaken would take a minute or more, longer than the client is waited for. Skipped where
such a namespace cannot be made.
"""
import contextlib
import functools
import json
import os
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), os.pardir, "support"))
from certificates import Certificates, server_extensions  # noqa: E402
from client import CUSTOMER, DRIVERS, Client  # noqa: E402
from name_server import A, AAAA, REFUSED, SERVER_FAILURE, Host, NameServer  # noqa: E402
from openssl_server import OpensslServer  # noqa: E402
from programs import find, missing  # noqa: E402
from tap import Tap, chosen  # noqa: E402

HANG_GUARD = 60
# What the script is told when it runs in the namespaces; without a program it only sees whether it can.
INSIDE = "--inside"
# The resolver of the system would ask three times and wait half a minute each time.
RESOLVER = "nameserver 127.0.0.1\noptions timeout:30 attempts:3\n"
SWITCH = "hosts: files dns\n"
HOSTS = "127.0.0.1 localhost\n"
# Packets to the neighbour go out and nothing comes back. It has a global address, since the system's resolver puts
# those of IPv6 first where they have a route.
SILENT_V6 = "2001:db8:1::2"
NETWORK = f"""
link set lo up
link add outside type veth peer name away
address add 2001:db8:1::1/64 dev outside nodad
link set outside up
link set away up
neighbour add {SILENT_V6} lladdr 02:00:00:00:00:02 dev outside
route add unreachable 2001:db8:3::/64
"""
REFUSING_V6, UNREACHABLE_V6 = "2001:db8:1::1", "2001:db8:3::1"


def namespace():
    """The command that runs another one in namespaces of its own, or why there can be none."""
    if find("unshare") is None or find("ip") is None:
        return None, "unshare or ip is not here"
    own = ["--net", "--mount", "--pid", "--fork", "--kill-child"]
    said = ""
    for options in (own, ["--user", "--map-root-user", *own]):
        command = [find("unshare"), *options]
        done = subprocess.run([*command, sys.executable, os.path.abspath(__file__), INSIDE], stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=HANG_GUARD,
                              check=False)
        if done.returncode == 0:
            return command, None
        said = done.stdout.strip().rpartition("\n")[2]
    return None, f"no network namespace can be made: {said}"


def enter(directory):
    """Makes the network and the system's settings for names; within the namespaces."""
    subprocess.run([find("ip"), "-batch", "-"], input=NETWORK, text=True, timeout=HANG_GUARD, check=True)
    for path, text in (("/etc/resolv.conf", RESOLVER), ("/etc/nsswitch.conf", SWITCH), ("/etc/hosts", HOSTS)):
        mine = os.path.join(directory, os.path.basename(path))
        with open(mine, "w", encoding="ascii") as file:
            file.write(text)
        subprocess.run(["mount", "--bind", mine, os.path.realpath(path)], timeout=HANG_GUARD, check=True)


class Scene:
    """Certificates, the name server, and servers at several addresses."""

    def __init__(self, stack, directory, program):
        self.program = program
        self.pki = Certificates(directory)
        self.root = self.pki.root("root")
        self.certificate = self.pki.issue(self.root, "any", server_extensions("DNS:*.pay.test"))
        self.names = stack.enter_context(NameServer(("127.0.0.1", 53)))

    def server(self, address, identifier="cus_peer"):
        """Answers at port 443 of `address` that it made a customer with this id."""
        body = json.dumps({"id": identifier, "object": "customer",
                           "metadata": {"merchant_customer_id": CUSTOMER["merchant_customer_id"]}})
        answer = f"HTTP/1.1 200 OK\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n{body}"
        return OpensslServer(self.certificate, address=f"{address}:443", answer=answer.encode("ascii"),
                             configuration=self.pki.lax_configuration)

    def client(self, **options):
        return Client(self.program, "https://api.pay.test", ca_file=self.root.file, **options)

    def resolves_to(self, *addresses, **host):
        self.names.hosts["api.pay.test"] = Host(*addresses, **host)


def accepted(answer, identifier="cus_peer"):
    assert answer["ok"] and answer["id"] == identifier and answer["attempts"] == 1, answer


def refused(answer, code, phase, cause, *, attempts=1):
    found = (answer.get("code"), answer.get("outcome"), answer.get("phase"), answer.get("attempts"))
    assert found == (code, "no_effect", phase, attempts), answer
    assert cause in answer["cause"], answer


def created(scene, *addresses, **options):
    """The name has these addresses and that of the server."""
    scene.resolves_to(*addresses, "127.0.0.1")
    with scene.server("127.0.0.1"):
        for driver in DRIVERS:
            with scene.client(**options) as client:
                answer = client.create(driver)
                accepted(answer)
                yield answer


def ipv6_silent_and_ipv4_alive(scene):
    """The second attempt begins while the first one is still waiting, which it would do for two minutes."""
    for answer in created(scene, SILENT_V6):
        # The first one had its head start: it was tried, and not left out.
        assert answer["milliseconds"]["connect"] >= 250, answer


def ipv6_unreachable_and_ipv4_alive(scene):
    """No head start for what has failed: with one that never ends there is an answer all the same."""
    for address in (UNREACHABLE_V6, REFUSING_V6):
        for _ in created(scene, address, attempt_delay=10**9):
            pass


def a_silent_address_alone(scene):
    """What the others were spared: this is no address that answers after all."""
    scene.resolves_to(SILENT_V6)
    for driver in DRIVERS:
        with scene.client(deadline=1000) as client:
            refused(client.create(driver), "deadline_exceeded", "connect", "")


def a_head_start_without_end(scene):
    """The second address is alive, but its turn never comes."""
    scene.resolves_to(SILENT_V6, "127.0.0.1")
    with scene.server("127.0.0.1") as server:
        for driver in DRIVERS:
            with scene.client(attempt_delay=10**9, connect_timeout=1000) as client:
                refused(client.create(driver), "connect_failed", "connect", "")
        assert "POST" not in server.text(), server.text()


def a_name_that_is_not_there(scene):
    scene.names.hosts.clear()
    for driver in DRIVERS:
        with scene.client() as client:
            refused(client.create(driver), "resolve_failed", "resolve", "Host not found")


def a_name_without_addresses(scene):
    scene.resolves_to()
    for driver in DRIVERS:
        with scene.client() as client:
            refused(client.create(driver), "resolve_failed", "resolve", "Host not found")


def a_name_server_that_fails(scene):
    """It is asked again, which may help."""
    for code in (SERVER_FAILURE, REFUSED):
        scene.resolves_to(code=code)
        for driver in DRIVERS:
            with scene.client(retries=2) as client:
                answer = client.create(driver)
                refused(answer, "resolve_failed", "resolve", "Host not found", attempts=3)
                assert answer["transient"], answer


def a_name_server_that_recovers(scene):
    scene.resolves_to(code=SERVER_FAILURE)
    with scene.server("127.0.0.1"):
        for driver in DRIVERS:
            with scene.client() as client:
                scene.resolves_to(code=SERVER_FAILURE)
                refused(client.create(driver), "resolve_failed", "resolve", "")
                scene.resolves_to("127.0.0.1")
                accepted(client.create(driver))


def slow_names(scene):
    scene.resolves_to("127.0.0.1", delay=1)
    with scene.server("127.0.0.1"):
        for driver in DRIVERS:
            with scene.client() as client:
                answer = client.create(driver)
                accepted(answer)
                assert answer["milliseconds"]["resolve"] >= 1000, answer


def a_name_server_that_never_answers(scene):
    """The deadline ends it, while the system's resolver goes on waiting: it takes a minute and a half."""
    scene.resolves_to("127.0.0.1", silent=(A, AAAA))
    for driver in DRIVERS:
        with scene.client(deadline=1000) as client:
            refused(client.create(driver), "deadline_exceeded", "resolve", "")
        with scene.client(deadline=20_000, connect_timeout=300, retries=1) as client:
            refused(client.create(driver), "resolve_failed", "resolve", "", attempts=2)
    assert ("api.pay.test", A) in scene.names.asked, scene.names.asked


def a_name_that_moves(scene):
    """The next connection goes where the name leads now, although the old address is still alive."""
    with scene.server("127.0.0.2", "cus_old") as old, scene.server("127.0.0.3", "cus_new"):
        for driver in DRIVERS:
            with scene.client() as client:
                scene.resolves_to("127.0.0.2")
                accepted(client.create(driver), "cus_old")
                scene.resolves_to("127.0.0.3")
                accepted(client.create(driver), "cus_new")
        assert old.text().count("POST") == len(DRIVERS), old.text()


CASES = (ipv6_silent_and_ipv4_alive, ipv6_unreachable_and_ipv4_alive, a_silent_address_alone, a_head_start_without_end, a_name_that_is_not_there,
         a_name_without_addresses, a_name_server_that_fails, a_name_server_that_recovers, slow_names,
         a_name_server_that_never_answers, a_name_that_moves)


def run(program, directory, wanted):
    tap = Tap()
    with contextlib.ExitStack() as stack:
        scene = Scene(stack, directory, program)
        for name, case in wanted:
            tap.run(name, functools.partial(case, scene))
    return tap.finish()


def main():
    wanted = [(f"peer/networks/{case.__name__}", case) for case in CASES if chosen(f"peer/networks/{case.__name__}")]
    if sys.argv[1] == INSIDE:
        with tempfile.TemporaryDirectory(prefix="florin-networks-") as directory:
            enter(directory)
            return run(sys.argv[2], directory, wanted) if len(sys.argv) > 2 else 0
    why_not = missing("openssl")
    if wanted and why_not is None:
        command, why_not = namespace()
    if wanted and why_not is None:
        # In place of this process, so that who ends it ends everything.
        os.execv(command[0], [*command, sys.executable, os.path.abspath(__file__), INSIDE, sys.argv[1]])
    tap = Tap()
    for name, _ in wanted:
        tap.result(name, True, skip=why_not)
    return tap.finish()


if __name__ == "__main__":
    sys.exit(main())
