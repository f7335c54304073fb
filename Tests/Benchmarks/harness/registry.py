"""The rows of the table: functions that take a Bench and yield Lines, in the order in which their files name them."""

import dataclasses
from collections.abc import Callable, Iterable

from harness.line import Line

ROWS: list["Row"] = []


@dataclasses.dataclass
class Row:
    name: str
    lines: Callable[..., Iterable[Line]]
    is_large: bool


def row(name, is_large=False):
    """Adds a row; a large one is only measured with --large, or by its name."""

    def add(lines):
        ROWS.append(Row(name, lines, is_large))
        return lines

    return add
