# SPDX-License-Identifier: Apache-2.0
"""The program serve_sandbox, for scripts."""
import json
import subprocess

HANG_GUARD = 120


class Sandbox:
    """A processor's sandbox in a process of its own."""

    def __init__(self, program, name):
        self.process = subprocess.Popen([program, name], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.description = self.answer()

    def __enter__(self):
        return self

    def __exit__(self, failed, *_):
        self.process.stdin.close()
        self.process.stdout.close()
        if self.process.wait(timeout=HANG_GUARD) != 0 and failed is None:
            raise AssertionError(f"the sandbox ended with exit code {self.process.returncode}")

    def answer(self):
        return json.loads(self.process.stdout.readline())

    def ask(self, command):
        print(command, file=self.process.stdin, flush=True)
        return self.answer()
