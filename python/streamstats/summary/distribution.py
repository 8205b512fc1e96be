"""The statistics of a distribution, from its spectrum."""

from __future__ import annotations

import math
from typing import NamedTuple

from streamstats.summary.model import Stats
from streamstats.summary.moments import (
    Number,
    Spectrum,
    moments,
    quotient,
    root_of_ratio,
)
from streamstats.summary.outliers import CLASSIC, EVERYTHING, Bounds, Rule

NOTHING = Stats(0, 0, 0.0, 0.0, 0, 0, 0.0, 0)
"""The statistics of no values at all."""


class Distribution(NamedTuple):
    """A distribution described: its statistics, and what the outlier rule made of it."""

    stats: Stats
    bounds: Bounds
    """The counts that are ordinary."""
    rule: Rule


def describe(spectrum: Spectrum, rule: Rule = CLASSIC) -> Distribution:
    """Compute the statistics of a distribution and mark its outliers.

    ``spectrum`` holds pairs (count, how many values have it), ascending by count, each count
    once. mean and stdev are computed in integers and rounded once, at the end, so they are
    correct to the last digit and do not depend on the order of anything:

    * mean = total / count
    * stdev = sqrt(sum((x - mean) ** 2) / count), over the counts x of all values (population)
    * median = the middle count, or the mean of the two middle ones

    Where a sum has overflowed to infinity, mean follows it, stdev is not a number, and nothing
    is an outlier.
    """
    if not spectrum:
        return Distribution(NOTHING, EVERYTHING, rule)
    sums = moments(spectrum)
    minimum, maximum = spectrum[0][0], spectrum[-1][0]
    if sums is None:
        return _not_finite(spectrum, rule)
    bounds = rule.bounds(spectrum, sums)
    stats = Stats(
        count=sums.values,
        total=sums.total if sums.whole else quotient(sums.total, sums.scale),
        mean=quotient(sums.total, sums.values * sums.scale),
        stdev=root_of_ratio(sums.spread, (sums.values * sums.scale) ** 2),
        minimum=minimum,
        maximum=maximum,
        median=_median(spectrum, sums.values),
        outliers=sum(times for count, times in spectrum if bounds.mark(count)),
    )
    return Distribution(stats, bounds, rule)


def _median(spectrum: Spectrum, values: int) -> float:
    """The middle count of ``values`` counts; the mean of the two middle ones when even."""
    lower = upper = spectrum[-1][0]
    seen = 0
    below = (values - 1) // 2
    found = False
    for count, times in spectrum:
        seen += times
        if not found and seen > below:
            lower, found = count, True
        if seen > values // 2:
            upper = count
            break
    return _middle(lower, upper)


def _middle(lower: Number, upper: Number) -> float:
    if lower == upper:
        return float(lower)
    middle = (lower + upper) / 2
    return middle if math.isfinite(middle) else lower / 2 + upper / 2


def _not_finite(spectrum: Spectrum, rule: Rule) -> Distribution:
    values = sum(times for _, times in spectrum)
    total = float(sum(count * times for count, times in spectrum))
    stats = Stats(
        count=values,
        total=total,
        mean=total / values,
        stdev=math.nan,
        minimum=spectrum[0][0],
        maximum=spectrum[-1][0],
        median=_median(spectrum, values),
        outliers=0,
    )
    return Distribution(stats, EVERYTHING, rule)
