"""One request at a time: the daemon through its pipe, against the least that C can do for the same answer."""

import subprocess

from harness import subjects
from harness.daemon import Daemon
from harness.line import at_most
from harness.measure import alternate, latency
from harness.registry import row

WITHIN_THREEFOLD = {"p50": at_most(3)}


@row("one embedded")
def one_embedded(bench):
    """Against a C program that answers lines through a pipe by a select of SQLite."""
    known = bench.population(bench.subjects)
    program, database = bench.native.program("sqlite_answers"), bench.folder / "sqlite_answers.db"
    subprocess.run([program, database, "make"], input="".join(f"{cpf}\n" for cpf in known.cpfs), text=True, check=True)
    lines = subjects.latest(known.round_and_round(bench.count(10_000)))
    with bench.daemon(home=bench.embedded(bench.subjects)) as daemon, bench.requests(lines) as file, \
            Daemon(bench.native.program("drive"), [program, database]) as bare:
        ours, theirs = alternate(
            bench.rounds, lambda: daemon.run(file, window=1).latency, lambda: bare.run(file, window=1).latency)
    yield from latency("one event.latest, embedded; C, a pipe and SQLite", ours, theirs, WITHIN_THREEFOLD)


@row("one redis")
def one_redis(bench):
    """Against hiredis, which has no pipe to pass."""
    url, bare = bench.redis(bench.subjects)
    program, count = bench.native.program("redis_roundtrip"), bench.count(10_000)
    lines = subjects.latest(bench.population(bench.subjects).round_and_round(count))
    with bench.daemon(c=url) as daemon, bench.requests(lines) as file:
        ours, theirs = alternate(
            bench.rounds, lambda: daemon.run(file, window=1).latency, lambda: bare.round_trips(program, count))
    yield from latency("one event.latest, Redis; hiredis", ours, theirs, WITHIN_THREEFOLD)


@row("one postgres")
def one_postgres(bench):
    """Against libpq with the same statements in one round trip."""
    url, bare = bench.postgres(bench.subjects)
    program, count = bench.native.program("postgres_roundtrip"), bench.count(1_000)
    lines = subjects.person_gets(bench.population(bench.subjects).round_and_round(count))
    with bench.daemon(a=url) as daemon, bench.requests(lines) as file:
        ours, theirs = alternate(
            bench.rounds, lambda: daemon.run(file, window=1).latency, lambda: bare.round_trips(program, count))
    yield from latency("one person.get, PostgreSQL; libpq", ours, theirs, {})
