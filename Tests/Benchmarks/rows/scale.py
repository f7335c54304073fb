"""More in flight, more subjects, more daemons."""

import contextlib

from harness import subjects
from harness.line import RATE, Line, Series, at_least
from harness.measure import alternate, throughput
from harness.registry import row

SIZES = [1_000, 100_000]


def cases(bench, count):
    """What a daemon is given its stores by, and what it is asked, for a store of so many subjects."""
    known = bench.population(count)
    yield ("event.latest, Redis", {"c": bench.redis(count)[0]},
           lambda number: subjects.latest(known.round_and_round(number)), bench.count(400_000))
    yield ("person.get, PostgreSQL", {"a": bench.postgres(count)[0]},
           lambda number: subjects.person_gets(known.round_and_round(number)), bench.count(60_000))


@row("in flight")
def in_flight(bench):
    for name, on, lines, most in cases(bench, bench.subjects):
        with bench.daemon(**on) as daemon:
            for window, count in ((1, most // 40), (64, most // 2), (0, most)):
                with bench.requests(lines(count)) as file:
                    (runs,) = alternate(bench.rounds, lambda: daemon.run(file, window=window))
                yield throughput(f"{name}, {window or 'all'} in flight", runs)


@row("subjects")
def sizes(bench, counts=SIZES):
    """The rate on each number of subjects beside that on the fewest; an index may cost its logarithm."""
    for few, many in zip(cases(bench, counts[0]), cases(bench, counts[-1])):
        name, _, _, count = few
        with contextlib.ExitStack() as stack:
            measures = []
            for _, on, lines, _ in (few, many):
                daemon = stack.enter_context(bench.daemon(**on))
                file = stack.enter_context(bench.requests(lines(count)))
                measures.append(lambda daemon=daemon, file=file: daemon.run(file))
            base, runs = alternate(bench.rounds, *measures)
        yield throughput(f"{name}, {counts[-1]:,} subjects; {counts[0]:,}", runs, [run.rate for run in base],
                         at_least(0.8))


@row("a million subjects", is_large=True)
def a_million_subjects(bench):
    yield from sizes(bench, [SIZES[0], 1_000_000])


@row("daemons")
def daemons(bench):
    """The rate of several daemons together beside that of one."""
    for name, on, lines, count in cases(bench, bench.subjects):
        with contextlib.ExitStack() as stack:
            fleet = [stack.enter_context(bench.daemon(**on)) for _ in range(4)]
            file = stack.enter_context(bench.requests(lines(count)))
            one, two, four = alternate(
                bench.rounds, *(lambda size=size: together(fleet[:size], file) for size in (1, 2, 4)))
        for size, rates in ((2, two), (4, four)):
            yield Line(f"{name}, {size} daemons; one", Series(rates, RATE), Series(one, RATE))


def together(fleet, file):
    """Requests a second of daemons that are given the same requests at the same time."""
    for daemon in fleet:
        daemon.begin(file)
    runs = [daemon.end() for daemon in fleet]
    return sum(run.answers for run in runs) / max(run.seconds for run in runs)
