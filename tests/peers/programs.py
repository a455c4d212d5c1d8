# SPDX-License-Identifier: Apache-2.0
"""Programs of others that the tests run: where they are, and how a server is started and ended."""
import contextlib
import glob
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import time

HANG_GUARD = 60
# Where .ci/install --with-peers unpacks what is not installed.
UNPACKED = pathlib.Path(__file__).resolve().parents[2] / ".cache" / "peers"
FOLDERS = ("/usr/sbin", "/usr/local/sbin", "/sbin", str(UNPACKED / "usr/sbin"), str(UNPACKED / "usr/bin"))


def find(program):
    """The path of `program`, or None."""
    return shutil.which(program, path=os.pathsep.join([os.environ.get("PATH", os.defpath), *FOLDERS]))


def missing(*programs):
    """Why those programs cannot be run, or None."""
    for program in programs:
        if find(program) is None:
            return f"{program} is not here (.ci/install --with-peers brings it)"
    return None


def environment(**changed):
    """What a program runs in: that of the test, with the libraries that were unpacked."""
    folders = glob.glob(str(UNPACKED / "usr/lib/*-linux-gnu*"))
    libraries = folders + [each for each in [os.environ.get("LD_LIBRARY_PATH")] if each]
    return dict(os.environ, LD_LIBRARY_PATH=os.pathsep.join(libraries), **changed)


@contextlib.contextmanager
def reserved_ports(count=1):
    """Ports of this machine that nobody else is given as long as this lasts: bound, so that a server that sets
    SO_REUSEADDR can listen there, and not listened at."""
    with contextlib.ExitStack() as stack:
        ports = []
        for _ in range(count):
            each = stack.enter_context(socket.socket())
            each.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            each.bind(("127.0.0.1", 0))
            ports.append(each.getsockname()[1])
        yield ports


class Server:
    """A server in the foreground, whose output goes to a file in `directory`, and the signal that ends it."""

    def __init__(self, directory, command, *addresses, ending=signal.SIGTERM, **changed):
        self.ending = ending
        self.output_file = os.path.join(directory, "output.log")
        with open(self.output_file, "wb") as output:
            self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=output, stderr=output,
                                            env=environment(**changed))
        try:
            for address in addresses:
                self.wait_for(address)
        except BaseException:
            self.stop()
            raise

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    def output(self):
        with open(self.output_file, encoding="utf-8", errors="replace") as file:
            return file.read()

    def wait_for(self, address):
        """Until the server listens at `address`: host and port, or the path of a socket."""
        family = socket.AF_UNIX if isinstance(address, str) else socket.AF_INET
        give_up = time.monotonic() + HANG_GUARD
        while True:
            with socket.socket(family) as probe:
                if probe.connect_ex(address) == 0:
                    return
            if self.process.poll() is not None or time.monotonic() > give_up:
                raise OSError(f"{self.process.args[0]} does not listen:\n{self.output()}")
            time.sleep(0.01)

    def stop(self):
        self.process.send_signal(self.ending)
        try:
            self.process.wait(HANG_GUARD)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
