#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes the README's tables of connectors from what `wire list` prints, one JSON object a line.

usage: connector_table.py [--check FILE | --write FILE] [WIRE]
Without an option the tables are printed. --check compares them with what stands between the two markers in FILE,
--write puts them there. WIRE is the example program; without it the list is read from standard input. The exit code is
0 when all is well, 1 when FILE is stale, 2 when there is nothing to work with.
"""
import argparse
import difflib
import json
import re
import subprocess
import sys

BEGIN = "<!-- connectors -->"
END = "<!-- /connectors -->"
RENEW = "build/examples/wire list | python3 tests/support/connector_table.py --write README.md"
LEGEND = """Fields by their names on the wire, below the member in the second column: **bold** where the
field is required, `-` where it is not carried. `given_name` and `family_name` go where `name` goes: joined into one
place, or each into its own."""
OPERATIONS_LEGEND = """`yes` of a find: the processor does not say when a new customer can be found."""
ADDRESS = "address."
NAME_PARTS = ("given_name", "family_name")  # stand where the name does
# What florin::Repetition means to somebody who reads the table.
REPETITIONS = {"replayed": "the same customer, `replayed`", "same_answer": "the same customer, `created`",
               "names_customer": "`customer_exists`, with the id", "refused": "an error without the id",
               "second_customer": "**a second customer**"}
# What florin::EnsureGuarantee means.
GUARANTEES = {"by_key": "by the key", "by_uniqueness": "by uniqueness", "by_lookup": "by a lookup",
              "only_reported": "only reported"}
OPERATIONS = ("create", "retrieve", "update", "delete")
FINDERS = ("email", "merchant_customer_id")


class Problem(Exception):
    """There is nothing to work with."""


def read_list(lines):
    """The connectors of a list."""
    connectors = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            connector = json.loads(line)
            for name in ("name", "fields", "required", "idempotency", "repetition", "duplicates",
                         "authentication"):
                connector[name]
            if connector.get("guarantee") not in (None, *GUARANTEES):
                raise ValueError(f"there is no guarantee {connector['guarantee']!r}")
            if not all(place is None or isinstance(place, str) for place in connector["fields"].values()):
                raise ValueError("a field's place is no text")
            if connector["repetition"] not in REPETITIONS:
                raise ValueError(f"there is no repetition {connector['repetition']!r}")
        except (ValueError, TypeError, AttributeError) as error:
            raise Problem(f"line {number} of the list is not a connector: {error}") from error
        except KeyError as error:
            raise Problem(f"line {number} of the list has no member {error}") from error
        connectors.append(connector)
    if not connectors:
        raise Problem("the list is empty")
    return connectors


def plain(text):
    """Text that Markdown shows as it is, within a table."""
    return re.sub(r"([\\`*_|<>\[\]])", r"\\\1", " ".join(str(text).split()))


def code(text):
    """The same, as code. A pipe would end the cell even there."""
    text = " ".join(str(text).split())
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    fence = "`" * (longest + 1)
    blank = " " if longest else ""
    return fence + blank + text.replace("|", "\\|") + blank + fence


def names_of(place):
    """The names of a field, which may be in several places."""
    return place.split(", ") if place else []


def common_member(places):
    """The member that holds all of these places, with a dot behind; empty when they have none in common."""
    parts = [name.split(".")[:-1] for place in places for name in names_of(place)]
    common = []
    for level in zip(*parts):
        if len(set(level)) > 1:
            break
        common.append(level[0])
    return ".".join(common) + "." if common else ""


def table(header, rows):
    return "\n".join("| " + " | ".join(cells) + " |" for cells in [header, ["---"] * len(header), *rows])


def places_table(connectors, fields, titles):
    """Where these fields of each connector go."""
    rows = []
    for connector in connectors:
        member = common_member(connector["fields"].get(field) for field in fields)
        cells = [plain(connector["name"]), code(member[:-1]) if member else ""]
        for field in fields:
            names = [code(name[len(member):]) for name in names_of(connector["fields"].get(field))]
            text = ", ".join(f"**{name}**" for name in names) if field in connector["required"] else ", ".join(names)
            cells.append(text or "-")
        rows.append(cells)
    return table(["connector", "in", *titles], rows)


def mechanisms_table(connectors):
    rows = []
    for connector in connectors:
        duplicates = ", ".join(code(each) for each in connector["duplicates"] or []) or "-"
        if connector["duplicates"] and connector.get("names_existing"):
            duplicates += ", with the id"
        optional = connector.get("optional_credentials", [])
        credentials = ", ".join(f"({code(name)})" if name in optional else code(name)
                                for name in connector.get("credentials", []))
        rows.append([plain(connector["name"]), plain(connector["authentication"] or "-"), credentials or "-",
                     code(connector["idempotency"]) if connector["idempotency"] else "-",
                     REPETITIONS[connector["repetition"]], duplicates])
    return table(["connector", "authentication", "credentials (optional)", "repetitions recognised by",
                  "the same create again gives", "duplicates refused as"], rows)


def index_of(finder):
    """What a find by this filter reads."""
    if finder is None:
        return "-"
    if finder["index"] == "undocumented":
        return "yes"
    delay = f", {finder['delay']} s" if "delay" in finder else ""
    return plain(finder["index"] + delay)


def operations_table(connectors):
    """What each connector offers, and how `ensure` settles doubts there."""
    rows = []
    for connector in connectors:
        offered = connector.get("operations", [])
        finders = connector.get("finders", {})
        rows.append([plain(connector["name"]), *("yes" if name in offered else "-" for name in OPERATIONS),
                     *(index_of(finders.get(name)) for name in FINDERS),
                     GUARANTEES.get(connector.get("guarantee"), "-")])
    return table(["connector", *(code(name) for name in OPERATIONS), *(f"`find` by {code(name)}" for name in FINDERS),
                  "`ensure` settles"], rows)


def tables_of(connectors):
    """The tables, with the legend before them."""
    fields = list(dict.fromkeys(field for connector in connectors for field in connector["fields"]))
    address = [field for field in fields if field.startswith(ADDRESS)]
    others = [field for field in fields if not field.startswith(ADDRESS) and field not in NAME_PARTS]
    parts = [OPERATIONS_LEGEND, operations_table(connectors), LEGEND]
    if others:
        parts.append(places_table(connectors, others, [code(field) for field in others]))
    if address:
        parts.append(places_table(connectors, address, [code(field) for field in address]))
    parts.append(mechanisms_table(connectors))
    return "\n\n".join(parts)


def split(text, name):
    """What stands before, between and behind the markers."""
    if text.count(BEGIN) != 1 or text.count(END) != 1 or text.index(BEGIN) > text.index(END):
        raise Problem(f"{name} needs {BEGIN} and {END}, once each and in this order")
    before, rest = text.split(BEGIN)
    between, behind = rest.split(END)
    return before, between, behind


def renewed(text, name, tables):
    before, _, behind = split(text, name)
    return f"{before}{BEGIN}\n\n{tables}\n\n{END}{behind}"


def read_file(name):
    try:
        with open(name, encoding="utf-8", newline="") as file:
            return file.read()
    except (OSError, UnicodeDecodeError) as error:
        raise Problem(f"{name} cannot be read: {error}") from error


def check(name, tables):
    text = read_file(name)
    wanted = renewed(text, name, tables)
    if text == wanted:
        return 0
    print(f"{name} is stale. Renew it: {RENEW}\n")
    for line in difflib.unified_diff(text.splitlines(), wanted.splitlines(), "as it is", "as it should be", n=0,
                                     lineterm=""):
        print(line)
    return 1


def write(name, tables):
    wanted = renewed(read_file(name), name, tables)
    with open(name, "w", encoding="utf-8", newline="") as file:
        file.write(wanted)
    return 0


def list_lines(program):
    try:
        if program is None:
            return sys.stdin.buffer.read().decode("utf-8").splitlines()
        done = subprocess.run([program, "list"], stdout=subprocess.PIPE, check=True, encoding="utf-8", timeout=120)
    except (OSError, UnicodeDecodeError, subprocess.SubprocessError) as error:
        raise Problem(f"the list cannot be had: {error}") from error
    return done.stdout.splitlines()


def main():
    parser = argparse.ArgumentParser(description="Makes the README's tables of connectors.")
    choice = parser.add_mutually_exclusive_group()
    choice.add_argument("--check", metavar="FILE", help="fail when the tables in FILE are stale")
    choice.add_argument("--write", metavar="FILE", help="renew the tables in FILE")
    parser.add_argument("wire", metavar="WIRE", nargs="?", help="the program; else standard input has its list")
    arguments = parser.parse_args()
    sys.stdout.reconfigure(encoding="utf-8")
    try:
        tables = tables_of(read_list(list_lines(arguments.wire)))
        if arguments.check:
            return check(arguments.check, tables)
        if arguments.write:
            return write(arguments.write, tables)
    except Problem as problem:
        print(problem, file=sys.stderr)
        return 2
    print(tables)
    return 0


if __name__ == "__main__":
    sys.exit(main())
