"""One read-only connection with a time limit, opened when it is first needed.

What the cache answers opens none.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from streamstats.sources.database.connect import NoWay, explained
from streamstats.sources.database.plans.model import Plan
from streamstats.sources.database.servers import server

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection, Engine

    from streamstats.sources.database.prepared import Prepared
    from streamstats.sources.database.url import Address

Rows = list[tuple[Any, ...]]


class Session:
    """A connection; use it in a ``with`` block, which closes it whatever happens."""

    def __init__(self, engine: Engine, address: Address, seconds: float) -> None:
        self.engine = engine
        self.address = address
        self.seconds = seconds
        self.server = server(engine.dialect.name)
        self._connection: Connection | None = None
        self._begun: int | None = None
        self._counting = False
        self._steered = True

    def __enter__(self) -> Session:
        return self

    def __exit__(self, *_: object) -> None:
        connection, self._connection = self._connection, None
        if connection is None:
            return
        from sqlalchemy.exc import SQLAlchemyError

        try:
            connection.rollback()
            self.server.end(connection)
            connection.rollback()
        except SQLAlchemyError:
            connection.invalidate()
        finally:
            connection.close()

    @property
    def opened(self) -> bool:
        """Whether the database was asked anything at all."""
        return self._connection is not None

    @contextmanager
    def asking(self) -> Iterator[Connection]:
        """The connection; what goes wrong in the block comes out as a SourceError."""
        from sqlalchemy.exc import SQLAlchemyError

        try:
            with warnings.catch_warnings():
                # Of indexes with expressions and columns of types that it does not know.
                warnings.simplefilter("ignore")
                if self._connection is None:
                    self._connection = self.engine.connect()
                    self.server.begin(self._connection, self.seconds)
                self.server.fresh(self._connection)
                yield self._connection
        except SQLAlchemyError as error:
            raise explained(error, self.address, self.seconds) from None
        except (OSError, UnicodeError, ValueError, OverflowError) as error:
            # Some drivers let these through while they read an answer.
            raise explained(OSError(str(error)), self.address, self.seconds) from None

    def steer(self, on: bool) -> None:
        """See ``Server.steer``."""
        if on != self._steered:
            with self.asking() as connection:
                self.server.steer(connection, on)
            self._steered = on

    def plan(self, query: Prepared) -> Plan:
        """How the database would run a query; it is not run. Raises SourceError."""
        plan = self.server.plan(())
        for prefix in self.server.explain:
            try:
                with self.asking() as connection:
                    found = _fetched(connection, prefix + query.sql, query.values)
                    plan = self.server.plan(found)
            except NoWay:
                return Plan((), possible=False)
            if plan.known:
                break
        return plan

    def rows(self, query: Prepared) -> Rows:
        """Run a query. Raises SourceError."""
        with self.asking() as connection:
            return _fetched(connection, query.sql, query.values)

    def count(self) -> None:
        """From here on it is counted how many rows are read: what was before is the catalogue."""
        if not self._counting:
            with self.asking() as connection:
                self._begun = self.server.before(connection)
            self._counting = True

    def examined(self) -> int | None:
        """How many rows the server has read since ``count``; None where it does not tell."""
        if not self._counting:
            return 0
        if self._begun is None:
            return None
        with self.asking() as connection:
            now = self.server.examined(connection)
        return None if now is None else max(0, now - self._begun)


def _fetched(connection: Connection, sql: str, values: Any) -> Rows:
    return [tuple(row) for row in connection.exec_driver_sql(sql, values)]
