"""Erasures among writes and reports, by two daemons that are killed at random, on three stores.

In the end no erased person answers anywhere, also after an older copy of each base is put back, and `creditd consistency
check` finds no difference; but for the older profiles of base B, until they are accepted, and the older log of base A,
until its witness is set aside.
"""

import json
import os
import random
import socket
import subprocess
import time
import urllib.parse

import load
import stores
from repeats import Daemon, Write

KILLS = 200
SUBJECTS = 2000
WRITES_OF_ROUND = 12
PENDING_SECONDS = 60  # longer than a lock and the pause of a worker
PURPOSE = {"purpose": "data_subject_request"}
FORBIDDEN, NOT_FOUND = 1004, 1001


class Population:
    """Subjects, some of whom are erased on the way."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.subjects = [load.cpf(420_000_000 + number) for number in range(SUBJECTS)]
        self.erased = []
        self.number = 0

    def make(self):
        self.number += 1
        subject = self.random.choice(self.subjects)
        if self.random.random() < 0.25:
            self.erased.append(subject)
            return Write(self.number, "subject.erase", {"cpf": subject, "reason": "subject_request"})
        method, params = self.random.choice([
            ("person.create", load.person(subject)),
            ("profile.put", load.profile(subject)),
            ("score.compute", {"cpf": subject}),
            ("event.record", load.movement(subject, f"e{self.number}", self.number)),
            ("person.update", {"cpf": subject, "patch": {"phone": f"+55119{self.number:08}"}}),
            ("report.get", {"cpf": subject, "purpose": "credit_protection", "requester": "Banco Exemplo"}),
        ])
        return Write(self.number, method, params)


class Plain(Daemon):
    """A daemon whose requests have no key."""

    def send(self, writes):
        lines = []
        for write in writes:
            self.number += 1
            with self.lock:
                self.waiting[self.number] = write
            lines.append(load.request(self.number, write.method, write.params))
        try:
            self.process.stdin.write("".join(lines).encode())
            self.process.stdin.flush()
        except (BrokenPipeError, ValueError):
            pass


def erasures(trial, kills=KILLS, seed=13):
    started = trial.started
    stores.postgres(started)
    stores.redis(started, "--appendonly", "yes", "--appendfsync", "always")
    stores.dynamodb_stand_in(started)
    trial.environment.update(started.environment)
    trial.environment.update({
        "CREDITD_BASE_A": started.environment["CREDITD_TEST_POSTGRES"],
        "CREDITD_BASE_B": f"dynamodb://erasures?endpoint={started.environment['CREDITD_TEST_DYNAMODB_STAND_IN']}",
        "CREDITD_BASE_C": started.environment["CREDITD_TEST_REDIS"], "CREDITD_ROLE": "owner"})
    load.prepare(trial.creditd, trial.home, trial.environment)
    population = Population(seed)
    load.ask(trial.command, trial.environment, {
        number: load.request(number, method, params)
        for number, (method, params) in enumerate(
            (method, params) for subject in population.subjects for method, params in (
                ("person.create", load.person(subject)), ("profile.put", load.profile(subject)),
                ("event.record", load.movement(subject, "first"))))})
    former = Copies(started)
    daemons = [Plain(trial.command, trial.environment) for _ in range(2)]
    answered = set()
    try:
        for number in range(kills):
            writes = [population.make() for _ in range(WRITES_OF_ROUND)]
            for index, daemon in enumerate(daemons):
                daemon.send(writes[index::2])
            time.sleep(population.random.uniform(0, 0.06))
            victim = population.random.randrange(2)
            daemons[victim].kill()
            trial.expect(daemons[1 - victim].wait(30), "the daemon that lives answers everything")
            daemons[victim] = Plain(trial.command, trial.environment)
            answered.update(write.subject for write in writes if write.method == "subject.erase" and write.answers)
            if number % 50 == 49:
                print(f"erasures: {number + 1} kills, {len(population.erased)} erasures, "
                      f"{len(answered)} persons answered", flush=True)
        # Erasures whose daemons were killed end without anybody asking for them.
        deadline = time.monotonic() + PENDING_SECONDS
        while consistency(trial)["openErasures"] and time.monotonic() < deadline:
            time.sleep(1)
    finally:
        for daemon in daemons:
            daemon.end()
    report = consistency(trial)
    print(f"erasures: {kills} kills, {len(set(population.erased))} persons, {report}", flush=True)
    trial.expect(report["differences"] == 0, f"the bases agree: {report}")
    # A request that was never read erases nobody.
    for base in report["bases"]:
        trial.expect(base["tombstones"] >= len(answered) > 0, f"{base}, {len(answered)} persons' erasures were answered")
    ask_again(trial, population)
    nobody(trial, population, "after the kills")
    # Base B first: what the audit log in an older base A tells is not newer than the older base B.
    for base in ("B", "A", "C"):
        former.put_back(base)
        before = consistency(trial)
        trial.expect(before["differences"] > 0, f"base {base} from before is told: {before}")
        nobody(trial, population, f"after base {base} was put back")
        if base == "A":
            trial.expect(before["missingLeaves"] > 0, f"the older log is told: {before}")
            os.remove(f"{trial.home}/audit-witness")
        if base == "B":
            found = sum(each.get("putBack", 0) for each in consistency(trial)["bases"])
            trial.expect(found > 0, "older profiles are told")
            print(f"erasures: {found} older profiles are accepted", flush=True)
            command(trial, "accept")
        report = consistency(trial)
        trial.expect(report["differences"] == 0, f"the bases agree after base {base} was put back: {report}")
        print(f"erasures: base {base} put back, {before['differences']} differences, "
              f"after the next start {report['differences']}", flush=True)


def consistency(trial):
    return command(trial, "check")


def command(trial, name):
    found = subprocess.run(
        [trial.creditd, "consistency", name, "--json", "--home", trial.home], capture_output=True,
        env={**os.environ, **trial.environment})
    return json.loads(found.stdout)


def ask_again(trial, population):
    """Who asks again is given the certificate, which is the same each time."""
    erased = sorted(set(population.erased))
    requests = {number: load.request(number, "subject.erase", {"cpf": subject, "reason": "purpose_ended"})
                for number, subject in enumerate(erased)}
    first, second = (load.ask(trial.command, trial.environment, requests) for _ in range(2))
    for number in requests:
        result = first[number].get("result", {})
        trial.expect(result.get("status") == "erased" and "auditRecordId" in result, f"erased, not {first[number]}")
        trial.expect(first[number] == second[number], "the certificate stays the same")


def nobody(trial, population, when):
    """No erased person answers anywhere, and nothing can be written about one."""
    reads = [
        ("person.get", PURPOSE, NOT_FOUND), ("debt.list", PURPOSE, NOT_FOUND), ("profile.get", {}, NOT_FOUND),
        ("report.get", {"purpose": "credit_protection", "requester": "Banco Exemplo"}, NOT_FOUND),
        ("score.history", {}, {"scores": []}), ("event.history", {}, {"events": []}),
        ("event.latest", {}, {"bureau_query": None, "movement": None, "card_purchase": None}),
    ]
    writes = [("person.create", load.person), ("profile.put", load.profile),
              ("event.record", lambda subject: load.movement(subject, "late"))]
    requests, expected = {}, {}
    for subject in sorted(set(population.erased)):
        for method, params, outcome in reads:
            expected[len(requests)] = (method, outcome)
            requests[len(requests)] = load.request(len(requests), method, {"cpf": subject, **params})
        for method, make in writes:
            expected[len(requests)] = (method, FORBIDDEN)
            requests[len(requests)] = load.request(len(requests), method, make(subject))
    answers = load.ask(trial.command, trial.environment, requests)
    wrong = {}
    for number, (method, outcome) in expected.items():
        said = load.code(answers[number]) if isinstance(outcome, int) else answers[number].get("result")
        if said != outcome:
            wrong.setdefault(method, []).append(answers[number])
    for method, answers in wrong.items():
        trial.expect(False, f"{when}: {len(answers)} erased persons answer {method}, as {str(answers[0])[:200]}")
    print(f"erasures: {when}, {len(requests)} requests about {len(set(population.erased))} erased persons, "
          f"{sum(map(len, wrong.values()))} wrong", flush=True)


class Copies:
    """Copies of the bases as they are now, to be put back later."""

    def __init__(self, started):
        self.postgres = started.environment["CREDITD_TEST_POSTGRES"]
        self.dump = started.folder / "former.sql"
        subprocess.run([stores.POSTGRES / "pg_dump", "-f", self.dump, self.postgres], check=True)
        address = urllib.parse.urlparse(started.environment["CREDITD_TEST_REDIS"])
        self.redis = Redis(address.hostname, address.port)
        self.values = {key: self.redis.ask("DUMP", key) for key in self.redis.ask("KEYS", "creditd:*")}
        self.table = dynamodb_table(started, "erasures")
        self.items = scanned(self.table)

    def put_back(self, base):
        if base == "A":
            for arguments in (["-c", "DROP SCHEMA public CASCADE; CREATE SCHEMA public"], ["-f", self.dump]):
                subprocess.run(
                    [stores.POSTGRES / "psql", "-q", "-v", "ON_ERROR_STOP=1", self.postgres, *arguments], check=True,
                    stdout=subprocess.DEVNULL)
        elif base == "B":
            names = [key["AttributeName"] for key in self.table.key_schema]
            with self.table.batch_writer() as batch:
                for item in scanned(self.table):
                    batch.delete_item(Key={name: item[name] for name in names})
            with self.table.batch_writer() as batch:
                for item in self.items:
                    batch.put_item(Item=item)
        else:
            self.redis.ask("FLUSHALL")
            for key, value in self.values.items():
                self.redis.ask("RESTORE", key, "0", value)


def dynamodb_table(started, name):
    import boto3

    environment = started.environment
    return boto3.resource(
        "dynamodb", endpoint_url=environment["CREDITD_TEST_DYNAMODB_STAND_IN"], region_name=environment["AWS_REGION"],
        aws_access_key_id=environment["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=environment["AWS_SECRET_ACCESS_KEY"]).Table(name)


def scanned(table):
    items, start = [], {}
    while True:
        page = table.scan(**start)
        items += page["Items"]
        if "LastEvaluatedKey" not in page:
            return items
        start = {"ExclusiveStartKey": page["LastEvaluatedKey"]}


class Redis:
    """A connection that asks one thing after the other."""

    def __init__(self, host, port):
        self.socket = socket.create_connection((host, port))
        self.file = self.socket.makefile("rb")

    def ask(self, *words):
        parts = [word if isinstance(word, bytes) else word.encode() for word in words]
        line = b"*%d\r\n" % len(parts) + b"".join(b"$%d\r\n%s\r\n" % (len(part), part) for part in parts)
        self.socket.sendall(line)
        return self.reply()

    def reply(self):
        head = self.file.readline()
        mark, rest = head[:1], head[1:-2]
        if mark == b"$":
            return None if rest == b"-1" else self.file.read(int(rest) + 2)[:-2]
        if mark == b"*":
            return [self.reply() for _ in range(int(rest))]
        if mark == b"-":
            raise SystemExit(rest.decode())
        return rest
