"""What changed between two counts, against scipy and against what must hold."""

from __future__ import annotations

import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from streamstats.summary.change import (
    changes,
    dispersion,
    expected_share,
    kind_of,
    log_p,
    probability,
    rate_ratio,
)

counts = st.integers(0, 3000)
shares = st.floats(0.01, 0.99)
pairs = st.tuples(counts, counts).filter(any)
spectra = st.dictionaries(pairs, st.integers(1, 50), max_size=25).map(
    lambda found: [(before, after, values) for (before, after), values in sorted(found.items())]
)


@given(pairs, shares)
def test_p_is_that_of_two_binomial_tails(pair: tuple[int, int], share: float) -> None:
    before, after = pair
    of = stats.binom(before + after, share)
    wanted = min(1.0, 2 * min(of.cdf(after), of.sf(after - 1)))
    found = log_p(before, after, share)
    # Both know the logarithm to some digits, and its error grows with how far it is from 0.
    assert wanted < 1e-290 or found == pytest.approx(math.log(wanted), rel=1e-9, abs=1e-7)


@pytest.mark.parametrize(
    ("before", "after", "share", "wanted"),
    [
        # For halves both sides are alike, and doubling is the usual two-sided test.
        (0, 10, 0.5, 2 * 0.5**10),
        (3, 17, 0.5, stats.binomtest(17, 20, 0.5).pvalue),
        (5, 5, 0.5, 1.0),
        (40, 0, 0.25, 2 * 0.75**40),
    ],
)
def test_p_of_known_cases(before: int, after: int, share: float, wanted: float) -> None:
    assert math.exp(log_p(before, after, share)) == pytest.approx(wanted, rel=1e-12)


def test_p_below_the_smallest_number_is_still_ordered() -> None:
    one, two = log_p(10, 4000, 0.5), log_p(10, 5000, 0.5)
    assert two < one < math.log(1e-300)
    assert probability(one) == 0
    assert probability(math.log(0.25)) == pytest.approx(0.25)


@given(pairs, shares)
def test_the_interval_of_a_ratio_is_that_of_the_share(pair: tuple[int, int], share: float) -> None:
    before, after = pair
    exact = stats.binomtest(after, before + after).proportion_ci(0.99, "exact")
    scale = (1 - share) / share

    def odds(part: float) -> float:
        return part / (1 - part) * scale if part < 1 else math.inf

    found = rate_ratio(before, after, share)
    assert found.low == pytest.approx(odds(exact.low), rel=1e-6)
    assert found.high == pytest.approx(odds(exact.high), rel=1e-6)
    assert found.low <= found.value <= found.high
    if before:
        assert found.value == pytest.approx((after / share) / (before / (1 - share)))


@given(pairs, shares)
def test_p_and_interval_say_the_same(pair: tuple[int, int], share: float) -> None:
    found, value = rate_ratio(*pair, share), log_p(*pair, share)
    if abs(value - math.log(0.01)) > 1e-6:
        assert (value < math.log(0.01)) == (found.sure > 0)


@given(spectra, shares)
def test_q_is_benjamini_hochbergs_over_all_values(
    spectrum: list[tuple[int, int, int]], share: float
) -> None:
    every = [
        math.exp(log_p(before, after, share))
        for before, after, values in spectrum
        for _ in range(values)
    ]
    adjusted = stats.false_discovery_control(every) if every else []
    wanted: dict[tuple[int, int], float] = {}
    at = 0
    for before, after, values in spectrum:
        wanted[before, after] = float(adjusted[at])
        at += values
    found = {(each.before, each.after): each for each in changes(spectrum, share)}
    for pair, q in wanted.items():
        if abs(q - 0.01) > 1e-9:
            assert (pair in found) == (q < 0.01)
    for pair, each in found.items():
        assert math.exp(each.log_q) == pytest.approx(wanted[pair], rel=1e-6, abs=1e-290)


@given(spectra)
def test_what_is_the_same_on_both_sides_has_not_changed(
    spectrum: list[tuple[int, int, int]],
) -> None:
    same = [(before, before, values) for before, _, values in spectrum if before]
    assert changes(same, 0.5) == []
    assert dispersion(same, 0.5) in (None, 0.0)


@given(spectra, shares)
def test_the_sides_changed_round_turn_ratios_round(
    spectrum: list[tuple[int, int, int]], share: float
) -> None:
    there = changes(spectrum, share)
    back = {
        (each.after, each.before): each
        for each in changes([(after, before, n) for before, after, n in spectrum], 1 - share)
    }
    names = {"new": "gone", "gone": "new", "risen": "fallen", "fallen": "risen"}
    assert {(each.before, each.after) for each in there} == set(back)
    for each in there:
        other = back[each.before, each.after]
        assert other.log_q == pytest.approx(each.log_q)
        assert other.ratio.sure == pytest.approx(each.ratio.sure)
        if each.before and each.after:
            assert other.ratio.value == pytest.approx(1 / each.ratio.value)
        assert (
            kind_of(other.before, other.after, other.ratio.value)
            == names[kind_of(each.before, each.after, each.ratio.value)]
        )


@given(spectra, st.floats(0.1, 1e6), st.floats(0.1, 1e6), st.floats(1e-3, 1e3))
def test_the_unit_of_time_does_not_matter(
    spectrum: list[tuple[int, int, int]], before: float, after: float, factor: float
) -> None:
    one = changes(spectrum, expected_share(before, after))
    two = changes(spectrum, expected_share(before * factor, after * factor))
    for mine, other in zip(one, two, strict=True):
        assert (mine.before, mine.after) == (other.before, other.after)
        assert other.ratio.low == pytest.approx(mine.ratio.low)


@given(spectra, shares)
def test_the_surest_change_comes_first(spectrum: list[tuple[int, int, int]], share: float) -> None:
    sure = [each.ratio.sure for each in changes(spectrum, share)]
    assert sure == sorted(sure, reverse=True)
    assert all(value > 0 for value in sure)


def test_evidence_counts_and_not_size() -> None:
    found = changes([(1_000_000, 1_100_000, 1), (0, 50, 1), (10, 4000, 1), (2, 9, 40)], 0.5)
    assert [(each.before, each.after) for each in found] == [
        (10, 4000),
        (0, 50),
        (1_000_000, 1_100_000),
    ]


def test_independent_lines_have_a_dispersion_of_one() -> None:
    draw = random.Random(7)
    spectrum = []
    for _ in range(4000):
        records = draw.randint(40, 400)
        after = sum(draw.random() < 0.3 for _ in range(records))
        spectrum.append((records - after, after, 1))
    assert dispersion(spectrum, 0.3) == pytest.approx(1, abs=0.1)
    # Lines in runs of nine differ nine times as much; a few real changes move nothing.
    runs = [(9 * before, 9 * after, values) for before, after, values in spectrum]
    assert dispersion([*runs, *[(0, 10_000, 1)] * 200], 0.3) == pytest.approx(9, rel=0.15)


def test_few_values_have_no_dispersion() -> None:
    assert dispersion([(100, 100, 9)], 0.5) is None
    assert dispersion([(1, 1, 1000)], 0.5) is None
    assert dispersion([(100, 100, 10)], 0.5) == 0


@pytest.mark.parametrize(
    ("before", "after", "share"), [(0, 0, 0.5), (-1, 3, 0.5), (1, 1, 0.0), (1, 1, 1.0)]
)
def test_what_cannot_be_compared(before: int, after: int, share: float) -> None:
    with pytest.raises(ValueError, match=r"cannot be compared|between 0 and 1"):
        log_p(before, after, share)
    with pytest.raises(ValueError, match=r"cannot be compared|between 0 and 1"):
        rate_ratio(before, after, share)
