"""What differs from one kind of database to the next: one class each, behind one interface."""

from __future__ import annotations

from streamstats.sources.database.servers.base import Server

__all__ = ["Server", "server"]


def server(kind: str) -> Server:
    """The class for what SQLAlchemy calls the backend, such as ``mysql``."""
    if kind == "sqlite":
        from streamstats.sources.database.servers.sqlite import SQLite

        return SQLite()
    if kind in ("mysql", "mariadb"):
        from streamstats.sources.database.servers.mysql import MySQL

        return MySQL()
    if kind == "postgresql":
        from streamstats.sources.database.servers.postgresql import PostgreSQL

        return PostgreSQL()
    return Server()
