"""The URL of a database: which driver, which password, and how it is shown without one."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

from streamstats.errors import SourceError, UsageError, printable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy.engine import URL

PASSWORD = "STREAMSTATS_DATABASE_PASSWORD"
"""The variable of the environment that holds a password for any kind of server."""

EXAMPLE = (
    "write it as sqlite:///FILE, mysql://USER@HOST/DATABASE or postgresql://USER@HOST/DATABASE"
)

_SECRET = ("password", "passwd", "sslpassword", "passphrase", "secret", "token")
"""Parts of a query that are never shown."""


class Driver(NamedTuple):
    """The driver that is used where the URL names none."""

    name: str
    module: str
    extra: str


DRIVERS = {
    "mysql": Driver("pymysql", "pymysql", "mysql"),
    "mariadb": Driver("pymysql", "pymysql", "mysql"),
    "postgresql": Driver("psycopg", "psycopg", "postgresql"),
    "postgres": Driver("psycopg", "psycopg", "postgresql"),
}


class Address(NamedTuple):
    """Where a database is."""

    url: URL
    shown: str
    """Without a password, and without anything that could act on a terminal."""
    secrets: tuple[str, ...]
    """What must be in no message."""

    @property
    def identity(self) -> str:
        """What tells this database from every other, for the keys of a cache."""
        if self.url.get_backend_name() != "sqlite":
            return _bare(self.url).render_as_string()
        path = os.path.abspath(self.url.database or "")
        try:
            found = os.stat(path)
        except OSError:
            return path
        # A file that was written since is another.
        return f"{path} {found.st_ino} {found.st_size} {found.st_mtime_ns}"

    def scrub(self, text: str) -> str:
        """``text`` without the secrets."""
        for secret in self.secrets:
            text = text.replace(secret, "***")
        return text


def address(text: str, environ: Mapping[str, str] = os.environ) -> Address:
    """Read the URL of a database.

    A password is taken from the URL, else from STREAMSTATS_DATABASE_PASSWORD or the variable of the
    server's own clients (``MYSQL_PWD``, ``PGPASSWORD``), else the driver looks into the clients'
    own files (``~/.my.cnf``, ``~/.pgpass``).

    Raises:
        UsageError: it is no URL, or of no kind that is known.
        SourceError: its driver is not installed.
    """
    from sqlalchemy.engine import make_url
    from sqlalchemy.exc import ArgumentError, NoSuchModuleError

    try:
        url = make_url(text)
    except (ArgumentError, ValueError):
        # The text may hold a password wherever it goes wrong, so nothing of it is shown.
        raise UsageError("that is not the URL of a database", EXAMPLE) from None
    kind, _, named = url.drivername.partition("+")
    driver = DRIVERS.get(kind)
    if driver is not None and not named:
        kind = "postgresql" if kind == "postgres" else kind
        url = url.set(drivername=f"{kind}+{driver.name}")
    password = environ.get(PASSWORD)
    if driver is not None and driver.extra == "mysql":
        password = password or environ.get("MYSQL_PWD")
    if password and kind != "sqlite" and url.password is None:
        url = url.set(password=password)
    shown = _shown(url)
    try:
        url.get_dialect().import_dbapi()
    except NoSuchModuleError:
        raise UsageError(f"{shown}: there is no kind of database '{kind}'", EXAMPLE) from None
    except ImportError as error:
        module = printable(str(getattr(error, "name", "") or "its driver"))
        extra = driver.extra if driver is not None and driver.module == module else ""
        hint = f"pip install 'streamstats-logs[{extra}]'" if extra else f"install {module} with pip"
        raise SourceError(shown, f"{module} is not installed", hint) from None
    if driver is not None and driver.extra == "mysql" and not url.database:
        raise UsageError(f"{shown}: the URL names no database", EXAMPLE)
    if kind == "sqlite" and url.database in (None, "", ":memory:"):
        raise UsageError("sqlite: the URL names no file", EXAMPLE)
    return Address(url, shown, _secrets(url))


def of_engine(url: URL) -> Address:
    """The address of an engine that somebody else has made."""
    return Address(url, _shown(url), _secrets(url))


def _shown(url: URL) -> str:
    """The kind and not its driver, the host and the database."""
    plain = _bare(url).set(drivername=url.drivername.partition("+")[0])
    if url.host:
        return printable(plain.render_as_string())
    # Without a host there are three slashes whatever the driver makes of it.
    name = plain.drivername
    return printable(f"{name}:///{url.database or ''}")


def _bare(url: URL) -> URL:
    """Without a password, wherever it stands."""
    query = {name: value for name, value in url.query.items() if not _secret(name)}
    return url.set(query=query)._replace(password=None)


def _secret(name: str) -> bool:
    return any(word in name.lower() for word in _SECRET)


def _secrets(url: URL) -> tuple[str, ...]:
    from urllib.parse import quote, quote_plus

    held = [str(url.password)] if url.password else []
    for name, value in url.query.items():
        if _secret(name):
            held += [value] if isinstance(value, str) else value
    every = {form for text in held if text for form in (text, quote(text, ""), quote_plus(text))}
    # The longest first, so that none is left in part.
    return tuple(sorted(every, key=len, reverse=True))
