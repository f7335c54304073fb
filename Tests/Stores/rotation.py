"""Wrapping keys are rotated and data keys replaced under a steady pipe, and each is killed three times.

No request fails for it, nothing is left under the former keys, and a ring from before the rotation opens nothing.
"""

import os
import random
import shutil
import signal
import subprocess
import time

import load
import stores

SUBJECTS = int(os.environ.get("CREDITD_TRIAL_SUBJECTS", "100000"))
FIRST = 400_000_000
KILLS = 3
DEBT = {"creditor": "Banco Exemplo", "amountCents": 150000, "annualInterestBasisPoints": 2400,
        "dueDate": "2030-06-30", "status": "open"}


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


def create(number):
    made = load.cpf(700_000_000 + number)
    return made, "person.create", load.person(made)


def get_profile(number):
    return subject(number), "profile.get", {"cpf": subject(number)}


def put(number):
    return subject(number), "profile.put", load.profile(subject(number))


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
    fill(trial)
    former = f"{trial.home}-former"
    os.mkdir(former)
    for base in "abc":
        shutil.copy(f"{trial.home}/base-{base}.keyring", former)
    rate = trial.rate / 6
    daemon = load.Daemon(trial.command, trial.environment, [
        load.Stream(base, rate, make) for base, make in
        (("A", get), ("A", add_debt), ("A", update), ("A", create), ("B", get_profile), ("B", put))])
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
    listed = keys(trial, "list")
    trial.expect("  1  " not in listed, f"nothing is under the former key: {listed}")
    print(listed, end="", flush=True)
    check_generations(trial, listed)
    print(keys(trial, "verify"), end="", flush=True)
    old = run(trial, "verify", "--only", "a", "--keyring-dir", former)
    trial.expect(old.returncode == 69 and old.stdout.startswith(b"A  0 of "), "a former ring opens nothing")


def fill(trial):
    begin = time.monotonic()
    for base, method, make in (("A", "person.create", load.person), ("B", "profile.put", load.profile)):
        answers = load.ask(trial.command, trial.environment, {
            number: load.request(number, method, make(load.cpf(FIRST + number))) for number in range(SUBJECTS)})
        failed = [answer for answer in answers.values() if "error" in answer]
        trial.expect(not failed, f"{method}: {failed[:1]}")
    print(f"rotation: {SUBJECTS} subjects in {time.monotonic() - begin:.0f} s", flush=True)


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


def killed(trial, generator, command):
    """Begins a walk over all data keys, and is killed while it does."""
    for number in range(KILLS):
        rewrap = subprocess.Popen(
            [trial.creditd, "keys", command, "--home", trial.home], env={**os.environ, **trial.environment},
            stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        time.sleep(generator.uniform(0.3, 1.5) * (number + 1))
        was_alive = rewrap.poll() is None
        if was_alive:
            os.kill(rewrap.pid, signal.SIGKILL)
        said, errors = rewrap.communicate()
        print(f"rotation: {command}: kill {number + 1}: {'killed' if was_alive else 'had ended'} "
              f"{(errors.splitlines() or [b''])[-1].decode()}", flush=True)


def run(trial, *arguments):
    return subprocess.run(
        [trial.creditd, "keys", *arguments, "--home", trial.home], env={**os.environ, **trial.environment},
        capture_output=True)


def keys(trial, *arguments):
    outcome = run(trial, *arguments)
    trial.expect(outcome.returncode == 0, f"keys {arguments[0]}: {outcome.stderr.decode()[-300:]}")
    return outcome.stdout.decode()
