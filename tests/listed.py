"""Ordered values as the core would give them, from a plain list."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from streamstats.summary.numbers import Exact

Described = tuple[Exact, bool, list[tuple[int, int]], list[int]]


class Listed:
    """The first ``limit`` of some values that are in order already; remembers what was asked.

    ``times`` are the instants of each value's records, in nanoseconds, and ``width_ns`` is the
    length of the buckets they are counted in.
    """

    def __init__(
        self,
        values: list[tuple[bytes, int, int | float]],
        limit: int = 0,
        times: Mapping[bytes, list[int]] | None = None,
        width_ns: int = 1_000_000_000,
    ) -> None:
        self.chosen = len(values)
        self.total = sum(count for _, _, count in values)
        self.values = values[:limit] if limit else values
        self.times = times or {}
        self.width_ns = width_ns
        self.asked: list[tuple[int, int]] = []
        self.described: dict[bytes, Described] = {}

    def __len__(self) -> int:
        return len(self.values)

    def slice(self, start: int, stop: int, /) -> list[tuple[bytes, int, int | float]]:
        self.asked.append((start, stop))
        return self.values[start:stop]

    def buckets(self, key: bytes) -> Counter[int]:
        """How many records of a value each bucket has."""
        return Counter(instant // self.width_ns for instant in self.times[key])

    def lives(self, start: int, stop: int, width: int, /) -> list[tuple[int, int, int, int]]:
        """By trying every row of ``width`` buckets that begins with a record."""
        found = []
        for key, _, _ in self.values[start:stop]:
            buckets = self.buckets(key)
            rows = {at: sum(buckets[at + more] for more in range(width)) for at in sorted(buckets)}
            peak_at = max(rows, key=lambda at: (rows[at], -at))
            instants = self.times[key]
            found.append((min(instants), max(instants), peak_at, rows[peak_at]))
        return found

    def partial(self, start: int, stop: int) -> list[bool]:
        return [False] * (stop - start)

    def sparks(
        self, start: int, stop: int, begin: int, step: int, steps: int, /
    ) -> list[list[int]]:
        found = []
        for key, _, _ in self.values[start:stop]:
            counts = [0] * steps
            for bucket, records in self.buckets(key).items():
                at = (bucket - begin) // step
                if 0 <= at < steps:
                    counts[at] += records
            found.append(counts)
        return found

    def numbers(
        self, start: int, stop: int, thousandths: Sequence[int], edges: Sequence[int], /
    ) -> list[Described | None]:
        """Those of ``described``; tests of numbers set it."""
        del thousandths, edges
        return [self.described.get(key) for key, _, _ in self.values[start:stop]]
