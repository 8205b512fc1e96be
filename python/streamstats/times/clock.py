"""Times of day, the offsets and zones behind them, and instants as numbers."""

from __future__ import annotations

from streamstats.times import amounts
from streamstats.times.error import Unread
from streamstats.times.expression import Zone
from streamstats.times.lexer import Cursor, Token
from streamstats.times.words import ABBREVIATIONS, HALVES, HOUR, MINUTE, SECOND

MAX_OFFSET = 14 * 3600
# A bare number of so many digits is an instant: seconds, ms, us or ns of the years 2001 to 2286.
EPOCH_DIGITS = {10: SECOND, 13: 1_000_000, 16: 1_000, 19: 1}


def ahead(cursor: Cursor) -> bool:
    """Whether a time of day starts here: `10:`, `5pm`, `5 p.m.`."""
    if not cursor.number():
        return False
    if cursor.mark(":", 1, glued=True) and cursor.joined(2):
        return True
    return len(cursor.peek().text) <= 2 and _half_width(cursor, 1) > 0


def clock(cursor: Cursor) -> int:
    """Nanoseconds of the day. 24:00 is the whole day; a second 60 is the next second."""
    first = cursor.take()
    hour = _two(first, "hour")
    minute = second = part = 0
    if cursor.mark(":", 0, glued=True) and cursor.joined(1):
        cursor.take()
        minute = _part(cursor.take(), "minute", 59)
        if cursor.mark(":", 0, glued=True) and cursor.joined(1):
            cursor.take()
            second = _part(cursor.take(), "second", 60)
            part = fraction(cursor)
    width = _half_width(cursor, 0)
    if width:
        if not 1 <= hour <= 12:
            raise Unread(f"there is no hour {hour} with am or pm", first.at, ("5pm", "17:00"))
        hour = hour % 12 + HALVES[cursor.peek().text[0] + "m"]
        cursor.take(width)
    return _whole(hour, minute, second, part, first)


def compact(token: Token, cursor: Cursor) -> int:
    """HH, HHMM or HHMMSS, with a fraction after the seconds, as ISO 8601 writes it after a T."""
    text = token.text
    if len(text) not in (2, 4, 6):
        raise Unread("a time after T has 2, 4 or 6 digits", token.at, ("10:00", "T100000"))
    hour, minute, second = int(text[:2]), int(text[2:4] or 0), int(text[4:6] or 0)
    if minute > 59:
        raise Unread(f"there is no minute {minute}", token.at)
    if second > 60:
        raise Unread(f"there is no second {second}", token.at)
    return _whole(hour, minute, second, fraction(cursor) if len(text) == 6 else 0, token)


def fraction(cursor: Cursor) -> int:
    """Nanoseconds of the fraction that starts here with `.` or `,`, or 0."""
    if not (cursor.mark(".,", 0, glued=True) and cursor.joined(1)):
        return 0
    cursor.take()
    return amounts.fraction(cursor.take().text, SECOND)


def offset_ahead(cursor: Cursor) -> bool:
    """Whether a sign and a number without a unit stand here."""
    return cursor.mark("+-") and cursor.number(1) and not amounts.ahead(cursor, 1)


def offset(cursor: Cursor) -> Zone:
    """`+1`, `+01`, `+0100`, `+01:00`: at most 14 hours."""
    sign = cursor.take()
    digits = cursor.take()
    size = len(digits.text)
    minutes = 0
    if size in (1, 2):
        hours = int(digits.text)
        if cursor.mark(":", 0, glued=True) and cursor.joined(1):
            cursor.take()
            minutes = _part(cursor.take(), "minute", 59)
    elif size == 4:
        hours, minutes = int(digits.text[:2]), int(digits.text[2:])
    else:
        raise Unread("an offset from UTC is '+01', '+0100' or '+01:00'", sign.at)
    seconds = hours * 3600 + minutes * 60
    if minutes > 59 or seconds > MAX_OFFSET:
        raise Unread("an offset from UTC has at most 14 hours and 59 minutes", sign.at)
    return Zone(sign.at, offset=-seconds if sign.text == "-" else seconds)


def named_zone(cursor: Cursor) -> Zone | None:
    """A zone by abbreviation, `UTC+2`, or name (`Europe/Zurich`); None where none stands."""
    token = cursor.peek()
    if not cursor.word():
        return None
    if cursor.mark("/", 1, glued=True) and cursor.word(2) and cursor.peek(2).glued:
        start, stop = cursor.take().at, token.stop
        while not cursor.done() and cursor.peek().glued and not cursor.mark(","):
            stop = cursor.take().stop
        return Zone(start, name=cursor.text[start:stop])
    if token.text in ("utc", "gmt"):
        cursor.take()
        if cursor.peek().glued and offset_ahead(cursor):
            return offset(cursor)._replace(at=token.at)
        return Zone(token.at, offset=0)
    if token.text not in ABBREVIATIONS and not 3 <= len(token.text) <= 5:
        return None
    cursor.take()
    return Zone(token.at, abbreviation=token.text)


def epoch(cursor: Cursor) -> int:
    """`@SECONDS`, with sign and fraction, in nanoseconds."""
    at = cursor.take().at
    negative = cursor.mark("-", 0, glued=True)
    if negative:
        cursor.take()
    if not cursor.joined(0):
        raise Unread("seconds since 1970 are expected after '@'", at, ("@1253385344",), False)
    whole = cursor.take().text
    part = fraction(cursor)
    if len(whole) > 11:
        raise Unread("an '@' is followed by seconds, and these are too many", at, (whole[:19],))
    value = int(whole) * SECOND + part
    return -value if negative else value


def bare_epoch(cursor: Cursor) -> int | None:
    """A number of 10, 13, 16 or 19 digits as an instant, in nanoseconds, or None."""
    token = cursor.peek()
    unit = EPOCH_DIGITS.get(len(token.text))
    if unit is None:
        return None
    cursor.take()
    return int(token.text) * unit + (fraction(cursor) if unit == SECOND else 0)


def _half_width(cursor: Cursor, skip: int) -> int:
    """How many tokens `am`, `pm`, `a.m.` or `p.m` take there, or 0."""
    if cursor.word(skip) in HALVES:
        return 1
    spelled = cursor.word(skip) in ("a", "p") and cursor.mark(".", skip + 1, glued=True)
    if spelled and cursor.word(skip + 2) == "m":
        return 4 if cursor.mark(".", skip + 3, glued=True) else 3
    return 0


def _two(token: Token, what: str) -> int:
    if len(token.text) > 2:
        raise Unread(f"the {what} has more than two digits", token.at)
    return int(token.text)


def _part(token: Token, what: str, most: int) -> int:
    value = _two(token, what)
    if value > most:
        raise Unread(f"there is no {what} {value}", token.at)
    return value


def _whole(hour: int, minute: int, second: int, part: int, token: Token) -> int:
    if hour > 24 or (hour == 24 and (minute or second or part)):
        raise Unread(f"there is no hour {hour} with these minutes" if hour == 24
                     else f"there is no hour {hour}", token.at)  # fmt: skip
    return hour * HOUR + minute * MINUTE + second * SECOND + part
