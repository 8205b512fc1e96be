"""What a summary is: numbers and rows, ready to be shown by any front."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from streamstats.summary.outliers import CLASSIC, Rule

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


class SourceFacts(NamedTuple):
    """What was read."""

    files: list[str]
    bytes: int
    lines: int
    matched: int
    unmatched: int


class Summary:
    """Everything that is shown of a tally."""

    __slots__ = (
        "by",
        "more_count",
        "more_values",
        "pattern",
        "rows",
        "rule",
        "source",
        "stats",
        "summed",
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
    ) -> None:
        self.stats = stats
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
        self.summed = summed
        """The group that ``--sum`` adds up, or None when records are counted."""
        self.rule = rule
        """What marked the outliers."""

    def __repr__(self) -> str:
        return f"<Summary of {self.stats.count} values, {self.stats.total} in all>"
