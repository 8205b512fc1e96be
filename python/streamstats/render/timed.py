"""What the default layout says of times: the log's own span, its timeline, and more columns."""

from __future__ import annotations

import math
from collections.abc import Iterator

from streamstats.render.colour import BAR, DIM, paint
from streamstats.render.instants import Clock, Short, short
from streamstats.render.look import Look
from streamstats.render.numbers import amount, number, plural
from streamstats.render.sparks import spark
from streamstats.render.table import Column
from streamstats.render.width import cut
from streamstats.summary.model import Row, Summary, TimeFacts, Timeline
from streamstats.summary.rates import mean_rate, narrow, widen
from streamstats.times.duration import spell

SECOND = 1_000_000_000
MINUTE = 60 * SECOND
USUAL_TIMELINE = 60
"""Blocks of a timeline, where nothing limits its width."""
EARLIEST = -(2**63)


class Timed:
    """The columns that a table gains from times, measured row by row before the first is shown."""

    __slots__ = (
        "_facts",
        "_fastest",
        "_highest",
        "_mark",
        "_peak_seconds",
        "_places",
        "_short",
        "_unicode",
        "steps",
    )

    share = 8
    """How expendable the share is where there are times: it is the count once more."""
    records = 2
    """The same of the records, where a sum is the count."""

    def __init__(self, facts: TimeFacts, unicode: bool) -> None:
        self._facts = facts
        self._unicode = unicode
        self._mark = ""
        first, last = facts.first or 0, facts.last or 0
        unit = min(facts.per, SECOND) if facts.sliding else facts.per
        begin = max(EARLIEST, first - first % unit)
        self._short: Short = short(Clock(facts.zone), begin, last, facts.per)
        self._peak_seconds = facts.sliding or facts.per % MINUTE != 0
        self._fastest = 0.0
        self._highest = 0
        self.steps = 0
        """Of the longest sparkline."""
        self._places = 2

    def see(self, row: Row) -> None:
        """Take a row into account."""
        if row.life is not None:
            self._fastest = max(self._fastest, row.life.mean or 0.0)
            self._highest = max(self._highest, row.life.peak)
            self.steps = max(self.steps, len(row.life.spark))
        if row.partial:
            self._mark = "≈" if self._unicode else "~"

    def columns(self) -> list[Column]:
        """Mean, peak, when it was, first, last, and the sparkline."""
        per = self._facts.per
        return [
            Column("mean/s", right=True, expendable=5),
            Column("peak/s" if per == SECOND else f"peak/{spell(per)}", right=True, expendable=1),
            Column("peak at", right=True, expendable=3),
            Column("first", right=True, expendable=6),
            Column("last", right=True, expendable=7),
            Column("timeline", right=True, expendable=4),
        ]

    def widths(self) -> list[int]:
        """Of the columns, without the sparkline's; headers not counted. All rows have been seen."""
        self._places = places(self._fastest)
        mark = len(self._mark)
        instant = mark + self._short.width()
        return [
            len(rate(self._fastest, self._places)),
            mark + len(number(self._highest)),
            mark + self._short.width(self._peak_seconds),
            instant,
            instant,
        ]

    def cells(self, row: Row) -> list[str]:
        """The texts of one row, without the sparkline's."""
        life = row.life
        if life is None:
            return [""] * 5
        mark = self._mark if row.partial else ""
        return [
            "-" if life.mean is None else rate(life.mean, self._places),
            mark + number(life.peak),
            mark + self._short.text(life.peak_at, self._peak_seconds),
            mark + self._short.text(life.first),
            mark + self._short.text(life.last),
        ]

    def spark(self, row: Row, width: int) -> str:
        """The sparkline in at most ``width`` columns, without blanks at its end."""
        counts = () if row.life is None else row.life.spark
        return spark(narrow(counts, width), self._unicode).rstrip(" ")


def places(fastest: float) -> int:
    """Decimals of a column of rates: three significant digits for the largest; two at least."""
    if not math.isfinite(fastest) or fastest <= 0:
        return 2
    return min(6, max(2, 2 - math.floor(math.log10(fastest))))


def rate(value: float, decimals: int) -> str:
    """A rate with so many decimals; ``<0.01`` for what would round to nought but is not."""
    least = 10.0**-decimals
    return f"<{least:.{decimals}f}" if 0 < value < least / 2 else amount(value, decimals)


def head(summary: Summary, facts: TimeFacts, look: Look) -> Iterator[str]:
    """The log's own span and the timeline of the whole, and an empty line before the values."""
    for line in _wrapped(_span(summary, facts), look):
        yield line + "\n"
    if facts.timeline is not None and facts.timeline.counts:
        yield _timeline(facts.timeline, look)
    if summary.stats.count or not summary.by:
        yield "\n"


def _span(summary: Summary, facts: TimeFacts) -> list[str]:
    """What is said of the whole, in parts that are not to be broken."""
    records = _records(summary, facts)
    parts = [plural(records, "record")]
    if facts.first is None or facts.last is None:
        parts.insert(0, "no times")
    else:
        parts.insert(0, from_to(Clock(facts.zone), facts.first, facts.last))
        whole = mean_rate(records, facts.seconds)
        if whole is not None:
            parts.append(f"{rate(whole, places(whole))}/s")
    if facts.sliding:
        parts.append("sliding peaks")
    if facts.undated:
        parts.append(f"{number(facts.undated)} undated")
    if facts.late:
        parts.append(f"{number(facts.late)} too late: peaks are lower bounds")
    return parts


def from_to(clock: Clock, first: int, last: int) -> str:
    """``2026-03-01 10:00:00 to 11:00:00 +01:00``; the offset twice where it has changed."""
    begin, end = clock.wall(first), clock.wall(last)
    start = f"{begin.date} {begin.time}"
    if first == last:
        return f"{start} {begin.offset}"
    if begin.offset != end.offset:
        return f"{start} {begin.offset} to {end.date} {end.time} {end.offset}"
    stop = end.time if begin.date == end.date else f"{end.date} {end.time}"
    return f"{start} to {stop} {end.offset}"


def _records(summary: Summary, facts: TimeFacts) -> int:
    if summary.summed is None and summary.by:
        return int(summary.stats.total)
    if facts.timeline is not None:
        return sum(facts.timeline.counts) + facts.late
    return summary.source.matched


def _wrapped(parts: list[str], look: Look) -> Iterator[str]:
    """The parts with commas between, on as few lines of the width as will do."""
    ellipsis = "…" if look.unicode else "..."
    lines = parts[:1]
    for part in parts[1:]:
        if look.width and len(lines[-1]) + len(part) + len(", ,") > look.width:
            lines[-1] += ","
            lines.append(f"  {part}")
        else:
            lines[-1] += f", {part}"
    yield from (cut(line, look.width, ellipsis) if look.width else line for line in lines)


def _timeline(timeline: Timeline, look: Look) -> str:
    """One line of blocks, and what one block stands for."""
    most = USUAL_TIMELINE
    if look.width:
        most = max(2, look.width - len(" 500ms each"))
    first = timeline.start // timeline.step
    counts = [(first + at, count) for at, count in enumerate(timeline.counts)]
    shown = widen(counts, timeline.step, most)
    blocks = spark(shown.counts, look.unicode)
    each = f" {spell(shown.step)} each"
    if look.width and len(blocks) + len(each) > look.width:
        each = cut(each.removesuffix(" each"), look.width - len(blocks), "")
    return paint(blocks, BAR, look.colour) + paint(each, DIM, look.colour) + "\n"
