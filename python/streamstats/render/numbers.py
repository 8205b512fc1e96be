"""Numbers for people: thousands apart, no more digits than mean something."""

from __future__ import annotations

import math

_SCIENTIFIC = 1e15


def decimals(magnitude: float) -> int:
    """How many decimals give a number of this size four significant digits; at least two."""
    if not math.isfinite(magnitude) or magnitude == 0:
        return 2
    return min(9, max(2, 3 - math.floor(math.log10(abs(magnitude)))))


def number(value: int | float) -> str:
    """``12,345``, ``3.5``, ``2.843``, ``0.001235``."""
    if isinstance(value, int):
        return f"{value:,}"
    if not math.isfinite(value) or abs(value) >= _SCIENTIFIC or 0 < abs(value) < 1e-6:
        return f"{value:.6g}"
    text = f"{value:,.{decimals(value)}f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def amount(value: int | float, places: int) -> str:
    """A number in a column of numbers that all have ``places`` decimals."""
    if isinstance(value, int) and places == 0:
        return f"{value:,}"
    if not math.isfinite(value) or abs(value) >= _SCIENTIFIC:
        return f"{value:.6g}"
    return f"{value:,.{places}f}"


def percent(share: float) -> str:
    """``61.2%``; ``<0.1%`` for what would round to nought but is not."""
    if 0 < share < 0.0005:
        return "<0.1%"
    return f"{share:.1%}" if abs(share) < 1e6 else f"{share * 100:.3g}%"


def plural(count: int | float, noun: str) -> str:
    """``1 record``, ``2 records``."""
    return f"{number(count)} {noun}" if count == 1 else f"{number(count)} {noun}s"
