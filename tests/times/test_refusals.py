"""What is refused, with what words, and that the forms offered work."""

from __future__ import annotations

import pickle
import time
from contextlib import suppress

import pytest

from clocks import NOW, ZURICH
from streamstats.errors import StreamstatsError
from streamstats.times import WhenError, when
from streamstats.times.suggest import (
    CLOCK_FORMS,
    DAY_FORMS,
    DISTANCE_FORMS,
    DURATION_FORMS,
    FORMS,
    past,
)

REFUSED = {
    "": ("it says no time", None),
    " \t": ("it says no time", None),
    "the": ("'the' is not expected here", 0),
    "foo": ("'foo' is not expected here", 0),
    "a": ("'a' is not expected here", 0),
    "1": ("the number 1 has no unit", 0),
    "-5": ("the number 5 has no unit", 1),
    "+": ("nothing to count follows '+'", 0),
    "2006": ("the number 2006 has no unit", 0),
    "022233": ("the number 022233 has no unit", 0),
    "(": ("'(' is not expected here", 0),
    "yesterday \x1b[31m": ("'\\x1b' is not expected here", 10),
    "2026-13-01": ("there is no month 13", 0),
    "2026-02-30": ("that month has the days 1 to 28", 0),
    "2026-00-01": ("there is no month 0", 0),
    "2026-01-00": ("that month has the days 1 to 31", 0),
    "0000-01-01": ("there is no year 0", 0),
    "2026-366": ("there is no day 366 in the year 2026", 0),
    "2026-W54": ("there is no day 1 of a week 54 there", 0),
    "2026-123-01": ("the month has more than two digits", 5),
    "1/2/345": ("a year has four digits, or two", 4),
    "12.30": ("a day and month in numbers end with a dot", 0),
    "25:00": ("there is no hour 25", 0),
    "24:01": ("there is no hour 24 with these minutes", 0),
    "10:60": ("there is no minute 60", 3),
    "10:00:61": ("there is no second 61", 6),
    "100:00": ("the hour has more than two digits", 0),
    "T1": ("a time after T has 2, 4 or 6 digits", 1),
    "T1060": ("there is no minute 60", 1),
    "T100061": ("there is no second 61", 1),
    "13pm": ("there is no hour 13 with am or pm", 0),
    "10:00 +00100": ("an offset from UTC is '+01', '+0100' or '+01:00'", 6),
    "10:00 +05:99": ("there is no minute 99", 10),
    "10:00 +15": ("an offset from UTC has at most 14 hours and 59 minutes", 6),
    "10:00 Mars/Olympus": ("there is no time zone 'Mars/Olympus'", 6),
    "10:00 IST": ("'ist' is no time zone with one meaning", 6),
    "10:00 EST PST": ("a second zone is said here", 10),
    "UTC": ("'UTC' is not expected here", 0),
    "22:49:12 bogusTZ": ("'bogusTZ' is not expected here", 9),
    "@": ("seconds since 1970 are expected after '@'", 0),
    "@999999999999": ("an '@' is followed by seconds, and these are too many", 0),
    "@5 UTC": ("'UTC' is not expected here", 3),
    "@5 10:00": ("seconds since 1970 are a whole instant and take no day, time or zone", None),
    "@5 @6": ("a second instant is said here", 3),
    "10:00 11:00": ("a second time of day is said here", 6),
    "2026-03-01 2026-03-02": ("a second day is said here", 11),
    "mon tue": ("a second weekday is said here", 4),
    "monday last week this week": ("a second week is said here", 17),
    "yesterday monday": ("two days are said", None),
    "Mon, 2024-06-15": ("2024-06-15 is a Saturday", 0),
    "-1h ago": ("a sign and 'ago' say the direction twice", 0),
    "3 days 10:00": ("this amount needs a direction", 0),
    "1h tomorrow 2h": ("a second amount without a direction is said here", 12),
    "1 hour before": ("a time is expected after this word", 7),
    "1.5 months ago": ("a month or a year has no fixed length to take a part of", 0),
    "99999999999999999999h ago": ("the number is out of range", 0),
    "9999999 years ago": (
        "it is outside the years 1677 to 2262, which nanoseconds of 64 bits can hold",
        None,
    ),
    "2300-01-01": (
        "it is outside the years 1677 to 2262, which nanoseconds of 64 bits can hold",
        None,
    ),
    "March 5pm": ("the day of the month is missing", 0),
    "last": ("a weekday or a unit is expected after 'last'", 0),
    "last march": ("a month after 'last' does not say its year", 0),
    "this morning": ("'morning' has no agreed hour", 5),
    "tonight": ("'tonight' has no agreed hour", 0),
    "start of": ("a unit is expected after 'of'", 8),
    "start of march": ("this has no start or end here", 9),
    "end of day 10:00": ("an hour or an end takes no time of day", None),
    "fifth monday of february 2026": ("that month has no fifth one", None),
    "first monday of week": ("a month is expected after 'of'", 16),
    "03/04/2026": ("nothing says which number is the day and which the month", 0),
    "17/06/09 20:10:40": ("nothing says which number is the day and which the month", 0),
    "Mon Feb 30": ("that month has the days 1 to 29", 4),
    "x" * 201: ("it has 201 characters; 200 are the most", None),
}


@pytest.mark.parametrize("text", REFUSED)
def test_refused(text: str) -> None:
    with pytest.raises(WhenError) as caught:
        when(text, NOW, ZURICH)
    error = caught.value
    assert (error.reason, error.at) == REFUSED[text]
    assert error.forms
    for form in error.forms:
        when(form, NOW, ZURICH, guess=False)


@pytest.mark.parametrize(
    ("text", "forms"),
    [
        ("yesturday 14:00", ("yesterday 14:00",)),
        ("last mnday", ("last monday",)),
        ("3 huors ago", ("3 hours ago",)),
        ("2026-13-01", ("2026-01-13",)),
        ("2026-02-30", ("2026-02-28",)),
        ("2026-03-01 10", ("2026-03-01 10:00",)),
        ("12.30", ("12:30",)),
        ("2006", ("2006-01-01", "20:06", "2006m ago")),
        ("-5", ("-5m", "-5h")),
        ("03/04/2026", ("2026-04-03", "2026-03-04")),
        ("@1403884279123", ("1403884279123",)),
        ("foo", FORMS),
    ],
)
def test_nearest_forms(text: str, forms: tuple[str, ...]) -> None:
    with pytest.raises(WhenError) as caught:
        when(text, NOW, ZURICH)
    assert caught.value.forms == forms


def test_every_standing_form_works() -> None:
    for form in (*FORMS, *CLOCK_FORMS, *DAY_FORMS, *DISTANCE_FORMS, *DURATION_FORMS):
        when(form, NOW, ZURICH, guess=False)


def test_message_says_what_where_and_what_next() -> None:
    with pytest.raises(StreamstatsError) as caught:
        when("yesturday 14:00", NOW, ZURICH)
    assert str(caught.value) == (
        "cannot read the time 'yesturday 14:00': 'yesturday' is not expected here (column 1); "
        "try 'yesterday 14:00'"
    )


def test_message_is_safe_for_a_terminal_and_short() -> None:
    with pytest.raises(WhenError) as caught:
        when("\x1b]0;x\x07\u202e" + "y" * 5000, NOW, ZURICH)
    assert str(caught.value).isprintable()
    assert len(str(caught.value)) < 400


def test_error_survives_a_trip_to_another_process() -> None:
    error = WhenError("time", "x", "no", 0, ("now",))
    again = pickle.loads(pickle.dumps(error))
    assert (str(again), again.forms, again.at) == (str(error), ("now",), 0)


@pytest.mark.parametrize(
    "piece", ["1 ", "a ", "1h ", "1:", "1.", "+", "last ", "zzz ", "the ", "@"]
)
def test_a_long_text_is_refused_or_read_at_once(piece: str) -> None:
    for size in (200, 100_000):
        start = time.perf_counter()
        with suppress(WhenError):
            when((piece * size)[:size], NOW, ZURICH)
        assert time.perf_counter() - start < 0.5


@pytest.mark.parametrize(
    ("text", "other"),
    [
        ("monday 9am", "last monday 9am"),
        ("9am monday", "9am last monday"),
        ("23:00", "yesterday 23:00"),
        ("12:30", None),
        ("tomorrow", None),
        ("+1h", None),
    ],
)
def test_a_form_in_the_past(text: str, other: str | None) -> None:
    assert past(text, when(text, NOW, ZURICH), NOW, ZURICH) == other
