"""The table of values as text: which columns there is room for, and what stands in each cell."""

from __future__ import annotations

from typing import NamedTuple

from streamstats.render.instants import Clock
from streamstats.render.kinds import Kinds, named
from streamstats.render.live import rate as rate_text
from streamstats.render.numbers import number, percent
from streamstats.render.sparks import spark, squeezed
from streamstats.render.width import cut, pad

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from streamstats.engines.standing import Standing

SPARK = 16
"""A timeline of a value has so many steps, where there is room;"""

NARROW = 8
"""and so many before another column has to go."""

LEAST_VALUE = 16
MOST_VALUE = 60


TIMELINE = "timeline"

UNTIMED = ("count", "share", "")
"""The columns of values that nobody knows the time of."""


class Column(NamedTuple):
    """One column. ``sort`` is what a click on its head sorts by; "" for nothing."""

    name: str
    width: int
    right: bool
    sort: str
    rank: int
    """Where there is little room, those with the largest rank go first."""


COLUMNS = (
    Column("count", 7, True, "count", 0),
    Column("share", 6, True, "count", 1),
    Column("", 1, False, "", 0),
    Column("now/s", 6, True, "rate", 0),
    Column("peak", 6, True, "peak", 1),
    Column(TIMELINE, SPARK, False, "", 2),
    Column("first", 8, False, "first", 4),
    Column("last", 8, False, "last", 3),
)


class Layout(NamedTuple):
    """Which columns there are, and how wide the value is."""

    value: int
    columns: tuple[Column, ...]

    @property
    def timeline(self) -> int:
        """How many steps a timeline may have."""
        return next((each.width for each in self.columns if each.name == TIMELINE), SPARK)

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


def layout(width: int, rows: Sequence[Standing] = (), *, timed: bool = True) -> Layout:
    """The columns that fit, as wide as the numbers in these rows are."""
    columns = [
        column._replace(width=max(column.width, _widest(rows, column.name)))
        for column in COLUMNS
        if timed or column.name in UNTIMED
    ]
    while columns:
        rest = width - sum(column.width + 1 for column in columns) - 1
        if rest >= LEAST_VALUE:
            return Layout(min(rest, MOST_VALUE), tuple(columns))
        if any(column.width == SPARK for column in columns if column.name == TIMELINE):
            columns = [
                column._replace(width=NARROW) if column.name == TIMELINE else column
                for column in columns
            ]
            continue
        worst = max(columns, key=lambda column: column.rank)
        if worst.rank == 0:
            columns.pop()
        else:
            columns.remove(worst)
    return Layout(max(1, width - 1), ())


def _widest(rows: Sequence[Standing], name: str) -> int:
    """How wide the numbers of a column are, so that none is cut."""
    texts = NUMBERS.get(name)
    return max((len(texts(row)) for row in rows), default=0) if texts is not None else 0


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


def _count(standing: Standing) -> str:
    return number(standing.row.count)


def _rate(standing: Standing) -> str:
    return "" if standing.rate is None else rate_text(standing.rate)


def _peak(standing: Standing) -> str:
    life = standing.row.life
    return "" if life is None else number(life.peak)


NUMBERS: dict[str, Callable[[Standing], str]] = {"count": _count, "now/s": _rate, "peak": _peak}


def line(standing: Standing, sizes: Layout, clock: Clock, kinds: Kinds, unicode: bool) -> str:
    """The row of one value."""
    row = standing.row
    life = row.life
    texts = {
        **{name: text(standing) for name, text in NUMBERS.items()},
        "share": percent(row.share),
        "": "*" if row.outlier else "",
        TIMELINE: "" if life is None else spark(squeezed(life.spark, sizes.timeline), unicode),
        "first": "" if life is None else clock.wall(life.first).time,
        "last": "" if life is None else clock.wall(life.last).time,
    }
    ellipsis = "…" if unicode else "~"
    value = named(row, kinds)
    if not unicode and not value.isascii():
        value = value.encode("ascii", "backslashreplace").decode()
    cells = [pad(cut(value, sizes.value, ellipsis), sizes.value)]
    for column in sizes.columns:
        text = cut(texts[column.name], column.width, ellipsis)
        cells.append(pad(text, column.width, column.right))
    return " ".join(cells)
