"""Compressed bytes: recognised by what they begin with, and decoded while they are counted."""

from __future__ import annotations

import os
from typing import Protocol

from streamstats import _core

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

SNIFFED = 1024
"""So many first bytes tell a compression or an archive."""

#: What is not read here: how it begins, what it is, and the command that opens it.
FOREIGN = (
    (b"\x1f\x9d", "compress", "zcat FILE | streamstats"),
    (b"LZIP", "lzip", "lzip -dc FILE | streamstats"),
    (b"\x89LZO\x00\r\n", "lzop", "lzop -dc FILE | streamstats"),
    (b"7z\xbc\xaf\x27\x1c", "7-Zip", "7z x -so FILE | streamstats"),
    (b"Rar!\x1a\x07", "RAR", "unrar p -inul FILE | streamstats"),
)

DEFLATE = "deflate"
"""Without a header, as zip has it."""


class Decoder(Protocol):
    """Gives decoded bytes."""

    @property
    def consumed(self) -> int:
        """So many of the compressed bytes were taken."""

    def read(self, size: int, /) -> bytes:
        """At most ``size`` bytes, none at the end. Raises OSError for damaged and cut-off data."""


def sniff(head: bytes) -> str | None:
    """The name of the compression of bytes that begin so, None where there is none."""
    return _core.sniff(head)


def foreign(head: bytes) -> tuple[str, str] | None:
    """What is known and cannot be read here, and the command that opens it."""
    for magic, kind, command in FOREIGN:
        if head.startswith(magic):
            return kind, command
    return None


def decoder(
    fd: int,
    encoding: str,
    prefix: bytes = b"",
    start: int | None = None,
    stop: int | None = None,
    *,
    expected: tuple[int, int] | None = None,
) -> Decoder:
    """Decode ``prefix`` and what is read from ``fd``; or with ``start`` a part of a file.

    ``expected`` are the CRC-32 and the length of what comes out, where an archive says them.
    """
    return _core.Decoder(fd, encoding, prefix, start, stop, expected)


class Feed:
    """Decodes what a Python function reads, which the core can only take from a descriptor.

    A thread writes it to a pipe. What ``read`` raises is raised where the decoded bytes end.
    """

    def __init__(self, read: Callable[[int], bytes], encoding: str, prefix: bytes = b"") -> None:
        from threading import Thread  # few need it

        self._failures: list[Exception] = []
        self._consumed = 0
        self._out, into = os.pipe()
        self._decoder: Decoder | None = decoder(self._out, encoding)
        # It knows nothing of this object, which so can go while it waits.
        given = (read, prefix, into, self._failures)
        self._thread = Thread(target=_pump, args=given, daemon=True)
        self._thread.start()

    @property
    def consumed(self) -> int:
        """So many compressed bytes were taken."""
        if self._decoder is not None:
            self._consumed = self._decoder.consumed
        return self._consumed

    def read(self, size: int, /) -> bytes:
        """At most ``size`` decoded bytes."""
        if self._decoder is None:
            return b""
        try:
            part = self._decoder.read(size)
        except OSError:
            self.close()
            if self._failures:
                raise self._failures[0] from None
            raise
        if not part:
            self.close()
            if self._failures:
                raise self._failures[0]
        return part

    def close(self) -> None:
        """Stop reading, and wait a little until what was being read is."""
        self._shut()
        self._thread.join(1)

    def __del__(self) -> None:
        self._shut()

    def _shut(self) -> None:
        if self._out >= 0:
            self._consumed = self.consumed
            # The decoder has a descriptor of its own.
            self._decoder = None
            os.close(self._out)
            self._out = -1


def _pump(read: Callable[[int], bytes], part: bytes, into: int, failures: list[Exception]) -> None:
    try:
        while True:
            view = memoryview(part)
            while view:
                view = view[os.write(into, view) :]
            part = read(1 << 18)
            if not part:
                break
    except BrokenPipeError:
        return  # nobody wants the rest
    except Exception as error:  # of whoever reads: told where the bytes end
        failures.append(error)
    finally:
        os.close(into)
