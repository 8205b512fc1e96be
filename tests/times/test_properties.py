"""Properties: nothing but WhenError is raised, instants survive their text, and distances agree
with a plain reference.
"""

from __future__ import annotations

import calendar
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC as GREENWICH
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from clocks import NOW, UTC, ZURICH
from streamstats.times import WhenError, duration, rfc3339, spell, when, window, zone
from streamstats.times.words import tables

ZONES = st.sampled_from(
    [UTC, ZURICH, ZoneInfo("America/New_York"), ZoneInfo("Australia/Lord_Howe")]
)
INSTANTS = st.integers(-(2**63), 2**63 - 1)
RECENT = st.integers(1_500_000_000 * 10**9, 1_900_000_000 * 10**9)
PIECES = st.sampled_from(
    sorted({word for table in tables() for word in table})
    + list("0123456789:.,+-/@T ()..")
    + ["10:00", "2026-03-01", "1253385344", "99999999999999999999", "31", "Europe/Zurich", "\0"]
)
TEXTS = st.lists(st.tuples(PIECES, st.sampled_from(["", " "])), max_size=12).map(
    lambda pieces: "".join(piece + blank for piece, blank in pieces)
)


@settings(max_examples=1500)
@given(TEXTS, INSTANTS, ZONES, st.sampled_from([None, True, False]))
def test_words_of_the_grammar_in_any_order(
    text: str, now: int, tz: ZoneInfo, day_first: bool | None
) -> None:
    with suppress(WhenError):
        instant = when(text, now, tz, day_first=day_first, guess=False)
        assert -(2**63) <= instant < 2**63
    with suppress(WhenError):
        assert duration(text) >= 0
    with suppress(WhenError):
        found = window(text, now, tz, guess=False)
        assert found.start is None or found.end is None or found.start < found.end


def refusal(read: Callable[[], object]) -> WhenError | None:
    try:
        read()
    except WhenError as error:
        return error
    return None


@settings(max_examples=500)
@given(st.text(max_size=250))
@example("0M\ud7fc")
@example("10:00 Europe/\x1b[31m")
@example("10:00 \ud7fcabc")
def test_any_text(text: str) -> None:
    for read in (
        lambda: when(text, NOW, ZURICH, guess=False),
        lambda: duration(text),
        lambda: window(text, NOW, ZURICH, guess=False),
    ):
        error = refusal(read)
        assert error is None or str(error).isprintable()
        assert error is None or error.at is None or 0 <= error.at <= len(text)


@settings(max_examples=600)
@given(st.one_of(st.text(max_size=30), TEXTS))
def test_any_text_with_dateparser(text: str) -> None:
    with suppress(WhenError):
        when(text, NOW, ZURICH)


@settings(max_examples=300)
@given(st.text(max_size=30))
def test_any_zone(name: str) -> None:
    with suppress(WhenError):
        zone(name)


@settings(deadline=500)
@given(INSTANTS, ZONES)
@example(-9_223_355_040_000_000_001, ZoneInfo("America/New_York"))
@example(-(2**63), ZoneInfo("America/New_York"))
@example(2**63 - 1, ZoneInfo("Australia/Lord_Howe"))
def test_rfc3339_is_read_back(instant: int, tz: ZoneInfo) -> None:
    assert when(rfc3339(instant, tz), NOW, ZURICH, guess=False) == instant


@given(st.integers(0, 2**63 - 1))
def test_spell_is_read_back(length: int) -> None:
    assert duration(spell(length)) == length


@given(RECENT, ZONES)
def test_seconds_are_read_back(instant: int, tz: ZoneInfo) -> None:
    whole, part = divmod(instant, 10**9)
    assert when(f"@{whole}.{part:09}", NOW, tz) == instant


def local(instant: int, tz: ZoneInfo) -> datetime:
    return datetime.fromtimestamp(instant // 10**9, GREENWICH).astimezone(tz)


def nanoseconds(wall: datetime, tz: ZoneInfo) -> int:
    return int(wall.replace(tzinfo=tz, fold=0).timestamp()) * 10**9


def month_before(wall: datetime, count: int) -> datetime:
    year, month = divmod(wall.year * 12 + wall.month - 1 - count, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return wall.replace(year=year, month=month + 1, day=min(wall.day, last))


@settings(deadline=500)
@given(
    RECENT, ZONES, st.integers(0, 400),
    st.sampled_from(["second", "minute", "hour", "day", "week", "month", "year"]),
)  # fmt: skip
def test_so_many_units_ago(now: int, tz: ZoneInfo, count: int, unit: str) -> None:
    elapsed = {"second": 1, "minute": 60, "hour": 3600}
    wall = local(now, tz)
    if unit in elapsed:
        expected = now - count * elapsed[unit] * 10**9
    elif count == 0:
        expected = now
    elif unit in ("day", "week"):
        back = wall.replace(tzinfo=None) - timedelta(days=count * (7 if unit == "week" else 1))
        expected = nanoseconds(back, tz) + now % 10**9
    else:
        count %= 100
        if count == 0:
            return
        back = month_before(wall.replace(tzinfo=None), count * (12 if unit == "year" else 1))
        expected = nanoseconds(back, tz) + now % 10**9
    assert when(f"{count} {unit}s ago", now, tz) == expected


@given(st.integers(0, 10**6), st.integers(0, 10**6))
def test_amounts_add_up(hours: int, minutes: int) -> None:
    together = when(f"{hours}h{minutes}m ago", NOW, UTC)
    assert together == NOW - (hours * 3600 + minutes * 60) * 10**9
    assert when(f"-{hours} hours {minutes} minutes", NOW, UTC) == together
    assert when(f"{hours} hours and {minutes} minutes", NOW, UTC) == together


@pytest.mark.parametrize("weekday", range(7))
@given(RECENT, ZONES)
def test_weekdays_lie_on_their_side_of_today(weekday: int, now: int, tz: ZoneInfo) -> None:
    name = calendar.day_name[weekday]
    today = local(now, tz).date()
    last, coming, following = (
        local(when(f"{which} {name}", now, tz), tz).date() for which in ("last", "this", "next")
    )
    assert all(day.weekday() == weekday for day in (last, coming, following))
    assert last < today <= coming < last + timedelta(days=15)
    assert today < following <= today + timedelta(days=7)
