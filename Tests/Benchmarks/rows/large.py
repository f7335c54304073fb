"""A million persons imported through one pipe."""

from harness import subjects
from harness.line import Line, RATE, MEBIBYTES, Series
from harness.registry import row

STEP, STEPS = 100_000, 10


@row("a million creates", is_large=True)
def a_million_creates(bench):
    """Into an empty database; the rate of each hundred thousand beside that of the first."""
    server = bench.postgres_server
    server.create("creditd_import")
    url = server.url("creditd_import")
    bench.migrate(a=url)
    with bench.daemon(a=url) as daemon:
        first = None
        for step in range(STEPS):
            with bench.requests(subjects.person_creates(subjects.Subjects(STEP, first=step * STEP).cpfs)) as file:
                run = daemon.run(file)
            first = first or run
            yield Line(
                f"person.create, PostgreSQL, to {(step + 1) * STEP:,}; the first {STEP:,}", Series([run.rate], RATE),
                Series([first.rate], RATE), memory=Series([run.peak_mebibytes], MEBIBYTES))
