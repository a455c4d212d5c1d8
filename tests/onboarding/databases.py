# SPDX-License-Identifier: Apache-2.0
"""The databases that a directory can be in, for scripts: each with url, rows, let_pass and check."""
import json
import sqlite3

NEVER = 2 ** 63 - 1  # see florin::onboarding::never
TIMES = ("lease_until", "first_asked", "asked", "doubted", "changed")
COLUMNS = ("merchant_customer_id", "state", "connector_customer_id", "error", "request", "doubt", "attempts", "lease", "due")
SELECT = "SELECT " + ", ".join(COLUMNS) + " FROM florin_customers"


def later(milliseconds):
    """The statement after which all rows are so much older."""
    times = ", ".join(f"{name} = {name} - {milliseconds}" for name in TIMES)
    return (f"UPDATE florin_customers SET {times}, "
            f"due = CASE WHEN due = {NEVER} THEN due ELSE due - {milliseconds} END")


class Sqlite:
    """A file."""

    def __init__(self, path):
        self.path = path
        self.url = f"sqlite:{path}"

    def execute(self, statement):
        """What a statement returns, row by row."""
        connection = sqlite3.connect(self.path, timeout=60)
        try:
            with connection:
                return connection.execute(statement).fetchall()
        finally:
            connection.close()

    def rows(self):
        """All rows, each by the names of its columns."""
        return [dict(zip(COLUMNS, row)) for row in self.execute(SELECT)]

    def let_pass(self, milliseconds):
        """Time passes, by the clock of the database. Nobody may be at work."""
        self.execute(later(milliseconds))

    def check(self):
        """What is wrong with the file, or None."""
        found = self.execute("PRAGMA integrity_check")
        return None if found == [("ok",)] else str(found)


class PostgresqlDatabase:
    """One database of a server, see postgresql.py."""

    def __init__(self, server, name):
        self.server = server
        self.url = server.add_database(name)

    def execute(self, statement):
        return self.server.sql(statement, url=self.url)

    def rows(self):
        return [json.loads(row) for row, in self.execute(f"SELECT row_to_json(r) FROM ({SELECT}) AS r")]

    def let_pass(self, milliseconds):
        self.execute(later(milliseconds))

    def check(self):
        return None
