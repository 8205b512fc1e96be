"""Counts bytes with the core, for tests that hold a shape against another reader."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from streamstats import _core

Group = tuple[str, bytes]


def counted(
    shape: _core.Shape, by: Sequence[str], data: bytes, step: int = 1 << 20, threads: int = 1
) -> tuple[Counter[tuple[Group, ...]], _core.Report]:
    """How often each value was counted, as kinds and texts; ``data`` is read in steps."""
    chunks = iter([data[at : at + step] for at in range(0, len(data), step)])
    counter = _core.Counter(threads)
    report = counter.chunks(_core.Scan(shape, by), lambda: next(chunks, b""), b"")
    order = counter.finish().order()
    found: Counter[tuple[Group, ...]] = Counter()
    for key, records, _ in order.slice(0, len(order)):
        found[tuple(_core.split(key, len(by)))] += records
    return found, report
