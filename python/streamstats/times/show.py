"""What `streamstats when EXPRESSION...` prints."""

from __future__ import annotations

from datetime import datetime, tzinfo
from typing import NamedTuple

from streamstats.times.duration import spell
from streamstats.times.error import WhenError
from streamstats.times.reading import DATEPARSER, ParseStamp, nanoseconds, read
from streamstats.times.window import window
from streamstats.times.written import distance, rfc3339, seconds


class Shown(NamedTuple):
    """lines: for standard output, without line ends. errors: one for each text refused."""

    lines: list[str]
    errors: list[WhenError]


def show(
    texts: list[str],
    now: datetime | int,
    tz: tzinfo,
    *,
    stamp: ParseStamp | None = None,
    day_first: bool | None = None,
) -> Shown:
    """One line for each expression, in their order; the fields are divided by two blanks.

    The fields of a WHEN: RFC 3339, `@` and seconds since 1970 (itself a WHEN), weekday and
    distance from now, the expression. Those of a window: its start and end as RFC 3339, an open
    end as `..`, its length, the expression.
    """
    present = nanoseconds(now, tz)
    shown = Shown([], [])
    for text in texts:
        try:
            if ".." in text:
                shown.lines.append(_window(text, present, tz, stamp, day_first))
            else:
                shown.lines.append(_instant(text, present, tz, stamp, day_first))
        except WhenError as error:
            shown.errors.append(error)
    return shown


def _instant(
    text: str, now: int, tz: tzinfo, stamp: ParseStamp | None, day_first: bool | None
) -> str:
    instant, by = read(text, now, tz, stamp=stamp, day_first=day_first)
    weekday = _weekday(instant, tz)
    note = "  (a guess by dateparser)" if by == DATEPARSER else ""
    fields = (
        rfc3339(instant, tz),
        f"@{seconds(instant)}",
        f"{weekday} {distance(instant, now)}",
        " ".join(text.split()),
    )
    return "  ".join(fields) + note


def _window(
    text: str, now: int, tz: tzinfo, stamp: ParseStamp | None, day_first: bool | None
) -> str:
    start, end = window(text, now, tz, stamp=stamp, day_first=day_first)
    long = "open" if start is None or end is None else spell(end - start)
    shown = (".." if ns is None else rfc3339(ns, tz) for ns in (start, end))
    return "  ".join((*shown, long, " ".join(text.split())))


def _weekday(instant: int, tz: tzinfo) -> str:
    from streamstats.times.civil import local
    from streamstats.times.words import WEEKDAY_NAMES

    return WEEKDAY_NAMES[(local(instant, tz)[0] - 1) % 7][:3]
