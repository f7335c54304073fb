"""Base B on the DynamoDB API, against boto3. The server is moto, in Python, and what both sides mostly wait for."""

from harness import subjects
from harness.line import at_least
from harness.measure import alternate, throughput
from harness.registry import row


@row("profile.get")
def profile_get(bench):
    url, bare = bench.dynamodb
    known = bench.population(len(bare.keys))
    count = 3 * known.count
    with bench.daemon(b=url) as daemon, bench.requests(subjects.profile_gets(known.round_and_round(count))) as file:
        runs, rates = alternate(min(bench.rounds, 3), lambda: daemon.run(file), lambda: bare.reads(count))
    yield throughput("profile.get, DynamoDB API (moto); boto3's BatchGetItem", runs, rates, at_least(1),
                     note=f"{known.count} subjects")
