"""Fitting columns into the width of a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from streamstats.render.look import UNLIMITED, USUAL_WIDTH

GAP = 2
"""Blanks between two columns."""
LEAST_TEXT = 12
"""A column of text is cut to no less than this while anything else can go."""
LEAST_BAR = 8
USUAL_BAR = 40
MOST_BAR = 80
LEAST_SPARK = 8
MOST_SPARK = 40
WIDE = 160
"""From this width on a table with sparklines has bars as well, if there is room."""


class Column(NamedTuple):
    """One column of a table, without its cells."""

    header: str
    right: bool = False
    """Flush right, as numbers are. A column that is not holds text and may be cut."""
    expendable: int = 0
    """The column with the highest number goes first when room is short; 0 always stays."""
    gap: int = GAP
    """Blanks before it, unless it comes first."""


class Fit(NamedTuple):
    """How wide everything is. A width of 0 means: left out."""

    widths: list[int]
    bar: int


def fit(columns: Sequence[Column], natural: Sequence[int], width: int) -> Fit:
    """Share out ``width`` columns among the table's columns and a bar after them.

    ``natural`` is the width of each column's widest cell, header included. Numbers are never
    cut. Text is cut when it would leave the bar less than a fifth of the width; when even short
    text leaves the bar too little, the bar goes, and then the expendable columns.
    """
    if width == UNLIMITED:
        used = _used(columns, natural)
        return Fit(list(natural), max(USUAL_BAR // 2, min(USUAL_BAR, USUAL_WIDTH - used - 1)))
    widths = list(natural)
    spare = width - 1 - _least(columns, widths)
    if spare >= LEAST_BAR:
        _shrink(columns, widths, width - 1 - min(spare, max(LEAST_BAR, width // 5)))
        most = min(MOST_BAR, max(USUAL_BAR, width * 2 // 5))
        return Fit(widths, min(most, width - 1 - _used(columns, widths)))
    return Fit(plain(columns, widths, width), 0)


def plain(columns: Sequence[Column], natural: Sequence[int], width: int) -> list[int]:
    """How wide the columns of a table without bars are; 0 for one that is left out.

    Where there is not room for all even when text is short, the expendable ones go; then text is
    cut.
    """
    widths = list(natural)
    if width == UNLIMITED:
        return widths
    for at in sorted(range(len(columns)), key=lambda at: -columns[at].expendable):
        if columns[at].expendable and _least(columns, widths) > width:
            widths[at] = 0
    _shrink(columns, widths, width)
    return widths


class Spread(NamedTuple):
    """How wide everything is in a table with sparklines. A width of 0 means: left out."""

    widths: list[int]
    spark: int
    bar: int


def spread(columns: Sequence[Column], natural: Sequence[int], steps: int, width: int) -> Spread:
    """Share out ``width`` columns among the table's columns, sparklines and bars after them.

    The last of ``columns`` is the sparkline's: it has no natural width, it takes one column for
    each of ``steps`` at most. Text keeps half of the width, or as much as it needs; while
    that does not leave room for all, the expendable columns go. What is left then goes to the
    text, to the sparklines, and on wide terminals to a bar.
    """
    spark = min(steps, MOST_SPARK)
    widths = [*natural, spark]
    if width == UNLIMITED:
        return Spread(widths[:-1], spark, 0)
    texts = sum(1 for column in columns if not column.right)
    text_least = max(LEAST_TEXT, width // 2 // max(1, texts))
    least = [
        size if column.right else min(size, text_least)
        for column, size in zip(columns[:-1], natural, strict=True)
    ]
    least.append(min(spark, LEAST_SPARK))
    for at in sorted(range(len(columns)), key=lambda at: -columns[at].expendable):
        if columns[at].expendable and _used(columns, least) > width:
            least[at] = widths[at] = 0
    widths[-1] = least[-1]
    _shrink(columns, widths, width)
    room = width - _used(columns, widths)
    if widths[-1]:
        more = max(0, min(room, spark - widths[-1]))
        widths[-1] += more
        room -= more
    bar = min(USUAL_BAR, room - 1) if width >= WIDE and room > USUAL_BAR // 2 else 0
    return Spread(widths[:-1], widths[-1], bar)


def _used(columns: Sequence[Column], widths: Sequence[int]) -> int:
    present = [(column.gap, width) for column, width in zip(columns, widths, strict=True) if width]
    return sum(gap + width for gap, width in present) - (present[0][0] if present else 0)


def _least(columns: Sequence[Column], widths: Sequence[int]) -> int:
    least = [
        width if column.right else min(width, LEAST_TEXT)
        for column, width in zip(columns, widths, strict=True)
    ]
    return _used(columns, least)


def _shrink(columns: Sequence[Column], widths: list[int], room: int) -> None:
    """Cut the widest text columns evenly until all fit; never below one column each."""
    text = [at for at, column in enumerate(columns) if not column.right and widths[at]]
    excess = _used(columns, widths) - room
    if excess <= 0 or not text:
        return
    target = max(len(text), sum(widths[at] for at in text) - excess)
    # Narrow columns keep what they need; what they leave is shared by the wider ones.
    for done, at in enumerate(sorted(text, key=lambda at: widths[at])):
        widths[at] = max(1, min(widths[at], target // (len(text) - done)))
        target -= widths[at]
