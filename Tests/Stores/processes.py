"""Processes of stores: who belongs to whom, signals, and waiting for a state."""

import os
import pathlib
import signal
import time


def family(pid):
    """A process and all below it."""
    try:
        children = pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return []
    return [pid, *(below for child in children for below in family(int(child)))]


def send(pids, number):
    """Sends a signal to those that are still there."""
    for pid in pids:
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            pass


def kill(pids):
    send(pids, signal.SIGKILL)


def port_of(url):
    """The port of a URL with one host."""
    return int(url.rsplit(":", 1)[1].split("/")[0])


def wait_until(holds, seconds, what):
    deadline = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > deadline:
            raise SystemExit(f"after {seconds} s: not {what}")
        time.sleep(0.1)


def command_of(pid):
    try:
        return pathlib.Path(f"/proc/{pid}/cmdline").read_text()
    except OSError:
        return ""
