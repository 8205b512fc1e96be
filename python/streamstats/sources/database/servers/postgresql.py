"""PostgreSQL."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from streamstats.sources.database.plans import postgresql
from streamstats.sources.database.servers.base import Server

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.engine import Connection

    from streamstats.sources.database.plans.model import Plan
    from streamstats.sources.database.table import Table

_AS_TEXT = ("date", "timestamp", "timestamptz", "time", "timetz", "interval", "json", "jsonb")
"""Types whose values are taken as the server writes them: ``infinity`` is no date of Python's."""


class PostgreSQL(Server):
    """Limits are of the transaction, and end with it."""

    explain = (postgresql.PREFIX,)
    fenced = True
    typed = True
    orders_nulls = True
    unaggregated = ("uuid", "bytes")
    unpointed = ()
    lateral = True
    samples = True

    def plan(self, rows: Sequence[Sequence[Any]]) -> Plan:
        return postgresql.read(rows)

    def __init__(self) -> None:
        self._loaders: list[tuple[int, Any]] = []

    def begin(self, connection: Connection, seconds: float) -> None:
        # In one breath: a server that is far away takes as long for an answer as for a query.
        settings = (
            "TRANSACTION READ ONLY",
            f"LOCAL statement_timeout = {max(1, round(seconds * 1000))}",
            "LOCAL DateStyle = 'ISO'",
            "LOCAL jit = off",
        )
        held: Any = connection.connection.dbapi_connection
        # Somebody else's engine may begin no transactions, and what is LOCAL is local to one.
        begun = "BEGIN; " if getattr(held, "autocommit", False) else ""
        every = (*settings, *_steering("off"))
        connection.exec_driver_sql(begun + "; ".join(f"SET {setting}" for setting in every))

    def steer(self, connection: Connection, on: bool) -> None:
        settings = _steering("off" if on else "on")
        connection.exec_driver_sql("; ".join(f"SET {setting}" for setting in settings))

    def end(self, connection: Connection) -> None:
        loaders, self._loaders = self._loaders, []
        held: Any = connection.connection.dbapi_connection
        if held is not None:
            for oid, loader in loaders:
                held.adapters.register_loader(oid, loader)

    def before(self, connection: Connection) -> int | None:
        # Not earlier, since SQLAlchemy's inspector reads JSON and means it.
        held: Any = connection.connection.dbapi_connection
        if hasattr(held, "adapters") and not self._loaders:
            from psycopg.pq import Format
            from psycopg.types.string import TextLoader

            for name in _AS_TEXT:
                oid = held.adapters.types[name].oid
                self._loaders.append((oid, held.adapters.get_loader(oid, Format.TEXT)))
                held.adapters.register_loader(oid, TextLoader)
        # Not nothing: what transactions before this one read may not have been handed over yet.
        return self.examined(connection)

    def numbers(self, connection: Connection, table: Table) -> Table:
        """Without the indexes that are not whole, since making them failed or goes on."""
        broken = {
            str(row[0])
            for row in connection.exec_driver_sql(
                "SELECT c.relname FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid "
                "WHERE NOT (i.indisvalid AND i.indisready)"
            )
        }
        indexes = tuple(index for index in table.indexes if index.name not in broken)
        return table._replace(indexes=indexes)

    def size(self, connection: Connection, table: Table) -> tuple[int | None, int | None]:
        """By the density of the last ANALYZE and the pages of now, as the planner does it.

        https://www.postgresql.org/docs/current/row-estimation-examples.html
        """
        found = connection.exec_driver_sql(
            "SELECT c.reltuples, c.relpages, pg_relation_size(c.oid), "
            "current_setting('block_size')::int, c.relkind, c.oid FROM pg_class c "
            "JOIN pg_namespace n ON n.oid = c.relnamespace "
            "WHERE c.relname = %s AND "
            "(n.nspname = %s OR (%s::text IS NULL AND pg_table_is_visible(c.oid)))",
            (table.name, table.schema, table.schema),
        ).first()
        if found is None or found[4] in ("v", "f"):
            return None, None
        tuples, pages, size, block, kind, oid = found
        if kind == "p":
            return (int(tuples) if tuples >= 0 else None), None
        now = int(size) // int(block)
        more, others = connection.exec_driver_sql(
            "WITH RECURSIVE kin(oid) AS (SELECT inhrelid FROM pg_inherits WHERE inhparent = %s "
            "UNION SELECT inhrelid FROM pg_inherits JOIN kin ON inhparent = kin.oid) "
            "SELECT SUM(GREATEST(reltuples, 0)), SUM(relpages) FROM kin JOIN pg_class USING (oid)",
            (oid,),
        ).one()
        # A query of a table is one of those that inherit from it, too.
        more, others = round(more or 0), int(others or 0)
        if tuples < 0 or not pages:
            return (more if not now or more else None), now + others
        return round(tuples / pages * now) + more, now + others

    def examined(self, connection: Connection) -> int | None:
        """Rows of scans, and entries of indexes: of these whether or not the row itself was looked
        at, which it is not where an index has all that is asked for.

        As ``seq_tup_read`` and ``idx_tup_read`` of views of the statistics, whose functions are
        called themselves: those take longer to plan than a draw takes.
        https://www.postgresql.org/docs/current/monitoring-stats.html
        """
        found = connection.exec_driver_sql(
            "SELECT SUM(pg_stat_get_xact_tuples_returned(oid)) FROM pg_class "
            "WHERE relkind IN ('r', 'm', 'i') AND relnamespace NOT IN (SELECT oid FROM pg_namespace"
            " WHERE nspname IN ('pg_catalog', 'pg_toast', 'information_schema'))"
        ).scalar()
        return None if found is None else int(found)


def _steering(how: str) -> tuple[str, ...]:
    # On a small table a scan is cheaper than an index, and we would refuse it. A bitmap is made of
    # all that is found, whatever the limit.
    names = ("seqscan", "sort", "bitmapscan")
    return tuple(f"LOCAL enable_{name} = {how}" for name in names)
