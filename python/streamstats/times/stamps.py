"""Timestamps as logs write them, read by the core."""

from __future__ import annotations


def parse_stamp(text: str, zone: str, now: int, day_first: bool | None = None) -> int | None:
    """The instant of a text that is a timestamp as a whole, in nanoseconds since 1970, else None.

    For the `stamp` of `when` and its kin. zone: the key of a zone, of a time that names none.
    now: what a time without a year is not after. day_first: the order of day and month in numbers;
    None refuses what has two readings.
    """
    from streamstats import _core  # only a text that the grammar does not read needs it

    try:
        return _core.parse_stamp(text, zone, now, day_first)
    except ValueError:  # the core does not know the zone, which may be a rule of POSIX
        return None
