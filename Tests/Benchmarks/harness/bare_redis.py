"""The bare clients of base C: redis-benchmark and hiredis, on keys of their own beside the daemon's in the same server.

The commands are those that the daemon sends, as the server's MONITOR shows them, with other tags in the keys' names.
"""

import json
import re
import socket
import subprocess

from harness.failure import Failure

TAG = re.compile(r"\{[\w-]{43}\}")
ANY_DIGITS = "__rand_int__"  # redis-benchmark puts twelve digits there, others at each place
TAG_OF_MANY = "{" + "0" * 31 + ANY_DIGITS + "}"
EVENT_ID = re.compile(r"(?<!\d)\d{12}(?!\d)")
COPY_FOR_BARE_CLIENTS = """
for index, latest in ipairs(redis.call('KEYS', 'creditd:{*}:latest')) do
    for _, part in ipairs({'latest', 'events'}) do
        local name = latest:sub(1, -7) .. part
        redis.call('COPY', name, string.format('creditd:{0000000000000000000000000000000%012d}:', index - 1) .. part)
    end
end
"""


class BareRedis:
    """Makes its copy of what the daemon has written so far."""

    def __init__(self, host, port, subjects):
        self.host, self.port, self.subjects = host, str(port), subjects
        subprocess.run(
            ["redis-cli", "-h", host, "-p", self.port, "EVAL", COPY_FOR_BARE_CLIENTS, "0"],
            check=True, stdout=subprocess.DEVNULL)

    def command(self, during):
        """The one command that the server is sent while `during` runs, with any subject's tag and any event's id."""
        with socket.create_connection((self.host, self.port)) as monitor:
            monitor.sendall(b"MONITOR\r\n")
            lines = monitor.makefile(encoding="latin-1")
            assert lines.readline() == "+OK\n"
            during()
            subprocess.run(["redis-cli", "-h", self.host, "-p", self.port, "ECHO", "end"],
                           check=True, stdout=subprocess.DEVNULL)
            commands = []
            for line in lines:
                words = [word for word in re.findall(r'"((?:[^"\\]|\\.)*)"', line)]
                if words == ["ECHO", "end"]:
                    break
                if TAG.search(line) and " lua]" not in line:
                    commands.append([self._of_any(json.loads(f'"{word}"')) for word in words])
        if len(commands) != 1:
            raise Failure(f"the daemon sent {len(commands)} commands where one was expected")
        return commands[0]

    @staticmethod
    def _of_any(word):
        return EVENT_ID.sub(ANY_DIGITS, TAG.sub(TAG_OF_MANY, word))

    def benchmark(self, command, pipeline, count):
        """Commands a second, of one connection with so many in flight."""
        output = subprocess.run(
            ["redis-benchmark", "-h", self.host, "-p", self.port, "-c", "1", "-P", str(pipeline), "-n", str(count),
             "-r", str(self.subjects), "-q", *command],
            check=True, capture_output=True, text=True).stdout
        return float(re.findall(r"([\d.]+) requests per second", output)[-1])

    def round_trips(self, program, count):
        """Latencies of one command at a time by hiredis, in microseconds."""
        return json.loads(subprocess.check_output(
            [program, self.host, self.port, str(count), str(self.subjects)], text=True))
