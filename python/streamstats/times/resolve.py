"""From what was said to an instant, given the clock and the zone."""

from __future__ import annotations

from datetime import date, timedelta, timezone, tzinfo

from streamstats.times import civil
from streamstats.times.error import Unread, WhenError, quoted
from streamstats.times.expression import Date, Edge, Expression, Nth, Weekday, Zone
from streamstats.times.words import ABBREVIATIONS, SECOND, WEEKDAY_NAMES

# The calendar repeats its weekdays for every date within so many years.
_YEARS_BACK = 40


def resolve(said: Expression, now: int, zone: tzinfo) -> int:
    """The instant, in nanoseconds since 1970. `now` is such an instant too. Raises Unread."""
    if said.epoch is not None:
        return _moved(said.epoch, said, zone)
    if said.zone is None:
        return _in_zone(said, now, zone)
    if said.zone.abbreviation:
        return _abbreviated(said, said.zone, now, zone)
    return _in_zone(said, now, _named(said.zone))


def _in_zone(said: Expression, now: int, zone: tzinfo, fold: int = 0) -> int:
    if said.edge is not None and said.edge.unit.ns:
        return _moved(_edge_of_clock(said.edge, now, zone), said, zone)
    if not said.dated() and said.clock is None:
        return _moved(now, said, zone)
    day, clock = _wall(said, now, zone)
    return civil.bounded(civil.instant(day, clock, zone, fold) + said.shift.ns)


def _wall(said: Expression, now: int, zone: tzinfo) -> tuple[int, int]:
    """The day and the time of day that are meant, distances in days and months included."""
    today, _ = civil.local(now, zone)
    day = _day(said, today)
    day = civil.moved(day, said.shift.months) + said.shift.days
    return day, said.clock or 0


def _moved(instant: int, said: Expression, zone: tzinfo) -> int:
    """An instant moved by what was said: calendar units on the wall, the rest as elapsed time."""
    months, days, ns = said.shift
    if months or days:
        day, clock = civil.local(instant, zone)
        instant = civil.instant(civil.moved(day, months) + days, clock, zone)
    return civil.bounded(instant + ns)


def _day(said: Expression, today: int) -> int:
    if said.date is not None:
        return _dated(said.date, said.weekday, today) + (said.day or 0)
    if said.weekday is not None:
        return _weekday(said.weekday, said.week, today)
    if said.edge is not None:
        return _edge_of_day(said.edge, today)
    if said.nth is not None:
        return _nth(said.nth, today)
    return today + (said.day or 0)


def _dated(said: Date, weekday: Weekday | None, today: int) -> int:
    month, number = said.month, said.day or 1
    if said.year is not None:
        civil.valid(said.year, month, number, said.at)
        day = civil.ordinal(said.year, month, number)
        if weekday is not None and (day - 1) % 7 != weekday.number:
            name = WEEKDAY_NAMES[(day - 1) % 7]
            wrong = f"{date.fromordinal(day).isoformat()} is a {name}"
            raise Unread(wrong, weekday.at, (date.fromordinal(day).isoformat(),), settled=False)
        return day
    this_year = date.fromordinal(today).year
    for year in range(this_year, max(0, this_year - _YEARS_BACK), -1):
        if number > civil.days_in(year, month):
            continue
        day = civil.ordinal(year, month, number)
        if day <= today and (weekday is None or (day - 1) % 7 == weekday.number):
            return day
    raise Unread("no year of the last 40 has such a day", said.at)


def _weekday(said: Weekday, week: int | None, today: int) -> int:
    if week is not None:
        return today - (today - 1) % 7 + 7 * week + said.number
    if said.which < 0:
        return today - ((today - 1 - said.number - 1) % 7 + 1)
    if said.which > 0:
        return today + ((said.number - (today - 1) - 1) % 7 + 1)
    return today + (said.number - (today - 1)) % 7


def _edge_of_day(said: Edge, today: int) -> int:
    """A unit's first day, or the first one after it. Weeks start on Monday, as in ISO 8601."""
    count = said.away + said.side
    now = date.fromordinal(today)
    if said.unit.months:
        start = now.replace(day=1) if said.unit.months == 1 else now.replace(month=1, day=1)
        return civil.moved(start.toordinal(), said.unit.months * count)
    start_of_unit = today - ((today - 1) % 7 if said.unit.days >= 7 else 0)
    return start_of_unit + said.unit.days * count


def _edge_of_clock(said: Edge, now: int, zone: tzinfo) -> int:
    """An hour's start on the wall (offsets of half an hour exist), smaller units alike."""
    _, clock = civil.local(now, zone)
    past = clock % said.unit.ns
    return now - past + (said.away + said.side) * said.unit.ns


def _nth(said: Nth, today: int) -> int:
    if said.month is None:
        first = civil.moved(date.fromordinal(today).replace(day=1).toordinal(), said.away)
    elif said.year is None:
        first = _dated(Date(None, said.month, 1, 0), None, today)
    else:
        civil.valid(said.year, said.month, 1, 0)
        first = civil.ordinal(said.year, said.month, 1)
    following = civil.moved(first, 1)
    if said.weekday is None:
        day = following - 1 if said.nth < 0 else first + said.nth - 1
    elif said.nth < 0:
        day = following - 1 - (following - 2 - said.weekday) % 7
    else:
        day = first + (said.weekday - (first - 1)) % 7 + 7 * (said.nth - 1)
    if day >= following:
        raise Unread("that month has no fifth one")
    return day


def _named(said: Zone) -> tzinfo:
    if said.offset is not None:
        return timezone(timedelta(seconds=said.offset))
    from streamstats.times.zones import zone  # the zone database is read only when it is needed

    try:
        return zone(said.name)
    except WhenError as error:
        raise Unread(f"there is no time zone {quoted(said.name)}", said.at, error.forms) from None


def _abbreviated(said: Expression, abbreviated: Zone, now: int, zone: tzinfo) -> int:
    """The user's own zone first: it knows which IST is meant, and which of two hours is CET."""
    name = abbreviated.abbreviation
    timed = said.dated() or said.clock is not None
    day, clock = _wall(said, now, zone) if timed else civil.local(now, zone)
    for fold in (0, 1):
        shown = civil.wall(day, clock // SECOND, zone, fold).tzname()
        if shown is not None and shown.lower() == name:
            return _in_zone(said, now, zone, fold)
    hours = ABBREVIATIONS.get(name)
    if hours is None:
        raise Unread(f"{quoted(name)} is no time zone with one meaning", abbreviated.at,
                     ("10:00 UTC", "10:00 +0530"), settled=False)  # fmt: skip
    return _in_zone(said, now, timezone(timedelta(hours=hours)))
