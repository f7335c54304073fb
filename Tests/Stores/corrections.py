"""Corrections, disputes and reports by two daemons that are killed at random, on three stores.

In the end every answered correction and dispute stands once in its person's requests, with the outcome that was
answered last; every answered report has left one query and its audit record; and `creditd consistency check` finds no
difference.
"""

import json
import os
import random
import subprocess
import time

import load
import stores
from erasures import Plain, consistency
from repeats import DEBT, Write

KILLS = 300
SUBJECTS = 200
CALLS_OF_ROUND = 12


class Population:
    """Subjects with two debts each, and what was asked about them."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.subjects = [load.cpf(430_000_000 + number) for number in range(SUBJECTS)]
        self.debts = {}
        self.calls = []

    def make(self):
        number = len(self.calls)
        subject = self.random.choice(self.subjects)
        open_disputes = [call for call in self.calls if call.method == "dispute.open" and call.subject == subject
                         and call.result and call.result["opened"]]
        debt = self.random.choice(self.debts[subject])
        method, params = self.random.choice([
            ("subject.correct", {"patch": {"phone": f"+55119{number:08}"}}),
            ("subject.correct", {"note": f"Nota {number}"}),
            ("dispute.open", {"debtId": debt, "reason": "wrong_amount"}),
            ("report.get", {"purpose": "credit_protection", "requester": f"Banco {number}"}),
        ] + [
            ("dispute.resolve", {"requestId": dispute.result["requestId"], "resolution": self.random.choice(
                ["kept", "corrected"])})
            for dispute in open_disputes[-1:]])
        if params.get("resolution") == "corrected":
            params["patch"] = {"amountCents": 1000 + number}
        call = Write(number, method, {"cpf": subject, **params})
        self.calls.append(call)
        return call

    def answered(self, method):
        return [call for call in self.calls if call.method == method and call.result]


def corrections(trial, kills=KILLS, seed=16):
    started = trial.started
    stores.postgres(started)
    stores.redis(started, "--appendonly", "yes", "--appendfsync", "always")
    stores.dynamodb_stand_in(started)
    trial.environment.update(started.environment)
    trial.environment.update({
        "CREDITD_BASE_A": started.environment["CREDITD_TEST_POSTGRES"],
        "CREDITD_BASE_B": f"dynamodb://corrections?endpoint={started.environment['CREDITD_TEST_DYNAMODB_STAND_IN']}",
        "CREDITD_BASE_C": started.environment["CREDITD_TEST_REDIS"], "CREDITD_ROLE": "owner"})
    load.prepare(trial.creditd, trial.home, trial.environment)
    population = Population(seed)
    made = load.ask(trial.command, trial.environment, {
        number: load.request(number, method, params)
        for number, (method, params) in enumerate(
            (method, params) for subject in population.subjects for method, params in (
                ("person.create", {**load.person(subject), "debts": [DEBT, DEBT]}),
                ("profile.put", load.profile(subject))))})
    for number, subject in enumerate(population.subjects):
        population.debts[subject] = made[2 * number]["result"]["debtIds"]
    daemons = [Plain(trial.command, trial.environment) for _ in range(2)]
    try:
        for number in range(kills):
            calls = [population.make() for _ in range(CALLS_OF_ROUND)]
            for index, daemon in enumerate(daemons):
                daemon.send(calls[index::2])
            time.sleep(population.random.uniform(0, 0.06))
            victim = population.random.randrange(2)
            daemons[victim].kill()
            trial.expect(daemons[1 - victim].wait(30), "the daemon that lives answers everything")
            daemons[victim] = Plain(trial.command, trial.environment)
            if number % 50 == 49:
                print(f"corrections: {number + 1} kills, {len(population.calls)} calls, "
                      f"{sum(bool(call.result) for call in population.calls)} answered", flush=True)
    finally:
        for daemon in daemons:
            daemon.end()
    report = consistency(trial)
    print(f"corrections: {kills} kills, {report}", flush=True)
    trial.expect(report["differences"] == 0 and report["auditFindings"] == 0, f"the bases agree: {report}")
    verify(trial, population)


def verify(trial, population):
    """Compares what is there with what was answered."""
    requests = {request["requestId"]: request for request in pages(trial, "subject.requests", "requests", state="all")}
    ended = {call.params["requestId"]: call.params["resolution"] for call in population.answered("dispute.resolve")}
    tried = {call.params["requestId"] for call in population.calls if call.method == "dispute.resolve"}
    for call in population.answered("dispute.open"):
        there = requests.get(call.result["requestId"], {})
        trial.expect(there.get("debtId") == call.params["debtId"], f"a dispute that was answered is there: {there}")
        expected = ended.get(call.result["requestId"])
        trial.expect(there.get("outcome") == expected or not expected and call.result["requestId"] in tried,
                     f"a dispute ended as {there.get('outcome')}, and was answered {expected}")
    corrected = population.answered("subject.correct")
    for call in corrected:
        there = requests.get(call.result["requestId"], {})
        outcome = "corrected" if "patch" in call.params else None
        trial.expect(there.get("kind") == "correction" and there.get("outcome") == outcome,
                     f"a correction that was answered is there: {there}")
    for subject in population.subjects:
        versions = [call.result["version"] for call in corrected if call.subject == subject and "version" in call.result]
        trial.expect(len(set(versions)) == len(versions), "no version of a person is given twice")
    opened = len({call.result["requestId"] for call in population.answered("dispute.open")})
    sent = sum(call.method == "dispute.open" for call in population.calls)
    there = sum(request["kind"] == "dispute" for request in requests.values())
    trial.expect(opened <= there <= sent, f"{there} disputes are there, {opened} were answered, {sent} were sent")
    reports = population.answered("report.get")
    queries = {}
    for subject in {call.subject for call in reports}:
        for event in pages(trial, "event.history", "events", cpf=subject, kind="bureau_query"):
            queries[event["requester"]] = queries.get(event["requester"], 0) + 1
    exported = subprocess.run(
        [trial.creditd, "audit", "export", "--home", trial.home], capture_output=True, check=True,
        env={**os.environ, **trial.environment})
    audited = {}
    for record in map(json.loads, exported.stdout.splitlines()):
        if record.get("method") == "report.get" and record.get("base") == "A":
            audited[record["requester"]] = audited.get(record["requester"], 0) + 1
    for call in reports:
        requester = call.params["requester"]
        trial.expect(queries.get(requester) == 1, f"a report has left {queries.get(requester)} queries")
        trial.expect(audited.get(requester) == 1, f"a report has left {audited.get(requester)} audit records")
    print(f"corrections: {len(corrected)} corrections, {opened} disputes, {len(ended)} ends of disputes and "
          f"{len(reports)} reports were answered, and are there once", flush=True)


def pages(trial, method, member, **params):
    found, cursor = [], {}
    while True:
        page = load.ask(trial.command, trial.environment, {
            1: load.request(1, method, {**params, "limit": 100, **cursor})})[1]["result"]
        found += page[member]
        if "nextCursor" not in page:
            return found
        cursor = {"cursor": page["nextCursor"]}
