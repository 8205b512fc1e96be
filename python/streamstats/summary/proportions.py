"""Proportions: exact and approximate intervals, the upper tail, and the false discovery rate.

Everything is computed in logarithms, so that a p-value of 1e-5000 is a number like any other, and
from ``math`` alone, because a run must not wait for scipy to be imported.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

_TINY = 1e-300
_STEPS = 100_000  # the fraction needs some sqrt(n) steps: 3,000 for n of ten million
_HALF_LN_2PI = 0.5 * math.log(2 * math.pi)


class Interval(NamedTuple):
    """Bounds of a share, both in [0, 1]."""

    low: float
    high: float


def clopper_pearson(successes: int, trials: int, level: float = 0.99) -> Interval:
    """The exact interval of a binomial share, of at least ``level`` coverage whatever the share.

    With k of n and alpha = 1 - level it is [B(alpha/2; k, n-k+1), B(1-alpha/2; k+1, n-k)], where
    B(q; a, b) is the q-quantile of the beta distribution; 0 below k = 0 and 1 above k = n.
    C. J. Clopper and E. S. Pearson, *The use of confidence or fiducial limits illustrated in the
    case of the binomial*, Biometrika 26 (1934).

    Raises:
        ValueError: not 0 <= successes <= trials with trials >= 1, or level not inside (0, 1).
    """
    _check(successes, trials)
    if not 0 < level < 1:
        raise ValueError(f"a level is between 0 and 1, not {level}")
    tail = math.log((1 - level) / 2)
    low, high = 0.0, 1.0
    if successes == trials:
        low = math.exp(tail / trials)
    elif successes:
        low = _quantile(successes, trials - successes + 1, tail, upper=False)
    if successes == 0:
        high = -math.expm1(tail / trials)
    elif successes < trials:
        high = _quantile(successes + 1, trials - successes, tail, upper=True)
    return Interval(low, high)


def wilson(successes: int, trials: int, z: float = 2.5758293035489004) -> Interval:
    """The score interval: those shares p of which k of n is less than ``z`` deviations away.

    (k + z^2/2 -+ z sqrt(k (n-k) / n + z^2/4)) / (n + z^2). z is 2.5758 for 99 %.
    E. B. Wilson, *Probable inference, the law of succession, and statistical inference*, Journal
    of the American Statistical Association 22 (1927).

    Raises:
        ValueError: not 0 <= successes <= trials with trials >= 1.
    """
    _check(successes, trials)
    square = z * z
    middle = successes + square / 2
    reach = z * math.sqrt(successes * (trials - successes) / trials + square / 4)
    whole = trials + square
    low = 0.0 if successes == 0 else max(0.0, (middle - reach) / whole)
    high = 1.0 if successes == trials else min(1.0, (middle + reach) / whole)
    return Interval(low, high)


def log_upper_tail(successes: int, trials: int, share: float) -> float:
    """Ln P(X >= successes) of a binomial X with ``trials`` trials of probability ``share``.

    The tail is the regularised incomplete beta function I_share(k, n-k+1): M. Abramowitz and
    I. A. Stegun, *Handbook of Mathematical Functions*, 26.5.24. It assumes independent trials;
    the lines of a log are not (docs/statistics.md).

    Raises:
        ValueError: not 0 <= successes <= trials with trials >= 1, or share not in [0, 1].
    """
    _check(successes, trials)
    if not 0 <= share <= 1:
        raise ValueError(f"a share is between 0 and 1, not {share}")
    if successes == 0 or share == 1:
        return 0.0
    if share == 0:
        return -math.inf
    return log_beta_cdf(successes, trials - successes + 1, share)


def benjamini_hochberg(tests: Sequence[tuple[float, int]]) -> list[float]:
    """Ln q of each of ``tests``, which are pairs (ln p, how many values have it).

    Sorted ascending, q_i = min over j >= i of p_j m / (rank of the last value with p_j), where m is
    the number of all values; at most 1. That is the usual adjusted p-value: of equal p-values only
    the last rank matters, so millions of values cost no more than their distinct p-values.
    Y. Benjamini and Y. Hochberg, *Controlling the false discovery rate*, Journal of the Royal
    Statistical Society B 57 (1995).
    """
    count = sum(times for _, times in tests)
    order = sorted(range(len(tests)), key=lambda at: tests[at][0], reverse=True)
    found = [0.0] * len(tests)
    least, rank = 0.0, count
    at = 0
    while at < len(order):
        value = tests[order[at]][0]
        equal = at
        while equal < len(order) and tests[order[equal]][0] == value:
            equal += 1
        if rank:
            least = min(least, value + math.log(count) - math.log(rank))
        for place in order[at:equal]:
            found[place] = least
            rank -= tests[place][1]
        at = equal
    return found


def log_beta_cdf(a: float, b: float, x: float) -> float:
    """Ln I_x(a, b), the logarithm of the regularised incomplete beta function, for x in (0, 1)."""
    return _log_cdf(a, b, x, 1 - x)


def _log_cdf(a: float, b: float, x: float, y: float) -> float:
    """``log_beta_cdf`` of x, where ``y`` is 1 - x without a rounding error."""
    if x * (a + b + 2) < a + 1:
        return min(0.0, _log_front(a, b, x, y) - math.log(a) + math.log(_fraction(a, b, x)))
    rest = _log_front(b, a, y, x) - math.log(b) + math.log(_fraction(b, a, y))
    return _log1mexp(min(0.0, rest))


def _log_front(a: float, b: float, x: float, y: float) -> float:
    """ln(x^a y^b / B(a, b)).

    As a term of the binomial distribution, in the form of C. Loader, *Fast and accurate
    computation of binomial probabilities* (2000): what is large cancels before it is computed.
    """
    n = a + b
    return (
        _stirling_error(n)
        - _stirling_error(a)
        - _stirling_error(b)
        - _deviance(a, n * x)
        - _deviance(b, n * y)
        - _HALF_LN_2PI
        + 0.5 * (math.log(a) + math.log(b) - math.log(n))
    )


def _stirling_error(n: float) -> float:
    """Ln n! - ln(sqrt(2 pi n) (n/e)^n)."""
    if n < 16:
        return math.lgamma(n + 1) - (n + 0.5) * math.log(n) + n - _HALF_LN_2PI
    square = 1 / (n * n)
    series = 1 / 1680 - square / 1188
    return (1 / 12 - square * (1 / 360 - square * (1 / 1260 - square * series))) / n


def _deviance(x: float, mean: float) -> float:
    """X ln(x / mean) + mean - x, also where x and mean are nearly equal."""
    if abs(x - mean) < 0.1 * (x + mean):
        part = (x - mean) / (x + mean)
        total = (x - mean) * part
        term = 2 * x * part
        square = part * part
        for odd in range(3, 1000, 2):
            term *= square
            more = total + term / odd
            if more == total:
                return more
            total = more
    return x * math.log(x / mean) + mean - x


def _fraction(a: float, b: float, x: float) -> float:
    """The continued fraction of I_x(a, b) without its front: Abramowitz and Stegun 26.5.8.

    By the method of W. J. Lentz as in *Numerical Recipes*, 6.4. It converges for
    x < (a + 1) / (a + b + 2) in some sqrt(max(a, b)) steps.
    """
    c = 1.0
    d = 1 - (a + b) * x / (a + 1)
    d = 1 / (d if abs(d) > _TINY else _TINY)
    found = d
    for m in range(1, _STEPS):
        even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        for step in (even, odd):
            d = 1 + step * d
            d = 1 / (d if abs(d) > _TINY else _TINY)
            c = 1 + step / c
            c = c if abs(c) > _TINY else _TINY
            factor = c * d
            found *= factor
        if abs(factor - 1) < 1e-15:
            break
    return found


def _log1mexp(x: float) -> float:
    """ln(1 - e^x) for x <= 0."""
    if x == 0:
        return -math.inf
    return math.log(-math.expm1(x)) if x > -0.6931471805599453 else math.log1p(-math.exp(x))


def _quantile(a: float, b: float, tail: float, *, upper: bool) -> float:
    """The x of which I_x(a, b), or 1 - I_x(a, b) when ``upper``, has the logarithm ``tail``.

    Solved for the smaller of x and 1 - x, whose logarithm moves by Newton's steps inside a bracket
    that every step narrows. The logarithms of both tails are concave in it, so the steps come from
    one side once they are near.
    """
    if a > b:
        return 1 - _quantile(b, a, tail, upper=not upper)
    low, high = math.log(_TINY), 0.0
    t = math.log(a / (a + b))
    for _ in range(200):
        x = math.exp(t)
        y = -math.expm1(t)
        value = _log_cdf(b, a, y, x) if upper else _log_cdf(a, b, x, y)
        over = value - tail
        if (over > 0) == upper:
            low = t
        else:
            high = t
        if over == 0 or high - low < 1e-15 * abs(low):
            return x
        slope = math.exp(_log_front(a, b, x, y) - value) / y
        step = over / slope if slope else math.inf
        following = t + step if upper else t - step
        if not low < following < high:
            following = (low + high) / 2
        if abs(following - t) < 1e-14 * max(1.0, abs(t)) or following == t:
            return math.exp(following)
        t = following
    return math.exp(t)


def _check(successes: int, trials: int) -> None:
    if not 0 <= successes <= trials or trials < 1:
        raise ValueError(f"{successes} of {trials} is no share")
