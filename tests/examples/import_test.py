# SPDX-License-Identifier: Apache-2.0
"""Tests florin-import, in TAP: against sandboxes in processes of their own, with SQLite, and with a PostgreSQL where
there is one.

usage: import_test.py SERVE_SANDBOX [FLORIN_IMPORT]
"""
import concurrent.futures
import contextlib
import csv
import fcntl
import http.server
import json
import os
import pathlib
import pty
import resource
import select
import signal
import sqlite3
import ssl
import struct
import subprocess
import sys
import tempfile
import termios
import threading
import time

TESTS = pathlib.Path(__file__).resolve().parents[1]
for folder in ("support", "peers", "onboarding"):
    sys.path.insert(0, str(TESTS / folder))
import postgresql  # noqa: E402
from sandbox import Sandbox  # noqa: E402
from tap import Tap, chosen  # noqa: E402

SERVE_SANDBOX, PROGRAM = (*map(os.path.abspath, sys.argv[1:3]), None)[:2]
HANG_GUARD = 120
HEADER = "ID,E-Mail,Name,Plan,City"
MAP = ["--map", "merchant_customer_id=ID", "--map", "email=E-Mail", "--map", "name=Name", "--metadata", "plan=Plan",
       "--map", "address.city=City"]


def equal(found, expected, what=""):
    if found != expected:
        raise AssertionError(f"{what}\n  found:    {found!r}\n  expected: {expected!r}")


def holds(text, *parts):
    for part in parts:
        assert part in text, f"not said: {part!r}\n{text}"


def line(number):
    return f'm-{number:05},user{number}@example.com,"Doe, John",gold,Berlin'


def customers(count):
    return "\r\n".join([HEADER, *map(line, range(count))]) + "\r\n"


class Run:
    """What a run has come to."""

    def __init__(self, folder, code, said):
        self.code = code
        self.said = said
        with contextlib.suppress(FileNotFoundError, IsADirectoryError):
            self.report = json.loads((folder / "r.json").read_text(encoding="utf-8") or "{}")
            self.text = (folder / "r.txt").read_text(encoding="utf-8")
        self.problems = self.table(folder / "r.problems.csv")
        self.open = self.table(folder / "r.open.csv")

    @staticmethod
    def table(path):
        if not path.is_file():
            return None
        with open(path, encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    def ended(self, code, *said):
        equal(self.code, code, self.said)
        holds(self.said, *said)
        return self


class Bench:
    """A folder, a sandbox, a directory, and the program that works with them."""

    def __init__(self, connector="stripe", credential="api_key", directory=None):
        self.connector = connector
        self.credential = credential
        self.directory = directory
        self.stack = contextlib.ExitStack()

    def __enter__(self):
        self.folder = pathlib.Path(self.stack.enter_context(tempfile.TemporaryDirectory(prefix="florin import ")))
        self.sandbox = self.stack.enter_context(Sandbox(SERVE_SANDBOX, self.connector))
        described = self.sandbox.description
        (self.folder / "ca.pem").write_text(described["ca_pem"], encoding="utf-8")
        prefix = self.connector.upper() + "_"
        self.environment = {
            "PATH": os.environ["PATH"], prefix + "BASE_URL": described["base_url"],
            prefix + self.credential.upper(): described["credential"], prefix + "CA_FILE": str(self.folder / "ca.pem"),
            "FLORIN_DIRECTORY": self.directory or f"sqlite:{self.folder / 'ids.db'}"}
        self.environment |= {name: value for name, value in os.environ.items() if name.startswith("LD_")}
        return self

    def __exit__(self, *_):
        return self.stack.__exit__(*_)

    def write(self, content, name="customers.csv"):
        path = self.folder / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path.name

    def command(self, *arguments, report="r"):
        return [PROGRAM, "--connector", self.connector, "--report", report, *arguments]

    def start(self, *arguments, report="r", **how):
        return subprocess.Popen(self.command(*arguments, report=report), cwd=self.folder, env=self.environment,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE, **how)

    def ended(self, process, code, *said):
        out, err = process.communicate(timeout=HANG_GUARD)
        return Run(self.folder, process.returncode, (out + err).decode()).ended(code, *said)

    def run(self, code, *arguments, stdin=subprocess.DEVNULL, said=()):
        if isinstance(stdin, bytes):
            done = subprocess.run(self.command(*arguments), cwd=self.folder, env=self.environment, input=stdin,
                                  stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=HANG_GUARD, check=False)
            return Run(self.folder, done.returncode, done.stdout.decode()).ended(code, *said)
        return self.ended(self.start(*arguments, stdin=stdin), code, *said)

    def references(self):
        """Those of the sandbox, each once."""
        found = [each["merchant_customer_id"] for each in self.sandbox.ask("customers")]
        equal(len(set(found)), len(found), "customers who exist twice")
        return set(found)

    def requests(self):
        return self.sandbox.ask("traffic")["requests"]

    def wait_for(self, count):
        """Until the sandbox has so many customers."""
        deadline = time.monotonic() + HANG_GUARD
        while self.requests() < count:
            assert time.monotonic() < deadline, "nobody comes"
            time.sleep(0.01)


def everybody(count):
    return {f"m-{number:05}" for number in range(count)}


def creates_and_knows():
    with Bench() as bench:
        name = bench.write(customers(300))
        made = bench.run(0, *MAP, name)
        equal((made.report["lines"], made.report["created"], made.report["active"]), (300, 300, 300))
        equal(bench.references(), everybody(300))
        fields = bench.sandbox.ask("customers")[0]["fields"]
        equal((fields["name"], fields["metadata[plan]"], fields["address[city]"]), ("Doe, John", "gold", "Berlin"))
        asked = bench.requests()
        again = bench.run(0, *MAP, name)
        equal((again.report["known"], again.report["created"]), (300, 0))
        equal(bench.requests(), asked, "who is known costs no request")
        other = bench.run(0, *MAP, bench.write(customers(300).replace("user7@", "other@")))
        equal((other.report["other_data"], other.report["known"]), (1, 300))
        holds(other.text, "with other data")


def check_tells_each_line():
    with Bench() as bench:
        lines = [HEADER, line(0), "m-1,no address,n,,", ",x@example.com,n,,", "m-3,x@example.com", line(4), line(5),
                 line(4).replace("gold", "silver"), line(5), "", 'm-9,x@example.com,"a', 'b",,', "m-10,,\xe4,,"]
        bench.write("\n".join(lines).encode("latin-1"))
        made = bench.run(3, "--check", *MAP, "customers.csv")
        found = [(int(each["line"]), each["field"], each["column"], each["code"]) for each in made.problems]
        reference = "merchant_customer_id"
        equal(found, [(3, "email", "E-Mail", "invalid_field"), (4, reference, "ID", "missing_field"),
                      (5, "", "", "wrong_columns"), (13, "name", "Name", "encoding"),
                      (6, reference, "", "ambiguous"), (8, reference, "", "ambiguous")])
        holds(made.problems[3]["reason"], "UTF-8")
        holds(made.problems[5]["reason"], "line 6")
        # Who checks needs no credentials and no directory.
        bench.environment = {"PATH": os.environ["PATH"]}
        bench.run(3, "--check", *MAP, "customers.csv")
        equal(bench.requests(), 0, "requests")


def bad_lines_stop_all_unless_skipped():
    with Bench() as bench:
        name = bench.write(customers(20) + "m-x,no address,n,,\r\n" + line(3).replace("gold", "silver"))
        stopped = bench.run(3, *MAP, name, said=["3 with faults", "nobody was created"])
        equal(stopped.open, None)
        equal(bench.references(), set())
        made = bench.run(3, "--skip-bad", *MAP, name)
        equal((made.report["created"], made.report["bad_lines"]), (19, 3))
        equal(bench.references(), everybody(20) - {"m-00003"})


def broken_files():
    with Bench() as bench:
        for content, said in (
                (customers(2) + 'm-9,"x"y@example.com,,,\r\n' + line(3), "line 4: a quote stands where none may"),
                (customers(2) + 'm-9,"x@example.com,,,\r\n' + line(3), "line 4: a quote is opened"),
                (customers(2) + 'm-9,x"@example.com,,,\r\n' + line(3), "line 4: a quote"),
                (customers(2).replace("\r\n", "\r"), "a carriage return ends a line"),
                (customers(2).encode("utf-16"), "UTF-16"),
                ("", "empty"),
                (customers(2).replace("E-Mail", "Mail"), "no column E-Mail"),
                (customers(2).replace("Plan", "City"), "two columns of the name City")):
            bench.run(1, "--skip-bad", *MAP, bench.write(content), said=[said])
        equal(bench.requests(), 0, "requests")
        bom = bench.run(0, *MAP, bench.write(b"\xef\xbb\xbf" + customers(2).encode()))
        equal(bom.report["created"], 2)


def peak_memory(bench, *arguments):
    """The exit code of a check, and its most memory in bytes, as long as it can be seen."""
    process = subprocess.Popen(bench.command("--check", *arguments), cwd=bench.folder, env=bench.environment,
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    most = 0
    while process.poll() is None:
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            for each in pathlib.Path(f"/proc/{process.pid}/status").read_text(encoding="ascii").splitlines():
                if each.startswith("VmHWM:"):
                    most = max(most, int(each.split()[1]) * 1024)
        time.sleep(0.001)
    return process.returncode, most


def long_lines_are_faults_of_theirs():
    with Bench() as bench:
        small = bench.write(customers(3))
        equal(peak_memory(bench, *MAP, small)[0], 0)
        size = 30_000_000
        quoted = "m-9,x@example.com,\"" + "y\r\n" * (size // 3) + "\",,\r\n"
        bench.write(customers(3) + "m-8," + "x" * size + ",n,,\r\n" + quoted + line(3), "long.csv")
        code, most = peak_memory(bench, *MAP, "long.csv")
        equal(code, 3)
        equal([each["line"] for each in Run(bench.folder, 0, "").problems], ["5", "6"])
        assert most < size, f"{most} bytes"
        bench.write('{"merchant_customer_id":"m-1"}\n{"name":"' + "x" * size + '"}\n{"merchant_customer_id":"m-2"}\n',
                    "long.jsonl")
        code, most = peak_memory(bench, "long.jsonl")
        equal(code, 3)
        equal([each["line"] for each in Run(bench.folder, 0, "").problems], ["2"])
        assert most < size, f"{most} bytes"


def json_lines_from_a_pipe():
    with Bench() as bench:
        rows = [{"id": 17, "email": "a@example.com", "address": {"city": "Köln", "zip": None}, "tags": ["x"],
                 "metadata": {"plan": "gold", "vip": True}}, {"id": "m-2", "name": "Ana"}]
        text = "\n".join(json.dumps(row, ensure_ascii=False) for row in rows) + "\n\nno json\n[]\n" \
            '{"id": 1.5}\n{"id": "m-3", "name": ["x"]}\n'
        text = text.encode() + b'{"id": "m-4", "name": "\xff"}\n'
        made = bench.run(3, "--format", "json", "--map", "merchant_customer_id=id", "--skip-bad", "-", stdin=text,
                         said=["the column tags is not used"])
        equal([(each["line"], each["column"], each["code"]) for each in made.problems],
              [("4", "", "no_json"), ("5", "", "no_json"), ("6", "id", "no_text"), ("7", "name", "no_text"),
               ("8", "name", "encoding")])
        equal(made.report["unused_columns"], ["tags"])
        equal(bench.references(), {"17", "m-2"})
        fields = {each["merchant_customer_id"]: each["fields"] for each in bench.sandbox.ask("customers")}["17"]
        equal((fields["address[city]"], fields["metadata[vip]"]), ("Köln", "true"))


def goes_on_after_kills(directory=None):
    with Bench(directory=directory) as bench:
        count = 1500
        name = bench.write(customers(count))
        for reached in (count // 4, count * 2 // 3):
            process = bench.start(*MAP, "--deadline", "2", name)
            bench.wait_for(reached)
            process.kill()
            process.communicate()
        # Whose row a process has had that is no more is taken up when its lease ends.
        made = bench.run(0, *MAP, "--deadline", "2", name)
        equal(made.report["active"], count)
        assert made.report["known"] > 0, made.report
        equal(bench.references(), everybody(count))
        equal(made.report["directory"], {"active": count, "pending": 0, "refused": 0, "unknown": 0})


def is_interrupted():
    with Bench() as bench:
        name = bench.write(customers(2000))
        process = bench.start(*MAP, "--rate", "400", name)
        bench.wait_for(50)
        process.send_signal(signal.SIGUSR1)
        assert any(b" of 2,000, " in line for line in process.stderr), "it does not say how far it is"
        process.send_signal(signal.SIGINT)
        made = bench.ended(process, 130, "ends when the calls under way have")
        equal(made.report["interrupted"], True)
        equal(made.report["active"], len(bench.references()), "what was begun was ended")
        assert 0 < made.report["not_done"] == 2000 - made.report["active"], made.report
        # At once, while the processor does not answer.
        bench.sandbox.ask("mute")
        process = bench.start(*MAP, name)
        bench.wait_for(bench.requests() + 5)
        process.send_signal(signal.SIGTERM)
        time.sleep(0.2)
        began = time.monotonic()
        process.send_signal(signal.SIGTERM)
        bench.ended(process, 130, "ended at once")
        assert time.monotonic() - began < 5, "at once"


def several_processes(directory=None):
    with Bench(directory=directory) as bench:
        name = bench.write(customers(600))
        processes = [bench.start(*MAP, name, report=f"p{number}") for number in range(3)]
        for process in processes:
            bench.ended(process, 0)
        reports = [json.loads((bench.folder / f"p{number}.json").read_text()) for number in range(3)]
        equal([each["active"] for each in reports], [600] * 3)
        equal(sum(each["created"] for each in reports), 600, reports)
        equal(bench.references(), everybody(600))


def parts_are_apart():
    with Bench() as bench:
        name = bench.write(customers(300))
        reports = [bench.run(0, *MAP, "--part", f"{number}/3", name).report for number in (1, 2, 3)]
        command = [PROGRAM, "--connector", "stripe", "--part", "2/3", *MAP, name]
        subprocess.run(command, cwd=bench.folder, env=bench.environment, stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL, timeout=HANG_GUARD, check=True)
        equal(json.loads((bench.folder / "florin-import-2-of-3.json").read_text())["part"], "2/3")
        equal(sum(each["lines"] for each in reports), 300)
        equal([each["lines"] for each in reports], [each["created"] for each in reports])
        assert min(each["lines"] for each in reports) > 50, reports
        equal(bench.references(), everybody(300))


def keeps_a_rate():
    with Bench() as bench:
        name = bench.write(customers(100))
        began = time.monotonic()
        made = bench.run(0, *MAP, "--rate", "50", name)
        took = time.monotonic() - began
        equal(made.report["slowed_down"], 0)
        assert took > 1.9, f"100 customers at 50 a second took {took} s"
        # Who is known is no customer of the rate.
        began = time.monotonic()
        bench.run(0, *MAP, "--rate", "10", name)
        took = time.monotonic() - began
        assert took < 8, f"100 known customers took {took} s"


def slows_down():
    with Bench() as bench:
        name = bench.write(customers(200))
        for _ in range(40):
            bench.sandbox.ask("fault rate_limited")
        made = bench.run(0, *MAP, name)
        equal(made.report["active"], 200)
        assert made.report["slowed_down"] > 0, made.report
        holds(made.text, "It was slowed down")
        equal(bench.references(), everybody(200))


def waits_for_the_processor():
    with Bench() as bench:
        name = bench.write(customers(400))
        process = bench.start(*MAP, "--deadline", "1", "--rate", "200", name)
        bench.wait_for(50)
        bench.sandbox.ask("restart 2500")
        made = bench.ended(process, 0, "paused: the processor does not answer", "goes on")
        equal(made.report["active"], 400)
        equal(bench.references(), everybody(400))


def waits_for_directory(bench, away):
    """:param away: has the directory away for longer than an onboarding may take."""
    name = bench.write(customers(200))
    # With this rate some customers wait for their turn before the directory is asked, at any time.
    process = bench.start(*MAP, "--deadline", "2", "--rate", "50", name)
    bench.wait_for(20)
    away()
    made = bench.ended(process, 0, "paused: the directory does not answer", "goes on")
    equal(made.report["active"], 200)
    equal(bench.references(), everybody(200))


def waits_for_sqlite():
    with Bench() as bench:
        def away():
            other = sqlite3.connect(bench.folder / "ids.db", isolation_level=None, timeout=30)
            other.execute("BEGIN IMMEDIATE")
            time.sleep(3.5)
            other.execute("ROLLBACK")
            other.close()
        waits_for_directory(bench, away)


def disk_is_full():
    with Bench() as bench:
        name = bench.write(customers(600))
        # Files of at most 100 kB: a write beyond that fails as on a disk that is full.
        limited = ["sh", "-c", "trap '' XFSZ; ulimit -S -f 195; exec \"$@\"", "sh"]
        process = subprocess.Popen(limited + bench.command(*MAP, "--deadline", "3", name), cwd=bench.folder,
                                   env=bench.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                   restore_signals=False)
        os.set_blocking(process.stderr.fileno(), False)
        said, deadline = b"", time.monotonic() + HANG_GUARD
        while b"paused" not in said:
            assert time.monotonic() < deadline and process.poll() is None, said
            said += process.stderr.read() or b""
            time.sleep(0.05)
        resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        os.set_blocking(process.stderr.fileno(), True)
        made = bench.ended(process, 0, "goes on")
        holds(said.decode(), "the directory does not answer (")
        equal(made.report["active"], 600)
        equal(bench.references(), everybody(600))
        problems = bench.folder / "r.problems.csv"
        problems.unlink()
        problems.symlink_to("/dev/full")
        bench.run(1, *MAP, name, said=["r.problems.csv cannot be written: No space left"])
        problems.unlink()


def unknown_is_not_asked_again():
    with Bench("omise", "secret_key") as bench:
        name = bench.write(customers(5))
        bench.sandbox.ask("mute")
        made = bench.run(4, *MAP, "--deadline", "1", name)
        equal((made.report["active"], made.report["unknown"]), (0, {"deadline_exceeded": 5}))
        equal({each["state"] for each in made.open}, {"unknown"})
        holds(made.text, "dashboard")
        equal(len(bench.references()), 5)
        bench.sandbox.ask("calm")
        asked = bench.requests()
        made = bench.run(4, *MAP, name)
        equal(made.report["unknown"], {"in_doubt": 5})
        equal(bench.requests(), asked, "in doubt nobody is asked for again")
        # Whoever has looked into the dashboard says what is there.
        made_there = {each["merchant_customer_id"]: each["id"] for each in bench.sandbox.ask("customers")}
        told = [f"--resolve={reference}={id}" for reference, id in made_there.items() if reference != "m-00004"]
        bench.run(0, *told, said=["m-00000: is " + made_there["m-00000"]])
        bench.run(0, "--resolve=m-00004=", said=["m-00004: does not exist, and can be created"])
        bench.run(1, "--resolve=m-00000=another", "--resolve=m-7=x",
                  said=[made_there["m-00000"] + "; nothing was changed", "m-7: the directory does not have this customer"])
        bench.run(2, "--resolve=m-00000", said=["say REFERENCE=ID"])
        bench.run(2, "--resolve=m-00000=", "--check", said=["--resolve"])
        made = bench.run(0, *MAP, name)
        equal((made.report["known"], made.report["created"], made.report["active"]), (4, 1, 5))


def refusals_are_told():
    with Bench() as bench:
        name = bench.write(customers(20))
        bench.sandbox.ask("fault refused")
        made = bench.run(3, *MAP, "--concurrency", "1", name)
        equal((made.report["refused"], made.report["created"]), ({"rejected": 1}, 19))
        equal([each["state"] for each in made.open], ["refused"])
        holds(made.text, "correct their data")
        reference = made.open[0]["merchant_customer_id"]
        equal(line(int(made.open[0]["line"]) - 2).split(",")[0], reference)
        equal(bench.references(), everybody(20) - {reference})
        # Whoever corrects the data runs it again.
        equal(bench.run(0, *MAP, name).report["created"], 1)


def credentials_and_passwords():
    with Bench() as bench:
        name = bench.write(customers(3))
        good = bench.environment.pop("STRIPE_API_KEY")
        bench.run(5, *MAP, name, said=["set STRIPE_API_KEY"])
        secrets = bench.folder / "secrets"
        secrets.write_text(f"# of the test\nSTRIPE_API_KEY={good}\n", encoding="utf-8")
        secrets.chmod(0o644)
        bench.run(1, *MAP, "--credentials", "secrets", name, said=["chmod 600"])
        secrets.chmod(0o600)
        bench.run(0, *MAP, "--credentials", "secrets", name)
        secrets.write_text("OTHER_KEY=x\n", encoding="utf-8")
        bench.run(1, *MAP, "--credentials", "secrets", name, said=["line 1: OTHER_KEY"])
        bench.environment["STRIPE_API_KEY"] = "sk_test_wrong"
        bench.write(customers(6))
        made = bench.run(5, *MAP, name, said=["the processor refuses the credentials"])
        equal((made.report["known"], made.report["created"]), (made.report["known"], 0))
        bench.environment["STRIPE_API_KEY"] = good
        bench.run(0, *MAP, name)
        equal(bench.references(), everybody(6))
        for url in ("postgresql://me:secret@host/db", "postgresql://host/db?user=me&password=secret"):
            refused = bench.run(2, *MAP, "--directory", url, name, said=["PGPASSWORD"])
            assert "secret" not in refused.said, refused.said


def wrong_command_lines():
    with Bench() as bench:
        name = bench.write(customers(3))
        bench.run(2, "--nonsense", name)
        bench.run(2, "--part", "4/3", name)
        bench.run(2, "--concurrency", "0", name)
        bench.run(2, "--rate", "nan", name)
        bench.run(2, "--deadline", "nan", name)
        bench.run(0, "--check", *MAP, "--deadline", "1.5", name)
        bench.run(2, "--resolve", "m-1= ", said=["say REFERENCE=ID"])
        bench.run(1, "--map", "mail=E-Mail", name, said=["there is no field mail"])
        bench.run(1, name, said=["merchant_customer_id"])
        bench.run(1, *MAP, "missing.csv", said=["No such file"])
        del bench.environment["FLORIN_DIRECTORY"]
        bench.run(1, *MAP, name, said=["FLORIN_DIRECTORY"])
        usage = bench.run(0, "--help").said
        holds(usage, "Exit codes", "Examples", "STRIPE_API_KEY")
        tried = subprocess.run([PROGRAM, "--sandbox", "--report", "r", *MAP, name], cwd=bench.folder,
                               stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=HANG_GUARD, check=False)
        Run(bench.folder, tried.returncode, tried.stdout.decode()).ended(0, "a sandbox within this program")


def shows_progress_on_a_terminal():
    with Bench() as bench:
        name = bench.write(customers(300))
        ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 60, 0, 0))
        process = subprocess.Popen(bench.command(*MAP, "--rate", "150", name), cwd=bench.folder, env=bench.environment,
                                   stdout=subprocess.DEVNULL, stderr=theirs)
        os.close(theirs)
        shown = b""
        with contextlib.suppress(OSError):  # so a terminal ends
            while select.select([ours], [], [], HANG_GUARD)[0]:
                part = os.read(ours, 65536)
                if not part:
                    break
                shown += part
        os.close(ours)
        equal(process.wait(timeout=HANG_GUARD), 0)
        lines = [each for each in shown.decode().replace("\x1b[K", "").split("\r") if " of 300, " in each]
        assert len(lines) >= 4, shown
        assert max(map(len, lines)) < 60, lines
        holds(lines[-2], "/s", "left")


def writes_over_nothing_of_the_users():
    with Bench() as bench:
        text = '{"merchant_customer_id":"m-00000"}'
        for name in ("r.json", "r.txt", "r.problems.csv", "r.open.csv"):
            bench.write(text, name)
            bench.run(1, "--format", "json", name, said=[name + " is the input"])
            with open(bench.folder / name, "rb") as redirected:
                bench.ended(bench.start("--format", "json", "-", stdin=redirected), 1, name + " is the input")
            equal((bench.folder / name).read_text(encoding="utf-8"), text)
            (bench.folder / name).unlink()
        bench.write(text, "all.jsonl")
        for url in ("sqlite:r.json", f"sqlite:{bench.folder / 'r.open.csv'}"):
            bench.run(1, "--directory", url, "all.jsonl", said=["is the directory"])
        equal(bench.requests(), 0, "requests")
        # What is told stays with whom it is told to.
        (bench.folder / "r.problems.csv").write_text("old", encoding="utf-8")
        (bench.folder / "r.problems.csv").chmod(0o644)
        bench.run(0, "all.jsonl")
        equal((bench.folder / "r.problems.csv").stat().st_mode & 0o777, 0o600)
        # A report that cannot be written is known before anybody is created.
        (bench.folder / "r.txt").unlink()
        (bench.folder / "r.txt").mkdir()
        bench.write(text.replace("m-00000", "m-00001"), "all.jsonl")
        bench.run(1, "all.jsonl", said=["r.txt cannot be written"])
        (bench.folder / "r.txt").rmdir()
        # Nor is one that is being written.
        with open(bench.folder / "r.open.csv", "wb") as other:
            fcntl.flock(other, fcntl.LOCK_EX)
            bench.run(1, "all.jsonl", said=["r.open.csv is written by another import"])
        equal(bench.references(), everybody(1))
        with open("/dev/full", "wb") as nowhere:
            full = subprocess.Popen(bench.command("all.jsonl"), cwd=bench.folder, env=bench.environment, stdout=nowhere,
                                    stderr=subprocess.PIPE)
        holds(full.communicate(timeout=HANG_GUARD)[1].decode(), "standard output cannot be written")
        equal(full.returncode, 1)


def the_trial_leaves_the_directory_alone():
    with Bench() as bench:
        name = bench.write(customers(3))
        tried = subprocess.run([PROGRAM, "--sandbox", "--report", "r", *MAP, name], cwd=bench.folder,
                               env=bench.environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                               timeout=HANG_GUARD, check=False)
        made = Run(bench.folder, tried.returncode, tried.stdout.decode()).ended(0, "a sandbox within this program")
        equal(made.report["created"], 3)
        made = bench.run(0, *MAP, name)
        equal((made.report["created"], made.report["known"]), (3, 0))


def an_input_that_changes_is_told():
    with Bench() as bench:
        for change in (lambda file: file.truncate(len(HEADER) + 500), lambda file: file.write(line(5000).encode()),
                       lambda file: (file.seek(len(HEADER) + 2), file.write(b"n-00000"))):
            name = bench.write(customers(400))
            process = bench.start(*MAP, "--rate", "400", name)
            bench.wait_for(bench.requests() + 20)
            with open(bench.folder / name, "r+b") as file:
                if change.__code__.co_names[0] == "write":
                    file.seek(0, os.SEEK_END)
                change(file)
            made = bench.ended(process, 1, "somebody has written into the input")
            assert made.report["active"] <= 400, made.report
            bench.sandbox.ask("clear")
            (bench.folder / "ids.db").unlink()
        equal(bench.references(), set())


def any_number_of_names():
    with Bench() as bench:
        rows = [{"merchant_customer_id": f"m-{number:05}", f"metadata.tag_{number}": "x"} for number in range(1100)]
        bench.write("\n".join(map(json.dumps, rows)), "all.jsonl")
        equal(bench.run(0, "all.jsonl").report["created"], 1100)
        for each in bench.sandbox.ask("customers"):
            number = int(each["merchant_customer_id"][2:])
            equal(each["fields"].get(f"metadata[tag_{number}]"), "x", each)


def a_column_may_be_field_and_entry():
    with Bench() as bench:
        bench.write("merchant_customer_id,email,mail,name,plan\nm-1,a@example.com,b@example.com,Ana,gold\n")
        bench.run(0, "--metadata", "email", "--metadata", "plan", "--metadata", "id=merchant_customer_id", "customers.csv")
        fields = bench.sandbox.ask("customers")[0]["fields"]
        equal((fields["email"], fields["metadata[email]"], fields["metadata[plan]"], fields["metadata[id]"]),
              ("a@example.com", "a@example.com", "gold", "m-1"))
        made = bench.run(0, "--check", "--map", "email=mail", "customers.csv", said=["the column email is not used"])
        bench.write('{"merchant_customer_id":"m-2","metadata.a":"1","metadata":{"a":"2"}}\n'
                    '{"merchant_customer_id":"m-3","metadata":{"b":"1","a":"2"}}\n'
                    '{"metadata":{"a":"2","b":"1"},"merchant_customer_id":"m-3"}\n', "all.jsonl")
        made = bench.run(3, "--check", "all.jsonl")
        equal([(each["line"], each["column"], each["code"]) for each in made.problems], [("1", "metadata.a", "repeated")])
        bench.write('{"merchant_customer_id":"m-4","email":"a@example.com","email":"b@example.com"}\n'
                    '{"merchant_customer_id":"m-5","metadata":{"a":"1","b":[{"x":1},{"x":2}],"a":"2"}}\n'
                    '{"merchant_customer_id":"m-6","metadata":{"email":"1"},"email":"a@example.com"}\n', "all.jsonl")
        made = bench.run(3, "--check", "all.jsonl")
        equal([(each["line"], each["column"], each["code"]) for each in made.problems],
              [("1", "email", "repeated"), ("2", "a", "repeated")])


def nobody_is_made_twice_without_a_directory():
    with Bench("omise", "secret_key") as bench:
        del bench.environment["FLORIN_DIRECTORY"]
        name = bench.write(customers(3) + line(1) + "\r\n" + line(1) + "\r\n")
        made = bench.run(0, "--no-directory", *MAP, name)
        equal((made.report["created"], made.report["known"], made.report["repeated_lines"]), (3, 2, 2))
        equal(bench.references(), everybody(3))
        bench.run(2, "--no-directory", "--directory", "sqlite:ids.db", *MAP, name, said=["--no-directory"])


class Stumbling(http.server.BaseHTTPRequestHandler):
    """A Stripe that fails at one customer, whenever it is asked."""
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        asked = self.rfile.read(int(self.headers["Content-Length"]))
        failed = b"user2%40" in asked
        text = json.dumps({"error": {"type": "api_error"}} if failed else
                          {"id": f"cus_{len(asked)}{abs(hash(asked))}", "object": "customer"}).encode()
        self.send_response(500 if failed else 200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *_):
        pass


def one_who_always_fails_is_left():
    with Bench() as bench:
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                        "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", "key.pem",
                        "-out", "cert.pem"], cwd=bench.folder, check=True, stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL, timeout=HANG_GUARD)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(bench.folder / "cert.pem", bench.folder / "key.pem")
        with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Stumbling) as server:
            server.socket = context.wrap_socket(server.socket, server_side=True)
            threading.Thread(target=server.serve_forever, daemon=True).start()
            bench.environment |= {"STRIPE_BASE_URL": f"https://127.0.0.1:{server.server_port}",
                                  "STRIPE_CA_FILE": str(bench.folder / "cert.pem")}
            name = bench.write(customers(250))
            made = bench.run(4, "--concurrency", "1", "--deadline", "1", "--rate", "100", *MAP, name, said=["paused"])
            server.shutdown()
        equal((made.report["created"], [each["merchant_customer_id"] for each in made.open]), (249, ["m-00002"]))


def signals_end_it_while_it_blocks():
    with Bench() as bench:
        process = bench.start(*MAP, "-", stdin=subprocess.PIPE)
        time.sleep(0.5)  # it reads
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=HANG_GUARD)
        equal(process.returncode, -signal.SIGINT)
        # A terminal that goes ends it like Ctrl-C: nobody stays in doubt.
        name = bench.write(customers(2000))
        process = bench.start(*MAP, "--rate", "400", name, preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_DFL))
        bench.wait_for(50)
        process.send_signal(signal.SIGHUP)
        made = bench.ended(process, 130, "ends when the calls under way have")
        equal(made.report["active"], len(bench.references()))
        # But not where nohup has said so.
        name = bench.write(customers(2000)[:20000])
        process = bench.start(*MAP, "--skip-bad", "--rate", "1000", name,
                              preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN), stdin=subprocess.DEVNULL)
        time.sleep(0.3)
        process.send_signal(signal.SIGHUP)
        process.communicate(timeout=HANG_GUARD)
        assert process.returncode in (0, 3), process.returncode


def standard_input_of_any_kind():
    with Bench() as bench:
        bench.write("first line of another\r\n" + customers(3))
        with open(bench.folder / "customers.csv", "rb") as file:
            os.lseek(file.fileno(), len("first line of another\r\n"), os.SEEK_SET)
            bench.ended(bench.start(*MAP, "-", stdin=file), 0)
        equal(bench.references(), everybody(3))
        ours, theirs = os.pipe()
        os.set_blocking(ours, False)
        process = bench.start("--check", *MAP, "-", stdin=ours)
        time.sleep(0.3)
        os.write(theirs, customers(3).encode())
        os.close(theirs)
        os.close(ours)
        bench.ended(process, 0, "3 lines, no faults")
        closed = subprocess.run(["sh", "-c", 'exec "$@" <&-', "sh", *bench.command("--check", *MAP, "-")],
                                cwd=bench.folder, env=bench.environment, stdout=subprocess.PIPE,
                                stderr=subprocess.STDOUT, timeout=HANG_GUARD, check=False)
        holds(closed.stdout.decode(), "standard input is empty")
        equal(closed.returncode, 1)
        bench.write('merchant_customer_id,"\x1b]0;x\x07\n\xc2\x9b2J"\nm-1,y\n'.encode("latin-1"))
        made = bench.run(0, "--check", "customers.csv")
        assert "\x1b" not in made.said and "\x07" not in made.said and "\x9b" not in made.said, repr(made.said)


def waits_for_postgresql():
    with postgresql.Postgresql() as server, Bench(directory=server.url) as bench:
        def away():
            server.stop("immediate")
            time.sleep(3.5)
            server.start()
        waits_for_directory(bench, away)


def goes_on_after_postgresql_has_crashed():
    with postgresql.Postgresql() as server, Bench(directory=server.url) as bench:
        name = bench.write(customers(4000))
        process = bench.start(*MAP, "--deadline", "2", name)
        bench.wait_for(1000)  # as many at once as the directory writes together
        server.stop("immediate")
        time.sleep(1.5)
        process.send_signal(signal.SIGUSR1)
        time.sleep(2)
        server.start()
        made = bench.ended(process, 0, "waiting for the directory")
        equal(made.report["active"], 4000)
        equal(bench.references(), everybody(4000))


def with_postgresql(case):
    def run():
        with postgresql.Postgresql() as server:
            case(server.url)
    return run


def main():
    tap = Tap()
    if PROGRAM is None:
        tap.result("import/all", True, "", "SOCI, CLI11 or libcsv is missing: .ci/install --with-onboarding brings them")
        return tap.finish()
    no_server = postgresql.missing()
    on_server = [(f"postgresql/{case.__name__}", with_postgresql(case), no_server)
                 for case in (goes_on_after_kills, several_processes)]
    on_server.append(("postgresql/waits_for_postgresql", waits_for_postgresql, no_server))
    on_server.append(("postgresql/goes_on_after_a_crash", goes_on_after_postgresql_has_crashed, no_server))
    alone = [(case.__name__, case, None) for case in (
        goes_on_after_kills, is_interrupted, waits_for_the_processor, waits_for_sqlite, disk_is_full, keeps_a_rate,
        creates_and_knows, check_tells_each_line, bad_lines_stop_all_unless_skipped, broken_files,
        long_lines_are_faults_of_theirs, json_lines_from_a_pipe, several_processes, parts_are_apart, slows_down,
        unknown_is_not_asked_again, refusals_are_told, credentials_and_passwords, wrong_command_lines,
        shows_progress_on_a_terminal, writes_over_nothing_of_the_users, the_trial_leaves_the_directory_alone,
        an_input_that_changes_is_told, any_number_of_names, a_column_may_be_field_and_entry,
        nobody_is_made_twice_without_a_directory, one_who_always_fails_is_left, signals_end_it_while_it_blocks,
        standard_input_of_any_kind)]
    # Most of them wait most of the time.
    with concurrent.futures.ThreadPoolExecutor(4) as workers:
        begun = [workers.submit(tap.run, "import/" + name, case, skip)
                 for name, case, skip in on_server + alone if chosen("import/" + name)]
    for each in begun:
        each.result()
    return tap.finish()


if __name__ == "__main__":
    sys.exit(main())
