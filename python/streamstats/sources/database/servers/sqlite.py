"""SQLite."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from streamstats.sources.database.plans import sqlite
from streamstats.sources.database.servers.base import Server

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.engine import Connection

    from streamstats.sources.database.plans.model import Plan
    from streamstats.sources.database.table import Index, Table

STEPS = 1000
"""So many instructions of SQLite's machine lie between two looks at the clock."""


class SQLite(Server):
    """Opened for reading; the clock is looked at from within each statement."""

    explain = sqlite.PREFIX
    rowid = "rowid"

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
        """By ANALYZE where that was run, else the largest rowid: too many where some are gone."""
        name = connection.dialect.identifier_preparer
        schema = f"{name.quote_identifier(table.schema)}." if table.schema else ""
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
        try:
            found = connection.exec_driver_sql(
                f"SELECT MAX(rowid) FROM {schema}{name.quote_identifier(table.name)}"
            )
            largest = found.scalar()
        except DBAPIError:
            return None, None  # WITHOUT ROWID
        return (largest if isinstance(largest, int) and largest >= 0 else 0), None

    def value(self, value: Any) -> Any:
        from decimal import Decimal

        return float(value) if isinstance(value, Decimal) else value

    def suffix(self, table: Table, index: Index) -> str:
        # The rowid is no index to SQLite. Without these words it may take the index of a filter and
        # read all that passes it: https://www.sqlite.org/lang_indexedby.html
        column = table.column(index.columns[0])
        alone = index.primary and len(index.columns) == 1 and column is not None
        return "NOT INDEXED" if alone and column and column.type.upper() == "INTEGER" else ""

    def implied(self, table: Table) -> tuple[str, ...]:
        key = table.key
        return key.columns if key is not None and len(key.columns) == 1 else ()


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "surrogateescape")
