"""What can be counted in a log, as a table or as JSON."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from streamstats.render.colour import BOLD, DIM, paint
from streamstats.render.escape import shown, shown_name
from streamstats.render.look import UNLIMITED, Look
from streamstats.render.numbers import number, percent, plural
from streamstats.render.width import cut, display_width, pad

GAP = "  "
_EXAMPLE = 30
"""An example is cut to so many columns."""


class Shown(NamedTuple):
    """One row: a group or a key."""

    name: str
    lines: int
    distinct: int
    exact: bool
    numbers: int
    range: tuple[str, str] | None
    examples: tuple[bytes, ...]


class Page(NamedTuple):
    """All that is shown."""

    pattern: str
    files: Sequence[str]
    lines: int
    matched: int
    fields: Sequence[Shown]
    more: bool
    commands: Sequence[str]


def render_fields(page: Page, look: Look) -> Iterator[str]:
    """A table, and below it the commands to try."""
    ascii = not look.unicode
    dots = "..." if ascii else "…"
    matched = ""
    if page.matched != page.lines:
        matched = f", {number(page.lines - page.matched)} of them of another form"
    title = f"'{shown_name(page.pattern, True, ascii)}', {plural(page.lines, 'line')}{matched}"
    yield paint(title, BOLD, look.colour) + "\n\n"
    rows = [("field", "lines", "distinct", "range", ["examples"])]
    for field in page.fields:
        about = "" if field.exact else "~" if ascii else "≈"
        rows.append(
            (
                shown_name(field.name, True, ascii),
                percent(field.lines / max(1, page.matched)),
                about + number(field.distinct),
                _range(field.range),
                [_example(text, ascii, dots) for text in field.examples],
            )
        )
    widths = [max(display_width(str(row[at])) for row in rows) for at in range(4)]
    room = look.width - sum(widths) - 4 * len(GAP) if look.width != UNLIMITED else None
    for at, row in enumerate(rows):
        name, share, distinct, span, examples = row
        line = GAP.join(
            (
                pad(name, widths[0]),
                share.rjust(widths[1]),
                " " * (widths[2] - display_width(distinct)) + distinct,
                pad(span, widths[3]),
                _fitting(examples, room, dots),
            )
        ).rstrip()
        if look.width != UNLIMITED:
            line = cut(line, look.width, dots)
        yield (paint(line, DIM, look.colour) if at == 0 else line) + "\n"
    if page.more:
        yield paint(f"{dots} more keys; these are the first", DIM, look.colour) + "\n"
    if page.commands:
        yield "\nTry\n"
        for command in page.commands:
            yield f"  {command}\n"


def render_fields_json(page: Page, text: Callable[[object], str]) -> Iterator[str]:
    """One JSON object, with a line for each field. ``text`` writes a value as JSON."""
    files = text([shown_name(name, False) for name in page.files])
    yield f'{{"schema": 1, "files": {files}, "pattern": {text(shown_name(page.pattern, False))},\n'
    yield f' "lines": {page.lines}, "matched": {page.matched},\n "fields": ['
    before = "\n  "
    for field in page.fields:
        item = {
            "name": shown_name(field.name, False),
            "lines": field.lines,
            "share": field.lines / max(1, page.matched),
            "distinct": field.distinct,
            "approximate": not field.exact,
            "numbers": field.numbers,
            "range": list(field.range) if field.range else None,
            "examples": [shown(example, False)[0] for example in field.examples],
        }
        yield before + text(item)
        before = ",\n  "
    more = "true" if page.more else "false"
    yield f'],\n "more": {more}, "try": {text(list(page.commands))}}}\n'


def _range(span: tuple[str, str] | None) -> str:
    if span is None:
        return ""
    return span[0] if span[0] == span[1] else f"{span[0]} to {span[1]}"


def _fitting(examples: Sequence[str], room: int | None, dots: str) -> str:
    """As many whole examples as there is room for, and of the first what there is room for."""
    text = ", ".join(examples)
    if room is None or display_width(text) <= room:
        return text
    for most in range(len(examples) - 1, 0, -1):
        text = ", ".join(examples[:most])
        if display_width(text) <= room:
            return text
    return cut(examples[0], max(0, room), dots) if examples else ""


def _example(text: bytes, ascii: bool, dots: str) -> str:
    if not text:
        return "(empty)"
    return cut(shown(text, True, ascii)[0], _EXAMPLE, dots)
