"""All methods in one mixed load, and what its answers promise: every answered write is there from then on."""

import collections
import json
import random
import time

import load
from promises import PURPOSE, Subject

SUBJECTS = 100
MOST_DEBTS = 5
MOST_IN_FLIGHT = 2000
# Those leave open whether a write took place.
OPEN = {"outcome_unknown", "deadline_exceeded", "request_cancelled"}
# What an outage, a deadline, a cancellation and a person who comes and goes may be answered.
EXPECTED = OPEN | {"store_unavailable", "audit_unavailable", "not_found", "already_exists", "busy"}
# How often each kind of request is sent, of 1000 or so; the DynamoDB API's stand-in is slow.
WEIGHTS = {
    "person_update": 80, "debt_add": 30, "debt_update": 30, "debt_remove": 30, "person_get": 150, "debt_list": 50,
    "profile_put": 20, "profile_update": 40, "profile_get": 60, "score_compute": 30, "score_history": 20,
    "event_record": 150, "event_latest": 150, "event_history": 30, "report_get": 20, "visitor": 10, "system": 20,
    "discover": 1, "garbage": 5, "notification": 10, "batch": 5, "cancelled": 20, "dry_run": 5}
OF_BASE_B = ("profile_put", "profile_update", "profile_get", "score_compute", "score_history", "report_get", "visitor")


class Client:
    """A daemon's client: makes requests, and holds the answers against those before."""

    def __init__(self, place, weights, seed):
        self.place = place
        self.random = random.Random(seed)
        self.subjects = [Subject(100_000_000 * (place + 1) + number) for number in range(SUBJECTS)]
        self.partner = self  # whose subjects are read too: that of the other daemon on the same stores
        self.kinds, self.weights = list(weights), list(weights.values())
        self.number = 0
        self.visitors = 0
        self.pending = {}  # id -> what to do with the answer
        self.gone = collections.deque(maxlen=100)  # CPFs whose deletion was answered
        self.counts = collections.Counter()
        self.without_id = 0  # answers that name no request, which are owed
        self.faults = collections.Counter()

    # Making requests

    def line(self, method, params, done=None, **more):
        """A request, whose answer goes to `done(result, reason)`."""
        self.number += 1
        self.pending[self.number] = (method, done, time.monotonic())
        self.counts["asked"] += 1
        return load.request(self.number, method, params, **more)

    def opening(self):
        """Makes the persons and profiles."""
        return "".join(self.line("person.create", load.person(subject.cpf), self.written(subject, "A"))
                       + self.line("profile.put", load.profile(subject.cpf), self.written(subject, "B"))
                       for subject in self.subjects)

    def next(self):
        """The next request of the mixture, or several that belong together; none while too many are unanswered."""
        if len(self.pending) > MOST_IN_FLIGHT:
            self.counts["held back"] += 1
            return ""
        kind = self.random.choices(self.kinds, self.weights)[0]
        return getattr(self, kind)(self.random.choice(self.subjects))

    def control(self):
        """Sometimes a deadline or a request for progress."""
        dice = self.random.random()
        if dice < 0.02:
            return {"meta": {"deadlineMs": self.random.randint(1, 50)}}
        if dice < 0.05:
            return {"meta": {"workDoneToken": f"t{self.number}"}}
        return {}

    def read_subject(self, subject):
        return subject if self.random.random() < 0.8 else self.random.choice(self.partner.subjects)

    def written(self, subject, base, more=lambda result, reason: None):
        """Counts a write of a record; `more` is done with the answer."""
        def done(result, reason):
            subject.writes[base] += result is not None
            subject.open[base] += reason in OPEN
            more(result, reason)
        return done

    def is_current(self, subject, base):
        """A check that a read shows what was answered before it was sent."""
        version = subject.writes[base]

        def done(result, reason):
            if reason == "not_found" and version or result and result["version"] < version:
                self.faults[f"base {base}: a read shows less than an answered write"] += 1
        return done

    def person_update(self, subject):
        patch = {"phone": f"+55119{self.number % 10 ** 8:08}"}
        return self.line("person.update", {"cpf": subject.cpf, "patch": patch}, self.written(subject, "A"),
                         **self.control())

    def debt_add(self, subject):
        if len(subject.debts) >= MOST_DEBTS:
            return self.debt_remove(subject)
        debt = {"creditor": "Banco Exemplo", "amountCents": 642950, "annualInterestBasisPoints": 2400,
                "dueDate": "2030-06-30", "status": "open"}

        def done(result, reason):
            if result:
                subject.debts[result["debtId"]] = result["version"]
        return self.line("debt.add", {"cpf": subject.cpf, "debt": debt}, self.written(subject, "A", done))

    def known_debt(self, subject):
        known = [debt for debt, version in subject.debts.items() if version]
        return self.random.choice(known) if known else None

    def debt_update(self, subject):
        debt = self.known_debt(subject)
        if not debt:
            return self.debt_add(subject)

        def done(result, reason):
            if result and subject.debts.get(debt):
                subject.debts[debt] = max(subject.debts[debt], result["version"])
        return self.line("debt.update", {"cpf": subject.cpf, "debtId": debt, "patch": {"amountCents": self.number}},
                         self.written(subject, "A", done))

    def debt_remove(self, subject):
        debt = self.known_debt(subject)
        if not debt:
            return self.person_get(subject)
        version, subject.debts[debt] = subject.debts[debt], None

        def done(result, reason):
            if result:
                del subject.debts[debt]
                subject.gone_debts.append(debt)
            elif reason in OPEN:
                del subject.debts[debt]
            else:
                subject.debts[debt] = version
        return self.line("debt.remove", {"cpf": subject.cpf, "debtId": debt}, self.written(subject, "A", done))

    def person_get(self, subject):
        subject = self.read_subject(subject)
        return self.line("person.get", {"cpf": subject.cpf, **PURPOSE}, self.is_current(subject, "A"), **self.control())

    def debt_list(self, subject):
        return self.line("debt.list", {"cpf": self.read_subject(subject).cpf, **PURPOSE}, **self.control())

    def profile_put(self, subject):
        return self.line("profile.put", load.profile(subject.cpf), self.written(subject, "B"))

    def profile_update(self, subject):
        patch = {"housing": self.random.choice(["own", "rent"])}
        return self.line("profile.update", {"cpf": subject.cpf, "patch": patch}, self.written(subject, "B"))

    def profile_get(self, subject):
        subject = self.read_subject(subject)
        return self.line("profile.get", {"cpf": subject.cpf}, self.is_current(subject, "B"), **self.control())

    def score_compute(self, subject):
        return self.line("score.compute", {"cpf": subject.cpf},
                         lambda result, reason: result and subject.scores.append(result["scoreId"]))

    def score_history(self, subject):
        return self.line("score.history", {"cpf": self.read_subject(subject).cpf})

    def event(self, subject):
        event_id = f"e{self.place}-{self.number}"
        now = time.time()
        event = load.movement(subject.cpf, event_id)
        event["occurredAt"] = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(now)) + f".{int(now % 1 * 10 ** 6):06}Z"
        return event_id, event

    def event_record(self, subject):
        event_id, event = self.event(subject)
        return self.line("event.record", event, lambda result, reason: result and subject.events.append(event_id),
                         **self.control())

    def event_latest(self, subject):
        return self.line("event.latest", {"cpf": self.read_subject(subject).cpf}, **self.control())

    def event_history(self, subject):
        return self.line("event.history", {"cpf": self.read_subject(subject).cpf})

    def report_get(self, subject):
        return self.line("report.get", {"cpf": subject.cpf, "requester": "Banco Exemplo", **PURPOSE}, **self.control())

    def visitor(self, _):
        """A person who comes and goes; all of it one after the other, since it is about one CPF."""
        self.visitors += 1
        cpf = load.cpf(100_000_000 * (self.place + 1) + SUBJECTS + self.visitors)
        is_clear = []

        def deleted(result, reason):
            is_clear.append(reason not in EXPECTED - {"not_found"})
            if is_clear == [True, True]:
                self.gone.append(cpf)
        return (self.line("person.create", load.person(cpf)) + self.line("profile.put", load.profile(cpf))
                + self.line("person.get", {"cpf": cpf, **PURPOSE})
                + self.line("person.delete", {"cpf": cpf}, deleted)
                + self.line("profile.delete", {"cpf": cpf}, deleted))

    def system(self, _):
        method = self.random.choice(["system.ping", "system.health", "system.limits", "system.version", "system.echo"])
        return self.line(method, {"price": 0.10} if method == "system.echo" else {})

    def discover(self, _):
        return self.line("rpc.discover", {})

    def garbage(self, _):
        self.without_id += 1
        return self.random.choice(['{"jsonrpc": "2.0", "id": 1,\n', "[]\n", "1\n"])

    def notification(self, subject):
        _, event = self.event(subject)
        return json.dumps({"jsonrpc": "2.0", "method": "event.record", "params": event}) + "\n"

    def batch(self, subject):
        lines = [self.person_get(subject), self.event_latest(subject), self.event_record(subject)]
        return "[" + ",".join(line.strip() for line in lines) + "]\n"

    def cancelled(self, subject):
        line = self.person_update(subject)
        cancel = {"jsonrpc": "2.0", "method": "$/cancelRequest", "params": {"id": self.number}}
        return line + json.dumps(cancel) + "\n"

    def dry_run(self, subject):
        return self.line("person.delete", {"cpf": subject.cpf}, meta={"dryRun": True})

    # Taking answers

    def take(self, message):
        if isinstance(message, list):
            for part in message:
                self.take(part)
        elif message.get("method") == "$/progress":
            self.counts["progress"] += 1
        elif message.get("id") is None:
            self.without_id -= 1
        elif message["id"] not in self.pending:
            self.faults["an answer to nothing, or a second one"] += 1
        else:
            method, done, _ = self.pending.pop(message["id"])
            error = message.get("error")
            reason = error and error.get("data", {}).get("reason", str(error["code"]))
            self.counts[load.reason(error) if error else "answered"] += 1
            if reason and reason not in EXPECTED:
                self.faults[f"{method} is answered {reason}"] += 1
            if done:
                done(message.get("result"), reason)
