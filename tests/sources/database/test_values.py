"""The values of a filter, as columns hold such, and filters that contradict themselves."""

from __future__ import annotations

from decimal import Decimal
from operator import ge, gt, le, lt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streamstats.errors import ConditionError
from streamstats.sources.database.servers import server
from streamstats.sources.database.table import Column, Table
from streamstats.sources.database.values import contradiction, converted
from streamstats.sources.database.where import Condition, parse

COLUMNS = tuple(
    Column(name, kind, kind.upper(), True)
    for name, kind in (
        ("id", "integer"),
        ("price", "number"),
        ("day", "time"),
        ("ok", "boolean"),
        ("name", "text"),
        ("key", "uuid"),
    )
)
TABLE = Table("t", None, COLUMNS, (), None)


def value(where: str, kind: str) -> object:
    (condition,) = parse(where)
    column = TABLE.column(condition.column)
    assert column is not None
    return converted(column, condition, server(kind))


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        ("id = 7", 7),
        ("id = 7.0", 7),
        ("id = '7'", 7),
        ("id > 7.5", 7),
        ("id >= 7.5", 8),
        ("id < 7.5", 8),
        ("id <= 7.5", 7),
        ("id > -7.5", -8),
        ("id = TRUE", 1),
        ("price = 7.50", Decimal("7.50")),
        ("price = 1e2", 100),
        ("day > '2026-01-31'", "2026-01-31"),
        ("ok = 1", True),
        ("name = 5", "5"),
        (
            "key = '{8000000000000000000000000000000A}'",
            "80000000-0000-0000-0000-00000000000a",
        ),
    ],
)
def test_values_as_columns_hold_them(where: str, expected: object) -> None:
    for kind in ("mysql", "postgresql"):
        assert value(where, kind) == expected


@pytest.mark.parametrize(
    ("where", "reason"),
    [
        ("id = 'x'", "holds numbers"),
        ("id = 1.5", "holds whole numbers"),
        ("id != 1.5", "holds whole numbers"),
        ("id > 1e40", "holds no number so large"),
        ("price = 'NaN'", "holds numbers"),
        ("day > 5", "holds dates or times, as texts"),
        ("ok = 'maybe'", "holds TRUE and FALSE"),
        ("key = 'x'", "holds UUIDs"),
    ],
)
def test_values_that_no_column_holds(where: str, reason: str) -> None:
    for kind in ("mysql", "postgresql"):
        with pytest.raises(ConditionError, match=reason):
            value(where, kind)


def test_columns_of_sqlite_hold_anything() -> None:
    assert value("id = 1.5", "sqlite") == Decimal("1.5")
    assert value("day > 5", "sqlite") == 5


def test_mariadb_takes_any_text_for_a_time() -> None:
    """PostgreSQL knows some words; MariaDB compares with no time at all, and all rows pass."""
    with pytest.raises(ConditionError, match="holds dates or times"):
        value("day > 'yesterdayish'", "mysql")
    assert value("day > 'yesterday'", "postgresql") == "yesterday"


@given(st.integers(-(10**6), 10**6), st.decimals(-1000, 1000, places=2))
def test_a_bound_of_integers_lets_the_same_through(number: int, bound: Decimal) -> None:
    compare = {"<": lt, "<=": le, ">": gt, ">=": ge}
    for operator, holds in compare.items():
        whole = converted(COLUMNS[0], Condition("id", operator, bound), server("postgresql"))
        assert isinstance(whole, int)
        assert holds(number, whole) == holds(number, bound)


@pytest.mark.parametrize(
    ("where", "both"),
    [
        ("id = 7 AND id = 8", "id = 7 AND id = 8"),
        ("ok = 1 AND price > 3 AND ok = FALSE", "ok = 1 AND ok = FALSE"),
        ("id = 7 AND id = 7.0", None),
        ("id = 7 AND id > 8", None),
        # The same to many a collation.
        ("name = 'a' AND name = 'A'", None),
        ("day = '2026-01-01' AND day = '2026-01-01 00:00'", None),
    ],
)
def test_contradictions(where: str, both: str | None) -> None:
    found = contradiction(TABLE, parse(where), server("postgresql"))
    assert (None if found is None else " AND ".join(map(str, found))) == both
