"""SQLite."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from streamstats.sources.database.plans import sqlite
from streamstats.sources.database.servers.base import Server
from streamstats.sources.database.table import Column, Index

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.engine import Connection

    from streamstats.sources.database.plans.model import Plan
    from streamstats.sources.database.table import Table

ROWIDS = ("rowid", "_rowid_", "oid")
"""What the number of a row is called, as long as no column is."""
ROWID_INDEX = "the rowid"
"""How its plans call the order of the table itself."""

STEPS = 1000
"""So many instructions of SQLite's machine lie between two looks at the clock."""


class SQLite(Server):
    """Opened for reading; the clock is looked at from within each statement."""

    explain = (sqlite.PREFIX,)
    automatic = True

    def __init__(self) -> None:
        self._seconds = 0.0
        self._until = 0.0

    def plan(self, rows: Sequence[Sequence[Any]]) -> Plan:
        return sqlite.read(rows)

    def begin(self, connection: Connection, seconds: float) -> None:
        held: Any = connection.connection.driver_connection
        # What is no UTF-8 is shown escaped, not refused.
        held.text_factory = _text
        connection.exec_driver_sql("PRAGMA query_only = ON")
        self._seconds = seconds
        self.fresh(connection)
        held.set_progress_handler(self._late, STEPS)

    def fresh(self, connection: Connection) -> None:
        del connection
        self._until = time.monotonic() + self._seconds

    def _late(self) -> int:
        return time.monotonic() > self._until

    def end(self, connection: Connection) -> None:
        held: Any = connection.connection.driver_connection
        held.set_progress_handler(None, 0)
        held.text_factory = str
        connection.exec_driver_sql("PRAGMA query_only = OFF")

    def size(self, connection: Connection, table: Table) -> tuple[int | None, int | None]:
        """By ANALYZE where that was run, else by the ends of the rowid: too many where some are
        gone.
        """
        schema = f"{_identifier(connection, table.schema)}." if table.schema else ""
        from sqlalchemy.exc import DBAPIError

        try:
            found = connection.exec_driver_sql(
                f"SELECT stat FROM {schema}sqlite_stat1 WHERE tbl = ?", (table.name,)
            )
            stats = [str(row[0]).split()[0] for row in found if row[0]]
            counts = [int(text) for text in stats if text.isdigit()]
            if counts:
                return max(counts), None
        except DBAPIError:
            pass  # never analyzed
        if table.view:
            return None, None
        name = _rowid(table)
        if name is None:
            return None, None
        where = _quoted(connection, table)
        try:
            # Two queries, so that each is one look into the tree.
            ends = [
                connection.exec_driver_sql(f"SELECT {which}({name}) FROM {where}").scalar()
                for which in ("MIN", "MAX")
            ]
        except DBAPIError:
            return None, None  # WITHOUT ROWID
        low, high = ends
        if not (isinstance(low, int) and isinstance(high, int)):
            return 0, None
        return high - low + 1, None

    def value(self, value: Any) -> Any:
        from decimal import Decimal

        # It compares integers of more than 64 bits as numbers with a point, and takes none.
        large = isinstance(value, int) and not -(1 << 63) <= value < 1 << 63
        return float(value) if large or isinstance(value, Decimal) else value

    def numbers(self, connection: Connection, table: Table) -> Table:
        """With the rowid as its key: as the column that stands for it, or hidden.

        https://www.sqlite.org/lang_createtable.html#rowid
        """
        from sqlalchemy.exc import DBAPIError

        name = _quoted(connection, table)
        schema = f"{_identifier(connection, table.schema)}." if table.schema else ""
        kind = connection.exec_driver_sql(
            f"SELECT type FROM {schema}sqlite_master WHERE name = ?", (table.name,)
        ).scalar()
        if kind == "view":
            return table  # some versions give it rowids that are NULL

        rowid = _rowid(table)
        if rowid is None:
            return table
        try:
            # Fails of a table WITHOUT ROWID.
            connection.exec_driver_sql(f"SELECT {rowid} FROM {name} LIMIT 0")
        except DBAPIError:
            return table
        plain = _identifier(connection, table.name)
        made = connection.exec_driver_sql(f"PRAGMA {schema}index_list({plain})")
        own = {str(row[3]): str(row[1]) for row in made}
        key = table.key
        if key is not None and "pk" not in own:
            # Only of the rowid itself there is no index.
            number = Index(ROWID_INDEX, key.columns, True, True)
            return table._replace(
                indexes=(number, *(index for index in table.indexes if not index.primary))
            )
        number = Index(ROWID_INDEX, (rowid,), True, True)
        others = (
            index._replace(name=own.get("pk", index.name), primary=False)
            if index.primary
            else index
            for index in table.indexes
        )
        columns = (*table.columns, Column(rowid, "integer", "INTEGER", False, True))
        return table._replace(indexes=(number, *others), columns=columns)

    def suffix(self, table: Table, index: Index) -> str:
        # The rowid is no index to SQLite. Without these words it may take the index of a filter and
        # read all that passes it, or none and read the table in the order that is wanted.
        # https://www.sqlite.org/lang_indexedby.html
        del table
        if index.name == ROWID_INDEX:
            return "NOT INDEXED"
        return "" if index.primary else f"INDEXED BY {_quote(index.name)}"

    def implied(self, table: Table) -> tuple[str, ...]:
        key = table.key
        return key.columns if key is not None and len(key.columns) == 1 else ()


def _quote(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _rowid(table: Table) -> str | None:
    taken = {column.name.lower() for column in table.columns if not column.hidden}
    return next((name for name in ROWIDS if name not in taken), None)


def _identifier(connection: Connection, name: str) -> str:
    return connection.dialect.identifier_preparer.quote_identifier(name)


def _quoted(connection: Connection, table: Table) -> str:
    schema = f"{_identifier(connection, table.schema)}." if table.schema else ""
    return schema + _identifier(connection, table.name)


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "surrogateescape")
