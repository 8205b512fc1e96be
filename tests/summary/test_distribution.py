from __future__ import annotations

import math
import statistics
from collections import Counter
from fractions import Fraction

import numpy
import pytest
from hypothesis import given
from hypothesis import strategies as st

from streamstats.summary.distribution import NOTHING, describe
from streamstats.summary.moments import moments, root_of_ratio, share
from streamstats.summary.outliers import CLASSIC, Stdev

ORIGINAL = [1, 1, 4, 4, 1, 1, 5, 4, 11, 6, 3, 1]

integers = st.lists(st.integers(1, 10**12), min_size=1, max_size=60)
signed = st.lists(st.integers(-(10**18), 10**18), min_size=1, max_size=60)
floats = st.lists(
    st.floats(-1e12, 1e12, allow_nan=False, allow_infinity=False), min_size=1, max_size=60
)


def spectrum(counts: list[int] | list[float]) -> list[tuple[int | float, int]]:
    return sorted(Counter(counts).items())


def test_the_original_sample() -> None:
    described = describe(spectrum(ORIGINAL))
    stats = described.stats
    assert stats.count == 12
    assert stats.outliers == 1
    assert stats.maximum == 11
    assert stats.minimum == 1
    assert f"{stats.stdev:.12g}" == "2.84312035154"
    assert stats.total == 42
    assert stats.mean == 3.5
    assert stats.median == 3.5
    assert [count for count in ORIGINAL if described.bounds.mark(count)] == [11]


def test_no_values_at_all() -> None:
    described = describe([])
    assert described.stats == NOTHING
    assert not described.bounds.mark(0)


def test_one_value_is_no_outlier() -> None:
    stats = describe([(7, 1)]).stats
    assert stats == (1, 7, 7.0, 0.0, 7, 7, 7.0, 0)


@given(st.one_of(integers, signed, floats))
def test_every_number_equals_the_standard_library(counts: list[int] | list[float]) -> None:
    stats = describe(spectrum(counts)).stats
    assert stats.count == len(counts)
    assert stats.minimum == min(counts)
    assert stats.maximum == max(counts)
    assert stats.stdev == statistics.pstdev(counts)
    assert stats.mean == float(Fraction(sum(map(Fraction, counts))) / len(counts))
    assert stats.median == float(statistics.median(counts))
    assert stats.total == float(sum(map(Fraction, counts))) or stats.total == sum(counts)


@given(signed)
def test_integers_stay_integers(counts: list[int]) -> None:
    stats = describe(spectrum(counts)).stats
    assert type(stats.total) is int
    assert stats.total == sum(counts)


@given(st.lists(st.integers(0, 10**9), min_size=1, max_size=60))
def test_numpy_agrees(counts: list[int]) -> None:
    stats = describe(spectrum(counts)).stats
    assert math.isclose(stats.stdev, numpy.std(counts), rel_tol=1e-9, abs_tol=1e-6)
    assert math.isclose(stats.mean, numpy.mean(counts), rel_tol=1e-12)
    assert math.isclose(stats.median, numpy.median(counts), rel_tol=1e-12)


@given(st.one_of(integers, signed, floats), st.sampled_from([1, 2, 2.5, 3]))
def test_outliers_are_those_of_exact_arithmetic(
    counts: list[int] | list[float], times: int | float
) -> None:
    described = describe(spectrum(counts), Stdev(times))
    exact = [Fraction(count) for count in counts]
    mean = sum(exact) / len(exact)
    variance = sum((count - mean) ** 2 for count in exact) / len(exact)
    expected = [(count - mean) ** 2 > Fraction(times) ** 2 * variance for count in exact]
    assert [described.bounds.mark(count) for count in counts] == expected
    assert described.stats.outliers == sum(expected)


@pytest.mark.parametrize("odd", [2, 7, 10, 123_457, 10**15 + 1, 0.7, 1e-9, 12345.678])
def test_a_value_on_the_bound_is_ordinary(odd: int | float) -> None:
    # Of five values of which four are equal the fifth is always exactly 2 stdev from the mean.
    same = 1 if isinstance(odd, int) else 0.1
    assert describe(spectrum([same] * 4 + [odd])).stats.outliers == 0


@pytest.mark.parametrize("value", [0.1, 1 / 3, 1e300, 5e-324, -7.7])
def test_equal_sums_are_never_outliers(value: float) -> None:
    stats = describe([(value, 3)]).stats
    assert stats.stdev == 0.0
    assert stats.mean == value
    assert stats.outliers == 0


def test_a_value_may_be_too_small_as_well() -> None:
    described = describe([(1, 1), (1000, 20), (1001, 20)])
    assert described.stats.outliers == 1
    assert described.bounds.mark(1)


def test_sums_beyond_any_float_are_not_an_error() -> None:
    stats = describe([(1.0, 2), (math.inf, 1)]).stats
    assert stats.total == math.inf
    assert stats.mean == math.inf
    assert math.isnan(stats.stdev)
    assert stats.outliers == 0
    assert describe([(1e308, 5)]).stats.total == math.inf


def test_twenty_million_values_are_few_pairs() -> None:
    stats = describe([(1, 20_000_000), (2, 1_000_000), (50_000, 1)]).stats
    assert stats.count == 21_000_001
    assert stats.total == 22_050_000
    assert stats.outliers == 1


@given(st.integers(0, 10**60), st.integers(1, 10**40))
def test_root_is_correctly_rounded(numerator: int, denominator: int) -> None:
    root = root_of_ratio(numerator, denominator)
    exact = Fraction(numerator, denominator)
    if root == 0.0:
        assert exact == 0
        return
    below = (Fraction(root) + Fraction(math.nextafter(root, 0))) / 2
    above = (Fraction(root) + Fraction(math.nextafter(root, math.inf))) / 2
    assert below**2 <= exact <= above**2


def test_spread_of_equal_counts_is_nought() -> None:
    sums = moments([(5, 9)])
    assert sums is not None
    assert sums.spread == 0


def test_share_has_no_division_by_nought() -> None:
    assert share(5, 0) == 0.0
    assert share(1, 4) == 0.25
    assert share(-1, 4) == -0.25
    assert share(math.inf, math.inf) == 0.0


def test_the_rule_names_itself() -> None:
    assert (CLASSIC.name, CLASSIC.mark) == ("stdev", "*")
    assert CLASSIC.says == "more than 2 stdev from the mean"
    assert Stdev(2.5).says == "more than 2.5 stdev from the mean"
