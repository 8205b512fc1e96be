"""Opens a database, and says in plain words why that, or a query, went wrong."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Any

from streamstats.errors import SourceError, printable

if TYPE_CHECKING:
    from sqlalchemy.engine import Engine
    from sqlalchemy.exc import SQLAlchemyError

    from streamstats.sources.database.url import Address

CONNECT = 5
"""Seconds that a connection may take to come about."""

_MYSQL = {
    1044: "the user has no right to this database",
    1045: "the server refuses the user or the password",
    1698: "the server refuses the user or the password",
    1049: "there is no such database",
    1142: "the user has no right to read this table",
    1143: "the user has no right to read this column",
    1317: "the query was ended by the server",
    1040: "the server has too many connections",
    2002: "the server cannot be reached",
    2003: "the server cannot be reached",
    2006: "the connection was lost",
    2013: "the connection was lost half way",
    1927: "the connection was ended by the server",
    1053: "the server is being shut down",
}
_MYSQL_LATE = (1969, 3024)
_MYSQL_MISREAD = (
    1054,
    1064,
    1111,
    1140,
    1210,
    1242,
    1267,
    1292,
    1305,
    1366,
    1525,
    1582,
    1690,
    4078,
)
"""The filter: a column, a function, a value or a sign that has no place there."""

_POSTGRES = {
    "28P01": "the server refuses the user or the password",
    "28000": "the server refuses the user or the password",
    "3D000": "there is no such database",
    "42501": "the user has no right to read this table",
    "53300": "the server has too many connections",
    "57P01": "the connection was ended by the server",
    "57P02": "the server broke down",
    "57P03": "the server is starting or stopping",
}
_POSTGRES_LATE = "57014"
_POSTGRES_MISREAD = ("21", "22", "42")
"""Classes of https://www.postgresql.org/docs/current/errcodes-appendix.html: of values, syntax and
names. The names of ours are known to be there."""
_SQLITE_MISREAD = ("no such column", "no such function", "syntax error", "unrecognized token")

_HINTS = {
    "the server refuses the user or the password": (
        "the password is taken from the URL, from STREAMSTATS_DATABASE_PASSWORD, or from what the "
        "server's own client reads"
    ),
    "the server cannot be reached": "is it running, and are host and port right?",
}


def engine(address: Address) -> Engine:
    """An engine without a pool: a connection is closed when it is given back.

    Raises:
        SourceError: the file of an SQLite database cannot be opened.
    """
    from sqlalchemy import create_engine
    from sqlalchemy.pool import NullPool

    kind = address.url.get_backend_name()
    arguments: dict[str, Any] = {}
    if kind == "sqlite":
        return _sqlite(address)
    if kind in ("mysql", "mariadb") and address.url.get_driver_name() == "pymysql":
        arguments = {"connect_timeout": CONNECT, "charset": "utf8mb4"}
        own = os.path.expanduser("~/.my.cnf")
        if os.access(own, os.R_OK) and "read_default_file" not in address.url.query:
            arguments["read_default_file"] = own
    elif kind == "postgresql" and address.url.get_driver_name() == "psycopg":
        arguments = {"connect_timeout": CONNECT, "application_name": "streamstats"}
    arguments = {key: it for key, it in arguments.items() if key not in address.url.query}
    return create_engine(address.url, poolclass=NullPool, connect_args=arguments)


def _sqlite(address: Address) -> Engine:
    import sqlite3
    from urllib.parse import quote

    from sqlalchemy import create_engine
    from sqlalchemy.pool import NullPool

    path = address.url.database or ""
    if not path.startswith("file:"):
        try:
            with open(path, "rb"):
                pass
        except OSError as error:
            reason = (error.strerror or "cannot be opened").lower()
            raise SourceError(path, reason) from None
    uri = path if path.startswith("file:") else f"file:{quote(path)}?mode=ro"

    def open_it() -> sqlite3.Connection:
        # Not for threads other than ours, and never to be written.
        return sqlite3.connect(uri, uri=True, check_same_thread=False, timeout=1.0)

    return create_engine("sqlite://", creator=open_it, poolclass=NullPool)


class Late(SourceError):
    """A query took longer than it may."""


class Misread(SourceError):
    """The database cannot make sense of the filter."""


class NoWay(SourceError):
    """The database cannot read along the index that it was told to."""


def explained(error: SQLAlchemyError | OSError, address: Address, seconds: float) -> SourceError:
    """The error for people: what happened, without a password and without the query's values."""
    origin = getattr(error, "orig", None) or error
    number = origin.args[0] if getattr(origin, "args", None) else None
    state = getattr(origin, "sqlstate", None)
    text = _first_line(address.scrub(str(origin.args[-1] if origin.args else origin)))
    late = number in _MYSQL_LATE or state == _POSTGRES_LATE or text == "interrupted"
    if late:
        return Late(
            address.shown,
            f"a query took longer than {seconds:g} s and was stopped",
            "--timeout allows more; the plan with --explain says what is dear",
        )
    reason = _MYSQL.get(number) if isinstance(number, int) else None
    reason = reason or _POSTGRES.get(state or "") or _by_text(text.lower())
    if "no query solution" in text:
        return NoWay(address.shown, text)
    if reason is None and _misread(number, state, text):
        return Misread(address.shown, _nearby(text))
    if reason is None:
        return SourceError(address.shown, text)
    hint = _HINTS.get(reason)
    said = f" ({text})" if hint is None else ""
    return SourceError(address.shown, reason + said, hint)


def _misread(number: object, state: str | None, text: str) -> bool:
    sqlite = any(part in text for part in _SQLITE_MISREAD)
    return number in _MYSQL_MISREAD or (state or "").startswith(_POSTGRES_MISREAD) or sqlite


def _nearby(text: str) -> str:
    """Without the rest of the query, which the user has not written."""
    text = re.sub(r"; check the manual .*? near ", " near ", text)
    return text if len(text) <= 100 else text[:99] + "…"


def _by_text(text: str) -> str | None:
    """What drivers say in words only."""
    for part, reason in (
        ("invalid response to ssl negotiation", "what answers there is no PostgreSQL server"),
        ("password authentication failed", "the server refuses the user or the password"),
        ("no password supplied", "the server refuses the user or the password"),
        ("peer authentication failed", "the server refuses the user or the password"),
        ("starting up", "the server is starting or stopping"),
        ("shutting down", "the server is starting or stopping"),
        ('role "', "there is no such user"),
        ('database "', "there is no such database"),
        ("connection refused", "the server cannot be reached"),
        ("timeout expired", "the server cannot be reached"),
        ("could not translate host name", "the server cannot be reached"),
        ("failed to resolve host", "the server cannot be reached"),
        ("no route to host", "the server cannot be reached"),
        ("server closed the connection", "the connection was lost half way"),
        ("terminating connection", "the connection was ended by the server"),
        ("consuming input failed", "the connection was lost half way"),
        ("the connection is closed", "the connection was lost"),
        ("file is not a database", "this file is no SQLite database"),
        ("disk image is malformed", "this SQLite database is damaged"),
        ("database is locked", "somebody else holds this SQLite database locked"),
        ("unable to open database file", "this SQLite database cannot be opened"),
    ):
        if part in text:
            return reason
    return None


def _first_line(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    # libpq tries each address of a host, and says so line by line; the last has the reason.
    line = next((line for line in lines if "failed:" in line or "FATAL" in line), None)
    shown = printable(line or (lines[0] if lines else "an error without words"))
    return shown if len(shown) <= 300 else shown[:299] + "…"
