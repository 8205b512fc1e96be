"""Putting a summary together from a described distribution and ordered values."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Protocol, overload

from streamstats.summary.distribution import Distribution
from streamstats.summary.model import Row, SourceFacts, Summary
from streamstats.summary.moments import add, share

BLOCK = 4096
"""How many rows are made at once while iterating: few enough to be cheap to hold."""


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


class Rows(Sequence[Row]):
    """The first ``length`` of some ordered values as rows, made when asked for.

    Twenty million rows are never held at once: iterating makes them in blocks.
    """

    __slots__ = ("_described", "_length", "_ordered", "_split", "_summed")

    def __init__(
        self,
        ordered: Ordered,
        length: int,
        described: Distribution,
        *,
        split: Callable[[bytes], tuple[bytes, ...]] | None = None,
        summed: bool = False,
    ) -> None:
        self._ordered = ordered
        self._length = length
        self._described = described
        self._split = split
        self._summed = summed

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
        rows = []
        for key, records, amount in self._ordered.slice(start, stop):
            count = amount if self._summed else records
            groups = (key,) if split is None else split(key)
            value = key if split is None else b" ".join(groups)
            outlier = count < low or count > high
            rows.append(Row(value, count, records, share(count, total), outlier, groups))
        return rows


def summarise(
    described: Distribution,
    ordered: Ordered,
    *,
    source: SourceFacts,
    pattern: str,
    by: tuple[str, ...],
    split: Callable[[bytes], tuple[bytes, ...]] | None = None,
    summed: str | None = None,
) -> Summary:
    """Put a summary together.

    ``ordered`` holds the values to show, perhaps fewer than were chosen. ``split`` takes a key of
    several groups apart; without it a key is one group.
    """
    rows = Rows(ordered, len(ordered), described, split=split, summed=summed is not None)
    more_values = ordered.chosen - len(ordered)
    more_count: int | float = 0
    if more_values:
        more_count = ordered.total - add(row.count for row in rows)
    return Summary(
        stats=described.stats,
        rows=rows,
        more_values=more_values,
        more_count=more_count,
        source=source,
        pattern=pattern,
        by=by,
        summed=summed,
        rule=described.rule,
    )
