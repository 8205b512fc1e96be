"""The latest lines of a value, out of what is followed."""

from __future__ import annotations

import os
import time

from streamstats.engines.standing import exact

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from streamstats.engines.follow import Following
    from streamstats.engines.ways import Way
    from streamstats.sources.growing import Growing
    from streamstats.summary.model import Row

_TAIL = 4 << 20
"""So many of the last bytes of each file are looked through,"""

_MOST = 32 << 20
"""and so many in all."""

_PIECE = 512
"""So many lines are counted at once, to see whether any is of the value."""

_LONGEST = 64 * 1024
"""So many bytes of a line are given."""


def latest(following: Following, row: Row, most: int) -> list[bytes]:
    """The latest lines that hold a value, the latest first, as far as they are in the last parts of
    files, and of streams.

    A line holds a value if counting it counts that value: so networks, conditions, windows and the
    kinds of JSON are what they are in the count.
    """
    found: list[bytes] = []
    with following.lock:
        if following.growing is None:
            return found
        growing = following.new_growing(following.growing.by)
        files = [
            (os.dup(file.fd), file.position, way)
            for file in reversed(following.ledger.files)
            if (way := following.ways_of.get(file.key)) is not None
        ]
        recent = list(following.recent)
    try:
        left = _MOST
        for data, way in _backward(files, recent):
            lines = data.splitlines()
            for end in range(len(lines), 0, -_PIECE):
                piece = lines[max(0, end - _PIECE) : end]
                for line in _of_value(piece, row, way, growing):
                    found.append(line[:_LONGEST])
                    if len(found) == most:
                        return found
            left -= len(data)
            if left <= 0:
                break
    finally:
        for fd, _, _ in files:
            os.close(fd)
    return found


def _backward(
    files: list[tuple[int, int, Way]], recent: list[tuple[bytes, Way]]
) -> Iterator[tuple[bytes, Way]]:
    yield from reversed(recent)
    for fd, position, way in files:
        start = max(0, position - _TAIL)
        try:
            data = os.pread(fd, position - start, start)
        except OSError:
            continue
        if start:
            # The first line of it has no beginning.
            data = data[data.find(b"\n") + 1 :]
        yield data, way


def _of_value(lines: Sequence[bytes], row: Row, way: Way, growing: Growing) -> Iterator[bytes]:
    """Those of some lines that are of a value, the last one first: by halves."""
    text = b"\n".join(lines) + b"\n"
    tally = growing.apart(text, way.choice, way.clock_now(), time.time_ns())
    if not tally.holds(*row.groups, kinds=exact(row)):
        return
    if len(lines) == 1:
        yield lines[0]
        return
    half = len(lines) // 2
    yield from _of_value(lines[half:], row, way, growing)
    yield from _of_value(lines[:half], row, way, growing)
