"""The filter: what it reads, what it refuses, and that nothing of it is ever pasted."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.dialects import sqlite

from streamstats.errors import ConditionError
from streamstats.sources.database.scope import Scope
from streamstats.sources.database.servers import server
from streamstats.sources.database.table import Column, Table
from streamstats.sources.database.where import OPERATORS, Condition, Value, parse, parse_all


@pytest.mark.parametrize(
    ("text", "conditions"),
    [
        ("in_stock = 1", [("in_stock", "=", 1)]),
        ("a=1 and b<>'x' AND c >= -2.50", [("a", "=", 1), ("b", "!=", "x"), ("c", ">=", "-2.50")]),
        ("a == .5", [("a", "=", "0.5")]),
        (
            "note IS NULL AND note2 is not null",
            [("note", "is null", None), ("note2", "is not null", None)],
        ),
        ("name = 'O''Brien'", [("name", "=", "O'Brien")]),
        ('"odd name" = "a ""b"""', [("odd name", "=", 'a "b"')]),
        ("`odd ``name` < 1e3", [("odd `name", "<", "1E+3")]),
        ("ok = TRUE AND bad = false", [("ok", "=", True), ("bad", "=", False)]),
        ("größe > 3", [("größe", ">", 3)]),
        ("a = ' AND b = 1'", [("a", "=", " AND b = 1")]),
        ("a>-1", [("a", ">", -1)]),
    ],
)
def test_what_is_read(text: str, conditions: list[tuple[str, str, object]]) -> None:
    found = [(c.column, c.operator, c.value) for c in parse(text)]
    shown = [(a, b, str(v) if isinstance(v, Decimal) else v) for a, b, v in found]
    assert shown == conditions


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "a comparison is missing"),
        ("   ", "a comparison is missing"),
        ("a = 1 AND", "a comparison is missing"),
        ("AND a = 1", "a comparison is missing"),
        ("a", "behind 'a' stands an operator"),
        ("a =", "behind 'a =' stands a value"),
        ("a ~ 'x'", "'~' has no place here"),
        ("a LIKE 'x%'", "'LIKE' is no operator"),
        ("a = steel", "a text stands in quotes: 'steel'"),
        ("a = NULL", "write IS NULL"),
        ("a IS 1", "behind IS stands NULL"),
        ("a = 1 OR b = 2", "joined by AND only"),
        ("a = 1; DROP TABLE x", "a filter has no ';'"),
        ("a = 'x", "the quote ' is not closed"),
        ("1 = 1", "a column stands first, not 1"),
        ("a = 1 -- b", "'-' has no place here"),
        ("a = 12abc", "has no place here"),
        ("a = (SELECT 1)", "'(' has no place here"),
        (f"a = {'9' * 61}", "at most 60 digits"),
    ],
)
def test_what_is_refused(text: str, reason: str) -> None:
    with pytest.raises(ConditionError) as caught:
        parse(text)
    assert reason in str(caught.value)
    assert "COLUMN OP VALUE" in str(caught.value)


NAMES = st.text(min_size=1, max_size=12).filter(lambda name: "\0" not in name)
VALUES: st.SearchStrategy[Value] = st.one_of(
    st.integers(-(10**30), 10**30),
    st.decimals(
        allow_nan=False, allow_infinity=False, places=3, min_value=-(10**9), max_value=10**9
    ),
    st.text(max_size=20),
    st.booleans(),
)
CONDITIONS = st.one_of(
    st.builds(Condition, NAMES, st.sampled_from(OPERATORS), VALUES),
    st.builds(Condition, NAMES, st.sampled_from(["is null", "is not null"]), st.none()),
)


@given(st.lists(CONDITIONS, min_size=1, max_size=4))
def test_what_is_written_reads_back(conditions: list[Condition]) -> None:
    assert list(parse(" AND ".join(map(str, conditions)))) == conditions
    assert list(parse_all(map(str, conditions))) == conditions


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        conditions = parse(text)
    except ConditionError as error:
        shown = str(error)
    else:
        assert parse(" AND ".join(map(str, conditions))) == conditions
        return
    assert all(line.isprintable() for line in shown.split("\n"))


@given(st.sampled_from("=<>'\"`;-() \n\\%:?"), st.text(max_size=10), VALUES)
def test_values_are_bound_and_names_are_quoted(sign: str, rest: str, value: Value) -> None:
    """Whatever a value holds is no part of the statement, and a name is one identifier."""
    secret = f"{sign}marked{rest}" if isinstance(value, str) else value
    name = f"n{sign}x"
    table = Table("t", None, (Column(name, "other", "", True),), (), None)
    dialect = sqlite.dialect()
    scope = Scope(table, (name,), (Condition(name, "=", secret),), None, server("sqlite"), dialect)
    compiled = scope.shuffled(1).statement.compile(dialect=dialect)
    text = str(compiled)
    assert "marked" not in text
    quoted = '"' + name.replace('"', '""') + '"'
    assert text.startswith(f"SELECT {quoted} \nFROM t \nWHERE {quoted} = ?")
    kept = [held for held in compiled.params.values() if held != 1 or secret == 1]
    # SQLite takes neither decimals nor integers of more than 64 bits.
    large = isinstance(secret, int) and not -(2**63) <= secret < 2**63
    expected = float(str(secret)) if large or isinstance(secret, Decimal) else secret
    assert expected in kept
