from __future__ import annotations

import math

import pytest

from streamstats.render.measures import edges_alike, edges_apart, measured


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (0, "s", "0 s"),
        (0.012, "s", "12 ms"),
        (0.001, "s", "1 ms"),
        (1e-6, "s", "1 µs"),
        (2.5e-9, "s", "2.5 ns"),
        (1e-12, "s", "0.001 ns"),
        (0.0123456, "s", "12.35 ms"),
        (-0.5, "s", "-500 ms"),
        (59.99, "s", "59.99 s"),
        (90, "s", "90 s"),
        (150, "s", "2.5 min"),
        (5400, "s", "90 min"),
        (7200, "s", "2 h"),
        (86400 * 400_000, "s", "400,000 d"),
        (0, "B", "0 B"),
        (999, "B", "999 B"),
        (1500, "B", "1.5 kB"),
        (1_234_567, "B", "1.235 MB"),
        (-2e12, "B", "-2 TB"),
        (5e19, "B", "50,000 PB"),
        (1234567, "", "1,234,567"),
        (0.25, "", "0.25"),
        (math.inf, "s", "inf"),
    ],
)
def test_measured(value: float, unit: str, text: str) -> None:
    assert measured(value, unit) == text


def test_without_unicode_there_is_no_micro_sign() -> None:
    assert measured(3e-6, "s", unicode=False) == "3 us"
    assert edges_alike([1e-6, 2e-6], "s", unicode=False) == (["1", "2"], "us")


def test_edges_of_equal_steps_have_one_unit() -> None:
    assert edges_alike([0, 0.05, 0.1], "s") == (["0", "50", "100"], "ms")
    assert edges_alike([0, 500, 1000], "B") == (["0", "0.5", "1"], "kB")
    assert edges_alike([0, 60, 120], "s") == (["0", "60", "120"], "s")
    assert edges_alike([-2000, 0], "") == (["-2,000", "0"], "")
    assert edges_alike([1234.002, 1234.004], "") == (["1,234.002", "1,234.004"], "")
    assert edges_alike([10**20, 10**20 + 10**13], "") == (["1e+20", "1.0000001e+20"], "")


def test_edges_of_growing_steps_have_a_unit_each() -> None:
    assert edges_apart([0.0005, 0.001, 1, 200], "s") == ["500 µs", "1 ms", "1 s", "200 s"]
    assert edges_apart([512, 1024, 2**21], "B") == ["512 B", "1 KiB", "2 MiB"]
    assert edges_apart([1000, 2000], "") == ["1,000", "2,000"]
