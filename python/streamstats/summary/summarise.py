"""Putting a summary together from a described distribution and ordered values."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple, Protocol, overload

from streamstats.summary.distribution import Distribution
from streamstats.summary.model import (
    Approximation,
    Life,
    Row,
    SourceFacts,
    Stats,
    Summary,
    TimeFacts,
)
from streamstats.summary.moments import add, share
from streamstats.summary.rates import active_rate, mean_rate

TYPE_CHECKING = False
if TYPE_CHECKING:
    from streamstats.summary.marks import Marking
    from streamstats.summary.numbers import Exact, NumberStats  # loaded by runs with numbers alone

BLOCK = 4096
"""How many rows are made at once while iterating: few enough to be cheap to hold."""


Split = Callable[[bytes], tuple[tuple[bytes, ...], tuple[str, ...]]]
"""From a key to its groups and their kinds."""


class Ordered(Protocol):
    """Values in the order to show them."""

    def __len__(self) -> int: ...

    @property
    def chosen(self) -> int:
        """How many values there would be without a limit."""

    @property
    def total(self) -> int | float:
        """The sum of the counts of all those."""

    def slice(self, start: int, stop: int, /) -> list[tuple[bytes, int, int | float]]:
        """(key, records, amount) of the values from start to before stop."""

    def lives(self, start: int, stop: int, width: int, /) -> list[tuple[int, int, int, int]]:
        """(first, last, first bucket of the peak, its records) of those; only with times.

        A peak is the fullest row of ``width`` buckets.
        """

    def partial(self, start: int, stop: int, /) -> list[bool]:
        """Whether the times and numbers of those may cover a part of their records only."""

    def sparks(
        self, start: int, stop: int, begin: int, step: int, steps: int, /
    ) -> list[list[int]]:
        """The records of those in each of ``steps`` steps; only with times.

        A step is ``step`` buckets, and the first begins with bucket ``begin``.
        """

    def numbers(
        self, start: int, stop: int, thousandths: Sequence[int], edges: Sequence[int], /
    ) -> list[tuple[Exact, bool, list[tuple[int, int]], list[int]] | None]:
        """Of those the moments of their numbers, whether each is known, the numbers around each
        quantile, and how many are between the edges; only of described numbers.
        """


class Numbered(NamedTuple):
    """How the numbers of values are described."""

    whole: NumberStats
    """Those of all records."""
    edges: tuple[int, ...]
    """Of the histogram of those, in billionths."""
    error: float
    """The bound of the relative error of binned numbers."""


class Clocked(NamedTuple):
    """How the lives of values are made from the buckets that their records were counted in."""

    width_ns: int
    """Of one bucket; bucket 0 begins at 1970-01-01T00:00:00Z."""
    buckets: int
    """How many in a row make a peak: 1 for the calendar's, more for a sliding window."""
    spark: tuple[int, int, int] | None
    """First bucket, buckets in a step, and number of steps of the sparklines; None without."""
    seconds: float
    """The length of the window."""


def life(
    found: tuple[int, int, int, int], records: int, clocked: Clocked, spark: Sequence[int] = ()
) -> Life:
    """The life of a value with so many records: ``found`` are its first and last instant, the first
    bucket of its peak, and the records there.
    """
    first, last, bucket, peak = found
    return Life(
        first,
        last,
        mean_rate(records, clocked.seconds),
        active_rate(records, first, last),
        peak,
        bucket * clocked.width_ns,
        tuple(spark),
    )


def lives(
    ordered: Ordered, start: int, stop: int, records: Sequence[int], clocked: Clocked
) -> list[Life]:
    """The lives of the values from start to before stop, which have so many ``records``."""
    found = ordered.lives(start, stop, clocked.buckets)
    sparks: Sequence[Sequence[int]] = [()] * len(found)
    if clocked.spark is not None:
        sparks = ordered.sparks(start, stop, *clocked.spark)
    return [
        life(each, count, clocked, spark)
        for each, count, spark in zip(found, records, sparks, strict=True)
    ]


def number_stats(
    ordered: Ordered, start: int, stop: int, numbered: Numbered
) -> list[NumberStats | None]:
    """What is known of the numbers of the values from start to before stop."""
    from streamstats.summary.numbers import QUANTILES, of_value

    whole, error = numbered.whole, numbered.error
    found = ordered.numbers(start, stop, QUANTILES, numbered.edges)
    return [None if item is None else of_value(*item, whole=whole, error=error) for item in found]


class Rows(Sequence[Row]):
    """The first ``length`` of some ordered values as rows, made when asked for.

    Twenty million rows are never held at once: iterating makes them in blocks.
    """

    __slots__ = (
        *("_clocked", "_described", "_length", "_marking", "_numbered", "_ordered", "_partial"),
        "_split",
        "_summed",
    )

    def __init__(
        self,
        ordered: Ordered,
        length: int,
        described: Distribution,
        *,
        split: Split | None = None,
        summed: bool = False,
        clocked: Clocked | None = None,
        numbered: Numbered | None = None,
        approximate: bool = False,
        marking: Marking | None = None,
    ) -> None:
        self._marking = marking
        self._ordered = ordered
        self._length = length
        self._described = described
        self._split = split
        self._summed = summed
        self._clocked = clocked
        self._numbered = numbered
        self._partial = approximate and (clocked is not None or numbered is not None)

    def __len__(self) -> int:
        return self._length

    def __iter__(self) -> Iterator[Row]:
        for start in range(0, self._length, BLOCK):
            yield from self._made(start, min(start + BLOCK, self._length))

    @overload
    def __getitem__(self, index: int) -> Row: ...
    @overload
    def __getitem__(self, index: slice) -> list[Row]: ...
    def __getitem__(self, index: int | slice) -> Row | list[Row]:
        if isinstance(index, slice):
            start, stop, step = index.indices(self._length)
            if step == 1:
                return self._made(start, max(start, stop))
            return [self[at] for at in range(start, stop, step)]
        if not -self._length <= index < self._length:
            raise IndexError(f"row {index} of {self._length}")
        index %= self._length
        return self._made(index, index + 1)[0]

    def _made(self, start: int, stop: int) -> list[Row]:
        total = self._described.stats.total
        low, high = self._described.bounds
        split = self._split
        values = self._ordered.slice(start, stop)
        times: Sequence[Life | None] = [None] * len(values)
        if self._clocked is not None:
            counts = [records for _, records, _ in values]
            times = lives(self._ordered, start, stop, counts, self._clocked)
        numbers: Sequence[NumberStats | None] = [None] * len(values)
        if self._numbered is not None:
            numbers = number_stats(self._ordered, start, stop, self._numbered)
        partial = [False] * len(values)
        if self._partial:
            partial = self._ordered.partial(start, stop)
        rows = []
        for (key, records, amount), life, some, part in zip(
            values, times, numbers, partial, strict=True
        ):
            count = amount if self._summed else records
            groups, kinds = ((key,), ()) if split is None else split(key)
            value = groups[0] if len(groups) == 1 else b" ".join(groups)
            signs = "" if self._marking is None else self._marking.signs(key, count)
            outlier = signs != "" if self._marking is not None else count < low or count > high
            shared = share(count, total)
            rows.append(
                Row(value, count, records, shared, outlier, groups, life, some, kinds, part, signs)
            )
        return rows


def summarise(
    described: Distribution,
    ordered: Ordered,
    *,
    source: SourceFacts,
    pattern: str,
    by: tuple[str, ...],
    split: Split | None = None,
    summed: str | None = None,
    time: TimeFacts | None = None,
    clocked: Clocked | None = None,
    group: str | None = None,
    numbers: NumberStats | None = None,
    numbered: Numbered | None = None,
    approximation: Approximation | None = None,
    chosen: bool = False,
    marking: Marking | None = None,
) -> Summary:
    """Put a summary together.

    ``ordered`` holds the values to show, perhaps fewer than were chosen. ``split`` takes a key
    apart; without it a key is one group, and text. A run with times gives ``time``, and ``clocked``
    for the times of each value; one that describes the ``numbers`` in a ``group`` gives both, and
    ``numbered`` for those of each value. ``approximation`` says what counts lack;
    ``chosen`` that only some values were to be shown; ``marking`` what rules mark.
    """
    # Without groups to count there is nothing but the numbers.
    length, sums = len(ordered) if by else 0, summed is not None
    rows = Rows(
        ordered,
        length,
        described,
        split=split,
        summed=sums,
        clocked=clocked,
        numbered=numbered,
        approximate=approximation is not None,
        marking=marking,
    )
    more_values = ordered.chosen - len(ordered) if by else 0
    more_count: int | float = 0
    if approximation is not None and by and not chosen:
        # Most of those that are not shown are not held either.
        more_values = described.stats.count - length
        more_count = described.stats.total - add(row.count for row in rows)
    elif more_values:
        shown = Rows(ordered, length, described, summed=sums)
        more_count = ordered.total - add(row.count for row in shown)
    return Summary(
        stats=described.stats if marking is None else _marked(described.stats, marking),
        approximation=approximation,
        rows=rows,
        more_values=more_values,
        more_count=more_count,
        source=source,
        pattern=pattern,
        by=by,
        summed=summed,
        rule=described.rule,
        time=time,
        numbered=group,
        numbers=numbers,
        marked=() if marking is None else tuple(zip(marking.marks, marking.counted, strict=True)),
    )


def _marked(stats: Stats, marking: Marking) -> Stats:
    return stats._replace(outliers=marking.values)
