"""One value explained: the verdict, its evidence, since when, its timeline, and telling lines."""

from __future__ import annotations

from collections.abc import Iterator

from streamstats.render.colour import BAR, BOLD, DIM, paint
from streamstats.render.escape import shown, shown_name
from streamstats.render.evidence import (
    evidence_lines,
    instant,
    verdict_code,
    wrapped,
)
from streamstats.render.instants import Clock
from streamstats.render.look import UNLIMITED, USUAL_WIDTH, Look
from streamstats.render.numbers import number, percent, plural
from streamstats.render.sparks import spark
from streamstats.render.width import cut, display_width, pad
from streamstats.summary.explained import Explanation, Explanations, Passage, Top
from streamstats.summary.facts import Facts
from streamstats.summary.model import Timeline
from streamstats.summary.onset import Onset
from streamstats.summary.rates import widen
from streamstats.times.duration import spell

LABEL = 10
"""Columns of what stands before a line."""

ROWS = 2
"""So many rows of a terminal are given to a line of the log."""

MOST = 4096
"""So many characters of it are shown where there is no width to keep to."""


def render_explain(page: Explanations, look: Look) -> Iterator[str]:
    """The values one after another, an empty line between them. Lines end in a line feed."""
    clock = None if page.time is None else Clock(page.time.zone)
    for at, item in enumerate(page.values):
        if at:
            yield "\n"
        yield from _value(page, item, clock, look)


def _value(page: Explanations, item: Explanation, clock: Clock | None, look: Look) -> Iterator[str]:
    facts, verdict = item.facts, item.verdict
    width = _width(look)
    name = _text(facts.value, look, max(8, width - len(verdict.verdict) - 2))
    yield (
        paint(name, BOLD, look.colour)
        + ": "
        + paint(verdict.verdict, verdict_code(verdict.verdict), look.colour)
        + "\n"
    )
    yield from evidence_lines(verdict.evidence, clock, look)
    if not verdict.evidence:
        yield f"    {plural(facts.records, 'record')}, and nothing about them stands out\n"
    for caveat in verdict.caveats:
        for line in wrapped(caveat, look, 4):
            yield "    " + paint(line, DIM, look.colour) + "\n"
    yield "\n"
    if item.name is not None:
        yield from _labelled("name", shown_name(item.name, True, not look.unicode), look)
    if clock is not None and facts.first is not None and facts.last is not None:
        if item.onset is not None:
            yield from _labelled("since", _since(item.onset, clock), look)
        yield from _labelled("seen", _seen(facts, item, clock), look)
        if item.timeline is not None:
            yield from _timeline(item.timeline, item.onset, look)
    else:
        yield from _labelled("records", _share(facts, item), look)
    for top in item.tops:
        yield from _top(top, look)
    if item.lines:
        yield paint("lines", DIM, look.colour) + "\n"
        for passage in item.lines:
            yield from _passage(passage, look)


def _since(onset: Onset, clock: Clock) -> str:
    start, end = instant(onset.start, clock), clock.wall(onset.end)
    day = clock.wall(onset.start).date
    stop = end.time if end.date == day else f"{end.date} {end.time}"
    rates = f"{_rate(onset.inside)} inside, {_rate(onset.outside)} outside"
    if onset.first_seen:
        said = f"{start} (first seen), busiest until {stop}: {rates}"
    elif onset.from_start:
        said = f"{start}, where the log begins, or before; until {stop}: {rates}"
    else:
        said = f"{start} to {stop}: {rates}"
    return said if onset.clear else f"{said}; no clear rise"


def _rate(value: float) -> str:
    if value == 0:
        return "0"
    for unit, length in (("s", 1), ("min", 60), ("h", 3600)):
        if value * length >= 1:
            return (
                f"{value * length:,.3g}/{unit}"
                if value * length < 1000
                else (f"{value * length:,.0f}/{unit}")
            )
    return f"{value * 86400:,.2g}/day"


def _seen(facts: Facts, item: Explanation, clock: Clock) -> str:
    assert facts.first is not None
    assert facts.last is not None
    first, last = clock.wall(facts.first), clock.wall(facts.last)
    stop = last.time if first.date == last.date else f"{last.date} {last.time}"
    span = f"{first.date} {first.time}"
    if facts.first != facts.last:
        span += f" to {stop}"
    return f"{span} {last.offset}, {_share(facts, item)}"


def _share(facts: Facts, item: Explanation) -> str:
    return f"{plural(facts.records, 'record')}, {percent(item.share)} of all"


def _timeline(timeline: Timeline, onset: Onset | None, look: Look) -> Iterator[str]:
    each = len(" 500ms each")
    most = max(2, _width(look) - LABEL - each)
    first = timeline.start // timeline.step
    counts = [(first + at, count) for at, count in enumerate(timeline.counts)]
    narrow = widen(counts, timeline.step, most)
    blocks = spark(narrow.counts, look.unicode)
    yield (
        paint(pad("timeline", LABEL), DIM, look.colour)
        + paint(blocks, BAR, look.colour)
        + paint(f" {spell(narrow.step)} each", DIM, look.colour)
        + "\n"
    )
    if onset is not None and onset.clear:
        begin = (onset.start - narrow.start) // narrow.step
        end = max(begin, (onset.end - 1 - narrow.start) // narrow.step)
        begin, end = max(0, begin), min(len(narrow.counts) - 1, end)
        line = "└" if look.unicode else "^"
        line += ("─" if look.unicode else "-") * max(0, end - begin - 1)
        if end > begin:
            line += "┘" if look.unicode else "^"
        yield " " * (LABEL + begin) + paint(line, DIM, look.colour) + "\n"


def _top(top: Top, look: Look) -> Iterator[str]:
    """A group, and its most frequent texts with their records, as many as fit into a line."""
    width = _width(look)
    label = cut(shown_name(top.group, True, not look.unicode), LABEL - 1)
    room = width - LABEL
    line, told = "", 0
    for text, records in top.texts:
        count = number(records)
        most = max(8, room - len(count) - 1 if not told else 40)
        part = f"{_text(text, look, min(most, room - len(count) - 1))} {count}"
        if told and display_width(line) + 2 + display_width(part) > room - 10:
            break
        line = f"{line}, {part}" if line else part
        told += 1
    if top.distinct > told:
        more = f", {number(top.distinct - told)} more"
        if display_width(line) + len(more) <= room:
            line += more
    yield paint(pad(label, LABEL), DIM, look.colour) + line + "\n"


def _passage(passage: Passage, look: Look) -> Iterator[str]:
    """Where the line stands and why it is shown; below, as much of it as two rows hold."""
    ascii = not look.unicode
    place = f"{shown_name(passage.file, True, ascii)}:{passage.line}"
    why = f" ({passage.why})" if passage.why else ""
    dots = "..." if ascii else "…"
    yield "  " + paint(cut(place + why, _width(look) - 2, dots), DIM, look.colour) + "\n"
    room = _width(look) - 4 if look.width != UNLIMITED else MOST
    text = shown(passage.text[: 4 * room * ROWS], True, ascii)[0]
    for row in range(ROWS):
        part, text = _split(text, room)
        if text and row == ROWS - 1:
            part = _split(part, room - len(dots))[0] + dots
        yield f"    {part}\n"
        if not text:
            break


def _split(text: str, width: int) -> tuple[str, str]:
    """What fits into so many columns, and the rest."""
    end = min(len(text), width)
    while end > 1 and display_width(text[:end]) > width:
        end -= 1
    return text[:end], text[end:]


def _labelled(label: str, text: str, look: Look) -> Iterator[str]:
    lines = wrapped(text, look, LABEL)
    yield paint(pad(label, LABEL), DIM, look.colour) + next(lines) + "\n"
    for line in lines:
        yield " " * LABEL + line + "\n"


def _text(value: bytes, look: Look, width: int) -> str:
    if not value:
        return "(empty)"
    dots = "…" if look.unicode else "..."
    return cut(shown(value, True, not look.unicode)[0], width, dots)


def _width(look: Look) -> int:
    return USUAL_WIDTH if look.width == UNLIMITED else max(40, look.width)
