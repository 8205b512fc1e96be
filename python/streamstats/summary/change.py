"""What changed between two counts of the same values: which are new, gone, risen or fallen.

All is computed from the *pairs* of two tallies: how many values have so many records before and so
many after. Millions of values have some thousands of distinct pairs.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from streamstats.summary.proportions import benjamini_hochberg, clopper_pearson, log_upper_tail

TYPE_CHECKING = False
if TYPE_CHECKING:
    from datetime import tzinfo

    from streamstats.summary.model import Approximation

Pairs = Sequence[tuple[int, int, int]]
"""(records before, records after, how many values have them)."""

KINDS = ("new", "gone", "risen", "fallen")
"""Of a change."""

MEASURES = ("rates", "shares", "counts")
"""What can be compared: records per second, shares of all records, or bare counts."""

LEVEL = 0.99
"""Of the intervals of ratios."""

Q = 0.01
"""A value has changed when its q is at most this."""

_MEDIAN_SQUARE = 0.454936
"""The median of the square of a standard normal number: of chi-square with 1 degree of freedom."""

_LEAST_EXPECTED = 5
"""Values with fewer records to expect on a side say nothing about the spread of the others."""

_LEAST_VALUES = 10
"""Fewer values say nothing about it either."""


class Ratio(NamedTuple):
    """How many times as much there is after as before; infinite where there was nothing before."""

    value: float
    low: float
    """The bounds of its interval, of LEVEL."""
    high: float

    @property
    def sure(self) -> float:
        """The logarithm of the least change that the interval allows; 0 where it allows none."""
        if self.low > 1:
            return math.log(self.low)
        return -math.log(self.high) if 0 < self.high < 1 else 0.0


class Found(NamedTuple):
    """A pair of counts that differs more than chance explains."""

    before: int
    after: int
    values: int
    """So many values have it."""
    ratio: Ratio
    log_p: float
    log_q: float


class Change(NamedTuple):
    """A value that changed. Instants are nanoseconds since 1970 UTC."""

    by: tuple[str, ...]
    """The groups that were counted."""
    value: bytes
    """What they hold, joined by a blank where there are several."""
    groups: tuple[bytes, ...]
    kinds: tuple[str, ...]
    """Of each group what it is, as ``Row.kinds`` has it."""
    kind: str
    """One of KINDS."""
    before: int
    """Records."""
    after: int
    ratio: float
    """Of what is compared, after to before; infinite for a new value, 0 for one that is gone."""
    low: float
    """The bounds of its interval of 99 %."""
    high: float
    p: float
    """Two-sided, for independent lines; 0 for what is below 1e-300."""
    q: float
    first: int | None = None
    """Of its records on both sides; None without times."""
    last: int | None = None


class Side(NamedTuple):
    """One of the two that are compared."""

    name: str
    """As people call it: the path, or the window."""
    files: tuple[str, ...]
    records: int
    start: int | None = None
    """The window: as it was asked for, open ends taken from the first and the last record."""
    end: int | None = None
    seconds: float | None = None
    """Its length; None where there are no times."""
    lines: int = 0
    unmatched: int = 0


class Compared(NamedTuple):
    """What came of one group, or of several counted together."""

    by: tuple[str, ...]
    values: int
    """How many distinct values there are on both sides together: so many were tested."""
    before: int
    """How many of them there were before,"""
    after: int
    """and how many after."""
    changed: int
    """How many have changed; ``changes`` may have fewer."""
    counts: tuple[int, int, int, int]
    """How many of those are new, gone, risen and fallen."""
    dispersion: float | None
    """How many times as far as independent lines would values differ; None for few values."""
    changes: tuple[Change, ...]
    """The surest first: by the least change that the interval of the ratio allows."""
    approximation: Approximation | None = None
    """What counts may lack on the side that lacks more; None where all are exact."""


class Diff(NamedTuple):
    """What changed from one side to the other."""

    before: Side
    after: Side
    measure: str
    """What was compared, one of MEASURES."""
    total: Ratio
    """That of all records, as rates where there are times, else of counts."""
    pattern: str
    groups: tuple[Compared, ...]
    """The one with the surest change first."""
    zone: tzinfo | None = None
    """In which instants are shown."""
    where: tuple[str, ...] = ()
    """The conditions that had to hold."""

    @property
    def changed(self) -> int:
        """How many values have changed, in all groups."""
        return sum(group.changed for group in self.groups)


def expected_share(before: float, after: float) -> float:
    """The share of a value's records that is to be expected after, where nothing has changed.

    ``before`` and ``after`` are the exposures of the two sides: seconds, or all records.
    """
    return after / (before + after)


def log_p(before: int, after: int, share: float) -> float:
    """The logarithm of p of the conditional exact test of two Poisson rates.

    Of n = before + after records ``after`` is binomial with the probability ``share`` when the
    rates are equal. Two-sided by doubling the smaller tail, so that it fits the interval of
    ``rate_ratio``: p = min(1, 2 min(P(X <= after), P(X >= after))).

    J. Przyborowski and H. Wilenski, *Homogeneity of results in testing samples from Poisson
    series*, Biometrika 31 (1940); M. P. Fay, *Two-sided exact tests and matching confidence
    intervals for discrete data*, The R Journal 2/1 (2010), who calls it the central test.

    It assumes independent lines, which those of a log are not (docs/statistics.md).

    Raises:
        ValueError: counts below 0 or both 0, or a share that is not inside (0, 1).
    """
    _check(before, after, share)
    records = before + after
    upper = log_upper_tail(after, records, share)
    lower = log_upper_tail(before, records, 1 - share)
    return min(0.0, math.log(2) + min(upper, lower))


def rate_ratio(before: int, after: int, share: float, level: float = LEVEL) -> Ratio:
    """The ratio of two Poisson rates, after to before, with an exact interval.

    With the Clopper-Pearson interval [l, u] of after / (before + after) it is
    [l / (1 - l), u / (1 - u)] (1 - share) / share. E. L. Lehmann and J. P. Romano, *Testing
    Statistical Hypotheses*, 4.5: what is known of a share given the sum is what is known of the
    ratio.

    Raises:
        ValueError: as ``log_p``, or a level that is not inside (0, 1).
    """
    _check(before, after, share)
    scale = (1 - share) / share
    low, high = clopper_pearson(after, before + after, level)

    def ratio(part: float) -> float:
        return part / (1 - part) * scale if part < 1 else math.inf

    value = after / before * scale if before else math.inf
    return Ratio(value, ratio(low), ratio(high))


def kind_of(before: int, after: int, ratio: float) -> str:
    """Which of KINDS a change is."""
    if not before or not after:
        return "gone" if before else "new"
    return "risen" if ratio > 1 else "fallen"


def changes(pairs: Pairs, share: float, q: float = Q) -> list[Found]:
    """The pairs whose Benjamini-Hochberg q over all values is at most ``q``, the surest first.

    That is by the least change which the interval of the ratio allows, as adverse reactions to
    drugs are ranked by the lower bound of their information component (A. Bate et al., *A Bayesian
    neural network method for adverse drug reaction signal generation*, European Journal of
    Clinical Pharmacology 54, 1998): neither by p, which any small change of a large count makes
    tiny, nor by the ratio, which one record more makes large. Then by the number of records.
    """
    if not pairs:
        return []
    logs = [log_p(before, after, share) for before, after, _ in pairs]
    adjusted = benjamini_hochberg(
        [(value, pair[2]) for value, pair in zip(logs, pairs, strict=True)]
    )
    limit = math.log(q)
    found = [
        Found(before, after, values, rate_ratio(before, after, share), value, log_q)
        for (before, after, values), value, log_q in zip(pairs, logs, adjusted, strict=True)
        if log_q <= limit
    ]
    found.sort(key=lambda each: (-each.ratio.sure, -(each.before + each.after), each.before))
    return found


def dispersion(pairs: Pairs, share: float) -> float | None:
    """How many times the variance of independent lines the values have between the two sides.

    The median over values of (after - n share)^2 / (n share (1 - share)), divided by what it is
    for a normal distribution: values that really changed do not move a median. Only values with
    at least 5 records to expect on either side; None for fewer than 10 of them. Pearson's
    estimate of the dispersion of a quasi-binomial model, made robust: P. McCullagh and J. A.
    Nelder, *Generalized Linear Models*, 4.5.
    """
    least = _LEAST_EXPECTED / min(share, 1 - share)
    squares = []
    for before, after, values in pairs:
        records = before + after
        if records >= least:
            away = after - records * share
            squares.append((away * away / (records * share * (1 - share)), values))
    count = sum(values for _, values in squares)
    if count < _LEAST_VALUES:
        return None
    squares.sort()
    seen = 0
    for square, values in squares:
        seen += values
        if 2 * seen >= count:
            return square / _MEDIAN_SQUARE
    return None


def probability(log: float) -> float:
    """A probability by its logarithm; 0 below 1e-300."""
    return math.exp(log) if log > math.log(1e-300) else 0.0


def _check(before: int, after: int, share: float) -> None:
    if before < 0 or after < 0 or not before + after:
        raise ValueError(f"{before} and {after} records cannot be compared")
    if not 0 < share < 1:
        raise ValueError(f"a share to be expected is between 0 and 1, not {share}")
