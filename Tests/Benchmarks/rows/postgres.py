"""Base A on PostgreSQL, against pgbench with eight connections and one person a transaction."""

import itertools

from harness import subjects
from harness.line import at_least
from harness.measure import alternate, throughput
from harness.registry import row

PGBENCH_SECONDS = 2


@row("person.get")
def person_get(bench):
    url, bare = bench.postgres(bench.subjects)
    lines = subjects.person_gets(bench.population(bench.subjects).round_and_round(bench.count(100_000)))
    with bench.daemon(a=url) as daemon, bench.requests(lines) as file:
        runs, plain, pipelined = alternate(
            bench.rounds, lambda: daemon.run(file), lambda: bare.reads(PGBENCH_SECONDS),
            lambda: bare.pipelined_reads(PGBENCH_SECONDS))
    yield throughput("person.get with audit, PostgreSQL; pgbench -c 8", runs, plain, at_least(12))
    yield throughput("person.get with audit, PostgreSQL; pgbench \\startpipeline", runs, pipelined)


@row("person.create")
def person_create(bench):
    url, bare = bench.postgres(bench.subjects)
    unborn = newcomers(bench)
    with bench.daemon(a=url) as daemon:

        def ours():
            with bench.requests(subjects.person_creates(next(unborn).cpfs)) as file:
                return daemon.run(file)

        runs, rates = alternate(bench.rounds, ours, lambda: bare.creates(PGBENCH_SECONDS))
    yield throughput("person.create, durable, PostgreSQL; pgbench -c 8", runs, rates, at_least(6))


def newcomers(bench):
    """Subjects who are in no store yet, some for each round."""
    count = bench.count(60_000)
    first = 500_000_000
    return (subjects.Subjects(count, first=first + turn * count) for turn in itertools.count())
