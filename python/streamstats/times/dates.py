"""Days: ISO 8601 and its relatives, month names, and numbers whose order must be settled."""

from __future__ import annotations

from datetime import date

from streamstats.times import amounts, civil, clock
from streamstats.times.error import Unread
from streamstats.times.expression import Date
from streamstats.times.lexer import Cursor, Token
from streamstats.times.words import MONTHS

_SUFFIXES = frozenset({"st", "nd", "rd", "th"})
_MARKS = "-/."


def ahead(cursor: Cursor) -> bool:
    """Whether a day starts with the number here."""
    token = cursor.peek()
    if len(token.text) in (1, 2, 4) and cursor.mark(_MARKS, 1, glued=True):
        if not cursor.peek(2).glued:
            return False
        return cursor.number(2) or cursor.word(2) in MONTHS or _week_ahead(cursor)
    if len(token.text) <= 2:
        return cursor.word(2 if cursor.word(1) in _SUFFIXES else 1) in MONTHS or (
            cursor.word(1) in _SUFFIXES and cursor.word(2) == "of" and cursor.word(3) in MONTHS
        )
    return len(token.text) in (7, 8)


def numbered(cursor: Cursor, day_first: bool | None) -> Date:
    """A day that starts with a number."""
    first = cursor.take()
    if len(first.text) <= 4 and cursor.mark(_MARKS, 0, glued=True):
        mark = cursor.take().text
        if cursor.word() in MONTHS:
            return _middle_name(cursor, first, mark)
        if cursor.word() == "w":
            return _week(cursor, first)
        return _numbers(cursor, first, mark, day_first)
    if len(first.text) in (7, 8):
        return _compact(first)
    if cursor.word() in _SUFFIXES:
        cursor.take()
    if cursor.word() == "of":
        cursor.take()
    month = MONTHS[cursor.take().text]
    return _checked(_year_behind(cursor), month, int(first.text), first.at, named=True)


def month_first(cursor: Cursor) -> Date:
    """A day that starts with a month's name: `Mar 1`, `March 1st, 2026`, `Mar-01-2026`, `March`."""
    name = cursor.take()
    month = MONTHS[name.text]
    if cursor.mark("-/", 0, glued=True) and cursor.joined(1):
        mark = cursor.take().text
        day = _small(cursor.take(), "day")
        year = None
        if cursor.mark(mark, 0, glued=True) and cursor.joined(1):
            cursor.take()
            year = _year(cursor.take())
        return _checked(year, month, day, name.at, named=year is None)
    if cursor.mark(".") and cursor.peek().glued:
        cursor.take()
    if not cursor.number() or clock.ahead(cursor) or amounts.ahead(cursor):
        return _checked(None, month, None, name.at, named=True)
    if len(cursor.peek().text) == 4:
        return _checked(int(cursor.take().text), month, None, name.at)
    day = _small(cursor.take(), "day")
    if cursor.word() in _SUFFIXES and cursor.peek().glued:
        cursor.take()
    return _checked(_year_behind(cursor), month, day, name.at, named=True)


def year_ahead(cursor: Cursor, skip: int = 0) -> bool:
    """Whether a year of four digits stands there, and is not the start of something longer."""
    if not cursor.number(skip) or len(cursor.peek(skip).text) != 4:
        return False
    return not cursor.mark("-/.:", skip + 1, glued=True) and not amounts.ahead(cursor, skip)


def _year_behind(cursor: Cursor) -> int | None:
    skip = 1 if cursor.mark(",") else 0
    if not year_ahead(cursor, skip):
        return None
    cursor.take(skip)
    return int(cursor.take().text)


def _middle_name(cursor: Cursor, first: Token, mark: str) -> Date:
    month = MONTHS[cursor.take().text]
    last = None
    if cursor.mark(mark, 0, glued=True) and cursor.joined(1):
        cursor.take()
        last = cursor.take()
    if len(first.text) == 4:
        day = _small(last, "day") if last else None
        return _checked(int(first.text), month, day, first.at)
    year = _year(last) if last else None
    return _checked(year, month, _small(first, "day"), first.at, named=year is None)


def _compact(token: Token) -> Date:
    year = int(token.text[:4])
    if len(token.text) == 7:
        return _of_year(year, int(token.text[4:]), token)
    return _checked(year, int(token.text[4:6]), int(token.text[6:]), token.at)


def _of_year(year: int, number: int, token: Token) -> Date:
    """The day of that number in the year (ISO 8601's ordinal date)."""
    civil.valid(year, 1, None, token.at)
    if not 1 <= number <= 337 + civil.days_in(year, 2):
        raise Unread(f"there is no day {number} in the year {year}", token.at)
    day = date.fromordinal(civil.ordinal(year, 1, 1) + number - 1)
    return Date(year, day.month, day.day, token.at)


def _week_ahead(cursor: Cursor) -> bool:
    return (
        len(cursor.peek().text) == 4
        and cursor.mark("-", 1)
        and cursor.word(2) == "w"
        and cursor.joined(3)
        and len(cursor.peek(3).text) == 2
    )


def _week(cursor: Cursor, first: Token) -> Date:
    """`2026-W10`, its Monday, or `2026-W10-3` (ISO 8601's week date)."""
    cursor.take()
    week, day = int(cursor.take().text), 1
    if cursor.mark("-", 0, glued=True) and cursor.joined(1):
        cursor.take()
        day = _small(cursor.take(), "day of the week")
    civil.valid(int(first.text), 1, None, first.at)
    try:
        found = date.fromisocalendar(int(first.text), week, day)
    except ValueError:
        raise Unread(f"there is no day {day} of a week {week} there", first.at) from None
    return Date(found.year, found.month, found.day, first.at)


def _numbers(cursor: Cursor, first: Token, mark: str, day_first: bool | None) -> Date:
    second = cursor.take()
    third = None
    if cursor.mark(mark, 0, glued=True) and cursor.joined(1):
        cursor.take()
        third = cursor.take()
    if len(first.text) == 4:
        if third is None and len(second.text) == 3 and mark == "-":
            return _of_year(int(first.text), int(second.text), first)
        day = _small(third, "day") if third else None
        return _checked(int(first.text), _small(second, "month"), day, first.at)
    year = _year(third) if third else None
    one, two = _small(first, "number"), _small(second, "number")
    if mark == ".":
        if third is None:
            if not cursor.mark(".", 0, glued=True):
                raise Unread("a day and month in numbers end with a dot", first.at,
                             (f"{one}:{two:02}", f"{one}.{two}."), settled=False)  # fmt: skip
            cursor.take()
        return _checked(year, two, one, first.at)
    if mark == "-" and third is None:
        return _checked(None, one, two, first.at)
    short = third is not None and len(third.text) == 2
    if _settled(one, two, day_first, short and int(third.text) <= 31 if third else False):
        first_is_day = one > 12 or (two <= 12 and bool(day_first))
        return _checked(year, two if first_is_day else one, one if first_is_day else two, first.at)
    raise _two_readings(one, two, year, first.at)


def _settled(one: int, two: int, day_first: bool | None, year_like: bool) -> bool:
    """Whether only one order of day and month is left; `year_like`: the last may be the day."""
    if day_first is not None:
        return True
    return not year_like and (one > 12 or two > 12 or one == two)


def _two_readings(one: int, two: int, year: int | None, at: int) -> Unread:
    forms = []
    for day, month in ((one, two), (two, one)):
        if 1 <= month <= 12 and 1 <= day <= civil.days_in(year or 2000, month):
            forms.append(f"{year:04}-{month:02}-{day:02}" if year else f"{day} {_NAMES[month - 1]}")
    return Unread(
        "nothing says which number is the day and which the month", at, tuple(forms), settled=False
    )


_NAMES = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def _small(token: Token, what: str) -> int:
    if len(token.text) > 2:
        raise Unread(f"the {what} has more than two digits", token.at)
    return int(token.text)


def _year(token: Token) -> int:
    """Four digits, or two: 69 to 99 are of the 1900s, as POSIX strptime has it."""
    if len(token.text) == 4:
        return int(token.text)
    if len(token.text) != 2:
        raise Unread("a year has four digits, or two", token.at)
    return int(token.text) + (1900 if int(token.text) >= 69 else 2000)


def _checked(year: int | None, month: int, day: int | None, at: int, named: bool = False) -> Date:
    civil.valid(year, month, day, at)
    return Date(year, month, day, at, named)
