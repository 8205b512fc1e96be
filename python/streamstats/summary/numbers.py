"""The numbers of records described, for ``--numbers``. Formulas also stand in docs/statistics.md.

The core hands over what is exact whatever the order: the count, the extremes, the sum and the sum
of the squares, in billionths. Below 10,000 numbers it knows each of them; from there on it counts
them in bins, and a quantile is within 1/128 of itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple, Protocol

from streamstats.summary.moments import quotient, root_of_ratio

ONE = 1_000_000_000
"""Billionths in one."""

QUANTILES = (500, 900, 950, 990, 999)
"""Those that are shown, in thousandths."""

MOST_BINS = 20
"""A histogram has at most so many, beside the open ones at its ends."""

CROWDED = 0.75
"""Where one bin has so much of all, the histogram looks closer, if there is more to see."""

Exact = tuple[int, int, int, int, tuple[int, int]]
"""Count, least, largest, sum, and the lower and higher 128 bits of the sum of the squares."""

# NumberStats hides tuple.count behind a field, as the other records of a summary do.


class Known(Protocol):
    """Some numbers, as the core knows them; all in billionths."""

    @property
    def exact(self) -> bool:
        """Whether each number is known, and not only its bin."""

    @property
    def moments(self) -> Exact:
        """What is exact."""

    def at(self, rank: int, /) -> int:
        """The number at a rank, from 0 for the least."""

    def around(self, thousandths: int, /) -> tuple[int, int]:
        """The two numbers between which a quantile lies."""

    def counts(self, edges: Sequence[int], /) -> list[int]:
        """How many are below the first edge, between each two, and from the last one on."""


class Histogram(NamedTuple):
    """How many numbers are in each bin. Bins are half-open: ``[low, high)``."""

    edges: tuple[int | float, ...]
    """Where bins begin, ascending; the last is where the last bin ends."""
    counts: tuple[int, ...]
    """Of the bins, one less than there are edges."""
    less: int
    """Numbers below the first edge: the bin that is open at that end,"""
    more: int
    """and those from the last edge on."""
    log: bool
    """Each bin is wider than the one before (``--log-bins``)."""


class NumberStats(NamedTuple):
    """What is known of the numbers in a group, of all records or of one value.

    Numbers are in the base of their unit: seconds or bytes. All are 0 when there is no number.
    """

    count: int  # type: ignore[assignment]
    """How many numbers there are."""
    minimum: int | float
    maximum: int | float
    total: int | float
    mean: float
    stdev: float
    """Population standard deviation."""
    quantiles: dict[float, int | float]
    """0.5, 0.9, 0.95, 0.99 and 0.999. Empty without numbers."""
    exact: bool
    """Whether quantiles and histogram are exact: the others always are."""
    error: float
    """The bound of the relative error of the quantiles; 0.0 where they are exact."""
    unit: str
    """"s", "B", or "" for numbers without a unit."""
    absent: int = 0
    """Records without a number; of all records only."""
    not_numbers: int = 0
    """Lines that were left out, because they hold another text there; of all records only."""
    histogram: Histogram | None = None
    """None without numbers, and for a value."""
    spark: tuple[int, ...] = ()
    """How many of a value's numbers are in each bin of the histogram of all, open ends included
    where that has some there."""
    mixed: bool = False
    """Some of the numbers are times and others data, so that together they mean little."""
    unitless: int = 0
    """So many of the numbers have no unit, while the others have one, and were taken for it."""


def plain(billionths: int) -> int | float:
    """A number of billionths: an int where it is whole, else the nearest float."""
    whole, part = divmod(billionths, ONE)
    return billionths / ONE if part else whole


def mean(count: int, total: int) -> float:
    """``total / count`` of a total in billionths, rounded once."""
    return quotient(total, count * ONE) if count else 0.0


def stdev(count: int, total: int, squares: int) -> float:
    """``sqrt(squares / count - (total / count) ** 2)``: the population standard deviation.

    ``total`` is in billionths and ``squares`` in those squared. The radicand is taken over the
    common denominator ``(count * 10**9) ** 2``, in integers, so nothing cancels out; it is rounded
    once.
    """
    if not count:
        return 0.0
    spread = max(0, count * squares - total * total)
    return root_of_ratio(spread, (count * ONE) ** 2)


def quantile(count: int, thousandths: int, around: tuple[int, int]) -> int | float:
    """The quantile p = thousandths / 1000: ``x[i] + (h - i) * (x[i+1] - x[i])``.

    ``h = (count - 1) * p`` and i is its whole part: type 7 of R. J. Hyndman and Y. Fan, *Sample
    Quantiles in Statistical Packages*, The American Statistician 50 (1996), which is the default of
    numpy and of R. ``around`` are the two numbers x. Of binned numbers both are the one at the
    nearest rank.
    """
    below, above = around
    part = (count - 1) * thousandths % 1000
    scaled = below * 1000 + (above - below) * part
    return scaled // (1000 * ONE) if scaled % (1000 * ONE) == 0 else quotient(scaled, 1000 * ONE)


def describe(
    moments: Exact,
    exact: bool,
    quantiles: Sequence[tuple[int, tuple[int, int]]],
    *,
    error: float,
    unit: str,
) -> NumberStats:
    """Put together what is known of numbers. ``quantiles`` are (thousandths, numbers around)."""
    count, least, most, total, (low, high) = moments
    return NumberStats(
        count=count,
        minimum=plain(least),
        maximum=plain(most),
        total=plain(total),
        mean=mean(count, total),
        stdev=stdev(count, total, high << 128 | low),
        quantiles={part / 1000: quantile(count, part, two) for part, two in quantiles if count},
        exact=exact,
        error=0.0 if exact else error,
        unit=unit,
    )


def unit_of(units: Sequence[int], group: str) -> tuple[str, bool, int]:
    """The unit of numbers of which so many have none, one of time, one of data.

    Comes with whether there are both of time and of data, and how many have none while the others
    have one. Where none has one, a group with "bytes" in its name holds bytes.
    """
    none, seconds, data = units
    if seconds and data:
        return "", True, 0
    if seconds or data:
        return ("s" if seconds else "B"), False, none
    words = group.lower().replace("-", "_").replace(".", "_").split("_")
    return ("B" if "bytes" in words else ""), False, 0


def of_all(
    known: Known, absent: int, units: Sequence[int], *, group: str, log: bool, error: float
) -> tuple[NumberStats, tuple[int, ...]]:
    """What is known of the numbers of all records, and the edges of the histogram in billionths."""
    unit, mixed, unitless = unit_of(units, group)
    around = [(part, known.around(part)) for part in QUANTILES]
    stats = describe(known.moments, known.exact, around, error=error, unit=unit)
    stats = stats._replace(absent=absent, mixed=mixed, unitless=unitless)
    if not stats.count:
        return stats, ()
    edges = log_edges(known, unit == "B") if log else linear_edges(known)
    counts = known.counts(edges)
    histogram = Histogram(
        edges=tuple(plain(edge) for edge in edges),
        counts=tuple(counts[1:-1]),
        less=counts[0],
        more=counts[-1],
        log=log,
    )
    return stats._replace(histogram=histogram), edges


def of_value(
    moments: Exact,
    exact: bool,
    around: Sequence[tuple[int, int]],
    counts: Sequence[int],
    *,
    whole: NumberStats,
    error: float,
) -> NumberStats:
    """What is known of the numbers of one value, of which ``whole`` are all."""
    pairs = list(zip(QUANTILES, around, strict=True))
    stats = describe(moments, exact, pairs, error=error, unit=whole.unit)
    shown = whole.histogram
    if shown is not None:
        counts = counts[0 if shown.less else 1 : None if shown.more else -1]
    return stats._replace(spark=tuple(counts))


def linear_edges(known: Known) -> tuple[int, ...]:
    """Edges of equal steps of 1, 2 or 5 times a power of ten: the smallest step that needs no more
    than ``MOST_BINS`` bins.

    They reach from the least number to the largest, or only to the 99.9th percentile where the
    largest is more than a quarter further away, and likewise at the lower end. Where then one bin
    has more than three quarters of all, they reach to the 99th percentile, or the 95th or 90th, if
    that helps.
    """
    count, least, most, _, _ = known.moments
    best: tuple[int, ...] = ()
    grain = _grain(known)
    for tail in (1, 10, 50, 100):
        low = _end(known, least, tail)
        high = _end(known, most, 1000 - tail)
        edges = _steps(low, high, grain)
        best = best or edges
        counts = known.counts(edges)
        if max(counts) <= count * CROWDED:
            return edges
    return best


def _end(known: Known, extreme: int, thousandths: int) -> int:
    """The extreme, or a quantile where that is much nearer to the rest."""
    inner = known.around(thousandths)[thousandths > 500]
    opposite = known.around(1000 - thousandths)[thousandths < 500]
    return extreme if 4 * abs(extreme - inner) <= abs(inner - opposite) else inner


def _grain(known: Known) -> int:
    """The largest power of ten, up to one, that divides all numbers as far as one can see.

    Narrower bins would show gaps that mean nothing: whole numbers from 1 to 6 have six bins.
    """
    count, least, most, total, _ = known.moments
    seen = [least, most, total, *(known.at(count * part // 16) for part in range(16))]
    if not known.exact:
        seen = seen[:3]
    grain = ONE
    while any(number % grain for number in seen):
        grain //= 10
    return grain


def _steps(low: int, high: int, grain: int) -> tuple[int, ...]:
    """Edges of the smallest round step: from one not above ``low`` to one above ``high``."""
    # Edges that people cannot tell apart, or a float cannot, are no help.
    least = max(abs(low), abs(high)) // 10**8
    for step in _series(grain, (1, 2, 5), 10):
        first, last = low // step, high // step + 1
        if step >= least and last - first <= MOST_BINS:
            return tuple(at * step for at in range(first, last + 1))
    raise AssertionError("a series without end")


def log_edges(known: Known, data: bool) -> tuple[int, ...]:
    """Edges of the series 1, 2, 5, 10, 20, 50 from the least number above nought to the largest.

    Of ``data`` they are powers of two. Where that makes more than ``MOST_BINS`` bins, they are
    powers of ten, of a thousand, of a million; or of 4, 16 or 256. What is not above nought is
    below the first. Without numbers above nought they are those of ``linear_edges``.
    """
    _, least, most, _, _ = known.moments
    if most <= 0:
        return linear_edges(known)
    if least <= 0:
        least = max(1, known.at(known.counts((1,))[0]))
    if data:
        ways = [_series(ONE, (1,), factor) for factor in (2, 4, 16, 256)]
    else:
        ways = [_series(1, (1, 2, 5), 10), *(_series(1, (1,), 10**n) for n in (1, 3, 6, 9))]
    edges: tuple[int, ...] = ()
    for series in ways:
        edges = _covering(series, least, most)
        if len(edges) - 1 <= MOST_BINS:
            break
    return edges


def _series(start: int, parts: Sequence[int], factor: int) -> Iterator[int]:
    """``start`` times each of the parts, then the same times ``factor``, and so on without end."""
    while True:
        for part in parts:
            yield start * part
        start *= factor


def _covering(series: Iterator[int], low: int, high: int) -> tuple[int, ...]:
    """The part of a series from the last one not above ``low`` to the first one above ``high``."""
    edges = [next(series)]
    for edge in series:
        if edge <= low:
            edges.clear()
        edges.append(edge)
        if edge > high:
            return tuple(edges)
    raise AssertionError("a series without end")
