"""Statistics of counts of which some were left out, because they did not fit into memory.

The tally holds for some values a count that is at most ``error`` too low, and nothing of the
others, none of which has more than ``error``. The total is exact, and the number of distinct
values is an estimate.
"""

from __future__ import annotations

import math

from streamstats.summary.distribution import Distribution
from streamstats.summary.model import Approximation, Stats

TYPE_CHECKING = False
if TYPE_CHECKING:
    from streamstats.summary.moments import Spectrum

__all__ = ["approximate"]


def approximate(
    described: Distribution, spectrum: Spectrum, total: int | float, known: Approximation
) -> Distribution:
    """What can be said of all values, from the ``described`` ones that are held.

    With D distinct values, m of them held with counts c, the exact total T, R = T - sum(c) of which
    it is not known which value has it, and the error e of a count:

    * mean = T / D
    * stdev = sqrt((sum(c^2) + R^2 / (D - m)) / D - mean^2), as if the values that are not held
      had all the same count. It is an estimate, whose error is not known.
    * minimum, maximum and median are at most e too low, as every count is: those of the c, and 0
    (of records 1) for a value that is not held.
    """
    held = sum(times for _, times in spectrum)
    distinct = max(held, round(known.distinct))
    rest = total - sum(count * times for count, times in spectrum)
    missing = distinct - held
    least = 1 if isinstance(total, int) else 0
    squares = sum(float(count) ** 2 * times for count, times in spectrum)
    if missing:
        squares += float(rest) ** 2 / missing
    mean = total / distinct if distinct else 0.0
    variance = squares / distinct - mean**2 if distinct else 0.0
    stats = described.stats
    if known.error is None:
        # Anything may be missing, on either side.
        unknown = Stats(distinct, total, mean, math.nan, math.nan, math.nan, math.nan, 0)
        return described._replace(stats=unknown)
    if not held:
        # All there is is that none has more than the error, and that they add up to the total.
        return described._replace(stats=Stats(distinct, total, mean, 0.0, least, least, least, 0))
    return described._replace(
        stats=Stats(
            count=distinct,
            total=total,
            mean=mean,
            stdev=math.sqrt(max(0.0, variance)),
            minimum=least if missing else stats.minimum,
            maximum=stats.maximum,
            median=_median(spectrum, distinct, least),
            outliers=stats.outliers,
        )
    )


def _median(spectrum: Spectrum, distinct: int, least: int) -> float:
    """The middle of all counts, those that are not held being the smallest."""
    above = 0
    for count, times in reversed(spectrum):
        above += times
        if 2 * above > distinct:
            return float(count)
    return float(least)
