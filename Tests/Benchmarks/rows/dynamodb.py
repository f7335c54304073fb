"""Base B on the DynamoDB API, against boto3. The server is a stand-in in memory, since moto is slow."""

from harness import subjects
from harness.line import Line, Series, RATE, at_least
from harness.measure import alternate, throughput
from harness.registry import row

ROUNDS = 3
ONE_CALL_OF = 10  # is throttled


@row("profile.get")
def profile_get(bench):
    url, bare = bench.dynamodb()
    known = bench.population(len(bare.keys))
    count = bench.count(300_000)
    with bench.daemon(b=url) as daemon, bench.requests(subjects.profile_gets(known.round_and_round(count))) as file:
        runs, rates = alternate(
            min(bench.rounds, ROUNDS), lambda: daemon.run(file), lambda: bare.reads(bench.count(20_000)))
    yield throughput("profile.get, DynamoDB API; boto3's BatchGetItem", runs, rates, at_least(10))
    yield Line("the same, alone", Series([run.rate for run in runs], RATE), target=at_least(50_000))


@row("profile.put")
def profile_put(bench):
    url, bare = bench.dynamodb()
    known = bench.population(len(bare.keys))
    count = bench.count(60_000)
    with bench.daemon(b=url) as daemon, bench.requests(subjects.profile_puts(known.round_and_round(count))) as file:
        runs, rates = alternate(
            min(bench.rounds, ROUNDS), lambda: daemon.run(file), lambda: bare.writes(bench.count(4_000)))
    yield throughput("profile.put, DynamoDB API; boto3's UpdateItem", runs, rates, at_least(10))


@row("throttled")
def throttled(bench):
    """The rate of a server that refuses a tenth of the calls, beside one that refuses none."""
    calm, bare = bench.dynamodb()
    strained, _ = bench.dynamodb("--throttle", str(ONE_CALL_OF))
    known = bench.population(len(bare.keys))
    for method, lines, count in (("profile.get", subjects.profile_gets, 300_000),
                                 ("profile.put", subjects.profile_puts, 60_000)):
        with bench.daemon(b=strained) as slow, bench.daemon(b=calm) as fast, \
                bench.requests(lines(known.round_and_round(bench.count(count)))) as file:
            runs, rates = alternate(
                min(bench.rounds, ROUNDS), lambda: slow.run(file), lambda: fast.run(file).rate)
        yield throughput(f"{method}, one call of {ONE_CALL_OF} throttled; none", runs, rates, at_least(0.8))
