"""More in flight, more subjects, more daemons."""

import contextlib
import dataclasses
import statistics
from collections.abc import Callable, Iterable

from harness import subjects
from harness.line import RATE, Line, Series
from harness.measure import alternate, throughput
from harness.registry import row

SIZES = [1_000, 100_000]
PGBENCH_SECONDS = 1


@dataclasses.dataclass
class Case:
    """A daemon's stores, with so many subjects, and what it is asked."""

    name: str
    stores: dict[str, str]
    lines: Callable[[int], Iterable[str]]
    requests: int
    bare: Callable[[], float]  # requests a second of the bare client


def cases(bench, count):
    known = bench.population(count)
    redis, bare_redis = bench.redis(count)
    with bench.daemon(c=redis) as daemon, bench.requests(subjects.latest(known.cpfs[:1])) as file:
        command = bare_redis.command(lambda: daemon.run(file))
    requests = bench.count(400_000)
    yield Case("event.latest, Redis", {"c": redis}, lambda number: subjects.latest(known.round_and_round(number)),
               requests, lambda: bare_redis.benchmark(command, 512, requests))
    postgres, bare_postgres = bench.postgres(count)
    yield Case("person.get, PostgreSQL", {"a": postgres},
               lambda number: subjects.person_gets(known.round_and_round(number)), bench.count(60_000),
               lambda: bare_postgres.reads(PGBENCH_SECONDS))


@row("in flight")
def in_flight(bench):
    for case in cases(bench, bench.subjects):
        with bench.daemon(**case.stores) as daemon:
            for window, part in ((1, 40), (64, 2), (0, 1)):
                with bench.requests(case.lines(case.requests // part)) as file:
                    (runs,) = alternate(bench.rounds, lambda: daemon.run(file, window=window))
                yield throughput(f"{case.name}, {window or 'all'} in flight", runs)


@row("subjects")
def sizes(bench, counts=SIZES):
    """The rate with many subjects beside that with few: an index costs its logarithm, and leaves the processor's
    caches, for the bare client as well."""
    for few, many in zip(cases(bench, counts[0]), cases(bench, counts[1])):
        with contextlib.ExitStack() as stack:
            measures = [few.bare, many.bare]
            for case in (few, many):
                daemon = stack.enter_context(bench.daemon(**case.stores))
                file = stack.enter_context(bench.requests(case.lines(case.requests)))
                measures.append(lambda daemon=daemon, file=file: daemon.run(file))
            bare_few, bare_many, runs_few, runs_many = alternate(bench.rounds, *measures)
        bare = statistics.median(theirs / base for theirs, base in zip(bare_many, bare_few))
        yield throughput(f"{few.name}, {counts[1]:,} subjects; {counts[0]:,}", runs_many,
                         [run.rate for run in runs_few], note=f"the bare client's ratio: {bare:.2f}")


@row("a million subjects", is_large=True)
def a_million_subjects(bench):
    yield from sizes(bench, [SIZES[0], 1_000_000])


@row("daemons")
def daemons(bench):
    """The rate of several daemons together beside that of one."""
    for case in cases(bench, bench.subjects):
        with contextlib.ExitStack() as stack:
            fleet = [stack.enter_context(bench.daemon(**case.stores)) for _ in range(4)]
            file = stack.enter_context(bench.requests(case.lines(case.requests)))
            one, two, four = alternate(
                bench.rounds, *(lambda size=size: together(fleet[:size], file) for size in (1, 2, 4)))
        for size, rates in ((2, two), (4, four)):
            yield Line(f"{case.name}, {size} daemons; one", Series(rates, RATE), Series(one, RATE))


def together(fleet, file):
    """Requests a second of daemons that are given the same requests at the same time."""
    for daemon in fleet:
        daemon.begin(file)
    runs = [daemon.end() for daemon in fleet]
    return sum(run.answers for run in runs) / max(run.seconds for run in runs)
