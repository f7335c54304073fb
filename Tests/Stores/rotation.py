"""Wrapping keys and token keys are rotated and data keys replaced under a steady pipe, and each is killed three times.

No request fails for it, nothing is left under the former keys, and a ring from before the rotation opens nothing. What
was answered is there once, payments, consents, requests and events included, and `creditd consistency check` finds no
difference.
"""

import os
import random
import shutil
import signal
import subprocess
import time

import load
import stores
from corrections import pages
from erasures import consistency

SUBJECTS = int(os.environ.get("CREDITD_TRIAL_SUBJECTS", "100000"))
FIRST = 400_000_000
KILLS = 3
CHECKED = 300  # the subjects whose payments and consents are read back
DEBT = {"creditor": "Banco Exemplo", "amountCents": 150000, "annualInterestBasisPoints": 2400,
        "dueDate": "2030-06-30", "status": "open"}


# The debt of each subject from before.
DEBTS = {}


def subject(number):
    # A step without a factor in common walks over all subjects, and not in the order of their creation.
    return load.cpf(FIRST + number * 7919 % SUBJECTS)


def get(number):
    return subject(number), "person.get", {"cpf": subject(number), "purpose": "credit_protection"}


def add_debt(number):
    return subject(number), "debt.add", {"cpf": subject(number), "debt": DEBT}


def update(number):
    return subject(number), "person.update", {
        "cpf": subject(number), "patch": {"email": f"m{number}@example.com"}}


def pay(number):
    return subject(number), "debt.recordPayment", payment(subject(number), number)


def grant(number):
    return subject(number), "consent.grant", consent(subject(number), number)


def ask(number):
    return subject(number), "subject.correct", {"cpf": subject(number), "note": f"Nota {number}"}


def payment(of, number):
    return {"cpf": of, "debtId": DEBTS[of], "paymentId": f"{number}", "dueDate": "2026-03-10", "amountCents": 50000}


def consent(of, number):
    return {"cpf": of, "requester": f"Banco {number}", "purpose": "credit_application"}


def create(number):
    made = load.cpf(700_000_000 + number)
    return made, "person.create", load.person(made)


def get_profile(number):
    return subject(number), "profile.get", {"cpf": subject(number)}


def put(number):
    return subject(number), "profile.put", load.profile(subject(number))


def latest(number):
    return subject(number), "event.latest", {"cpf": subject(number)}


def record(number):
    return subject(number), "event.record", load.movement(subject(number), f"e{number}")


def rotation(trial, seed=5):
    started = trial.started
    stores.postgres(started)
    stores.redis(started)
    stores.dynamodb_stand_in(started)
    trial.environment.update(started.environment)
    trial.environment.update({
        "CREDITD_ROLE": "owner", "CREDITD_BASE_A": started.environment["CREDITD_TEST_POSTGRES"],
        "CREDITD_BASE_B": f"dynamodb://rotation?endpoint={started.environment['CREDITD_TEST_DYNAMODB_STAND_IN']}",
        "CREDITD_BASE_C": started.environment["CREDITD_TEST_REDIS"]})
    load.prepare(trial.creditd, trial.home, trial.environment)
    before = fill(trial)
    former = f"{trial.home}-former"
    os.mkdir(former)
    for base in "abc":
        shutil.copy(f"{trial.home}/base-{base}.keyring", former)
    makers = (("A", get), ("A", add_debt), ("A", update), ("A", create), ("A", pay), ("A", grant), ("A", ask),
              ("B", get_profile), ("B", put), ("C", latest), ("C", record))
    daemon = load.Daemon(trial.command, trial.environment, [
        load.Stream(base, trial.rate / len(makers), make) for base, make in makers])
    try:
        time.sleep(1)
        print(keys(trial, "rotate"), end="", flush=True)
        generator = random.Random(seed)
        killed(trial, generator, "rewrap")
        print(keys(trial, "rewrap"), end="", flush=True)
        print(keys(trial, "retire", "1"), end="", flush=True)
        time.sleep(1)
        killed(trial, generator, "reseal")
        print(keys(trial, "reseal"), end="", flush=True)
        # A whole run without a kill, for its rate.
        print(keys(trial, "reseal"), end="", flush=True)
        print(keys(trial, "tokens", "rotate", "--begin-in", "6"), end="", flush=True)
        time.sleep(6)
        killed(trial, generator, "tokens", "move")
        print(keys(trial, "tokens", "move"), end="", flush=True)
        time.sleep(1)
    finally:
        code = daemon.end()
    trial.expect(code == 0, f"the daemon exits with 0, not {code}")
    sent = list(daemon.sent.values())
    trial.expect(all(one.answered for one in sent), "every request has an answer")
    refused = {load.reason(one.error) for one in sent if one.error}
    trial.expect(not refused, f"no request fails: {refused}")
    slowest = max(one.answered - one.at for one in sent if one.answered)
    print(f"rotation: {len(sent)} requests meanwhile, {sum(1 for one in sent if one.error)} failed, "
          f"the slowest took {slowest:.2f} s", flush=True)
    check_parts(trial, before, sent)
    begin = time.monotonic()
    report = consistency(trial)
    trial.expect(report["differences"] == 0, f"the bases agree: {report}")
    print(f"rotation: {report} in {time.monotonic() - begin:.1f} s", flush=True)
    listed = keys(trial, "list")
    trial.expect("  1  " not in listed, f"nothing is under the former key: {listed}")
    print(listed, end="", flush=True)
    tokens = keys(trial, "tokens", "list")
    trial.expect(tokens.count("  0 tokens of former keys") == 3, f"nothing is under a former token: {tokens}")
    check_generations(trial, listed)
    print(keys(trial, "verify"), end="", flush=True)
    old = run(trial, "verify", "--only", "a", "--keyring-dir", former)
    trial.expect(old.returncode == 69 and old.stdout.startswith(b"A  0 of "),
                 f"a former ring opens nothing: {(old.stdout + old.stderr).decode()[-300:]}")


def fill(trial):
    """Makes the subjects, and for every tenth a payment, a consent and a request; returns these subjects."""
    begin = time.monotonic()
    all_of = [load.cpf(FIRST + number) for number in range(SUBJECTS)]
    for subject, made in zip(all_of, asked(trial, "person.create", (
            {**load.person(subject), "debts": [DEBT]} for subject in all_of))):
        DEBTS[subject] = made["debtIds"][0]
    asked(trial, "profile.put", map(load.profile, all_of))
    asked(trial, "event.record", (load.movement(subject, "before") for subject in all_of))
    some = all_of[::10]
    asked(trial, "debt.recordPayment", (payment(subject, "before") for subject in some))
    asked(trial, "consent.grant", (consent(subject, "before") for subject in some))
    asked(trial, "subject.correct", ({"cpf": subject, "note": "Nota"} for subject in some))
    print(f"rotation: {SUBJECTS} subjects in {time.monotonic() - begin:.0f} s", flush=True)
    return some


def asked(trial, method, all_params):
    """The results of calls of a daemon of its own."""
    answers = load.ask(trial.command, trial.environment, {
        number: load.request(number, method, params) for number, params in enumerate(all_params)})
    failed = [answer for answer in answers.values() if "error" in answer]
    trial.expect(not failed, f"{method}: {failed[:1]}")
    return [answers[number].get("result", {}) for number in range(len(answers))]


def check_parts(trial, before, sent):
    """What was answered is there once: payments and consents of some subjects, requests of all."""
    counts = {}
    for one in sent:
        if not one.error:
            counts[one.method, one.subject] = counts.get((one.method, one.subject), 0) + 1
    for method in ("debt.recordPayment", "consent.grant", "subject.correct"):
        for subject in before:
            counts[method, subject] = counts.get((method, subject), 0) + 1
    touched = sorted({subject for method, subject in counts if method in ("debt.recordPayment", "consent.grant")})
    there = 0
    for subject in random.Random(1).sample(touched, min(CHECKED, len(touched))):
        payments = pages(trial, "debt.payments", "payments", cpf=subject, debtId=DEBTS[subject],
                         purpose="data_subject_request")
        consents = pages(trial, "consent.list", "consents", cpf=subject)
        for method, found in (("debt.recordPayment", payments), ("consent.grant", consents)):
            expected = counts.get((method, subject), 0)
            trial.expect(len(found) == expected, f"{len(found)} of {method} are there, {expected} were answered")
            there += len(found)
    requests = pages(trial, "subject.requests", "requests", state="all")
    expected = sum(count for (method, _), count in counts.items() if method == "subject.correct")
    trial.expect(len(requests) == expected, f"{len(requests)} requests are there, {expected} were answered")
    print(f"rotation: {there} payments and consents and {len(requests)} requests are there, once", flush=True)
    check_events(trial, before, counts)


def check_events(trial, before, counts):
    """The events of some subjects: the first one of each, and what was answered."""
    there = 0
    for subject in random.Random(2).sample(before, min(CHECKED, len(before))):
        events = pages(trial, "event.history", "events", cpf=subject)
        expected = 1 + counts.get(("event.record", subject), 0)
        trial.expect(len(events) == expected, f"{len(events)} events are there, {expected} were answered")
        there += len(events)
    print(f"rotation: {there} events are there, once", flush=True)


def check_generations(trial, listed):
    """No subject from before has a data key of the first generation: those that have one came during the runs."""
    for base in "AB":
        counts = [line for line in listed.splitlines() if line.startswith(f"{base}  data keys: ")]
        trial.expect(len(counts) == 1, f"base {base} has data keys: {listed}")
        of = {part.split(" of generation ")[1]: int(part.split(" ")[0])
              for part in counts[0].split(": ")[1].split(", ")}
        if base == "A":
            trial.expect(of.get("3", 0) >= SUBJECTS, f"all {SUBJECTS} persons have new data keys: {of}")
            trial.expect("2" not in of, f"nothing is under the former data keys: {of}")


def killed(trial, generator, *command):
    """Begins a walk over all subjects, and is killed while it does."""
    for number in range(KILLS):
        walk = subprocess.Popen(
            [trial.creditd, "keys", *command, "--home", trial.home], env={**os.environ, **trial.environment},
            stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        time.sleep(generator.uniform(0.3, 1.5) * (number + 1))
        was_alive = walk.poll() is None
        if was_alive:
            os.kill(walk.pid, signal.SIGKILL)
        said, errors = walk.communicate()
        print(f"rotation: {' '.join(command)}: kill {number + 1}: {'killed' if was_alive else 'had ended'} "
              f"{(errors.splitlines() or [b''])[-1].decode()}", flush=True)


def run(trial, *arguments):
    return subprocess.run(
        [trial.creditd, "keys", *arguments, "--home", trial.home], env={**os.environ, **trial.environment},
        capture_output=True)


def keys(trial, *arguments):
    outcome = run(trial, *arguments)
    trial.expect(outcome.returncode == 0, f"keys {arguments[0]}: {outcome.stderr.decode()[-300:]}")
    return outcome.stdout.decode()
