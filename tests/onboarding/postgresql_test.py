# SPDX-License-Identifier: Apache-2.0
"""Tests of postgresql.py, in TAP."""
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "support"))
sys.path.insert(0, str(HERE))
import postgresql  # noqa: E402
from tap import Tap, chosen  # noqa: E402

SHORT = 0.5


def check(condition, what):
    if not condition:
        raise AssertionError(what)


def refused(action):
    """Whether it raises what a database raises that is not there."""
    try:
        action()
    except OSError:
        return True
    return False


def serves():
    with postgresql.Postgresql() as server:
        check(server.url == f"postgresql://florin@/florin?host={server.folder}&port=5432", server.url)
        check(server.sql("SELECT current_user, current_database()") == [["florin", "florin"]], "another database")
        check(server.sql("SHOW listen_addresses") == [[""]], "it can be reached from elsewhere")
        check(server.sql("SHOW fsync") == [["on"]], "what is committed is not on the disk")
        check(refused(lambda: server.sql("SELEKT")), "an error is no error")
        further = server.add_database("further")
        check(server.sql("SELECT current_database()", url=further) == [["further"]], "another database")
        folder, pid = server.folder, server.pid
    check(not os.path.exists(folder), "the folder has stayed")
    check(not os.path.exists(f"/proc/{pid}"), "the server has stayed")


def serves_in_a_folder_of_ones_own():
    with tempfile.TemporaryDirectory() as folder:  # mode 0700
        with postgresql.Postgresql(durable=False, parent=folder) as server:
            check(server.folder.startswith(folder), "it is elsewhere")
            check(server.sql("SELECT 1") == [["1"]], "it does not answer")


def hangs_and_goes_away_and_comes_back():
    with postgresql.Postgresql(durable=False) as server:
        hangs(server)
        server.sql("CREATE TABLE t AS SELECT 7 AS n")
        for how in ("fast", "immediate"):
            server.stop(how)
            check(refused(lambda: server.sql("SELECT 1")), f"it answers after its end ({how})")
            server.start()
            check(server.sql("SELECT n FROM t") == [["7"]], f"it has lost something ({how})")


def hangs(server):
    server.freeze()
    try:
        server.sql("SELECT 1", timeout=SHORT)
        raise AssertionError("a frozen server answers")
    except subprocess.TimeoutExpired:
        pass
    server.thaw()
    check(server.sql("SELECT 1") == [["1"]], "it does not go on")


def goes_with_a_test_that_is_killed():
    code = ("import sys, time; sys.path.insert(0, sys.argv[1]); import postgresql\n"
            "with postgresql.Postgresql(durable=False) as server:\n"
            "    server.freeze()\n"
            "    print(server.folder, server.pid, flush=True); time.sleep(1000)\n")
    with subprocess.Popen([sys.executable, "-c", code, HERE], stdout=subprocess.PIPE,
                          text=True, start_new_session=True) as child:
        folder, pid = child.stdout.readline().split()
        check(os.path.exists(folder) and os.path.exists(f"/proc/{pid}"), "there is none")
        os.killpg(child.pid, signal.SIGKILL)
        give_up = time.monotonic() + 30
        while os.path.exists(folder) or os.path.exists(f"/proc/{pid}"):
            check(time.monotonic() < give_up, "something has stayed")
            time.sleep(0.02)


def main():
    tap = Tap()
    skip = postgresql.missing()
    cases = [("serves", serves), ("serves_in_a_folder_of_ones_own", serves_in_a_folder_of_ones_own),
             ("hangs_and_goes_away_and_comes_back", hangs_and_goes_away_and_comes_back),
             ("goes_with_a_test_that_is_killed", goes_with_a_test_that_is_killed)]
    for name, case in cases:
        if chosen("postgresql/" + name):
            tap.run("postgresql/" + name, case, skip)
    return tap.finish()


if __name__ == "__main__":
    sys.exit(main())
