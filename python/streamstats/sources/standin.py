"""Decoders of the standard library behind the interface of the core's, until that is there."""

from __future__ import annotations

import bz2
import lzma
import os
import zlib
from typing import Any

MAGIC = (
    (b"\x1f\x8b\x08", "gzip"),
    (b"BZh", "bzip2"),
    (b"\xfd7zXZ\x00", "xz"),
    (b"\x28\xb5\x2f\xfd", "zstd"),
    (b"\x04\x22\x4d\x18", "lz4"),
)


def sniff(head: bytes) -> str | None:
    return next((name for magic, name in MAGIC if head.startswith(magic)), None)


def _fresh(encoding: str) -> Any:
    if encoding == "gzip":
        return zlib.decompressobj(31)
    if encoding == "deflate":
        return zlib.decompressobj(-15)
    if encoding == "bzip2":
        return bz2.BZ2Decompressor()
    if encoding == "xz":
        return lzma.LZMADecompressor()
    raise OSError(f"{encoding} is not decoded yet")


class Decoder:
    def __init__(
        self,
        fd: int,
        encoding: str,
        prefix: bytes = b"",
        start: int | None = None,
        stop: int | None = None,
        expected: Any = None,
    ) -> None:
        self._fd = os.dup(fd)
        self._encoding = encoding
        self._pending = prefix
        self._at, self._stop = start, stop
        self.consumed = 0
        self._inner: Any = None
        self._out = b""
        self._failed: OSError | None = None

    def __del__(self) -> None:
        os.close(self._fd)

    def _raw(self) -> bytes:
        if self._pending:
            part, self._pending = self._pending, b""
        elif self._at is None:
            part = os.read(self._fd, 1 << 16)
        else:
            size = min(1 << 16, (self._stop or 1 << 60) - self._at)
            part = os.pread(self._fd, size, self._at)
            self._at += len(part)
        self.consumed += len(part)
        return part

    def read(self, size: int) -> bytes:
        while not self._out:
            if self._failed:
                raise self._failed
            part = self._raw()
            if not part:
                if self._inner is not None:
                    self._failed = OSError(
                        f"the {self._encoding} data ends too early, after {self.consumed} bytes"
                    )
                    raise self._failed
                return b""
            while part:
                if self._inner is None:
                    if self._encoding == "gzip" and not part.strip(b"\0"):
                        break
                    self._inner = _fresh(self._encoding)
                try:
                    self._out += self._inner.decompress(part)
                except Exception as error:
                    self._failed = OSError(
                        f"the {self._encoding} data is damaged at byte {self.consumed}: {error}"
                    )
                    break
                part = b""
                if self._inner.eof:
                    part = self._inner.unused_data
                    self._inner = None
                    if self._encoding == "deflate":
                        return self._take(size)
        return self._take(size)

    def _take(self, size: int) -> bytes:
        out, self._out = self._out[:size], self._out[size:]
        return out
