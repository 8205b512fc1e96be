"""The words of the grammar, lower case. One table a kind; a word stands in one table only,
except `second` and `m`, whose places in a sentence differ.
"""

from __future__ import annotations

from typing import Final, NamedTuple

MICRO: Final = 1_000
MILLI: Final = 1_000_000
SECOND: Final = 1_000_000_000
MINUTE: Final = 60 * SECOND
HOUR: Final = 60 * MINUTE
DAY: Final = 24 * HOUR


class Shift(NamedTuple):
    """A distance: months and days are of the calendar, ns are elapsed nanoseconds."""

    months: int = 0
    days: int = 0
    ns: int = 0

    def plus(self, other: Shift, sign: int = 1) -> Shift:
        return Shift(
            self.months + sign * other.months,
            self.days + sign * other.days,
            self.ns + sign * other.ns,
        )


def _named(shift: Shift, names: str) -> dict[str, Shift]:
    return dict.fromkeys(names.split(), shift)


UNITS: Final[dict[str, Shift]] = {
    **_named(Shift(ns=1), "ns nsec nsecs nanosecond nanoseconds"),
    **_named(Shift(ns=MICRO), "us usec usecs \N{MICRO SIGN}s \N{GREEK SMALL LETTER MU}s"),
    **_named(Shift(ns=MICRO), "microsecond microseconds"),
    **_named(Shift(ns=MILLI), "ms msec msecs millisecond milliseconds"),
    **_named(Shift(ns=SECOND), "s sec secs second seconds"),
    **_named(Shift(ns=MINUTE), "m min mins minute minutes"),
    **_named(Shift(ns=HOUR), "h hr hrs hour hours"),
    **_named(Shift(days=1), "d day days"),
    **_named(Shift(days=7), "w wk wks week weeks"),
    **_named(Shift(days=14), "fortnight fortnights"),
    **_named(Shift(months=1), "mo mos month months"),
    **_named(Shift(months=12), "y yr yrs year years"),
}

_MONTHS: Final = (
    "jan january, feb february, mar march, apr april, may, jun june, jul july, aug august, "
    "sep sept september, oct october, nov november, dec december"
)
MONTHS: Final[dict[str, int]] = {
    name: number for number, names in enumerate(_MONTHS.split(","), 1) for name in names.split()
}

_WEEKDAYS: Final = (
    "mon monday, tue tues tuesday, wed weds wednesday, thu thur thurs thursday, fri friday, "
    "sat saturday, sun sunday"
)
WEEKDAYS: Final[dict[str, int]] = {
    name: number for number, names in enumerate(_WEEKDAYS.split(",")) for name in names.split()
}
WEEKDAY_NAMES: Final = (
    "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday",
)  # fmt: skip

DAY_WORDS: Final[dict[str, int]] = {"yesterday": -1, "today": 0, "tomorrow": 1}
CLOCK_WORDS: Final[dict[str, int]] = {"midnight": 0, "noon": 12 * HOUR, "midday": 12 * HOUR}
WHICH: Final[dict[str, int]] = {"last": -1, "past": -1, "previous": -1, "this": 0, "next": 1}
EDGES: Final[dict[str, int]] = {"start": 0, "beginning": 0, "end": 1}
ORDINALS: Final[dict[str, int]] = {
    "first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "last": -1,
}  # fmt: skip
HALVES: Final[dict[str, int]] = {"am": 0, "pm": 12}
FILLERS: Final = frozenset({"at", "on", "the"})
SIDES: Final[dict[str, int]] = {"before": -1, "after": 1}

NUMBERS: Final[dict[str, int]] = {
    "a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7,
    "eight": 8, "nine": 9, "ten": 10, "eleven": 11, "twelve": 12, "fifteen": 15, "twenty": 20,
    "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "ninety": 90,
}  # fmt: skip

OTHER_WORDS: Final = frozenset(
    {"now", "ago", "in", "of", "and", "from", "half", "utc", "gmt", "z", "t"}
)

# Hours from UTC. The abbreviations of the user's own zone come before these. Those with no one
# meaning (IST is India, Israel and Ireland) are left out on purpose.
ABBREVIATIONS: Final[dict[str, float]] = {
    "hst": -10, "akst": -9, "akdt": -8, "pst": -8, "pdt": -7, "mst": -7, "mdt": -6, "cst": -6,
    "cdt": -5, "est": -5, "edt": -4, "ast": -4, "adt": -3, "nst": -3.5, "ndt": -2.5, "brt": -3,
    "wet": 0, "west": 1, "bst": 1, "cet": 1, "cest": 2, "met": 1, "mest": 2, "eet": 2, "eest": 3,
    "sast": 2, "msk": 3, "jst": 9, "kst": 9, "awst": 8, "acst": 9.5, "acdt": 10.5, "aest": 10,
    "aedt": 11, "nzst": 12, "nzdt": 13, "utc": 0, "gmt": 0, "z": 0,
}  # fmt: skip


def known(word: str) -> bool:
    """Whether the grammar has a use for the word somewhere."""
    return any(word in table for table in tables())


def tables() -> tuple[frozenset[str] | dict[str, object] | dict[str, int], ...]:
    """Every table of words, for suggestions."""
    return (
        DAY_WORDS, CLOCK_WORDS, WHICH, OTHER_WORDS, FILLERS, frozenset(UNITS), WEEKDAYS, MONTHS,
        EDGES, ORDINALS, SIDES, NUMBERS, frozenset(ABBREVIATIONS), HALVES,
    )  # fmt: skip
