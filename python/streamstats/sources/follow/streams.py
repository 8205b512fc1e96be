"""Pipes, and standard input, as they are written: whole lines as soon as they are there."""

from __future__ import annotations

import os
import select

BLOCK = 1 << 20

LONGEST = 1 << 20
"""A line without an end is given out once it has so many bytes, as one that is too long."""


class Flow:
    """A stream that is read without waiting for it."""

    def __init__(self, name: str, fd: int, prefix: bytes = b"", *, own: bool = False) -> None:
        self.name = name
        self.fd = fd
        self.ended = False
        self._own = own
        self._begun = [prefix] if prefix else []
        """What came since the last line end, or was read before."""
        self._length = len(prefix)

    def read(self, most: int = 16 * BLOCK) -> bytes:
        """The whole lines that are there by now, b"" where there are none.

        At the end, what stands behind the last line end too. Raises OSError.
        """
        parts: list[bytes] = []
        got = 0
        while got < most and self._is_ready():
            try:
                part = os.read(self.fd, BLOCK)
            except BlockingIOError:
                break
            if not part:
                self.ended = True
                break
            got += len(part)
            parts.append(part)
        self._begun += parts
        self._length += got
        whole = b"".join(self._begun)
        if self.ended:
            self._begun, self._length = [], 0
            return whole
        end = whole.rfind(b"\n") + 1
        if not end and self._length > LONGEST:
            end = self._length
        self._begun = [whole[end:]]
        self._length -= end
        return whole[:end]

    def rest(self) -> bytes:
        """What stands behind the last line end, when nothing more is read."""
        rest = b"".join(self._begun)
        self._begun, self._length = [], 0
        return rest

    def close(self) -> None:
        """Let go of it."""
        if self._own:
            os.close(self.fd)

    def _is_ready(self) -> bool:
        return bool(select.select([self.fd], [], [], 0)[0])
