"""Points lie between the ends, whatever kind of value these are; between names there are none."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streamstats.sources.database.points import points

TIMES = st.datetimes(datetime(1, 1, 1), datetime(9999, 12, 31))
PAIRS = st.one_of(
    st.tuples(st.integers(-(2**63), 2**63), st.integers(-(2**63), 2**63)),
    st.tuples(st.floats(-1e150, 1e150), st.floats(-1e150, 1e150)),
    st.tuples(*[st.decimals(-(10**12), 10**12, places=2)] * 2),
    st.tuples(st.dates(), st.dates()),
    st.tuples(TIMES, TIMES),
    st.tuples(*[TIMES.map(lambda time: time.isoformat(" ", "seconds"))] * 2),
    st.tuples(*[st.dates().map(date.isoformat)] * 2),
    st.tuples(st.uuids(), st.uuids()),
    st.tuples(*[st.uuids().map(str)] * 2),
    st.tuples(*[st.uuids().map(lambda found: found.hex.upper())] * 2),
    st.tuples(*[st.binary(min_size=16, max_size=16)] * 2),
    st.tuples(*[st.timedeltas(timedelta(0), timedelta(30))] * 2),
)


@given(PAIRS, st.integers(1, 40), st.randoms())
def test_between_the_ends_in_order_and_different(pair: Any, count: int, dice: Random) -> None:
    low, high = sorted(pair)
    found = points(dice, low, high, count)
    assert found is not None
    assert 1 <= len(found) <= count
    assert found == sorted(set(found))
    assert low <= found[0]
    assert found[-1] <= high


@pytest.mark.parametrize(
    ("low", "high"),
    [
        ("ada", "zoe"),
        (b"\0", b"\xff\xff"),
        ("0000000a", "0000000g"),
        ("00000000-0", "0000000000"),
        ("0000000a", "0000000B"),
        (1, "x"),
        (float("-inf"), 1.0),
        (Decimal("NaN"), Decimal(1)),
        ("2024-01-01", "infinity"),
        (date(2024, 1, 1), datetime(2024, 1, 1)),
        (datetime(2024, 1, 1), datetime(2024, 1, 2, tzinfo=UTC)),
        (True, False),
        (None, None),
    ],
)
def test_nothing_is_known_to_lie_between(low: Any, high: Any) -> None:
    assert points(Random(1), low, high, 5) is None


def test_points_are_spread_over_the_values() -> None:
    found = points(Random(3), 0, 19_999, 2000) or []
    tenths = [sum(at * 1000 <= point < (at + 1) * 1000 for point in found) for at in range(20)]
    assert min(tenths) > 50
