"""Durations: `90s`, `1h30m`, `1.5h`, `250ms`, `1 hour 30 minutes`, `7d`; and back to a text."""

from __future__ import annotations

from typing import Final

from streamstats.times import amounts, civil
from streamstats.times.error import Unread, WhenError, quoted
from streamstats.times.lexer import Cursor
from streamstats.times.words import DAY, HOUR, MICRO, MILLI, MINUTE, SECOND

_SPELLED: Final = (
    (DAY, "d"), (HOUR, "h"), (MINUTE, "m"), (SECOND, "s"), (MILLI, "ms"), (MICRO, "us"), (1, "ns"),
)  # fmt: skip


def duration(text: str) -> int:
    """Nanoseconds; a day is 24 hours and a week 7 days.

    Zero is a duration, a negative one is not. Raises WhenError, also for months and years, which
    have no fixed length, and for what 64 bits of nanoseconds do not hold (292 years).
    """
    try:
        return length(text)
    except Unread as unread:
        from streamstats.times import suggest  # only an error needs its tables

        raise suggest.refusal(text, unread, "duration", suggest.DURATION_FORMS) from None


def length(text: str) -> int:
    """What `duration` does; raises Unread."""
    cursor = Cursor(text)
    token = cursor.peek()
    if cursor.mark("+-"):
        raise Unread("a duration has no sign", token.at)
    if not amounts.ahead(cursor):
        if cursor.done():
            raise Unread("it says no duration")
        if cursor.number() and cursor.peek(1).kind == "end":
            digits = token.text[:9]
            raise Unread("the number has no unit", token.at, (f"{digits}s", f"{digits}m"))
        raise Unread("a number and a unit are expected", token.at)
    total = amounts.run(cursor)
    if not cursor.done():
        rest = cursor.peek()
        raise Unread(f"{quoted(cursor.text[rest.at : rest.stop])} is not expected here", rest.at)
    if total.months:
        raise Unread("a month or a year has no fixed length", token.at, ("30d", "365d"))
    result = total.days * DAY + total.ns
    if result > civil.LATEST:
        raise Unread("it is longer than 292 years", token.at)
    return result


def spell(duration: int) -> str:
    """The shortest exact text of so many nanoseconds (`1h30m`, `1s500ms`), which `duration` reads.

    Raises WhenError for a negative number.
    """
    if duration < 0:
        raise WhenError("duration", str(duration), "it is negative")
    parts = []
    for unit, name in _SPELLED:
        count, duration = divmod(duration, unit)
        if count:
            parts.append(f"{count}{name}")
    return "".join(parts) or "0s"
