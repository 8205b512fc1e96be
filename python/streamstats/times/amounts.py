"""Distances: `90s`, `1h30m`, `1.5 hours`, `two days and 3 hours`, `half an hour`."""

from __future__ import annotations

from streamstats.times.error import Unread
from streamstats.times.lexer import Cursor
from streamstats.times.words import DAY, NUMBERS, UNITS, Shift

MAX_DIGITS = 19


def ahead(cursor: Cursor, skip: int = 0) -> bool:
    """Whether an amount with its unit stands `skip` tokens ahead."""
    width = _width(cursor, skip)
    return width > 0 and cursor.word(skip + width) in UNITS


def run(cursor: Cursor) -> Shift:
    """One or more amounts in a row, with `and`, a comma or nothing between them.

    Raises Unread; the caller has seen with `ahead` that one is there.
    """
    total = _one(cursor)
    while True:
        skip = 1 if cursor.mark(",") or cursor.word() == "and" else 0
        if not ahead(cursor, skip):
            return total
        cursor.take(skip)
        total = total.plus(_one(cursor))


def fraction(digits: str, unit: int) -> int:
    """The part of `unit` that the digits after a decimal point say; what is finer is dropped."""
    digits = digits[:MAX_DIGITS]
    return int(digits) * unit // int(10 ** len(digits)) if digits else 0


def _width(cursor: Cursor, skip: int) -> int:
    """How many tokens the number there takes; 0 where none stands."""
    if cursor.number(skip):
        point = cursor.mark(".", skip + 1, glued=True) and cursor.joined(skip + 2)
        return 3 if point else 1
    word = cursor.word(skip)
    if word == "half":
        return 2 if cursor.word(skip + 1) in ("a", "an") else 1
    return 1 if word in NUMBERS else 0


def _one(cursor: Cursor) -> Shift:
    width = _width(cursor, 0)
    first = cursor.peek()
    after = ""
    if not cursor.number():
        whole, after = (0, "5") if first.text == "half" else (NUMBERS[first.text], "")
    elif len(first.text.lstrip("0")) > MAX_DIGITS:
        raise Unread("the number is out of range", first.at)
    else:
        whole = int(first.text)
        after = cursor.peek(2).text if width == 3 else ""
    name = cursor.word(width)
    unit = UNITS[name]
    cursor.take(width + 1)
    if unit.months and after.strip("0"):
        raise Unread("a month or a year has no fixed length to take a part of", first.at,
                     ("45 days", "6 months"))  # fmt: skip
    part = fraction(after, unit.days * DAY + unit.ns)
    return Shift(whole * unit.months, whole * unit.days, whole * unit.ns + part)
