"""How a separated file is written: its delimiter, and whether it begins with a header."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from streamstats.patterns.compile import columns

if TYPE_CHECKING:
    from collections.abc import Sequence

    from streamstats.patterns.compile import Shaped

DELIMITERS = (b",", b"\t", b";", b"|")

#: At least this share of the records, in hundredths, has as many columns as most.
SHARE = 90

#: What a column is hardly called: a number, an address, a time, or something longer than a name.
_VALUE = re.compile(rb"[-+]?[\d.,:/]+.*|.*[\d:]{5,}.*|.{65,}|.*[/@]\S*\..*", re.DOTALL)


class Dialect(NamedTuple):
    """How a separated file is written."""

    delimiter: bytes
    #: Those of the header; None without one.
    names: tuple[str, ...] | None
    #: How many columns most records have.
    width: int
    #: How many of the lines have so many.
    regular: int
    lines: int

    @property
    def is_regular(self) -> bool:
        """Whether nearly all records have the same number of columns, and more than one."""
        return self.width > 1 and 100 * self.regular >= SHARE * self.lines

    def compile(self) -> Shaped:
        """The shape of its records."""
        names = (
            None
            if self.names is None
            else [name.encode("utf-8", "surrogateescape") for name in self.names]
        )
        return columns(self.delimiter, names)


def dialect(lines: Sequence[bytes], delimiter: bytes | None, asked: Sequence[str] = ()) -> Dialect:
    """The delimiter (or that one) whose records are the most regular, and the header.

    The first record is the header if it has a name that is ``asked`` for, or else if it looks like
    one: distinct names, none of which is a number or an address or stands in its column again.
    """
    candidates = (delimiter,) if delimiter is not None else DELIMITERS
    found = [_of(lines, each) for each in candidates]
    best = max(found, key=lambda each: (each[0].is_regular, each[0].regular * each[0].width))
    if delimiter is None and best[0].width < 2:
        best = found[0]
    written, records = best
    return written._replace(names=_header(records, asked))


def records(lines: Sequence[bytes]) -> list[bytes]:
    """Lines put together where a quote goes over their end. One that nothing closes is let be."""
    found: list[bytes] = []
    at = 0
    while at < len(lines):
        end = at + 1
        if lines[at].count(b'"') % 2:
            odd = (to for to in range(at + 1, len(lines)) if lines[to].count(b'"') % 2)
            end = next(odd, at) + 1
        found.append(b"\n".join(lines[at:end]))
        at = end
    return found


def _of(lines: Sequence[bytes], delimiter: bytes) -> tuple[Dialect, list[list[bytes]]]:
    shape = columns(delimiter)
    found = [shape.match(line) for line in lines if line]
    records = [[value or b"" for value in record.values()] for record in found if record]
    widths = [len(record) for record in records]
    width = max(set(widths), key=lambda width: (widths.count(width), width), default=0)
    return Dialect(delimiter, None, width, widths.count(width), len(found)), records


def _header(records: list[list[bytes]], asked: Sequence[str]) -> tuple[str, ...] | None:
    if not records:
        return None
    first = [
        cell.removeprefix(b"\xef\xbb\xbf") if not at else cell for at, cell in enumerate(records[0])
    ]
    names = tuple(cell.decode("utf-8", "surrogateescape") for cell in first)
    if any(name in names and not name.isdecimal() for name in asked):
        return names
    if len(set(first)) < len(first) or not all(
        cell and not _VALUE.fullmatch(cell) for cell in first
    ):
        return None
    if len(first) < 2 and not asked:
        return None
    for record in records[1:]:
        if any(cell == name for cell, name in zip(record, first, strict=False)):
            return None
    return names
