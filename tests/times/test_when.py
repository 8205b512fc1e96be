"""One test a form: what each means on Wednesday, 25 November 2026, 17:36:30.25 in Zurich."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from clocks import NOW, UTC, ZURICH, ns
from streamstats.times import read, when

FORMS = {
    # now and the days around it
    "now": "2026-11-25 17:36:30.25",
    "today": "2026-11-25",
    "yesterday": "2026-11-24",
    "tomorrow": "2026-11-26",
    "tomorrow 9am": "2026-11-26 09:00",
    "yesterday 14:00": "2026-11-24 14:00",
    "yesterday at 14:00": "2026-11-24 14:00",
    "10:00 yesterday": "2026-11-24 10:00",
    "10:00, yesterday": "2026-11-24 10:00",
    "YESTERDAY \t 14:00 ": "2026-11-24 14:00",
    "noon": "2026-11-25 12:00",
    "midday": "2026-11-25 12:00",
    "midnight": "2026-11-25",
    "noon yesterday": "2026-11-24 12:00",
    "yesterday noon": "2026-11-24 12:00",
    "midnight tomorrow": "2026-11-26",
    # times of day
    "12:30": "2026-11-25 12:30",
    "at 12:30": "2026-11-25 12:30",
    "12:30:15": "2026-11-25 12:30:15",
    "12:30:15.123456789": "2026-11-25 12:30:15.123456789",
    "12:30:15,5": "2026-11-25 12:30:15.5",
    "3:4:5.6": "2026-11-25 03:04:05.6",
    "5pm": "2026-11-25 17:00",
    "5 PM": "2026-11-25 17:00",
    "5 p.m.": "2026-11-25 17:00",
    "9:30am": "2026-11-25 09:30",
    "12am": "2026-11-25",
    "12pm": "2026-11-25 12:00",
    "24:00": "2026-11-26",
    "23:59:60": "2026-11-26",
    "23:59:60.5": "2026-11-26 00:00:00.5",
    "T0222": "2026-11-25 02:22",
    "t02:22": "2026-11-25 02:22",
    "10:00 UTC": "2026-11-25 11:00",
    "10:00Z": "2026-11-25 11:00",
    "10:00 utc+2": "2026-11-25 09:00",
    "10:30 UTC-05": "2026-11-25 16:30",
    "10:00+0530": "2026-11-25 05:30",
    "10:00 -5": "2026-11-25 16:00",
    "10:00 EST": "2026-11-25 16:00",
    "10:00 Europe/London": "2026-11-25 11:00",
    "10:00 america/new_york": "2026-11-25 16:00",
    "10:00 America/Port-au-Prince": "2026-11-25 16:00",
    "today UTC": "2026-11-25 01:00",
    "2026-07-01 12:00 CEST": "2026-07-01 12:00",
    "2026-07-01 12:00 CET": "2026-07-01 13:00",
    # distances
    "10 minutes ago": "2026-11-25 17:26:30.25",
    "15m ago": "2026-11-25 17:21:30.25",
    "15 M ago": "2026-11-25 17:21:30.25",
    "15min ago": "2026-11-25 17:21:30.25",
    "-1h": "2026-11-25 16:36:30.25",
    "- 1 hour": "2026-11-25 16:36:30.25",
    "now - 1 hour": "2026-11-25 16:36:30.25",
    "now-1h": "2026-11-25 16:36:30.25",
    "+1h": "2026-11-25 18:36:30.25",
    "in 2 hours": "2026-11-25 19:36:30.25",
    "2 hours from now": "2026-11-25 19:36:30.25",
    "2 hours ago": "2026-11-25 15:36:30.25",
    "an hour ago": "2026-11-25 16:36:30.25",
    "hour ago": "2026-11-25 16:36:30.25",
    "half an hour ago": "2026-11-25 17:06:30.25",
    "two hours ago": "2026-11-25 15:36:30.25",
    "2 hours 30 minutes ago": "2026-11-25 15:06:30.25",
    "2 hours and 30 minutes ago": "2026-11-25 15:06:30.25",
    "2h30m ago": "2026-11-25 15:06:30.25",
    "-1 day 2 hours": "2026-11-24 15:36:30.25",
    "-1 week +2 days": "2026-11-20 17:36:30.25",
    "1.5h ago": "2026-11-25 16:06:30.25",
    "1.5 days ago": "2026-11-24 05:36:30.25",
    "250ms ago": "2026-11-25 17:36:30",
    "250000\N{MICRO SIGN}s ago": "2026-11-25 17:36:30",
    "1 fortnight ago": "2026-11-11 17:36:30.25",
    "1 month ago": "2026-10-25 17:36:30.25",
    "2 years ago": "2024-11-25 17:36:30.25",
    "3 days ago": "2026-11-22 17:36:30.25",
    "3 days ago 10:00": "2026-11-22 10:00",
    "10:00 3 days ago": "2026-11-22 10:00",
    "two days ago at noon": "2026-11-23 12:00",
    "0 days ago": "2026-11-25 17:36:30.25",
    # a duration by itself lies in the past
    "90s": "2026-11-25 17:35:00.25",
    "1h": "2026-11-25 16:36:30.25",
    "1h30m": "2026-11-25 16:06:30.25",
    "7d": "2026-11-18 17:36:30.25",
    "1 hour 30 minutes": "2026-11-25 16:06:30.25",
    # last, this, next
    "last week": "2026-11-18 17:36:30.25",
    "last month": "2026-10-25 17:36:30.25",
    "last year": "2025-11-25 17:36:30.25",
    "last hour": "2026-11-25 16:36:30.25",
    "past hour": "2026-11-25 16:36:30.25",
    "last 2 hours": "2026-11-25 15:36:30.25",
    "previous 3 days": "2026-11-22 17:36:30.25",
    "past 15m": "2026-11-25 17:21:30.25",
    "this week": "2026-11-25 17:36:30.25",
    "next month": "2026-12-25 17:36:30.25",
    # weekdays
    "monday": "2026-11-30",
    "wednesday": "2026-11-25",
    "wed": "2026-11-25",
    "this wednesday": "2026-11-25",
    "last monday": "2026-11-23",
    "last wednesday": "2026-11-18",
    "next friday": "2026-11-27",
    "next wednesday": "2026-12-02",
    "monday 9am": "2026-11-30 09:00",
    "on monday at 9am": "2026-11-30 09:00",
    "last monday 9am": "2026-11-23 09:00",
    "9am last monday": "2026-11-23 09:00",
    "monday last week": "2026-11-16",
    "last week on friday": "2026-11-20",
    "monday this week 10:00": "2026-11-23 10:00",
    "sunday next week": "2026-12-06",
    # starts and ends of units
    "start of hour": "2026-11-25 17:00",
    "start of last hour": "2026-11-25 16:00",
    "start of minute": "2026-11-25 17:36",
    "start of day": "2026-11-25",
    "start of week": "2026-11-23",
    "start of last week": "2026-11-16",
    "beginning of month": "2026-11-01",
    "beginning of the month 10:00": "2026-11-01 10:00",
    "start of next month": "2026-12-01",
    "start of year": "2026-01-01",
    "end of last month": "2026-11-01",
    "end of yesterday": "2026-11-25",
    "end of today": "2026-11-26",
    "first day of last month": "2026-10-01",
    "last day of february": "2026-02-28",
    "first monday of march 2026": "2026-03-02",
    "last friday of next month": "2026-12-25",
    "fifth sunday of november": "2026-11-29",
    # before and after
    "1 hour before noon": "2026-11-25 11:00",
    "30 minutes after 10:00": "2026-11-25 10:30",
    "2 hours before 2026-03-01 10:00": "2026-03-01 08:00",
    "day before yesterday": "2026-11-23",
    "the day before yesterday at 10am": "2026-11-23 10:00",
    "2 days after mar 1": "2026-03-03",
    # days
    "2026-03-01": "2026-03-01",
    "2026-3-1": "2026-03-01",
    "2026-03": "2026-03-01",
    "2026-03-01T10:00": "2026-03-01 10:00",
    "2026-03-01t10": "2026-03-01 10:00",
    "2026-03-01 10:00:00.5Z": "2026-03-01 11:00:00.5",
    "2026-03-01T10:00:00+02:00": "2026-03-01 09:00",
    "2026-03-01 yesterday": "2026-02-28",
    "2026-03-01 3 days": "2026-03-04",
    "2026-03-01 12:00:00 +1 hour": "2026-03-01 13:00",
    "20260301": "2026-03-01",
    "202603011015": "2026-03-01 10:15",
    "20260301101530": "2026-03-01 10:15:30",
    "20050123T215959": "2005-01-23 21:59:59",
    "20060212T23:12:23UTC": "2006-02-13 00:12:23",
    "20220407-12:11:06": "2022-04-07 12:11:06",
    "2012-025T10:22:40": "2012-01-25 10:22:40",
    "2006167": "2006-06-16",
    "2026-W10": "2026-03-02",
    "2026-W10-3 10:00": "2026-03-04 10:00",
    "2015/01/21 10:56:10": "2015-01-21 10:56:10",
    "2011.11.21 14:29:16": "2011-11-21 14:29:16",
    "24.12.2025": "2025-12-24",
    "1.2. 10:00": "2026-02-01 10:00",
    "02/29/1996": "1996-02-29",
    "31/12/1999": "1999-12-31",
    "03/03/2026": "2026-03-03",
    "03-17 16:13:38.811": "2026-03-17 16:13:38.811",
    "Mar 1": "2026-03-01",
    "Mar. 1": "2026-03-01",
    "1 March": "2026-03-01",
    "1st of March": "2026-03-01",
    "march 1st 2026 5pm": "2026-03-01 17:00",
    "March 1, 2026": "2026-03-01",
    "1 March 2026 10:00 UTC": "2026-03-01 11:00",
    "March": "2026-03-01",
    "March 2026": "2026-03-01",
    "Dec 31": "2025-12-31",
    "Feb 29": "2024-02-29",
    "Nov 25 18:00": "2026-11-25 18:00",
    "Nov 26 18:00": "2025-11-26 18:00",
    "Sat Dec 28": "2024-12-28",
    # timestamps as logs write them
    "05/Mar/2007:14:39:21 +0100": "2007-03-05 14:39:21",
    "05/Mar/2007:14:39:21.633": "2007-03-05 14:39:21.633",
    "05/Mar/2007 14:39:21": "2007-03-05 14:39:21",
    "11-Aug-2013 03:36:11.372": "2013-08-11 03:36:11.372",
    "2006-Jan-15": "2006-01-15",
    "May-23-2003": "2003-05-23",
    "Apr-07-13 07:08:36": "2013-04-07 07:08:36",
    "Feb 15 16:23:00": "2026-02-15 16:23:00",
    "Mar  1 10:00:00": "2026-03-01 10:00:00",
    "Sat Jun 01 11:23:08 2013": "2013-06-01 11:23:08",
    "Thu Jun 27 11:55:44.569531 2013": "2013-06-27 11:55:44.569531",
    "Mon Nov 23 17:44:09 UTC 2026": "2026-11-23 18:44:09",
    "Sun, 19 Jan 1997 08:17:48 +0000": "1997-01-19 09:17:48",
    "Oct 27 2015 12:35:40": "2015-10-27 12:35:40",
    "Jul 30, 2020 3:00:21 PM": "2020-07-30 15:00:21",
    "25 Apr 2024 05:32:35.018": "2024-04-25 05:32:35.018",
}


@pytest.mark.parametrize("text", FORMS)
def test_form(text: str) -> None:
    assert when(text, NOW, ZURICH, guess=False) == ns(FORMS[text])


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("@1253385344", 1253385344_000000000),
        ("@1253385344.5", 1253385344_500000000),
        ("@0", 0),
        ("@-22", -22_000000000),
        ("@-1.5", -1_500000000),
        ("@1253385344.123456789", 1253385344_123456789),
        ("@1253385344 -1h", 1253381744_000000000),
        ("1403884279", 1403884279_000000000),
        ("1403884279.25", 1403884279_250000000),
        ("1403884279123", 1403884279_123000000),
        ("1403884279123456", 1403884279_123456000),
        ("1403884279123456789", 1403884279_123456789),
    ],
)
def test_seconds_since_1970(text: str, instant: int) -> None:
    assert when(text, NOW, ZURICH) == instant


def test_now_may_be_a_datetime() -> None:
    aware = datetime(2026, 11, 25, 16, 36, 30, 250000, tzinfo=UTC)
    naive = datetime(2026, 11, 25, 17, 36, 30, 250000)
    assert when("now", aware, ZURICH) == when("now", naive, ZURICH) == NOW


@pytest.mark.parametrize(
    ("text", "day_first", "month_first"),
    [
        ("03/04/2026", "2026-04-03", "2026-03-04"),
        ("3-4-2026 10:00", "2026-04-03 10:00", "2026-03-04 10:00"),
        ("08/01/97 6:00", "1997-01-08 06:00", "1997-08-01 06:00"),
        ("17/06/09", "2009-06-17", "2009-06-17"),
        ("3/4", "2026-04-03", "2026-03-04"),
    ],
)
def test_order_of_day_and_month(text: str, day_first: str, month_first: str) -> None:
    assert when(text, NOW, ZURICH, day_first=True) == ns(day_first)
    assert when(text, NOW, ZURICH, day_first=False) == ns(month_first)


@pytest.mark.parametrize(
    ("now", "text", "expected"),
    [
        ("2026-10-31 12:00", "last month", "2026-09-30 12:00"),
        ("2026-03-31 12:00", "1 month ago", "2026-02-28 12:00"),
        ("2024-02-29 12:00", "1 year ago", "2023-02-28 12:00"),
        ("2026-01-31 12:00", "+1 month", "2026-03-03 12:00"),
        ("2026-01-31 12:00", "1996-02-29 1 year", "1997-03-01 00:00"),
        ("2026-01-02 10:00", "Dec 31 23:59:59", "2025-12-31 23:59:59"),
        ("2026-11-23 08:00", "monday 9am", "2026-11-23 09:00"),
    ],
)
def test_ends_of_months_and_years(now: str, text: str, expected: str) -> None:
    assert when(text, ns(now), ZURICH) == ns(expected)


SPRING = "2026-03-29"  # 02:00 becomes 03:00 in Zurich
AUTUMN = "2026-10-25"  # 03:00 becomes 02:00


@pytest.mark.parametrize(
    ("now", "text", "expected"),
    [
        # A time that is left out moves on by the gap.
        (NOW, f"{SPRING} 02:30", f"{SPRING}T03:30:00+02:00"),
        (NOW, "2026-03-28 02:30 +1 day", f"{SPRING}T03:30:00+02:00"),
        # Of a time that happens twice the first is meant, unless its zone is said.
        (NOW, f"{AUTUMN} 02:30", f"{AUTUMN}T02:30:00+02:00"),
        (NOW, f"{AUTUMN} 02:30 CEST", f"{AUTUMN}T02:30:00+02:00"),
        (NOW, f"{AUTUMN} 02:30 CET", f"{AUTUMN}T02:30:00+01:00"),
        # Days keep the time on the wall, hours are elapsed.
        (f"{SPRING} 12:00", "1 day ago", "2026-03-28T12:00:00+01:00"),
        (f"{SPRING} 12:00", "24 hours ago", "2026-03-28T11:00:00+01:00"),
        (f"{AUTUMN} 12:00", "yesterday 12:00", "2026-10-24T12:00:00+02:00"),
        (f"{AUTUMN}T02:30:00+01:00", "1 hour ago", f"{AUTUMN}T02:30:00+02:00"),
        (f"{AUTUMN}T02:30:00+01:00", "0 days ago", f"{AUTUMN}T02:30:00+01:00"),
        (f"{SPRING} 12:00", f"{SPRING} 01:30 +1 hour", f"{SPRING}T03:30:00+02:00"),
        (f"{AUTUMN}T02:30:00+01:00", "start of hour", f"{AUTUMN}T02:00:00+01:00"),
    ],
)
def test_daylight_saving(now: int | str, text: str, expected: str) -> None:
    present = now if isinstance(now, int) else ns(now)
    assert when(text, present, ZURICH) == ns(expected)


def test_a_day_whose_midnight_is_left_out_starts_at_one() -> None:
    zone = ZoneInfo("America/Sao_Paulo")
    assert when("2018-11-04", NOW, zone) == ns("2018-11-04T01:00:00-02:00")


def test_an_abbreviation_is_first_of_the_own_zone() -> None:
    kolkata = ZoneInfo("Asia/Kolkata")
    assert when("2026-03-01 10:00 IST", NOW, kolkata) == ns("2026-03-01T10:00:00+05:30")
    assert when("10:00 CST", NOW, ZoneInfo("Asia/Shanghai")) == ns("2026-11-26T10:00:00+08:00")
    assert when("2026-03-01 10:00 CST", NOW, UTC) == ns("2026-03-01T10:00:00-06:00")


def test_a_stamp_is_asked_for_after_the_grammar() -> None:
    asked: list[tuple[str, str, int]] = []

    def stamp(text: str, zone: str, now: int, day_first: bool | None) -> int | None:
        asked.append((text, zone, now))
        return 7 if text.startswith(("E0517", "Sat Mar 15")) else None

    assert read(" E0517 15:04:22.6 ", NOW, ZURICH, stamp=stamp) == (7, "stamp")
    assert asked == [("E0517 15:04:22.6", "Europe/Zurich", NOW)]
    assert read("yesterday", NOW, ZURICH, stamp=stamp).by == "grammar"
    assert len(asked) == 1
    # A log may be wrong about its weekdays; a person is told.
    assert read("Sat Mar 15 16:04:06 2010", NOW, ZURICH, stamp=stamp).by == "stamp"
