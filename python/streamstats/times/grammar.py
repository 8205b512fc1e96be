"""The grammar of a WHEN: a recursive descent over the tokens, in any order a person would say.

Every step takes at least one token and looks at most a few ahead, so the work is linear in the
text. Nothing here knows the time or a zone; `resolve` does.
"""

from __future__ import annotations

from streamstats.times import amounts, clock, dates
from streamstats.times.error import Unread, quoted
from streamstats.times.expression import Date, Edge, Expression, Nth, Weekday
from streamstats.times.lexer import NUMBER, WORD, Cursor
from streamstats.times.words import (
    CLOCK_WORDS,
    DAY_WORDS,
    EDGES,
    FILLERS,
    MONTHS,
    ORDINALS,
    SIDES,
    UNITS,
    WEEKDAYS,
    WHICH,
    Shift,
)

_PARTS_OF_DAY = {
    "morning": "06:00", "afternoon": "12:00", "evening": "18:00", "night": "22:00",
    "tonight": "22:00", "dawn": "06:00",
}  # fmt: skip


def parse(text: str, day_first: bool | None = None) -> Expression:
    """What the text says.

    day_first: how numbers such as 03/04/2026 are read; None refuses those with two readings.
    Raises Unread.
    """
    cursor = Cursor(text)
    said = Expression()
    while not cursor.done():
        token = cursor.peek()
        if token.kind == NUMBER:
            _number(cursor, said, day_first)
        elif token.kind == WORD:
            _word(cursor, said)
        elif token.text in "+-":
            _signed(cursor, said)
        elif token.text == "@":
            said.once("epoch", token.at, "instant")
            said.epoch = clock.epoch(cursor)
        elif token.text == "," and cursor.place:
            cursor.take()
        else:
            raise Unread(f"{token.text!r} is not expected here", token.at, settled=False)
    _whole(said)
    return said


def _number(cursor: Cursor, said: Expression, day_first: bool | None) -> None:
    token = cursor.peek()
    if clock.ahead(cursor):
        _clock(cursor, said)
    elif amounts.ahead(cursor):
        _amount(cursor, said)
    elif dates.ahead(cursor):
        said.once("date", token.at, "day")
        said.date = dates.numbered(cursor, day_first)
        _joined_clock(cursor, said)
    elif _year_wanted(said.date) and dates.year_ahead(cursor):
        year = int(cursor.take().text)
        assert said.date is not None
        said.date = said.date._replace(year=year, named=False)
    elif len(token.text) in (12, 14):
        _long(cursor, said)
    elif len(token.text) in clock.EPOCH_DIGITS and not said.anchored():
        said.epoch = clock.bare_epoch(cursor)
    else:
        hour = said.dated() and said.clock is None
        forms = _completed(cursor, hour)
        raise Unread(f"the number {token.text} has no unit", token.at, forms, settled=False)


def _year_wanted(date: Date | None) -> bool:
    return date is not None and date.named and date.year is None and date.day is not None


def _completed(cursor: Cursor, hour: bool) -> tuple[str, ...]:
    """What a bare number may have been meant to be; `hour`: a day stands before it."""
    token = cursor.peek()
    digits = token.text
    if len(digits) > 4:
        return ("2026-03-01", "10:00", "@1253385344")
    count = int(digits)
    if hour and count < 24:
        return (f"{cursor.text[: token.at]}{count}:00{cursor.text[token.stop :]}".strip(),)
    if len(digits) == 4:
        year = (f"{digits}-01-01",) if 1900 <= count <= 2100 else ()
        return (*year, f"{digits[:2]}:{digits[2:]}", f"{count}m ago")
    more = (f"{count}:00",) if count < 24 else ()
    return (f"{count}m ago", f"{count}h ago", *more)


def _long(cursor: Cursor, said: Expression) -> None:
    """YYYYMMDDHHMM or YYYYMMDDHHMMSS."""
    token = cursor.take()
    said.once("date", token.at, "day")
    said.once("clock", token.at, "time of day")
    inner = Cursor(token.text[:8])
    said.date = dates.numbered(inner, None)._replace(at=token.at)
    rest = token._replace(text=token.text[8:], at=token.at + 8)
    said.clock = clock.compact(rest, cursor)


def _clock(cursor: Cursor, said: Expression) -> None:
    said.once("clock", cursor.peek().at, "time of day")
    said.clock = clock.clock(cursor)


def _joined_clock(cursor: Cursor, said: Expression) -> None:
    """A time of day that is tied to its day by `T`, `:` or `-` without blanks."""
    tie = cursor.peek()
    if not tie.glued or not cursor.joined(1):
        return
    if tie.text == "t":
        cursor.take()
        _clock_after_t(cursor, said)
    elif tie.text in (":", "-") and cursor.mark(":", 2, glued=True):
        cursor.take()
        _clock(cursor, said)


def _clock_after_t(cursor: Cursor, said: Expression) -> None:
    if clock.ahead(cursor):
        _clock(cursor, said)
    else:
        said.once("clock", cursor.peek().at, "time of day")
        said.clock = clock.compact(cursor.take(), cursor)


def _signed(cursor: Cursor, said: Expression) -> None:
    sign = cursor.peek()
    if amounts.ahead(cursor, 1):
        cursor.take()
        _add(said, amounts.run(cursor), -1 if sign.text == "-" else 1)
        if cursor.word() == "ago":
            raise Unread("a sign and 'ago' say the direction twice", sign.at)
    elif clock.offset_ahead(cursor) and said.clock is not None and said.zone is None:
        said.zone = clock.offset(cursor)
    elif cursor.number(1):
        number = cursor.peek(1).text[:6]
        forms = (f"{sign.text}{number}m", f"{sign.text}{number}h") if len(number) < 6 else ()
        raise Unread(f"the number {number} has no unit", cursor.peek(1).at, forms, settled=False)
    else:
        raise Unread(f"nothing to count follows {sign.text!r}", sign.at, ("-1h", "-2 days"),
                     settled=False)  # fmt: skip


def _add(said: Expression, shift: Shift, sign: int) -> None:
    said.shift = said.shift.plus(shift, sign)
    said.shifted = True


def _amount(cursor: Cursor, said: Expression) -> None:
    """An amount without a sign; what follows says its direction."""
    at = cursor.peek().at
    shift = amounts.run(cursor)
    word = cursor.word()
    if word == "ago":
        cursor.take()
        _add(said, shift, -1)
    elif word in SIDES:
        said.ahead = cursor.take().at
        _add(said, shift, SIDES[word])
    elif word == "from":
        said.ahead = cursor.take().at
        _add(said, shift, 1)
    elif said.loose is None:
        said.loose = (at, shift)
    else:
        raise Unread("a second amount without a direction is said here", at, ("2h30m ago",))


def _word(cursor: Cursor, said: Expression) -> None:
    token = cursor.peek()
    if _region(cursor):
        _zone(cursor, said)
    elif _phrase(cursor, said) or _name(cursor, said):
        pass
    elif token.text == "t" and cursor.joined(1):
        cursor.take()
        _clock_after_t(cursor, said)
    elif token.text in FILLERS and cursor.word(1) not in FILLERS and not cursor.ends(1):
        cursor.take()
    elif token.text in _PARTS_OF_DAY:
        raise _no_hour(token.text, token.at)
    else:
        _zone(cursor, said)


def _phrase(cursor: Cursor, said: Expression) -> bool:
    """Takes what is said in more words than one, if that starts here."""
    token = cursor.peek()
    follower = cursor.word(1)
    if token.text in ORDINALS and _of(cursor, WEEKDAYS, "day"):
        said.once("nth", token.at, "day")
        said.nth = _nth(cursor)
    elif token.text in WHICH:
        _which(cursor, said)
    elif amounts.ahead(cursor):
        _amount(cursor, said)
    elif token.text == "in" and amounts.ahead(cursor, 1):
        cursor.take()
        _add(said, amounts.run(cursor), 1)
    elif token.text in UNITS and (follower == "ago" or follower in SIDES):
        _one(cursor, said)
    elif token.text in EDGES and follower == "of":
        _edge(cursor, said)
    else:
        return False
    return True


def _name(cursor: Cursor, said: Expression) -> bool:
    """Takes a word that means a day or a time by itself, if one stands here."""
    token = cursor.peek()
    if token.text == "now":
        cursor.take()
        said.now = True
    elif token.text in DAY_WORDS:
        said.once("day", token.at, "day")
        said.day = DAY_WORDS[cursor.take().text]
    elif token.text in CLOCK_WORDS:
        said.once("clock", token.at, "time of day")
        said.clock = CLOCK_WORDS[cursor.take().text]
    elif token.text in WEEKDAYS:
        said.once("weekday", token.at, "weekday")
        said.weekday = Weekday(WEEKDAYS[cursor.take().text], 0, token.at)
        if cursor.mark(".", glued=True):
            cursor.take()
    elif token.text in MONTHS:
        said.once("date", token.at, "day")
        said.date = dates.month_first(cursor)
    else:
        return False
    return True


def _region(cursor: Cursor) -> bool:
    """Whether the name of a zone with a slash in it starts here."""
    return cursor.mark("/", 1, glued=True) and cursor.word(2) != "" and cursor.peek(2).glued


def _of(cursor: Cursor, words: dict[str, int], other: str) -> bool:
    follower = cursor.word(1)
    return (follower in words or follower == other) and cursor.word(2) == "of"


def _one(cursor: Cursor, said: Expression) -> None:
    """`hour ago`, `day before yesterday`: one of it."""
    shift = UNITS[cursor.take().text]
    token = cursor.take()
    if token.text == "ago":
        _add(said, shift, -1)
    else:
        said.ahead = token.at
        _add(said, shift, SIDES[token.text])


def _which(cursor: Cursor, said: Expression) -> None:
    """`last monday`, `this week`, `next 2 hours`."""
    token = cursor.take()
    which = WHICH[token.text]
    follower = cursor.word()
    if follower in WEEKDAYS:
        said.once("weekday", token.at, "weekday")
        said.weekday = Weekday(WEEKDAYS[cursor.take().text], which, token.at)
    elif which and cursor.number() and amounts.ahead(cursor):
        _add(said, amounts.run(cursor), which)
    elif follower in UNITS:
        unit = UNITS[cursor.take().text]
        skip = 1 if cursor.word() == "on" else 0
        beside = said.weekday is not None and said.weekday.which == 0
        if unit.days == 7 and (beside or cursor.word(skip) in WEEKDAYS):
            said.once("week", token.at, "week")
            said.week = which
        else:
            _add(said, unit, which)
    elif follower in _PARTS_OF_DAY:
        raise _no_hour(follower, cursor.peek().at)
    elif follower in MONTHS:
        raise Unread(f"a month after {token.text!r} does not say its year", token.at,
                     ("March", "March 2026"))  # fmt: skip
    else:
        raise Unread(f"a weekday or a unit is expected after {token.text!r}", token.at,
                     ("last monday", "last week", "last 2 hours"), settled=False)  # fmt: skip


def _edge(cursor: Cursor, said: Expression) -> None:
    """`start of month`, `beginning of the last hour`, `end of yesterday`."""
    token = cursor.take(2)
    side = EDGES[token.text]
    if cursor.word() == "the":
        cursor.take()
    which = WHICH[cursor.take().text] if cursor.word() in WHICH else 0
    target = cursor.peek()
    if target.text in DAY_WORDS:
        said.once("day", token.at, "day")
        said.day = DAY_WORDS[cursor.take().text] + side
    elif target.text in UNITS:
        said.once("edge", token.at, "day")
        said.edge = Edge(side, UNITS[cursor.take().text], which)
    elif target.text in WHICH or target.text in MONTHS or target.text in WEEKDAYS:
        raise Unread("this has no start or end here", target.at, ("start of month", "1 March"))
    else:
        raise Unread("a unit is expected after 'of'", target.at,
                     ("start of month", "end of yesterday"), settled=False)  # fmt: skip


def _nth(cursor: Cursor) -> Nth:
    """`first day of last month`, `last friday of march 2026`."""
    nth = ORDINALS[cursor.take().text]
    weekday = WEEKDAYS.get(cursor.take(2).text)
    if cursor.word() == "the":
        cursor.take()
    which = WHICH[cursor.take().text] if cursor.word() in WHICH else 0
    token = cursor.take()
    if UNITS.get(token.text) == Shift(months=1):
        return Nth(nth, weekday, None, None, which)
    if token.text in MONTHS and token.kind == WORD and not which:
        year = int(cursor.take().text) if dates.year_ahead(cursor) else None
        return Nth(nth, weekday, MONTHS[token.text], year, 0)
    raise Unread("a month is expected after 'of'", token.at,
                 ("first day of last month", "last friday of March 2026"))  # fmt: skip


def _zone(cursor: Cursor, said: Expression) -> None:
    """The zone behind a day or a time; any other word here is not one of ours."""
    token = cursor.peek()
    if said.anchored() and said.epoch is None:
        zone = clock.named_zone(cursor)
        if zone is not None:
            said.once("zone", token.at, "zone")
            said.zone = zone
            return
    written = cursor.text[token.at : token.stop]
    reason = f"{quoted(written)} is not expected here"
    raise Unread(reason, token.at, settled=False)


def _no_hour(word: str, at: int) -> Unread:
    return Unread(f"'{word}' has no agreed hour", at,
                  (f"today {_PARTS_OF_DAY[word]}", f"yesterday {_PARTS_OF_DAY[word]}"))  # fmt: skip


def _whole(said: Expression) -> None:
    """What no single part can see: parts that are missing, or contradict one another."""
    if said.loose is not None:
        _directed(said, *said.loose)
    if said.ahead is not None and not said.anchored():
        raise Unread("a time is expected after this word", said.ahead,
                     ("1 hour before noon", "2 hours ago"))  # fmt: skip
    if not said.anchored() and not said.shifted:
        raise Unread("it says no time", forms=("now", "15m ago", "yesterday 14:00"))
    others = said.dated() or said.clock is not None or said.zone is not None or said.now
    if said.epoch is not None and others:
        raise Unread("seconds since 1970 are a whole instant and take no day, time or zone")
    # A weekday beside a date is checked against it; `yesterday` beside a date is the day before.
    days = (said.date or said.weekday, said.edge, said.nth, None if said.date else said.day)
    if sum(day is not None for day in days) > 1:
        raise Unread("two days are said")
    if said.clock is not None:
        _clocked(said)


def _directed(said: Expression, at: int, shift: Shift) -> None:
    """An amount without a direction: on from a day that was said, else back from now."""
    if said.date is not None or said.epoch is not None:
        _add(said, shift, 1)
    elif said.anchored() or said.shifted:
        raise Unread("this amount needs a direction", at, ("2 hours ago", "+2 hours"))
    else:
        _add(said, shift, -1)


def _clocked(said: Expression) -> None:
    if said.edge is not None and (said.edge.side or said.edge.unit.ns):
        raise Unread("an hour or an end takes no time of day", forms=("start of month 10:00",))
    if said.date is not None and said.date.day is None:
        raise Unread("the day of the month is missing", said.date.at, ("Mar 1 10:00",))
