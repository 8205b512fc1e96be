"""Rows of a database: as a table, as JSON, or as any of the other formats."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from streamstats.render.colour import DIM, paint
from streamstats.render.delimited import csv_cell, tsv_cell
from streamstats.render.escape import shown, shown_name
from streamstats.render.look import UNLIMITED, Look
from streamstats.render.sampled import head, json_members, sentences
from streamstats.render.structured import SCHEMA, texts
from streamstats.render.table import Column, fit
from streamstats.render.text import EMPTY
from streamstats.render.width import cut, display_width
from streamstats.summary.model import SampleFacts

Cell = tuple[str, bytes]
"""The kind of a value, "text", "number", "boolean", "null" or "nested", and how it is written."""

NULL = "NULL"

_NUMBER = re.compile(rb"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?")


class Rows(NamedTuple):
    """Some rows, and how they were drawn."""

    columns: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    facts: SampleFacts


def render_rows(name: str, page: Rows, look: Look) -> Iterator[str]:
    """The rows in the format of that name: one of FORMATS."""
    if name == "text":
        yield from _text(page, look)
    elif name == "json":
        yield from _json(page, look)
    elif name == "ndjson":
        yield from (f"{row}\n" for row in _objects(page, look))
    elif name == "csv":
        yield from _separated(page, ",", "", csv_cell(look))
    elif name == "tsv":
        yield from _separated(page, "\t", "\\N", tsv_cell(look))
    else:
        yield from _markdown(page, look)


def _text(page: Rows, look: Look) -> Iterator[str]:
    yield from head(page.facts, look)
    if not page.rows:
        return
    ascii = not look.unicode
    names = [shown_name(name, True, ascii) for name in page.columns]
    cells = [[_cell(cell, ascii) for cell in row] for row in page.rows]
    right = [all(row[at][0] in ("number", "null") for row in page.rows) for at in range(len(names))]
    natural = [
        max(display_width(name), *(display_width(row[at]) for row in cells))
        for at, name in enumerate(names)
    ]
    columns = [Column(name, right=flush) for name, flush in zip(names, right, strict=True)]
    widths = natural if look.width == UNLIMITED else fit(columns, natural, look.width).widths
    dots = "..." if ascii else "…"

    def line(texts: Sequence[str], kinds: Sequence[str], code: str) -> str:
        parts = []
        for text, kind, width, flush in zip(texts, kinds, widths, right, strict=True):
            fitting = text if flush else cut(text, width, dots)
            blanks = " " * (width - display_width(fitting))
            dim = code or (DIM if kind == "null" else "")
            painted = paint(fitting, dim, look.colour) if dim else fitting
            parts.append(blanks + painted if flush else painted + blanks)
        return "  ".join(parts).rstrip(" ") + "\n"

    yield line(names, [""] * len(names), DIM)
    for told, row in zip(cells, page.rows, strict=True):
        yield line(told, [kind for kind, _ in row], "")


def _cell(cell: Cell, ascii: bool) -> str:
    kind, text = cell
    if kind == "null":
        return NULL
    if not text:
        return EMPTY
    told = shown(text, True, ascii)[0]
    return f'"{told}"' if told in (NULL, EMPTY) else told


def _json(page: Rows, look: Look) -> Iterator[str]:
    text = texts(look)
    yield f'{{"schema": {SCHEMA},\n "sample": {{{json_members(page.facts, text)}}},\n'
    names = ", ".join(text(shown_name(name, False)) for name in page.columns)
    yield f' "columns": [{names}],\n "rows": ['
    before = "\n  "
    for row in _objects(page, look):
        yield before + row
        before = ",\n  "
    yield "]}\n"


def _objects(page: Rows, look: Look) -> Iterator[str]:
    text = texts(look)
    names = [text(shown_name(name, False)) for name in page.columns]
    for row in page.rows:
        members = (f"{name}: {_member(cell, text)}" for name, cell in zip(names, row, strict=True))
        yield "{" + ", ".join(members) + "}"


def _member(cell: Cell, text: Callable[[str], str]) -> str:
    kind, held = cell
    if kind == "null":
        return "null"
    if kind == "boolean" or (kind == "number" and _NUMBER.fullmatch(held)):
        return held.decode("ascii")
    if kind == "nested":
        # Written by json with ASCII alone, so that nothing in it acts on a terminal.
        return held.decode("ascii").replace("\x7f", "\\u007f")
    return text(shown(held, False)[0])


def _separated(
    page: Rows, separator: str, null: str, text: Callable[[bytes], str]
) -> Iterator[str]:
    names = [text(name.encode("utf-8", "surrogateescape")) for name in page.columns]
    yield separator.join(names) + "\n"
    for row in page.rows:
        cells = [null if kind == "null" else text(held) for kind, held in row]
        if separator == ",":
            # Nothing between two commas is NULL, so an empty text needs its quotes.
            cells = [
                '""' if kind != "null" and not held else cell
                for (kind, held), cell in zip(row, cells, strict=True)
            ]
        yield separator.join(cells) + "\n"


def _markdown(page: Rows, look: Look) -> Iterator[str]:
    from streamstats.render.markdown import line, span

    ascii = not look.unicode
    yield " ".join(f"{span(each)}." for each in sentences(page.facts, look)) + "\n\n"
    yield line([span(shown_name(name, True, ascii)) for name in page.columns])
    yield line([":--"] * len(page.columns))
    for row in page.rows:
        yield line([_marked(cell, ascii) for cell in row])


def _marked(cell: Cell, ascii: bool) -> str:
    from streamstats.render.markdown import span

    kind, text = cell
    if kind == "null":
        return f"*{NULL}*"
    return span(shown(text, True, ascii)[0]) if text else "*(empty)*"
