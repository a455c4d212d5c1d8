# SPDX-License-Identifier: Apache-2.0
"""Tests the example program signup_service over real HTTP, in TAP.

usage: signup_service_test.py SERVE_SANDBOX [PROGRAM]
"""
import concurrent.futures
import contextlib
import http.client
import json
import os
import queue
import signal
import socket
import sqlite3
import struct
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, os.pardir, "support"))
sys.path.insert(0, os.path.join(HERE, os.pardir, "onboarding"))
import postgresql  # noqa: E402
from tap import Tap, chosen  # noqa: E402

SERVE_SANDBOX = sys.argv[1]
PROGRAM = sys.argv[2] if len(sys.argv) > 2 else None
HANG_GUARD = 60
# What no log may show: parts of what is sent.
PERSONAL = ("mueller", "Zoe", "555-0199", "Hauptstrasse", "ref-", "Berlin", "loyal", "sk_test_", "cus_")
LOGS = []


def equal(found, expected, what=""):
    if found != expected:
        raise AssertionError(f"{what}\n  found:    {found!r}\n  expected: {expected!r}")


def eventually(condition, what, limit=10.0):
    end = time.monotonic() + limit
    while not condition():
        assert time.monotonic() < end, f"not within {limit} s: {what}"
        time.sleep(0.02)


class Sandbox:
    """Stripe, in a process of its own."""

    def __init__(self, folder):
        self.process = subprocess.Popen([SERVE_SANDBOX, "stripe"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        text=True)
        self.lock = threading.Lock()
        facts = json.loads(self.process.stdout.readline())
        self.roots = os.path.join(folder, "roots.pem")
        with open(self.roots, "w", encoding="utf-8") as file:
            file.write(facts["ca_pem"])
        self.environment = {"STRIPE_API_KEY": facts["credential"], "STRIPE_BASE_URL": facts["base_url"],
                            "STRIPE_CA_FILE": self.roots}

    def __call__(self, command):
        with self.lock:
            self.process.stdin.write(command + "\n")
            self.process.stdin.flush()
            return json.loads(self.process.stdout.readline())

    def ids(self, reference):
        return [each["id"] for each in self("customers") if each["merchant_customer_id"] == reference]

    def requests(self):
        return self("traffic")["requests"]

    def close(self):
        self.process.stdin.close()
        self.process.wait(HANG_GUARD)


class Answer:
    def __init__(self, response):
        self.status = response.status
        self.headers = response.headers
        self.text = response.read().decode("utf-8")

    @property
    def json(self):
        return json.loads(self.text)


# Starts a program in which a signal has its default action, or is ignored as under nohup, however the test was started.
WITH_SIGHUP = "import os, signal, sys; signal.signal(signal.SIGHUP, signal.Handlers[sys.argv[1]]); " \
              "os.execv(sys.argv[2], sys.argv[2:])"


class Service:
    """The program, until it is stopped. `sighup`: what it is to find that SIGHUP does."""

    def __init__(self, sandbox, directory, sighup="SIG_DFL", **settings):
        clean = {name: value for name, value in os.environ.items()
                 if not name.startswith(("STRIPE_", "SIGNUP_", "FLORIN_"))}
        self.process = subprocess.Popen(
            [sys.executable, "-c", WITH_SIGHUP, sighup, PROGRAM, "serve"], stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE, text=True,
            env={**clean, **sandbox.environment, "FLORIN_DIRECTORY": directory, "SIGNUP_PORT": "0",
                 **{"SIGNUP_" + name.upper(): str(value) for name, value in settings.items()}})
        self.expected = 0  # its exit code
        self.events = []
        listening = queue.Queue()

        def read():
            for line in self.process.stderr:
                LOGS.append(line)
                try:
                    event = json.loads(line)
                except ValueError:
                    event = {"event": "not JSON", "line": line}
                self.events.append(event)
                if event["event"] == "listening":
                    listening.put(event["port"])
            listening.put(None)

        self.reader = threading.Thread(target=read)
        self.reader.start()
        self.port = listening.get(timeout=HANG_GUARD)
        assert self.port, f"it does not listen: {self.events}"

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            code = self.wait()
        except subprocess.TimeoutExpired:
            self.process.kill()
            code = self.wait()
        if kind is None:
            equal(code, self.expected, f"exit code; {self.events[-5:]}")

    def terminate(self, number=signal.SIGTERM):
        self.process.send_signal(number)

    def wait(self):
        code = self.process.wait(20)
        self.reader.join()
        self.process.stderr.close()
        return code

    def count(self, event):
        return sum(each["event"] == event for each in self.events)

    def connect(self):
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=HANG_GUARD)

    def raw(self):
        """A connection without HTTP."""
        return socket.create_connection(("127.0.0.1", self.port), HANG_GUARD)

    def ask(self, method, path, body=None, **headers):
        connection = self.connect()
        with contextlib.closing(connection):
            if isinstance(body, dict):
                body = json.dumps(body)
                headers.setdefault("Content-Type", "application/json")
            connection.request(method, path, body, {name.replace("_", "-"): value for name, value in headers.items()})
            return Answer(connection.getresponse())

    def post(self, reference, limit=None, **more):
        headers = {} if limit is None else {"X_Request_Timeout": str(limit)}
        return self.ask("POST", "/customers", {"merchant_customer_id": reference, **more}, **headers)

    def get(self, reference, limit=None):
        headers = {} if limit is None else {"X_Request_Timeout": str(limit)}
        return self.ask("GET", "/customers/" + urllib.parse.quote(reference, safe=""), **headers)

    def state(self, reference):
        answer = self.get(reference)
        return answer.json["state"] if answer.status == 200 else answer.status

    def metrics(self):
        found = {}
        for line in self.ask("GET", "/metrics").text.splitlines():
            if not line.startswith("#"):
                name, value = line.rsplit(" ", 1)
                found[name] = float(value)
        return found


def problem(answer, status, code, field=None):
    equal((answer.status, answer.headers["Content-Type"]), (status, "application/problem+json"), answer.text)
    body = answer.json
    equal((body["status"], body["code"], body.get("field")), (status, code, field), answer.text)
    return answer


def may_be_repeated(answer):
    wait = answer.headers["Retry-After"]
    assert wait and int(wait) >= 1, f"{answer.status}: Retry-After {wait}"


class Cases:
    def __init__(self, folder, sandbox):
        self.folder = folder
        self.sandbox = sandbox
        self.files = 0

    def fresh(self):
        """A database of its own."""
        self.files += 1
        return f"sqlite:{self.folder}/customers {self.files}.sqlite"

    def service(self, directory=None, **settings):
        return Service(self.sandbox, directory or self.fresh(), **settings)

    def shows_itself_without_arguments(self):
        done = subprocess.run([PROGRAM], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=HANG_GUARD,
                              check=False, env={k: v for k, v in os.environ.items() if not k.startswith("STRIPE_")})
        equal(done.returncode, 0, done.stderr)
        for part in ("  201 {", "  200 {", "  202 {", "  422 {", '"state":"active"',
                     'signup_requests_total{route="/customers",status="201"} 1', '{"status":"serving"}'):
            assert part in done.stdout, f"{part} is not in\n{done.stdout}"

    def creates_and_repeats(self):
        person = {"email": "zoe.mueller@example.com", "name": "Zoe Mueller", "phone": "+1-555-0199",
                  "description": "loyal", "metadata": {"plan": "loyal"},
                  "address": {"line1": "Hauptstrasse 1", "city": "Berlin", "zip": "10115", "country": "DE"}}
        reference = "ref-1/ä b"
        with self.service() as service:
            made = service.post(reference, **person)
            equal(made.status, 201, made.text)
            [stored] = [each for each in self.sandbox("customers") if each["merchant_customer_id"] == reference]
            equal(made.json, {"merchant_customer_id": reference, "connector_customer_id": stored["id"],
                              "state": "active", "origin": "created"})
            equal(stored["fields"]["address[city]"], "Berlin")
            equal(made.headers["Location"], "/customers/ref-1%2F%C3%A4%20b")
            again = service.post(reference, **person)
            equal((again.status, again.json["origin"], again.json["connector_customer_id"]), (200, "found", stored["id"]))
            assert "other_request" not in again.json, again.text
            other = service.post(reference, email="new.mueller@example.com")
            equal((other.status, other.json["other_request"]), (200, True))
            found = service.ask("GET", made.headers["Location"])
            equal((found.status, found.json), (200, {"merchant_customer_id": reference, "state": "active",
                                                     "connector_customer_id": stored["id"]}))
            equal(found.headers["Cache-Control"], "no-store")
            logged = [each["request"] for each in service.events if each["event"] == "answered"]
            assert made.headers["X-Request-Id"] in logged, logged
            equal(len(set(logged)), len(logged), "request ids")
            problem(service.get("ref-nobody"), 404, "not_found")
            for impossible in ("%FF", "%00", "%2", "%zz"):
                problem(service.ask("GET", "/customers/" + impossible), 404, "not_found")
        equal(len(self.sandbox.ids(reference)), 1)

    def makes_one_of_many_at_once(self):
        with self.service() as service, concurrent.futures.ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(lambda _: service.post("ref-2"), range(8)))
            equal(sorted(answer.status for answer in answers), [200] * 7 + [201])
            equal({answer.json["connector_customer_id"] for answer in answers}, set(self.sandbox.ids("ref-2")))
            equal(len(self.sandbox.ids("ref-2")), 1)

    def refuses_what_it_cannot_do(self):
        with self.service(max_header=2048, max_body=4096) as service:
            before = self.sandbox.requests()
            typed = {"Content_Type": "application/json"}
            for body in ("", "{", "[1]", '{"email": "\\ud800"}', "\xff\xfe", '{"a":1}{"b":2}', "[" * 100):
                problem(service.ask("POST", "/customers", body.encode("latin-1"), **typed), 400, "not_json")
            problem(service.ask("POST", "/customers", b'{"merchant_customer_id":"ref-3","email":"a@example.com",'
                                b'"email":"b@example.com"}', **typed), 400, "repeated")
            for other in ("text/plain", "application/jsonp", ""):
                problem(service.ask("POST", "/customers", "{}", Content_Type=other), 415, "not_json")
            problem(service.ask("POST", "/customers", {"merchant_customer_id": "ref-3", "favourite": 1}), 422,
                    "invalid_request")
            problem(service.ask("POST", "/customers", {"merchant_customer_id": "ref-3", "email": 1}), 422,
                    "invalid_field", "email")
            problem(service.ask("POST", "/customers", {"email": "zoe.mueller@example.com"}), 422, "missing_field",
                    "merchant_customer_id")
            problem(service.post("ref-3", email="mueller"), 422, "invalid_field", "email")
            for limit in ("0", "-1", "1.5", "soon", "30001", ""):
                problem(service.ask("POST", "/customers", {"merchant_customer_id": "ref-3"}, X_Request_Timeout=limit),
                        400, "invalid_timeout")
            problem(service.ask("POST", "/customers", b"x" * 4097, **typed), 413, "body_too_large")
            problem(service.ask("POST", "/customers", iter([b"x" * 999] * 9), **typed), 413, "body_too_large")
            problem(service.ask("GET", "/healthz", X_Long="x" * 4096), 431, "header_too_large")
            problem(service.ask("GET", "/nowhere"), 404, "no_such_path")
            for limit in ("0", "soon", "30001"):
                problem(service.get("ref-3", limit), 400, "invalid_timeout")
            for method, path, allowed in (("GET", "/customers", "POST"), ("DELETE", "/customers/ref-3", "GET, HEAD"),
                                          ("POST", "/metrics", "GET, HEAD")):
                equal(problem(service.ask(method, path), 405, "method_not_allowed").headers["Allow"], allowed)
            with socket.create_connection(("127.0.0.1", service.port), HANG_GUARD) as raw:
                raw.sendall(b"\x16\x03\x01\x00\xa5\r\n\r\n")
                assert raw.recv(999).startswith(b"HTTP/1.1 400 "), "no HTTP"
            equal(self.sandbox.requests(), before, "requests of the processor")
            equal(service.state("ref-3"), 404)
            # What only the processor knows to be wrong.
            problem(service.post("ref-3", email="zoe@mueller..example.com"), 422, "invalid_data", "email")
            equal((service.state("ref-3"), self.sandbox.requests() - before), ("refused", 1))
            equal(service.post("ref-3", email="zoe@mueller.example.com").status, 201)

    def keeps_connections(self):
        """Several requests over one, sent ahead of their answers as well, and a body that waits to be asked for."""
        def post(reference, more=b""):
            body = b'{"merchant_customer_id": "%b"}' % reference
            return (b"POST /customers HTTP/1.1\r\nHost: x\r\nContent-Type: application/json; charset=utf-8\r\n"
                    b"%bContent-Length: %d\r\n\r\n" % (more, len(body)), body)

        with self.service() as service, socket.create_connection(("127.0.0.1", service.port), HANG_GUARD) as raw:
            before = self.sandbox.requests()
            self.sandbox("mute")
            raw.sendall(b"".join(post(b"ref-4-0", b"X-Request-Timeout: 500\r\n")))
            eventually(lambda: self.sandbox.requests() > before, "the processor is asked")
            self.sandbox("calm")
            raw.sendall(b"".join(part for number in (1, 2, 3) for part in post(b"ref-4-%d" % number)))
            answers = raw.makefile("rb")

            def status():
                line = answers.readline()
                length = 0
                while (header := answers.readline()) not in (b"\r\n", b""):
                    if header.lower().startswith(b"content-length:"):
                        length = int(header.split(b":")[1])
                answers.read(length)
                return int(line.split()[1])

            equal([status() for _ in range(4)], [202] + [201] * 3)
            head, body = post(b"ref-4-4", b"Expect: 100-continue\r\n")
            raw.sendall(head)
            equal(status(), 100)
            raw.sendall(body)
            equal(status(), 201)
            answers.close()
            equal([len(self.sandbox.ids(f"ref-4-{number}")) for number in (1, 2, 3, 4)], [1] * 4)

    def answers_to_its_head(self):
        """HEAD says what GET says, but for the body."""
        with self.service() as service:
            equal(service.post("ref-21").status, 201)
            for path, status in (("/healthz", 200), ("/customers/ref-21", 200), ("/customers/ref-nobody", 404),
                                 ("/nowhere", 404)):
                body = service.ask("GET", path)
                head = service.ask("HEAD", path)
                equal((body.status, head.status, head.text), (status, status, ""), path)
                equal(head.headers["Content-Length"], str(len(body.text)), path)
            equal(service.ask("HEAD", "/metrics").status, 200)
            equal(service.ask("HEAD", "/customers").status, 405)
            # No body is sent that would stand before the next answer.
            with service.raw() as raw:
                raw.sendall(b"HEAD /healthz HTTP/1.1\r\nHost: x\r\n\r\n"
                            b"HEAD /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
                text = raw.makefile("rb").read()
            equal([part[:12] for part in text.split(b"\r\n\r\n")], [b"HTTP/1.1 200"] * 2 + [b""])

    def asks_no_one_of_http_1_0_to_go_on(self):
        body = b'{"merchant_customer_id": "ref-22"}'
        with self.service() as service, service.raw() as raw:
            raw.sendall(b"POST /customers HTTP/1.0\r\nContent-Type: application/json\r\nExpect: 100-continue\r\n"
                        b"Content-Length: %d\r\n\r\n" % len(body))
            raw.settimeout(0.3)
            try:
                raise AssertionError(f"answered: {raw.recv(99)}")
            except TimeoutError:
                pass
            raw.settimeout(HANG_GUARD)
            raw.sendall(body)
            answer = raw.makefile("rb").read()
            assert answer.startswith(b"HTTP/1.0 201 "), answer

    def ends_the_call_of_who_hangs_up(self):
        with self.service() as service:
            before = self.sandbox.requests()
            self.sandbox("mute")
            connection = service.connect()
            connection.request("POST", "/customers", json.dumps({"merchant_customer_id": "ref-5"}),
                               {"Content-Type": "application/json"})
            eventually(lambda: self.sandbox.requests() > before, "the processor is asked")
            begin = time.monotonic()
            connection.close()
            eventually(lambda: service.count("abandoned") == 1, "the call ends")
            assert time.monotonic() - begin < 3, "it went on"
            self.sandbox("calm")
            equal((service.state("ref-5"), service.get("ref-5").json["code"]), ("unknown", "cancelled"))
            equal(service.metrics()["signup_abandoned_total"], 1)
            answer = service.post("ref-5")
            equal(answer.status, 200, answer.text)
            equal([answer.json["connector_customer_id"]], self.sandbox.ids("ref-5"))

    def survives_who_hangs_up_on_a_look_up(self, server=None):
        """Senders that close, half-close or abort before they are answered; where there is a server also while it
        hangs."""
        def ask(service, how, pause):
            raw = service.raw()
            raw.sendall(b"GET /customers/ref-23 HTTP/1.1\r\nHost: x\r\n\r\n")
            time.sleep(pause)
            if how == "half":
                raw.shutdown(socket.SHUT_WR)
            elif how == "abort":
                raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            if how != "half":
                raw.close()
            return raw

        ways = ("close", "half", "abort")
        with self.service(server and server.url) as service:
            equal(service.post("ref-23").status, 201)
            if server:
                server.freeze()
                try:
                    # More of them than threads that ask the database.
                    raws = [ask(service, how, 0.02) for how in ways * 3]
                    eventually(lambda: service.count("abandoned") == len(raws), "they have gone")
                    equal(service.ask("GET", "/healthz").status, 200)
                finally:
                    server.thaw()
                equal(service.state("ref-23"), "active")
                for raw in raws:
                    raw.close()
            for number in range(600):
                with ask(service, ways[number % 3], number % 10 * 0.0001):
                    pass
            equal(service.state("ref-23"), "active")
            equal(service.ask("GET", "/healthz").status, 200)
            eventually(lambda: service.metrics()["signup_connections"] == 1, "none is left")
            equal(sum(each.get("status") == 500 for each in service.events), 0, "failures")
        equal(service.events[-1]["event"], "stopped")

    def sends_the_slow_away(self):
        with self.service(read_timeout=400) as service:
            begin = time.monotonic()
            with socket.create_connection(("127.0.0.1", service.port), HANG_GUARD) as drip, \
                    socket.create_connection(("127.0.0.1", service.port), HANG_GUARD) as idle:
                answer = b""
                drip.settimeout(0.05)
                for byte in b"POST /customers HTTP/1.1\r\nHost: " + b"x" * 99:
                    with contextlib.suppress(TimeoutError):
                        drip.sendall(bytes([byte]))
                        answer = drip.recv(9999)
                        break
                took = time.monotonic() - begin
                assert answer.startswith(b"HTTP/1.1 408 ") and 0.3 < took < 3, (answer, took)
                equal(idle.recv(999), b"", "to who asked for nothing")
            equal(service.ask("GET", "/healthz").status, 200)

    def accepts_so_many_connections(self):
        with self.service(max_connections=2, read_timeout=20000) as service:
            first, second = (socket.create_connection(("127.0.0.1", service.port), HANG_GUARD) for _ in range(2))
            with first, second, socket.create_connection(("127.0.0.1", service.port), HANG_GUARD) as third:
                third.sendall(b"GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n")
                third.settimeout(0.3)
                try:
                    raise AssertionError(f"answered: {third.recv(99)}")
                except TimeoutError:
                    pass
                first.close()
                third.settimeout(HANG_GUARD)
                text = third.recv(65536)
                assert text.startswith(b"HTTP/1.1 200 ") and b"signup_connections 2" in text, text

    def tells_that_the_processor_is_down(self):
        with self.service(settle_every=200) as service:
            equal(service.post("ref-6").status, 201)
            with concurrent.futures.ThreadPoolExecutor(1) as pool:
                down = pool.submit(self.sandbox, "restart 1500")
                time.sleep(0.2)
                for reference in ("ref-7", "ref-8"):
                    may_be_repeated(problem(service.post(reference, 300), 503, "connect_failed"))
                    equal(service.state(reference), "pending")
                equal(service.post("ref-6").status, 200, "what is known")
                equal(service.ask("GET", "/healthz").status, 200)
                assert not down.done(), "it was not down"
            answer = service.post("ref-7")
            equal(answer.status, 201, answer.text)
            # Nobody asks for this one again.
            eventually(lambda: service.state("ref-8") == "active", "settled in the background")
            equal([len(self.sandbox.ids(each)) for each in ("ref-7", "ref-8")], [1, 1])

    def tells_that_nothing_could_be_sent_in_time(self):
        class Silent:
            """Accepts connections, and says nothing."""
            socket = socket.create_server(("127.0.0.1", 0))
            environment = {**self.sandbox.environment,
                           "STRIPE_BASE_URL": f"https://localhost:{socket.getsockname()[1]}"}

        with Silent.socket, Service(Silent, self.fresh()) as service:
            may_be_repeated(problem(service.post("ref-9", 200), 504, "deadline_exceeded"))
            equal(service.state("ref-9"), "pending")

    def tells_of_a_key_that_is_wrong(self):
        class Mistaken:
            environment = {**self.sandbox.environment, "STRIPE_API_KEY": "sk_test_wrong"}

        with Service(Mistaken, self.fresh()) as service:
            problem(service.post("ref-10"), 502, "unauthorized")
            equal(service.state("ref-10"), "pending")

    def settles_what_a_deadline_left(self):
        with self.service(settle_every=200) as service:
            self.sandbox("mute")
            begin = time.monotonic()
            answer = service.post("ref-11", 300)
            took = time.monotonic() - begin
            self.sandbox("calm")
            equal((answer.status, answer.json), (202, {"state": "unknown", "code": "deadline_exceeded"}))
            assert 0.25 < took < 3, took
            may_be_repeated(answer)
            equal(answer.headers["Location"], "/customers/ref-11")
            eventually(lambda: service.state("ref-11") == "active", "settled in the background")
            equal([service.get("ref-11").json["connector_customer_id"]], self.sandbox.ids("ref-11"))
            assert service.metrics()['signup_settled_total{result="active"}'] == 1, "counted"

    def waits_for_a_directory_that_is_away(self):
        directory = self.fresh()
        with self.service(directory) as service:
            equal(service.post("ref-12").status, 201)
            other = sqlite3.connect(directory.removeprefix("sqlite:"), isolation_level=None)
            other.execute("BEGIN EXCLUSIVE")
            begin = time.monotonic()
            may_be_repeated(problem(service.post("ref-13", 300), 503, "directory_failed"))
            assert time.monotonic() - begin < 3, "too late"
            equal(service.ask("GET", "/healthz").status, 200)
            other.execute("ROLLBACK")
            other.close()
            equal(service.post("ref-13").status, 201)

    def ends_orderly_and_goes_on(self, directory=None):
        """SIGTERM while calls run: each is answered; the next start settles what was open, and knows the rest."""
        directory = directory or self.fresh()
        references = [f"ref-14-{number}" for number in range(6)]
        with self.service(directory) as service, concurrent.futures.ThreadPoolExecutor(6) as pool:
            first = service.post("ref-14").json["connector_customer_id"]
            before = self.sandbox.requests()
            self.sandbox("mute")
            calls = [pool.submit(service.post, reference, 1000) for reference in references]
            eventually(lambda: self.sandbox.requests() >= before + 6, "all are under way")
            idle = service.connect()
            idle.connect()
            service.terminate()
            equal(idle.sock.recv(99), b"", "to who asked for nothing")
            equal({call.result().status for call in calls}, {202})
            equal(service.wait(), 0)
            self.sandbox("calm")
            equal(service.events[-1]["event"], "stopped")
            with contextlib.suppress(ConnectionRefusedError):
                service.connect().connect()
                raise AssertionError("it listens still")
        with self.service(directory, settle_every=200) as service:
            for reference in references:
                eventually(lambda reference=reference: service.state(reference) == "active", reference)
            again = service.post("ref-14")
            equal((again.status, again.json["connector_customer_id"]), (200, first))
            for reference in references:
                equal([service.get(reference).json["connector_customer_id"]], self.sandbox.ids(reference))

    def cancels_what_takes_too_long(self):
        with self.service(stop_limit=200) as service, concurrent.futures.ThreadPoolExecutor(1) as pool:
            before = self.sandbox.requests()
            self.sandbox("mute")
            call = pool.submit(service.post, "ref-15", 30000)
            eventually(lambda: self.sandbox.requests() > before, "it is under way")
            begin = time.monotonic()
            service.terminate()
            equal((call.result().status, call.result().json["code"]), (202, "cancelled"))
            equal(service.wait(), 0)
            self.sandbox("calm")
            assert time.monotonic() - begin < 5, "it was not cancelled"

    def ends_at_once_when_told_twice(self):
        for first, second in ((signal.SIGTERM, signal.SIGTERM), (signal.SIGTERM, signal.SIGINT),
                              (signal.SIGINT, signal.SIGINT)):
            with self.service() as service, concurrent.futures.ThreadPoolExecutor(1) as pool:
                before = self.sandbox.requests()
                self.sandbox("mute")
                call = pool.submit(service.post, f"ref-24-{first}-{second}", 30000)
                eventually(lambda before=before: self.sandbox.requests() > before, "it is under way")
                service.terminate(first)
                eventually(lambda service=service: service.count("signal") == 1, "the first one is heard")
                begin = time.monotonic()
                service.terminate(second)
                equal(service.process.wait(HANG_GUARD), -second)
                assert time.monotonic() - begin < 5, "it went on"
                with contextlib.suppress(OSError, http.client.HTTPException):
                    raise AssertionError(f"answered: {call.result().text}")
                self.sandbox("calm")
                service.expected = -second

    def ends_with_its_terminal(self):
        """SIGHUP is as SIGTERM, also several; not where it was ignored at the start."""
        with self.service() as service, concurrent.futures.ThreadPoolExecutor(1) as pool:
            before = self.sandbox.requests()
            self.sandbox("mute")
            call = pool.submit(service.post, "ref-25", 1000)
            eventually(lambda: self.sandbox.requests() > before, "it is under way")
            service.terminate(signal.SIGHUP)
            eventually(lambda: service.count("signal") == 1, "it is heard")
            service.terminate(signal.SIGHUP)
            equal(call.result().status, 202)
            equal(service.wait(), 0)
            self.sandbox("calm")
            equal(service.events[-1]["event"], "stopped")
        with self.service(sighup="SIG_IGN") as service:
            service.terminate(signal.SIGHUP)
            equal(service.post("ref-25").status, 200)
            equal(service.count("signal"), 0)

    def counts_right(self):
        with self.service() as service:
            for body in ({"merchant_customer_id": "ref-16"}, {"merchant_customer_id": "ref-16"},
                         {"merchant_customer_id": "ref-17"}, {"email": "zoe"}):
                service.ask("POST", "/customers", body)
            service.get("ref-16")
            service.ask("GET", "/customers/")
            found = service.metrics()
            expected = {
                'signup_requests_total{route="/customers",status="201"}': 2,
                'signup_requests_total{route="/customers",status="200"}': 1,
                'signup_requests_total{route="/customers",status="422"}': 1,
                'signup_requests_total{route="/customers/{merchant_customer_id}",status="200"}': 1,
                'signup_requests_total{route="other",status="404"}': 1,
                'signup_request_seconds_count{route="/customers"}': 4,
                'signup_abandoned_total': 0, 'signup_unsettled': 0, 'signup_connections': 1,
                'florin_calls_total{connector="stripe",error="none",operation="create",outcome="in_effect"}': 2,
                'florin_phase_seconds_count{connector="stripe",phase="handshake"}': 1}
            equal({name: found.get(name) for name in expected}, expected)
            equal(sum(value for name, value in found.items() if name.startswith("signup_requests_total")), 6)

    def does_not_start_with_what_it_cannot_use(self):
        kept = {"FLORIN_DIRECTORY": self.fresh()}
        for settings, said in (({"STRIPE_API_KEY": "sk_live_x"}, "no test key"),
                               ({"STRIPE_API_KEY": "sk_test_x"}, "set FLORIN_DIRECTORY"),
                               ({"SIGNUP_PORT": "x"}, "SIGNUP_PORT is no number"),
                               ({"SIGNUP_DEADLINE": "0"}, "SIGNUP_DEADLINE is no number"),
                               ({"SIGNUP_ADDRESS": "127.0.0.256"}, "SIGNUP_ADDRESS is no IP address"),
                               ({"SIGNUP_ADDRESS": "192.0.2.1"}, "SIGNUP_ADDRESS and SIGNUP_PORT cannot be used: "),
                               ({**kept, "STRIPE_API_KEY": "sk_test_x\r\nX: y"}, "the credential api_key has "),
                               ({**kept, "STRIPE_API_KEY": "sk_test_x\n"}, "the credential api_key has "),
                               ({**kept, "STRIPE_ACCOUNT": "acct_1\n", "STRIPE_API_KEY": "sk_test_x"},
                                "the credential account has "),
                               ({"FLORIN_DIRECTORY": "sqlite:/no/such/folder/x"}, "directory_failed"),
                               ({"FLORIN_DIRECTORY": "mysql://x"}, "directory_failed")):
            clean = {name: value for name, value in os.environ.items()
                     if not name.startswith(("STRIPE_", "SIGNUP_", "FLORIN_"))}
            done = subprocess.run([PROGRAM, "serve"], env={**clean, **settings}, stderr=subprocess.PIPE, text=True,
                                  timeout=HANG_GUARD, check=False)
            equal(done.returncode, 2, f"{settings}: {done.stderr}")
            assert said in done.stderr, f"{settings}: {done.stderr}"

    def shares_a_database(self, server):
        """Two processes, the same customers at the same time."""
        with self.service(server.url) as one, self.service(server.url) as two, \
                concurrent.futures.ThreadPoolExecutor(8) as pool:
            references = [f"ref-18-{number}" for number in range(12)]
            calls = [(reference, pool.submit(service.post, reference)) for reference in references
                     for service in (one, two)]
            for reference, call in calls:
                answer = call.result()
                assert answer.status in (200, 201), answer.text
                equal([answer.json["connector_customer_id"]], self.sandbox.ids(reference))
        self.ends_orderly_and_goes_on(server.url)

    def waits_for_a_server_that_is_away(self, server):
        with self.service(server.url) as service:
            equal(service.post("ref-19").status, 201)
            server.stop("immediate")
            may_be_repeated(problem(service.post("ref-20", 300), 503, "directory_failed"))
            equal(service.ask("GET", "/healthz").status, 200)
            server.start()
            eventually(lambda: service.post("ref-20", 1000).status in (200, 201), "it goes on")
            equal(len(self.sandbox.ids("ref-20")), 1)

    def does_not_wait_for_a_server_that_hangs(self, server):
        """Whoever looks something up waits as long as he wants to, as who creates somebody."""
        with self.service(server.url, deadline=2000) as service, concurrent.futures.ThreadPoolExecutor(6) as pool:
            equal(service.post("ref-26").status, 201)
            server.freeze()
            try:
                begin = time.monotonic()
                may_be_repeated(problem(service.get("ref-26", 200), 503, "directory_failed"))
                assert 0.15 < time.monotonic() - begin < 1.5, "it is not the request's own time"
                may_be_repeated(problem(service.post("ref-27", 200), 503, "directory_failed"))
                begin = time.monotonic()
                # More of them than threads that ask the database.
                for answer in pool.map(service.get, ["ref-26"] * 6):
                    may_be_repeated(problem(answer, 503, "directory_failed"))
                assert 1.9 < time.monotonic() - begin < 8, "it is not the service's time"
                equal(service.ask("GET", "/healthz").status, 200)
            finally:
                server.thaw()
            equal(service.state("ref-26"), "active")
        # What takes longer than an orderly end is cancelled, and counts as answered.
        with self.service(server.url, stop_limit=200, deadline=30000) as service:
            server.freeze()
            try:
                calls = [service.connect() for _ in range(4)]
                for call in calls:
                    call.request("GET", "/customers/ref-26")
                equal(service.metrics()["signup_connections"], 5)
                begin = time.monotonic()
                service.terminate()
                for call in calls:
                    with contextlib.closing(call):
                        may_be_repeated(problem(Answer(call.getresponse()), 503, "directory_failed"))
                assert time.monotonic() - begin < 4, "it was not cancelled"
            finally:
                server.thaw()
            equal(service.wait(), 0)
            equal(service.events[-1]["event"], "stopped")


def says_nothing_personal():
    for line in LOGS:
        json.loads(line)
        for part in PERSONAL:
            assert part not in line, f"{part}: {line}"


PLAIN = ["settles_what_a_deadline_left", "ends_orderly_and_goes_on", "tells_that_the_processor_is_down",
         "shows_itself_without_arguments", "creates_and_repeats", "makes_one_of_many_at_once",
         "refuses_what_it_cannot_do", "keeps_connections", "ends_the_call_of_who_hangs_up", "sends_the_slow_away",
         "accepts_so_many_connections", "tells_that_nothing_could_be_sent_in_time", "tells_of_a_key_that_is_wrong",
         "waits_for_a_directory_that_is_away", "cancels_what_takes_too_long", "counts_right",
         "does_not_start_with_what_it_cannot_use", "answers_to_its_head", "asks_no_one_of_http_1_0_to_go_on",
         "ends_at_once_when_told_twice", "ends_with_its_terminal", "survives_who_hangs_up_on_a_look_up"]
WITH_POSTGRESQL = ["shares_a_database", "waits_for_a_server_that_is_away", "survives_who_hangs_up_on_a_look_up",
                   "does_not_wait_for_a_server_that_hangs"]


def run(tap, name, case, *arguments):
    """One case, with a processor of its own."""
    if not chosen(name):
        return
    with tempfile.TemporaryDirectory(prefix="signup-test-") as folder:
        sandbox = Sandbox(folder)
        try:
            tap.run(name, lambda: getattr(Cases(folder, sandbox), case)(*arguments))
        finally:
            sandbox.close()


def run_with_postgresql(tap, name):
    names = [(name + "postgresql/" + case, case) for case in WITH_POSTGRESQL]
    if not any(chosen(full) for full, _ in names):
        return
    lacking = postgresql.missing()
    if lacking:
        for full, _ in names:
            tap.result(full, True, skip=lacking)
        return
    with postgresql.Postgresql(durable=False) as server:
        for full, case in names:
            run(tap, full, case, server)


def main():
    tap = Tap()
    name = "example/signup_service/"
    if PROGRAM is None:
        tap.result(name + "all", True, skip="it was not built: .ci/install --with-onboarding --with-docs")
        return tap.finish()
    # They wait most of the time.
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        jobs = [pool.submit(run_with_postgresql, tap, name)]
        jobs += [pool.submit(run, tap, name + case, case) for case in PLAIN]
    for job in jobs:
        job.result()
    if LOGS and chosen(name + "says_nothing_personal"):
        tap.run(name + "says_nothing_personal", says_nothing_personal)
    return tap.finish()


if __name__ == "__main__":
    sys.exit(main())
