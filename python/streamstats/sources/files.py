"""Files, pipes and devices, by path; ``-`` is standard input."""

from __future__ import annotations

import os
import stat

from streamstats.errors import SourceError

STDIN = "-"
STDIN_NAME = "(standard input)"

SAMPLE_LINES = 100
SAMPLE_BYTES = 256 * 1024
"""The first lines are looked for in so many bytes, so that detection costs little on any input."""

COMPRESSED = (
    (b"\x1f\x8b", "gzip", "zcat"),
    (b"BZh", "bzip2", "bzcat"),
    (b"\xfd7zXZ\x00", "xz", "xzcat"),
    (b"\x28\xb5\x2f\xfd", "zstd", "zstdcat"),
    (b"\x04\x22\x4d\x18", "lz4", "lz4cat"),
)


class Source:
    """An open source.

    A regular file can be read at any place, and has a ``size``: where it stood when it was opened,
    so that a log that is being written ends. Of anything else, a stream, ``size`` is None, and what
    was read to look at its first lines is kept in ``prefix``, to be counted with the rest.
    """

    __slots__ = ("_own", "fd", "interrupted", "name", "prefix", "size", "start")

    def __init__(self, name: str, fd: int, *, own: bool, start: int, size: int | None) -> None:
        self.name = name
        self.fd = fd
        self._own = own
        self.start = start
        self.size = size
        self.prefix = b""
        self.interrupted = False
        """Ctrl-C was pressed while its first lines were waited for."""

    def close(self) -> None:
        """Close it, unless it is standard input."""
        if self._own:
            os.close(self.fd)
            self._own = False

    def sample(self) -> list[bytes]:
        """The first lines, at most SAMPLE_LINES; the last one may lack its end.

        Raises SourceError when it cannot be read.
        """
        try:
            head = self._head()
        except OSError as error:
            raise unreadable(self.name, error) from None
        return first_lines(head)

    def _head(self) -> bytes:
        if self.size is not None:
            return os.pread(self.fd, min(SAMPLE_BYTES, self.size - self.start), self.start)
        try:
            while len(self.prefix) < SAMPLE_BYTES:
                if self.prefix.count(b"\n") >= SAMPLE_LINES:
                    break
                part = os.read(self.fd, 64 * 1024)
                if not part:
                    break
                self.prefix += part
        except KeyboardInterrupt:
            self.interrupted = True
        return self.prefix[:SAMPLE_BYTES]


def first_lines(head: bytes) -> list[bytes]:
    """The first lines of what has been read, at most SAMPLE_LINES, to find a pattern for."""
    lines = head.split(b"\n")
    if len(head) >= SAMPLE_BYTES and len(lines) > 1:
        # The last line was cut off where looking ended.
        lines.pop()
    if lines and not lines[-1]:
        lines.pop()
    return lines[:SAMPLE_LINES]


def open_source(path: str) -> Source:
    """Open a file, or standard input for ``-``.

    Raises SourceError where it does not exist, may not be read, or is a folder.
    """
    try:
        if path == STDIN:
            return _source(STDIN_NAME, 0, own=False)
        fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except (OSError, ValueError) as error:
        raise unreadable(STDIN_NAME if path == STDIN else path, error) from None
    try:
        source = _source(path, fd, own=True)
        kind = compression(os.pread(fd, 8, 0)) if source.size is not None else None
    except OSError as error:
        os.close(fd)
        raise unreadable(path, error) from None
    if kind is not None:
        source.close()
        name, command = kind
        raise SourceError(
            path, f"is compressed with {name}", f"open it first: {command} FILE | streamstats"
        )
    return source


def _source(name: str, fd: int, *, own: bool) -> Source:
    status = os.fstat(fd)
    if stat.S_ISDIR(status.st_mode):
        raise IsADirectoryError(21, "is a folder")
    if not stat.S_ISREG(status.st_mode) or status.st_size == 0:
        # The files of /proc are regular, have no size, and have contents.
        return Source(name, fd, own=own, start=0, size=None)
    start = 0 if own else os.lseek(fd, 0, os.SEEK_CUR)
    return Source(name, fd, own=own, start=min(start, status.st_size), size=status.st_size)


def unreadable(name: str, error: OSError | ValueError) -> SourceError:
    """The error for a source that cannot be read, or not any further."""
    if isinstance(error, IsADirectoryError):
        return SourceError(name, "is a folder", "name the files in it, as in FOLDER/*.log")
    if isinstance(error, OSError):
        return SourceError(name, error.strerror or str(error))
    return SourceError(name, "a name cannot have a NUL byte in it")


def compression(head: bytes) -> tuple[str, str] | None:
    """How the bytes are compressed, and the command that opens them; None if they are not."""
    for magic, kind, command in COMPRESSED:
        if head.startswith(magic):
            return kind, command
    return None
