"""A daemon under a steady load, what it answered, and a connection to a store that can be cut."""

import json
import os
import select
import socket
import subprocess
import threading
import time

import stores


NOT_FOUND, STORE_UNAVAILABLE = 1001, 1005


def cpf(number):
    """The CPF with these first nine digits."""
    digits = [int(digit) for digit in f"{number:09}"]
    for _ in range(2):
        rest = sum(weight * digit for weight, digit in zip(range(len(digits) + 1, 1, -1), digits)) * 10 % 11
        digits.append(rest % 10)
    return "".join(map(str, digits))


ADDRESS = {"postalCode": "01310100", "street": "Avenida Paulista", "number": "1", "district": "Bela Vista",
           "city": "São Paulo", "state": "SP"}


def person(subject):
    return {"cpf": subject, "name": "Ana", "surname": "Silva", "birthDate": "1980-01-01", "address": ADDRESS}


def profile(subject):
    return {"cpf": subject, "birthDate": "1980-01-01", "address": ADDRESS, "assets": [], "incomeSources": []}


def movement(subject, event_id, seconds=0):
    """An event of so many seconds after a fixed time."""
    moment = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(1_790_000_000 + seconds))
    return {"cpf": subject, "kind": "movement", "occurredAt": moment, "eventId": event_id, "direction": "credit",
            "amountCents": 100, "channel": "pix"}


def create(number):
    subject = cpf(100_000_000 + number)
    return subject, "person.create", person(subject)


def record(number):
    subject = cpf(100_000_000 + number)
    return subject, "event.record", movement(subject, f"e{subject}")


def put(number):
    subject = cpf(100_000_000 + number)
    return subject, "profile.put", profile(subject)


def request(number, method, params, **more):
    return json.dumps({"jsonrpc": "2.0", "id": number, "method": method, "params": params, **more}) + "\n"


def reason(error):
    """What an error is told apart by: its reason and, where the daemon tells one, the store's cause."""
    data = error.get("data", {})
    parts = [data.get("reason", str(error["code"])), data.get("cause"), data.get("code")]
    return " ".join(str(part) for part in parts if part)


def prepare(creditd, home, environment):
    """Makes the key rings and the schemas for a home that is not there yet."""
    if os.path.exists(home):
        return
    run = lambda *arguments: subprocess.run(
        [creditd, *arguments, "--home", home], env={**os.environ, **environment}, check=True, capture_output=True)
    # Releases before 0.2 make the rings themselves.
    if b"keys init" in subprocess.run([creditd, "keys", "init", "--help"], capture_output=True).stdout:
        run("keys", "init")
    run("migrate", "up")


def ask(command, environment, requests, tries=10):
    """Answers by id of a daemon of its own; what is answered store_unavailable is asked again, by a daemon anew."""
    answers = {}
    for _ in range(tries):
        lines = [line for number, line in requests.items() if number not in answers]
        result = subprocess.run(
            command, input="".join(lines).encode(), stdout=subprocess.PIPE, env={**os.environ, **environment})
        said = {answer["id"]: answer for answer in map(json.loads, result.stdout.splitlines())}
        answers.update({number: answer for number, answer in said.items() if code(answer) != STORE_UNAVAILABLE})
        if len(answers) == len(requests):
            break
        time.sleep(1)
    return {**said, **answers}


def code(answer):
    """The code of an error; None for a result."""
    return answer.get("error", {}).get("code")


class Stream:
    """Requests of one kind to one base; `make` gives subject, method and params of a number."""

    def __init__(self, base, rate, make):
        self.base = base
        self.rate = rate  # requests a second
        self.make = make


class Sent:
    """One request, and its answer when there is one; times are of the monotonic clock."""

    __slots__ = ("base", "subject", "method", "at", "answered", "error", "result")

    def __init__(self, base, subject, method):
        self.base, self.subject, self.method = base, subject, method
        self.at, self.answered, self.error, self.result = time.monotonic(), None, None, None


class Daemon:
    """The daemon under steady streams of requests, and every answer with its time."""

    def __init__(self, command, environment, streams):
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env={**os.environ, **environment})
        self.streams = streams
        self.sent = {}
        self.lock = threading.Lock()
        self.number = 0
        self.is_over = False
        self.faults = []
        self.threads = [threading.Thread(target=self.read), threading.Thread(target=self.write)]
        for thread in self.threads:
            thread.start()

    def write(self):
        begin = time.monotonic()
        counts = [0] * len(self.streams)
        while not self.is_over:
            lines = []
            for place, stream in enumerate(self.streams):
                if counts[place] >= (time.monotonic() - begin) * stream.rate:
                    continue
                counts[place] += 1
                self.number += 1
                subject, method, params = stream.make(self.number)
                with self.lock:
                    self.sent[self.number] = Sent(stream.base, subject, method)
                lines.append(request(self.number, method, params))
            try:
                self.process.stdin.write("".join(lines).encode())
                self.process.stdin.flush()
            except BrokenPipeError:
                return
            time.sleep(0 if lines else 0.001)
        self.process.stdin.close()

    def read(self):
        for line in self.process.stdout:
            if not line.endswith(b"\n"):
                return  # cut by the daemon's end: no answer
            answer = json.loads(line)
            with self.lock:
                sent = self.sent[answer["id"]]
                if sent.answered:
                    self.faults.append(f"two answers to {answer['id']}")
                sent.answered, sent.error = time.monotonic(), answer.get("error")
                sent.result = answer.get("result")

    def requests(self, begin, end, base=None):
        """What was asked between two moments."""
        with self.lock:
            return [sent for sent in self.sent.values() if begin <= sent.at < end and base in (None, sent.base)]

    def recovers(self, base, within_seconds):
        """Seconds until the base is served again without errors for half a second; None when it is not."""
        begin = time.monotonic()
        rate = sum(stream.rate for stream in self.streams if stream.base == base)
        while time.monotonic() - begin < within_seconds:
            time.sleep(0.6)
            now = time.monotonic()
            answered = [sent for sent in self.requests(now - 0.6, now - 0.1, base) if sent.answered]
            if len(answered) > 0.2 * rate and not any(sent.error for sent in answered):
                return now - 0.6 - begin
        return None

    def end(self):
        self.is_over = True
        for thread in self.threads:
            thread.join()
        return self.process.wait()


class Link:
    """A TCP connection to a store that can be cut: bytes stay where they are, and nobody is told."""

    def __init__(self, target):
        self.target = target
        self.is_cut = threading.Event()
        self.generation = 0
        self.listener = socket.create_server((stores.HOST, 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def kill_connections(self):
        """Closes what is open; new connections are carried."""
        self.generation += 1

    def accept(self):
        while True:
            client, _ = self.listener.accept()
            threading.Thread(target=self.carry, args=(client, self.generation), daemon=True).start()

    def carry(self, client, generation):
        try:
            while self.is_cut.is_set():
                time.sleep(0.02)
            server = socket.create_connection((stores.HOST, self.target))
        except OSError:
            client.close()
            return
        for end in (client, server):
            end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        other = {client: server, server: client}
        try:
            while generation == self.generation:
                readable, _, _ = select.select([client, server], [], [], 0.05)
                if self.is_cut.is_set():
                    time.sleep(0.02)
                    continue
                for end in readable:
                    part = end.recv(1 << 16)
                    if not part:
                        return
                    other[end].sendall(part)
        except OSError:
            pass
        finally:
            client.close()
            server.close()
