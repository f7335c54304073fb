"""Base C on Redis, against redis-benchmark with one connection and the commands that the daemon sends."""

import random

from harness import subjects
from harness.line import at_least
from harness.measure import alternate, throughput
from harness.registry import row

FEW = 1000


def against_redis_benchmark(bench, daemon, bare, method, lines, requests, targets):
    """`lines` makes the requests of a round."""
    with bench.requests(lines(1)) as file:
        command = bare.command(lambda: daemon.run(file))

    def ours():
        with bench.requests(lines(requests)) as file:
            return daemon.run(file)

    depths = list(targets)
    runs, *rates = alternate(
        bench.rounds, ours, *(lambda depth=depth: bare.benchmark(command, depth, requests) for depth in depths))
    for depth, rate in zip(depths, rates):
        yield throughput(f"{method}, Redis; redis-benchmark -P {depth}", runs, rate, targets[depth])


@row("event.latest")
def event_latest(bench):
    url, bare = bench.redis(bench.subjects)
    cpfs = bench.population(bench.subjects)
    with bench.daemon(c=url) as daemon:
        yield from against_redis_benchmark(
            bench, daemon, bare, "event.latest", lambda count: subjects.latest(cpfs.round_and_round(count)),
            bench.count(800_000), {64: None, 512: at_least(0.9)})


@row("event.latest of few")
def event_latest_of_few(bench):
    """So few subjects that Redis finds them at once: what is measured is the daemon."""
    url, bare = bench.redis(FEW)
    cpfs = bench.population(FEW)
    with bench.daemon(c=url) as daemon:
        for line in against_redis_benchmark(
                bench, daemon, bare, f"event.latest of {FEW:,} subjects",
                lambda count: subjects.latest(cpfs.round_and_round(count)), bench.count(1_000_000),
                {512: at_least(0.8)}):
            line.note = "daemon's CPU at most 1.3 s/M"
            yield line


@row("event.record")
def event_record(bench):
    url, bare = bench.redis(bench.subjects)
    cpfs = bench.population(bench.subjects)

    def movements(count):
        return subjects.movements(cpfs.round_and_round(count), cpfs.count, seed=random.random())

    with bench.daemon(c=url) as daemon:
        yield from against_redis_benchmark(
            bench, daemon, bare, "event.record", movements, bench.count(150_000),
            {64: at_least(1.2), 512: at_least(0.7)})
