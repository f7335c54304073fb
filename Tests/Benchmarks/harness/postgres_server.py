"""Databases on the PostgreSQL that `Tests/Stores/stores.py` starts."""

import subprocess

import stores

from harness.failure import Failure


class PostgresServer:
    def __init__(self, started):
        stores.postgres(started)
        self.root = started.environment["CREDITD_TEST_POSTGRES"].rpartition("/")[0]

    def url(self, database):
        return f"{self.root}/{database}"

    def create(self, database):
        self.query(f"CREATE DATABASE {database}", "postgres")

    def query(self, sql, database):
        """The rows as psql prints them, with `|` between columns."""
        return subprocess.check_output(self._psql(database, sql), text=True).strip()

    def copy(self, rows, database, table):
        """Copies the rows of a query on the daemon's database, which `database` without its `_bare` names."""
        source = subprocess.Popen(
            self._psql(database.removesuffix("_bare"), f"COPY ({rows}) TO STDOUT"), stdout=subprocess.PIPE)
        subprocess.run(
            self._psql(database, f"COPY {table} FROM STDIN"), stdin=source.stdout, check=True,
            stdout=subprocess.DEVNULL)
        if source.wait() != 0:
            raise Failure("the rows could not be copied")

    def _psql(self, database, sql):
        return ["psql", "-X", "-q", "-A", "-t", "-c", sql, self.url(database)]
