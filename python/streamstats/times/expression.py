"""What the grammar makes of a text, before any clock or zone is known."""

from __future__ import annotations

from typing import NamedTuple

from streamstats.times.error import Unread
from streamstats.times.words import Shift


class Date(NamedTuple):
    """year, day: None where not said. at: where it stands in the text.

    named: the month was a word, so that a year may still follow the time of day.
    """

    year: int | None
    month: int
    day: int | None
    at: int
    named: bool = False


class Weekday(NamedTuple):
    """which: -1 strictly before the day, 0 on or after it, 1 strictly after it."""

    number: int
    which: int
    at: int


class Edge(NamedTuple):
    """The start (side 0) or the end (side 1) of the unit `away` units from the one of now."""

    side: int
    unit: Shift
    away: int


class Nth(NamedTuple):
    """The nth (-1 is the last) weekday, or day (weekday None), of a month.

    month: None counts `away` months from the one of now.
    """

    nth: int
    weekday: int | None
    month: int | None
    year: int | None
    away: int


class Zone(NamedTuple):
    """One of: an offset in seconds, an abbreviation, the name of a zone."""

    at: int
    offset: int | None = None
    abbreviation: str = ""
    name: str = ""


class Expression:
    """The parts that were said; None or zero where a part was not."""

    __slots__ = (
        "ahead",
        "clock",
        "date",
        "day",
        "edge",
        "epoch",
        "loose",
        "now",
        "nth",
        "shift",
        "shifted",
        "week",
        "weekday",
        "zone",
    )

    def __init__(self) -> None:
        self.epoch: int | None = None  # nanoseconds
        self.now = False
        self.date: Date | None = None
        self.day: int | None = None  # days from today, of `yesterday` and the like
        self.weekday: Weekday | None = None
        self.week: int | None = None  # weeks from this one, of `last week` beside a weekday
        self.edge: Edge | None = None
        self.nth: Nth | None = None
        self.clock: int | None = None  # nanoseconds of the day; 24:00 is a whole day
        self.zone: Zone | None = None
        self.shift = Shift()
        self.shifted = False
        self.loose: tuple[int, Shift] | None = None  # an amount without sign, `ago` or `in`
        self.ahead: int | None = None  # where `before` or `after` stands, which need an anchor

    def anchored(self) -> bool:
        """Whether anything but distances was said."""
        parts = (self.epoch, self.date, self.day, self.weekday, self.edge, self.nth, self.clock)
        return self.now or any(part is not None for part in parts)

    def dated(self) -> bool:
        """Whether a day was said, so that the time of day is midnight unless said."""
        parts = (self.date, self.day, self.weekday, self.edge, self.nth)
        return any(part is not None for part in parts)

    def once(self, part: str, at: int, what: str) -> None:
        """Raises Unread where `part` was said before."""
        if getattr(self, part) is not None:
            raise Unread(f"a second {what} is said here", at)
