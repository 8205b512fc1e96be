"""The queries that strategies ask for. Names are quoted by SQLAlchemy, values are bound."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import bindparam, func, literal_column, select, tablesample, text, union_all
from sqlalchemy import column as named
from sqlalchemy import table as called
from sqlalchemy.types import NullType

from streamstats.errors import ConditionError
from streamstats.sources.database.plans.model import PART
from streamstats.sources.database.where import HINT, IS_NOT_NULL, IS_NULL, Condition, Value

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.engine import Dialect
    from sqlalchemy.sql.elements import ColumnElement

    from streamstats.sources.database.candidates import Candidate
    from streamstats.sources.database.servers import Server
    from streamstats.sources.database.table import Column, Table


class Query(NamedTuple):
    """A query, and what its own text says of its cost."""

    statement: Any
    most: int | None
    """It reads no more rows than this, as long as its plan neither scans nor sorts; None where its
    text sets no bound."""
    fixed: tuple[str, ...] = ()
    """Columns that have to be looked up in the index for that."""
    lookup: tuple[str, ...] = ()
    """Rows are found one by one in an index of one of these names, so that what a filter lets go
    is bounded as well."""
    sampled: bool = False
    """The server draws, and the limit bounds what it reads of rows."""
    limited: bool = True
    """Its text has a limit. Where it has none, a plan with numbers knows better than ``most``."""
    kept: bool = True
    """The same query gives the same rows, so that a cache may answer it."""


class Scope(NamedTuple):
    """The rows that are wanted, and the columns of them."""

    table: Table
    columns: tuple[str, ...]
    conditions: tuple[Condition, ...]
    raw: str | None
    """SQL of the user's own, joined to the filter by AND as it stands."""
    server: Server
    dialect: Dialect

    @property
    def filtered(self) -> bool:
        """Whether not all rows are wanted."""
        return bool(self.conditions) or self.raw is not None

    @property
    def where(self) -> str:
        """The filter as one would write it; "" for none."""
        texts = [str(condition) for condition in self.conditions]
        return " AND ".join([*texts, *([f"({self.raw})"] if self.raw is not None else [])])

    def along(
        self,
        candidate: Candidate,
        limit: int,
        *,
        descending: bool = False,
        offset: int = 0,
        low: Any = None,
        high: Any = None,
    ) -> Query:
        """Rows in the order of a candidate, from ``low`` on and below ``high``."""
        statement = self._select(candidate)
        if candidate.order is not None:
            order: Any = named(candidate.order)
            if low is not None:
                statement = statement.where(order >= self._bound(low))
            if high is not None:
                statement = statement.where(order < self._bound(high))
            before: list[Any] = [
                named(condition.column)
                for condition in self.conditions
                if condition.operator == IS_NULL
                and condition.column in candidate.fixed
                and self.server.orders_nulls
            ]
            every = [*before, order]
            statement = statement.order_by(*(each.desc() if descending else each for each in every))
        statement = statement.limit(limit)
        if offset:
            statement = statement.offset(offset)
        most = limit + offset if candidate.order is not None else 1
        covered = candidate.covered and self.raw is None
        return Query(statement, most if covered else None, candidate.fixed)

    def windows(
        self, candidate: Candidate, points: Sequence[Any], limits: Sequence[int]
    ) -> list[Query]:
        """The first rows behind each point and before the next, in as few queries as may be.

        So no row comes twice, and the last window holds the largest of all.
        """
        ends = [*points[1:], None]
        parts = [
            self.along(candidate, limit, low=low, high=high)
            for low, high, limit in zip(points, ends, limits, strict=True)
            if limit
        ]
        return [
            _together(parts[start : start + _PARTS], candidate.fixed)
            for start in range(0, len(parts), _PARTS)
        ]

    def ties(
        self, candidate: Candidate, after: str, places: Sequence[tuple[Any, int, int]]
    ) -> list[Query]:
        """The first rows that have one value of the ordering column, from a point on of the column
        that the index goes on with, for each (value, point, limit).
        """
        covered = candidate.covered and self.raw is None
        fixed = (*candidate.fixed, candidate.order or "")
        parts = []
        for value, low, limit in places:
            order: Any = named(candidate.order or "")
            then: Any = named(after)
            statement = self._select(candidate).where(order == self._bound(value))
            statement = statement.where(then >= self._bound(low)).order_by(then).limit(limit)
            parts.append(Query(statement, limit if covered else None, fixed))
        return [
            _together(parts[start : start + _PARTS], fixed)
            for start in range(0, len(parts), _PARTS)
        ]

    def extremes(self, candidate: Candidate) -> Query:
        """The least and the largest of the ordering column.

        Each in a subquery of its own: in one SELECT, SQLite would read the whole index for them.
        """
        order: Any = named(candidate.order or "")
        ends = [
            self._select(candidate, [which(order)]).scalar_subquery()
            for which in (func.min, func.max)
        ]
        labelled = [end.label(name) for end, name in zip(ends, ("low", "high"), strict=True)]
        covered = candidate.covered and self.raw is None
        most = 2 if covered else None
        return Query(select(*labelled), most, candidate.fixed, limited=False)

    def keys(self, key: Candidate, values: Sequence[int]) -> Query:
        """The rows that have one of these keys, and pass the filter."""
        wanted = bindparam(None, list(values), NullType(), expanding=True, unique=True)
        mine = named(key.order or "").in_(wanted)
        names = ("the primary key", "the rowid") if key.index.primary else ()
        index = (key.index.name, *names)
        if self.filtered and self.server.fenced:
            every: list[Any] = [
                named(column.name) for column in self.table.columns if not column.hidden
            ]
            # OFFSET 0 changes nothing, and keeps what is outside out.
            inner = (
                select(*every).select_from(self._table()).where(mine).offset(literal_column("0"))
            )
            outer: Any = select(*(named(name) for name in self.columns))
            source = inner.subquery(self.table.name)
            statement = outer.select_from(source).where(*self._clauses())
        else:
            statement = self._select(key).where(mine)
        return Query(statement, len(values), lookup=index)

    def sampled(self, method: str, percent: float, seed: int, limit: int) -> Query:
        """The server's own sample."""
        source = tablesample(
            self._table(),
            getattr(func, method)(literal_column(f"{percent:.8f}")),
            name=self.table.name,
            seed=literal_column(str(seed)),
        )
        columns: list[Any] = [named(name) for name in self.columns]
        statement = select(*columns).select_from(source).where(*self._clauses()).limit(limit)
        return Query(statement, limit, sampled=True)

    def shuffled(self, limit: int) -> Query:
        """ORDER BY RANDOM(): reads and sorts everything."""
        shuffle = getattr(func, self.server.random)()
        statement = self._select(None).order_by(shuffle).limit(limit)
        return Query(statement, None, kept=False)

    def everything(self) -> ColumnElement[bool] | None:
        """The whole filter as one clause; None where there is none."""
        clauses = self._clauses()
        from sqlalchemy import and_

        return and_(*clauses) if clauses else None

    def _table(self) -> Any:
        return called(
            self.table.name,
            *(named(column.name) for column in self.table.columns),
            schema=self.table.schema,
        )

    def _select(self, along: Candidate | None, columns: Sequence[Any] | None = None) -> Any:
        source = self._table()
        suffix = self.server.suffix(self.table, along.index) if along is not None else ""
        if suffix:
            written = self.dialect.identifier_preparer.format_table(source)
            # In a text a colon begins a value.
            source = text(f"{written} {suffix}".replace(":", r"\:"))
        wanted = columns or [named(name) for name in self.columns]
        statement = select(*wanted).select_from(source).where(*self._clauses())
        if along is not None and self.server.hinted:
            name = "PRIMARY" if along.index.primary else along.index.name
            quoted = self.dialect.identifier_preparer.quote_identifier(name)
            statement = statement.with_hint(source, self.server.hint(quoted), self.server.hinted)
        return statement

    def _clauses(self) -> list[Any]:
        clauses: list[Any] = [self._clause(condition) for condition in self.conditions]
        if self.raw is not None:
            clauses.append(literal_column(f"({self.raw})"))
        return clauses

    def _clause(self, condition: Condition) -> Any:
        column: Any = named(condition.column)
        if condition.operator == IS_NULL:
            return column.is_(None)
        if condition.operator == IS_NOT_NULL:
            return column.is_not(None)
        known = self.table.column(condition.column)
        assert known is not None, "conditions are settled before"
        value = self._bound(converted(known, condition))
        return {
            "=": column.__eq__,
            "!=": column.__ne__,
            "<": column.__lt__,
            "<=": column.__le__,
            ">": column.__gt__,
            ">=": column.__ge__,
        }[condition.operator](value)

    def _bound(self, value: Any) -> Any:
        # Without a type: SQLAlchemy then casts nothing, and the server takes the column's own.
        return bindparam(None, self.server.value(value), NullType(), unique=True)


_PARTS = 100
"""So many windows are asked for in one query; SQLite takes 500."""


def _together(parts: Sequence[Query], fixed: tuple[str, ...]) -> Query:
    if len(parts) == 1:
        return parts[0]
    most = None if None in (part.most for part in parts) else sum(part.most or 0 for part in parts)
    selects: list[Any] = [
        select(literal_column("*")).select_from(part.statement.subquery(f"{PART}_{at}"))
        for at, part in enumerate(parts)
    ]
    return Query(union_all(*selects), most, fixed)


def converted(column: Column, condition: Condition) -> Value:
    """The value of a condition as its column holds such. Raises ConditionError."""
    value = condition.value
    if column.kind in ("integer", "number"):
        if isinstance(value, str):
            try:
                number = Decimal(value.strip())
            except InvalidOperation:
                raise _unlike(column, condition, "numbers") from None
            if not number.is_finite():
                raise _unlike(column, condition, "numbers")
            whole = number.as_tuple().exponent == 0
            return int(number) if whole and len(value) < 60 else number
        return int(value) if isinstance(value, bool) else value
    if column.kind == "boolean":
        words = {"1": True, "t": True, "true": True, "0": False, "f": False, "false": False}
        text = str(value).strip().lower()
        if text not in words:
            raise _unlike(column, condition, "TRUE and FALSE")
        return words[text]
    if column.kind == "text" and not isinstance(value, str):
        return str(value)
    return value


def _unlike(column: Column, condition: Condition, what: str) -> ConditionError:
    reason = f"column '{column.name}' ({column.type}) holds {what}"
    return ConditionError(str(condition), reason, HINT)
