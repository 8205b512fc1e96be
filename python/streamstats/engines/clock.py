"""Settles how the times of each source are read, and which of them are wanted."""

from __future__ import annotations

import os
import time
from typing import NamedTuple

from streamstats.errors import UsageError, printable
from streamstats.sources.stamps import (
    Stamps,
    ambiguous,
    recognised,
    stamps_of,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from zoneinfo import ZoneInfo

    from streamstats.patterns.resolve import Choice
    from streamstats.sources.files import Source

SECOND = 1_000_000_000
MILLISECOND = 1_000_000

TIME = "time"

#: The pattern of ``-t``: a time in brackets, then the value. A second bracket, which ``$4`` of an
#: access log brings along, is forgiven.
TIMED = r"^\[\[?(?P<time>[^\[\]]+)\]\]?\s*(?P<value>.+)$"

_ENOUGH = 0.9
"""A way of writing times is taken when it reads this share of the first ones."""

_TAIL = 256 * 1024
"""The last record of a file is looked for in so many of its last bytes."""


class Wish(NamedTuple):
    """What was said about times."""

    zone: ZoneInfo | None = None
    """Of stamps that name none, and in which instants are shown; None for the machine's, which is
    looked up only when there are times."""
    wanted: bool = False
    """Times were asked for, by -t or by a window: it is an error when they cannot be read."""
    format: str | None = None
    bracketed: bool = False
    """Lines begin with a time in brackets, as -t says."""
    day_first: bool | None = None
    window: Callable[[int], tuple[int | None, int | None]] | None = None
    """From "now" to the start and the end of what is wanted, half-open."""
    from_log: bool = False
    """Now is the last instant of the log, and not of the clock."""
    per: int = SECOND
    sliding: bool = False
    lateness: int = 60 * SECOND
    seek: bool = True
    bounded: bool = False
    """Memory was limited, so that buckets behind ``lateness`` are closed where it is short."""

    @property
    def zone_key(self) -> str:
        """The name of the zone for the core: of the IANA database, or "localtime"."""
        return (self.zone.key if self.zone is not None else None) or "localtime"

    @property
    def width(self) -> int:
        """How wide the buckets are in which records are counted, in nanoseconds."""
        if self.sliding and self.per % MILLISECOND == 0:
            return MILLISECOND
        return self.per

    @property
    def late(self) -> int:
        """How many buckets behind the newest a record may be."""
        return -(-self.lateness // self.width) + self.per // self.width


class Clock(NamedTuple):
    """How the times of one source are read, and which are wanted."""

    letters: str
    zone_key: str
    reference: int
    start: int | None
    end: int | None


def has_times(work: Sequence[tuple[Source, Choice]]) -> bool:
    """Whether the pattern of every source has a time."""
    return bool(work) and all(_has_time(choice) for _, choice in work)


def in_zone(wish: Wish) -> Wish:
    """The wish with its zone looked up."""
    if wish.zone is not None:
        return wish
    from streamstats.times import zone  # only now is it known that there are times

    return wish._replace(zone=zone(None))


def settle(
    work: Sequence[tuple[Source, Choice]], wish: Wish
) -> tuple[list[Clock] | None, str | None]:
    """A clock for each source; None where they are counted without times, with the reason if
    somebody may wonder.

    Raises:
        UsageError: times were asked for and cannot be read; or their day and month cannot be told
            apart.
    """
    if not all(_has_time(choice) for _, choice in work):
        if wish.wanted:
            raise UsageError(*_without(*next(item for item in work if not _has_time(item[1]))))
        return None, None
    letters: list[str | None] = []
    for source, choice in work:
        try:
            letters.append(_letters(source, choice, wish))
        except UsageError as error:
            if wish.wanted or wish.format is not None:
                raise
            return None, f"{error.message}; counting without times"
    known = next((text for text in letters if text), None)
    now = _now(work, letters, wish)
    start, end = wish.window(now) if wish.window is not None else (None, None)
    return [
        # An empty source has no stamps, and any letters will do.
        Clock(text or known or "%s", wish.zone_key, _reference(source), start, end)
        for (source, _), text in zip(work, letters, strict=True)
    ], None


def in_order_only(wish: Wish, clock: Clock) -> bool:
    """Whether a record may be read by what the one before it meant: in a zone whose clocks are put
    back, an hour happens twice.
    """
    stamps = Stamps(clock.letters, clock.zone_key, clock.reference)
    return not stamps.has_zone and wish.zone is not None and _is_shifting(wish.zone)


def _is_shifting(zone: ZoneInfo) -> bool:
    from datetime import datetime

    seasons = [(year, month) for year in (1995, 2010, 2025) for month in (1, 7)]
    return len({datetime(*at, 1, tzinfo=zone).utcoffset() for at in seasons}) > 1


def _without(source: Source, choice: Choice) -> tuple[str, str]:
    if choice.pattern is not None and choice.pattern.shape:
        return (
            f"{printable(source.name)}: no key holds a time by its name",
            "say with --time-field which one does",
        )
    return (
        f"{printable(source.name)}: its pattern has no group 'time'",
        "say with -p how a line reads, with (?P<time>...) around the time; or use -t for "
        "lines that begin with [TIME]",
    )


def _has_time(choice: Choice) -> bool:
    return choice.time is not None


def _letters(source: Source, choice: Choice, wish: Wish) -> str | None:
    if wish.format is not None:
        return wish.format
    stamps = stamps_of(choice, source.sample())
    if not stamps:
        return None
    reference = _reference(source)
    told = _told(choice, wish, reference, stamps)
    found = recognised(stamps, wish.day_first)
    if told is not None:
        # The families that are known are read faster than letters, where they mean the same.
        same = found is not None and all(
            Stamps(found, wish.zone_key, reference).parse(stamp)
            == Stamps(told, wish.zone_key, reference).parse(stamp)
            for stamp in stamps
        )
        return found if same else told
    if found is not None:
        return found
    two = ambiguous(stamps, wish.day_first)
    if two is not None:
        sample, day_first, month_first = two
        raise UsageError(
            f"{printable(source.name)}: '{sample}' can be {day_first} or {month_first}",
            "say which with --day-first or --month-first",
        )
    sample = printable(stamps[0].decode("utf-8", "surrogateescape"))
    raise UsageError(
        f"{printable(source.name)}: '{sample}' is a time in no way of writing that is known",
        "say how it is written with --time-format, or leave times out with --no-time",
    )


def _told(choice: Choice, wish: Wish, reference: int, stamps: Sequence[bytes]) -> str | None:
    """The letters of the pattern's own that read nearly all of the stamps."""
    if choice.pattern is None:
        return None
    what = f"pattern '{printable(choice.pattern.name)}': time"
    for text in choice.pattern.time:
        if text == "auto":
            continue
        reader = Stamps(text, wish.zone_key, reference, what=what)
        if reader.reads(stamps) >= _ENOUGH * len(stamps):
            return text
    return None


def first_instant(source: Source, choice: Choice, clock: Clock) -> int | None:
    """The instant of the first record that has one, as far as that can be looked up twice."""
    if not source.repeatable:
        return None
    stamps = Stamps(clock.letters, clock.zone_key, clock.reference)
    for stamp in stamps_of(choice, source.sample()):
        instant = stamps.parse(stamp)
        if instant is not None:
            return instant
    return None


def _reference(source: Source) -> int:
    """The latest instant that a stamp without a year can mean."""
    return source.modified


def _now(work: Sequence[tuple[Source, Choice]], letters: Sequence[str | None], wish: Wish) -> int:
    if not wish.from_log:
        return time.time_ns()
    last: int | None = None
    for (source, choice), text in zip(work, letters, strict=True):
        if source.size is None:
            raise UsageError(
                f"{printable(source.name)}: the last record of a stream is not known yet",
                "name a file that is not compressed, or leave out --relative-to log",
            )
        if text is None:
            continue
        tail = os.pread(source.fd, _TAIL, max(source.start, source.size - _TAIL))
        stamps = Stamps(text, wish.zone_key, _reference(source))
        for stamp in reversed(stamps_of(choice, tail.split(b"\n"))):
            instant = stamps.parse(stamp)
            if instant is not None:
                last = instant if last is None else max(last, instant)
                break
    if last is None:
        raise UsageError("no record with a time was found, which --relative-to log needs")
    return last
