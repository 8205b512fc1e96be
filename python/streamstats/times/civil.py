"""Between instants (nanoseconds since 1970, UTC) and days and times of day in a zone.

Days are proleptic Gregorian ordinals (`datetime.date.toordinal`), a time of day is nanoseconds
since midnight by the clock on the wall. A local time that daylight saving leaves out is moved on
by the length of the gap; of one that happens twice the first is meant. Both are what RFC 5545,
section 3.3.5, says.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Final

from streamstats.times.error import Unread
from streamstats.times.words import DAY, SECOND

EARLIEST: Final = -(2**63)
LATEST: Final = 2**63 - 1

_EPOCH_DAY: Final = date(1970, 1, 1).toordinal()
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_RANGE: Final = "it is outside the years 1677 to 2262, which nanoseconds of 64 bits can hold"


def bounded(instant: int) -> int:
    """The instant; raises Unread where 64 bits do not hold it."""
    if not EARLIEST <= instant <= LATEST:
        raise Unread(_RANGE)
    return instant


def local(instant: int, zone: tzinfo) -> tuple[int, int]:
    """The day and the time of day that the wall shows in `zone`."""
    seconds, part = divmod(bounded(instant), SECOND)
    wall = (_EPOCH + timedelta(seconds=seconds)).astimezone(zone)
    of_day = wall.hour * 3600 + wall.minute * 60 + wall.second
    return wall.toordinal(), of_day * SECOND + part


def instant(day: int, clock: int, zone: tzinfo, fold: int = 0) -> int:
    """The instant of a wall time; `clock` may be a whole day or a little more (24:00, 23:59:60)."""
    more, clock = divmod(clock, DAY)
    seconds, part = divmod(clock, SECOND)
    offset = wall(day + more, seconds, zone, fold).utcoffset() or timedelta()
    past = (day + more - _EPOCH_DAY) * 86_400 + seconds
    return bounded((past * SECOND) - offset // timedelta(microseconds=1) * 1_000 + part)


def wall(day: int, seconds: int, zone: tzinfo, fold: int = 0) -> datetime:
    """A wall time as a datetime; raises Unread outside the years 1677 to 2262."""
    if abs(day - _EPOCH_DAY) > LATEST // DAY + 2:  # a zone may reach over; `bounded` is exact
        raise Unread(_RANGE)
    start = datetime.fromordinal(day) + timedelta(seconds=seconds)
    return start.replace(tzinfo=zone, fold=fold)


def days_in(year: int, month: int) -> int:
    if month == 2:
        return 29 if year % 4 == 0 and (year % 100 != 0 or year % 400 == 0) else 28
    return 30 if month in (4, 6, 9, 11) else 31


def ordinal(year: int, month: int, day: int) -> int:
    """The ordinal of a day that exists; raises Unread outside the years of `datetime`."""
    if not 1 <= year <= 9999:
        raise Unread(_RANGE)
    return date(year, month, day).toordinal()


def moved(day: int, months: int) -> int:
    """The day so many months on.

    Where that month has no such day: going back, it is the month's last day (a month before the
    31st of March lies in February); going on, the days it lacks are counted into the next month,
    as GNU date and PHP do.
    """
    if not months:
        return day
    start = date.fromordinal(day)
    years, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    if months < 0 and 1 <= years <= 9999:
        return ordinal(years, month + 1, min(start.day, days_in(years, month + 1)))
    return ordinal(years, month + 1, 1) + start.day - 1


def valid(year: int | None, month: int, day: int | None, at: int) -> None:
    """Raises Unread, with the place `at` and the nearest day, for a day that does not exist."""
    if year is not None and not 1 <= year <= 9999:
        raise Unread(f"there is no year {year}", at)
    shown = "" if year is None else f"{year:04}-"
    if not 1 <= month <= 12:
        swapped = (f"{shown}{day:02}-{month:02}",) if day and day <= 12 else ()
        raise Unread(f"there is no month {month}", at, swapped)
    most = days_in(2000 if year is None else year, month)
    if day is not None and not 1 <= day <= most:
        raise Unread(f"that month has the days 1 to {most}", at, (f"{shown}{month:02}-{most:02}",))
