"""One read-only connection with a time limit, opened when it is first needed.

What the cache answers opens none.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple

from streamstats.sources.database.connect import explained
from streamstats.sources.database.servers import server

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection, Dialect, Engine

    from streamstats.sources.database.plans.model import Plan
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

    def plan(self, query: Prepared) -> Plan:
        """How the database would run a query; it is not run. Raises SourceError."""
        plan = self.server.plan(())
        for prefix in self.server.explain:
            with self.asking() as connection:
                found = _fetched(connection, prefix + query.sql, query.values)
                plan = self.server.plan(found)
            if plan.known:
                break
        return plan

    def rows(self, query: Prepared) -> Rows:
        """Run a query. Raises SourceError."""
        with self.asking() as connection:
            return _fetched(connection, query.sql, query.values)

    def examined(self) -> int | None:
        """See ``Server.examined``."""
        with self.asking() as connection:
            return self.server.examined(connection)


class Prepared(NamedTuple):
    """A query as its driver takes it. Written once, since that takes longer than many a query."""

    sql: str
    values: Any


def prepared(statement: Any, dialect: Dialect) -> Prepared:
    """A statement in the words of a dialect, and its values beside it."""
    compiled = statement.compile(dialect=dialect, compile_kwargs={"render_postcompile": True})
    values = compiled.construct_params()
    if compiled.positional:
        return Prepared(str(compiled), tuple(values[name] for name in compiled.positiontup))
    return Prepared(str(compiled), values)


def _fetched(connection: Connection, sql: str, values: Any) -> Rows:
    return [tuple(row) for row in connection.exec_driver_sql(sql, values)]
