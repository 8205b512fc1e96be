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


class Mad(NamedTuple):
    """A robust z of ln(1 + count) beyond ``times``, on either side.

    ``summary/robust.py`` has the formula; Iglewicz and Hoaglin (1993) recommend 3.5. Amounts of -1
    and less have no logarithm: among such nothing is marked.
    """

    times: int | float = 3.5

    @property
    def name(self) -> str:
        """``mad``."""
        return "mad"

    @property
    def mark(self) -> str:
        """``~``: unusual."""
        return "~"

    @property
    def says(self) -> str:
        """For the legend."""
        return f"robust z of the logarithm beyond {self.times:g}"

    def bounds(self, spectrum: Spectrum, moments: Moments) -> Bounds:
        """exp(median -+ times * spread) - 1, the median and spread of ln(1 + count)."""
        from streamstats.summary.robust import scale  # the classic rule needs none of it

        if min(count for count, _ in spectrum) <= -1:
            return EVERYTHING
        usual = scale(spectrum)
        return _around(usual.least(-self.times), usual.least(self.times))


class Iqr(NamedTuple):
    """ln(1 + count) more than ``times`` interquartile ranges beyond the quartiles.

    Tukey's fences, ``summary/robust.py``; 1.5 is usual, and 3 for what is far out. Amounts of -1
    and less have no logarithm: among such nothing is marked.
    """

    times: int | float = 1.5

    @property
    def name(self) -> str:
        """``iqr``."""
        return "iqr"

    @property
    def mark(self) -> str:
        """``~``: unusual."""
        return "~"

    @property
    def says(self) -> str:
        """For the legend."""
        return f"logarithm more than {self.times:g} IQR beyond the quartiles"

    def bounds(self, spectrum: Spectrum, moments: Moments) -> Bounds:
        """exp(Q1 - times * IQR) - 1 and exp(Q3 + times * IQR) - 1."""
        from streamstats.summary.robust import fences

        if min(count for count, _ in spectrum) <= -1:
            return EVERYTHING
        low, high = fences(spectrum, self.times)
        return _around(_expm1(low), _expm1(high))


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


def _around(low: float, high: float) -> Bounds:
    """Bounds that came out of logarithms, widened by what their rounding may have taken."""
    return Bounds(low - 1e-9 * abs(low), high + 1e-9 * abs(high))


def _expm1(x: float) -> float:
    try:
        return math.expm1(x)
    except OverflowError:
        return math.inf
