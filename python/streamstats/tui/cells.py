"""The table of values as text: which columns there is room for, and what stands in each cell."""

from __future__ import annotations

from typing import NamedTuple

from streamstats.render.escape import shown_row
from streamstats.render.instants import Clock
from streamstats.render.live import rate as rate_text
from streamstats.render.numbers import number, percent
from streamstats.render.sparks import spark
from streamstats.render.width import cut, pad

TYPE_CHECKING = False
if TYPE_CHECKING:
    from streamstats.engines.standing import Standing

SPARK = 16
"""A timeline of a value has so many steps."""

LEAST_VALUE = 16
MOST_VALUE = 60


class Column(NamedTuple):
    """One column. ``sort`` is what a click on its head sorts by; "" for nothing."""

    name: str
    width: int
    right: bool
    sort: str
    rank: int
    """Where there is little room, those with the largest rank go first."""


COLUMNS = (
    Column("count", 11, True, "count", 0),
    Column("share", 6, True, "count", 1),
    Column("", 1, False, "", 0),
    Column("now/s", 7, True, "rate", 0),
    Column("peak", 7, True, "peak", 1),
    Column("timeline", SPARK, False, "", 2),
    Column("first", 8, False, "first", 4),
    Column("last", 8, False, "last", 3),
)


class Layout(NamedTuple):
    """Which columns there are, and how wide the value is."""

    value: int
    columns: tuple[Column, ...]

    def column_at(self, x: int) -> str:
        """What the column at a place is sorted by; "" for nothing."""
        if x < self.value + 1:
            return "value"
        at = self.value + 1
        for column in self.columns:
            if x < at + column.width + 1:
                return column.sort
            at += column.width + 1
        return ""


def layout(width: int, *, timed: bool = True) -> Layout:
    """The columns that fit."""
    columns = [column for column in COLUMNS if timed or column.name in ("count", "share", "")]
    while columns:
        rest = width - sum(column.width + 1 for column in columns) - 1
        if rest >= LEAST_VALUE:
            return Layout(min(rest, MOST_VALUE), tuple(columns))
        worst = max(columns, key=lambda column: column.rank)
        if worst.rank == 0:
            columns.pop()
        else:
            columns.remove(worst)
    return Layout(max(1, width - 1), ())


def head(by: str, sizes: Layout, sort: str, ascending: bool, unicode: bool) -> str:
    """The row above the values; an arrow shows what they are sorted by, and which way."""
    arrow = ("▲" if ascending else "▼") if unicode else ("^" if ascending else "v")
    cells = [pad(_titled(by, "value", sort, arrow, sizes.value), sizes.value)]
    done = sort == "value"
    for column in sizes.columns:
        title = column.name
        if column.sort == sort and not done:
            title, done = title + arrow, True
        cells.append(pad(title, column.width, column.right))
    return " ".join(cells)


def _titled(by: str, name: str, sort: str, arrow: str, width: int) -> str:
    return cut(by, width - 1) + arrow if sort == name else cut(by, width)


def line(standing: Standing, sizes: Layout, clock: Clock, unicode: bool) -> str:
    """The row of one value."""
    row = standing.row
    life = row.life
    texts = {
        "count": number(row.count),
        "share": percent(row.share),
        "": "*" if row.outlier else "",
        "now/s": "" if standing.rate is None else rate_text(standing.rate),
        "peak": "" if life is None else number(life.peak),
        "timeline": "" if life is None else spark(life.spark, unicode),
        "first": "" if life is None else clock.wall(life.first).time,
        "last": "" if life is None else clock.wall(life.last).time,
    }
    ellipsis = "…" if unicode else "~"
    value = shown_row(row)
    if not unicode and not value.isascii():
        value = value.encode("ascii", "backslashreplace").decode()
    cells = [pad(cut(value, sizes.value, ellipsis), sizes.value)]
    for column in sizes.columns:
        text = cut(texts[column.name], column.width, ellipsis)
        cells.append(pad(text, column.width, column.right))
    return " ".join(cells)
