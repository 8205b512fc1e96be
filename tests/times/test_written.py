"""Instants as text."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest

from clocks import NOW, UTC, ZURICH
from streamstats.times import distance, rfc3339, short
from streamstats.times.written import seconds

MINUTE = 60 * 10**9


@pytest.mark.parametrize(
    ("instant", "zone", "expected"),
    [
        (0, UTC, "1970-01-01T00:00:00+00:00"),
        (0, ZURICH, "1970-01-01T01:00:00+01:00"),
        (NOW, ZURICH, "2026-11-25T17:36:30.250+01:00"),
        (1, UTC, "1970-01-01T00:00:00.000000001+00:00"),
        (-1, UTC, "1969-12-31T23:59:59.999999999+00:00"),
        (1_500, UTC, "1970-01-01T00:00:00.000001500+00:00"),
        (2_000, UTC, "1970-01-01T00:00:00.000002+00:00"),
        (0, ZoneInfo("America/New_York"), "1969-12-31T19:00:00-05:00"),
        # Lisbon was 36 minutes and 45 seconds behind: the offset is cut, the instant kept.
        (-3 * 10**18, ZoneInfo("Europe/Lisbon"), "1874-12-07T18:04:00-00:36"),
    ],
)
def test_rfc3339(instant: int, zone: ZoneInfo, expected: str) -> None:
    assert rfc3339(instant, zone) == expected


@pytest.mark.parametrize("instant", [2**63, -(2**63) - 1])
def test_beyond_64_bits(instant: int) -> None:
    with pytest.raises(OverflowError, match="64 bits"):
        rfc3339(instant, UTC)


def test_short() -> None:
    assert short(NOW, ZURICH) == "2026-11-25 17:36:30.250"
    assert short(0, UTC) == "1970-01-01 00:00:00"


@pytest.mark.parametrize(
    ("before", "expected"),
    [
        (0, "now"),
        (5 * MINUTE, "5m ago"),
        (1637 * MINUTE + 5, "1d3h ago"),
        (-90 * MINUTE, "in 1h30m"),
        (MINUTE // 4, "15s ago"),
        (250_000_000, "250ms ago"),
    ],
)
def test_distance(before: int, expected: str) -> None:
    assert distance(NOW - before, NOW) == expected


@pytest.mark.parametrize(
    ("instant", "expected"), [(10**9, "1"), (-1_500_000_000, "-1.5"), (1, "0.000000001")]
)
def test_seconds(instant: int, expected: str) -> None:
    assert seconds(instant) == expected
