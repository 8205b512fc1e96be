"""Rates, and steps of time that people know: pure functions of numbers.

Instants and lengths are nanoseconds, rates are records per second. A rate counts records, also
where ``--sum`` adds up amounts.
"""

from __future__ import annotations

from collections.abc import Iterable

from streamstats.summary.model import Timeline

SECOND = 1_000_000_000
_MINUTE, _HOUR, _DAY = 60 * SECOND, 3600 * SECOND, 86_400 * SECOND
_DECADE = (1, 2, 5)
_ROUND = (
    *(n * 10**power for power in range(9) for n in _DECADE),
    *(n * SECOND for n in (1, 2, 5, 10, 15, 30)),
    *(n * _MINUTE for n in (1, 2, 5, 10, 15, 30)),
    *(n * _HOUR for n in (1, 2, 3, 6, 12)),
    *(n * _DAY for n in (1, 7, 28, 91)),
    *(n * 10**power * 364 * _DAY for power in range(4) for n in _DECADE),
)


def mean_rate(records: int, seconds: float) -> float | None:
    """``records / seconds``: the mean rate over a window of that length.

    This is the time average of a counting process, N(T) / T (D. R. Cox and P. A. W. Lewis, *The
    Statistical Analysis of Series of Events*, 1966, chapter 2). None when the window has no
    length.
    """
    return records / seconds if seconds > 0 else None


def active_rate(records: int, first: int, last: int) -> float | None:
    """``records / (last - first)``, in records per second: the mean rate while it was there.

    The same average over the part of the window between the value's own first and last record.
    All records are counted, both ends included, so it is never below the mean rate of a window
    that holds them. None when first and last are the same instant.
    """
    return records * SECOND / (last - first) if last > first else None


def widen(buckets: Iterable[tuple[int, int]], width_ns: int, most: int) -> Timeline:
    """Add buckets up into at most ``most`` steps (2 or more) of a length that people know.

    ``buckets`` are (index, records), in any order; bucket 0 begins at 1970-01-01T00:00:00Z and
    each is ``width_ns`` long. The step is the smallest of these that is a multiple of
    ``width_ns`` and needs no more than ``most`` steps from the first bucket to the last: 1, 2 or
    5 times a power of ten below a second; 1, 2, 5, 10, 15, 30 s; the same in minutes; 1, 2, 3, 6,
    12 h; 1, 7, 28, 91, 364 days; 1, 2 or 5 times a power of ten of 364 days; 1, 2 or 5 times a
    power of ten of ``width_ns``, where that is none of these itself. Steps begin at multiples of
    their length since 1970, as calendar buckets do. No buckets make no steps.
    """
    counts: dict[int, int] = {}
    for index, records in buckets:
        counts[index] = counts.get(index, 0) + records
    if not counts:
        return Timeline(0, width_ns, ())
    first, last = min(counts), max(counts)
    most = max(2, most)  # what lies on both sides of 1970 needs two steps of any length
    fits = (step for step in _steps(width_ns) if _number(first, last, step // width_ns) <= most)
    step = next(fits)
    wide = step // width_ns
    begin = first // wide
    steps = [0] * _number(first, last, wide)
    for index, records in counts.items():
        steps[index // wide - begin] += records
    return Timeline(begin * step, step, tuple(steps))


def narrow(counts: tuple[int, ...], most: int) -> tuple[int, ...]:
    """Add neighbours up, equally many each, so that at most ``most`` (1 or more) remain."""
    each = -(-len(counts) // max(1, most))
    if each <= 1:
        return counts
    return tuple(sum(counts[at : at + each]) for at in range(0, len(counts), each))


def _number(first: int, last: int, wide: int) -> int:
    """How many steps of ``wide`` buckets hold the buckets from first to last."""
    return last // wide - first // wide + 1


def _steps(width: int) -> list[int]:
    """Lengths that are multiples of ``width``, ascending; the last is longer than all instants."""
    lengths = {length for length in _ROUND if length % width == 0}
    if width not in lengths:
        lengths.update(n * 10**power * width for power in range(20) for n in _DECADE)
    return sorted(lengths)
