# SPDX-License-Identifier: Apache-2.0
"""The server that comes with OpenSSL, `openssl s_server`."""
import os
import re
import subprocess
import threading

HANG_GUARD = 60
REQUEST = re.compile(rb"POST [^\r\n]* HTTP/1\.1\r\n.*?\r\n\r\n", re.DOTALL)
LENGTH = re.compile(rb"\r\nContent-Length: (\d+)\r\n", re.IGNORECASE)


class OpensslServer:
    """Prints what it decrypts, and answers every whole request with `answer`. One connection at a time."""

    def __init__(self, certificate, *options, configuration, answer=b"", address="127.0.0.1:0"):
        command = ["openssl", "s_server", "-accept", address]
        if certificate is not None:
            command += ["-cert", certificate.file, "-key", certificate.key]
            if certificate.issuers:
                command += ["-cert_chain", certificate.issuers]
        self.answer = answer
        self.answered = 0  # the output up to there
        self.output = b""
        self.changed = threading.Condition()
        self.process = subprocess.Popen([*command, *options], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        stderr=subprocess.STDOUT, env=dict(os.environ, OPENSSL_CONF=configuration))
        self.reader = threading.Thread(target=self.read, daemon=True)
        self.reader.start()
        # The port is told where it was left open.
        found = self.wait_for(rb"ACCEPT(?: \S*:(\d+))?\r?\n")
        if found is None:
            self.stop()
            raise OSError(f"openssl s_server does not listen:\n{self.text()}")
        host, _, port = address.rpartition(":")
        self.address = (host, int(found[1] or port))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    def text(self):
        with self.changed:
            return self.output.decode("utf-8", errors="replace")

    def read(self):
        descriptor = self.process.stdout.fileno()
        while data := os.read(descriptor, 65536):
            with self.changed:
                self.output += data
                requests = self.whole_requests()
                self.changed.notify_all()
            for _ in range(requests):
                os.write(self.process.stdin.fileno(), self.answer)
        with self.changed:
            self.reader = None
            self.changed.notify_all()

    def whole_requests(self):
        count = 0
        while found := REQUEST.search(self.output, self.answered):
            length = LENGTH.search(found[0])
            end = found.end() + (int(length[1]) if length else 0)
            if end > len(self.output):
                break
            self.answered = end
            count += 1
        return count

    def wait_for(self, pattern):
        """The first match in the output, or None when the server ends before."""
        with self.changed:
            self.changed.wait_for(lambda: self.reader is None or re.search(pattern, self.output), HANG_GUARD)
            return re.search(pattern, self.output)

    def stop(self):
        reader = self.reader
        self.process.kill()
        self.process.wait()
        if reader is not None:
            reader.join(HANG_GUARD)
        self.process.stdin.close()
        self.process.stdout.close()
