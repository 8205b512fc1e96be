"""Windows: `WHEN..WHEN`, open ends, and those that hold nothing."""

from __future__ import annotations

import pytest

from clocks import NOW, ZURICH, ns
from streamstats.times import WhenError, Window, between, window

DAY = ns("2026-11-25")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("yesterday..today", Window(ns("2026-11-24"), DAY)),
        ("2 hours ago..now", Window(NOW - 7200 * 10**9, NOW)),
        ("2h..1h", Window(NOW - 7200 * 10**9, NOW - 3600 * 10**9)),
        ("..noon", Window(None, ns("2026-11-25 12:00"))),
        ("noon ..", Window(ns("2026-11-25 12:00"), None)),
        ("..", Window()),
        ("@0..@1.5", Window(0, 1_500_000_000)),
        ("24.12.2025 .. 1.2.2026", Window(ns("2025-12-24"), ns("2026-02-01"))),
        ("1.2. .. 3.2.", Window(ns("2026-02-01"), ns("2026-02-03"))),
    ],
)
def test_window(text: str, expected: Window) -> None:
    assert window(text, NOW, ZURICH) == expected


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("yesterday", "two dots divide its start from its end; try"),
        ("a...b", "it has more than two dots in one place (column 2); try"),
        ("a..b..c", "it has more than two dots in one place (column 2); try"),
        (
            "today..2026-13-01",
            "there is no month 13, in its end (column 8); try '2026-01-13'",
        ),
        ("yesturday..", "'yesturday' is not expected here, in its start (column 1); try"),
        (
            "today..yesterday",
            "it starts at 2026-11-25T00:00:00+01:00, after its end at 2026-11-24T00:00:00+01:00",
        ),
        (
            "noon..12:00",
            "it is empty: it starts and ends at 2026-11-25T12:00:00+01:00, "
            "and the end is not part of it",
        ),
    ],
)
def test_refused(text: str, message: str) -> None:
    with pytest.raises(WhenError) as caught:
        window(text, NOW, ZURICH)
    assert str(caught.value).startswith(f"cannot read the window '{text}': {message}")


def test_between() -> None:
    assert between("today", None, NOW, ZURICH) == Window(DAY, None)
    assert between(None, "today", NOW, ZURICH) == Window(None, DAY)
    assert between(None, None, NOW, ZURICH) == Window()
    with pytest.raises(WhenError, match="after its end"):
        between("now", "today", NOW, ZURICH)
    with pytest.raises(WhenError, match="cannot read the time 'foo'"):
        between("foo", None, NOW, ZURICH)


def test_order_of_day_and_month_reaches_both_sides() -> None:
    found = window("3/4/2026..4/4/2026", NOW, ZURICH, day_first=True)
    assert found == Window(ns("2026-04-03"), ns("2026-04-04"))


def test_a_window_holds_its_start_and_not_its_end() -> None:
    found = Window(10, 20)
    assert [found.holds(instant) for instant in (9, 10, 19, 20)] == [False, True, True, False]
    assert Window().holds(0)
