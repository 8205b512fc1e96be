"""Statistics of numbers against numpy and exact fractions, and bins that are round."""

from __future__ import annotations

import bisect
import itertools
import math
from collections.abc import Sequence
from fractions import Fraction

import numpy
import pytest
from hypothesis import given
from hypothesis import strategies as st

from streamstats.summary.numbers import (
    MOST_BINS,
    ONE,
    QUANTILES,
    NumberStats,
    linear_edges,
    log_edges,
    mean,
    of_all,
    of_value,
    plain,
    quantile,
    stdev,
    unit_of,
)

MS = ONE // 1000


class Plain:
    """Some numbers, all known."""

    exact = True

    def __init__(self, numbers: Sequence[int]) -> None:
        self.numbers = sorted(numbers)

    @property
    def moments(self) -> tuple[int, int, int, int, tuple[int, int]]:
        squares = sum(number * number for number in self.numbers)
        ends = (self.numbers[0], self.numbers[-1]) if self.numbers else (0, 0)
        low, high = squares % 2**128, squares >> 128
        return len(self.numbers), *ends, sum(self.numbers), (low, high)

    def at(self, rank: int, /) -> int:
        return self.numbers[min(rank, len(self.numbers) - 1)] if self.numbers else 0

    def around(self, thousandths: int, /) -> tuple[int, int]:
        whole, part = divmod(max(0, len(self.numbers) - 1) * thousandths, 1000)
        return self.at(whole), self.at(whole + (part > 0))

    def counts(self, edges: Sequence[int], /) -> list[int]:
        below = [bisect.bisect_left(self.numbers, edge) for edge in edges]
        return [b - a for a, b in itertools.pairwise([0, *below, len(self.numbers)])]


def stats(numbers: Sequence[int], *, log: bool = False, group: str = "n") -> NumberStats:
    units = [len(numbers), 0, 0]
    return of_all(Plain(numbers), 0, units, group=group, log=log, error=0.01)[0]


billionths = st.one_of(
    st.integers(-(10**29) + 1, 10**29 - 1),
    st.integers(-5000, 5000).map(lambda n: n * ONE),
    st.integers(0, 10_000).map(lambda n: n * MS),
)


@given(st.lists(billionths, min_size=1, max_size=60))
def test_moments_are_exact_and_rounded_once(numbers: list[int]) -> None:
    found = stats(numbers)
    exact = [Fraction(number, ONE) for number in numbers]
    middle = sum(exact, Fraction()) / len(exact)
    variance = sum((number - middle) ** 2 for number in exact) / len(exact)
    assert found.mean == float(middle)
    assert math.isclose(found.stdev**2, float(variance), rel_tol=1e-14)
    assert found.total == float(sum(exact, Fraction()))
    assert (found.minimum, found.maximum) == (float(min(exact)), float(max(exact)))


@given(st.lists(st.integers(-(10**6), 10**6), min_size=1, max_size=80))
def test_quantiles_are_those_of_numpy(numbers: list[int]) -> None:
    found = stats([number * MS for number in numbers])
    expected = numpy.quantile(numpy.array(numbers) / 1000, [part / 1000 for part in QUANTILES])
    assert list(found.quantiles) == [0.5, 0.9, 0.95, 0.99, 0.999]
    for value, other in zip(found.quantiles.values(), expected, strict=True):
        assert math.isclose(value, other, rel_tol=1e-9, abs_tol=1e-9)


def test_the_quantile_of_two_numbers_is_between_them() -> None:
    assert quantile(2, 900, (0, 10 * ONE)) == 9
    assert quantile(3, 500, (4 * ONE, 4 * ONE)) == 4
    assert isinstance(quantile(2, 500, (ONE, 3 * ONE)), int)
    assert quantile(2, 500, (ONE, 2 * ONE)) == 1.5


def test_nothing_has_no_quantiles_and_no_histogram() -> None:
    none = stats([])
    assert (none.count, none.mean, none.stdev, none.quantiles) == (0, 0.0, 0.0, {})
    assert none.histogram is None
    assert mean(0, 0) == stdev(0, 0, 0) == 0.0


def test_whole_numbers_are_ints() -> None:
    assert plain(-3 * ONE) == -3
    assert isinstance(plain(-3 * ONE), int)
    assert plain(ONE // 4) == 0.25
    assert plain(100_000_000) == 0.1


@given(
    st.lists(billionths, min_size=1, max_size=60), st.booleans(), st.sampled_from(["n", "bytes"])
)
def test_every_number_is_in_one_bin(numbers: list[int], log: bool, group: str) -> None:
    found = stats(numbers, log=log, group=group).histogram
    assert found is not None
    assert sum(found.counts) + found.less + found.more == len(numbers)
    assert len(found.counts) == len(found.edges) - 1 <= MOST_BINS
    assert list(found.edges) == sorted(set(found.edges))


@given(st.lists(billionths, min_size=1, max_size=60))
def test_linear_bins_are_equal_and_round(numbers: list[int]) -> None:
    edges = linear_edges(Plain(numbers))
    steps = {b - a for a, b in itertools.pairwise(edges)}
    (step,) = steps
    digits = str(step).rstrip("0")
    assert digits in ("1", "2", "5")
    assert all(edge % step == 0 for edge in edges)


def test_bins_reach_from_end_to_end() -> None:
    assert linear_edges(Plain([n * ONE for n in range(1, 7)])) == tuple(
        n * ONE for n in range(1, 8)
    )
    assert linear_edges(Plain([0])) == (0, ONE)
    assert linear_edges(Plain([-3 * ONE, 3 * ONE]))[0] == -3 * ONE


def test_a_long_tail_does_not_squeeze_the_rest() -> None:
    numbers = [n * MS for n in range(1000)] * 3 + [3600 * ONE]
    found = stats(numbers).histogram
    assert found is not None
    assert found.edges[-1] == 1
    assert (found.less, found.more) == (0, 1)
    assert len(found.counts) == 20
    negative = stats([-number for number in numbers]).histogram
    assert negative is not None
    assert (negative.less, negative.more) == (1, 0)


def test_a_crowd_is_looked_at_closer() -> None:
    numbers = [n * MS for n in range(100)] * 10 + [n * ONE for n in range(1, 41)]
    found = stats(numbers).histogram
    assert found is not None
    assert found.edges[-1] < 1
    alike = stats([5 * ONE] * 1000 + [n * ONE for n in range(1000, 1003)]).histogram
    assert alike is not None


def test_logarithmic_bins() -> None:
    known = Plain([3 * MS, 40 * MS, ONE])
    assert log_edges(known, False) == tuple(
        n * MS for n in (2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000)
    )
    wide = log_edges(Plain([1, 10**20]), False)
    assert wide == tuple(10 ** (3 * n) for n in range(8))
    data = log_edges(Plain([3 * ONE, 1000 * ONE]), True)
    assert data == tuple(2**n * ONE for n in range(1, 11))
    assert log_edges(Plain([ONE, 2**30 * ONE]), True) == tuple(4**n * ONE for n in range(17))


def test_logarithmic_bins_of_what_is_not_above_nought() -> None:
    found = stats([-5 * ONE, 0, ONE, 3 * ONE], log=True).histogram
    assert found is not None
    assert found.edges[0] == 1
    assert found.less == 2
    assert log_edges(Plain([-ONE, 0]), False) == linear_edges(Plain([-ONE, 0]))


@pytest.mark.parametrize(
    ("units", "group", "expected"),
    [
        ((5, 0, 0), "time", ("", False, 0)),
        ((5, 0, 0), "bytes", ("B", False, 0)),
        ((5, 0, 0), "body_bytes_sent", ("B", False, 0)),
        ((5, 0, 0), "kilobytes", ("", False, 0)),
        ((0, 5, 0), "bytes", ("s", False, 0)),
        ((2, 5, 0), "x", ("s", False, 2)),
        ((1, 0, 5), "x", ("B", False, 1)),
        ((1, 2, 5), "x", ("", True, 0)),
    ],
)
def test_units(units: tuple[int, ...], group: str, expected: tuple[str, bool, int]) -> None:
    assert unit_of(units, group) == expected


def test_a_value_is_drawn_over_the_bins_of_all() -> None:
    numbers = [n * MS for n in range(1000)] * 3 + [3600 * ONE]
    whole, edges = of_all(Plain(numbers), 0, [len(numbers), 0, 0], group="n", log=False, error=0.01)
    one = Plain(numbers[:150])
    around = [one.around(part) for part in QUANTILES]
    found = of_value(one.moments, True, around, one.counts(edges), whole=whole, error=0.01)
    assert found.count == 150
    assert found.spark == (50, 50, 50, *[0] * 17, 0)
    assert found.error == 0.0
