"""The rows that are wanted, and the queries for them that strategies ask for.

Names are quoted by SQLAlchemy, values are bound.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import bindparam, func, literal_column, select, tablesample, text
from sqlalchemy import column as named
from sqlalchemy import table as called
from sqlalchemy.types import Integer, NullType

from streamstats.sources.database.prepared import Part, Template, joinable
from streamstats.sources.database.query import Counted, Query
from streamstats.sources.database.values import converted
from streamstats.sources.database.where import IS_NOT_NULL, IS_NULL, Condition

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sqlalchemy.engine import Dialect
    from sqlalchemy.sql.elements import ColumnElement

    from streamstats.sources.database.candidates import Candidate
    from streamstats.sources.database.servers import Server
    from streamstats.sources.database.table import Table


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
            statement = self._ordered(statement, candidate, descending)
        statement = statement.limit(limit)
        if offset:
            statement = statement.offset(offset)
        most = 1 if candidate.single else limit + offset
        where = self.filtered or low is not None or high is not None
        covered = self._covered(candidate)
        return Query(statement, most if covered else None, candidate.fixed, where=where)

    def windows(
        self, candidate: Candidate, points: Sequence[Any], limits: Sequence[int]
    ) -> list[Query]:
        """The first rows behind each point and before the next, in as few queries as may be, each
        with its value of the ordering column at the end.

        So no row comes twice, and the last window holds the largest of all.
        """
        order: Any = named(candidate.order or "")
        along = candidate.order

        def build(closed: bool) -> Any:
            found = self._marked(candidate, along or "").where(order >= _own("low"))
            found = found.where(order < _own("high")) if closed else found
            return self._ordered(found, candidate, False).limit(_count("most"))

        templates = [
            self._template("window", candidate, lambda: build(False), low=along, most=None),
            self._template(
                "window", candidate, lambda: build(True), low=along, high=along, most=None
            ),
        ]
        ends = [*points[1:], None]
        places = [(low, high, limit) for low, high, limit in zip(points, ends, limits, strict=True)]
        parts = []
        for low, high, limit in places:
            values = {"low": self.server.value(low), "most": limit}
            if high is not None:
                values["high"] = self.server.value(high)
            if limit:
                parts.append((Part(templates[high is not None], values), limit))
        return self._together(parts, candidate, candidate.fixed)

    def ties(
        self, candidate: Candidate, after: str, places: Sequence[tuple[Any, int, int]]
    ) -> list[Query]:
        """The first rows that have one value of the ordering column, from a point on of the column
        that the index goes on with, for each (value, point, limit).
        """
        order: Any = named(candidate.order or "")
        then: Any = named(after)

        def build() -> Any:
            found = self._select(candidate).where(order == _own("value"), then >= _own("low"))
            return found.order_by(then).limit(_count("most"))

        template = self._template(
            "ties", candidate, build, value=candidate.order, low=after, most=None
        )
        parts = [
            (
                Part(template, {"value": self.server.value(value), "low": low, "most": limit}),
                limit,
            )
            for value, low, limit in places
            if limit
        ]
        return self._together(parts, candidate, (*candidate.fixed, candidate.order or ""))

    def inside(
        self,
        candidate: Candidate,
        places: Sequence[tuple[Any, int, int, bool]],
        mark: str | None,
    ) -> list[Counted]:
        """Some of the rows that have one value of the ordering column, behind the first ones of
        them or before the last ones, for each (value, limit, how many to skip, from the last on).
        Each with its ``mark``, another column, if one is named.
        """
        order: Any = named(candidate.order or "")

        def build(down: bool) -> Any:
            found = self._marked(candidate, mark) if mark is not None else self._select(candidate)
            # Of an equality PostgreSQL knows that it leaves nothing to order, and reads upwards
            # only.
            found = found.where(order >= _own("value"), order <= _own("same"))
            found = self._ordered(found, candidate, down)
            return found.limit(_count("most")).offset(_count("skip"))

        own = {"value": candidate.order, "same": candidate.order, "most": None, "skip": None}
        ways = [
            self._template(f"up {mark}", candidate, lambda: build(False), **own),
            self._template(f"down {mark}", candidate, lambda: build(True), **own),
        ]
        parts = []
        for value, limit, skip, down in places:
            taken = self.server.value(value)
            values = {"value": taken, "same": taken, "most": limit, "skip": skip}
            if limit:
                parts.append((Part(ways[down], values), limit + skip))
        return parts

    def beside(self, key: Candidate, points: Sequence[Any], limits: Sequence[int]) -> list[Counted]:
        """Of the first rows behind each point of a key those that pass the filter, each with its
        key. No row comes twice.
        """
        bare = self._replace(conditions=(), raw=None)
        order: Any = named(key.order or "")
        every: list[Any] = [
            named(column.name) for column in self.table.columns if not column.hidden
        ]
        columns: list[Any] = [named(name) for name in self.columns]

        def build(closed: bool) -> Any:
            found = bare._select(key, [*every, order.label(MARK)]).where(order >= _own("low"))
            found = found.where(order < _own("high")) if closed else found
            # A limit keeps the filter outside, so that no row is read but for these.
            inner = bare._ordered(found, key, False).limit(_count("most")).subquery(self.table.name)
            outer: Any = select(*columns, named(MARK)).select_from(inner)
            return outer.where(*self._clauses())

        along = key.order
        templates = [
            self._template("beside", key, lambda: build(False), low=along, most=None),
            self._template("beside", key, lambda: build(True), low=along, high=along, most=None),
        ]
        parts = []
        for low, high, limit in zip(points, [*points[1:], None], limits, strict=True):
            values = {"low": self.server.value(low), "most": limit}
            if high is not None:
                values["high"] = self.server.value(high)
            parts.append((Part(templates[high is not None], values), limit))
        return parts

    def mixed(self, candidate: Candidate, key: Candidate, parts: Sequence[Counted]) -> list[Query]:
        """Parts along a candidate and along a key, in as few queries as may be."""
        free = _names(key)
        return [query._replace(free=free) for query in self.together(candidate, parts)]

    def together(self, candidate: Candidate, parts: Sequence[Counted]) -> list[Query]:
        """Parts along a candidate, in as few queries as may be."""
        return self._together(parts, candidate, candidate.fixed)

    def among(self, candidate: Candidate, values: Sequence[Any]) -> Query:
        """All rows that have one of these values in the ordering column: to be explained only."""
        order: Any = named(candidate.order or "")
        mine = order.in_([self._bound(value) for value in values])
        return Query(self._select(candidate).where(mine), None)

    def passing(self) -> Query:
        """All rows that pass the filter: to be explained only."""
        # Values of its own make it a statement of its own: without any, PostgreSQL would take
        # several, and raw SQL could end the transaction.
        statement = self._select(None, [literal_column("1")]).limit(EVERY)
        return Query(statement, None)

    def extremes(
        self, candidate: Candidate, key: Candidate | None = None, *, sorted: bool = False
    ) -> Query:
        """The least and the largest of the ordering column, and those of a key of the whole table.

        Each in a subquery of its own: in one SELECT, SQLite would read the whole index for them.
        ``sorted`` finds them as the first and the last in order, where MIN and MAX are dear:
        MariaDB takes no shortcut to them along a descending column.
        """
        bare = self._replace(conditions=(), raw=None)

        def build() -> Any:
            found = self._ends(candidate, sorted=sorted)
            if key is not None:
                found += bare._ends(key, sorted=False)
            names = ("low", "high", "key_low", "key_high")
            return select(*(end.label(name) for end, name in zip(found, names, strict=False)))

        template = self._template(f"ends {sorted} {key}", candidate, build)
        most = (2 if key is None else 4) if self._covered(candidate) else None
        free = _names(key) if key is not None else ()
        part = Part(template, self._values())
        return Query((part,), most, candidate.fixed, free, where=self.filtered, limited=sorted)

    def beyond(self, candidate: Candidate, low: Any, high: Any) -> Query:
        """The least and the largest that are neither ``low`` nor ``high``."""
        order: Any = named(candidate.order or "")
        ends = [
            self._select(candidate, [order])
            .where(order > self._bound(low), order < self._bound(high))
            .order_by(order.desc() if down else order)
            .limit(1)
            .scalar_subquery()
            .label(name)
            for down, name in ((False, "low"), (True, "high"))
        ]
        most = 2 if self._covered(candidate) else None
        return Query(select(*ends), most, candidate.fixed, where=True)

    def _ends(self, candidate: Candidate, *, sorted: bool) -> list[Any]:
        order: Any = named(candidate.order or "")
        column = self.table.column(candidate.order or "")
        if not sorted and (column is None or column.kind not in self.server.unaggregated):
            return [
                self._select(candidate, [which(order)]).scalar_subquery()
                for which in (func.min, func.max)
            ]
        held = self._select(candidate, [order])
        if column is None or column.nullable:
            held = held.where(order.is_not(None))
        return [
            held.order_by(each).limit(1).scalar_subquery() for each in (order.asc(), order.desc())
        ]

    def keys(self, key: Candidate, values: Sequence[int]) -> Query:
        """The rows that have one of these keys, and pass the filter."""
        wanted = bindparam(None, list(values), NullType(), expanding=True, unique=True)
        mine = named(key.order or "").in_(wanted)
        index = tuple(name for name in _names(key) if name is not None)
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
        return Query(statement, len(values), lookup=index, by=key.order)

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
        return Query(statement, None, steered=False, kept=False)

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

    def _covered(self, candidate: Candidate) -> bool:
        return candidate.covered and self.raw is None

    def _ordered(self, statement: Any, candidate: Candidate, descending: bool) -> Any:
        before: list[Any] = [
            named(condition.column)
            for condition in self.conditions
            if condition.operator == IS_NULL
            and condition.column in candidate.fixed
            and self.server.orders_nulls
        ]
        every = [*before, named(candidate.order or "")]
        return statement.order_by(*(each.desc() if descending else each for each in every))

    def _marked(self, candidate: Candidate, mark: str) -> Any:
        marking: Any = named(mark)
        columns: list[Any] = [named(name) for name in self.columns]
        return self._select(candidate, [*columns, marking.label(MARK)])

    def _template(
        self, kind: str, along: Candidate, build: Callable[[], Any], **like: str | None
    ) -> Template:
        """With the parameters that have their own values, each by the column that it is compared
        with; None for numbers of rows. Made once for all draws that differ in values only.
        """
        shape = tuple((condition.column, condition.operator) for condition in self.conditions)
        style = (type(self.dialect), self.dialect.paramstyle)
        key = (kind, style, self.table, self.columns, shape, self.raw, along, tuple(like.items()))
        found = _TEMPLATES.get(key)
        if found is None:
            if len(_TEMPLATES) >= KEPT:
                _TEMPLATES.clear()
            found = _TEMPLATES[key] = Template(build(), tuple(like), self._seed(like))
        return found

    def _seed(self, like: dict[str, str | None]) -> str | None:
        if not self.server.lateral:
            return None
        quoted = self.dialect.identifier_preparer
        columns = ", ".join(
            f"{'0' if column is None else quoted.quote_identifier(column)} AS {name}"
            for name, column in like.items()
        )
        return f"SELECT {columns} FROM {quoted.format_table(self._table())} WHERE 1 = 0"

    def _together(
        self, parts: Sequence[Counted], candidate: Candidate, fixed: tuple[str, ...]
    ) -> list[Query]:
        """Parts in as few queries as may be."""
        at_once = _PARTS if joinable(self.dialect) else 1
        covered = self._covered(candidate)
        found = []
        for start in range(0, len(parts), at_once):
            some = parts[start : start + at_once]
            most = sum(most for _, most in some) if covered else None
            own = self._values()
            joined = tuple(Part(part.template, own | part.values) for part, _ in some)
            found.append(Query(joined, most, fixed, where=True))
        return found

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
        clauses: list[Any] = [self._clause(*each) for each in enumerate(self.conditions)]
        if self.raw is not None:
            clauses.append(literal_column(f"({self.raw})"))
        return clauses

    def _clause(self, at: int, condition: Condition) -> Any:
        column: Any = named(condition.column)
        if condition.operator == IS_NULL:
            return column.is_(None)
        if condition.operator == IS_NOT_NULL:
            return column.is_not(None)
        value = bindparam(f"where_{at}", self._value(condition), NullType())
        return {
            "=": column.__eq__,
            "!=": column.__ne__,
            "<": column.__lt__,
            "<=": column.__le__,
            ">": column.__gt__,
            ">=": column.__ge__,
        }[condition.operator](value)

    def _value(self, condition: Condition) -> Any:
        known = self.table.column(condition.column)
        assert known is not None, "conditions are settled before"
        return self.server.value(converted(known, condition, self.server))

    def _values(self) -> dict[str, Any]:
        """Those of the conditions, for templates, which may come from a draw with others."""
        return {
            f"where_{at}": self._value(condition)
            for at, condition in enumerate(self.conditions)
            if condition.operator not in (IS_NULL, IS_NOT_NULL)
        }

    def _bound(self, value: Any) -> Any:
        # Without a type: SQLAlchemy then casts nothing, and the server takes the column's own.
        return bindparam(None, self.server.value(value), NullType(), unique=True)


_PARTS = 100
"""So many parts are asked for in one query; SQLite takes 500."""

EVERY = 1 << 62
"""More rows than there are."""

KEPT = 200
"""So many templates are kept."""

_TEMPLATES: dict[Any, Template] = {}

MARK = "streamstats_at"
"""What the ordering column is called where it comes besides the columns that are wanted."""


def _names(key: Candidate) -> tuple[str | None, ...]:
    """What plans call the index of a key."""
    names = ("the primary key", "the rowid", None) if key.index.primary else ()
    return (key.index.name, *names)


def _own(name: str) -> Any:
    """A value that each part has its own of. Without a type, as ``Scope._bound``."""
    return bindparam(name, type_=NullType())


def _count(name: str) -> Any:
    """The same of a number of rows."""
    return bindparam(name, type_=Integer())
