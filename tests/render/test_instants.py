from __future__ import annotations

from datetime import timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streamstats.render.instants import Clock, short
from streamstats.times.written import rfc3339

SECOND = 1_000_000_000
DAY = 86_400 * SECOND
NINE = 1_772_355_600 * SECOND
"""2026-03-01T09:00:00Z"""

zones: st.SearchStrategy[tzinfo] = st.one_of(
    st.sampled_from(["UTC", "Europe/Zurich", "Asia/Kathmandu", "America/St_Johns"]).map(ZoneInfo),
    st.integers(-86_399, 86_399).map(lambda seconds: timezone(timedelta(seconds=seconds))),
)


@given(zones, st.lists(st.integers(-(2**63), 2**63 - 1), max_size=5), st.integers(0, 10**11))
def test_the_same_as_rfc3339(zone: tzinfo, instants: list[int], step: int) -> None:
    clock = Clock(zone)
    for instant in instants:
        assert clock.rfc3339(instant) == rfc3339(instant, zone)
        near = min(instant + step, 2**63 - 1)
        assert clock.rfc3339(near) == rfc3339(near, zone)


@pytest.mark.parametrize("instant", [-(2**63), 2**63 - 1, -1, 0, 999_999_999, NINE + 1_000])
def test_ends_and_fractions(instant: int) -> None:
    for name in ("UTC", "Europe/Zurich", "Africa/Monrovia"):
        assert Clock(ZoneInfo(name)).rfc3339(instant) == rfc3339(instant, ZoneInfo(name))


def test_daylight_saving_within_one_clock() -> None:
    clock = Clock(ZoneInfo("Europe/Zurich"))
    change = 1_774_746_000 * SECOND  # 2026-03-29T01:00:00Z
    assert clock.rfc3339(change - SECOND) == "2026-03-29T01:59:59+01:00"
    assert clock.rfc3339(change) == "2026-03-29T03:00:00+02:00"


@pytest.mark.parametrize(
    ("length", "per", "text"),
    [
        (3600 * SECOND, SECOND, "09:00:00"),
        (DAY, SECOND, "03-01 09:00:00"),
        (365 * DAY, SECOND, "2026-03-01 09:00:00"),
        (3600 * SECOND, SECOND // 10, "09:00:00.250"),
        (3600 * SECOND, 10_000, "09:00:00.250000"),
        (3600 * SECOND, 10, "09:00:00.250000000"),
    ],
)
def test_short_leaves_out_what_is_the_same(length: int, per: int, text: str) -> None:
    forms = short(Clock(ZoneInfo("UTC")), NINE, NINE + length, per)
    assert forms.text(NINE + SECOND // 4) == text
    assert forms.width() == len(text)


def test_short_without_seconds() -> None:
    forms = short(Clock(ZoneInfo("UTC")), NINE, NINE + DAY, 60 * SECOND)
    assert forms.text(NINE, seconds=False) == "03-01 09:00"
    assert forms.width(seconds=False) == 11


def test_the_day_is_that_of_the_zone() -> None:
    evening = NINE + 14 * 3600 * SECOND
    assert short(Clock(ZoneInfo("UTC")), NINE, evening, SECOND).text(evening) == "23:00:00"
    assert (
        short(Clock(ZoneInfo("Europe/Zurich")), NINE, evening, SECOND).text(evening)
        == "03-02 00:00:00"
    )
