"""The three readers of a WHEN in their order: the grammar, the stamps of logs, dateparser."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, tzinfo
from typing import NamedTuple

from streamstats.times import grammar
from streamstats.times.error import Unread
from streamstats.times.resolve import resolve

# (text, name of the zone, now, day first) to an instant, both in nanoseconds; None for what is no
# stamp. `stamps.parse_stamp` is one.
ParseStamp = Callable[[str, str, int, bool | None], int | None]

GRAMMAR = "grammar"
STAMP = "stamp"
DATEPARSER = "dateparser"


class Reading(NamedTuple):
    """instant: nanoseconds since 1970. by: GRAMMAR, STAMP or DATEPARSER."""

    instant: int
    by: str


def when(
    text: str,
    now: datetime | int,
    tz: tzinfo,
    *,
    stamp: ParseStamp | None = None,
    day_first: bool | None = None,
    guess: bool = True,
) -> int:
    """The instant that `text` means, in nanoseconds since 1970.

    now: what relative times count from: nanoseconds since 1970, or a datetime (in `tz` if naive).
    tz: the zone of a time that names none.
    stamp: reads what the grammar does not, as a timestamp in a log.
    day_first: the order in 03/04/2026; None refuses what has two readings.
    guess: whether dateparser may be asked at last.
    Raises WhenError, and nothing else, for a text that cannot be read.
    """
    return read(text, now, tz, stamp=stamp, day_first=day_first, guess=guess).instant


def read(
    text: str,
    now: datetime | int,
    tz: tzinfo,
    *,
    stamp: ParseStamp | None = None,
    day_first: bool | None = None,
    guess: bool = True,
) -> Reading:
    """As `when`, and who read it."""
    present = nanoseconds(now, tz)
    try:
        return Reading(resolve(grammar.parse(text, day_first), present, tz), GRAMMAR)
    except Unread as unread:
        refused = unread
    if not refused.settled:
        other = _other(text, present, tz, stamp, day_first, guess=guess)
        if other is not None:
            return other
    from streamstats.times.suggest import refusal  # only an error needs its tables

    raise refusal(text, refused)


def _other(
    text: str,
    now: int,
    tz: tzinfo,
    stamp: ParseStamp | None,
    day_first: bool | None,
    *,
    guess: bool,
) -> Reading | None:
    if stamp is not None:
        instant = stamp(text.strip(), getattr(tz, "key", None) or "UTC", now, day_first)
        if instant is not None:
            return Reading(instant, STAMP)
    if guess:
        from streamstats.times import outside, suggest  # rarely needed

        if suggest.corrected(text) is not None:  # a slip in one of our words is no other language
            return None
        try:
            instant = outside.read(text, now, tz)
        except Unread:
            return None
        if instant is not None:
            return Reading(instant, DATEPARSER)
    return None


def nanoseconds(now: datetime | int, tz: tzinfo) -> int:
    """`now` as `when` takes it, in nanoseconds since 1970."""
    if isinstance(now, int):
        return now
    aware = now if now.tzinfo is not None else now.replace(tzinfo=tz)
    past = aware - datetime(1970, 1, 1, tzinfo=UTC)
    return past // timedelta(microseconds=1) * 1_000
