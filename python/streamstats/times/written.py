"""Instants as text: RFC 3339 for machines, a short form for people, a distance from now."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, tzinfo

from streamstats.times import civil
from streamstats.times.duration import spell
from streamstats.times.words import DAY, HOUR, MINUTE, SECOND

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def rfc3339(ns: int, tz: tzinfo) -> str:
    """`2026-03-01T10:00:00+01:00`, with 3, 6 or 9 digits of a fraction where there is one.

    ns: nanoseconds since 1970, of 64 bits. RFC 3339 knows no seconds in an offset; where a zone
    of long ago has them, the offset is cut to minutes and the time moved with it, so that the
    instant is exact. Raises OverflowError beyond 64 bits.
    """
    wall, part = _wall(ns, tz)
    offset = wall.utcoffset() or timedelta()
    minutes = abs(offset) // timedelta(minutes=1) * (-1 if offset < timedelta() else 1)
    wall = wall.replace(tzinfo=None) - (offset - timedelta(minutes=minutes))
    hours, rest = divmod(abs(minutes), 60)
    sign = "-" if minutes < 0 else "+"
    return f"{wall.isoformat()}{_fraction(part)}{sign}{hours:02}:{rest:02}"


def short(ns: int, tz: tzinfo) -> str:
    """`2026-03-01 10:00:00`, without the zone, with the fraction where there is one."""
    wall, part = _wall(ns, tz)
    return f"{wall.replace(tzinfo=None).isoformat(' ')}{_fraction(part)}"


def distance(ns: int, now: int) -> str:
    """How far an instant lies from now, in its two largest units: `1d3h ago`, `in 5m`, `now`."""
    size = abs(now - ns)
    for unit, next_unit in ((DAY, HOUR), (HOUR, MINUTE), (MINUTE, SECOND)):
        if size >= unit:
            size -= size % next_unit
            break
    if not size:
        return "now"
    return f"{spell(size)} ago" if ns < now else f"in {spell(size)}"


def seconds(ns: int) -> str:
    """Seconds since 1970, exact: `1253385344`, `-1.5`."""
    whole, part = divmod(abs(ns), SECOND)
    sign = "-" if ns < 0 else ""
    return f"{sign}{whole}" + (f".{part:09}".rstrip("0") if part else "")


def _wall(ns: int, tz: tzinfo) -> tuple[datetime, int]:
    if not civil.EARLIEST <= ns <= civil.LATEST:
        raise OverflowError("an instant has 64 bits of nanoseconds")
    whole, part = divmod(ns, SECOND)
    return (_EPOCH + timedelta(seconds=whole)).astimezone(tz), part


def _fraction(part: int) -> str:
    if not part:
        return ""
    if part % 1_000_000 == 0:
        return f".{part // 1_000_000:03}"
    return f".{part // 1_000:06}" if part % 1_000 == 0 else f".{part:09}"
