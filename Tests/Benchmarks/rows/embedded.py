"""The daemon without any set-up: how soon it answers, what it needs, what it carries."""

import pathlib

from harness import subjects
from harness.line import MEBIBYTES, MILLISECONDS, Line, Series, at_most
from harness.measure import alternate, throughput
from harness.registry import row

SPAWNS = 15
SAMPLE = pathlib.Path(__file__).resolve().parents[3] / "schema/sample/bureau.ndjson"


@row("start")
def start(bench):
    home = bench.embedded(bench.subjects)

    def milliseconds():
        with bench.daemon(home=home) as daemon:
            return daemon.start_seconds * 1000

    yield Line("start to the first answer, embedded", Series([milliseconds() for _ in range(SPAWNS)], MILLISECONDS),
               target=at_most(30), note=f"{SPAWNS} starts")


@row("memory")
def memory(bench):
    """A daemon of its own: what it keeps resident at most while a million requests pass."""
    known = bench.population(bench.subjects)
    stores = {
        "embedded": {"home": bench.embedded(bench.subjects)},
        "Redis": {"c": bench.redis(bench.subjects)[0]},
    }
    with bench.requests(subjects.latest(known.round_and_round(1_000_000))) as file:
        for name, on in stores.items():
            with bench.daemon(**on) as daemon:
                run = daemon.run(file)
            yield Line(f"resident after a million event.latest, {name}", Series([run.peak_mebibytes], MEBIBYTES),
                       target=at_most(64), note=f"{run.rate:,.0f} requests/s")


@row("sample")
def sample(bench):
    """Each round on a new home: eight methods, with the writes of A and B synced to the disk."""
    homes = (bench.folder / f"home-of-sample-{turn}" for turn in range(bench.rounds))
    with bench.requests(ids_from_zero(SAMPLE)) as file:

        def ours():
            with bench.daemon(home=next(homes)) as daemon:
                return daemon.run(file)

        (runs,) = alternate(bench.rounds, ours)
    yield throughput("the sample, embedded", runs)


def ids_from_zero(path):
    """The requests of a file, with the ids that the driver counts on."""
    with open(path) as file:
        for number, line in enumerate(file):
            yield line.replace(f'"id":{number + 1},', f'"id":{number},', 1)
