"""What a cache holds reads back as it was; what somebody else has put there is refused."""

from __future__ import annotations

import pickle
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streamstats.sources.database.encoding import decode, encode

VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False),
    st.text(st.characters(exclude_categories=[])),
    st.binary(),
    st.decimals(allow_nan=False),
    st.dates(),
    st.datetimes(),
    st.timedeltas(),
    st.uuids(),
)


@given(st.lists(st.lists(VALUES)))
def test_reads_back(rows: list[list[Any]]) -> None:
    found = decode(encode(rows))
    assert found == rows
    assert [[type(value) for value in row] for row in found] == [
        [type(value) for value in row] for row in rows
    ]


@given(st.binary())
def test_anything_else_is_refused_or_plain(data: bytes) -> None:
    try:
        decode(data)
    except ValueError:
        return


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x80\x04",
        pickle.dumps([1]),
        b'[{"~": ["uuid", "x"]}]',
        b'[{"~": ["decimal", "x"]}]',
        b'[{"~": 3}]',
        b"[" * 100_000,
    ],
)
def test_what_is_not_ours(data: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - of any text
        decode(data)


def test_a_value_without_a_form_becomes_its_text() -> None:
    assert decode(encode([UUID(int=1), range(3)])) == [UUID(int=1), "range(0, 3)"]
