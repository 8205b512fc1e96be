"""Where draws are kept for a while, since the time of a database is dearer than that of a cache.

On disk, in memcached or in Redis. A cache that fails is left out from then on, and said: it never
fails a draw. What it holds are rows: who may read it may read them.
"""

from __future__ import annotations

import hashlib
import os
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import urlsplit

from streamstats.errors import UsageError, printable
from streamstats.sources.database.encoding import decode, encode

if TYPE_CHECKING:
    from collections.abc import Mapping

PATIENCE = 0.5
"""Seconds that a cache may take to answer."""

DISK = 64 << 20
"""Bytes that the cache on disk may take."""

_MOST = 1 << 20
"""A draw of more bytes is not kept: memcached takes no more."""


class Store(Protocol):
    """What keeps bytes."""

    def get(self, key: str) -> bytes | None:
        """What is kept there; None for nothing."""

    def set(self, key: str, value: bytes, seconds: float) -> None:
        """Keep it so long."""

    def close(self) -> None:
        """Let go of it."""


class Cache:
    """A store that draws are kept in. ``warning`` says why it is not used any more, if so."""

    def __init__(self, store: Store | None, seconds: float, name: str = "the cache") -> None:
        self._store = store
        self._name = name
        self.seconds = seconds
        self.warning: str | None = None
        self.hits = 0

    @property
    def used(self) -> bool:
        """Whether anything is kept."""
        return self._store is not None

    def get(self, *parts: object) -> Any:
        """What was kept under these, None for nothing."""
        if self._store is None:
            return None
        try:
            data = self._store.get(_key(parts))
        except Exception as error:  # whatever a client library raises: it is not worth a draw
            self._fail(error)
            return None
        if not isinstance(data, bytes):
            return None
        try:
            found = decode(data)
        except ValueError:
            return None
        self.hits += 1
        return found

    def set(self, value: object, *parts: object) -> None:
        """Keep something under these."""
        if self._store is None:
            return
        data = encode(value)
        if len(data) > _MOST:
            return
        try:
            self._store.set(_key(parts), data, self.seconds)
        except Exception as error:  # as above
            self._fail(error)

    def close(self) -> None:
        """Let go of the store."""
        store, self._store = self._store, None
        if store is not None:
            try:
                store.close()
            except Exception:  # there is nothing left to do about it
                return

    def _fail(self, error: Exception) -> None:
        reason = printable(str(error).splitlines()[0]) if str(error) else type(error).__name__
        self.warning = f"{self._name} is not used: {reason}"
        self.close()


def open_cache(url: str | None, seconds: float, environ: Mapping[str, str] = os.environ) -> Cache:
    """The cache at a URL: ``memcached://HOST``, ``redis://HOST/0``, a folder, or None for the usual
    folder, ``$XDG_CACHE_HOME/streamstats/samples``.

    Raises:
        UsageError: it is no such URL, or needs a package that is not installed.
    """
    kind = url.partition("://")[0].lower() if url and "://" in url else "disk"
    name = "the cache" if url is None else f"the cache {shown(url)}"
    try:
        if kind == "memcached":
            store: Store = _Memcached(url or "")
        elif kind in ("redis", "rediss", "unix"):
            store = _Redis(url or "")
        elif kind in ("disk", "file"):
            store = _Disk(_folder(url, environ))
        else:
            raise UsageError(
                f"there is no cache of the kind '{printable(kind)}'",
                "memcached://HOST, redis://HOST/0, or a folder",
            )
    except ImportError as error:
        extra = "memcached" if kind == "memcached" else "redis"
        raise UsageError(
            f"{printable(str(error.name))} is not installed",
            f"pip install 'streamstats-logs[{extra}]', or leave --cache out",
        ) from None
    except UsageError:
        raise
    except Exception as error:  # a folder that cannot be made, a URL that a client cannot read
        cache = Cache(None, seconds, name)
        cache.warning = f"{name} is not used: {printable(str(error).splitlines()[0])}"
        return cache
    return Cache(store, seconds, name)


def no_cache() -> Cache:
    """Keeps nothing."""
    return Cache(None, 0)


def shown(url: str) -> str:
    """A URL without user and password."""
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    return printable(f"{parts.scheme}://{host}{parts.path}" if "://" in url else url)


def _key(parts: tuple[object, ...]) -> str:
    text = "\0".join(map(repr, parts))
    return "streamstats-" + hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _folder(url: str | None, environ: Mapping[str, str]) -> str:
    if url is not None:
        return urlsplit(url).path if "://" in url else url
    base = environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    return os.path.join(base, "streamstats", "samples")


class _Disk:
    def __init__(self, folder: str) -> None:
        from diskcache import Cache as DiskCache
        from diskcache import Disk

        class Plain(Disk):  # type: ignore[misc]
            """Keeps bytes; what somebody else has put there as a pickle is not loaded."""

            def fetch(self, mode: int, filename: Any, value: Any, read: bool) -> Any:
                if mode not in (_RAW, _BINARY):
                    return None
                return super().fetch(mode, filename, value, read)

        os.makedirs(folder, mode=0o700, exist_ok=True)
        if os.stat(folder).st_uid != os.getuid():
            raise PermissionError(f"{folder} belongs to somebody else")
        self._cache = DiskCache(folder, disk=Plain, size_limit=DISK, timeout=PATIENCE)

    def get(self, key: str) -> bytes | None:
        found = self._cache.get(key)
        return found if isinstance(found, bytes) else None

    def set(self, key: str, value: bytes, seconds: float) -> None:
        self._cache.set(key, value, expire=seconds)

    def close(self) -> None:
        self._cache.close()


_RAW, _BINARY = 1, 2
"""Modes of diskcache: how a value is kept."""


class _Memcached:
    def __init__(self, url: str) -> None:
        from pymemcache.client.base import Client

        parts = urlsplit(url)
        server: Any = (parts.hostname or "127.0.0.1", parts.port or 11211)
        if parts.path not in ("", "/"):
            server = parts.path
        self._client = Client(server, connect_timeout=PATIENCE, timeout=PATIENCE)

    def get(self, key: str) -> bytes | None:
        found = self._client.get(key)
        return found if isinstance(found, bytes) else None

    def set(self, key: str, value: bytes, seconds: float) -> None:
        self._client.set(key, value, expire=max(1, round(seconds)))

    def close(self) -> None:
        self._client.close()


class _Redis:
    def __init__(self, url: str) -> None:
        from redis import Redis

        self._client = Redis.from_url(
            url, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE, retry=None
        )

    def get(self, key: str) -> bytes | None:
        found = self._client.get(key)
        return found if isinstance(found, bytes) else None

    def set(self, key: str, value: bytes, seconds: float) -> None:
        self._client.set(key, value, px=max(1, round(seconds * 1000)))

    def close(self) -> None:
        self._client.close()
