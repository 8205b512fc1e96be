"""Pipes, and standard input, as they are written: whole lines as soon as they are there."""

from __future__ import annotations

import contextlib
import fcntl
import os
import select
import time

BLOCK = 1 << 20

GATHER = 0.01
"""A stream that is written all the time is read for so many seconds, or until a block is there: a
pipe holds little, and counting little at a time costs more.
"""

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
        # A larger pipe, where it is one and may be.
        with contextlib.suppress(OSError):
            fcntl.fcntl(fd, fcntl.F_SETPIPE_SZ, BLOCK)

    def read(self) -> bytes:
        """The whole lines that are there by now, b"" where there are none.

        At the end, what stands behind the last line end too. Raises OSError.
        """
        parts: list[bytes] = []
        got, until = 0, time.monotonic() + GATHER
        while got < BLOCK and self._is_ready(until - time.monotonic() if got else 0.0):
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

    def _is_ready(self, seconds: float) -> bool:
        return bool(select.select([self.fd], [], [], max(0.0, seconds))[0])
