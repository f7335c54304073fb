"""A daemon under measurement, driven through its pipes by `native/drive.c`."""

import dataclasses
import json
import subprocess

from harness.failure import Failure


@dataclasses.dataclass
class Run:
    """What became of one file of requests. Latencies are in microseconds: p50, p99, p999."""

    answers: int
    seconds: float
    cpu_seconds: float
    peak_mebibytes: float
    latency: dict[str, float]
    probes: dict[str, float]

    @property
    def rate(self):
        return self.answers / self.seconds

    @property
    def cpu_seconds_for_a_million(self):
        return self.cpu_seconds / self.answers * 1e6


class Daemon:
    """Any program that answers lines as the daemon does. It has answered a ping when `__init__` returns."""

    def __init__(self, drive, command, environment=None):
        self.driver = subprocess.Popen(
            [drive, *command], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment)
        self.start_seconds = self._line()["start_seconds"]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.driver.stdin.close()
        status = self.driver.wait()
        if status != 0:
            raise Failure(f"the daemon ended with {status}")

    def begin(self, requests, window=0, probes=None):
        """Starts a run; `end` waits for it."""
        self.driver.stdin.write(f"{requests} {window} {probes or ''}\n")
        self.driver.stdin.flush()

    def end(self):
        line = self._line()
        if line["errors"]:
            raise Failure(f"{line['errors']} of {line['answers']} answers are errors")
        return Run(line["answers"], line["seconds"], line["cpu_seconds"], line["peak_kib"] / 1024, line["latency"],
                   line["probes"])

    def run(self, requests, window=0, probes=None):
        self.begin(requests, window, probes)
        return self.end()

    def _line(self):
        line = self.driver.stdout.readline()
        if not line:
            raise Failure(f"the daemon ended with {self.driver.wait()}")
        return json.loads(line)
