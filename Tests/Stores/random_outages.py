"""Stores that are taken away at random."""

import collections
import pathlib
import random
import signal
import sqlite3
import time

from postgres_servers import end_backends
from processes import family, send
from redis_servers import redis

SECONDS = (1, 6)


class Outages:
    """What happens to the stores."""

    def __init__(self, started, ports, links, home, seed):
        self.started, self.ports, self.links, self.home = started, ports, links, home
        self.random = random.Random(seed)
        self.counts = collections.Counter()
        self.kinds = [
            ("postgres stopped", lambda seconds: self.stop("postgres", seconds)),
            ("postgres killed", lambda seconds: self.kill("postgres", seconds)),
            ("postgres without connections", lambda _: end_backends(self.ports["A"])),
            ("postgres cut off", lambda seconds: self.cut("A", seconds)),
            ("redis stopped", lambda seconds: self.stop("redis", seconds)),
            ("redis killed", lambda seconds: self.kill("redis", seconds)),
            ("redis without connections", lambda _: redis(self.ports["C"], "client", "kill", "type", "normal")),
            ("redis cut off", lambda seconds: self.cut("C", seconds)),
            ("dynamodb stopped", lambda seconds: self.stop("dynamodb", seconds)),
            ("dynamodb cut off", lambda seconds: self.cut("B", seconds)),
            ("dynamodb without connections", lambda _: self.links["B"].kill_connections()),
            ("a file locked", self.lock_file)]

    def next(self):
        name, act = self.random.choice(self.kinds)
        self.counts[name] += 1
        act(self.random.uniform(*SECONDS))
        return name

    def signal(self, name, number):
        send(family(self.started.process(name).pid), number)

    def stop(self, name, seconds):
        self.signal(name, signal.SIGSTOP)
        time.sleep(seconds)
        self.signal(name, signal.SIGCONT)

    def kill(self, name, seconds):
        process = self.started.process(name)
        self.signal(name, signal.SIGKILL)
        process.wait()
        time.sleep(seconds)
        self.started.restart(name)

    def cut(self, base, seconds):
        self.links[base].is_cut.set()
        time.sleep(seconds)
        self.links[base].is_cut.clear()

    def lock_file(self, seconds):
        files = sorted(path for path in pathlib.Path(self.home).iterdir() if path.suffix == ".sqlite")
        connection = sqlite3.connect(self.random.choice(files), timeout=5)
        try:
            connection.execute("BEGIN IMMEDIATE")
            time.sleep(seconds)
        except sqlite3.OperationalError:
            pass  # the daemons left no moment for it
        finally:
            connection.close()
