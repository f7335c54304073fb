"""The bare clients of base A: pgbench and libpq, one person a transaction, on a database of their own beside the
daemon's in the same server, with the same schema, the same rows, and tokens that follow from a number.

The statements are those of Sources/StorePostgres/Statement+Persons.swift, for one person; the sessions' settings are
those of Connection+Session.swift.
"""

import json
import os
import re
import subprocess
import time

from harness.failure import Failure

TOKEN = "sha256(int8send(:{}))"
SETTINGS = "-c plan_cache_mode=force_generic_plan -c enable_seqscan=off -c jit=off"
# A record with the length of one about one person.
AUDIT = ("WITH recorded AS (INSERT INTO audit_record (record_id, at, line, mac) VALUES"
         " (lpad(to_hex(:id::bigint), 32, '0')::uuid, now(), convert_to(rpad('{action} ', 340, 'x'), 'UTF8'), {token})"
         " RETURNING position) INSERT INTO audit_queue (position) SELECT position FROM recorded")
READ = """SELECT token, NULL::uuid AS debt_id, 0::bigint AS position, identity AS content, version, created_at,
 updated_at, data_key, address, state FROM person WHERE token = {token}
 UNION ALL
 SELECT token, debt_id, position, details, version, created_at, updated_at, NULL, NULL, NULL FROM debt
 WHERE token = {token}"""
NEXT_ID = "\\set k :k + 1\n\\set id :k * 64 + :client_id\n"
COPIES = {  # of the daemon's rows, with the tokens of 1, 2, 3...
    "person": "SELECT sha256(int8send(row_number() OVER (ORDER BY token))), data_key, identity, address, version,"
              " created_at, updated_at, layout, state, encryptions FROM person",
    "debt": "SELECT sha256(int8send(n)), debt_id, position, details, version, created_at, updated_at,"
            " layout FROM debt"
            " JOIN (SELECT token, row_number() OVER (ORDER BY token) AS n FROM person) AS number USING (token)",
}


class BarePostgres:
    def __init__(self, server, database, subjects, folder):
        """`database` has the daemon's schema and no rows; `server` copies them into it."""
        self.url, self.subjects, self.folder = server.url(database), subjects, folder
        for table, rows in COPIES.items():
            server.copy(rows, database, table)
        server.query("VACUUM ANALYZE", database)
        self.sample = server.query(
            "SELECT encode(data_key, 'hex'), encode(identity, 'hex'), encode(person.address, 'hex'),"
            " encode(details, 'hex') FROM person JOIN debt USING (token) LIMIT 1", database).split("|")

    def reads(self, seconds):
        """Persons a second, each read and recorded in a transaction as ordinary clients write it."""
        token = TOKEN.format("n")
        return self._pgbench("get", f"""\\set n random(1, {self.subjects})
{NEXT_ID}BEGIN;
{self._audit("n")};
{READ.format(token=token)};
END;
""", seconds)

    def pipelined_reads(self, seconds):
        """The same in one round trip, as an implicit transaction."""
        token = TOKEN.format("n")
        return self._pgbench("get-pipelined", f"""\\set n random(1, {self.subjects})
{NEXT_ID}\\startpipeline
{self._audit("n")};
{READ.format(token=token)};
\\endpipeline
""", seconds)

    def creates(self, seconds):
        """Persons a second, each with one debt, created and recorded in a transaction."""
        data_key, identity, address, details = (rf"'\x{value}'" for value in self.sample)
        token = TOKEN.format("id")
        return self._pgbench("create", f"""{NEXT_ID}BEGIN;
INSERT INTO person (token, data_key, identity, address, version, created_at, updated_at)
 VALUES ({token}, {data_key}, {identity}, {address}, 1, now(), now());
INSERT INTO debt (token, debt_id, position, details, version, created_at, updated_at)
 VALUES ({token}, lpad(to_hex(:id::bigint), 32, '0')::uuid, 0, {details}, 1, now(), now());
{AUDIT.format(token=token, action="person.create")};
END;
""", seconds)

    def round_trips(self, program, count):
        """Latencies of one person at a time by libpq in one round trip, in microseconds."""
        token = "sha256(int8send($2::bigint))"
        audit = self._audit("n").replace(TOKEN.format("n"), token).replace(":id", "$1")
        read = READ.format(token=token.replace("$2", "$1"))
        return json.loads(subprocess.check_output(
            [program, self.url, str(count), str(self.subjects), audit, read], text=True,
            env={**os.environ, "PGOPTIONS": SETTINGS}))

    def _audit(self, variable):
        return AUDIT.format(token=TOKEN.format(variable), action="person.get")

    def _pgbench(self, name, script, seconds):
        path = self.folder / f"{name}.sql"
        path.write_text(script.replace("\n ", " "))
        output = subprocess.run(
            ["pgbench", "-n", "-M", "prepared", "-c", "8", "-T", str(seconds), "-f", path,
             "-D", f"k={time.time_ns() // 1000}", self.url],
            check=True, capture_output=True, text=True, env={**os.environ, "PGOPTIONS": SETTINGS}).stdout
        failed = int(re.search(r"number of failed transactions: (\d+)", output)[1])
        if failed:
            raise Failure(f"{failed} transactions of pgbench failed")
        return float(re.search(r"tps = ([\d.]+)", output)[1])
