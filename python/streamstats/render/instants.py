"""Instants as text, many of them: what they have in common is worked out once a minute."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from streamstats.times.written import rfc3339

if TYPE_CHECKING:
    from datetime import tzinfo

_SECOND = 1_000_000_000
_MINUTE = 60 * _SECOND
_MOST = 100_000
"""Minutes remembered at a time: a week of them is ten thousand."""


class Wall(NamedTuple):
    """What the wall shows in a zone; the parts of RFC 3339."""

    date: str
    time: str
    """Hours, minutes, seconds."""
    fraction: str
    """With its point; 3, 6 or 9 digits; empty where there is none."""
    offset: str


class Clock:
    """Shows instants (nanoseconds since 1970, of 64 bits) in one zone."""

    __slots__ = ("_minutes", "zone")

    def __init__(self, zone: tzinfo) -> None:
        self.zone = zone
        self._minutes: dict[int, tuple[str, str, str] | None] = {}

    def rfc3339(self, instant: int) -> str:
        """As ``times.rfc3339`` writes it, only sooner."""
        date, time, fraction, offset = self.wall(instant)
        return f"{date}T{time}{fraction}{offset}"

    def wall(self, instant: int) -> Wall:
        """The parts of it. Raises OverflowError beyond 64 bits."""
        minute, rest = divmod(instant, _MINUTE)
        if minute in self._minutes:
            known = self._minutes[minute]
        else:
            if len(self._minutes) >= _MOST:
                self._minutes.clear()
            known = self._minutes[minute] = self._minute(minute * _MINUTE)
        if known is None:
            return _parts(rfc3339(instant, self.zone))
        date, start, offset = known
        second, part = divmod(rest, _SECOND)
        return Wall(date, f"{start}{second:02}", _fraction(part), offset)

    def _minute(self, start: int) -> tuple[str, str, str] | None:
        """Date, hour and minute, and offset; None where they do not hold for the whole minute.

        That is where a zone of long ago has seconds in its offset, and at the ends of 64 bits.
        """
        try:
            ends = [rfc3339(at, self.zone) for at in (start, start + _MINUTE - _SECOND)]
        except OverflowError:
            return None
        first, last = (_parts(text) for text in ends)
        same = (first.date, first.time[:6], first.offset) == (last.date, last.time[:6], last.offset)
        if not same or not first.time.endswith(":00"):
            return None
        return first.date, first.time[:6], first.offset


class Short(NamedTuple):
    """Instants of one log, without what is the same for all of them."""

    clock: Clock
    date: int
    """Where in YYYY-MM-DD to begin: 0, 5 without the year, 11 without the day."""
    digits: int
    """Of a fraction."""

    def text(self, instant: int, seconds: bool = True) -> str:
        """``14:03:07``, ``03-01 14:03:07``, ``2026-03-01 14:03:07``; without seconds if told."""
        date, time, fraction, _ = self.clock.wall(instant)
        day = f"{date} "[self.date :]
        if not seconds:
            return day + time[:5]
        if not self.digits:
            return day + time
        return f"{day}{time}.{fraction[1:]:0<{self.digits}.{self.digits}}"

    def width(self, seconds: bool = True) -> int:
        """Columns of every text."""
        return 11 - self.date + ((9 if self.digits else 8) + self.digits if seconds else 5)


def short(clock: Clock, first: int, last: int, per: int) -> Short:
    """How to write all instants from first to last, in steps of ``per``.

    The date goes when all are on one day, the year when all are in one. There are fractions when
    the steps are shorter than a second: as many digits as the steps need, 3, 6 or 9.
    """
    start, end = clock.wall(first).date, clock.wall(last).date
    date = 11 if start == end else 5 if start[:4] == end[:4] else 0
    needed = 9 if per % 1_000 else 6 if per % 1_000_000 else 3
    digits = 0 if per >= _SECOND else needed
    return Short(clock, date, digits)


def _parts(text: str) -> Wall:
    """The parts of RFC 3339; the offset is always in numbers."""
    return Wall(text[:10], text[11:19], text[19:-6], text[-6:])


def _fraction(part: int) -> str:
    if not part:
        return ""
    if part % 1_000_000 == 0:
        return f".{part // 1_000_000:03}"
    return f".{part // 1_000:06}" if part % 1_000 == 0 else f".{part:09}"
