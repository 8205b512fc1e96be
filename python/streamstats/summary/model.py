"""What a summary is: numbers and rows, ready to be shown by any front."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from streamstats.summary.outliers import CLASSIC, Rule

TYPE_CHECKING = False
if TYPE_CHECKING:
    from datetime import tzinfo  # not loaded by runs without times

    from streamstats.summary.marks import Mark
    from streamstats.summary.numbers import NumberStats

# Both tuples hide tuple.count behind a field: the word is the domain's, and nobody counts the
# items of a record.


class Stats(NamedTuple):
    """Statistics of the counts of all distinct values. Formulas: docs/statistics.md.

    ``total``, ``minimum`` and ``maximum`` are integers when all counts are, and floats when
    ``--sum`` met one. All are 0 when there is no value.
    """

    count: int  # type: ignore[assignment]
    """How many values are distinct."""
    total: int | float
    """The sum of the counts: how many records, or the sum of all amounts."""
    mean: float
    stdev: float
    """Population standard deviation."""
    minimum: int | float
    maximum: int | float
    median: float
    outliers: int
    """How many values the outlier rule marks."""


class Life(NamedTuple):
    """When the records of a value occurred. Instants are nanoseconds since 1970 UTC.

    Formulas: docs/statistics.md and ``summary/rates.py``.
    """

    first: int
    last: int
    mean: float | None
    """Records per second over the window; None when the window has no length."""
    active: float | None
    """Records per second between first and last; None when they are the same instant."""
    peak: int
    """Most records in one bucket of ``TimeFacts.per``, or in one sliding window of that length."""
    peak_at: int
    """Where that bucket begins; of several equally full ones the first."""
    spark: tuple[int, ...]
    """Records in as many equal steps of time as were asked for; () when none were."""


class Timeline(NamedTuple):
    """How many records there were as time went by, of all values together."""

    start: int
    """Where the first step begins, in nanoseconds since 1970 UTC."""
    step: int
    """Nanoseconds."""
    counts: tuple[int, ...]


class TimeFacts(NamedTuple):
    """What is known of the times of all records. Instants and lengths are in nanoseconds."""

    per: int
    """The length of the bucket that peaks are counted in."""
    sliding: bool
    """Peaks are of the fullest window of that length anywhere, not of a bucket of the calendar."""
    start: int | None
    """The window that was asked for, ``[start, end)``; None where it is open."""
    end: int | None
    first: int | None
    """Of the records counted; None when there are none."""
    last: int | None
    seconds: float
    """The length of the window, open ends taken from first and last."""
    timeline: Timeline | None
    undated: int
    """Lines that matched but have no time that could be read."""
    out_of_order: int
    """Records earlier than one before them."""
    zone: tzinfo
    """In which instants are shown."""
    late: int = 0
    """Records that came after their bucket was closed. When there are any, peaks and timelines
    lack them, so that each peak is a lower bound."""


class Row(NamedTuple):
    """One distinct value."""

    value: bytes
    """The groups, joined by a blank when there are several."""
    count: int | float  # type: ignore[assignment]
    """Records, or the sum of their amounts with ``--sum``."""
    records: int
    share: float
    """Of the total: 0 to 1, unless sums of both signs make the total."""
    outlier: bool
    groups: tuple[bytes, ...]
    """One for each name in ``Summary.by``."""
    life: Life | None = None
    """When its records occurred; None in a run without times."""
    numbers: NumberStats | None = None
    """What is known of its numbers; None where it has none, or none are described."""
    kinds: tuple[str, ...] = ()
    """Of each group what it is: "text", or of a key "number", "boolean", "null", "nested" (an
    object or an array, as it is written) or "missing", whose text is ``(missing)``. () for all
    text."""
    partial: bool = False
    """``life`` and ``numbers`` may cover a part of its records only: it may have been forgotten
    when memory was short, and come again."""
    marks: str = ""
    """The signs of the rules that mark it, where rules were asked for; see ``Summary.marked``."""


class Approximation(NamedTuple):
    """What is known of a tally that had to leave values out, to stay in its memory."""

    error: int | float | None
    """Every count is at most so much too low, and no value that is missing has more. None where
    amounts below zero were added up, and nothing can be said."""
    distinct: float
    """About how many distinct values there were, by HyperLogLog."""
    distinct_error: float
    """The standard error of that, relative to it."""


class SourceFacts(NamedTuple):
    """What was read."""

    files: list[str]
    bytes: int
    lines: int
    matched: int
    unmatched: int


Z95 = 1.959963984540054
"""The standard normal distribution has 95 in 100 of its mass within so much of its mean."""


class SampleFacts(NamedTuple):
    """How the records came about, where they are rows drawn from the table of a database."""

    table: str
    where: str
    """The filter that rows had to pass; "" for none."""
    strategy: str
    how: str
    """How they were drawn, in a sentence without its end."""
    drawn: int
    uniform: bool
    """Each row was as likely as any other, so that shares of the sample are worth something."""
    complete: bool
    """These are all rows there are."""
    table_rows: int | None
    """About how many rows the table has, by the planner's estimate; None where unknown."""
    examined: int
    """How many rows the server read for it."""
    exact: bool
    """By its own counters; otherwise that is the most it can have been."""
    cached: bool
    """All came from a cache."""


class Summary:
    """Everything that is shown of a tally."""

    __slots__ = (
        "approximation",
        "by",
        "marked",
        "more_count",
        "more_values",
        "numbered",
        "numbers",
        "pattern",
        "rows",
        "rule",
        "sample",
        "source",
        "stats",
        "summed",
        "time",
    )

    def __init__(
        self,
        *,
        stats: Stats,
        rows: Sequence[Row],
        source: SourceFacts,
        pattern: str,
        by: tuple[str, ...],
        more_values: int = 0,
        more_count: int | float = 0,
        summed: str | None = None,
        rule: Rule = CLASSIC,
        time: TimeFacts | None = None,
        approximation: Approximation | None = None,
        numbered: str | None = None,
        numbers: NumberStats | None = None,
        marked: tuple[tuple[Mark, int], ...] = (),
    ) -> None:
        self.stats = stats
        self.approximation = approximation
        """What counts lack; None where all of them are exact."""
        self.rows = rows
        """Those to show, in order. May be long and made on demand: iterate, do not copy."""
        self.more_values = more_values
        """How many values ``--top`` left out."""
        self.more_count = more_count
        """The sum of their counts."""
        self.source = source
        self.pattern = pattern
        """Its name, "line" for whole lines, or the regular expression."""
        self.by = by
        """The groups that are counted; none where only numbers are described."""
        self.summed = summed
        """The group that ``--sum`` adds up, or None when records are counted."""
        self.rule = rule
        """What marked the outliers, where no rules were asked for."""
        self.marked = marked
        """The rules that were asked for, and how many values each of them marks."""
        self.time = time
        """None in a run without times."""
        self.numbered = numbered
        """The group whose numbers are described, or None."""
        self.numbers = numbers
        """What is known of those of all records."""
        self.sample: SampleFacts | None = None
        """How the records were drawn; None where they are all that there were to count."""

    @property
    def intervals(self) -> bool:
        """Whether shares have an interval: those of counted records that were drawn evenly."""
        known = self.sample
        return known is not None and known.uniform and not known.complete and self.summed is None

    def interval(self, row: Row) -> tuple[float, float]:
        """Between which shares of the whole table that of a row lies, 95 times in 100."""
        from streamstats.summary.proportions import wilson  # few summaries are of samples

        return wilson(row.records, int(self.stats.total), Z95)

    def __repr__(self) -> str:
        return f"<Summary of {self.stats.count} values, {self.stats.total} in all>"
