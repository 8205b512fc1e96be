"""All suspects, worst first: a line each with the reason, or their values alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from streamstats.render.colour import DIM, OUTLIER, paint
from streamstats.render.escape import shown
from streamstats.render.evidence import instant, sentence, verdict_code, wrapped
from streamstats.render.instants import Clock
from streamstats.render.look import UNLIMITED, USUAL_WIDTH, Look
from streamstats.render.numbers import number, plural
from streamstats.render.width import cut, display_width, pad
from streamstats.summary.explained import Suspect, Suspects
from streamstats.summary.verdict import HOSTILE_PATTERN

VALUE = 40
"""A value takes at most so many columns."""


def render_suspects(page: Suspects, top: int, look: Look) -> Iterator[str]:
    """The first ``top`` suspects (0: all) with the strongest evidence of each, and a summary."""
    clock = None if page.time is None else Clock(page.time.zone)
    shown_ones = page.found[:top] if top else page.found
    yield from _table(shown_ones, clock, look)
    more = len(page.found) - len(shown_ones)
    if more:
        dots = "…" if look.unicode else "..."
        yield paint(f"{dots} {number(more)} more", DIM, look.colour) + "\n"
    for rolled in page.rolled or ():
        yield paint("! ", OUTLIER, look.colour) + rolled.sentence + "\n"
    yield ("\n" if page.found or page.rolled else "") + _said(page) + "\n"
    for caveat in page.caveats:
        for line in wrapped(caveat, look, 0):
            yield paint(line, DIM, look.colour) + "\n"


def render_plain(page: Suspects, top: int, look: Look) -> Iterator[str]:
    """The values alone, one a line, for other programs.

    One with a line feed in it could pass for two, and is left out.
    """
    del look
    for item in page.found[:top] if top else page.found:
        if b"\n" not in item.facts.value and b"\r" not in item.facts.value:
            yield item.facts.value.decode("utf-8", "surrogateescape") + "\n"


def _said(page: Suspects) -> str:
    unusual = len(page.found) - page.hostile
    values = page.population.values
    if not page.found:
        return f"no suspects among {plural(values, 'value')}"
    return (
        f"{number(page.hostile)} with a hostile pattern, {number(unusual)} unusual, "
        f"of {plural(values, 'value')}"
    )


def _table(found: Sequence[Suspect], clock: Clock | None, look: Look) -> Iterator[str]:
    rows: list[tuple[str, str, str, str, str]] = []
    ascii = not look.unicode
    dots = "..." if ascii else "…"
    for item in found:
        facts, verdict = item.facts, item.verdict
        value = cut(shown(facts.value, True, ascii)[0], VALUE, dots) or "(empty)"
        since = "" if clock is None or facts.first is None else instant(facts.first, clock)
        sign = "!" if verdict.verdict == HOSTILE_PATTERN else "~"
        reason = sentence(verdict.evidence[0], clock, look)
        rows.append((sign, value, number(facts.records), since, reason))
    if not rows:
        return
    header = ("", "value", "records", "first seen" if clock is not None else "", "why")
    widths = [
        max(display_width(row[at]) for row in (header, *rows)) for at in range(len(header) - 1)
    ]
    if look.width != UNLIMITED and widths[3] and look.width < 110:
        widths[3] = 0  # the reason says more
    left = sum(width + 2 for width in widths if width) - 1
    for at, row in enumerate((header, *rows)):
        sign, value, records, since, reason = row
        cells = [pad(sign, 1) + " " + pad(value, widths[1]), records.rjust(widths[2])]
        if widths[3]:
            cells.append(pad(since, widths[3]))
        line = "  ".join(cells) + "  "
        room = (USUAL_WIDTH * 2 if look.width == UNLIMITED else max(look.width, left + 12)) - (
            display_width(line)
        )
        text = line + _clipped(reason, room, dots)
        if at == 0:
            yield paint(text.rstrip(), DIM, look.colour) + "\n"
        elif look.colour:
            code = verdict_code(HOSTILE_PATTERN if sign == "!" else "unusual")
            yield paint(sign, code, True) + text[1:] + "\n"
        else:
            yield text.rstrip() + "\n"


def _clipped(text: str, room: int, dots: str) -> str:
    """A sentence cut at its end, since it begins with what matters."""
    if display_width(text) <= room:
        return text
    while text and display_width(text) > room - len(dots):
        text = text[:-1]
    return text.rstrip(" ,;(") + dots
