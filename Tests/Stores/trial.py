"""A daemon on stores to which something happens, the events, and whether what was answered is there at the end."""

import shutil
import time

import load
import stores
from load import create, record
from redis_servers import AppendOnlyFiles

RECOVERY_SECONDS = 60
SETTLE_SECONDS = 10  # longer than any request may wait for a store
BEFORE_SECONDS = 3
OPEN = ("outcome_unknown", "deadline_exceeded")
UPDATED_PERSONS = 50


def update(number):
    subject = load.cpf(200_000_000 + number % UPDATED_PERSONS)
    return subject, "person.update", {"cpf": subject, "patch": {"email": f"m{number}@example.com"}}


def persons(rate):
    return [load.Stream("A", rate * 2 / 3, create), load.Stream("A", rate / 3, update)]


def events(rate):
    return [load.Stream("C", rate, record)]


class Event:
    """Something that happened to a store, and the writes that were sent from a little before until it was over."""

    def __init__(self, trial, name):
        self.trial, self.name = trial, name
        self.sent = []
        self.gap = None
        self.at = time.monotonic()
        self.lost = {"creditd": [], "Redis": []}

    def row(self):
        refused = {}
        for sent in self.sent:
            if sent.error:
                reason = load.reason(sent.error)
                refused[reason] = refused.get(reason, 0) + 1
        answered = sum(sent.result is not None for sent in self.sent)
        by_reason = ", ".join(f"{count} {reason}" for reason, count in sorted(refused.items())) or "0"
        lost = ", ".join(self.losses()) or "0"
        gap = "-" if self.gap is None else f"{self.gap:.2f}"
        errors = [sent.at for sent in self.sent if sent.error]
        span = f"{max(errors) - min(errors):.2f}" if errors else "0"
        return [self.trial, self.name, gap, span, f"{answered} of {len(self.sent)}", by_reason, lost]


    def losses(self):
        for by, writes in self.lost.items():
            if writes:
                seconds = [sent.answered - self.at for sent in writes]
                yield f"{len(writes)} by {by} ({min(seconds):.2f} to {max(seconds):.2f} s)"


def longest_gap(answers):
    answers = sorted(answers)
    return max((later - sooner for sooner, later in zip(answers, answers[1:])), default=None)


class Trial:
    """One kind of stores, a daemon on them, and the events so far."""

    def __init__(self, name, creditd, rate):
        self.name, self.creditd, self.rate = name, creditd, rate
        self.started = stores.Stores(stores.temporary_folder())
        self.home = str(self.started.folder / "home")
        self.command = [creditd, "--home", self.home]
        self.environment = dict(self.started.environment)
        self.events = []
        self.failures = []
        self.appended = AppendOnlyFiles(self.started)

    def expect(self, holds, what):
        if not holds:
            self.failures.append(f"{self.name}: {what}")
            print(f"  NOT SO: {what}", flush=True)

    def begin(self, streams, bases):
        self.environment.update(bases)
        load.prepare(self.creditd, self.home, self.environment)
        if any(stream.make is update for stream in streams):
            subjects = [load.cpf(200_000_000 + number) for number in range(UPDATED_PERSONS)]
            load.ask(self.command, self.environment, {
                number: load.request(number, "person.create", load.person(subject))
                for number, subject in enumerate(subjects)})
        self.daemon = load.Daemon(self.command, self.environment, streams)
        time.sleep(BEFORE_SECONDS)

    def event(self, name, act, base, wait_until_whole=lambda: None):
        """Lets something happen, and waits until the base is served and the store is whole again."""
        print(f"{self.name}: {name}", flush=True)
        event = Event(self.name, name)
        self.events.append(event)
        begin = event.at - BEFORE_SECONDS / 2
        act()
        self.expect(self.daemon.recovers(base, RECOVERY_SECONDS) is not None, f"{name}: base {base} is served again")
        wait_until_whole()
        end = time.monotonic()
        time.sleep(SETTLE_SECONDS)
        event.sent = self.daemon.requests(begin, end, base)
        waiting = sum(sent.answered is None for sent in event.sent)
        self.expect(not waiting, f"{name}: {waiting} requests are not answered")
        event.gap = longest_gap(sent.answered for sent in event.sent if sent.result is not None)
        print("  gap {2}, errors {3}, answered {4}, refused {5}".format(*event.row()), flush=True)

    def end(self):
        code = self.daemon.end()
        self.expect(code == 0, f"the daemon exits with 0, not {code}")
        self.expect(not self.daemon.faults, f"{self.daemon.faults[:3]}")
        self.expect(all(sent.answered for sent in self.daemon.sent.values()), "every request has one answer")
        self.verify(self.daemon.sent.values())

    def verify(self, requests):
        """Reads back what was written, through a new daemon."""
        reads = {"A": ("person.get", {"purpose": "credit_protection"}), "B": ("profile.get", {}),
                 "C": ("event.latest", {})}
        self.appended_bytes = self.appended.bytes()
        by_subject = {}
        for sent in requests:
            by_subject.setdefault((sent.base, sent.subject), []).append(sent)
        found = load.ask(self.command, self.environment, {
            number: load.request(number, reads[base][0], {"cpf": subject, **reads[base][1]})
            for number, (base, subject) in enumerate(by_subject)})
        for number, ((base, subject), writes) in enumerate(by_subject.items()):
            answer = found[number]
            if load.code(answer) not in (None, load.NOT_FOUND):
                self.failures.append(f"{self.name}: read back {load.reason(answer['error'])}")
                continue
            view = answer.get("result")
            if base == "C":
                version = int(view is not None and view["movement"] is not None)
                answered = max((1 for sent in writes if sent.result), default=0)
            else:
                version = view["version"] if view else 0
                answered = max((sent.result["version"] for sent in writes if sent.result), default=0)
            if version < answered:
                self.lose(next(sent for sent in writes if sent.result and (
                    base == "C" or sent.result["version"] > version)), base)
            is_open = sum(sent.error is None or load.reason(sent.error).split()[0] in OPEN
                          for sent in writes if sent.result is None)
            # Those who are updated were created before.
            took_place = sum(sent.result is not None for sent in writes) + (writes[0].method == "person.update")
            if base != "B" and version > took_place + is_open:
                self.failures.append(f"{self.name}: a refused write of base {base} took place")

    def lose(self, sent, base):
        """Charges a lost write to the event in whose time it was sent."""
        by = "creditd"
        if base == "C" and f"e{sent.subject}".encode() in self.appended_bytes:
            by = "Redis"
        else:
            self.failures.append(f"{self.name}: an answered {sent.method} is lost")
        events = [event for event in self.events if sent in event.sent] or self.events[-1:]
        events[0].lost[by].append(sent)

    def stop(self):
        if getattr(self, "daemon", None) and self.daemon.process.poll() is None:
            self.daemon.is_over = True
            self.daemon.process.kill()
        self.started.stop()
        shutil.rmtree(self.started.folder, ignore_errors=True)
