"""Robust location and scale of logarithms, from a spectrum.

Counts of values are spread over orders of magnitude, and the few large ones move mean and stdev as
they like. Their logarithms are nearly symmetric, and median and MAD stay where they are until half
of the values are outliers.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import NamedTuple

from streamstats.summary.moments import Spectrum

PER_MAD = 0.6745
"""MAD of the standard normal distribution, as Iglewicz and Hoaglin round it."""
PER_MEAN_DEVIATION = 1.2533
"""sqrt(pi / 2): stdev per mean absolute deviation of a normal distribution, as they round it."""


class Scale(NamedTuple):
    """Where the logarithms of a population lie, and how wide."""

    centre: float
    """Their median."""
    spread: float
    """What one unit of z is: MAD / 0.6745, or 1.2533 times the mean absolute deviation from the
    median where MAD is 0; 0 when all are equal."""
    plus: int
    """What is added before the logarithm is taken: 1 for ln(1 + x), 0 for ln x."""
    usual: float
    """The median of the x, for sentences."""

    def z(self, x: float) -> float:
        """The modified z-score of ``x``; infinite beside a population without any spread."""
        away = math.log(x + self.plus) - self.centre
        if self.spread:
            return away / self.spread
        return 0.0 if abs(away) < 1e-12 else math.copysign(math.inf, away)

    def least(self, z: float) -> float:
        """The x that has this z."""
        try:
            return math.exp(self.centre + z * self.spread) - self.plus
        except OverflowError:
            return math.inf


def scale(spectrum: Spectrum, plus: int = 1) -> Scale:
    """Median and MAD of ln(x + plus) over the values of a spectrum [(x, how many values)].

    z = 0.6745 (ln(x + plus) - median) / MAD. Where more than half of the values are equal MAD is 0,
    and z = (ln(x + plus) - median) / (1.2533 meanAD), with the mean absolute deviation from the
    median. B. Iglewicz and D. C. Hoaglin, *How to Detect and Handle Outliers* (1993), who call
    values with |z| > 3.5 potential outliers. With ``plus`` = 0 no z changes when all x are scaled.

    Raises:
        ValueError: there are no values, or some x + plus is not above 0.
    """
    if not spectrum:
        raise ValueError("no values")
    logs = sorted((math.log(x + plus), times) for x, times in spectrum)
    centre = median(logs)
    away = sorted((abs(y - centre), times) for y, times in logs)
    spread = median(away) / PER_MAD
    if not spread:
        values = sum(times for _, times in away)
        spread = PER_MEAN_DEVIATION * math.fsum(y * times for y, times in away) / values
    return Scale(centre, spread, plus, median(sorted(spectrum)))


def median(pairs: Sequence[tuple[float, int]]) -> float:
    """The middle of ascending pairs (x, how many); the mean of the two middle ones when even."""
    values = sum(times for _, times in pairs)
    lower, upper = quantile_at(pairs, (values - 1) // 2), quantile_at(pairs, values // 2)
    return float(lower) if lower == upper else lower + (upper - lower) / 2


def quantile_at(pairs: Sequence[tuple[float, int]], rank: int) -> float:
    """The x at ``rank`` (from 0) of ascending pairs (x, how many)."""
    seen = 0
    for x, times in pairs:
        seen += times
        if seen > rank:
            return x
    return pairs[-1][0]


def quartiles(
    spectrum: Spectrum, transform: Callable[[float], float] = math.log1p
) -> tuple[float, float]:
    """The quartiles of the transformed x, interpolated linearly.

    The q-quantile of n values lies at rank q (n - 1), counted from 0: definition 7 of R. J. Hyndman
    and Y. Fan, *Sample quantiles in statistical packages*, The American Statistician 50 (1996),
    which numpy takes when nothing is said.
    """
    pairs = sorted((transform(x), times) for x, times in spectrum)
    return _quantile(pairs, 0.25), _quantile(pairs, 0.75)


def _quantile(pairs: Sequence[tuple[float, int]], q: float) -> float:
    place = q * (sum(times for _, times in pairs) - 1)
    below = math.floor(place)
    low, high = quantile_at(pairs, below), quantile_at(pairs, math.ceil(place))
    return low + (high - low) * (place - below)


def fences(
    spectrum: Spectrum,
    times: float = 1.5,
    transform: Callable[[float], float] = math.log1p,
) -> tuple[float, float]:
    """Q1 - k IQR and Q3 + k IQR of the transformed x, IQR being Q3 - Q1.

    J. W. Tukey, *Exploratory Data Analysis* (1977), with k = 1.5 for outliers and 3 for far ones.
    """
    low, high = quartiles(spectrum, transform)
    return low - times * (high - low), high + times * (high - low)
