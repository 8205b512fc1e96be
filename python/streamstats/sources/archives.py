"""The members of zip and tar archives as sources, named ``archive.zip:member/path``."""

from __future__ import annotations

import io
import stat
from typing import IO, NamedTuple, cast

from streamstats.errors import SourceError
from streamstats.sources.compressed import DEFLATE, SNIFFED, Feed, decoder, sniff
from streamstats.sources.descriptors import Window
from streamstats.sources.files import SAMPLE_BYTES, SAMPLE_LINES, Source, decoded_range, unreadable

TYPE_CHECKING = False
if TYPE_CHECKING:
    import tarfile
    import zipfile
    from collections.abc import Callable, Iterator
    from typing import Self

    from streamstats.sources.compressed import Decoder

ZIP = "zip"
TAR = "tar"

_SECOND = 1_000_000_000
_BLOCK = 512

_STORED, _DEFLATED = 0, 8
_ENCODINGS = {_DEFLATED: DEFLATE, 12: "bzip2", 93: "zstd", 95: "xz"}
"""The methods of zip whose bytes are as they would stand in a file of their own."""

_HEADS = 16 << 20
"""The first lines of the members of a compressed tar are kept in so much memory."""


def archive(head: bytes) -> str | None:
    """The kind of archive whose first bytes these are, None where they are of none."""
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return ZIP
    return TAR if _is_tar(head) else None


def members(source: Source, kind: str) -> Iterator[Source | SourceError]:
    """The files in an archive, in their order in it; and an error for each that cannot be read."""
    if kind == ZIP:
        found = _zip(source)
    elif source.size is not None:
        found = _tar(source)
    elif source.repeatable:
        found = _packed(source)
    else:
        found = iter([_whole(source)])
    for member in found:
        if isinstance(member, Source):
            member.found = True
        yield member


def _is_tar(head: bytes) -> bool:
    """Whether the first block has the sum of a tar header, which every kind of tar has."""
    if len(head) < _BLOCK or not head[0]:
        return False
    try:
        told = int(head[148:156].strip(b" \0") or b"0", 8)
    except ValueError:
        return False
    return told == sum(head[:148]) + 8 * 32 + sum(head[156:_BLOCK])


def _zip(source: Source) -> Iterator[Source | SourceError]:
    import zipfile  # only now is it known to be one

    if source.size is None:
        # The directory of a zip is at its end.
        reason = "is a zip archive, which cannot be read from a stream"
        yield SourceError(source.name, reason, "name the file instead")
        return
    window = io.BufferedReader(Window(source.handle, source.start, source.size))
    try:
        # It raises NotImplementedError for a version or a compression that it does not know.
        whole = zipfile.ZipFile(window)
    except (zipfile.BadZipFile, NotImplementedError, OSError, ValueError) as error:
        reason = f"is a zip archive whose directory cannot be read: {error}"
        yield SourceError(source.name, reason, "it may be cut off; fetch it once more")
        return
    for info in whole.infolist():
        mode = info.external_attr >> 16
        if info.is_dir() or (stat.S_IFMT(mode) not in (0, stat.S_IFREG)):
            continue
        name = f"{source.name}:{info.filename}"
        if info.flag_bits & 1:
            yield SourceError(name, "is encrypted", "extract it first: unzip -p ARCHIVE MEMBER")
            continue
        try:
            yield _zip_member(source, whole, info, name)
        except SourceError as error:
            yield error
        except (zipfile.BadZipFile, NotImplementedError, EOFError, OSError) as error:
            yield SourceError(name, str(error) or "cannot be read")


def _zip_member(source: Source, whole: zipfile.ZipFile, info: zipfile.ZipInfo, name: str) -> Source:
    import os

    fd = source.fd
    header = os.pread(fd, 30, source.start + info.header_offset)
    if len(header) < 30 or not header.startswith(b"PK\x03\x04"):
        raise SourceError(name, "is damaged: its header is not where the directory says")
    lengths = int.from_bytes(header[26:28], "little") + int.from_bytes(header[28:30], "little")
    start = source.start + info.header_offset + 30 + lengths
    stop = start + info.compress_size
    modified = _zip_modified(info)
    if stop > (source.size or 0):
        raise SourceError(name, "is cut off: the archive ends before it")
    if info.compress_type == _STORED:
        part = Source(name, source.handle, start=start, size=stop)
        return decoded_range(part, modified)[0]
    encoding = _ENCODINGS.get(info.compress_type)
    handle = source.handle

    def decode() -> Decoder:
        if encoding is not None:
            expected = (info.CRC, info.file_size)
            return decoder(handle.fd, encoding, b"", start, stop, expected=expected)
        share = info.compress_size / max(1, info.file_size)
        return Reading(_unzipped(whole.open(info)), share)

    return _nested(name, source, decode, info.compress_size, modified)


def _unzipped(file: IO[bytes]) -> Callable[[int], bytes]:
    import lzma
    import zipfile
    import zlib

    def read(size: int) -> bytes:
        try:
            return file.read(size)
        except (zipfile.BadZipFile, EOFError, zlib.error, lzma.LZMAError) as error:
            raise OSError(str(error) or "the zip data ends too early") from None

    return read


def _zip_modified(info: zipfile.ZipInfo) -> int | None:
    import time

    try:
        return int(time.mktime((*info.date_time, 0, 0, -1))) * _SECOND
    except (ValueError, OverflowError):
        return None


def _nested(
    name: str, source: Source, decode: Callable[[], Decoder], weight: int, modified: int | None
) -> Source:
    """A member; decoded once more where it is a compressed file itself."""
    encoding = sniff(_head(decode, name))

    def twice() -> Decoder:
        return Feed(decode().read, cast("str", encoding))

    return Source(
        name,
        source.handle,
        decode=decode if encoding is None else twice,
        weight=weight,
        modified=modified,
        repeatable=True,
    )


def _head(decode: Callable[[], Decoder], name: str) -> bytes:
    try:
        return decode().read(SNIFFED)
    except OSError as error:
        raise unreadable(name, error) from None


def _tar(source: Source) -> Iterator[Source | SourceError]:
    import tarfile

    start, stop = source.start, source.size or 0
    try:
        whole = tarfile.open(  # noqa: SIM115
            fileobj=io.BufferedReader(Window(source.handle, start, stop)),
            mode="r:",
            tarinfo=_strict(),
        )
        while (info := whole.next()) is not None:
            whole.members = []  # type: ignore[attr-defined]
            if not info.isreg():
                continue
            name = f"{source.name}:{info.name}"
            begin = start + info.offset_data
            if info.issparse():
                yield _sparse(name)
                continue
            end = min(begin + info.size, stop)
            part = Source(name, source.handle, start=begin, size=end)
            try:
                yield decoded_range(part, int(info.mtime) * _SECOND)[0]
            except SourceError as error:
                yield error
            if begin + info.size > stop:
                yield SourceError(
                    name, f"is cut off: {stop - begin:,} of {info.size:,} bytes are there"
                )
                return
    except (tarfile.TarError, OSError, EOFError) as error:
        yield SourceError(source.name, f"the tar archive cannot be read to its end: {error}")


def _strict() -> type[tarfile.TarInfo]:
    """A reader of headers for which a damaged one is an error; tarfile takes it for the end."""
    import tarfile

    class Strict(tarfile.TarInfo):
        @classmethod
        def frombuf(cls, buf: bytes | bytearray, encoding: str, errors: str) -> Self:
            try:
                return super().frombuf(buf, encoding, errors)
            except tarfile.HeaderError as error:
                # The others are that there is no more.
                if type(error).__name__ in ("InvalidHeaderError", "TruncatedHeaderError"):
                    raise tarfile.ReadError(f"damaged header: {error}") from None
                raise

    return Strict


def _sparse(name: str) -> SourceError:
    return SourceError(name, "is stored with holes, which is not read", "extract it first")


class Way:
    """A compressed tar, gone through from its beginning as often as it has to be."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._tar: tarfile.TarFile | None = None
        self._info: tarfile.TarInfo | None = None
        self._number = -1
        self._taken = False
        self._ended = False
        self.told: str | None = None
        """Why it cannot be gone through to its end, where that has been said."""

    def next(self) -> tuple[int, tarfile.TarInfo] | None:
        """The next member and its number, None behind the last. Raises OSError."""
        import tarfile  # only now is it known to be one

        if self._ended:
            return None
        try:
            if self._tar is None:
                # Of a file object tarfile wants no more than that it reads.
                stream = cast("IO[bytes]", Reading(self._source.reader(), 0))
                self._tar = tarfile.open(  # noqa: SIM115
                    fileobj=stream, mode="r|", bufsize=1 << 18, tarinfo=_strict()
                )
            self._info = self._tar.next()
        except (tarfile.TarError, EOFError) as error:
            raise OSError(f"the tar archive cannot be read to its end: {error}") from None
        self._tar.members = []  # type: ignore[attr-defined]
        self._number += 1
        self._taken = False
        self._ended = self._info is None
        return (self._number, self._info) if self._info is not None else None

    def read(self, number: int) -> Callable[[int], bytes]:
        """What reads a member. It is good until the next is asked for. Raises OSError."""
        import tarfile

        if number < self._number or (number == self._number and self._taken):
            self._tar, self._number, self._ended = None, -1, False
        while self._number < number:
            if self.next() is None:
                raise OSError("changed while it was read; run again")
        assert self._tar is not None
        assert self._info is not None
        file = self._tar.extractfile(self._info)
        self._taken = True

        def read(size: int) -> bytes:
            try:
                return file.read(size) if file is not None else b""
            except (tarfile.TarError, EOFError) as error:
                raise OSError(f"the tar archive ends too early: {error}") from None
            except OSError as error:
                if str(error) == self.told:
                    return b""
                raise

        return read


def _packed(source: Source) -> Iterator[Source | SourceError]:
    """The members of a compressed tar.

    It is gone through once to find them and their first lines, and once more to count them.
    """
    way = Way(source)
    listed: list[_Listed] = []
    kept = 0
    failure: OSError | None = None
    try:
        while (member := way.next()) is not None:
            number, info = member
            if not info.isreg():
                continue
            item = _listed(way, number, info, SAMPLE_BYTES if kept < _HEADS else SNIFFED)
            kept += len(item.head)
            listed.append(item)
    except OSError as error:
        failure = error
        way.told = str(error)
    total = max(1, sum(item.size for item in listed))
    for item in listed:
        yield _packed_member(source, way, item, (source.weight or 0) * item.size // total)
    if failure is not None:
        yield unreadable(source.name, failure)


class _Listed(NamedTuple):
    """What is known of a member of a compressed tar before it is counted."""

    number: int
    name: str
    size: int
    modified: int
    encoding: str | None
    head: bytes


def _listed(way: Way, number: int, info: tarfile.TarInfo, most: int) -> _Listed:
    read = way.read(number)
    head = read(SNIFFED)
    encoding = sniff(head)
    feed = None
    if encoding is not None:
        feed = Feed(read, encoding, head)
        head, read = b"", feed.read
    try:
        while len(head) < most and head.count(b"\n") < SAMPLE_LINES:
            part = read(16 * 1024)
            if not part:
                break
            head += part
    except OSError:
        # It is met again when it is counted, and then it is said.
        pass
    finally:
        if feed is not None:
            feed.close()
    return _Listed(number, info.name, info.size, int(info.mtime) * _SECOND, encoding, head)


def _packed_member(source: Source, way: Way, item: _Listed, weight: int) -> Source:
    def decode() -> Decoder:
        read = way.read(item.number)
        if item.encoding is not None:
            return Feed(read, item.encoding)
        return Reading(read, weight / max(1, item.size))

    return Source(
        f"{source.name}:{item.name}",
        source.handle,
        decode=decode,
        weight=weight,
        modified=item.modified,
        repeatable=True,
        head=item.head,
    )


def _whole(source: Source) -> Source:
    """The files of a compressed tar that cannot be gone through twice, as one."""
    way = Way(source)
    current: Callable[[int], bytes] | None = None
    ended = True

    def read(size: int) -> bytes:
        nonlocal current, ended
        while True:
            part = current(size) if current is not None else b""
            if part:
                ended = part.endswith(b"\n")
                return part
            if not ended:
                ended = True
                return b"\n"
            member = way.next()
            if member is None:
                return b""
            current = _opened(way.read(member[0])) if member[1].isreg() else None

    return Source(source.name, source.handle, decode=lambda: Reading(read, 0))


def _opened(read: Callable[[int], bytes]) -> Callable[[int], bytes]:
    """What reads a member; decoded where it is a compressed file itself."""
    head = read(SNIFFED)
    encoding = sniff(head)
    return _after(head, read) if encoding is None else Feed(read, encoding, head).read


def _after(head: bytes, read: Callable[[int], bytes]) -> Callable[[int], bytes]:
    def both(size: int) -> bytes:
        nonlocal head
        part, head = head, b""
        return part or read(size)

    return both


class Reading:
    """What a function reads, as a decoder gives it."""

    def __init__(self, read: Callable[[int], bytes], share: float) -> None:
        """``share`` of a byte on the disk is taken for each byte that is read."""
        self._read = read
        self._share = share
        self._given = 0

    @property
    def consumed(self) -> int:
        """So many bytes on the disk were taken, about."""
        return int(self._given * self._share)

    def read(self, size: int, /) -> bytes:
        """At most ``size`` bytes."""
        part = self._read(size)
        self._given += len(part)
        return part
