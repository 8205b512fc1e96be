from __future__ import annotations

import math

import pytest

from streamstats.render.numbers import amount, decimals, number, percent, plural


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (12345, "12,345"),
        (-12345, "-12,345"),
        (3.5, "3.5"),
        (4.0, "4"),
        (2.84312035154, "2.843"),
        (1234.5678, "1,234.57"),
        (0.00123456, "0.001235"),
        (-0.0, "0"),
        (1e20, "1e+20"),
        (1e-9, "1e-09"),
        (math.inf, "inf"),
        (math.nan, "nan"),
    ],
)
def test_number(value: float, text: str) -> None:
    assert number(value) == text


def test_amount_keeps_its_decimals() -> None:
    assert amount(1234.5, 2) == "1,234.50"
    assert amount(7, 2) == "7.00"
    assert amount(7, 0) == "7"
    assert amount(1e300, 2) == "1e+300"


def test_decimals_follow_the_size() -> None:
    assert [decimals(size) for size in (5000, 10, 5, 0.5, 0.05, 0, math.inf)] == [
        2,
        2,
        3,
        4,
        5,
        2,
        2,
    ]


def test_percent() -> None:
    assert percent(1.0) == "100.0%"
    assert percent(0.612) == "61.2%"
    assert percent(0.0) == "0.0%"
    assert percent(0.0001) == "<0.1%"
    assert percent(-0.291) == "-29.1%"
    assert percent(1e9) == "1e+11%"


def test_plural() -> None:
    assert plural(1, "record") == "1 record"
    assert plural(2000, "record") == "2,000 records"
