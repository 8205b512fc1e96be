"""Windows of time, half-open, with open ends: `WHEN..WHEN`, or a start and an end."""

from __future__ import annotations

from datetime import datetime, tzinfo
from typing import NamedTuple

from streamstats.times.error import WhenError
from streamstats.times.reading import ParseStamp, when

FORMS = ("yesterday..today", "2 hours ago..", "10:00..10:30")


class Window(NamedTuple):
    """[start, end) in nanoseconds since 1970; None is an open end."""

    start: int | None = None
    end: int | None = None

    def holds(self, instant: int) -> bool:
        return (self.start is None or self.start <= instant) and (
            self.end is None or instant < self.end
        )


def window(
    text: str,
    now: datetime | int,
    tz: tzinfo,
    *,
    stamp: ParseStamp | None = None,
    day_first: bool | None = None,
    guess: bool = True,
) -> Window:
    """The window of `WHEN..WHEN`; either side may be left out. Parameters as `when` has them.

    Raises WhenError where a side cannot be read, with its place in the whole text, or where the
    window holds no instant.
    """
    start, mark, end = text.partition("..")
    if not mark:
        raise WhenError("window", text, "two dots divide its start from its end", None, FORMS)
    if end.startswith(".") or ".." in end:
        raise WhenError("window", text, "it has more than two dots in one place", len(start), FORMS)
    ends: list[int | None] = []
    for side, place in ((start, 0), (end, len(start) + len(mark))):
        if not side.strip():
            ends.append(None)
            continue
        try:
            ends.append(when(side, now, tz, stamp=stamp, day_first=day_first, guess=guess))
        except WhenError as error:
            at = None if error.at is None else error.at + place
            shown = f"{error.reason}, in its {'end' if place else 'start'}"
            raise WhenError("window", text, shown, at, error.forms) from None
    return _checked(text, Window(*ends), tz)


def between(
    start: str | None,
    end: str | None,
    now: datetime | int,
    tz: tzinfo,
    *,
    stamp: ParseStamp | None = None,
    day_first: bool | None = None,
    guess: bool = True,
) -> Window:
    """The window of a start and an end that were given apart; None leaves one open.

    Raises WhenError as `window` does.
    """
    ends = [
        None if text is None
        else when(text, now, tz, stamp=stamp, day_first=day_first, guess=guess)
        for text in (start, end)
    ]  # fmt: skip
    return _checked(f"{start or ''}..{end or ''}", Window(*ends), tz)


def _checked(text: str, found: Window, tz: tzinfo) -> Window:
    if found.start is None or found.end is None or found.start < found.end:
        return found
    from streamstats.times.written import rfc3339

    start, end = rfc3339(found.start, tz), rfc3339(found.end, tz)
    if start == end:
        reason = f"it is empty: it starts and ends at {start}, and the end is not part of it"
    else:
        reason = f"it starts at {start}, after its end at {end}"
    raise WhenError("window", text, reason, None, FORMS)
