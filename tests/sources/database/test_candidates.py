"""Which indexes answer a filter, and the index that would."""

from __future__ import annotations

import pytest
from sqlalchemy.dialects import mysql, postgresql, sqlite

from streamstats.sources.database.advice import create_index
from streamstats.sources.database.candidates import candidates
from streamstats.sources.database.scope import Scope
from streamstats.sources.database.servers import server
from streamstats.sources.database.table import Column, Index, Table
from streamstats.sources.database.where import parse

COLUMNS = tuple(
    Column(name, kind, kind.upper(), True)
    for name, kind in (("id", "integer"), ("a", "integer"), ("b", "time"), ("c", "text"))
)
TABLE = Table(
    "t",
    None,
    COLUMNS,
    (
        Index("PRIMARY", ("id",), True, True),
        Index("a_b", ("a", "b"), False, False, ("id",)),
        Index("c", ("c",), False),
        Index("c_a", ("c", "a"), True),
    ),
    1000,
)


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        ("", ["PRIMARY id", "a_b a", "c c", "c_a c"]),
        ("a = 1", ["a_b b"]),
        ("a IS NULL", ["a_b b"]),
        ("a = 1 AND b > '2020-01-01'", ["a_b b"]),
        ("a = 1 AND b >= '2020' AND b < '2021'", ["a_b b"]),
        # Beyond the columns of the index lies what the server puts behind them.
        ("a = 1 AND b = '2020-01-01'", ["a_b id"]),
        ("a > 1", ["a_b a"]),
        ("a != 1", []),
        # All columns of an index are fixed: rows come as they lie there.
        ("c = 'x'", ["c None", "c_a a"]),
        ("c = 'x' AND a = 2", ["c_a None"]),
        ("a = 1 AND a = 2", []),
        ("a = 1 AND c = 'x'", ["c_a None"]),
        ("b = '2020-01-01'", []),
        ("id = 7", ["PRIMARY None"]),
    ],
)
def test_candidates(where: str, expected: list[str]) -> None:
    found = candidates(TABLE, parse(where) if where else ())
    assert [f"{each.index.name} {each.order}" for each in found if each.covered] == expected


@pytest.mark.parametrize(
    ("where", "statement"),
    [
        ("c = 'x' AND b IS NULL", "CREATE INDEX t_c_b_id ON t (c, b, id)"),
        ("b > '2020-01-01' AND c = 'x'", "CREATE INDEX t_c_b ON t (c, b)"),
        ("id != 3", None),
        ("a = 1 AND b > '2020-01-01'", None),
    ],
)
def test_the_index_that_would_help(where: str, statement: str | None) -> None:
    scope = Scope(TABLE, ("id",), parse(where), None, server("sqlite"), sqlite.dialect())
    assert create_index(scope, sqlite.dialect()) == statement


def test_it_is_quoted_as_the_database_does() -> None:
    odd = Table('se"lect', "s", (Column("from", "text", "TEXT", True),), (), None)
    scope = Scope(odd, ("from",), parse('"from" = 1'), None, server("mysql"), mysql.dialect())
    assert create_index(scope, mysql.dialect()) == (
        'CREATE INDEX se_lect_from ON s.`se"lect` (`from`)'
    )
    assert create_index(scope, postgresql.dialect()) == (  # type: ignore[no-untyped-call]
        'CREATE INDEX se_lect_from ON s."se""lect" ("from")'
    )
    long = Table("ü" * 50, None, (Column("x" * 40, "text", "TEXT", True),), (), None)
    scope = scope._replace(table=long, conditions=parse(f"{'x' * 40} = 1"))
    statement = create_index(scope, sqlite.dialect()) or ""
    assert len(statement.split('"')[1].encode()) <= 60
    assert create_index(scope._replace(table=long._replace(view=True)), sqlite.dialect()) is None
