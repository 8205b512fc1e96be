"""Rotated sets, such as ``access.log``, ``access.log.1``, ``access.log.2.gz``."""

from __future__ import annotations

import os
import re
from typing import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

_COMPRESSED = re.compile(r"\.(?:gz|bz2|xz|zst|zstd|lz4)$", re.IGNORECASE)
_DAY = r"(?:19|20)\d\d[-_.]?(?:0[1-9]|1[0-2])(?:[-_.]?[0-3]\d(?:[-_.T]?\d\d(?:[-_.:]?\d\d){0,2})?)?"
# A number is that of a rotation only behind all else: worker-1.log and worker-2.log may have been
# written at the same time, as app-8080.log and app-8081.log may.
_NUMBER = r"\.(?:\d{1,3}|\d{10})$"
_MARK = re.compile(rf"{_NUMBER}|[-_.]{_DAY}(?=$|\.[A-Za-z]+$)|\.(?:old|bak)$", re.IGNORECASE)


def set_of(name: str) -> str:
    """What all files of one rotated set have in common: the name without what rotating adds."""
    folder, base = os.path.split(name)
    base = _COMPRESSED.sub("", base)
    while True:
        shorter = _MARK.sub("", base)
        if shorter == base or not shorter:
            return os.path.join(folder, base)
        base = shorter


class Span(NamedTuple):
    """What is known of a source before it is read: its name, and its first instant if any."""

    name: str
    first: int | None


def order(spans: Sequence[Span]) -> list[int]:
    """The places of the sources in the order in which to read them.

    The files of a rotated set come in the order of their first instants, where the first of them
    stood. One whose instant is not known stays behind those before it.
    """
    sets: dict[str, list[int]] = {}
    for at, span in enumerate(spans):
        sets.setdefault(set_of(span.name), []).append(at)
    ordered: list[int] = []
    for places in sets.values():
        known = sorted(
            (at for at in places if spans[at].first is not None),
            key=lambda at: spans[at].first or 0,
        )
        ordered += known + [at for at in places if spans[at].first is None]
    return ordered


def outside(spans: Sequence[Span], start: int | None, end: int | None, lateness: int) -> list[bool]:
    """Which sources have no record in ``[start, end)``, given in the order of ``order``.

    A record is at most ``lateness`` older than one before it. So a file is behind the window when
    its first record is that much behind the end, and before it when a later file of its set
    begins that much before the start. A file that begins with another one may be a copy of it,
    and is not taken for a later one.
    """
    skipped = []
    follow: dict[str, list[int]] = {}
    for span in reversed(spans):
        later = follow.setdefault(set_of(span.name), [])
        first = span.first
        behind = end is not None and first is not None and first - lateness >= end
        before = (
            start is not None
            and first is not None
            and any(first + lateness < after < start - lateness for after in later)
        )
        skipped.append(behind or before)
        if first is not None:
            later.append(first)
    return skipped[::-1]
