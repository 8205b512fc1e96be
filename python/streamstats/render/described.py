"""What the default layout says of ``--numbers``: statistics, a histogram, and more columns."""

from __future__ import annotations

from collections.abc import Iterator

from streamstats.render.bars import bar
from streamstats.render.colour import BAR, BOLD, DIM, paint
from streamstats.render.escape import shown_name
from streamstats.render.look import UNLIMITED, USUAL_WIDTH, Look
from streamstats.render.measures import edges_alike, edges_apart, measured
from streamstats.render.numbers import number, percent, plural
from streamstats.render.sparks import spark
from streamstats.render.table import LEAST_BAR, MOST_BAR, USUAL_BAR, Column
from streamstats.render.width import cut
from streamstats.summary.model import Row, Summary
from streamstats.summary.numbers import CROWDED, Histogram, NumberStats
from streamstats.summary.rates import narrow

LABELS = 10
"""Columns of the statistics' names, as in Some Statsy Things."""

SHOWN = (0.5, 0.95, 0.99)
"""The quantiles of a row."""


def name_of(quantile: float) -> str:
    """``p50``, ``p99.9``."""
    return f"p{quantile * 100:g}"


class Described:
    """The columns that a table gains from numbers, measured row by row before the first is
    shown.
    """

    __slots__ = ("_about", "_unicode", "_widest", "steps")

    share = 8
    """How expendable the share is where there are numbers,"""
    records = 2
    """and the records, where a sum is the count."""

    def __init__(self, unicode: bool) -> None:
        self._unicode = unicode
        self._about = about(unicode)
        self._widest = [0, 0, 0, 0]
        self.steps = 0
        """Of the longest sparkline."""

    def see(self, row: Row) -> None:
        """Take a row into account."""
        self._widest = [
            max(width, len(text)) for width, text in zip(self._widest, self.cells(row), strict=True)
        ]
        if row.numbers is not None:
            self.steps = max(self.steps, len(row.numbers.spark))

    def columns(self) -> list[Column]:
        """Three quantiles, the maximum, and the sparkline."""
        return [
            Column("p50", right=True, expendable=1),
            Column("p95", right=True, expendable=3),
            Column("p99", right=True),
            Column("max", right=True, expendable=2),
            Column("spread", right=True, expendable=4),
        ]

    def widths(self) -> list[int]:
        """Of the columns, without the sparkline's; headers not counted. All rows have been seen."""
        return self._widest

    def cells(self, row: Row) -> list[str]:
        """The texts of one row, without the sparkline's."""
        stats = row.numbers
        if stats is None:
            return ["-"] * 4
        cells = [
            _quantile(stats, stats.quantiles[which], self._about, self._unicode) for which in SHOWN
        ]
        cells.append(measured(stats.maximum, stats.unit, self._unicode))
        if row.partial:
            cells = [self._about + cell.removeprefix(self._about) for cell in cells]
        return cells

    def spark(self, row: Row, width: int) -> str:
        """The sparkline in at most ``width`` columns, without blanks at its end."""
        counts = () if row.numbers is None else row.numbers.spark
        return spark(narrow(counts, width), self._unicode).rstrip(" ")


def about(unicode: bool) -> str:
    """What stands before a number that is not exact."""
    return "≈" if unicode else "~"


def block(summary: Summary, stats: NumberStats, look: Look) -> Iterator[str]:
    """The numbers of all records: statistics, quantiles, histogram."""
    name = shown_name(summary.numbered or "", True, not look.unicode)
    yield paint(f"Numbers in {name}", BOLD, look.colour) + "\n"
    yield from _statistics(stats, look)
    if stats.histogram is not None:
        yield "\n"
        yield from _histogram(stats, stats.histogram, look)


def statistics(stats: NumberStats, unicode: bool) -> list[tuple[str, str, str]]:
    """Names, numbers, and what is to be said of them."""

    def shown(value: int | float) -> str:
        return measured(value, stats.unit, unicode)

    count = ("count", number(stats.count), _absent(stats))
    if not stats.count:
        return [count]
    sign = about(unicode)
    quantiles = [
        (name_of(which), _quantile(stats, value, sign, unicode), "")
        for which, value in stats.quantiles.items()
    ]
    if not stats.exact:
        # To the next tenth of a percent: a bound is not rounded down.
        bound = -(-stats.error * 1000 // 1) / 10
        quantiles[0] = (*quantiles[0][:2], f"{sign} within {bound:g}%, as are the bins")
    return [
        count,
        ("minimum", shown(stats.minimum), _unit_note(stats)),
        *quantiles,
        ("maximum", shown(stats.maximum), ""),
        ("mean", shown(stats.mean), ""),
        ("stdev", shown(stats.stdev), ""),
        ("total", shown(stats.total), ""),
    ]


def _statistics(stats: NumberStats, look: Look) -> Iterator[str]:
    lines = statistics(stats, look.unicode)
    widest = max(len(text) for _, text, _ in lines)
    for label, text, note in lines:
        room = look.width - (LABELS + 2 + widest + 2)
        aside = _aside(note, look) if look.width == UNLIMITED or room >= len(note) else ""
        yield f"{label:>{LABELS}}  {text:>{widest}}{aside}\n"


def _aside(note: str, look: Look) -> str:
    return "  " + paint(note, DIM, look.colour) if note else ""


def _absent(stats: NumberStats) -> str:
    parts = [f"{plural(stats.absent, 'record')} without one"] if stats.absent else []
    if stats.not_numbers:
        parts.append(f"{plural(stats.not_numbers, 'line')} left out with another text")
    return ", ".join(parts)


def _unit_note(stats: NumberStats) -> str:
    if stats.mixed:
        return "times (in seconds) and data (in bytes) are mixed"
    if stats.unitless:
        taken = "seconds" if stats.unit == "s" else "bytes"
        return f"{number(stats.unitless)} without a unit, taken for {taken}"
    return ""


def _quantile(stats: NumberStats, value: int | float, sign: str, unicode: bool) -> str:
    # The extremes are known, whatever became of the rest.
    exact = stats.exact or value in (stats.minimum, stats.maximum)
    if exact:
        return measured(value, stats.unit, unicode)
    # No more digits than the error leaves.
    return sign + measured(plain_digits(value), stats.unit, unicode)


def plain_digits(value: int | float) -> int | float:
    """A number rounded to four significant digits."""
    rounded = float(f"{value:.4g}")
    return int(rounded) if rounded.is_integer() else rounded


def bins(stats: NumberStats, histogram: Histogram, unicode: bool) -> list[tuple[str, int]]:
    """The bins as text, with their counts; the open ones at the ends where they hold any."""
    dash, least, below = ("–", "≥", "<") if unicode else ("-", ">=", "<")
    if histogram.log:
        texts, unit = edges_apart(histogram.edges, stats.unit, unicode), ""
    else:
        texts, unit = edges_alike(histogram.edges, stats.unit, unicode)
    unit = f" {unit}" if unit else ""
    left = max(len(text) for text in texts[:-1])
    right = max(len(text) for text in texts[1:])
    rows = [
        (f"{low:>{left}} {dash} {high:>{right}}{unit}", count)
        for low, high, count in zip(texts, texts[1:], histogram.counts, strict=False)
    ]
    if histogram.less:
        rows.insert(0, (f"{below} {texts[0]}{unit}", histogram.less))
    if histogram.more:
        rows.append((f"{least} {texts[-1]}{unit}", histogram.more))
    return rows


def _histogram(stats: NumberStats, histogram: Histogram, look: Look) -> Iterator[str]:
    rows = bins(stats, histogram, look.unicode)
    sign = "" if stats.exact else about(look.unicode)
    labels = max(len(label) for label, _ in rows)
    counts = [f"{sign}{number(count)}" if count else "0" for _, count in rows]
    shares = [percent(count / stats.count) for _, count in rows]
    counted, shared = (max(map(len, texts)) for texts in (counts, shares))
    used = labels + 2 + counted + 2 + shared + 2
    room = (look.width or USUAL_WIDTH) - used
    most = MOST_BAR if look.width else USUAL_BAR
    width = min(most, room) if room >= LEAST_BAR else 0
    largest = max(count for _, count in rows)
    for (label, count), text, share in zip(rows, counts, shares, strict=True):
        line = f"{label:>{labels}}  {text:>{counted}}  {share:>{shared}}"
        drawn = paint(bar(count, largest, width, look.unicode), BAR, look.colour)
        if look.width and len(line) > look.width:
            line = cut(line, look.width, "")
        yield (f"{line}  {drawn}" if drawn else line) + "\n"
    if not histogram.log and largest > CROWDED * stats.count and len(rows) > 1:
        yield paint("most are in one bin: --log-bins shows more of them", DIM, look.colour) + "\n"
