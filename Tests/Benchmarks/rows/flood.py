"""A flood for one base beside lone requests for another, in one pipe: what the flood does to their latency."""

import statistics

from harness import subjects
from harness.line import MICROSECONDS, Line, Series, at_most
from harness.measure import alternate
from harness.registry import row

FIRST_PROBE = 1_000_000_000
TARGETS = {64: 2, 512: 4}


@row("flood")
def flood(bench):
    """Up to 512 in flight the pipe is never full. Beyond, a probe waits in the pipe itself, behind what lies there.

    The same flood beside a bare client of Redis tells what is left to the daemon: that client has no pipe and no daemon
    to pass, only the machine to share with the flood and its servers.
    """
    known = bench.population(bench.subjects)
    count = bench.count(2_000)
    program, (redis, bare) = bench.native.program("redis_roundtrip"), bench.redis(bench.subjects)
    with bench.daemon(a=bench.postgres(bench.subjects)[0], c=redis) as daemon, \
            bench.requests(subjects.person_gets(known.round_and_round(known.count))) as flood, \
            bench.requests(subjects.latest(known.round_and_round(count))) as alone, \
            bench.requests(subjects.latest(known.round_and_round(count), first=FIRST_PROBE)) as probes:

        def bare_beside(window):
            daemon.begin(flood, window)
            latency = bare.round_trips(program, count)
            daemon.end()
            return latency

        unloaded, bare_unloaded, *loaded = alternate(
            bench.rounds,
            lambda: daemon.run(alone, window=1).latency["p99"],
            lambda: bare.round_trips(program, count)["p99"],
            *(lambda window=window: daemon.run(flood, window, probes) for window in TARGETS),
            *(lambda window=window: bare_beside(window)["p99"] for window in TARGETS))
    runs, bare_p99 = loaded[:len(TARGETS)], loaded[len(TARGETS):]
    for window, run, bare_loaded in zip(TARGETS, runs, bare_p99):
        rate = statistics.median(one.rate for one in run)
        yield Line(f"p99 of event.latest among {window} person.get in flight; alone",
                   Series([one.probes["p99"] for one in run], MICROSECONDS), Series(unloaded, MICROSECONDS),
                   at_most(TARGETS[window]), note=f"{rate:,.0f} requests/s, probes among them")
        yield Line(f"p99 of a bare GET beside {window} person.get in flight; alone",
                   Series(bare_loaded, MICROSECONDS), Series(bare_unloaded, MICROSECONDS))
