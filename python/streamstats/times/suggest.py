"""The nearest forms that work, for a text that was refused. Runs only on the way to an error."""

from __future__ import annotations

from datetime import UTC, tzinfo
from typing import Final

from streamstats.times.error import Unread, WhenError
from streamstats.times.lexer import MAX_TEXT, WORD, tokens
from streamstats.times.words import UNITS, known, tables

CLOCK_FORMS: Final = ("14:00", "yesterday 14:00", "2026-03-01 14:00")
DAY_FORMS: Final = ("2026-03-01", "2026-03-01 14:00", "1 March 2026")
DISTANCE_FORMS: Final = ("15m ago", "2 hours ago", "-1h")
FORMS: Final = ("now", "15m ago", "yesterday 14:00", "last monday", "2026-03-01 10:00")
DURATION_FORMS: Final = ("90s", "1h30m", "7d")

_CLOSE = 0.7
_MAX_WORDS = 4
_MAX_TRIES = 27
_SOME_DAY = 1_772_359_200 * 10**9  # 2026-03-01


def refusal(
    text: str, unread: Unread, what: str = "time", forms: tuple[str, ...] = ()
) -> WhenError:
    """The error for the user; `forms` are the forms to fall back on."""
    better = corrected(text, what)
    given = tuple(form for form in unread.forms if _works(form, what))
    nearest = (better,) if better else given or forms or _by_looks(text)
    return WhenError(what, text, unread.reason, unread.at, nearest)


def corrected(text: str, what: str = "time") -> str | None:
    """The text with its strange words replaced by the nearest of ours, if that can be read."""
    from difflib import get_close_matches
    from itertools import islice, product

    if len(text) > MAX_TEXT:
        return None
    words = sorted({word for table in tables() for word in table if len(word) > 2})
    pieces: list[list[str]] = []
    done = 0
    for token in tokens(text):
        if token.kind != WORD or known(token.text):
            continue
        close = get_close_matches(token.text[:20], words, 3, _CLOSE)
        if not close or len(pieces) > 2 * _MAX_WORDS:
            return None
        pieces += ([text[done : token.at]], close)
        done = token.stop
    for choice in islice(product(*pieces), _MAX_TRIES if pieces else 0):
        better = " ".join(("".join(choice) + text[done:]).split())
        if _works(better, what):
            return better
    return None


def past(text: str, instant: int, now: int, tz: tzinfo) -> str | None:
    """A form like `text` that lies in the past, for a start that came out after now.

    A weekday or a time of day without a day is the coming one or today's, as GNU date and PHP
    have it; whoever reads a log mostly means the one before.
    """
    from streamstats.times.grammar import parse
    from streamstats.times.resolve import resolve

    if instant <= now:
        return None
    try:
        said = parse(text)
        if said.weekday is not None:
            other = f"{text[: said.weekday.at]}last {text[said.weekday.at :]}".strip()
        elif said.clock is not None:
            other = f"yesterday {text.strip()}"
        else:
            return None
        return other if resolve(parse(other), now, tz) <= now else None
    except Unread:
        return None


def _works(text: str, what: str) -> bool:

    from streamstats.times.duration import length
    from streamstats.times.grammar import parse
    from streamstats.times.resolve import resolve

    try:
        if what == "duration":
            length(text)
        else:
            resolve(parse(text), _SOME_DAY, UTC)
    except Unread:
        return False
    return True


def _by_looks(text: str) -> tuple[str, ...]:
    if len(text) > MAX_TEXT:
        return FORMS
    found = tokens(text)
    if any(token.text == ":" for token in found):
        return CLOCK_FORMS
    if any(token.text in ("ago", "in") or token.text in UNITS for token in found):
        return DISTANCE_FORMS
    if any(c in "0123456789" for c in text):
        return DAY_FORMS
    return FORMS
