"""What the pipe alone can carry."""

from harness import subjects
from harness.line import at_least
from harness.measure import alternate, throughput
from harness.registry import row


@row("system.ping")
def system_ping(bench):
    with bench.daemon() as daemon, bench.requests(subjects.pings(bench.count(3_000_000))) as file:
        (runs,) = alternate(bench.rounds, lambda: daemon.run(file))
    yield throughput("system.ping", runs, target=at_least(2_000_000))
