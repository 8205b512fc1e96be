"""One file that grows, and how far it was read."""

from __future__ import annotations

import os
from typing import NamedTuple

from streamstats.sources.follow.identity import NOTHING, Key, taken

_BLOCK = 64 * 1024

SMALL = 1 << 20
"""Up to so many bytes are read at once, and looked at again before they are believed."""


LARGE = 64 << 20
"""A part has not more bytes, where lines allow it."""


class Part(NamedTuple):
    """Whole lines of a file, to be counted now."""

    file: Tracked
    start: int
    stop: int
    data: bytes | None
    """The bytes; None where there are so many that they are better read while they are counted."""


class Tracked:
    """A file that is held open, so that what it gets after it was renamed or deleted is read, too.

    What lies before ``position`` was given out, and is never given out again. The position is
    always behind a line end, or 0, unless ``rest`` was given.
    """

    def __init__(self, path: str, fd: int, key: Key) -> None:
        self.path = path
        self.fd = fd
        self.key = key
        self.print = NOTHING
        """What it held up to where it was looked at. A copy has that of its original."""
        self.position = 0
        """Up to here all was given out; from here to what was looked at there is no line end."""
        self.retired = False
        """Another file has its name now, or none."""
        self.lost = 0
        """So many bytes of it were counted and cannot be read again, since it was cut off."""
        self.restarts = 0
        """So many times was it cut off."""

    @property
    def scanned(self) -> int:
        """Up to here it was looked at."""
        return self.print.position

    def size(self) -> int:
        """How long it is now. Raises OSError."""
        return os.fstat(self.fd).st_size

    def is_whole(self) -> bool:
        """Whether what was given out can be read again; a cut may not have been noticed yet."""
        try:
            return not self.scanned or not self.is_cut(self.size())
        except OSError:
            return False

    def is_cut(self, size: int) -> bool:
        """Whether it was cut off since, whatever was written behind that. Raises OSError."""
        return size < self.scanned or not self.print.fits(self.fd)

    def skip(self, to: int) -> None:
        """Give out nothing before a place, which is behind a line end. Raises OSError."""
        if to > self.position:
            self.print = taken(self.fd, to, self.print)
            self.position = to

    def part(self) -> Part | None:
        """The whole lines that were added; None where there are none. Raises OSError.

        Call it only when ``is_cut`` says no. It may be cut off at any moment, so a part that is
        given with its data was still there after it had been read.
        """
        # A long one is given in parts, so that whoever waits for the rest can look around.
        size = min(self.size(), self.scanned + LARGE)
        stop = self._last_end(size)
        return None if stop is None else self._given(stop)

    def rest(self) -> Part | None:
        """What stands behind the last line end, when nothing more will come. Raises OSError."""
        size = self.size()
        return self._given(size) if size > self.position else None

    def _given(self, stop: int) -> Part | None:
        start, data = self.position, None
        if stop - start <= SMALL:
            data = os.pread(self.fd, stop - start, start)
            if len(data) != stop - start or self.is_cut(self.size()):
                return None
        self.print = taken(self.fd, stop, self.print)
        self.position = stop
        return Part(self, start, stop, data)

    def _last_end(self, size: int) -> int | None:
        """Behind the last line end after the position; looked for from behind."""
        end = size
        while end > self.scanned:
            begin = max(self.scanned, end - _BLOCK)
            at = os.pread(self.fd, end - begin, begin).rfind(b"\n")
            if at >= 0:
                return begin + at + 1
            end = begin
        if size > self.scanned:
            self.print = taken(self.fd, size, self.print)
        return None

    def restart(self) -> None:
        """It was cut off: begin anew."""
        self.restarts += 1
        self.lost += self.position
        self.print = NOTHING
        self.position = 0

    def close(self) -> None:
        """Let go of it."""
        os.close(self.fd)
