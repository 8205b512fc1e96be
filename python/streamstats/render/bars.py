"""Bars, in eighths of a column where the terminal knows them."""

from __future__ import annotations

import math

_EIGHTHS = ("", "▏", "▎", "▍", "▌", "▋", "▊", "▉")
_FULL = "█"
_NEGATIVE = "░"


def bar(amount: int | float, largest: int | float, width: int, unicode: bool = True) -> str:
    """A bar of ``|amount| / largest * width`` columns, at most ``width``.

    Unicode bars are exact to an eighth of a column; without Unicode they are whole ``|``.
    What is not nought shows at least the smallest mark. A negative amount is drawn with another
    character (``░`` or ``-``) in whole columns.
    """
    if not amount or not largest or width <= 0:
        return ""
    ratio = abs(amount) / largest
    if not math.isfinite(ratio):
        ratio = 0.0 if math.isinf(largest) else 1.0
    ratio = min(ratio, 1.0)
    if amount < 0:
        return (_NEGATIVE if unicode else "-") * max(1, round(ratio * width))
    if not unicode:
        return "|" * max(1, math.ceil(ratio * width))
    whole, rest = divmod(max(1, round(ratio * width * 8)), 8)
    return _FULL * whole + _EIGHTHS[rest]
