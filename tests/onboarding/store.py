# SPDX-License-Identifier: Apache-2.0
"""Runs the unit tests of the table of customers against a real PostgreSQL, in TAP.

usage: store.py RUN_UNIT UNIT_PROGRAM
"""
import os
import re
import subprocess
import sys

import postgresql

SUITE = "onboarding_soci_store"


def main():
    run_unit, program = sys.argv[1:]
    wanted = os.environ.get("FLORIN_TEST_FILTER", SUITE + "/*")
    why_not = postgresql.missing()
    if not wanted.startswith(SUITE):
        print("1..0")
        return 0
    if why_not:
        print(f"1..1\nok 1 - postgresql/store # SKIP {why_not}")
        return 0
    with postgresql.Postgresql() as server:
        env = dict(os.environ, FLORIN_TEST_DIRECTORY=server.url, FLORIN_TEST_FILTER=wanted)
        done = subprocess.run([sys.executable, run_unit, program], env=env, stdout=subprocess.PIPE, text=True, check=False)
    # The unit tests have the same names, over SQLite.
    print(re.sub(r"^((?:not )?ok \d+ - )", r"\1postgresql/", done.stdout, flags=re.MULTILINE), end="")
    return done.returncode


if __name__ == "__main__":
    sys.exit(main())
