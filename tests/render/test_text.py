from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streamstats.render.look import UNLIMITED, Look
from streamstats.render.text import render
from streamstats.render.width import display_width
from streamstats.summary.model import Summary

Make = Callable[..., Summary]

AT_80 = Look(80, False, True, True)
AT_200 = Look(200, False, True, True)
ASCII = Look(80, False, False, True)
COLOUR = Look(80, True, True, True)

STATISTICS = """
Some Statsy Things
     count  12      distinct values
  outliers   1      * more than 2 stdev from the mean
   maximum  11
   minimum   1
     stdev   2.843
     total  42      records
      mean   3.5    records per value
    median   3.5
"""


def text(summary: Summary, look: Look) -> str:
    return "".join(render(summary, look))


def test_the_original_sample_at_80(make: Make, original: dict[bytes, int]) -> None:
    assert text(make(original), AT_80) == (
        """\
ip              count  share
192.168.10.108     11  26.2% * ████████████████████████████████████████
192.168.10.109      6  14.3%   █████████████████████▉
192.168.10.106      5  11.9%   ██████████████████▏
192.168.10.102      4   9.5%   ██████████████▌
192.168.10.103      4   9.5%   ██████████████▌
192.168.10.107      4   9.5%   ██████████████▌
192.168.10.110      3   7.1%   ██████████▉
192.168.10.100      1   2.4%   ███▋
192.168.10.101      1   2.4%   ███▋
192.168.10.104      1   2.4%   ███▋
192.168.10.105      1   2.4%   ███▋
192.168.10.111      1   2.4%   ███▋
"""
        + STATISTICS
    )


def test_the_original_sample_at_200(make: Make, original: dict[bytes, int]) -> None:
    lines = text(make(original, top=2), AT_200).split("\n")
    assert lines[1] == "192.168.10.108     11  26.2% * " + "█" * 80
    assert lines[2] == "192.168.10.109      6  14.3%   " + "█" * 43 + "▋"
    assert lines[3] == "… 10 more values, 25 records"


def test_ascii(make: Make, original: dict[bytes, int]) -> None:
    shown = text(make({**original, "é".encode(): 2}, top=3), ASCII)
    assert shown.isascii()
    assert "192.168.10.109      6  13.6%   " + "|" * 22 + "\n" in shown
    assert "\n... 10 more values, 22 records\n" in shown


def test_only_outliers(make: Make, original: dict[bytes, int]) -> None:
    shown = text(make(original, only_outliers=True), AT_80)
    assert [line.split()[0] for line in shown.split("\n\n")[0].split("\n")] == [
        "ip",
        "192.168.10.108",
    ]
    assert shown.endswith(STATISTICS)
    none = text(make({b"a": 1, b"b": 1}, only_outliers=True), AT_80)
    assert none.startswith("no outliers\n\nSome Statsy Things\n")


def test_one_more_value_is_singular(make: Make) -> None:
    assert "… 1 more value, 1 record\n" in text(make({b"a": 2, b"b": 1}, top=1), AT_80)


def test_thousands_and_small_shares(make: Make) -> None:
    shown = text(make({b"a": 1_234_567, b"b": 12}), AT_80)
    assert "a   1,234,567  100.0%   " in shown
    assert "b          12   <0.1%   ▏\n" in shown
    assert "   maximum  1,234,567\n" in shown


def test_long_values_are_cut_in_the_middle(make: Make) -> None:
    path = b"/" + b"a" * 60 + b"/index.html"
    cut = "/" + "a" * 22 + "…" + "a" * 11 + "/index.html"
    assert f"{cut}      3  100.0%   " in text(make({path: 3}, by=("path",)), AT_80)
    assert path.decode() + "      3" in text(make({path: 3}), AT_80._replace(width=UNLIMITED))


def test_several_groups_are_several_columns(make: Make) -> None:
    shown = text(make({b"10.0.0.1\x00404": 9, b"::1\x00200": 1}, by=("ip", "status")), AT_80)
    assert shown.startswith(
        "ip        status  count  share\n"
        "10.0.0.1  404         9  90.0%   ████████████████████████████████████████\n"
        "::1       200         1  10.0%   ████▌\n"
    )


def test_sums(make: Make) -> None:
    counts = {b"alice": 1234.5, b"bob": -300.25, b"carol": 99.0, b"dave": 0.0}
    shown = text(make(counts, by=("user",), summed="cost"), AT_80)
    assert shown.startswith(
        """\
user       cost  records   share
alice  1,234.50        7  119.5%   ████████████████████████████████████████
carol     99.00        7    9.6%   ███▎
dave       0.00        7    0.0%
bob     -300.25        7  -29.1%   ░░░░░░░░░░

"""
    )
    assert "     total  1,033.25  cost\n" in shown
    assert "      mean    258.31  cost per value\n" in shown
    assert "… 3 more values, -201.25 cost\n" in text(make(counts, summed="cost", top=1), AT_80)


def test_sums_that_are_whole_have_no_decimals(make: Make) -> None:
    shown = text(make({b"a": 3_000_000_000, b"b": 5.0}, summed="bytes"), AT_80)
    assert "a   3,000,000,000        7  100.0%   " in shown
    assert "b               5        7   <0.1%   ▏\n" in shown


def test_a_total_of_nought(make: Make) -> None:
    shown = text(make({b"a": 5, b"b": -5}, summed="balance"), AT_80)
    assert "a         5        7   0.0%   " + "█" * 40 + "\n" in shown
    assert "b        -5        7   0.0%   " + "░" * 40 + "\n" in shown


def test_empty_and_hostile_values(make: Make) -> None:
    shown = text(make({b"": 3, b"\x1b]0;x\x07\\": 2, b"\xff": 1}), AT_80)
    assert "(empty)             3  50.0%   " in shown
    assert "\\x1b]0;x\\x07\\\\      2  33.3%   " in shown
    assert "\\xff                1  16.7%   " in shown


def test_wide_and_combining_values_align(make: Make) -> None:
    shown = text(make({"日本語".encode(): 3, b"abcdef": 2, "e\u0301".encode(): 1}), AT_80)
    assert "日本語      3  50.0%   █" in shown
    assert "abcdef      2  33.3%   █" in shown
    assert "e\u0301           1  16.7%   █" in shown


def test_colour(make: Make, original: dict[bytes, int]) -> None:
    lines = text(make({**original, b"": 1}, top=13), COLOUR).split("\n")
    assert lines[0] == "\033[2mip\033[0m              \033[2mcount\033[0m  \033[2mshare\033[0m"
    assert lines[1] == (
        "\033[1;31m192.168.10.108\033[0m     \033[1;31m11\033[0m  \033[1;31m25.6%\033[0m"
        " \033[1;31m*\033[0m \033[31m" + "█" * 40 + "\033[0m"
    )
    assert lines[2].startswith("192.168.10.109      6  14.0%   \033[36m█")
    assert lines[8].startswith("\033[2m(empty)\033[0m             1   2.3%   \033[36m")
    assert "\033[1mSome Statsy Things\033[0m" in lines
    assert (
        "  outliers   \033[1;31m1\033[0m      \033[2m* more than 2 stdev from the mean\033[0m"
        in (lines)
    )


def test_colour_changes_nothing_else(make: Make, original: dict[bytes, int]) -> None:
    summary = make({**original, b"": 1}, top=5)
    assert re.sub("\033\\[[0-9;]*m", "", text(summary, COLOUR)) == text(summary, AT_80)


def test_no_values_at_all(make: Make) -> None:
    assert text(make({}), AT_80).startswith(
        "\nSome Statsy Things\n     count  0  distinct values\n"
    )


def test_a_narrow_terminal(make: Make, original: dict[bytes, int]) -> None:
    for width in (20, 30, 40):
        for line in text(make(original, top=3), AT_80._replace(width=width)).split("\n"):
            assert display_width(line) <= width
    assert text(make(original), AT_80._replace(width=5)) == text(
        make(original), AT_80._replace(width=20)
    )


values = st.dictionaries(
    st.one_of(
        st.binary(max_size=80),
        st.text(max_size=60).map(lambda value: value.encode("utf-8", "surrogatepass")),
        st.ip_addresses().map(lambda address: str(address).encode()),
    ),
    st.integers(1, 10**12),
    min_size=1,
    max_size=25,
)
looks = st.builds(
    Look,
    st.one_of(st.just(UNLIMITED), st.integers(60, 250)),
    st.just(False),
    st.booleans(),
    st.booleans(),
)


@given(values, looks)
def test_bars_begin_in_one_column_and_lines_fit(
    make: Make, counts: dict[bytes, int], look: Look
) -> None:
    lines = text(make(counts), look).split("\n")
    head, rows = lines[0], lines[1 : 1 + len(counts)]
    assert lines[1 + len(counts)] == ""
    for row in rows:
        assert row[-1] in "█▏▎▍▌▋▊▉|"
    starts = {display_width(re.sub("[ *] (█*[▏▎▍▌▋▊▉]?|\\|+)$", "", row)) for row in rows}
    assert len(starts) == 1
    assert display_width(head) < starts.pop() + 1
    if look.width:
        assert max(display_width(line) for line in lines) <= look.width
    if not look.unicode:
        assert "".join(lines).isascii()


@given(values, looks)
def test_nothing_in_a_value_reaches_the_terminal_as_a_control(
    make: Make, counts: dict[bytes, int], look: Look
) -> None:
    for line in render(make(counts), look):
        assert line.endswith("\n")
        assert all(unicodedata.category(char) not in ("Cc", "Cs", "Zl", "Zp") for char in line[:-1])


@pytest.mark.parametrize("name", ["a\x1bb", "café"])
def test_names_of_groups_are_shown_as_safely_as_values(make: Make, name: str) -> None:
    shown = text(make({b"x": 1}, by=(name,), summed=name), AT_80)
    assert "\x1b" not in shown
    assert name.replace("\x1b", "\\x1b") in shown


@given(
    st.dictionaries(
        st.binary(min_size=1, max_size=4),
        st.one_of(
            st.integers(-(10**20), 10**20),
            st.floats(allow_nan=False, allow_infinity=False),
            st.floats(-1000, 1000),
        ),
        min_size=1,
        max_size=12,
    )
)
def test_sums_of_any_size_align(make: Make, counts: dict[bytes, int | float]) -> None:
    lines = text(make(counts, summed="n"), AT_200._replace(width=UNLIMITED)).split("\n")
    shares = [line.rindex("%") for line in lines[1 : 1 + len(counts)]]
    ends = {display_width(line[:at]) for line, at in zip(lines[1:], shares, strict=False)}
    assert len(ends) == 1
