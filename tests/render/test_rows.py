"""Rows of a database, and what is said of a sample, in every format."""

from __future__ import annotations

import csv
import io
import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streamstats.render.escape import terminal_unsafe
from streamstats.render.look import PLAIN, Look
from streamstats.render.rows import Rows, render_rows
from streamstats.render.sampled import sentences
from streamstats.sources.database.records import cell
from streamstats.summary.model import SampleFacts

FACTS = SampleFacts("t", "", "keys", "3 keys looked up", 3, True, False, 900, 4, True, False)
NAMES = ("id", "note")


def rendered(name: str, rows: list[list[Any]], look: Look = PLAIN) -> str:
    page = Rows(NAMES, [[cell(value) for value in row] for row in rows], FACTS)
    return "".join(render_rows(name, page, look))


def test_a_table() -> None:
    rows: list[list[Any]] = [
        [1, "x"],
        [22, None],
        [None, ""],
        [3, "NULL"],
        [4, "\x1b[31m\n"],
        [5, b"\xff\x00"],
    ]
    lines = rendered("text", rows).split("\n")[4:]
    assert lines == [
        "  id  note",
        "   1  x",
        "  22  NULL",
        "NULL  (empty)",
        '   3  "NULL"',
        "   4  \\x1b[31m\\n",
        "   5  \\xff\\x00",
        "",
    ]


def test_it_fits_a_terminal() -> None:
    look = Look(40, False, True, True)
    assert max(map(len, rendered("text", [[1, "y" * 200]], look).split("\n")[4:])) <= 40


def test_json_keeps_types() -> None:
    big = 12345678901234567890123
    rows: list[list[Any]] = [
        [big, Decimal("12.50")],
        [True, float("nan")],
        [None, [1, {"a": "\x7f"}]],
        [0.5, Decimal("NaN")],
        [b"\xff", Decimal("1E+200")],
    ]
    text = rendered("json", rows)
    assert '"note": 12.50}' in text
    found = [tuple(row.values()) for row in json.loads(text)["rows"]]
    assert found == [
        (big, 12.5),
        (True, "nan"),
        (None, [1, {"a": "\x7f"}]),
        (0.5, "NaN"),
        ("\\xff", "1E+200"),
    ]
    assert "\x7f" not in text


def test_null_is_not_an_empty_text() -> None:
    rows = [["", None]]
    assert rendered("csv", rows).split("\n")[1] == '"",'
    assert rendered("tsv", rows).split("\n")[1] == "\t\\N"
    assert "*NULL*" in rendered("markdown", rows)


@given(st.lists(st.tuples(st.integers(), st.text()), min_size=1))
def test_csv_and_ndjson_read_back(rows: list[tuple[int, str]]) -> None:
    held = [list(row) for row in rows]
    told = rendered("csv", held)
    expected = [[str(number), _csv(text)] for number, text in rows]
    assert list(csv.reader(io.StringIO(told, newline="")))[1:] == expected
    for line, (number, _) in zip(rendered("ndjson", held).split("\n"), rows, strict=False):
        assert json.loads(line)["id"] == number


def _csv(text: str) -> str:
    """Lone surrogates are no text that can be written."""
    return cell(text)[1].decode("utf-8")


@pytest.mark.parametrize("name", ["text", "json", "ndjson", "markdown"])
@given(text=st.text())
def test_nothing_acts_on_a_terminal(name: str, text: str) -> None:
    look = Look(80, False, True, True)
    told = rendered(name, [[1, text]], look)
    unsafe = {*range(0x20), *terminal_unsafe()} - {0x0A}
    assert [sign for sign in told if ord(sign) in unsafe] == []


@pytest.mark.parametrize(
    ("change", "first", "cost", "worth"),
    [
        ({}, "3 rows of about 900 in t, by keys", "examined 4 rows", "uniform: "),
        ({"table_rows": None}, "3 rows of nobody knows how many in t", "", "uniform: "),
        ({"uniform": False}, "3 rows of", "", "not uniform: "),
        ({"complete": True}, "all 3 rows of t, by keys", "", "no other rows"),
        ({"complete": True, "drawn": 1}, "the only row of t", "", "no other rows"),
        ({"where": "a = 1", "complete": True}, "t where a = 1", "", "that pass the filter"),
        ({"cached": True}, "", "the database was not asked", ""),
        ({"exact": False}, "", "examined at most 4 rows", ""),
        ({"table": "a\x1bb"}, "in a\\x1bb", "", ""),
    ],
)
def test_what_is_said(change: dict[str, Any], first: str, cost: str, worth: str) -> None:
    told = sentences(FACTS._replace(**change), PLAIN)
    assert first in told[0]
    assert cost in told[1]
    assert worth in told[2]
