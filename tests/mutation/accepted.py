# SPDX-License-Identifier: Apache-2.0
"""Reads accepted.txt: mutants that no test can kill, because nothing that is promised changes."""
import pathlib

FILE = pathlib.Path(__file__).resolve().parent / "accepted.txt"


def read_accepted(text=None):
    """By `FILE: CHANGE`, why. The reason stands indented below."""
    accepted, key = {}, None
    for line in (FILE.read_text() if text is None else text).splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        if line.startswith(" "):
            accepted[key] = (accepted[key] + " " + line.strip()).strip()
        else:
            key = line.strip()
            accepted[key] = ""
    return accepted
