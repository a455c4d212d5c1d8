#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes the README's table of connectors from what `wire list` prints, one JSON object a line.

usage: connector_table.py [--check FILE | --write FILE] [WIRE]
Without an option the table is printed. --check compares it with what stands between the two markers in FILE, --write
puts it there. WIRE is the example program; without it the list is read from standard input. With it, --check also reads
the page of each connector, `wire show NAME`: it is at most 100 columns wide and has every field, credential and host of
the list. The exit code is 0 when all is well, 1 when FILE is stale or a page lacks something, 2 when there is nothing to
work with.
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
LEGEND = """`-`: there is no search. The same `create` again gives the same customer, told as `replayed` or like a `new` one;
`exists`: `customer_exists` with its id; `refused`: an error without the id; **second**: a second customer. `ensure`
settles a doubt by the `key`, by `uniqueness`, by a `lookup`, or it is only `reported`. `wire show NAME` prints the rest:
fields and limits, credentials, hosts, keys, the lag of an index."""
# What florin::Repetition means to somebody who reads the table.
REPETITIONS = {"replayed": "replayed", "same_answer": "new", "names_customer": "exists", "refused": "refused",
               "second_customer": "**second**"}
# What florin::EnsureGuarantee means.
GUARANTEES = {"by_key": "key", "by_uniqueness": "uniqueness", "by_lookup": "lookup", "only_reported": "reported"}
FINDERS = {"email": "email", "merchant_customer_id": "reference"}
PAGE_WIDTH = 100


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
            for name in ("name", "operations", "finders", "fields", "credentials", "hosts", "repetition", "guarantee"):
                connector[name]
            if connector["guarantee"] not in GUARANTEES:
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


def names_of(place):
    """The names of a field, which may be in several places."""
    return place.split(", ") if place else []


def table(header, rows):
    return "\n".join("| " + " | ".join(cells) + " |" for cells in [header, ["---"] * len(header), *rows])


def table_of(connectors):
    """One line a connector, and the legend before them."""
    rows = []
    for connector in connectors:
        finders = [word for name, word in FINDERS.items() if connector["finders"].get(name) is not None]
        rows.append([plain(connector["name"]),
                     plain(", ".join(name for name in connector["operations"] if name != "find")),
                     plain(", ".join(finders)) or "-", REPETITIONS[connector["repetition"]],
                     GUARANTEES[connector["guarantee"]]])
    return LEGEND + "\n\n" + table(["connector", "operations", "finds by", "`create` again", "`ensure` settles by"], rows)


def lacks_of(connector, page):
    """What is wrong with the page of a connector."""
    lacks = [f"has a line of {len(line)} columns: {line}" for line in page.splitlines() if len(line) > PAGE_WIDTH]
    # A long name may go on in the next line.
    words, text = set(re.split(r"[\s,]+", page)), "".join(page.split())
    wanted = [field for field, place in connector["fields"].items() if place]
    wanted += [name for place in connector["fields"].values() for name in names_of(place)]
    wanted += connector["credentials"] + list(connector["hosts"].values())
    wanted += list((connector.get("token_hosts") or {}).values())
    lacks += [f"does not name {name}" for name in dict.fromkeys(wanted)
              if name not in words and not (len(name) > PAGE_WIDTH // 2 and name in text)]
    return lacks


def check_pages(program, connectors):
    status = 0
    for connector in connectors:
        for lack in lacks_of(connector, output_of(program, "show", connector["name"])):
            print(f"The page of {connector['name']} {lack}")
            status = 1
    return status


def split(text, name):
    """What stands before, between and behind the markers."""
    if text.count(BEGIN) != 1 or text.count(END) != 1 or text.index(BEGIN) > text.index(END):
        raise Problem(f"{name} needs {BEGIN} and {END}, once each and in this order")
    before, rest = text.split(BEGIN)
    between, behind = rest.split(END)
    return before, between, behind


def renewed(text, name, table_text):
    before, _, behind = split(text, name)
    return f"{before}{BEGIN}\n\n{table_text}\n\n{END}{behind}"


def read_file(name):
    try:
        with open(name, encoding="utf-8", newline="") as file:
            return file.read()
    except (OSError, UnicodeDecodeError) as error:
        raise Problem(f"{name} cannot be read: {error}") from error


def check(name, table_text):
    text = read_file(name)
    wanted = renewed(text, name, table_text)
    if text == wanted:
        return 0
    print(f"{name} is stale. Renew it: {RENEW}\n")
    for line in difflib.unified_diff(text.splitlines(), wanted.splitlines(), "as it is", "as it should be", n=0,
                                     lineterm=""):
        print(line)
    return 1


def write(name, table_text):
    wanted = renewed(read_file(name), name, table_text)
    with open(name, "w", encoding="utf-8", newline="") as file:
        file.write(wanted)
    return 0


def output_of(program, *arguments):
    try:
        return subprocess.run([program, *arguments], stdout=subprocess.PIPE, check=True, encoding="utf-8",
                              timeout=120).stdout
    except (OSError, UnicodeDecodeError, subprocess.SubprocessError) as error:
        raise Problem(f"`{' '.join(arguments)}` cannot be had: {error}") from error


def list_lines(program):
    if program is not None:
        return output_of(program, "list").splitlines()
    try:
        return sys.stdin.buffer.read().decode("utf-8").splitlines()
    except UnicodeDecodeError as error:
        raise Problem(f"the list cannot be had: {error}") from error


def main():
    parser = argparse.ArgumentParser(description="Makes the README's table of connectors.")
    choice = parser.add_mutually_exclusive_group()
    choice.add_argument("--check", metavar="FILE", help="fail when the table in FILE is stale, or a page lacks something")
    choice.add_argument("--write", metavar="FILE", help="renew the table in FILE")
    parser.add_argument("wire", metavar="WIRE", nargs="?", help="the program; else standard input has its list")
    arguments = parser.parse_args()
    sys.stdout.reconfigure(encoding="utf-8")
    try:
        connectors = read_list(list_lines(arguments.wire))
        text = table_of(connectors)
        if arguments.check:
            pages = check_pages(arguments.wire, connectors) if arguments.wire else 0
            return max(check(arguments.check, text), pages)
        if arguments.write:
            return write(arguments.write, text)
    except Problem as problem:
        print(problem, file=sys.stderr)
        return 2
    print(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
