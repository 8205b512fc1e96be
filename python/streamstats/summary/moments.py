"""Exact sums over a distribution, from its spectrum.

A *spectrum* is the distribution in short: pairs ``(count, how many values have it)``, ascending.
Twenty million values seen one to a thousand times are a thousand pairs.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import NamedTuple

Number = int | float
Spectrum = Sequence[tuple[int | float, int]]


class Moments(NamedTuple):
    """The sums that mean and stdev are made of, as integers.

    Every finite float is an integer divided by a power of two, so all counts are scaled by one
    power of two and added up without rounding. ``scale`` is 1 when all counts are integers.
    """

    values: int
    """How many values there are."""
    total: int
    """Sum of the counts, times ``scale``."""
    squares: int
    """Sum of the squared counts, times ``scale`` squared."""
    scale: int
    """A power of two."""
    whole: bool
    """Whether all counts are integers by type, not floats that happen to be whole."""

    @property
    def spread(self) -> int:
        """``values * squares - total ** 2``: the variance times ``(values * scale) ** 2``.

        Never negative, by the inequality of Cauchy and Schwarz.
        """
        return self.values * self.squares - self.total * self.total


def moments(spectrum: Spectrum) -> Moments | None:
    """Add up a spectrum; None when a count in it is infinite or not a number."""
    if not all(type(count) is int for count, _ in spectrum):
        return _float_moments(spectrum)
    values = total = squares = 0
    for count, times in spectrum:
        values += times
        total += count * times  # type: ignore[assignment]
        squares += count * count * times  # type: ignore[assignment]
    return Moments(values, total, squares, 1, True)


def _float_moments(spectrum: Spectrum) -> Moments | None:
    if not all(math.isfinite(count) for count, _ in spectrum):
        return None
    scale = max(count.as_integer_ratio()[1] for count, _ in spectrum)
    values = total = squares = 0
    for count, times in spectrum:
        numerator, denominator = count.as_integer_ratio()
        scaled = numerator * (scale // denominator)
        values += times
        total += scaled * times
        squares += scaled * scaled * times
    return Moments(values, total, squares, scale, False)


def quotient(numerator: int, denominator: int) -> float:
    """``numerator / denominator``, correctly rounded; infinite where a float cannot hold it."""
    try:
        return numerator / denominator
    except OverflowError:
        return math.inf if numerator > 0 else -math.inf


def root_of_ratio(numerator: int, denominator: int) -> float:
    """The square root of ``numerator / denominator``, correctly rounded.

    The integer square root of the ratio scaled by ``4 ** shift`` keeps at least 60 bits. When it
    is not exact its last bit is set ("round to odd"), so that the only rounding that counts is
    the division at the end: S. Boldo and G. Melquiond, *Emulation of a FMA and correctly rounded
    sums: proved algorithms using rounding to odd*, IEEE Transactions on Computers 57 (2008).
    """
    if numerator == 0:
        return 0.0
    shift = max(0, (121 - numerator.bit_length() + denominator.bit_length()) // 2)
    scaled, rest = divmod(numerator << (2 * shift), denominator)
    root = math.isqrt(scaled)
    if rest or root * root != scaled:
        root |= 1
    return quotient(root, 1 << shift)


def share(count: Number, total: Number) -> float:
    """``count / total``; 0.0 where that means nothing (a total of nought, or not finite)."""
    if not total:
        return 0.0
    ratio = count / total
    return ratio if math.isfinite(ratio) else 0.0


def add(counts: Iterable[Number]) -> Number:
    """The sum: exact for integers, rounded once for floats."""
    counts = list(counts)
    if all(type(count) is int for count in counts):
        return sum(counts)
    try:
        return math.fsum(counts)
    except (OverflowError, ValueError):
        return sum(counts)
