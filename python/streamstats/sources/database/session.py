"""One read-only connection with a time limit, opened when it is first needed.

What the cache answers opens none.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from streamstats.sources.database.connect import explained
from streamstats.sources.database.servers import server

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection, Engine
    from sqlalchemy.sql.expression import Executable, Select

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

    def plan(self, statement: Select[Any]) -> Plan:
        """How the database would run a query; it is not run. Raises SourceError."""
        plan = self.server.plan(())
        for prefix in self.server.explain:
            with self.asking() as connection:
                plan = self.server.plan(_fetched(connection, _explain(prefix, statement)))
            if plan.known:
                break
        return plan

    def rows(self, statement: Select[Any]) -> Rows:
        """Run a query. Raises SourceError."""
        with self.asking() as connection:
            return _fetched(connection, statement)

    def examined(self) -> int | None:
        """See ``Server.examined``."""
        with self.asking() as connection:
            return self.server.examined(connection)


def _fetched(connection: Connection, statement: Executable) -> Rows:
    return [tuple(row) for row in connection.execute(statement)]


def _explain(prefix: str, statement: Select[Any]) -> Executable:
    """The statement with EXPLAIN before it, and its values bound as ever."""
    from sqlalchemy.ext.compiler import compiles
    from sqlalchemy.sql.expression import ClauseElement, Executable

    class Explained(Executable, ClauseElement):
        inherit_cache = False

    def compiled(_element: Any, compiler: Any, **options: Any) -> str:
        return prefix + str(compiler.process(statement, **options))

    compiles(Explained)(compiled)
    return Explained()
