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

FLATPAY = {"name": "flatpay", "fields": {"merchant_customer_id": "reference", "email": "email", "name": None,
                                         "address.city": None},
           "required": ["merchant_customer_id", "name"], "idempotency": None, "duplicates": None,
           "repetition": "second_customer", "authentication": "bearer"}
DEEPPAY = {"name": "deeppay",
           "fields": {"merchant_customer_id": "data.customer.meta.reference", "email": "data.customer.email",
                      "name": "data.customer.first, data.customer.last", "address.city": "data.customer.home.city"},
           "required": ["email", "name"], "idempotency": "Request-Key", "duplicates": ["taken"], "names_existing": True,
           "repetition": "names_customer", "authentication": "body members"}


def lines(*connectors):
    return "".join(json.dumps(connector) + "\n" for connector in connectors)


def run(*arguments, stdin):
    stdin = stdin if isinstance(stdin, bytes) else stdin.encode("utf-8")
    return subprocess.run([sys.executable, SCRIPT, *map(str, arguments)], input=stdin, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, timeout=60, check=False)


def tables(*connectors):
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


def a_connector_has_a_row_in_each_table(_):
    has(tables(FLATPAY, DEEPPAY),
        "| flatpay |  | **`reference`** | `email` | - |\n",
        "| deeppay | `data.customer` | `meta.reference` | **`email`** | **`first`**, **`last`** |\n",
        "| flatpay |  | - |\n", "| deeppay | `data.customer.home` | `city` |\n",
        "| flatpay | bearer | - | - | **a second customer** | - |\n",
        "| deeppay | body members | - | `Request-Key` | `customer_exists`, with the id | `taken`, with the id |\n")


def connectors_keep_their_order(_):
    text = tables(FLATPAY, DEEPPAY)
    assert text.index("| flatpay ") < text.index("| deeppay "), text
    text = tables(DEEPPAY, FLATPAY)
    assert text.index("| deeppay ") < text.index("| flatpay "), text


def every_row_has_the_cells_of_its_header(_):
    odd = dict(FLATPAY, fields={"merchant_customer_id": "a|b", "email": None, "name": "x", "address.city": "c"})
    parts = [part for part in tables(FLATPAY, DEEPPAY, odd).strip().split("\n\n") if part.startswith("|")]
    assert len(parts) == 4, parts
    for table in parts:
        counts = {len(cells(row)) for row in table.splitlines()}
        assert len(counts) == 1 and len(table.splitlines()) == 5, table


def pipes_and_backticks_are_escaped(_):
    odd = dict(FLATPAY, name="pipe|pay", idempotency="K|ey", duplicates=["a`b|c"], authentication="this|that",
               fields={"merchant_customer_id": "meta[a|b]", "email": "e`mail"})
    text = tables(odd)
    has(text, r"| pipe\|pay |", r"`K\|ey`", r"`` a`b\|c ``", r"this\|that", r"**`meta[a\|b]`**", "`` e`mail ``")


def lines_within_a_value_do_not_end_the_row(_):
    has(tables(dict(FLATPAY, duplicates=["first\n| second"])), "`first \\| second`")


def a_duplicate_without_an_id_is_told(_):
    has(tables(dict(DEEPPAY, names_existing=False)), "| `taken` |")


def write_renews_what_stands_between_the_markers(scratch):
    path = scratch / "README.md"
    before, behind = "# Title\r\n\n| a | b |\nübrig\n", "\n\nThe end.  \n"
    path.write_bytes(f"{before}{BEGIN}old\nolder{END}{behind}".encode())
    assert run("--write", path, stdin=lines(FLATPAY)).returncode == 0
    text = path.read_bytes().decode()
    assert text == f"{before}{BEGIN}\n\n{tables(FLATPAY)}\n{END}{behind}", text
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
    path.write_text(f"{BEGIN}\n\n{tables(FLATPAY)}\n{END}", encoding="utf-8")
    text = path.read_bytes()
    for change in ({"idempotency": "Key"}, {"required": []}, {"authentication": "basic"}, {"duplicates": ["taken"]},
                   {"repetition": "refused"},
                   {"fields": dict(FLATPAY["fields"], email="mail")}):
        done = run("--check", path, stdin=lines(dict(FLATPAY, **change)))
        assert done.returncode == 1, change
        has(done.stdout.decode(), "is stale", "--write README.md", "-| flatpay", "+| flatpay")
    done = run("--check", path, stdin=lines(FLATPAY, DEEPPAY))
    assert done.returncode == 1
    has(done.stdout.decode(), "+| deeppay")
    assert path.read_bytes() == text, "--check changed the file"


def check_reports_a_table_edited_by_hand(scratch):
    path = scratch / "README.md"
    path.write_text(f"{BEGIN}\n\n{tables(FLATPAY)}\n{END}".replace("`email`", "`e-mail`"), encoding="utf-8")
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
    lacking = {name: value for name, value in FLATPAY.items() if name != "duplicates"}
    for text in ("", "\n", "not json\n", "[]\n", "1\n", lines(lacking), lines(dict(FLATPAY, fields=None)),
                 lines(dict(FLATPAY, fields={"email": 1})), lines(FLATPAY) + "x", b"\xff\n"):
        done = run(stdin=text)
        assert (done.returncode, done.stdout) == (2, b""), text
        has(done.stderr.decode(), "list")
    has(run(stdin=lines(FLATPAY, lacking)).stderr.decode(), "line 2", "duplicates")


def the_list_may_come_from_a_program(scratch):
    program = scratch / "wire"
    program.write_text(f"#!{sys.executable}\nimport sys\nassert sys.argv[1:] == ['list']\n"
                       f"print({json.dumps(lines(FLATPAY))}, end='')\n", encoding="utf-8")
    program.chmod(0o755)
    done = run(program, stdin="")
    assert done.stdout.decode("utf-8") == tables(FLATPAY), done
    program.write_text(f"#!{sys.executable}\nraise SystemExit(3)\n", encoding="utf-8")
    done = run(program, stdin=lines(FLATPAY))
    assert done.returncode == 2, done
    has(done.stderr.decode(), "list")
    assert run(scratch / "nowhere", stdin=lines(FLATPAY)).returncode == 2


def main():
    tap = Tap()
    for case in (a_connector_has_a_row_in_each_table, connectors_keep_their_order,
                 every_row_has_the_cells_of_its_header, pipes_and_backticks_are_escaped,
                 lines_within_a_value_do_not_end_the_row, a_duplicate_without_an_id_is_told,
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
