"""Wilson's interval, against published values and against a count of all that can happen."""

from __future__ import annotations

from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streamstats.summary.proportion import wilson


@pytest.mark.parametrize(
    ("count", "total", "low", "high"),
    [
        # R: prop.test(x, n, correct = FALSE)$conf.int
        (10, 100, 0.05522914, 0.17436566),
        (0, 10, 0.0, 0.27753279),
        (10, 10, 0.72246720, 1.0),
        (81, 263, 0.25528986, 0.36621126),
    ],
)
def test_published(count: int, total: int, low: float, high: float) -> None:
    assert wilson(count, total) == pytest.approx((low, high), abs=1e-5)


@given(st.integers(1, 10**6), st.data())
def test_holds_the_share_and_stays_within_one(total: int, data: st.DataObject) -> None:
    count = data.draw(st.integers(0, total))
    low, high = wilson(count, total)
    assert 0 <= low <= count / total <= high <= 1


@pytest.mark.parametrize("share", [0.05, 0.3, 0.5])
def test_holds_the_true_share_about_95_times_in_100(share: float) -> None:
    total = 200
    chance = [
        comb(total, count) * share**count * (1 - share) ** (total - count)
        for count in range(total + 1)
    ]
    held = sum(
        chance[count]
        for count in range(total + 1)
        if wilson(count, total)[0] <= share <= wilson(count, total)[1]
    )
    assert 0.93 < held < 0.97


def test_nothing_is_known_of_nothing() -> None:
    assert wilson(0, 0) == (0.0, 1.0)
