from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streamstats.render.classic import bar_length, python2_str, render
from streamstats.render.look import PLAIN, Look
from streamstats.summary.model import Summary

Make = Callable[..., Summary]

STATISTICS = """
Some Statsy Things
     count 12
  outliers 1
   maximum 11
   minimum 1
     stdev 2.84312035154
     total 42
      mean 3.5
"""


def text(summary: Summary, look: Look) -> str:
    return "".join(render(summary, look))


def expected(colour: bool) -> str:
    red, plain, end = ("\033[0;31m", "\033[0m", "\033[m") if colour else ("", "", "")
    lines = [
        f"{plain}  192.168.10.100 |                                        1 {end}",
        f"{plain}  192.168.10.101 |                                        1 {end}",
        f"{plain}  192.168.10.102 ||||                                     4 {end}",
        f"{plain}  192.168.10.103 ||||                                     4 {end}",
        f"{plain}  192.168.10.104 |                                        1 {end}",
        f"{plain}  192.168.10.105 |                                        1 {end}",
        f"{plain}  192.168.10.106 |||||                                    5 {end}",
        f"{plain}  192.168.10.107 ||||                                     4 {end}",
        f"{red}  192.168.10.108 |||||||||||                              11 *{end}",
        f"{plain}  192.168.10.109 ||||||                                   6 {end}",
        f"{plain}  192.168.10.110 |||                                      3 {end}",
        f"{plain}  192.168.10.111 |                                        1 {end}",
    ]
    return "\n".join(lines) + "\n" + STATISTICS


@pytest.mark.parametrize("colour", [True, False])
def test_the_original_sample(make: Make, original: dict[bytes, int], colour: bool) -> None:
    summary = make(original, sort="value")
    assert text(summary, Look(80, colour, True, True)) == expected(colour)
    assert text(summary, PLAIN._replace(colour=colour)) == expected(colour)


def test_only_outliers(make: Make, original: dict[bytes, int]) -> None:
    shown = text(make(original, only_outliers=True), PLAIN)
    assert shown == (
        "  192.168.10.108 |||||||||||                              11 *\n" + STATISTICS
    )


def test_widths_are_in_bytes_and_bytes_pass_through(make: Make) -> None:
    shown = text(make({"é".encode(): 1, b"\xff\x1b": 1, b"abc": 2}, sort="value"), PLAIN)
    assert shown.encode("utf-8", "surrogateescape").split(b"\n")[:3] == [
        b"  abc ||||||||||||||||||||                     2 ",
        "   é".encode() + b" ||||||||||                               1 ",
        b"   \xff\x1b ||||||||||                               1 ",
    ]


def test_a_terminal_gets_no_control_characters(make: Make) -> None:
    shown = text(make({b"\xff\x1b": 1, b"a": 1}, sort="value"), Look(80, False, True, True))
    assert "\x1b" not in shown
    assert shown.split("\n")[1].startswith("  \\xff\\x1b |")
    assert shown.split("\n")[0].startswith("         a |")


@pytest.mark.parametrize(
    ("value", "written"),
    [
        # As printed by Python 2.7.18.
        (3.5, "3.5"),
        (4.0, "4.0"),
        (-2.0, "-2.0"),
        (2.8431203515386637, "2.84312035154"),
        (1 / 3, "0.333333333333"),
        (123456.789012345, "123456.789012"),
        (12345678901.0, "12345678901.0"),
        (99999999999.5, "99999999999.5"),
        (99999999999.99999, "1e+11"),
        (1e11, "1e+11"),
        (123456789012.0, "1.23456789012e+11"),
        (-123456789012.0, "-1.23456789012e+11"),
        (1e12, "1e+12"),
        (0.0001, "0.0001"),
        (0.00001234, "1.234e-05"),
        (float("inf"), "inf"),
        (float("nan"), "nan"),
        (12345678901234567890, "12345678901234567890"),
    ],
)
def test_numbers_as_python_2_wrote_them(value: float, written: str) -> None:
    assert python2_str(value) == written


@given(st.integers(1, 10**9), st.integers(0, 10**9))
def test_bars_of_counts(count: int, others: int) -> None:
    length = bar_length(count, count + others)
    assert 1 <= length <= 40
    if not others:
        assert length == 40


def test_bars_of_sums_stay_in_their_place(make: Make) -> None:
    assert bar_length(-5, 10) == 0
    assert bar_length(1e300, 1) == 40
    assert bar_length(5, -10) == 0
    assert bar_length(-5, -10) == 20
    assert bar_length(5, 0) == 0
    assert bar_length(float("inf"), float("inf")) == 0
    shown = text(make({b"a": 2.5, b"b": -2.0}, summed="cost"), PLAIN)
    assert shown.startswith(f"  a {'|' * 40} 2.5 \n  b {' ' * 40} -2.0 \n")
