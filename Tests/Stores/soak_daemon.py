"""A daemon under a mixed load, with its log and what it takes of the system."""

import collections
import json
import os
import pathlib
import subprocess
import threading
import time

from processes import wait_until


class Daemon:
    """A daemon with its client, in threads of their own."""

    def __init__(self, command, environment, client, name, log):
        self.client, self.name = client, name
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            env={**os.environ, **environment})
        self.lock = threading.Lock()
        self.log_lines = 0
        self.log_messages = collections.Counter()
        self.log = open(log, "wb")
        self.is_over = False
        self.readers = [threading.Thread(target=self.read), threading.Thread(target=self.read_log)]
        for thread in self.readers:
            thread.start()
        self.writer = None

    def open(self):
        with self.lock:
            lines = self.client.opening()
        self.send(lines)
        wait_until(lambda: not self.client.pending, 60, f"answers of {self.name}")

    def begin(self, rate):
        self.writer = threading.Thread(target=self.write, args=(rate,))
        self.writer.start()

    def send(self, text):
        self.process.stdin.write(text.encode())
        self.process.stdin.flush()

    def write(self, rate):
        due = time.monotonic()
        while not self.is_over:
            with self.lock:
                text = self.client.next()
            if text:
                self.send(text)
            due = max(due + 1 / rate, time.monotonic() - 1)
            time.sleep(max(0, due - time.monotonic()))

    def read(self):
        for line in self.process.stdout:
            with self.lock:
                self.client.take(json.loads(line))

    def read_log(self):
        for line in self.process.stderr:
            self.log_lines += 1
            try:
                self.log_messages[json.loads(line).get("message", "")] += 1
            except ValueError:
                self.log_messages[line.decode(errors="replace").strip()] += 1
            self.log.write(line)
            self.log.flush()

    def end(self):
        self.is_over = True
        self.writer.join()
        self.process.stdin.close()
        code = self.process.wait()
        for thread in self.readers:
            thread.join()
        return code

    def sample(self):
        pid = self.process.pid
        status = dict(line.split(":", 1) for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines())
        fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
        with self.lock:
            counts = {"asked": self.client.counts["asked"], "answered": self.client.counts["answered"],
                      "unanswered": len(self.client.pending)}
        return {"daemon": self.client.place, "stores": self.name, "rss_kib": int(status["VmRSS"].split()[0]),
                "peak_kib": int(status["VmHWM"].split()[0]), "threads": int(status["Threads"]),
                "descriptors": len(os.listdir(f"/proc/{pid}/fd")), "log_lines": self.log_lines,
                "cpu_seconds": (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK"), **counts}
