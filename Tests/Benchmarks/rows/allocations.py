"""Allocations for a request: malloc and its kin, counted in the daemon by a library that is loaded before it."""

import contextlib
import struct

from harness import subjects
from harness.line import COUNT, Line, Series
from harness.registry import row


@row("allocations")
def allocations(bench):
    known = bench.population(bench.subjects)
    redis, postgres = {"c": bench.redis(bench.subjects)[0]}, {"a": bench.postgres(bench.subjects)[0]}
    for name, on, lines, count in (
        ("system.ping", {}, subjects.pings, 200_000),
        ("event.latest, Redis", redis, lambda count: subjects.latest(known.round_and_round(count)), 200_000),
        ("event.record, Redis", redis,
         lambda count: subjects.movements(known.round_and_round(count), known.count, name), 50_000),
        ("person.get, PostgreSQL", postgres,
         lambda count: subjects.person_gets(known.round_and_round(count)), 50_000),
    ):
        with counting(bench, on) as (daemon, allocated), bench.requests(lines(bench.count(count))) as file:
            daemon.run(file)  # buffers grow to their size
            before = allocated()
            answers = daemon.run(file).answers
            yield Line(f"allocations for each {name}", Series([(allocated() - before) / answers], COUNT))


@contextlib.contextmanager
def counting(bench, on):
    """A daemon, and a function that tells its allocations so far."""
    path = bench.folder / "allocations"
    path.write_bytes(bytes(8))
    counter = ["env", f"LD_PRELOAD={bench.native.library('count_allocations')}", f"BENCH_ALLOCATIONS={path}"]
    with bench.daemon(**on, wrapped_by=counter) as daemon:
        yield daemon, lambda: struct.unpack("Q", path.read_bytes())[0]
