# SPDX-License-Identifier: Apache-2.0
"""Tests connector_table.py with made-up lists, in TAP.

usage: connector_table_test.py
"""
import json
import os
import pathlib
import subprocess
import sys
import tempfile

from tap import Tap, chosen

SCRIPT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "connector_table.py")
BEGIN, END = "<!-- connectors -->", "<!-- /connectors -->"

FLATPAY = {"name": "flatpay", "operations": ["create"], "finders": {"email": None, "merchant_customer_id": None},
           "fields": {"merchant_customer_id": "reference", "email": "email", "name": None},
           "credentials": ["api_key"], "hosts": {"live": "api.flatpay.example", "sandbox": "test.flatpay.example"},
           "repetition": "second_customer", "guarantee": "only_reported"}
DEEPPAY = {"name": "deeppay", "operations": ["create", "retrieve", "find"],
           "finders": {"email": {"index": "immediate"}, "merchant_customer_id": {"index": "undocumented"}},
           "fields": {"merchant_customer_id": "data.reference", "email": None, "name": "data.first, data.last"},
           "credentials": [], "hosts": {"live": "deeppay.example", "sandbox": "deeppay.example"},
           "repetition": "names_customer", "guarantee": "by_uniqueness"}
PAGE = """flatpay
  api.flatpay.example  test.flatpay.example
  merchant_customer_id, email  reference
  api_key
"""


def lines(*connectors):
    return "".join(json.dumps(connector) + "\n" for connector in connectors)


def run(*arguments, stdin):
    stdin = stdin if isinstance(stdin, bytes) else stdin.encode("utf-8")
    return subprocess.run([sys.executable, SCRIPT, *map(str, arguments)], input=stdin, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, timeout=60, check=False)


def table(*connectors):
    done = run(stdin=lines(*connectors))
    assert done.returncode == 0, done.stderr
    return done.stdout.decode("utf-8")


def has(text, *wanted):
    for part in wanted:
        assert part in text, f"not found: {part}\n{text}"


def cells(row):
    """The cells of a row, cut where Markdown cuts."""
    found, cell, escaped = [], "", False
    for c in row.strip().strip("|"):
        if c == "|" and not escaped:
            found.append(cell.strip())
            cell = ""
        else:
            cell += c
        escaped = c == "\\" and not escaped
    return found + [cell.strip()]


def a_connector_has_one_row(_):
    text = table(FLATPAY, DEEPPAY)
    has(text, "| flatpay | create | - | **second** | reported |\n",
        "| deeppay | create, retrieve | email, reference | exists | uniqueness |\n")
    assert text.count("| flatpay ") == 1, text


def connectors_keep_their_order(_):
    text = table(FLATPAY, DEEPPAY)
    assert text.index("| flatpay ") < text.index("| deeppay "), text
    text = table(DEEPPAY, FLATPAY)
    assert text.index("| deeppay ") < text.index("| flatpay "), text


def every_row_has_the_cells_of_its_header(_):
    rows = [row for row in table(FLATPAY, DEEPPAY, dict(FLATPAY, name="pipe|pay")).splitlines() if row.startswith("|")]
    assert len(rows) == 5 and len({len(cells(row)) for row in rows}) == 1, rows


def pipes_are_escaped(_):
    has(table(dict(FLATPAY, name="pipe|pay")), r"| pipe\|pay |")


def a_page_is_read(scratch, page=PAGE):
    """Checks a README that is up to date, with this page of flatpay; returns what is said."""
    program = scratch / "wire"
    program.write_text(f"#!{sys.executable}\nimport sys\n"
                       f"pages = {{('list',): {lines(FLATPAY)!r}, ('show', 'flatpay'): {page!r}}}\n"
                       "print(pages[tuple(sys.argv[1:])], end='')\n", encoding="utf-8")
    program.chmod(0o755)
    path = scratch / "README.md"
    path.write_text(f"{BEGIN}\n\n{table(FLATPAY)}\n{END}", encoding="utf-8")
    done = run("--check", path, program, stdin="")
    said = done.stdout.decode("utf-8")
    assert done.returncode == (1 if said else 0), done
    if page == PAGE:
        assert not said, said
    return said


def a_page_that_lacks_something_is_reported(scratch):
    for name in ("api_key", "reference", "email", "test.flatpay.example"):
        has(a_page_is_read(scratch, PAGE.replace(name, "other")), f"The page of flatpay does not name {name}\n")
        # Not as a part of something else.
        has(a_page_is_read(scratch, PAGE.replace(name, name + "s")), f"does not name {name}\n")


def a_page_that_is_too_wide_is_reported(scratch):
    assert not a_page_is_read(scratch, PAGE + 100 * "x" + "\n")
    has(a_page_is_read(scratch, PAGE + 101 * "x" + "\n"), "has a line of 101 columns")


def a_page_that_cannot_be_had_is_reported(scratch):
    program = scratch / "wire"
    program.write_text(f"#!{sys.executable}\nimport sys\nassert sys.argv[1:] == ['list']\n"
                       f"print({lines(FLATPAY)!r}, end='')\n", encoding="utf-8")
    program.chmod(0o755)
    path = scratch / "README.md"
    path.write_text(f"{BEGIN}\n\n{table(FLATPAY)}\n{END}", encoding="utf-8")
    done = run("--check", path, program, stdin="")
    assert done.returncode == 2, done
    has(done.stderr.decode(), "show flatpay")


def write_renews_what_stands_between_the_markers(scratch):
    path = scratch / "README.md"
    before, behind = "# Title\r\n\n| a | b |\nübrig\n", "\n\nThe end.  \n"
    path.write_bytes(f"{before}{BEGIN}old\nolder{END}{behind}".encode())
    assert run("--write", path, stdin=lines(FLATPAY)).returncode == 0
    text = path.read_bytes().decode()
    assert text == f"{before}{BEGIN}\n\n{table(FLATPAY)}\n{END}{behind}", text
    assert run("--write", path, stdin=lines(FLATPAY)).returncode == 0
    assert path.read_bytes().decode() == text, "it is not written twice alike"


def check_accepts_what_write_wrote(scratch):
    path = scratch / "README.md"
    path.write_text(f"{BEGIN}{END}", encoding="utf-8")
    assert run("--write", path, stdin=lines(FLATPAY, DEEPPAY)).returncode == 0
    done = run("--check", path, stdin=lines(FLATPAY, DEEPPAY))
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b""), done


def check_reports_a_stale_table_and_how_to_renew_it(scratch):
    path = scratch / "README.md"
    path.write_text(f"{BEGIN}\n\n{table(FLATPAY)}\n{END}", encoding="utf-8")
    text = path.read_bytes()
    for change in ({"operations": ["create", "delete"]}, {"finders": DEEPPAY["finders"]}, {"repetition": "refused"},
                   {"guarantee": "by_lookup"}):
        done = run("--check", path, stdin=lines(dict(FLATPAY, **change)))
        assert done.returncode == 1, change
        has(done.stdout.decode(), "is stale", "--write README.md", "-| flatpay", "+| flatpay")
    done = run("--check", path, stdin=lines(FLATPAY, DEEPPAY))
    assert done.returncode == 1
    has(done.stdout.decode(), "+| deeppay")
    assert path.read_bytes() == text, "--check changed the file"


def check_reports_a_table_edited_by_hand(scratch):
    path = scratch / "README.md"
    path.write_text(f"{BEGIN}\n\n{table(FLATPAY)}\n{END}".replace("reported |", "key |"), encoding="utf-8")
    assert run("--check", path, stdin=lines(FLATPAY)).returncode == 1


def missing_and_repeated_markers_are_reported(scratch):
    path = scratch / "README.md"
    for text in ("", BEGIN, END, END + BEGIN, BEGIN + BEGIN + END, BEGIN + END + END, "<!--connectors-->" + END):
        path.write_text(text, encoding="utf-8")
        for option in ("--check", "--write"):
            done = run(option, path, stdin=lines(FLATPAY))
            assert done.returncode == 2, text
            has(done.stderr.decode(), BEGIN, END)
            assert path.read_text(encoding="utf-8") == text, "the file was changed"


def a_missing_file_is_reported(scratch):
    for option in ("--check", "--write"):
        done = run(option, scratch / "nothing.md", stdin=lines(FLATPAY))
        assert done.returncode == 2, done
        has(done.stderr.decode(), "nothing.md")
    assert not (scratch / "nothing.md").exists()


def a_bad_list_is_reported(_):
    lacking = {name: value for name, value in FLATPAY.items() if name != "hosts"}
    for text in ("", "\n", "not json\n", "[]\n", "1\n", lines(lacking), lines(dict(FLATPAY, fields=None)),
                 lines(dict(FLATPAY, fields={"email": 1})), lines(FLATPAY) + "x", b"\xff\n"):
        done = run(stdin=text)
        assert (done.returncode, done.stdout) == (2, b""), text
        has(done.stderr.decode(), "list")
    has(run(stdin=lines(FLATPAY, lacking)).stderr.decode(), "line 2", "hosts")


def the_list_may_come_from_a_program(scratch):
    program = scratch / "wire"
    program.write_text(f"#!{sys.executable}\nimport sys\nassert sys.argv[1:] == ['list']\n"
                       f"print({json.dumps(lines(FLATPAY))}, end='')\n", encoding="utf-8")
    program.chmod(0o755)
    done = run(program, stdin="")
    assert done.stdout.decode("utf-8") == table(FLATPAY), done
    program.write_text(f"#!{sys.executable}\nraise SystemExit(3)\n", encoding="utf-8")
    done = run(program, stdin=lines(FLATPAY))
    assert done.returncode == 2, done
    has(done.stderr.decode(), "list")
    assert run(scratch / "nowhere", stdin=lines(FLATPAY)).returncode == 2


def main():
    tap = Tap()
    for case in (a_connector_has_one_row, connectors_keep_their_order, every_row_has_the_cells_of_its_header,
                 pipes_are_escaped, a_page_is_read, a_page_that_lacks_something_is_reported,
                 a_page_that_is_too_wide_is_reported, a_page_that_cannot_be_had_is_reported,
                 write_renews_what_stands_between_the_markers, check_accepts_what_write_wrote,
                 check_reports_a_stale_table_and_how_to_renew_it, check_reports_a_table_edited_by_hand,
                 missing_and_repeated_markers_are_reported, a_missing_file_is_reported, a_bad_list_is_reported,
                 the_list_may_come_from_a_program):
        name = "connector_table/" + case.__name__
        if not chosen(name):
            continue
        with tempfile.TemporaryDirectory() as scratch:
            try:
                case(pathlib.Path(scratch))
                tap.result(name, True)
            except (AssertionError, subprocess.TimeoutExpired) as problem:
                tap.result(name, False, str(problem)[:4000])
    return tap.finish()


if __name__ == "__main__":
    sys.exit(main())
