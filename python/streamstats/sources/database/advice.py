"""The index that would make a refused query cheap, as a line for whoever runs the database."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.engine import Dialect

    from streamstats.sources.database.scope import Scope

LONGEST = 60
"""A name of more bytes is cut: MySQL takes 64, PostgreSQL 63."""


def create_index(scope: Scope, dialect: Dialect) -> str | None:
    """CREATE INDEX on the columns that the filter fixes, and one more to read along.

    None where no index of columns would help: of a view, or where the filter has no equality and
    no bound.
    """
    table = scope.table
    if table.view:
        return None
    columns = list(
        dict.fromkeys(condition.column for condition in scope.conditions if condition.fixes)
    )
    bounded = [
        condition.column
        for condition in scope.conditions
        if condition.operator in ("<", "<=", ">", ">=") and condition.column not in columns
    ]
    if bounded:
        columns.append(bounded[0])
    else:
        next_one = _along(scope, columns)
        if next_one is not None:
            columns.append(next_one)
    if not columns or any(index.columns == tuple(columns) for index in table.indexes):
        return None
    return _written(scope, columns, dialect)


def index_on(scope: Scope, columns: Sequence[str]) -> str:
    """CREATE INDEX on these columns."""
    return _written(scope, list(dict.fromkeys(columns)), scope.dialect)


def _along(scope: Scope, taken: list[str]) -> str | None:
    """A column with an order: the key if it has one, else a time or a number."""
    table = scope.table
    key = table.key
    if key is not None and len(key.columns) == 1:
        column = table.column(key.columns[0])
        if column is not None and not column.hidden and column.name not in taken:
            return column.name
    kinds = ("time", "integer", "number", "text", "boolean", "other")
    free = [column for column in table.columns if not column.hidden and column.name not in taken]
    free.sort(key=lambda column: kinds.index(column.kind))
    return free[0].name if free else None


def _written(scope: Scope, columns: list[str], dialect: Dialect) -> str:
    from sqlalchemy import Column, Index, MetaData, Table
    from sqlalchemy.schema import CreateIndex
    from sqlalchemy.types import Integer

    table = Table(
        scope.table.name,
        MetaData(),
        *(Column(name, Integer) for name in columns),
        schema=scope.table.schema,
    )
    name = re.sub(r"\W+", "_", "_".join([scope.table.name, *columns]))
    while len(name.encode()) > LONGEST:
        name = name[:-1]
    index = Index(name, *(table.c[column] for column in columns))
    written = " ".join(str(CreateIndex(index).compile(dialect=dialect)).split())
    # What goes to the driver has its percent signs doubled, and this goes to people.
    return written.replace("%%", "%") if "format" in dialect.paramstyle else written
