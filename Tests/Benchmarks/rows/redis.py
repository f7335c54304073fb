"""Base C on Redis, against redis-benchmark with one connection and the commands that the daemon sends."""

import random

from harness import subjects
from harness.line import at_least
from harness.measure import alternate, throughput
from harness.registry import row


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
            bench.count(800_000), {64: at_least(1.5), 512: at_least(0.8)})


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
