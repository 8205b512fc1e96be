"""Telling a text from a number, or from nothing, where both read the same in one column."""

from __future__ import annotations

import re

from streamstats.render.escape import shown_alike, shown_row

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from streamstats.summary.change import Change
    from streamstats.summary.model import Row

_READS = (
    ("number", re.compile(rb"-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?")),
    ("boolean", re.compile(rb"true|false")),
    ("null", re.compile(rb"null")),
    ("missing", re.compile(rb"\(missing\)")),
    ("nested", re.compile(rb"[\[{].*[\]}]", re.DOTALL)),
)


class Kinds:
    """The kinds beside text that each column shows; a text that reads like one is quoted."""

    __slots__ = ("_shown",)

    def __init__(self, columns: int, rows: Iterable[Row | Change] = ()) -> None:
        self._shown: list[set[str]] = [set() for _ in range(columns)]
        self.see(rows)

    def see(self, rows: Iterable[Row | Change]) -> None:
        """Take these rows into account."""
        for row in rows:
            for shown, kind in zip(self._shown, row.kinds, strict=False):
                if kind != "text":
                    shown.add(kind)

    def __bool__(self) -> bool:
        return any(self._shown)

    def quotes(self, row: Row | Change, at: int) -> bool:
        """Whether the value of a column is a text that would be taken for something else."""
        shown = self._shown[at]
        if not shown or row.kinds[at : at + 1] != ("text",):
            return False
        text = row.groups[at]
        return any(kind in shown and like.fullmatch(text) for kind, like in _READS)


def named(row: Row, kinds: Kinds) -> str:
    """A value as people see it on a terminal; texts that would be taken for something else are in
    quotes.
    """
    if not kinds:
        return shown_row(row)
    texts = shown_alike(row.groups, True)[0] if len(row.groups) > 1 else [shown_row(row)]
    return " ".join(f'"{text}"' if kinds.quotes(row, at) else text for at, text in enumerate(texts))
