"""The latest lines of a value, out of what is followed."""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from streamstats.engines.follow import Following
    from streamstats.engines.ways import Way

_TAIL = 4 << 20
"""So many of the last bytes of each file are looked through."""

_LONGEST = 64 * 1024
"""So many bytes of a line are shown."""


def latest(following: Following, groups: tuple[bytes, ...], most: int) -> list[bytes]:
    """The latest lines that hold a value, the latest first, as far as they are in the last parts of
    files, and of streams.
    """
    found: list[bytes] = []
    with following.lock:
        files = [
            (os.dup(file.fd), file.position, way)
            for file in reversed(following.ledger.files)
            if (way := following.ways_of.get(file.key)) is not None
        ]
        recent = list(following.recent)
    try:
        for data, way in _backward(files, recent):
            for line in reversed(data.splitlines()):
                if _holds(line, groups, way):
                    found.append(line[:_LONGEST])
                    if len(found) == most:
                        return found
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


def _holds(line: bytes, groups: tuple[bytes, ...], way: Way) -> bool:
    compiled = way.choice.compiled
    if compiled is None:
        return line == groups[0]
    plain = getattr(way.choice.pattern, "shape", "") == ""
    if plain and not all(group in line for group in groups):
        return False
    held = compiled.match(line)
    if held is None:
        return False
    return all(
        (held.get(name) or b"") == group for name, group in zip(way.choice.by, groups, strict=True)
    )
