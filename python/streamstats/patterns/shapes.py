"""Which shape the first lines of a log have, and which of its patterns reads them best."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from streamstats.patterns.detect import SHARE, Detection
from streamstats.patterns.groups import bare
from streamstats.patterns.known import named, of_shape
from streamstats.patterns.shaped import HEADED, reading, requires

if TYPE_CHECKING:
    from collections.abc import Sequence

    from streamstats.patterns.model import Pattern

#: Two pairs or more, and nothing else: an expression that begins with a pair is no logfmt yet.
_PAIRS = re.compile(rb"[ \t]*(?:[\w.@/:\[\]-]+=(?:\"(?:[^\"\\]|\\.)*\"|[^\s\"]*)(?:[ \t]+|$)){2,}$")

#: What separated files are called, and their shapes.
_NAMES = {".csv": "csv", ".tsv": "tsv"}


def announced(lines: Sequence[bytes]) -> Detection | None:
    """What begins with an object, or with lines that say how the others read."""
    if lines[0].lstrip().startswith(b"{"):
        return _best("json", lines)
    for kind, begin in HEADED.items():
        if any(line[: len(begin)].lower() == begin for line in lines if line.startswith(b"#")):
            return _best(kind, lines)
    return None


def pairs(lines: Sequence[bytes]) -> Detection | None:
    """Lines of ``key=value`` and nothing else."""
    fit = sum(_PAIRS.match(line) is not None for line in lines)
    return _best("logfmt", lines) if 100 * fit >= SHARE * len(lines) else None


def separated(lines: Sequence[bytes], name: str, asked: Sequence[str]) -> Detection | None:
    """Columns, where the file is called so, or somebody asks for one of them.

    A text with commas goes on being text.
    """
    kind = next((kind for end, kind in _NAMES.items() if name.lower().endswith(end)), None)
    if not lines or (kind is None and not asked):
        return None
    from streamstats.patterns.separated import dialect, records

    lines = records(lines)
    names = [bare(name) for name in asked]
    written = dialect(lines, b"\t" if kind == "tsv" else None, names)
    if kind is None:
        known = {*(written.names or ()), *(str(number + 1) for number in range(written.width))}
        if not written.is_regular or not known.issuperset(names):
            return None
        kind = "tsv" if written.delimiter == b"\t" else "csv"
    pattern = named(kind)
    return Detection(pattern, written.regular, max(1, written.lines)) if pattern else None


def _best(kind: str, lines: Sequence[bytes]) -> Detection | None:
    """The most specific pattern of a shape whose required keys nearly all lines have."""
    patterns = of_shape(kind)
    read = reading(_plain(patterns, kind), lines)
    seen = read.seen
    if not seen.matched or 100 * seen.matched < SHARE * seen.lines:
        return None
    pattern = next((pattern for pattern in patterns if requires(pattern, seen)), None)
    return Detection(pattern, seen.matched, seen.lines) if pattern else None


def _plain(patterns: Sequence[Pattern], kind: str) -> Pattern:
    """The pattern that is called as its shape is."""
    return next(pattern for pattern in patterns if pattern.name == kind)
