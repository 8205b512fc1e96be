from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streamstats.render.bars import bar


@pytest.mark.parametrize(
    ("amount", "drawn"),
    [
        (80, "█" * 10),
        (40, "█" * 5),
        (41, "█" * 5 + "▏"),
        (1, "▏"),
        (0.001, "▏"),
        (0, ""),
        (-40, "░" * 5),
        (-0.001, "░"),
    ],
)
def test_eighths(amount: float, drawn: str) -> None:
    assert bar(amount, 80, 10) == drawn


@pytest.mark.parametrize(
    ("amount", "drawn"), [(80, "|" * 10), (41, "|" * 6), (1, "|"), (0, ""), (-40, "-" * 5)]
)
def test_ascii(amount: float, drawn: str) -> None:
    assert bar(amount, 80, 10, unicode=False) == drawn


def test_no_room_and_nothing_to_show() -> None:
    assert bar(5, 10, 0) == ""
    assert bar(0, 0, 10) == ""


@given(st.floats(), st.floats(min_value=0), st.integers(0, 80), st.booleans())
def test_never_wider_than_its_room(
    amount: float, largest: float, width: int, unicode: bool
) -> None:
    drawn = bar(amount, largest, width, unicode)
    assert len(drawn) <= width
    if not math.isnan(amount) and amount and largest and width and not math.isnan(largest):
        assert drawn
