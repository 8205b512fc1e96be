"""Proportions against scipy and statsmodels."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import special, stats
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import proportion_confint

from streamstats.summary.proportions import (
    benjamini_hochberg,
    clopper_pearson,
    log_beta_cdf,
    log_upper_tail,
    wilson,
)


@st.composite
def trials(draw: st.DrawFn) -> tuple[int, int]:
    """K of n, both spread over orders of magnitude."""
    n = int(10 ** draw(st.floats(0, 7)))
    k = draw(st.one_of(st.integers(0, n), st.integers(0, min(n, 1000)), st.just(n)))
    return k, n


@given(trials(), st.sampled_from([0.5, 0.9, 0.99, 1 - 1e-6, 1 - 1e-12]))
def test_clopper_pearson_is_scipys(pair: tuple[int, int], level: float) -> None:
    k, n = pair
    found = clopper_pearson(k, n, level)
    tail = (1 - level) / 2
    low = special.betaincinv(k, n - k + 1, tail) if k else 0.0
    high = special.betainccinv(k + 1, n - k, tail) if k < n else 1.0
    assert found.low == pytest.approx(low, rel=1e-9, abs=1e-300)
    assert found.high == pytest.approx(high, rel=1e-9)


def test_clopper_pearson_is_statsmodels_too() -> None:
    for k, n in [(0, 1), (1, 1), (5, 9), (60, 60), (870, 1202), (3, 1_000_000)]:
        low, high = proportion_confint(k, n, alpha=0.01, method="beta")
        assert clopper_pearson(k, n) == pytest.approx((low, high), rel=1e-9)


@given(trials())
def test_wilson_is_statsmodels(pair: tuple[int, int]) -> None:
    k, n = pair
    low, high = proportion_confint(k, n, alpha=0.01, method="wilson")
    assert wilson(k, n) == pytest.approx((low, high), rel=1e-9, abs=1e-12)


@given(trials(), st.floats(-12, 0).map(lambda x: 10**x))
def test_upper_tail_is_scipys(pair: tuple[int, int], share: float) -> None:
    k, n = pair
    found = log_upper_tail(k, n, share)
    known = float(stats.binom.logsf(k - 1, n, share))
    if known > -700:  # below, scipy has no more digits
        assert found == pytest.approx(known, rel=1e-9, abs=1e-9)


def test_upper_tail_goes_on_where_floats_end() -> None:
    # All of n: exactly n ln p.
    assert log_upper_tail(2000, 2000, 0.001) == pytest.approx(2000 * math.log(0.001), rel=1e-12)
    assert log_upper_tail(0, 5, 0.3) == 0
    assert log_upper_tail(5, 5, 1.0) == 0
    assert log_upper_tail(1, 5, 0.0) == -math.inf


@given(st.floats(0.5, 1e6), st.floats(0.5, 1e6), st.floats(1e-9, 1 - 1e-9))
def test_both_tails_of_the_beta_distribution_add_up(a: float, b: float, x: float) -> None:
    together = math.exp(log_beta_cdf(a, b, x)) + math.exp(log_beta_cdf(b, a, 1 - x))
    assert together == pytest.approx(1, abs=1e-6)


@pytest.mark.parametrize(("k", "n"), [(-1, 3), (4, 3), (0, 0)])
def test_what_is_no_share_is_refused(k: int, n: int) -> None:
    with pytest.raises(ValueError, match="is no share"):
        clopper_pearson(k, n)
    with pytest.raises(ValueError, match="is no share"):
        wilson(k, n)
    with pytest.raises(ValueError, match="is no share"):
        log_upper_tail(k, n, 0.5)


def test_levels_and_shares_are_inside_their_bounds() -> None:
    with pytest.raises(ValueError, match="level"):
        clopper_pearson(1, 2, 1.0)
    with pytest.raises(ValueError, match="share"):
        log_upper_tail(1, 2, 1.5)


@given(st.lists(st.tuples(st.floats(1e-30, 1), st.integers(1, 20)), min_size=1, max_size=40))
def test_benjamini_hochberg_is_statsmodels(tests: list[tuple[float, int]]) -> None:
    p = [value for value, times in tests for _ in range(times)]
    known = multipletests(p, method="fdr_bh")[1]
    found = benjamini_hochberg([(math.log(value), times) for value, times in tests])
    spread = [math.exp(q) for q, (_, times) in zip(found, tests, strict=True) for _ in range(times)]
    assert spread == pytest.approx(list(known), rel=1e-9)


def test_equal_p_values_have_equal_q() -> None:
    found = benjamini_hochberg([(math.log(0.01), 1), (math.log(0.01), 3), (0.0, 4)])
    assert found[0] == found[1] == pytest.approx(math.log(0.02))
    assert found[2] == 0
    assert benjamini_hochberg([]) == []
