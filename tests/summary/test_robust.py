"""Robust scales against numpy, scipy and statsmodels."""

from __future__ import annotations

import math
from collections import Counter

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy import stats
from statsmodels.robust.scale import mad as statsmodels_mad

from streamstats.summary.moments import Moments, moments
from streamstats.summary.outliers import EVERYTHING, Iqr, Mad
from streamstats.summary.robust import fences, quartiles, scale

counts = st.lists(st.integers(1, 10_000) | st.integers(1, 5), min_size=1, max_size=60)


def spectrum(numbers: list[int]) -> list[tuple[int, int]]:
    return sorted(Counter(numbers).items())


def sums(numbers: list[int]) -> Moments:
    found = moments(spectrum(numbers))
    assert found is not None
    return found


@given(counts, st.sampled_from([0, 1]))
def test_median_and_mad_are_those_of_others(numbers: list[int], plus: int) -> None:
    logs = np.log(np.array(numbers) + plus)
    found = scale(spectrum(numbers), plus)
    assert found.centre == pytest.approx(float(np.median(logs)))
    mad = float(stats.median_abs_deviation(logs))
    assert mad == pytest.approx(float(statsmodels_mad(logs, c=1)))
    if mad > 1e-12:
        assert found.spread == pytest.approx(mad / 0.6745)
        z = [found.z(x) for x in numbers]
        known = 0.6745 * (logs - np.median(logs)) / mad
        assert z == pytest.approx(list(known), abs=1e-9)
    else:
        deviation = float(np.mean(np.abs(logs - np.median(logs))))
        assert found.spread == pytest.approx(1.2533 * deviation, abs=1e-12)


def test_a_mad_of_nought_falls_back() -> None:
    found = scale([(1, 9), (100, 1)])
    mean = math.log(101 / 2) / 10
    assert found.spread == pytest.approx(1.2533 * mean)
    assert found.z(100) == pytest.approx(10 / 1.2533)
    assert found.z(1) == 0


def test_without_any_spread_all_others_are_infinitely_far() -> None:
    found = scale([(4, 7)])
    assert (found.z(4), found.z(5), found.z(3)) == (0, math.inf, -math.inf)
    assert found.usual == 4


@given(counts, st.integers(2, 1000))
def test_scaling_all_peaks_changes_no_z(numbers: list[int], factor: int) -> None:
    small = scale(spectrum(numbers), 0)
    large = scale(spectrum([factor * x for x in numbers]), 0)
    assume(small.spread > 1e-9)
    for x in numbers:
        assert large.z(factor * x) == pytest.approx(small.z(x), abs=1e-6)


@given(counts, st.integers(2, 1000))
def test_scaling_all_counts_changes_no_z_of_one_more(numbers: list[int], factor: int) -> None:
    # ln(1 + x): the z of x is that of factor (1 + x) - 1.
    small = scale(spectrum(numbers))
    large = scale(spectrum([factor * (1 + x) - 1 for x in numbers]))
    assume(small.spread > 1e-9)
    for x in numbers:
        assert large.z(factor * (1 + x) - 1) == pytest.approx(small.z(x), abs=1e-6)


@given(counts, st.floats(0.5, 5))
def test_least_is_where_z_is(numbers: list[int], z: float) -> None:
    found = scale(spectrum(numbers))
    assume(found.spread > 1e-6)
    assert found.z(found.least(z)) == pytest.approx(z)


@given(counts)
def test_quartiles_are_numpys(numbers: list[int]) -> None:
    logs = np.log1p(np.array(numbers))
    low, high = np.percentile(logs, [25, 75])
    assert quartiles(spectrum(numbers)) == pytest.approx((low, high))
    reach = 1.5 * float(stats.iqr(logs))
    assert fences(spectrum(numbers)) == pytest.approx((low - reach, high + reach))


@given(counts)
def test_the_rule_of_mad_marks_by_z(numbers: list[int]) -> None:
    bounds = Mad().bounds(spectrum(numbers), sums(numbers))
    found = scale(spectrum(numbers))
    for x in numbers:
        z = abs(found.z(x))
        assume(abs(z - 3.5) > 1e-6)
        assert bounds.mark(x) == (z > 3.5)


@given(counts)
def test_the_rule_of_iqr_marks_by_the_fences(numbers: list[int]) -> None:
    bounds = Iqr().bounds(spectrum(numbers), sums(numbers))
    low, high = fences(spectrum(numbers))
    for x in numbers:
        log = math.log1p(x)
        assume(min(abs(log - low), abs(log - high)) > 1e-6 or low == high)
        assert bounds.mark(x) == (not low - 1e-9 <= log <= high + 1e-9)


def test_amounts_without_a_logarithm_mark_nothing() -> None:
    amounts = [(-5.0, 1), (1.0, 9)]
    known = moments(amounts)
    assert known is not None
    assert Mad().bounds(amounts, known) == EVERYTHING
    assert Iqr().bounds(amounts, known) == EVERYTHING
    with pytest.raises(ValueError, match="math domain"):
        scale(amounts)
    with pytest.raises(ValueError, match="no values"):
        scale([])
