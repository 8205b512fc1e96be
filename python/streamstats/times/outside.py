"""The last reader: dateparser, on a leash.

It is asked only about a text in which a word is none of ours (another language, mostly), and
which holds nothing like a stamp. Its answer is taken only if it counts from now: moved by as much
as its base is moved, and by every number in the text. All days and times by the clock are left to
the grammar.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta, tzinfo
from typing import Final

from streamstats.times import civil
from streamstats.times.error import Unread
from streamstats.times.lexer import END, NUMBER, WORD, Token, tokens
from streamstats.times.words import DAY, known

MAX_TEXT: Final = 60
MAX_TOKENS: Final = 8
LANGUAGES: Final = (
    "en", "de", "fr", "es", "it", "pt", "nl", "sv", "da", "pl", "cs", "ru", "uk", "tr", "zh", "ja",
    "ko",
)  # fmt: skip


def read(text: str, now: int, zone: tzinfo) -> int | None:
    """The instant that dateparser reads, or None where it may not be asked or is not believed."""
    try:
        found = tokens(text)
    except Unread:
        return None
    if not allowed(text, found):
        return None
    day, clock = civil.local(now, zone)
    seconds = clock // 10**9
    base = datetime.combine(date.fromordinal(day), datetime.min.time()) + timedelta(seconds=seconds)
    distance = _distance(text, found, base)
    if distance is None:
        return None
    days, rest = divmod(distance, timedelta(days=1))
    if rest:
        return civil.bounded(now + distance // timedelta(microseconds=1) * 1_000)
    if len(found) == 2:  # one word and the end: a name for a day, as `yesterday` is
        return civil.instant(day + days, 0, zone) if days else None
    return civil.instant(day + days, clock % DAY, zone)


def allowed(text: str, found: list[Token]) -> bool:
    """Whether the text is words and at most small numbers, one word at least not ours."""
    if len(text) > MAX_TEXT or len(found) > MAX_TOKENS + 1:
        return False
    letters = 0
    strange = False
    for token in found:
        if token.kind == NUMBER and (token.glued or len(token.text) > 3):
            return False
        if token.kind == WORD:
            letters += len(token.text) if token.text.isascii() else 3 * len(token.text)
            strange = strange or not known(token.text)
        elif token.kind not in (NUMBER, END):
            return False
    return strange and letters >= 3


def _distance(text: str, found: list[Token], base: datetime) -> timedelta | None:
    parse = _parser()
    if parse is None:
        return None
    answer = parse(text, base)
    # The other base lies in the same day, so that months and days count alike from both.
    step = timedelta(hours=1, minutes=7, seconds=3)
    step = step if base.hour < 12 else -step
    moved = parse(text, base + step)
    if answer is None or moved is None or moved - answer != step:
        return None
    for token in found:
        if token.kind == NUMBER:
            other = text[: token.at] + str(int(token.text) + 1) + text[token.stop :]
            if parse(other, base) in (None, answer):
                return None
    return answer - base


class _Parser:
    """dateparser with one fixed setting, and its warnings and surprises held in."""

    def __call__(self, text: str, base: datetime) -> datetime | None:
        import warnings

        from dateparser.date import DateDataParser

        settings = {"RELATIVE_BASE": base, "TIMEZONE": "UTC", "RETURN_AS_TIMEZONE_AWARE": False}
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                parser = DateDataParser(languages=list(LANGUAGES), settings=settings)
                answer = parser.get_date_data(text).date_obj
            except Exception:  # any failure of a guess only means that there is no guess
                return None
        return answer.replace(tzinfo=None) if isinstance(answer, datetime) else None


def _parser() -> _Parser | None:
    """None where dateparser is not installed."""
    from importlib.util import find_spec

    return _Parser() if find_spec("dateparser") else None
