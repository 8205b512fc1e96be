"""Evidence and verdicts in words, for people."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from streamstats.render.colour import BAR, BOLD, DIM, OUTLIER, paint
from streamstats.render.escape import shown
from streamstats.render.instants import Clock
from streamstats.render.look import UNLIMITED, USUAL_WIDTH, Look
from streamstats.render.width import cut, display_width
from streamstats.summary.evidence.model import HOSTILE, UNUSUAL, Evidence, When
from streamstats.summary.verdict import HOSTILE_PATTERN, IS_UNUSUAL

SIGNS = {HOSTILE: "!", UNUSUAL: "~"}
"""The signs of ``--rule``, before the evidence that leads to a verdict."""

WORD = 60
"""What a stranger wrote is cut to so many columns inside of a sentence."""

_CODES = {HOSTILE_PATTERN: OUTLIER, IS_UNUSUAL: BAR}


def verdict_code(verdict: str) -> str:
    """The colour of a verdict."""
    return _CODES.get(verdict, BOLD)


def sentence(item: Evidence, clock: Clock | None, look: Look) -> str:
    """The sentence of a piece of evidence, with what strangers wrote escaped and cut."""
    ascii = not look.unicode
    dots = "..." if ascii else "…"
    words = []
    for word in item.words:
        if isinstance(word, When):
            words.append(instant(word.ns, clock))
        else:
            text = shown(word, True, ascii)[0]
            words.append(cut(text, WORD, dots) if text else "(empty)")
    return item.sentence.format(*words)


def instant(ns: int, clock: Clock | None) -> str:
    """Date and time to the second, in the zone of the log."""
    if clock is None:
        return f"@{ns / 1e9:.0f}"
    wall = clock.wall(ns)
    return f"{wall.date} {wall.time}"


def evidence_lines(found: Sequence[Evidence], clock: Clock | None, look: Look) -> Iterator[str]:
    """One paragraph for each piece of evidence, with its sign before it."""
    for item in found:
        sign = SIGNS.get(item.bearing, " ")
        code = OUTLIER if item.bearing == HOSTILE else BAR if item.bearing == UNUSUAL else DIM
        lines = wrapped(sentence(item, clock, look), look, 4)
        first = next(lines)
        yield f"  {paint(sign, code, look.colour)} {first}\n"
        for line in lines:
            yield f"    {line}\n"


def wrapped(text: str, look: Look, indent: int) -> Iterator[str]:
    """A text in lines that fit beside an indent; words are never cut but where one is too long."""
    width = (USUAL_WIDTH if look.width == UNLIMITED else look.width) - indent
    dots = "…" if look.unicode else "..."
    line = ""
    for word in text.split(" "):
        if line and display_width(line) + 1 + display_width(word) > width:
            yield line
            line = ""
        line = f"{line} {word}" if line else cut(word, max(1, width), dots)
    yield line
