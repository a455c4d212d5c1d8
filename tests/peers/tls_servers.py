# SPDX-License-Identifier: Apache-2.0
"""florin against TLS servers that others wrote, good and bad ones: openssl s_server and nginx, in TAP.

usage: tls_servers.py CREATE_CUSTOMERS
Every case is tried blocking and asynchronously, on 127.0.0.1 only. Between client and server stands a relay, which
leads the client there under any name and sees what goes over the wire. The servers run under a configuration of
OpenSSL that allows nearly everything, so that what is refused is refused by the client. Skipped where openssl or nginx
is missing.
"""
import contextlib
import functools
import json
import os
import re
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), os.pardir, "support"))
from backend import Backend  # noqa: E402
from bad_certificates import BAD, GOOD, HOST, WEAK, Workshop  # noqa: E402
from certificates import Certificates, server_extensions  # noqa: E402
from client import CUSTOMER, DRIVERS, Client  # noqa: E402
from nginx import NginxConfiguration  # noqa: E402
from openssl_server import OpensslServer  # noqa: E402
from programs import missing, reserved_ports  # noqa: E402
from relay import (CERTIFICATE, PRE_SHARED_KEY, SESSION_TICKET, Relay, extensions, server_name,  # noqa: E402
                   without_newer_versions)
from tap import Tap, chosen  # noqa: E402

VERSIONS = {"TLSv1.2": "-tls1_2", "TLSv1.3": "-tls1_3"}
RECORD = {"id": "cus_peer", "object": "customer", "email": CUSTOMER["email"],
          "metadata": {"merchant_customer_id": CUSTOMER["merchant_customer_id"]}}
BODY = json.dumps(RECORD)
# Several records of TLS.
LONG_BODY = json.dumps(dict(RECORD, description="x" * 20_000))
ANSWER = f"HTTP/1.1 200 OK\r\nContent-Length: {len(BODY)}\r\nConnection: close\r\n\r\n{BODY}".encode("ascii")
# The name of a framing is that of the backend.
FRAMINGS = ("length", "close", "chunked")


class Scene:
    """All certificates, a running nginx, and the client program. Made when the first case needs it."""

    def __init__(self, stack, program):
        self.program = program
        self.stack = stack
        directory = stack.enter_context(tempfile.TemporaryDirectory(prefix="florin-tls-"))
        self.pki = pki = Certificates(directory)
        self.root = pki.root("root")
        stranger = pki.root("stranger")
        workshop = Workshop(pki, self.root, stranger)
        self.bad = {name: make(workshop) for name, make in BAD.items()}
        self.good = {name: make(workshop) for name, make in GOOD.items()}
        self.certificate = self.good["exact_name"][0]
        self.localhost = pki.issue(self.root, "localhost", server_extensions("DNS:localhost"))
        key = pki.elliptic_key()
        client_extensions = server_extensions(extendedKeyUsage="clientAuth")
        self.client = pki.issue(self.root, "client", client_extensions, key=key)
        self.foreign_client = pki.issue(stranger, "client", client_extensions, key=key)
        self.port, = stack.enter_context(reserved_ports())
        self.nginx = stack.enter_context(self.start_nginx(directory))

    def start_nginx(self, directory):
        one, each = self.certificate, NginxConfiguration(directory, BODY)
        for name, refusal in self.bad.items():
            each.add(name, refusal.certificate)
        for name, (certificate, _) in self.good.items():
            each.add(name, certificate)
        each.add("port", self.localhost, port=self.port)
        for version in VERSIONS:
            only = f"ssl_protocols {version};"
            verify = f"ssl_client_certificate {self.root.file}; ssl_verify_client on;"
            each.add(version, one, only)
            each.add("verify_" + version, one, only + verify)
            for tickets in ("on", "off"):
                each.add(f"resume_{version}_{tickets}", one, only + "keepalive_timeout 0; ssl_session_cache shared:"
                         f"{version}{tickets}:1m; ssl_session_tickets {tickets};")
            backend = self.stack.enter_context(Backend(LONG_BODY.encode("ascii")))
            for framing in FRAMINGS:
                each.add(f"{framing}_{version}", one, only + "ssl_buffer_size 4k; chunked_transfer_encoding "
                         f"{'on' if framing == 'chunked' else 'off'};",
                         answer=f"rewrite ^ /{framing} break; proxy_http_version 1.1;"
                                f" proxy_pass http://127.0.0.1:{backend.server_port};")
        each.add("http_1_0_behind", one, answer="rewrite ^ /close break;"
                                                f" proxy_pass http://127.0.0.1:{backend.server_port};")
        each.add("unasked", one)
        each.add("TLSv1.2_unasked", one, "ssl_protocols TLSv1.2;")
        each.add("old_version", one, "ssl_protocols TLSv1 TLSv1.1;")
        each.add("anonymous", one, "ssl_protocols TLSv1.2; ssl_ciphers aNULL;")
        each.add("no_such_name", one, "ssl_reject_handshake on;")
        for name in ("eu", "us"):
            host = f"{name}.pay.test"
            each.add(name, self.pki.issue(self.root, name, server_extensions("DNS:" + host)), at="names",
                     server_name=host, answer=f"return 200 '{BODY.replace('cus_peer', 'cus_' + name)}';")
        return each.start(self.pki.lax_configuration)

    def openssl(self, *options, certificate=None, answer=ANSWER):
        """An s_server with a good certificate, unless it is given another."""
        return OpensslServer(certificate or self.certificate, *options, answer=answer,
                             configuration=self.pki.lax_configuration)

    def client_of(self, relay, host=HOST, **options):
        return Client(self.program, f"https://{host}", proxy=relay.proxy, ca_file=self.root.file, **options)

    def create(self, relay, driver, host=HOST, **options):
        """One call of a client of its own, and the end of its connections."""
        with self.client_of(relay, host, **options) as client:
            answer = client.create(driver)
        relay.settle()
        return answer

    def refuse(self, target, cause, reason, *, host=HOST, change_hello=None, cut=None, reset=False, **options):
        """Both calls of a client fail in the handshake, and nothing else happens."""
        with Relay(target, change_hello=change_hello, cut=cut, reset=reset) as relay:
            with self.client_of(relay, host, **options) as client:
                answers = [client.create(driver) for driver in DRIVERS]
            relay.settle()
        assert len(relay.connections) == len(DRIVERS), "one attempt each"
        assert not any(each.carried_data() for each in relay.connections), "a request went over the wire"
        for answer in answers:
            found = {name: answer.get(name) for name in ("code", "outcome", "phase", "cause", "status_code",
                                                         "http_status", "attempts")}
            assert found == {"code": "tls_failed", "outcome": "no_effect", "phase": "handshake", "cause": cause,
                             "status_code": 503, "http_status": 0, "attempts": 1}, answer
            assert re.search(reason, answer["reason"]), answer
            assert answer["cause"] in answer["what"] and answer["reason"] in answer["what"], answer
        return answers

    def identity(self, certificate):
        """For the client's options."""
        return {"certificate_file": certificate.chain, "private_key_file": certificate.key}


def accepted(answer, identifier="cus_peer"):
    assert answer["ok"] and answer["id"] == identifier and answer["attempts"] == 1, answer


def environments(scene, *, lax=True):
    """The machine's configuration of OpenSSL, and one that allows nearly everything."""
    yield {}
    if lax:
        yield {"OPENSSL_CONF": scene.pki.lax_configuration}


def refuse_certificate(scene, name, target):
    refusal = scene.bad[name]
    for environment in environments(scene, lax=name in WEAK):
        for answer in scene.refuse(target, refusal.cause, refusal.reason, host=refusal.host, environment=environment):
            assert not answer["transient"], answer


def openssl_refused(scene, name):
    with scene.openssl(certificate=scene.bad[name].certificate) as server:
        refuse_certificate(scene, name, server.address)
        assert "POST" not in server.text(), server.text()


def nginx_refused(scene, name):
    refuse_certificate(scene, name, scene.nginx.socket(name))
    assert scene.nginx.log(name) == [], scene.nginx.log(name)


def openssl_accepted(scene, name):
    certificate, host = scene.good[name]
    for option in VERSIONS.values():
        with scene.openssl(option, certificate=certificate) as server:
            for driver in DRIVERS:
                with Relay(server.address) as relay:
                    accepted(scene.create(relay, driver, host))
                    connection, = relay.connections
                    assert connection.carried_data(), "the relay does not see the request"
            assert server.text().count("POST /v1/customers") == 2, server.text()


def nginx_accepted(scene, name):
    _, host = scene.good[name]
    for driver in DRIVERS:
        with Relay(scene.nginx.socket(name)) as relay:
            accepted(scene.create(relay, driver, host))
    log = scene.nginx.log(name, 2)
    assert [each["request"] for each in log] == ["POST /v1/customers"] * 2, log


def refused_by_both(scene, options, name, cause, reason, **settings):
    """By a client of an s_server with these options, and of nginx; nothing is asked of either."""
    with scene.openssl(*options) as server:
        for target in (server.address, scene.nginx.socket(name)):
            scene.refuse(target, cause, reason, **settings)
        assert "POST" not in server.text(), server.text()
    assert scene.nginx.log(name) == [], scene.nginx.log(name)


def old_version(scene):
    for environment in environments(scene):
        refused_by_both(scene, ["-tls1_1"], "old_version", "no common TLS version",
                        "unsupported protocol|protocol version", environment=environment)


def older_version_than_wanted(scene):
    refused_by_both(scene, ["-tls1_2"], "TLSv1.2_unasked", "no common TLS version", "protocol version",
                    only_tls_1_3=True)


def anonymous_ciphers(scene):
    for settings in [{"environment": each} for each in environments(scene)] + [{"ciphers": "ALL:@SECLEVEL=0"}]:
        refused_by_both(scene, ["-tls1_2", "-cipher", "aNULL"], "anonymous", "no common TLS ciphers and parameters",
                        "handshake failure", **settings)


def downgrade(scene):
    """Somebody on the way makes the client's offer look older, and the server says that it could do better."""
    refused_by_both(scene, [], "unasked", "an older TLS version was forced upon the connection",
                    "inappropriate fallback", change_hello=without_newer_versions)


def end_in_the_handshake(scene, said, **cut):
    for version in VERSIONS:
        for answer in scene.refuse(scene.nginx.socket(version), *said, **cut):
            assert answer["transient"], answer


TRUNCATED = ("stream truncated", "")
RESET = ("Connection reset by peer", "")


def ends_instead_of_an_answer(scene):
    end_in_the_handshake(scene, TRUNCATED, cut=lambda *_: 0)


def ends_after_the_server_hello(scene):
    end_in_the_handshake(scene, TRUNCATED, cut=lambda _, index: 0 if index == 1 else None)


def ends_within_a_record(scene):
    end_in_the_handshake(scene, TRUNCATED, cut=lambda *_: 20)


def resets_instead_of_an_answer(scene):
    end_in_the_handshake(scene, RESET, cut=lambda *_: 0, reset=True)


def resets_after_the_server_hello(scene):
    end_in_the_handshake(scene, RESET, cut=lambda _, index: 0 if index == 1 else None, reset=True)


def is_tried_again_after_an_end(scene):
    """A handshake that was cut short may succeed the next time."""
    for driver in DRIVERS:
        cuts = iter((0, 0))
        with Relay(scene.nginx.socket("exact_name"), cut=lambda *_, left=cuts: next(left, None)) as relay:
            answer = scene.create(relay, driver, retries=2)
            assert answer["ok"] and answer["attempts"] == 3, answer
            assert [each.carried_data() for each in relay.connections] == [False, False, True]


def speaks_no_tls(scene):
    with Backend(b"") as backend:
        scene.refuse(("127.0.0.1", backend.server_port), "the server does not speak TLS",
                     "wrong version number|http request")


def knows_no_such_name(scene):
    scene.refuse(scene.nginx.socket("no_such_name"), "TLS alert of the server", "unrecognized name")


def nginx_of_one_version(scene, version):
    for driver in DRIVERS:
        with Relay(scene.nginx.socket(version)) as relay:
            accepted(scene.create(relay, driver))
    log = scene.nginx.log(version, 2)
    assert [each["protocol"] for each in log] == [version] * 2, log


def nginx_is_told_the_name(scene):
    for name in ("eu", "us"):
        host = f"{name}.pay.test"
        for driver in DRIVERS:
            with Relay(scene.nginx.socket("names")) as relay:
                accepted(scene.create(relay, driver, host), "cus_" + name)
                connection, = relay.connections
                assert server_name(connection.hello) == host and connection.authority == f"{host}:443"
        log = scene.nginx.log(name, 2)
        assert [each["server"] for each in log] == [host] * 2, log


def openssl_is_told_the_name(scene):
    certificate = scene.certificate
    with scene.openssl("-servername", HOST, "-cert2", certificate.file, "-key2", certificate.key,
                       "-servername_fatal", certificate=scene.bad["wrong_host"].certificate) as server:
        for driver in DRIVERS:
            with Relay(server.address) as relay:
                accepted(scene.create(relay, driver))
        assert server.text().count(f'Hostname in TLS extension: "{HOST}"') == 2, server.text()


def an_address_is_no_name(scene):
    for driver in DRIVERS:
        with Relay(scene.nginx.socket("address")) as relay:
            accepted(scene.create(relay, driver, "127.0.0.1"))
            assert server_name(relay.connections[0].hello) is None


def full_handshake(connection):
    """Of TLS 1.2, where it can be read."""
    return any(each.is_handshake(CERTIFICATE) for each in connection.plain_from_server())


def twice(scene, relay, driver):
    """Two calls of one client, each over a connection of its own; what went over them."""
    with scene.client_of(relay) as client:
        accepted(client.create(driver))
        accepted(client.create(driver))
    relay.settle()
    first, second = relay.connections
    return first, second


def offers_a_ticket(connection):
    """Of TLS 1.3, or of TLS 1.2 where the server gave one."""
    found = extensions(connection.hello)
    return PRE_SHARED_KEY in found or bool(found.get(SESSION_TICKET, (0, b""))[1])


def nginx_resumes(scene, version, tickets):
    name = f"resume_{version}_{tickets}"
    for driver in DRIVERS:
        with Relay(scene.nginx.socket(name)) as relay:
            first, second = twice(scene, relay, driver)
        # Without tickets TLS 1.2 goes by the id of the session.
        assert not offers_a_ticket(first)
        assert offers_a_ticket(second) == (version == "TLSv1.3" or tickets == "on")
        if version == "TLSv1.2":
            assert full_handshake(first) and not full_handshake(second)
    log = scene.nginx.log(name, 4)
    assert [each["reused"] for each in log] == [".", "r"] * 2, log


def openssl_resumes(scene, version):
    with scene.openssl(VERSIONS[version]) as server:
        for driver in DRIVERS:
            with Relay(server.address) as relay:
                _, second = twice(scene, relay, driver)
                assert offers_a_ticket(second)
        assert len(re.findall("^Reused session-id", server.text(), re.MULTILINE)) == 2, server.text()


def session_that_the_server_forgot(scene, version):
    """The second server cannot read the tickets of the first: a full handshake, and no failure."""
    for driver in DRIVERS:
        with contextlib.ExitStack() as stack:
            servers = [stack.enter_context(scene.openssl(VERSIONS[version])) for _ in range(2)]
            relay = stack.enter_context(Relay(servers[0].address))
            with scene.client_of(relay) as client:
                accepted(client.create(driver))
                relay.target = servers[1].address
                accepted(client.create(driver))
            relay.settle()
            assert offers_a_ticket(relay.connections[1])
            assert "Reused session-id" not in servers[1].text(), servers[1].text()
            assert servers[1].text().count("POST") == 1, servers[1].text()


def nginx_accepts_the_client(scene, version):
    name = "verify_" + version
    before = len(scene.nginx.log(name))
    for driver in DRIVERS:
        with Relay(scene.nginx.socket(name)) as relay:
            accepted(scene.create(relay, driver, **scene.identity(scene.client)))
    log = scene.nginx.log(name, before + 2)[before:]
    assert [each["client"] for each in log] == ["SUCCESS"] * 2, log


def nginx_refuses_the_client(scene, version, shown):
    """nginx lets the handshake pass and answers 400 in HTML: it has processed nothing, but that is no word of the
    processor's."""
    name = "verify_" + version
    before = len(scene.nginx.log(name))
    identity = scene.identity(scene.foreign_client) if shown else {}
    for driver in DRIVERS:
        with Relay(scene.nginx.socket(name)) as relay:
            answer = scene.create(relay, driver, **identity)
            found = answer["code"], answer["outcome"], answer["http_status"]
            assert found == ("invalid_data", "no_effect", 400), answer
    log = scene.nginx.log(name, before + 2)[before:]
    assert len(log) == 2, log
    for each in log:
        assert each["status"] == "400" and each["client"].startswith("FAILED" if shown else "NONE"), each


def verifying(scene):
    """What makes an s_server want a client certificate."""
    return "-Verify", "1", "-verify_return_error", "-CAfile", scene.root.file


def openssl_accepts_the_client(scene, version):
    with scene.openssl(VERSIONS[version], *verifying(scene)) as server:
        for driver in DRIVERS:
            with Relay(server.address) as relay:
                accepted(scene.create(relay, driver, **scene.identity(scene.client)))
        assert re.search("subject=CN ?= ?client", server.text()), server.text()


def openssl_refuses_the_client(scene, version, shown):
    """Under TLS 1.3 the refusal comes when the request is on its way, but it was not read."""
    identity = scene.identity(scene.foreign_client) if shown else {}
    with scene.openssl(VERSIONS[version], *verifying(scene)) as server:
        for driver in DRIVERS:
            with Relay(server.address) as relay:
                answer = scene.create(relay, driver, **identity)
                assert (answer["code"], answer["outcome"], answer["cause"], answer["attempts"]) == (
                    "tls_failed", "no_effect", "the server wants another client certificate", 1), answer
                if version == "TLSv1.2":
                    assert not relay.connections[0].carried_data(), "the request went over the wire"
        assert "POST" not in server.text(), server.text()


def nginx_frames(scene, version, framing):
    name = f"{framing}_{version}"
    for driver in DRIVERS:
        with Relay(scene.nginx.socket(name)) as relay:
            accepted(scene.create(relay, driver))


def http_1_0_behind_nginx(scene):
    for driver in DRIVERS:
        with Relay(scene.nginx.socket("http_1_0_behind")) as relay:
            accepted(scene.create(relay, driver))


def is_data(record):
    """A record of the answer: those of the handshake are short."""
    return record.length > 2000


def cut_stream(scene, version, framing, passing):
    """The connection ends after the first of the answer's records, with so many bytes of the next one."""
    def cut(record, _):
        seen.append(is_data(record))
        return passing if seen.count(True) == 2 else None

    for driver in DRIVERS:
        seen = []
        with Relay(scene.nginx.socket(f"{framing}_{version}"), cut=cut) as relay:
            answer = scene.create(relay, driver)
            assert not answer["ok"] and answer["outcome"] == "unknown" and answer["http_status"] == 0, answer
            assert answer["code"] == "connection_lost", answer
            assert seen.count(True) == 2, "the answer was not cut"


def cut_within_the_body(scene, version, framing):
    for passing in (0, 700):
        cut_stream(scene, version, framing, passing)


def cut_at_the_end_of_the_body(scene, version, framing):
    """All of the answer comes, but not the message that ends the stream: that matters where nothing else tells the
    end of the body."""
    for driver in DRIVERS:
        ends = []

        def cut(record, _, ends=ends):
            if record.is_alert():
                ends.append(record)
                return 0
            return None

        with Relay(scene.nginx.socket(f"{framing}_{version}"), cut=cut) as relay:
            answer = scene.create(relay, driver)
            if framing == "close":
                assert ends, "nginx did not end the stream"
                assert answer.get("code") == "connection_lost" and answer["outcome"] == "unknown", answer
            else:
                accepted(answer)


def keeps_a_connection(scene):
    """Straight to nginx, nothing in between."""
    before = len(scene.nginx.log("port"))
    for driver in DRIVERS:
        with Client(scene.program, f"https://localhost:{scene.port}", ca_file=scene.root.file) as client:
            for number in range(5):
                accepted(client.create(driver, name=f"John {number}"))
    log = scene.nginx.log("port", before + 10)[before:]
    assert [each["requests"] for each in log] == ["1", "2", "3", "4", "5"] * 2, log
    assert len({each["connection"] for each in log}) == 2, log


def reload_between_calls(scene):
    """A connection that nginx closed meanwhile is replaced, which is no failure."""
    with contextlib.ExitStack() as stack:
        port, = stack.enter_context(reserved_ports())
        configuration = NginxConfiguration(stack.enter_context(tempfile.TemporaryDirectory(prefix="florin-tls-")), BODY)
        configuration.add("port", scene.localhost, port=port)
        nginx = stack.enter_context(configuration.start(scene.pki.lax_configuration))
        for driver in DRIVERS:
            client = stack.enter_context(Client(scene.program, f"https://localhost:{port}", ca_file=scene.root.file))
            accepted(client.create(driver))
            for _ in range(5):
                nginx.reload()
                answer = client.create(driver)
                assert answer["ok"], answer


def cases():
    """All, by name; each is a function of the scene."""
    for server, check in (("openssl", openssl_refused), ("nginx", nginx_refused)):
        for name in BAD:
            yield f"{server}/{name}", functools.partial(check, name=name)
    for server, check in (("openssl", openssl_accepted), ("nginx", nginx_accepted)):
        for name in GOOD:
            yield f"{server}/good/{name}", functools.partial(check, name=name)
    for check in (old_version, older_version_than_wanted, anonymous_ciphers, downgrade, ends_instead_of_an_answer,
                  ends_after_the_server_hello, ends_within_a_record, resets_instead_of_an_answer,
                  resets_after_the_server_hello, is_tried_again_after_an_end, speaks_no_tls, knows_no_such_name,
                  nginx_is_told_the_name, openssl_is_told_the_name, an_address_is_no_name, http_1_0_behind_nginx,
                  keeps_a_connection, reload_between_calls):
        yield check.__name__, check
    for version in VERSIONS:
        for check in (nginx_of_one_version, openssl_resumes, session_that_the_server_forgot, nginx_accepts_the_client,
                      openssl_accepts_the_client):
            yield f"{check.__name__}/{version}", functools.partial(check, version=version)
        for tickets in ("on", "off"):
            yield f"nginx_resumes/{version}/tickets_{tickets}", functools.partial(nginx_resumes, version=version,
                                                                                 tickets=tickets)
        for check in (nginx_refuses_the_client, openssl_refuses_the_client):
            for shown in (False, True):
                yield (f"{check.__name__}/{version}/{'of_another_issuer' if shown else 'without_a_certificate'}",
                       functools.partial(check, version=version, shown=shown))
        for check in (nginx_frames, cut_within_the_body, cut_at_the_end_of_the_body):
            for framing in FRAMINGS:
                yield f"{check.__name__}/{version}/{framing}", functools.partial(check, version=version,
                                                                                 framing=framing)


def main():
    program, tap = sys.argv[1], Tap()
    wanted = [(f"peer/tls_servers/{name}", case) for name, case in cases() if chosen(f"peer/tls_servers/{name}")]
    why_not = missing("openssl", "nginx")
    with contextlib.ExitStack() as stack:
        scene = Scene(stack, program) if wanted and why_not is None else None
        for name, case in wanted:
            tap.run(name, functools.partial(case, scene), skip=why_not)
    return tap.finish()


if __name__ == "__main__":
    sys.exit(main())
