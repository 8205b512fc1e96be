"""Columns are read as Python's csv module reads them."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterator, Sequence
from operator import mul
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sources.held import Group, counted
from streamstats import _core

MISSING: Group = ("missing", b"(missing)")

delimiters = st.sampled_from([",", ";", "\t", "|", " "])
#: Carriage returns stand only before line feeds: alone they end a line for csv, and none here.
pieces = st.sampled_from(
    [",", ";", "\t", '"', '""', "\n", "\r\n", " ", "a", "bc", "\0", "é", "x" * 40]
)
texts = st.lists(pieces, max_size=60).map("".join)
#: Blocks are cut behind 64 KiB.
times = st.sampled_from([1, 1, 1, 700, 3000])
steps = st.sampled_from([1, 7, 1000, 70_000, 1 << 20])
cells = st.text(st.sampled_from('ab ,;"\n\r\0é'), max_size=5)
rows = st.lists(st.lists(cells, min_size=1, max_size=4), max_size=30)


@pytest.fixture(scope="module", autouse=True)
def _long_fields() -> Iterator[None]:
    before = csv.field_size_limit(1 << 30)
    yield
    csv.field_size_limit(before)


def read(text: str, delimiter: str, quoting: bool) -> tuple[list[list[str]], int, int]:
    """The records of a text, and how many lines are none, of how many.

    A blank line is none, and neither is one with a quote that is never closed; reading goes on
    behind that line.
    """
    lines = io.StringIO(text, newline="\n").readlines()
    mode: Literal[0, 3] = csv.QUOTE_MINIMAL if quoting else csv.QUOTE_NONE
    records, unmatched, at = [], 0, 0
    while at < len(lines):
        after = at

        def rest() -> Iterator[str]:
            nonlocal after
            while after < len(lines):
                after += 1
                yield lines[after - 1]
            after += 1  # More was asked for than there is.

        row = next(csv.reader(rest(), delimiter=delimiter, quoting=mode))
        whole = after <= len(lines)
        if row and whole:
            records.append(row)
        else:
            unmatched += 1
        at = after if whole else at + 1
    return records, unmatched, len(lines)


def expected(
    records: Sequence[Sequence[str]], columns: Sequence[int]
) -> Counter[tuple[Group, ...]]:
    """How often each value of some columns, from 0, is there."""

    def group(record: Sequence[str], column: int) -> Group:
        return ("text", record[column].encode()) if column < len(record) else MISSING

    return Counter(tuple(group(record, column) for column in columns) for record in records)


@given(st.builds(mul, texts, times), delimiters, st.booleans(), steps, st.integers(1, 2))
def test_any_text(text: str, delimiter: str, quoting: bool, step: int, threads: int) -> None:
    step = max(step, len(text) // 2000)
    records, unmatched, lines = read(text, delimiter, quoting)
    shape = _core.Shape("separated", delimiter.encode(), quoting)
    for by in (["1"], ["2"], ["3", "1"]):
        found, report = counted(shape, by, text.encode(), step, threads)
        assert found == expected(records, [int(number) - 1 for number in by])
        assert (report.lines, report.unmatched) == (lines, unmatched)
        assert report.records == len(records)


@given(rows, delimiters, st.booleans(), steps)
def test_what_csv_writes(rows: list[list[str]], delimiter: str, fully: bool, step: int) -> None:
    text = io.StringIO(newline="")
    quoting: Literal[0, 1] = csv.QUOTE_ALL if fully else csv.QUOTE_MINIMAL
    csv.writer(text, delimiter=delimiter, quoting=quoting).writerows(rows)
    shape = _core.Shape("separated", delimiter.encode())
    for column in range(4):
        found, report = counted(shape, [str(column + 1)], text.getvalue().encode(), step)
        assert found == expected(rows, [column])
        assert report.unmatched == 0


@given(rows, st.lists(cells, min_size=1, max_size=4, unique=True), st.data())
def test_a_header_is_no_record(
    rows: list[list[str]], names: list[str], data: st.DataObject
) -> None:
    text = io.StringIO(newline="")
    csv.writer(text).writerows([names, *rows])
    shape = _core.Shape("separated", b",", True, [name.encode() for name in names])
    name = data.draw(st.sampled_from(names))
    found, report = counted(shape, [name], text.getvalue().encode())
    assert found == expected([row for row in rows if row != names], [names.index(name)])
    assert report.unmatched == 0


@given(st.lists(pieces.filter(lambda piece: "\n" not in piece), max_size=20).map("".join))
def test_one_record(text: str) -> None:
    records, unmatched, _ = read(text + "\n", ",", True)
    shape = _core.Shape("separated", b",")
    line = text.encode()
    match = shape.match(line)
    assert shape.matches([line]) == 1 - unmatched
    if unmatched:
        assert match is None
    else:
        assert match == {str(i): cell.encode() for i, cell in enumerate(records[0], 1)}
        assert shape.kinds(line) == dict.fromkeys(match, "text")


def test_a_quote_that_nobody_closes_swallows_one_line() -> None:
    text = 'a,1\n"b,2\n' + "c,3\n" * 400_000
    found, report = counted(_core.Shape("separated", b","), ["2"], text.encode(), threads=2)
    assert found == {(("text", b"1"),): 1, (("text", b"3"),): 400_000}
    assert (report.lines, report.unmatched) == (400_002, 1)
    assert report.samples == [(2, b'"b,2')]
