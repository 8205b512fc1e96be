"""Random points between the least and the largest value of a column."""

from __future__ import annotations

import math
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID

if TYPE_CHECKING:
    from random import Random

POINTED = {
    "integer": 0,
    "number": 0,
    "time": "2000-01-01",
    "uuid": "00000000-0000-0000-0000-000000000000",
    "bytes": b"\0",
    "text": "0",
}
"""Kinds of columns in which a point between two others can be found; and one that stands for such,
where a query is explained before any is known."""


def points(dice: Random, low: Any, high: Any, count: int) -> list[Any] | None:
    """At most ``count`` different values from ``low`` to ``high``, ascending.

    None where nothing is known of what lies between them, as between two names.
    """
    find = _finder(low, high)
    if find is None:
        return None
    try:
        found = {find(dice) for _ in range(count)}
        return sorted(found)
    except (ArithmeticError, TypeError, ValueError):
        return None


def _finder(low: Any, high: Any) -> Any:
    kinds = {type(low), type(high)}
    if kinds == {int}:
        return lambda dice: dice.randint(low, high)
    if kinds <= {int, float}:
        if not (math.isfinite(low) and math.isfinite(high)):
            return None
        return lambda dice: low + (high - low) * dice.random()
    if kinds <= {int, Decimal}:
        return lambda dice: low + (high - low) * Decimal(dice.random()).quantize(Decimal("1e-12"))
    if kinds in ({date}, {datetime}, {timedelta}):
        return lambda dice: _later(low, high, dice)
    if kinds == {UUID}:
        return lambda dice: UUID(int=dice.randint(low.int, high.int))
    if kinds == {bytes} and len(low) == len(high):
        ends = int.from_bytes(low, "big"), int.from_bytes(high, "big")
        return lambda dice: dice.randint(*ends).to_bytes(len(low), "big")
    if kinds == {str}:
        return _written(low, high) or _hexadecimal(low, high)
    return None


def _later(low: Any, high: Any, dice: Random) -> Any:
    span = high - low
    if isinstance(low, date) and not isinstance(low, datetime):
        return low + timedelta(days=dice.randint(0, span.days))
    return low + timedelta(seconds=math.floor(span.total_seconds() * dice.random()))


def _written(low: str, high: str) -> Any:
    """Between two dates or times as ISO 8601 writes them."""
    try:
        first, last = datetime.fromisoformat(low), datetime.fromisoformat(high)
    except ValueError:
        return None
    if len(low) == len(high) == 10:
        return lambda dice: _later(first.date(), last.date(), dice).isoformat()
    if min(len(low), len(high)) < 16 or (first.tzinfo is None) != (last.tzinfo is None):
        return None
    separator = low[10]
    return lambda dice: _later(first, last, dice).isoformat(separator, "seconds")


def _hexadecimal(low: str, high: str) -> Any:
    """Between two of the names that are random digits of base 16, UUIDs or digests.

    In the order of every collation that has digits before letters.
    """
    dashes = [at for at, sign in enumerate(low) if sign == "-"]
    same = [at for at, sign in enumerate(high) if sign == "-"]
    if len(low) != len(high) or dashes != same:
        return None
    for digits in ("0123456789abcdef", "0123456789ABCDEF"):
        plain = [text.replace("-", "") for text in (low, high)]
        if all(len(text) >= 8 and set(text) <= set(digits) for text in plain):
            width = len(plain[0])
            ends = [int(text, 16) for text in plain]
            upper = digits[-1] == "F"
            return lambda dice: _dashed(dice.randint(*ends), width, upper, dashes)
    return None


def _dashed(number: int, width: int, upper: bool, dashes: list[int]) -> str:
    written = list(f"{number:0{width}{'X' if upper else 'x'}}")
    for at in dashes:
        written.insert(at, "-")
    return "".join(written)
