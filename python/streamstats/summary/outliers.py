"""Rules that mark outliers by their count.

A rule turns a distribution into bounds, and whoever holds the values selects by the bounds. That
keeps the work small: the rule never sees a value, only how often each count occurs.
"""

from __future__ import annotations

import math
from typing import NamedTuple, Protocol

from streamstats.summary.moments import Moments, Number, Spectrum, quotient


class Bounds(NamedTuple):
    """What is ordinary: a count in ``[low, high]``, both ends included."""

    low: Number
    high: Number

    def mark(self, count: Number) -> bool:
        """Whether a value with this count is an outlier."""
        return count < self.low or count > self.high


EVERYTHING = Bounds(-math.inf, math.inf)
"""Bounds that mark nothing."""


class Rule(Protocol):
    """One way to tell an outlier by its count."""

    @property
    def name(self) -> str:
        """What the user calls it."""

    @property
    def mark(self) -> str:
        """The one character that stands beside a value that this rule marks."""

    @property
    def says(self) -> str:
        """The rule in a few words, for the legend below the values."""

    def bounds(self, spectrum: Spectrum, moments: Moments) -> Bounds:
        """The counts that are ordinary in this distribution, which has at least one value."""


class Stdev(NamedTuple):
    """More than ``times`` population standard deviations from the mean, on either side.

    A count x is an outlier when ``x < mean - times * stdev`` or ``x > mean + times * stdev``.
    With ``times`` = 2 this is the rule of the original streamstats. The bounds are computed in
    integers, so a value that lies exactly on a bound is not marked by a rounding error.
    """

    times: int | float = 2

    @property
    def name(self) -> str:
        """``stdev``."""
        return "stdev"

    @property
    def mark(self) -> str:
        """``*``, as in the original."""
        return "*"

    @property
    def says(self) -> str:
        """For the legend."""
        return f"more than {self.times:g} stdev from the mean"

    def bounds(self, spectrum: Spectrum, moments: Moments) -> Bounds:
        """``mean - times * stdev`` and ``mean + times * stdev``, moved inwards to a count."""
        # With n values of total T and spread D = n * squares - T * T, an integer x is above
        # mean + k * stdev exactly when n * x - T > k * sqrt(D). The left side is an integer,
        # so sqrt may be rounded down to one.
        over, under = self.times.as_integer_ratio()
        reach = math.isqrt(over * over * moments.spread // (under * under))
        high = (moments.total + reach) // moments.values
        low = -((reach - moments.total) // moments.values)
        if moments.whole:
            return Bounds(low, high)
        return Bounds(_float_above(low, moments.scale), _float_below(high, moments.scale))


CLASSIC = Stdev()
"""The rule of the original: 2 standard deviations."""


def _float_below(numerator: int, scale: int) -> float:
    """The largest float that is not above ``numerator / scale``; scale is a power of two."""
    nearest = quotient(numerator, scale)
    if math.isinf(nearest):
        return nearest
    top, bottom = nearest.as_integer_ratio()
    return math.nextafter(nearest, -math.inf) if top * scale > numerator * bottom else nearest


def _float_above(numerator: int, scale: int) -> float:
    """The smallest float that is not below ``numerator / scale``."""
    return -_float_below(-numerator, scale)
