"""Rounds of a daemon and its rivals, one after the other, so that what disturbs the machine disturbs them alike."""

from harness.line import COUNT, MEBIBYTES, MICROSECONDS, RATE, Line, Series


def alternate(rounds, *measures):
    """The results of each measure, over the rounds."""
    results = [[measure() for measure in measures] for _ in range(rounds)]
    return [list(column) for column in zip(*results)]


def throughput(work, runs, bare=None, target=None, note=""):
    """A line of requests a second; `bare` are rates."""
    return Line(
        work, Series([run.rate for run in runs], RATE), bare and Series(bare, RATE), target,
        cpu=Series([run.cpu_seconds_for_a_million for run in runs], COUNT),
        memory=Series([run.peak_mebibytes for run in runs], MEBIBYTES), note=note)


def latency(work, ours, theirs, targets):
    """A line for each percentile; `targets` are by its name."""
    for name, title in (("p50", "p50"), ("p99", "p99"), ("p999", "p99.9")):
        yield Line(
            f"{work}, {title}", Series([values[name] for values in ours], MICROSECONDS),
            Series([values[name] for values in theirs], MICROSECONDS), targets.get(name))
