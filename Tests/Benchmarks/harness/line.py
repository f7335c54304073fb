"""A line of the table: figures of several rounds beside each other, and what they are meant to be."""

import dataclasses
import statistics

RATE, MICROSECONDS, MILLISECONDS, NANOSECONDS, MEBIBYTES, COUNT = "/s", "µs", "ms", "ns", "MiB", ""


@dataclasses.dataclass
class Series:
    """One figure for each round."""

    values: list[float]
    unit: str

    @property
    def median(self):
        return statistics.median(self.values)

    def __str__(self):
        return figure(self.median, self.unit)


@dataclasses.dataclass
class Target:
    """A bound: of the ratio when there is a bare client, else of the daemon's own figure."""

    limit: float
    is_least: bool

    def is_met(self, value):
        return value >= self.limit if self.is_least else value <= self.limit


def at_least(limit):
    return Target(limit, is_least=True)


def at_most(limit):
    return Target(limit, is_least=False)


@dataclasses.dataclass
class Line:
    work: str
    daemon: Series
    bare: Series | None = None
    target: Target | None = None
    cpu: Series | None = None  # seconds of the daemon's for a million requests
    memory: Series | None = None  # peak, resident
    note: str = ""

    @property
    def ratio(self):
        if self.bare is None:
            return None
        return Series([ours / theirs for ours, theirs in zip(self.daemon.values, self.bare.values)], "×")

    @property
    def verdict(self):
        if self.target is None:
            return ""
        return "ok" if self.target.is_met((self.ratio or self.daemon).median) else "short"

    def cells(self):
        """The columns of COLUMNS, as text."""
        ratio = self.ratio
        target = ""
        if self.target:
            unit = "" if ratio else self.daemon.unit
            target = f"{'≥' if self.target.is_least else '≤'} {figure(self.target.limit, unit or '×')}"
        return [
            self.work, str(self.daemon), str(self.bare or ""),
            f"{ratio} ({figure(min(ratio.values), '×')}..{figure(max(ratio.values), '×')})" if ratio else "",
            target, self.verdict, f"{self.cpu.median:.2f}" if self.cpu else "",
            f"{self.memory.median:.0f}" if self.memory else "", self.note,
        ]

    def json(self):
        series = {name: getattr(self, name) for name in ("daemon", "bare", "ratio", "cpu", "memory")}
        return {
            "work": self.work, "verdict": self.verdict or None, "note": self.note,
            "target": self.target and dataclasses.asdict(self.target),
            **{name: value and {"median": value.median, "values": value.values, "unit": value.unit}
               for name, value in series.items()},
        }


COLUMNS = ["work", "daemon", "bare client", "ratio (min..max)", "target", "", "CPU s/M", "MiB", ""]


def figure(value, unit):
    """Three digits, with the unit; thousands and millions have theirs."""
    if unit == RATE and value >= 1e6:
        return f"{value / 1e6:.2f} M/s"
    if unit == RATE and value >= 1e4:
        return f"{value / 1e3:.0f} k/s"
    digits = 0 if value >= 100 or value == int(value) and value >= 10 else 1 if value >= 10 else 2
    return f"{value:.{digits}f}{'' if unit in ('×', '/s') else ' '}{'' if unit == '×' else unit}".strip()
