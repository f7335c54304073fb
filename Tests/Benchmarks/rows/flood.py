"""A flood for one base beside lone requests for another, in one pipe: what the flood does to their latency."""

import statistics

from harness import subjects
from harness.line import MICROSECONDS, Line, Series, at_most
from harness.measure import alternate
from harness.registry import row

FIRST_PROBE = 1_000_000_000
WINDOWS = [64, 512]


@row("flood")
def flood(bench):
    """Up to 512 in flight the pipe is never full. Beyond, a probe waits in the pipe itself, behind what lies there."""
    known = bench.population(bench.subjects)
    count = bench.count(2_000)
    on = {"a": bench.postgres(bench.subjects)[0], "c": bench.redis(bench.subjects)[0]}
    with bench.daemon(**on) as daemon, \
            bench.requests(subjects.person_gets(known.round_and_round(known.count))) as flood, \
            bench.requests(subjects.latest(known.round_and_round(count))) as alone, \
            bench.requests(subjects.latest(known.round_and_round(count), first=FIRST_PROBE)) as probes:
        unloaded, *loaded = alternate(
            bench.rounds, lambda: daemon.run(alone, window=1).latency["p99"],
            *(lambda window=window: daemon.run(flood, window, probes) for window in WINDOWS))
    for window, runs in zip(WINDOWS, loaded):
        rate = statistics.median(run.rate for run in runs)
        yield Line(f"p99 of event.latest among {window} person.get in flight; alone",
                   Series([run.probes["p99"] for run in runs], MICROSECONDS), Series(unloaded, MICROSECONDS),
                   at_most(2), note=f"{rate:,.0f} requests/s, probes among them")
