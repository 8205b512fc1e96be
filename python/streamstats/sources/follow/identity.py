"""Whether a file is still the one that was read.

A file is known by device and inode while it is open: nobody else gets its inode then. That does not
tell whether it was cut off and written anew, nor where its contents went. So the first bytes are
remembered, and those just before the place up to which it was read; a file that has both is a copy,
or the file itself.
"""

from __future__ import annotations

import os
from typing import NamedTuple

HEAD = 1024
"""So many of the first bytes are compared,"""

MARK = 1024
"""and so many before the place up to which a file was read."""

Key = tuple[int, int]
"""Device and inode."""


class Print(NamedTuple):
    """What a file held when it was read up to a place."""

    head: bytes
    mark: bytes
    position: int

    def fits(self, fd: int) -> bool:
        """Whether the file holds the same up to that place. Raises OSError."""
        start = self.position - len(self.mark)
        return (
            os.pread(fd, len(self.head), 0) == self.head
            and os.pread(fd, len(self.mark), start) == self.mark
        )

    def begins(self, fd: int, size: int) -> bool:
        """Whether a file begins in the same way, as a copy does while it is made."""
        length = min(size, len(self.head))
        return length > 0 and os.pread(fd, length, 0) == self.head[:length]


NOTHING = Print(b"", b"", 0)
"""Of a file of which nothing was read: any fits."""


def taken(fd: int, position: int, before: Print) -> Print:
    """The print of a file that was read up to ``position``. Raises OSError."""
    head = before.head
    if len(head) < HEAD:
        head = os.pread(fd, min(HEAD, position), 0)
    length = min(MARK, position)
    return Print(head, os.pread(fd, length, position - length), position)
