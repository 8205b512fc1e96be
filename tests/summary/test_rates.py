from __future__ import annotations

from collections import Counter
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streamstats.summary.rates import SECOND, active_rate, mean_rate, narrow, widen

MINUTE, HOUR, DAY = 60 * SECOND, 3600 * SECOND, 86_400 * SECOND

instants = st.integers(-(2**63), 2**63 - 1)
widths = st.one_of(
    st.sampled_from([1, 10**6, SECOND, 7 * SECOND, 90 * SECOND, MINUTE, HOUR, DAY, 400 * DAY]),
    st.integers(1, 2**60),
)


def test_mean_rate() -> None:
    assert mean_rate(30, 60.0) == 0.5
    assert mean_rate(0, 60.0) == 0.0
    assert mean_rate(5, 0.0) is None


def test_active_rate() -> None:
    assert active_rate(30, 0, 60 * SECOND) == 0.5
    assert active_rate(3, 5, 5 + SECOND // 2) == 6.0
    assert active_rate(3, 5, 5) is None


@given(st.integers(1, 10**12), instants, instants, st.integers(0, 10**18), st.integers(0, 10**18))
def test_a_value_is_at_least_as_busy_while_it_is_there(
    records: int, one: int, other: int, before: int, after: int
) -> None:
    first, last = sorted((one, other))
    active = active_rate(records, first, last)
    mean = mean_rate(records, (last - first + before + after) / SECOND)
    if active is not None and mean is not None:
        assert active >= mean * (1 - 1e-12)
        assert active == pytest.approx(float(Fraction(records * SECOND, last - first)))


@pytest.mark.parametrize(
    ("width", "span", "most", "step"),
    [
        (SECOND, 10, 60, SECOND),
        (SECOND, 61, 60, 2 * SECOND),
        (SECOND, 600, 60, 10 * SECOND),
        (SECOND, 3600, 60, MINUTE),
        (SECOND, 86_400, 60, 30 * MINUTE),
        (SECOND, 86_400, 8, 3 * HOUR),
        (MINUTE, 7 * 1440, 60, 3 * HOUR),
        (DAY, 365, 60, 7 * DAY),
        (DAY, 3650, 60, 91 * DAY),
        (10**6, 500, 60, 10**7),
        (7 * SECOND, 60, 60, 7 * SECOND),
        (7 * SECOND, 100, 60, 14 * SECOND),
        (90 * SECOND, 80, 60, 180 * SECOND),
        (90 * SECOND, 1000, 60, 30 * MINUTE),
    ],
)
def test_steps_are_of_lengths_that_people_know(width: int, span: int, most: int, step: int) -> None:
    line = widen([(0, 3), (span - 1, 4)], width, most)
    assert line.step == step
    assert line.start == 0
    assert len(line.counts) <= most
    assert (line.counts[0], line.counts[-1]) == (3, 4)


def test_steps_begin_at_multiples_of_their_length() -> None:
    line = widen([(3599, 1), (3600, 2), (7201, 4)], SECOND, 3)
    assert (line.start, line.step, line.counts) == (0, HOUR, (1, 2, 4))
    before = widen([(-1, 1), (0, 2)], SECOND, 1)
    assert (before.start, before.step, before.counts) == (-SECOND, SECOND, (1, 2))


def test_no_buckets() -> None:
    assert widen([], SECOND, 10).counts == ()


@given(widths, st.lists(st.tuples(instants, st.integers(0, 10**9)), min_size=1), st.integers(2, 99))
def test_nothing_is_lost(width: int, found: list[tuple[int, int]], most: int) -> None:
    buckets = [(instant // width, records) for instant, records in found]
    line = widen(buckets, width, most)
    assert line.step % width == 0
    assert line.start % line.step == 0
    assert 1 <= len(line.counts) <= most
    expected: Counter[int] = Counter()
    for bucket, records in buckets:
        expected[(bucket * width - line.start) // line.step] += records
    assert {at: n for at, n in enumerate(line.counts) if n} == {
        at: n for at, n in expected.items() if n
    }
    assert sum(line.counts) == sum(records for _, records in found)


@given(st.lists(st.integers(0, 10**6)).map(tuple), st.integers(1, 50))
def test_narrow(counts: tuple[int, ...], most: int) -> None:
    fewer = narrow(counts, most)
    assert len(fewer) <= most
    assert sum(fewer) == sum(counts)
    if len(counts) <= most:
        assert fewer == counts
