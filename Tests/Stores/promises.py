"""What the answers so far promise about a person, and whether a new daemon keeps it."""

import collections

import load

EVENTS_REMEMBERED = 5
PURPOSE = {"purpose": "credit_protection"}


class Subject:
    """What the answers so far promise about one person."""

    def __init__(self, number):
        self.cpf = load.cpf(number)
        self.writes = {"A": 0, "B": 0}  # answered with success; each counts the record's version up, debts' too
        self.open = {"A": 0, "B": 0}  # those of which nobody knows
        self.debts = {}  # id -> version; None while it is being removed, or when nobody knows
        self.gone_debts = collections.deque(maxlen=20)
        self.events = collections.deque(maxlen=EVENTS_REMEMBERED)
        self.scores = collections.deque(maxlen=EVENTS_REMEMBERED)


def verify(client, ask):
    """Holds a new daemon's view of all that is kept against what was answered; `ask` is given lines by id."""
    lines, checks = {}, {}

    def check(method, params, holds, what):
        number = len(lines) + 1
        lines[number] = load.request(number, method, params)
        checks[number] = (holds, what)

    for subject in client.subjects:
        who = {"cpf": subject.cpf}
        for base, method, more in (("A", "person.get", PURPOSE), ("B", "profile.get", {})):
            least, most = subject.writes[base], subject.writes[base] + subject.open[base]
            check(method, {**who, **more}, lambda view, least=least: view["version"] >= least,
                  f"base {base}: an answered write is lost")
            check(method, {**who, **more}, lambda view, most=most: view["version"] <= most,
                  f"base {base}: a refused write took place")
        debts = {debt: version for debt, version in subject.debts.items() if version}
        gone = list(subject.gone_debts)
        check("debt.list", {**who, **PURPOSE}, lambda view, debts=debts, gone=gone: holds_debts(view, debts, gone),
              "base A: a debt is lost, or not removed")
        events, scores = set(subject.events), set(subject.scores)
        check("event.history", {**who, "limit": 100}, lambda view, events=events: events <= {
            event["eventId"] for event in view["events"]}, "base C: an answered event is lost")
        check("score.history", {**who, "limit": 100}, lambda view, scores=scores: scores <= {
            score["scoreId"] for score in view["scores"]}, "base B: an answered score is lost")
    for cpf in client.gone:
        check("person.get", {"cpf": cpf, **PURPOSE}, None, "base A: somebody deleted is there")
        check("profile.get", {"cpf": cpf}, None, "base B: somebody deleted is there")
    answers = ask(lines)
    for number, (holds, what) in checks.items():
        result = answers[number].get("result")
        if load.code(answers[number]) not in (None, load.NOT_FOUND):
            client.faults[f"read back {load.reason(answers[number]['error'])}"] += 1
        elif (result is not None) if holds is None else not (result and holds(result)):
            client.faults[what] += 1
    return len(checks)


def holds_debts(view, debts, gone):
    there = {debt["debtId"]: debt["version"] for debt in view["debts"]}
    return all(there.get(debt, 0) >= version for debt, version in debts.items()) and not any(
        debt in there for debt in gone)
