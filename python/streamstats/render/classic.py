r"""The layout of the original streamstats, byte for byte.

The original was a Python 2 script. For each value it printed a colour (``\033[0;31m`` for an
outlier, ``\033[0m`` for the others), a blank, and ``%{longest+1}s %-40s %s %s\033[m``: the value,
a bar, the count and ``*`` for an outlier; then a blank line, ``Some Statsy Things`` and each
statistic as ``%10s %s``. Without colour the escape sequences are left out and nothing else, so
the blank at the start of each line stays. Widths are counted in bytes, as Python 2 counted them.

On a terminal, control characters and invalid UTF-8 are escaped; elsewhere the bytes of a value
pass through unchanged, as lone surrogates in the text.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

from streamstats.render.escape import shown
from streamstats.render.look import Look
from streamstats.summary.model import Summary

BAR = 40
"""The width of a bar that stands for the whole total."""


def render(summary: Summary, look: Look) -> Iterator[str]:
    """The original's layout of the rows, in the order in which they come."""
    red, plain, end = ("\033[0;31m", "\033[0m", "\033[m") if look.colour else ("", "", "")
    total = summary.stats.total
    longest = 0
    for row in summary.rows:
        longest = max(longest, _bytes(_text(row.value, look)))
    for row in summary.rows:
        text = _text(row.value, look)
        blanks = " " * (longest + 1 - _bytes(text))
        bar = "|" * bar_length(row.count, total)
        colour, mark = (red, "*") if row.outlier else (plain, "")
        yield f"{colour} {blanks}{text} {bar:40} {python2_str(row.count)} {mark}{end}\n"
    yield "\nSome Statsy Things\n"
    for name in ("count", "outliers", "maximum", "minimum", "stdev", "total", "mean"):
        yield f"{name:>10} {python2_str(getattr(summary.stats, name))}\n"


def bar_length(count: int | float, total: int | float) -> int:
    """``ceil(count / total * 40)``, in the original's own floating-point steps.

    The original only counted, so its bars are from 1 to 40 long. Sums may be negative or larger
    than their total: such bars are cut to that range, and there are none for a total of nought.
    """
    if not total:
        return 0
    length = float(count) / total * BAR
    if math.isnan(length):
        return 0
    return math.ceil(min(max(length, 0.0), float(BAR)))


def python2_str(value: int | float) -> str:
    """What Python 2.7's ``str`` gave: for floats twelve significant digits, and never no point.

    Where ``%.12g`` would print a whole number of twelve digits, Python 2 already changed to an
    exponent, because it kept a digit for the ``.0`` that it adds.
    """
    if isinstance(value, int):
        return str(value)
    text = f"{value:.12g}"
    if not math.isfinite(value) or "e" in text:
        return text
    mantissa, exponent = f"{value:.11e}".split("e")
    if int(exponent) == 11:
        return f"{mantissa.rstrip('0').rstrip('.')}e{exponent}"
    return text if "." in text else f"{text}.0"


def _text(value: bytes, look: Look) -> str:
    if look.terminal:
        return shown(value, True, not look.unicode)[0]
    return value.decode("utf-8", "surrogateescape")


def _bytes(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode("utf-8", "surrogateescape"))
