"""Files that are opened when they are read, so that thousands can be counted in one run."""

from __future__ import annotations

import errno
import io
import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

OPEN = 64
"""So many files are held open at once."""


class Pool:
    """The files of one run that are open. Those not used for the longest time are closed."""

    __slots__ = ("_limit", "_open")

    def __init__(self, limit: int = OPEN) -> None:
        self._limit = limit
        self._open: dict[File, None] = {}

    def used(self, file: File) -> None:
        """``file`` is open, and is wanted now."""
        self._open.pop(file, None)
        self._open[file] = None
        while len(self._open) > self._limit:
            next(iter(self._open)).rest()

    def closed(self, file: File) -> None:
        """``file`` is not open any more."""
        self._open.pop(file, None)

    def close(self) -> None:
        """Close all."""
        for file in list(self._open):
            file.rest()


class File:
    """A regular file. ``fd`` opens it again where it was closed in between."""

    __slots__ = ("_fd", "_identity", "_path", "_pool")

    def __init__(self, path: str, fd: int, pool: Pool) -> None:
        status = os.fstat(fd)
        self._path = path
        self._fd = fd
        self._identity = (status.st_dev, status.st_ino)
        self._pool = pool
        pool.used(self)

    @property
    def fd(self) -> int:
        """The descriptor; good until some other files were used. Raises OSError."""
        if self._fd < 0:
            self._fd = self._again()
        self._pool.used(self)
        return self._fd

    def rest(self) -> None:
        """Close it until it is wanted."""
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1
            self._pool.closed(self)

    def close(self) -> None:
        """The same; it would be opened again."""
        self.rest()

    def _again(self) -> int:
        fd = os.open(self._path, os.O_RDONLY | os.O_CLOEXEC)
        status = os.fstat(fd)
        if (status.st_dev, status.st_ino) != self._identity:
            os.close(fd)
            raise OSError(errno.ESTALE, "became another file while others were read; run again")
        return fd


class Stream:
    """A descriptor that is kept as it is: standard input, a pipe, a device."""

    __slots__ = ("_own", "fd")

    def __init__(self, fd: int, *, own: bool) -> None:
        self.fd = fd
        self._own = own

    def rest(self) -> None:
        """What it gave cannot be had again, so it stays open."""

    def close(self) -> None:
        """Close it, unless it is standard input."""
        if self._own:
            os.close(self.fd)
            self._own = False


class Window(io.RawIOBase):
    """Bytes of a file as a Python file of their own."""

    def __init__(self, handle: File | Stream, start: int, stop: int) -> None:
        super().__init__()
        self._handle = handle
        self._start = start
        self._stop = max(start, stop)
        self._at = start

    def readable(self) -> bool:
        """It is."""
        return True

    def seekable(self) -> bool:
        """It is."""
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        """Read from where it stands."""
        view = memoryview(buffer).cast("B")
        part = os.pread(self._handle.fd, min(len(view), self._stop - self._at), self._at)
        view[: len(part)] = part
        self._at += len(part)
        return len(part)

    def seek(self, offset: int, whence: int = 0) -> int:
        """Go to a place."""
        origin = (self._start, self._at, self._stop)[whence]
        self._at = min(max(self._start, origin + offset), self._stop)
        return self._at - self._start

    def tell(self) -> int:
        """Where it stands."""
        return self._at - self._start
