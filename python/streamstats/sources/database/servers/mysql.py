"""MariaDB and MySQL."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from streamstats.sources.database.plans import mysql
from streamstats.sources.database.servers.base import Server

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.engine import Connection

    from streamstats.sources.database.plans.model import Plan
    from streamstats.sources.database.table import Table


class MySQL(Server):
    """Limits are variables of the session, and are put back at the end."""

    explain = (mysql.PREFIX, mysql.PLAIN)
    random = "rand"
    hinted = "mysql"
    typed = True
    # Anything else it takes for no time at all, and every row is later than that.
    times = r"\s*[-+]?\d"

    def __init__(self) -> None:
        self._before: tuple[str, object] | None = None

    def plan(self, rows: Sequence[Sequence[Any]]) -> Plan:
        return mysql.read(rows)

    def begin(self, connection: Connection, seconds: float) -> None:
        # MariaDB counts seconds for every statement, MySQL milliseconds for SELECT.
        mariadb = bool(getattr(connection.dialect, "is_mariadb", False))
        name = "max_statement_time" if mariadb else "max_execution_time"
        value = f"{seconds:.3f}" if mariadb else str(max(1, round(seconds * 1000)))
        before = connection.exec_driver_sql(f"SELECT @@SESSION.{name}").scalar()
        self._before = (name, before)
        connection.exec_driver_sql(f"SET SESSION {name} = {value}")
        connection.exec_driver_sql("START TRANSACTION READ ONLY")

    def end(self, connection: Connection) -> None:
        if self._before is not None:
            name, value = self._before
            connection.exec_driver_sql(f"SET SESSION {name} = {value}")

    def size(self, connection: Connection, table: Table) -> tuple[int | None, int | None]:
        found = connection.exec_driver_sql(
            "SELECT TABLE_ROWS, DATA_LENGTH FROM information_schema.TABLES "
            "WHERE TABLE_SCHEMA = COALESCE(%s, DATABASE()) AND TABLE_NAME = %s",
            (table.schema, table.name),
        ).first()
        if found is None or found[0] is None:
            return None, None
        return int(found[0]), None

    def name(self, told: str) -> str:
        # The inspector reads SHOW CREATE TABLE, and leaves doubled backticks as they are.
        return told.replace("``", "`")

    def implied(self, table: Table) -> tuple[str, ...]:
        # InnoDB's secondary indexes end with the primary key. Of other engines the plan says so:
        # what is no order there is sorted, and refused.
        key = table.key
        return key.columns if key is not None else ()

    def before(self, connection: Connection) -> int | None:
        return self.examined(connection)

    def examined(self, connection: Connection) -> int | None:
        found = connection.exec_driver_sql("SHOW SESSION STATUS LIKE 'Handler_read%%'", ())
        # Looking at the counters itself reads a temporary table, by Handler_read_rnd_next; rows of
        # tables without order are what no plan of ours reads, but for --force.
        return sum(int(row[1]) for row in found)

    def hint(self, index: str) -> str:
        return f"FORCE INDEX ({index})"
