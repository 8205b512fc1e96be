"""Alarm expressions mean what they say: held against Python's own reading of the same text."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streamstats.engines.alarms import alarm
from streamstats.engines.expressions import NUMBERS, OF_ALL, condition
from streamstats.errors import UsageError

NAMES = (*NUMBERS, *OF_ALL)

figures = st.recursive(
    st.sampled_from(NAMES) | st.integers(0, 99).map(str) | st.sampled_from(["0.5", "1.25"]),
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from([" + ", "-", " * ", "/"]), inner).map("".join),
        inner.map("({})".format),
        inner.map(" -{}".format),
    ),
    max_leaves=6,
)

conditions = st.recursive(
    st.just("outlier")
    | st.tuples(figures, st.sampled_from([" > ", ">=", "<", " <= ", " == ", "!="]), figures).map(
        "".join
    ),
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from([" and ", " or "]), inner).map("".join),
        inner.map("({})".format),
        inner.map("not {}".format),
    ),
    max_leaves=6,
)


def by_python(text: str, known: dict[str, float], outlier: bool) -> bool:
    spoken = re.sub(
        r"[a-z]+\.?[a-z]*",
        lambda found: f"known['{found[0]}']" if found[0] in known else found[0],
        text,
    )
    return bool(eval(spoken, {"known": known, "outlier": outlier}))


@given(
    text=conditions,
    numbers=st.lists(st.integers(-5, 50), min_size=len(NAMES), max_size=len(NAMES)),
    outlier=st.booleans(),
)
def test_it_holds_where_python_says_so(text: str, numbers: list[int], outlier: bool) -> None:
    known = {name: float(number) for name, number in zip(NAMES, numbers, strict=True)}
    try:
        read = condition(text, "--alarm")
    except UsageError as error:
        refused = error.message
    else:
        refused = ""
    if refused:
        # Nobody's share is above 1.
        assert "a share is 1 at most" in refused
        return
    try:
        expected = by_python(text, known, outlier)
    except ZeroDivisionError:
        return
    assert read.holds(known, outlier) == expected


@given(st.text(alphabet="cou nt>=<and or.%()*+-/5\x1b", max_size=30))
def test_whatever_is_written_is_read_or_refused(text: str) -> None:
    said = ""
    try:
        condition(text, "--alarm")
    except UsageError as error:
        said = str(error)
    assert "\x1b" not in said


@pytest.mark.parametrize(
    "text", ["-" * 5000 + "1 > 0", "+".join(["count"] * 5000) + " > 0", "(" * 5000, "not " * 5000]
)
def test_what_is_too_long_to_be_reckoned_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match=r"more than 200 parts|too many parentheses"):
        condition(text, "--alarm")


def test_what_is_as_long_as_may_be_is_reckoned() -> None:
    deep = "(" * 50 + "-" * 90 + "count" + ")" * 50 + " > 0"
    assert condition(deep, "--alarm").holds({"count": 1.0}, False)
    assert condition("+".join(["count"] * 99) + " > 98", "--alarm").holds({"count": 1.0}, False)


def test_what_is_not_known_does_not_hold() -> None:
    for text in ("rate > 5", "rate <= 5", "rate != 5", "rate + 1 > 0", "count / 0 > 1"):
        assert not condition(text, "--alarm").holds({"rate": None, "count": 1.0}, False)


def test_a_percentage_is_a_part_of_one() -> None:
    assert condition("share >= 20%", "--alarm").holds({"share": 0.2}, False)
    assert condition("share >= 0.2", "--alarm").holds({"share": 0.2}, False)


@pytest.mark.parametrize(
    ("text", "looked"),
    [
        ("rate > 50", [("rate", False, False)]),
        ("50 < rate", [("rate", False, False)]),
        ("peak < 2", [("peak", True, False)]),
        ("not peak < 2", [("peak", False, False)]),
        ("count > 5 and outlier", [("count", False, True)]),
        ("share > 20%", [("count", False, False)]),
        ("count < 3 and rate > 2", [("rate", False, False)]),
        ("rate > 2 or peak > 3", [("rate", False, False), ("peak", False, False)]),
        ("not (rate > 2 or peak > 3)", [("rate", True, False)]),
        ("count > stats.mean + 3 * stats.stdev", [("count", False, False)]),
    ],
)
def test_where_values_are_looked_for(text: str, looked: list[tuple[str, bool, bool]]) -> None:
    views = alarm(text).views
    assert [(view.sort, view.reverse, view.outliers) for view in views] == looked
