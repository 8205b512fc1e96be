"""Files, pipes and devices, by path; ``-`` is standard input."""

from __future__ import annotations

import os
import stat
import time

from streamstats.errors import SourceError
from streamstats.sources.compressed import SNIFFED, decoder, foreign, sniff
from streamstats.sources.descriptors import File, Pool, Stream

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from streamstats.sources.compressed import Decoder

STDIN = "-"
STDIN_NAME = "(standard input)"

SAMPLE_LINES = 100
SAMPLE_BYTES = 256 * 1024
"""The first lines are looked for in so many bytes, so that detection costs little on any input."""


class Source:
    """Something to count.

    A regular file can be read at any place, and has a ``size``: where it stood when it was opened,
    so that a log that is being written ends. Of anything else ``size`` is None. What was read of
    a stream to look at its first lines is kept in ``prefix``, to be counted with the rest.

    Where ``decode`` is given, it makes a decoder, and what is counted is what that gives.
    """

    __slots__ = (
        *(
            "_begun",
            "_decode",
            "_head",
            "_modified",
            "alone",
            "found",
            "handle",
            "interrupted",
            "name",
            "prefix",
        ),
        *("repeatable", "sequential", "size", "start", "weight"),
    )

    def __init__(
        self,
        name: str,
        handle: File | Stream,
        *,
        start: int = 0,
        size: int | None = None,
        decode: Callable[[], Decoder] | None = None,
        weight: int | None = None,
        modified: int | None = None,
        repeatable: bool = False,
        head: bytes | None = None,
        alone: bool = True,
    ) -> None:
        """``head``: its first bytes, where they are known and dear to find again."""
        self.name = name
        self.handle = handle
        self.start = start
        self.size = size
        self.weight = weight if size is None else size - start
        """So many bytes on the disk are read for it; None where that is not known."""
        self.repeatable = repeatable or size is not None
        """It can be read once more."""
        self.alone = alone
        """It is read by Python, or by all threads, and not beside others."""
        self.found = False
        """Nobody named it: it was found in a folder or an archive."""
        self.sequential = head is not None
        """It is dear to read before another one that stands in front of it."""
        self.prefix = b""
        self.interrupted = False
        """Ctrl-C was pressed while its first lines were waited for."""
        self._decode = decode
        self._begun: Decoder | None = None
        self._modified = modified
        self._head = head

    @property
    def fd(self) -> int:
        """The descriptor. Raises OSError where the file cannot be opened once more."""
        return self.handle.fd

    @property
    def decoded(self) -> bool:
        """It is compressed, or a part of something that is."""
        return self._decode is not None

    @property
    def searchable(self) -> bool:
        """It is a file of its own, in which a place can be found by bisection."""
        return self.size is not None and self.start == 0

    @property
    def modified(self) -> int:
        """When it was last written, as far as that is known, else now; in nanoseconds."""
        if self._modified is not None:
            return self._modified
        return time.time_ns() if self.size is None else os.fstat(self.fd).st_mtime_ns

    def decoder(self) -> Decoder:
        """What gives its bytes behind ``prefix``. Raises OSError."""
        assert self._decode is not None
        begun, self._begun = self._begun, None
        return begun if begun is not None else self._decode()

    def reader(self) -> Callable[[int], bytes]:
        """What reads all its bytes from the beginning. Of a stream they are gone then."""
        prefix, self.prefix = self.prefix, b""
        behind = self.decoder().read if self.decoded else lambda size: os.read(self.fd, size)

        def read(size: int) -> bytes:
            nonlocal prefix
            if prefix:
                part, prefix = prefix[:size], prefix[size:]
                return part
            return behind(size)

        return read

    def rest(self) -> None:
        """Let go of its descriptor, where it can be opened once more."""
        self.handle.rest()

    def close(self) -> None:
        """Let go of its descriptor."""
        self._begun = None
        self.handle.close()

    def sample(self) -> list[bytes]:
        """The first lines, at most SAMPLE_LINES; the last one may lack its end.

        Raises SourceError when it cannot be read.
        """
        return first_lines(self.head())

    def head(self, lines: int = SAMPLE_LINES, most: int = SAMPLE_BYTES) -> bytes:
        """The first bytes, with so many lines if they are among the first ``most`` bytes.

        Of a compressed file that is damaged, those before the damage. Raises SourceError.
        """
        if self._head is not None:
            return self._head[:most]
        try:
            if self.size is not None:
                return os.pread(self.fd, min(most, self.size - self.start), self.start)
            if self._decode is None:
                self.prefix = self._fill(
                    self.prefix, lambda size: os.read(self.fd, size), lines, most
                )
                return self.prefix[:most]
            if self.repeatable:
                return self._fill(b"", self._decode().read, lines, most)[:most]
            if self._begun is None:
                self._begun = self._decode()
            self.prefix = self._fill(self.prefix, self._begun.read, lines, most)
            return self.prefix[:most]
        except OSError as error:
            raise unreadable(self.name, error) from None

    def _fill(self, prefix: bytes, read: Callable[[int], bytes], lines: int, most: int) -> bytes:
        try:
            while len(prefix) < most and prefix.count(b"\n") < lines:
                part = read(64 * 1024)
                if not part:
                    break
                prefix += part
        except KeyboardInterrupt:
            self.interrupted = True
        except OSError:
            # Where some bytes came before it, it is met again when they are counted.
            if not prefix:
                raise
        return prefix


def first_lines(head: bytes) -> list[bytes]:
    """The first lines of what has been read, at most SAMPLE_LINES, to find a pattern for."""
    lines = head.split(b"\n")
    if len(head) >= SAMPLE_BYTES and len(lines) > 1:
        # The last line was cut off where looking ended.
        lines.pop()
    if lines and not lines[-1]:
        lines.pop()
    return lines[:SAMPLE_LINES]


def open_source(path: str, pool: Pool) -> tuple[Source, bytes]:
    """Open a file, or standard input for ``-``. Decoded where it is compressed.

    Beside it come its first bytes, decoded, by which an archive is known; none of a stream that
    is not compressed, for which they would have to be waited for.

    Raises SourceError where it does not exist, may not be read, or is a folder.
    """
    name = STDIN_NAME if path == STDIN else path
    try:
        if path == STDIN:
            return _opened(name, 0, pool, own=False)
        # A pipe that nobody writes to would be waited for.
        fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except (OSError, ValueError) as error:
        raise unreadable(name, error) from None
    try:
        return _opened(name, fd, pool, own=True)
    except OSError as error:
        raise unreadable(name, error) from None


def _opened(name: str, fd: int, pool: Pool, *, own: bool) -> tuple[Source, bytes]:
    status = os.fstat(fd)
    if stat.S_ISDIR(status.st_mode):
        if own:
            os.close(fd)
        raise IsADirectoryError(21, "is a folder")
    if not stat.S_ISREG(status.st_mode) or status.st_size == 0:
        # The files of /proc are regular, have no size, and have contents.
        source, head = decoded_stream(Source(name, Stream(fd, own=own)))
        if head or not own or not stat.S_ISREG(status.st_mode):
            return source, head
    start = 0 if own else min(os.lseek(fd, 0, os.SEEK_CUR), status.st_size)
    handle = File(name, fd, pool) if own else Stream(fd, own=False)
    source = Source(name, handle, start=start, size=status.st_size)
    return decoded_range(source, status.st_mtime_ns)


def decoded_range(source: Source, modified: int | None = None) -> tuple[Source, bytes]:
    """The source that a part of a file stands for: itself, or what it holds compressed.

    Raises SourceError for a compression that is not known, OSError where it cannot be read.
    """
    start, stop, handle = source.start, source.size or 0, source.handle
    head = os.pread(handle.fd, min(SNIFFED, stop - start), start)
    encoding = _encoding(source.name, head)
    if encoding is None:
        source._modified = modified
        return source, head
    inner = Source(
        source.name,
        handle,
        decode=lambda: decoder(handle.fd, encoding, b"", start, stop),
        weight=stop - start,
        modified=modified,
        repeatable=True,
        alone=False,
    )
    return inner, inner.head(1 << 30, SNIFFED)


def decoded_stream(source: Source) -> tuple[Source, bytes]:
    """The source that a stream stands for: itself, or what it holds compressed."""
    # One block is what would be counted first anyway.
    try:
        head = os.read(source.fd, 64 * 1024)
        while 0 < len(head) < 6 and _may_be_compressed(head):
            part = os.read(source.fd, 64 * 1024)
            if not part:
                break
            head += part
    except KeyboardInterrupt:
        source.interrupted = True
        return source, b""
    encoding = _encoding(source.name, head)
    if encoding is None:
        source.prefix = head
        return source, head
    handle = source.handle
    inner = Source(
        source.name, handle, decode=lambda: decoder(handle.fd, encoding, head), alone=False
    )
    return inner, inner.head(1 << 30, SNIFFED)


def _may_be_compressed(head: bytes) -> bool:
    """Whether so few bytes may be the beginning of something compressed."""
    return head[:1] in (b"\x1f", b"B", b"\xfd", b"\x28", b"\x04", b"P") and b"\n" not in head


def _encoding(name: str, head: bytes) -> str | None:
    encoding = sniff(head)
    if encoding is None:
        known = foreign(head)
        if known is not None:
            raise SourceError(
                name, f"is compressed with {known[0]}, which is not read", f"try: {known[1]}"
            )
    return encoding


def unreadable(name: str, error: OSError | ValueError) -> SourceError:
    """The error for a source that cannot be read, or not any further."""
    if isinstance(error, IsADirectoryError):
        return SourceError(name, "is a folder", "to count the files in it, add -r")
    if isinstance(error, OSError):
        return SourceError(name, error.strerror or str(error))
    return SourceError(name, "a name cannot have a NUL byte in it")
