"""Binary file objects and iterables of bytes, for those who call from Python."""

from __future__ import annotations

from typing import Protocol, cast

from streamstats.errors import UsageError
from streamstats.sources.compressed import Feed, sniff

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

_CHUNK = 1 << 20


class BinaryFile(Protocol):
    """Anything that bytes can be read from."""

    def read(self, size: int, /) -> bytes:
        """At most ``size`` bytes, none at the end."""


def reader(source: BinaryFile | Iterable[bytes]) -> Callable[[], bytes]:
    """A function that returns the next bytes, none at the end.

    A file object is read from where it stands, and decoded where it is compressed. The items of an
    iterable are lines, with or without their ends; an item may be several lines. Raises UsageError
    for text, there and when called.
    """
    if hasattr(source, "read"):
        return _from_file(cast("BinaryFile", source))
    return _from_items(iter(source))


def _from_file(file: BinaryFile) -> Callable[[], bytes]:
    feed: Feed | None = None
    begun = False

    def plain(size: int) -> bytes:
        return _binary(file.read(size), "the file object is opened for text; open it with 'rb'")

    def read() -> bytes:
        nonlocal feed, begun
        if feed is not None:
            return feed.read(_CHUNK)
        part = plain(_CHUNK)
        encoding = sniff(part) if not begun else None
        begun = True
        if encoding is None:
            return part
        feed = Feed(plain, encoding, part)
        return feed.read(_CHUNK)

    return read


def _from_items(items: Iterator[bytes]) -> Callable[[], bytes]:
    def read() -> bytes:
        parts: list[bytes] = []
        size = 0
        for item in items:
            line = _binary(item, "an item of the iterable is not bytes")
            parts.append(line if line.endswith(b"\n") else line + b"\n")
            size += len(parts[-1])
            if size >= _CHUNK:
                break
        return b"".join(parts)

    return read


def _binary(data: object, message: str) -> bytes:
    if isinstance(data, bytes):
        return data
    if isinstance(data, (bytearray, memoryview)):
        return bytes(data)
    raise UsageError(message)
