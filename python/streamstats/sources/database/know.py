"""What a table is like: columns, indexes, size. From the catalogue; no row is counted."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from streamstats.errors import UnknownColumn, UnknownTable
from streamstats.sources.database.table import Column, Index, Table

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy import Inspector

    from streamstats.sources.database.servers import Server
    from streamstats.sources.database.session import Session

_KINDS = (
    # Of two numbers, or of many: none of the kinds that are part of its name.
    ("other", r"range|point|polygon|array|vector"),
    ("boolean", r"bool"),
    ("integer", r"int(?!erval)|serial|^year$"),
    ("number", r"numeric|decimal|real|double|float|money"),
    ("time", r"date|time"),
    ("uuid", r"^uuid$"),
    ("bytes", r"binary|bytea|blob"),
    ("text", r"char|text|clob|enum|string|inet|cidr"),
)

_UNORDERED = ("FULLTEXT", "SPATIAL", "HASH", "VECTOR")
"""Kinds of MySQL's indexes that rows cannot be read along."""


def know(session: Session, name: str) -> Table:
    """The table called ``name``, or ``schema.name``.

    Raises:
        UnknownTable: there is none.
        SourceError: the database cannot be asked.
    """
    from sqlalchemy import inspect

    with session.asking() as connection:
        inspector = inspect(connection)
        schema, plain = _found(inspector, name, session.address.shown)
        columns = tuple(
            _column(each, session.server) for each in inspector.get_columns(plain, schema)
        )
        found = tuple(_indexes(inspector, session.server, plain, schema))
        table = session.server.numbers(connection, Table(plain, schema, columns, found, None))
        implied = session.server.implied(table)
        indexes = tuple(
            index._replace(implied=implied) if index.whole and not index.primary else index
            for index in table.indexes
        )
        table = table._replace(indexes=indexes)
        if not indexes:
            table = table._replace(view=_is_view(inspector, plain, schema))
        rows, pages = session.server.size(connection, table)
        return table._replace(rows=rows, pages=pages)


def column(table: Table, name: str) -> Column:
    """The column called ``name``, in whichever case where only one fits. Raises UnknownColumn."""
    found = table.column(name)
    alike = [each for each in table.columns if each.name.lower() == name.lower()]
    if found is None and len(alike) == 1:
        found = alike[0]
    if found is not None:
        return found
    names = list(table.visible)
    raise UnknownColumn(name, table.title, _nearest(name, names), names[:12])


def _found(inspector: Inspector, name: str, database: str) -> tuple[str | None, str]:
    if inspector.has_table(name):
        return None, name
    schema, dot, plain = name.rpartition(".")
    schemas = inspector.get_schema_names() if dot else []
    # Some schemas are there and not listed, and SQLite cannot be asked about one that is not.
    listed = schema in schemas or (dot and inspector.dialect.name != "sqlite")
    if listed and inspector.has_table(plain, schema):
        return schema, plain
    if schema in schemas:
        names = [*inspector.get_table_names(schema), *inspector.get_view_names(schema)]
        near = [f"{schema}.{found}" for found in _nearest(plain, names)]
        raise UnknownTable(name, database, near, len(names), schema)
    names = [*inspector.get_table_names(), *inspector.get_view_names()]
    near = [f"{found}.{plain}" for found in _nearest(schema, schemas)] if dot else []
    raise UnknownTable(name, database, near or _nearest(plain, names), len(names))


def _nearest(name: str, names: Sequence[str]) -> list[str]:
    import difflib  # only an error needs it

    lower = {known.lower(): known for known in names}
    close = difflib.get_close_matches(name.lower(), lower, 3, 0.6)
    return [lower[low] for low in close]


def _is_view(inspector: Inspector, name: str, schema: str | None) -> bool:
    return name in inspector.get_view_names(schema)


def _column(told: Any, server: Server) -> Column:
    from sqlalchemy.exc import CompileError, UnsupportedCompilationError

    try:
        written = str(told["type"])
    except (CompileError, UnsupportedCompilationError):
        written = type(told["type"]).__name__
    low = written.lower().partition("(")[0]
    kind = next((kind for kind, signs in _KINDS if re.search(signs, low)), "other")
    if "[]" in low or "array" in low:
        kind = "other"
    return Column(server.name(told["name"]), kind, written, bool(told.get("nullable", True)))


def _indexes(
    inspector: Inspector, server: Server, table: str, schema: str | None
) -> Iterable[Index]:
    """Those that have an order, whole columns in it, and all rows in them."""
    key = inspector.get_pk_constraint(table, schema)
    columns = tuple(map(server.name, key.get("constrained_columns") or ()))
    if columns:
        yield Index(str(key.get("name") or "PRIMARY"), columns, True, True)
    known = {columns}
    more = {"include_auto_indexes": True} if server.automatic else {}
    for told in inspector.get_indexes(table, schema, **more):
        options = told.get("dialect_options") or {}
        names: list[str | None] = list(told["column_names"])
        if str(told.get("type") or "").upper() in _UNORDERED:
            continue
        if options.get("postgresql_using", "btree") != "btree":
            continue
        if any(key.endswith("_where") and it is not None for key, it in options.items()):
            continue
        lengths = options.get("mysql_length") or options.get("mariadb_length") or {}
        ordered: list[str] = []
        for name in names:
            # Behind an expression or the beginning of a text there is no order of columns.
            if name is None or (name in lengths if isinstance(lengths, dict) else lengths):
                break
            ordered.append(server.name(name))
        if ordered and tuple(ordered) not in known:
            unique = bool(told.get("unique")) and len(ordered) == len(names)
            known.add(tuple(ordered))
            whole = len(ordered) == len(names)
            yield Index(str(told["name"]), tuple(ordered), unique, whole=whole)
