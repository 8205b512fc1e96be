"""The interval scan against trying every interval."""

from __future__ import annotations

import math
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import poisson

from streamstats.summary.onset import Onset, onset

SECOND = 10**9

counts = st.lists(
    st.one_of(st.just(0), st.integers(0, 3), st.integers(0, 50)), min_size=1, max_size=40
)


def scan(numbers: list[int], most: int = 2000) -> Onset:
    found = onset(list(enumerate(numbers)), 0, len(numbers) - 1, SECOND, most)
    assert found is not None
    return found


def likelihood(a: int, w: int, total: int, size: int) -> float:
    """Ln of the ratio of likelihoods, out of Poisson probabilities: another way to the formula."""
    b, rest = total - a, size - w
    inside, outside, same = a / w, b / rest, total / size
    return float(
        poisson.logpmf(a, inside * w)
        + poisson.logpmf(b, outside * rest)
        - poisson.logpmf(a, same * w)
        - poisson.logpmf(b, same * rest)
    )


def best(numbers: list[int]) -> float:
    total, size, found = sum(numbers), len(numbers), 0.0
    for left in range(size):
        for right in range(left + 1, size + 1):
            a, w = sum(numbers[left:right]), right - left
            if w < size and a * size > total * w:
                found = max(found, likelihood(a, w, total, size))
    return found


@given(counts.filter(any))
def test_it_finds_what_trying_all_finds(numbers: list[int]) -> None:
    found = scan(numbers)
    assert found.ratio == pytest.approx(best(numbers), abs=1e-6)
    left, right = found.start // SECOND, found.end // SECOND
    assert found.records == sum(numbers[left:right])
    if found.ratio > 1e-9:
        assert numbers[left]
        assert numbers[right - 1]
        known = likelihood(found.records, right - left, sum(numbers), len(numbers))
        assert found.ratio == pytest.approx(known, abs=1e-6)


@given(counts.filter(any))
def test_sorted_numbers_have_convex_sums_and_give_the_same(numbers: list[int]) -> None:
    numbers = sorted(numbers)
    assert scan(numbers).ratio == pytest.approx(best(numbers), abs=1e-6)


def test_a_rise_is_found_with_its_rates() -> None:
    found = scan([1] * 50 + [20] * 10 + [1] * 40)
    assert (found.start, found.end) == (50 * SECOND, 60 * SECOND)
    assert (found.inside, found.outside) == (20, 1)
    assert found.clear
    assert not found.first_seen
    assert not found.from_start


def test_what_was_never_there_before_is_first_seen() -> None:
    found = scan([0] * 30 + [5] * 20)
    assert found.start == 30 * SECOND
    assert found.first_seen
    assert found.outside == 0
    assert not found.from_start


def test_even_records_are_no_rise() -> None:
    found = scan([3] * 100)
    assert (found.ratio, found.clear, found.from_start) == (0, False, True)
    assert (found.start, found.end) == (0, 100 * SECOND)


def test_few_records_are_not_clear() -> None:
    assert not scan([0] * 50 + [1] + [0] * 49).clear
    assert scan([0] * 50 + [40] + [0] * 49).clear


def test_without_records_there_is_nothing() -> None:
    assert onset([], 0, 10, SECOND) is None
    assert onset([(99, 4)], 0, 10, SECOND) is None


@pytest.mark.parametrize("first", [0, 1, 12_345_679, -7])
@pytest.mark.parametrize("size", [1, 10, 99, 100, 101, 12_345])
def test_wide_buckets_are_those_of_the_calendar_and_no_more_than_asked(
    first: int, size: int
) -> None:
    last = first + size - 1
    buckets = [(first, 3), (last, 500)]
    found = onset(buckets, first, last, SECOND, most=100)
    assert found is not None
    assert math.ceil(size / (found.width // SECOND)) <= 100
    assert found.end == (last + 1) * SECOND
    assert found.start % found.width == 0 or found.start == first * SECOND


@pytest.mark.parametrize(
    "numbers",
    [
        [int(i**1.5) for i in range(2000)],
        [min(i, 2000 - i) ** 2 for i in range(2000)],
        [i * 7919 % 31 for i in range(2000)],
    ],
    ids=["rising", "hill", "noise"],
)
def test_two_thousand_buckets_take_no_second(numbers: list[int]) -> None:
    begin = time.process_time()
    scan(numbers)
    assert time.process_time() - begin < 1
