"""Two daemons on the same stores, killed at random, and a client that repeats each unanswered write under its key.

In the end each debt, payment, score, event and version exists once, and every repeated answer equals the first.
"""

import json
import os
import random
import signal
import subprocess
import threading
import time

import load
import stores

ROUNDS = 200
SUBJECTS = 12
WRITES_OF_ROUND = 8
ANSWER_SECONDS = 30
# What leaves open whether the write took place, or says that it did not for now.
TO_REPEAT = {"store_unavailable", "outcome_unknown", "deadline_exceeded", "busy", "audit_unavailable"}
DEBT = {"creditor": "Banco Exemplo", "amountCents": 150000, "annualInterestBasisPoints": 2400,
        "dueDate": "2030-06-30", "status": "open"}


class Write:
    """One write with its key, and each answer to it."""

    def __init__(self, number, method, params):
        self.key, self.method, self.params = f"key-{number}", method, params
        self.answers = []
        self.errors = []

    @property
    def subject(self):
        return self.params["cpf"]

    @property
    def result(self):
        return self.answers[0] if self.answers else None


class Daemon:
    """A daemon that may be killed, and the answers it gives until then."""

    def __init__(self, command, environment):
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env={**os.environ, **environment})
        self.waiting = {}
        self.number = 0
        self.lock = threading.Lock()
        self.reader = threading.Thread(target=self.read, daemon=True)
        self.reader.start()

    def send(self, writes):
        lines = []
        for write in writes:
            self.number += 1
            with self.lock:
                self.waiting[self.number] = write
            lines.append(load.request(self.number, write.method, write.params, meta={"idempotencyKey": write.key}))
        try:
            self.process.stdin.write("".join(lines).encode())
            self.process.stdin.flush()
        except (BrokenPipeError, ValueError):
            pass

    def read(self):
        for line in self.process.stdout:
            if not line.endswith(b"\n"):
                return  # cut by the daemon's end: no answer
            answer = json.loads(line)
            with self.lock:
                write = self.waiting.pop(answer["id"])
            if "result" in answer:
                write.answers.append(answer["result"])
            elif load.reason(answer["error"]).split()[0] not in TO_REPEAT:
                write.errors.append(answer["error"])

    def wait(self, seconds):
        """Whether everything that was sent has an answer, or the daemon has ended."""
        deadline = time.monotonic() + seconds
        while self.waiting and self.process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.002)
        return not self.waiting

    def kill(self):
        os.kill(self.process.pid, signal.SIGKILL)
        self.end()

    def end(self):
        try:
            self.process.stdin.close()
        except BrokenPipeError:
            pass
        self.process.wait()
        self.reader.join()


class Client:
    """Makes the writes of a round, and knows what was answered so far."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.subjects = [load.cpf(310_000_000 + number) for number in range(SUBJECTS)]
        self.writes = []

    def make(self):
        number = len(self.writes)
        subject = self.random.choice(self.subjects)
        debts = [write for write in self.writes
                 if write.method == "debt.add" and write.subject == subject and write.result]
        movement = load.movement(subject, f"e{number}", number)
        if number % 2:
            del movement["eventId"]  # the key names the event
        method, params = self.random.choice([
            ("debt.add", {"cpf": subject, "debt": DEBT}),
            ("score.compute", {"cpf": subject}),
            ("event.record", movement),
            ("profile.update", {"cpf": subject, "patch": {"housing": self.random.choice(["own", "rent"])}}),
            ("person.update", {"cpf": subject, "patch": {"phone": f"+55119{number:08}"}}),
        ] + [
            ("debt.recordPayment", {
                "cpf": subject, "debtId": debt.result["debtId"], "paymentId": f"p{number}", "dueDate": "2026-01-10",
                "amountCents": 100 + number})
            for debt in debts[:1]])
        write = Write(number, method, params)
        self.writes.append(write)
        return write


def repeats(trial, rounds=ROUNDS, seed=12):
    started = trial.started
    stores.postgres(started)
    stores.redis(started, "--appendonly", "yes", "--appendfsync", "always")
    stores.dynamodb_stand_in(started)
    trial.environment.update(started.environment)
    trial.environment.update({
        "CREDITD_BASE_A": started.environment["CREDITD_TEST_POSTGRES"],
        "CREDITD_BASE_B": f"dynamodb://repeats?endpoint={started.environment['CREDITD_TEST_DYNAMODB_STAND_IN']}",
        "CREDITD_BASE_C": started.environment["CREDITD_TEST_REDIS"]})
    load.prepare(trial.creditd, trial.home, trial.environment)
    client = Client(seed)
    load.ask(trial.command, trial.environment, {
        number: load.request(number, method, make(subject))
        for number, (subject, (method, make)) in enumerate(
            (subject, each) for subject in client.subjects
            for each in (("person.create", load.person), ("profile.put", load.profile)))})
    daemons = [Daemon(trial.command, trial.environment) for _ in range(2)]
    counts = {"sent": 0, "killed": 0, "unanswered": 0}
    try:
        for number in range(rounds):
            play(trial, client, daemons, counts)
            if number % 20 == 19:
                print(f"repeats: {number + 1} rounds, {counts}", flush=True)
    finally:
        for daemon in daemons:
            daemon.end()
    print(f"repeats: {rounds} rounds, {counts}", flush=True)
    verify(trial, client)


def play(trial, client, daemons, counts):
    """A round: writes to both daemons, some to each of them at once, a kill in between, and repeats until all is said."""
    writes = [client.make() for _ in range(WRITES_OF_ROUND)]
    counts["sent"] += len(writes)
    victim = client.random.randrange(2)
    for index, daemon in enumerate(daemons):
        daemon.send([write for place, write in enumerate(writes) if place % 4 == 0 or place % 2 == index])
    time.sleep(client.random.uniform(0, 0.03))
    daemons[victim].kill()
    counts["killed"] += 1
    trial.expect(daemons[1 - victim].wait(ANSWER_SECONDS), "the daemon that lives answers everything")
    daemons[victim] = Daemon(trial.command, trial.environment)
    deadline = time.monotonic() + ANSWER_SECONDS
    while time.monotonic() < deadline:
        left = [write for write in writes if not write.answers and not write.errors]
        if not left:
            break
        counts["unanswered"] += len(left)
        daemon = client.random.choice(daemons)
        daemon.send(left)
        daemon.wait(ANSWER_SECONDS)
    # What was answered is repeated as well, after other writes have come in between.
    again = client.random.sample(client.writes, min(4, len(client.writes)))
    daemons[victim].send(again)
    trial.expect(daemons[victim].wait(ANSWER_SECONDS), "a new daemon answers everything")


def verify(trial, client):
    """Compares what is there with what was answered."""
    for write in client.writes:
        trial.expect(write.answers, f"{write.method} succeeds, not {[load.reason(error) for error in write.errors]}")
        trial.expect(not (write.answers and write.errors), f"{write.method} is answered in one way only")
        trial.expect(all(answer == write.result for answer in write.answers), f"repeats of {write.method} are equal")
    purpose = {"purpose": "data_subject_request"}
    for subject in client.subjects:
        written = lambda method: [write.result for write in client.writes
                                  if write.method == method and write.subject == subject and write.result]
        ask = lambda method, **params: load.ask(trial.command, trial.environment, {
            1: load.request(1, method, {"cpf": subject, **params})})[1]["result"]

        def all_of(method, member, **params):
            found, page = [], ask(method, limit=100, **params)
            while True:
                found += page[member]
                if "nextCursor" not in page:
                    return found
                page = ask(method, limit=100, cursor=page["nextCursor"], **params)

        def same(what, there, answered):
            trial.expect(sorted(there) == sorted(answered),
                         f"{what}: {len(there)} are there, {len(set(answered))} of {len(answered)} were answered")

        debts = ask("debt.list", **purpose)["debts"]
        same("debts", [debt["debtId"] for debt in debts], [result["debtId"] for result in written("debt.add")])
        payments = [payment["paymentId"] for debt in debts
                    for payment in all_of("debt.payments", "payments", debtId=debt["debtId"], **purpose)]
        same("payments", payments, [result["paymentId"] for result in written("debt.recordPayment")])
        same("scores", [score["scoreId"] for score in all_of("score.history", "scores")],
             [result["scoreId"] for result in written("score.compute")])
        same("events", [event["eventId"] for event in all_of("event.history", "events")],
             [result["eventId"] for result in written("event.record")])
        trial.expect(all(result["recorded"] for result in written("event.record")), "each event is recorded at first")
        version = ask("profile.get")["version"]
        same("versions of a profile", range(2, version + 1),
             [result["version"] for result in written("profile.update")])
        versions = [result["version"] for result in written("person.update")]
        trial.expect(len(set(versions)) == len(versions), "no version of a person is given twice")
