# SPDX-License-Identifier: Apache-2.0
"""A real PostgreSQL for tests: a cluster of its own in a temporary folder, which goes when the test does, however that
ends. `with Postgresql() as server:` and `server.url` is what florin and libpq take."""
import glob
import json
import os
import pathlib
import pwd
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

HANG_GUARD = 60
# Where .ci/install --with-postgresql unpacks what is not installed.
UNPACKED = pathlib.Path(__file__).resolve().parents[2] / ".cache" / "postgresql"
NAME = "florin"  # of the database, and of who may do everything there
PORT = 5432  # a part of the socket's name
LONGEST_SOCKET = 107
ENDINGS = {"smart": signal.SIGTERM, "fast": signal.SIGINT, "immediate": signal.SIGQUIT}


def folder_of_programs():
    """Where PostgreSQL's programs are, or None: the newest installed, those on PATH, those unpacked."""
    def newest(root):
        found = [each for each in glob.glob(f"{root}/usr/lib/postgresql/*/bin") if os.path.exists(each + "/postgres")]
        return max(found, key=lambda each: float(re.search(r"postgresql/([\d.]+)/", each)[1]), default=None)

    on_path = shutil.which("postgres")
    return newest("") or (on_path and os.path.dirname(os.path.realpath(on_path))) or newest(UNPACKED)


def missing():
    """Why there is no PostgreSQL, or None."""
    return None if folder_of_programs() else "PostgreSQL is not here (.ci/install --with-postgresql brings it)"


def environment():
    """What its programs run in: nothing of the test's own settings of libpq, and the libraries that were unpacked."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    libraries = glob.glob(str(UNPACKED / "usr/lib/*-linux-gnu*"))
    if libraries and (folder_of_programs() or "").startswith(str(UNPACKED)):
        kept["LD_LIBRARY_PATH"] = os.pathsep.join([*libraries, *filter(None, [kept.get("LD_LIBRARY_PATH")])])
    return kept


def identities():
    """Whom PostgreSQL can be run as, best first: it refuses to be root. With access: also where the programs or the
    temporary folder are root's alone."""
    return ["nobody", "nobody_with_access"] if os.geteuid() == 0 else ["self"]


class Supervisor:
    """Has the cluster, in a process that outlives the test: what it is to do it is told on its input, and at the end
    of that it removes everything."""

    def __init__(self, durable, parent):
        self.programs = folder_of_programs()
        self.durable = durable
        self.process = None
        self.folder = tempfile.mkdtemp(prefix="florin_pg_", dir=parent)
        if len(f"{self.folder}/.s.PGSQL.{PORT}") > LONGEST_SOCKET:
            os.rmdir(self.folder)
            self.folder = tempfile.mkdtemp(prefix="florin_pg_", dir="/tmp")
        self.data = os.path.join(self.folder, "data")
        self.log = os.path.join(self.folder, "log")
        self.identity = None

    def command(self, program, *arguments):
        """The arguments and options of a process."""
        command = [os.path.join(self.programs, program), *arguments]
        options = {"cwd": self.folder, "env": environment()}
        nobody = pwd.getpwnam("nobody")
        if self.identity == "nobody":
            options.update(user=nobody.pw_uid, group=nobody.pw_gid, extra_groups=[])
        elif self.identity == "nobody_with_access":
            command = ["setpriv", f"--reuid={nobody.pw_uid}", f"--regid={nobody.pw_gid}", "--clear-groups",
                       "--inh-caps=+dac_override", "--ambient-caps=+dac_override", "--", *command]
        return command, options

    def make(self):
        """Makes the cluster, as the first identity that can."""
        problems = []
        for self.identity in identities():
            if self.identity != "self":
                os.chown(self.folder, pwd.getpwnam("nobody").pw_uid, -1)
            try:
                self.run("initdb", "--pgdata", self.data, "--auth=trust", f"--username={NAME}", "--encoding=UTF8",
                         "--no-locale", "--no-sync")
                self.run("postgres", "--single", "-F", "-D", self.data, "postgres", input=f"CREATE DATABASE {NAME}\n")
                return
            except (OSError, subprocess.SubprocessError) as problem:
                problems.append(f"as {self.identity}: {problem} {getattr(problem, 'stdout', '')}")
                shutil.rmtree(self.data, ignore_errors=True)
        raise OSError("PostgreSQL cannot be run here:\n" + "\n".join(problems))

    def run(self, *command, **more):
        command, options = self.command(*command)
        subprocess.run(command, check=True, timeout=HANG_GUARD, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                       text=True, **({} if more else {"stdin": subprocess.DEVNULL}), **options, **more)

    def start(self):
        settings = {"listen_addresses": "", "unix_socket_directories": self.folder, "port": PORT, "jit": "off",
                    "max_connections": 100, "shared_buffers": "64MB", "fsync": "on" if self.durable else "off",
                    "timezone": "GMT", "log_timezone": "GMT"}
        command, options = self.command("postgres", "-D", self.data,
                                        *(f"--{name}={value}" for name, value in settings.items()))
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, **options)
        give_up = time.monotonic() + HANG_GUARD
        while self.status() != "ready":
            if self.process.poll() is not None or time.monotonic() > give_up:
                with open(self.log, encoding="utf-8", errors="replace") as log:
                    raise OSError("PostgreSQL does not start:\n" + log.read())
            time.sleep(0.01)

    def status(self):
        """What the server says of itself, for this start of it."""
        try:
            with open(os.path.join(self.data, "postmaster.pid"), encoding="utf-8") as file:
                lines = [line.strip() for line in file]
        except FileNotFoundError:
            return None
        return lines[7] if len(lines) > 7 and lines[0] == str(self.process.pid) else None

    def stop(self, how):
        """See ENDINGS."""
        if self.process is None:
            return
        self.process.send_signal(ENDINGS[how])
        try:
            self.process.wait(HANG_GUARD)
        except subprocess.TimeoutExpired:
            self.process.kill()  # its children notice
            self.process.wait()
            raise
        finally:
            self.process = None

    def signal_all(self, number):
        """Signals the server and those that it has for its connections."""
        self.process.send_signal(number)
        for stat in glob.glob("/proc/[0-9]*/stat"):
            try:
                with open(stat, encoding="utf-8", errors="replace") as file:
                    parent = int(file.read().rpartition(")")[2].split()[1])
                if parent == self.process.pid:
                    os.kill(int(stat.split("/")[2]), number)
            except (FileNotFoundError, ProcessLookupError):
                pass  # it has ended meanwhile

    def freeze(self):
        self.signal_all(signal.SIGSTOP)

    def thaw(self):
        self.signal_all(signal.SIGCONT)

    def serve(self):
        """Commands in, each answered with a line of JSON."""
        try:
            self.answer(lambda: (self.make(), self.start()))
            for line in sys.stdin:
                name, *arguments = line.split()
                self.answer(lambda: {"start": self.start, "stop": self.stop, "freeze": self.freeze,
                                     "thaw": self.thaw}[name](*arguments))
        finally:
            try:
                if self.process is not None:
                    self.thaw()
                    self.stop("immediate")
            finally:
                shutil.rmtree(self.folder)

    def answer(self, act):
        told = {"folder": self.folder}
        try:
            act()
            told["pid"] = self.process.pid if self.process else None
        except (OSError, subprocess.SubprocessError) as problem:
            told["problem"] = str(problem)
        try:
            print(json.dumps(told), flush=True)
        except BrokenPipeError:
            pass  # nobody is there any more, and the end of the input says so


class Postgresql:
    """A running PostgreSQL. `durable`: whether what is committed is on the disk, as usual. `parent`: of
    its folder; default: the usual one for temporary files."""

    def __init__(self, *, durable=True, parent=None):
        self.durable = durable
        self.parent = parent
        self.supervisor = None
        self.folder = None
        self.pid = None

    def __enter__(self):
        # A session of its own: what ends the test's processes does not end who removes what they leave.
        self.supervisor = subprocess.Popen(
            [sys.executable, __file__, "durable" if self.durable else "quick", self.parent or ""],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True)
        try:
            self.told()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        self.supervisor.stdin.close()
        self.supervisor.stdout.close()
        self.supervisor.wait(2 * HANG_GUARD)

    @property
    def url(self):
        """Of its first database."""
        return f"postgresql://{NAME}@/{NAME}?host={self.folder}&port={PORT}"

    def start(self):
        """Starts it again; returns when it takes connections."""
        self.ask("start")

    def stop(self, how="fast"):
        """Stops it: "fast" ends its connections, "immediate" is a crash, "smart" waits for them."""
        self.ask("stop " + how)

    def freeze(self):
        """Nothing of it moves any more; connections stay."""
        self.ask("freeze")

    def thaw(self):
        self.ask("thaw")

    def add_database(self, name):
        """Makes a further database, and returns its URL."""
        self.sql(f"CREATE DATABASE {name}")
        return self.url.replace(f"@/{NAME}?", f"@/{name}?")

    def sql(self, statement, timeout=HANG_GUARD, url=None):
        """Executes a statement; what it returns, row by row, as texts."""
        done = subprocess.run([os.path.join(folder_of_programs(), "psql"), "-X", "-A", "-t", "-q", "-F", "\t", "-v",
                               "ON_ERROR_STOP=1", "-d", url or self.url, "-c", statement], check=False, timeout=timeout,
                              env=environment(), stdin=subprocess.DEVNULL, capture_output=True, text=True)
        if done.returncode != 0:
            raise OSError(done.stderr)
        return [line.split("\t") for line in done.stdout.splitlines()]

    def ask(self, command):
        print(command, file=self.supervisor.stdin, flush=True)
        self.told()

    def told(self):
        line = self.supervisor.stdout.readline()
        if not line:
            raise OSError("the supervisor of PostgreSQL has ended")
        answer = json.loads(line)
        if "problem" in answer:
            raise OSError(answer["problem"])
        self.folder = answer["folder"]
        self.pid = answer["pid"]


if __name__ == "__main__":
    Supervisor(sys.argv[1] == "durable", sys.argv[2] or None).serve()
