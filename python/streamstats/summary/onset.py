"""Since when: the stretch of time in which a value's records are densest beside the rest.

M. Kulldorff, *A spatial scan statistic*, Communications in Statistics, Theory and Methods 26
(1997), in one dimension, with the value's own records as the population.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import NamedTuple

MOST = 2000
"""Buckets are put together until there are no more than this."""
CERTAIN = math.log(100)
"""An onset is clear when chance alone would give it in fewer than one of 100 values."""


class Onset(NamedTuple):
    """The stretch that stands out. Instants and widths are nanoseconds."""

    start: int
    """Where its first bucket begins."""
    end: int
    """Where its last bucket ends."""
    width: int
    """Of a bucket: how exact start and end are."""
    records: int
    """Of the value, inside."""
    inside: float
    """Records per second inside."""
    outside: float
    """Records per second in all other buckets of the window; 0 when there are none."""
    ratio: float
    """The log-likelihood ratio, in nats."""
    first_seen: bool
    """There is no earlier record of the value: the start is when it was first seen, no rise."""
    from_start: bool
    """It begins with the window, so it may have begun before."""
    clear: bool
    """Not what one would find in evenly spread records anyway: the ratio is above
    ln(B (B + 1) / 2) + ln 100, by Chernoff's bound exp(-ratio) for each of the B (B + 1) / 2
    intervals. Like every p here it takes the records to be independent, which they are not."""


def onset(
    buckets: Iterable[tuple[int, int]],
    first: int,
    last: int,
    width: int,
    most: int = MOST,
) -> Onset | None:
    """Find the stretch of buckets that maximises the likelihood of a higher rate inside.

    ``buckets`` are pairs (bucket, records of the value), ``first`` and ``last`` the first and last
    bucket of the window, ``width`` the length of a bucket in nanoseconds; bucket 0 begins in 1970.
    With N records in B buckets, of them a in the w buckets of a stretch and b = N - a outside:

        ratio = a ln(a / w) + b ln(b / (B - w)) - N ln(N / B),   where a / w > N / B, else 0

    None without records in the window.
    """
    wide = max(1, -(-(last - first + 1) // most))
    # Widened buckets begin at multiples of their width, like those of the calendar.
    begin, stop = first // wide, last // wide
    if stop - begin + 1 > most:
        wide += 1
        begin, stop = first // wide, last // wide
    counts = [0] * (stop - begin + 1)
    for bucket, records in buckets:
        if first <= bucket <= last:
            counts[bucket // wide - begin] += records
    total = sum(counts)
    if not total:
        return None
    best = _scan(counts, total)
    left, right, ratio = best
    inside = sum(counts[left:right])
    length = width * wide
    seconds = length / 1e9
    rest = len(counts) - (right - left)
    return Onset(
        start=max(first * width, (begin + left) * length),
        end=min((last + 1) * width, (begin + right) * length),
        width=length,
        records=inside,
        inside=inside / ((right - left) * seconds),
        outside=(total - inside) / (rest * seconds) if rest else 0.0,
        ratio=ratio,
        first_seen=not any(counts[:left]),
        from_start=left == 0,
        clear=ratio > math.log(len(counts) * (len(counts) + 1) / 2) + CERTAIN,
    )


def _scan(counts: list[int], total: int) -> tuple[int, int, float]:
    """The best stretch as ``counts[left:right]``, and its ratio; everything when none is denser.

    The ratio is a convex function of (w, a): it is a sum of terms x ln(x / y). Where the rate
    inside is not higher it is replaced by 0, its minimum, and stays convex. So for a fixed right
    end the best left end is a corner of the convex hull of the points (i, S_i) of the prefix sums,
    and as it grows with a, of the lower hull of those to the left. In the same way the best right
    end is a corner of the upper hull of those to the right. Some dozen corners stand for 2,000
    buckets.
    """
    size = len(counts)
    sums = [0]
    for records in counts:
        sums.append(sums[-1] + records)
    since = _corners(sums)
    mean = total / size
    base = total * math.log(mean)
    best = (0, size, 0.0)
    hull: list[tuple[int, int]] = []
    log = math.log
    for right in range(1, size + 1):
        x, y = right - 1, sums[right - 1]
        while len(hull) > 1 and not _convex(hull[-2], hull[-1], (x, y)):
            hull.pop()
        hull.append((x, y))
        inside, least = sums[right], since[right]
        for left, prefix in reversed(hull):
            if left < least:
                break
            a, w = inside - prefix, right - left
            if a <= mean * w or w == size:
                continue
            b = total - a
            ratio = a * log(a / w) - base
            if b:
                ratio += b * log(b / (size - w))
            if ratio > best[2]:
                best = (left, right, ratio)
    return best


def _corners(sums: list[int]) -> list[int]:
    """For each right end the least left end to the right of which it is a corner of the upper hull.

    Andrew's monotone chain, from the right: a point stays a corner until it is taken off.
    """
    since = [0] * len(sums)
    hull: list[tuple[int, int]] = []
    for x in range(len(sums) - 1, 0, -1):
        point = (x, sums[x])
        # Mirrored, the upper hull from the right is a lower hull from the left.
        while len(hull) > 1 and not _convex(_turned(hull[-2]), _turned(hull[-1]), _turned(point)):
            since[hull.pop()[0]] = x
        hull.append(point)
    return since


def _turned(point: tuple[int, int]) -> tuple[int, int]:
    return -point[0], -point[1]


def _convex(one: tuple[int, int], two: tuple[int, int], three: tuple[int, int]) -> bool:
    """Whether the slope grows strictly at ``two``: a corner of the lower hull.

    A. M. Andrew, *Another efficient algorithm for convex hulls in two dimensions*, Information
    Processing Letters 9 (1979).
    """
    (x1, y1), (x2, y2), (x3, y3) = one, two, three
    return (y2 - y1) * (x3 - x2) < (y3 - y2) * (x2 - x1)
