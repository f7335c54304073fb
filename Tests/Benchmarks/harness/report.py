"""The table and the JSON file, with the machine that they were made on."""

import json
import os
import platform
import time

from harness.line import COLUMNS

QUIET_LOAD = 0.5


def machine():
    with open("/proc/cpuinfo") as file:
        model = next((line.split(":")[1].strip() for line in file if line.startswith("model name")), "")
    return f"{os.cpu_count()} × {model or platform.machine()}"


def heading(load):
    text = f"{machine()}, load average {load:.2f} before the start, {time.strftime('%Y-%m-%d %H:%M')}"
    if load > QUIET_LOAD:
        text += "\nTHE MACHINE WAS NOT QUIET: others were at work, and these figures tell little."
    return text


class Table:
    """Prints each line when it is there: the widths are fixed."""

    WIDTHS = [59, 9, 11, 19, 10, 5, 7, 4, 0]

    def __init__(self):
        self._print(COLUMNS)

    def add(self, line):
        self._print(line.cells())

    def _print(self, cells):
        text = [cell.ljust(width) if place == 0 else cell.rjust(width)
                for place, (cell, width) in enumerate(zip(cells, self.WIDTHS))]
        print("  ".join(text).rstrip(), flush=True)


def write_json(path, load, options, lines):
    document = {
        "machine": machine(), "load_before": load, "options": options, "lines": [line.json() for line in lines]}
    with open(path, "w") as file:
        json.dump(document, file, indent=1, ensure_ascii=False, default=str)
