"""Counting, slow and plain: what the core has to agree with.

A line at a time, Python's ``re`` over bytes, exact fractions. It follows the words of DESIGN.md
and docs/statistics.md, and shares no code with the package.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import NamedTuple

MAX_LINE = 1 << 20
"""A longer line is not looked at."""

_NUMBER = re.compile(rb"[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]{1,4})?")

#: Values, each as its groups, with their records and the sum of their amounts.
Values = dict[tuple[bytes, ...], tuple[int, Fraction]]


class Counted(NamedTuple):
    """What was counted."""

    values: Values
    lines: int
    unmatched: int


def lines_of(data: bytes) -> list[bytes]:
    """The lines: up to a line feed, which a carriage return before it goes with."""
    lines = data.split(b"\n")
    last = lines.pop()
    lines = [line.removesuffix(b"\r") for line in lines]
    return [*lines, last] if last else lines


def count(
    data: bytes,
    regex: str | None = None,
    by: Sequence[str] = ("line",),
    where: Iterable[tuple[str, str, str]] = (),
    sum: str | None = None,
) -> Counted:
    """Count the lines of ``data``; ``regex`` None takes whole lines."""
    conditions = list(where)
    pattern = re.compile(regex.encode()) if regex is not None else None
    values: Values = {}
    unmatched = 0
    lines = lines_of(data)
    for line in lines:
        groups = _groups(pattern, line) if len(line) <= MAX_LINE else None
        if groups is None:
            unmatched += 1
            continue
        if not all(_holds(groups[group], op, value.encode()) for group, op, value in conditions):
            continue
        amount = Fraction(1) if sum is None else _amount(groups[sum])
        if amount is None:
            unmatched += 1
            continue
        key = tuple(groups[group] for group in by)
        records, total = values.get(key, (0, Fraction(0)))
        values[key] = (records + 1, total + amount)
    return Counted(values, len(lines), unmatched)


def _groups(pattern: re.Pattern[bytes] | None, line: bytes) -> dict[str, bytes] | None:
    if pattern is None:
        return {"line": line}
    found = pattern.search(line)
    return None if found is None else found.groupdict(b"")


def _holds(text: bytes, op: str, value: bytes) -> bool:
    if op in ("~", "!~"):
        return (re.search(value, text) is not None) == (op == "~")
    left: Fraction | bytes = text
    right: Fraction | bytes = value
    numbers = number(text), number(value)
    if numbers[0] is not None and numbers[1] is not None:
        left, right = numbers[0], numbers[1]
    order = (left > right) - (left < right)  # type: ignore[operator]
    return {
        "=": order == 0,
        "!=": order != 0,
        "<": order < 0,
        "<=": order <= 0,
        ">": order > 0,
        ">=": order >= 0,
    }[op]


def number(text: bytes) -> Fraction | None:
    """A decimal number to nine decimals, rounded half to even; None for 10^20 and above."""
    if not _NUMBER.fullmatch(text):
        return None
    exact = Fraction(text.decode())
    return round(exact, 9) if abs(exact) < 10**20 else None


def _amount(text: bytes) -> Fraction | None:
    """A number to add up: in access logs ``-`` stands for no bytes."""
    return Fraction(0) if text == b"-" else number(text)
