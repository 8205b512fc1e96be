"""What -p, --by, --where and --sum mean together."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streamstats.errors import (
    ConditionError,
    PatternError,
    UnknownGroup,
    UnknownPattern,
    UsageError,
)
from streamstats.patterns.known import built_in, every
from streamstats.patterns.model import Pattern
from streamstats.patterns.resolve import OPERATORS, choose, condition, find, named


@pytest.fixture(autouse=True)
def _no_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STREAMSTATS_HOME", str(tmp_path))


def given_regex(regex: str) -> Pattern:
    """Return what ``-p REGEX`` stands for."""
    pattern = find(regex)
    assert pattern is not None
    return pattern


def test_a_known_name_is_a_name() -> None:
    assert find("combined") is built_in()["combined"]


def test_line_is_whole_lines() -> None:
    assert find("line") is None
    choice = choose(None)
    assert (choice.name, choice.by, choice.compiled) == ("line", ("line",), None)
    assert choose(None, by=["line"]).by == ("line",)


def test_an_unknown_name_is_an_error_with_the_nearest() -> None:
    for name in ("combind", "COMBINED", "apache"):
        with pytest.raises(UnknownPattern) as caught:
            find(name)
        assert caught.value.nearest
    with pytest.raises(UnknownPattern) as caught:
        find("qqqq")
    assert caught.value.nearest == ()


def test_what_no_name_can_be_is_an_expression() -> None:
    assert given_regex(r"(\d+)").regex == r"(\d+)"
    assert given_regex("").regex == ""


def test_yours_shadow_the_built_in(tmp_path: Path) -> None:
    (tmp_path / "patterns.toml").write_text("[squid]\nregex = '(x)'\n[own]\nregex = '(y)'\n")
    assert named("squid").regex == "(x)"
    assert list(every())[:2] == ["squid", "own"]
    assert len(every()) == len(built_in()) + 1


@pytest.mark.parametrize(
    ("regex", "by"),
    [
        ("(?P<a>x)(?P<value>y)", ("value",)),
        ("(?P<time>x)(?P<a>y)", ("a",)),
        ("(?P<a>x)", ("a",)),
        ("(x)", ("1",)),
        ("(?P<time>x)(y)", ("2",)),
    ],
)
def test_what_is_counted_when_nobody_says(regex: str, by: tuple[str, ...]) -> None:
    assert choose(given_regex(regex)).by == by


def test_the_default_goes_before_the_group_value_and_by_before_both() -> None:
    pattern = Pattern("p", "(?P<a>x)(?P<value>y)(?P<time>z)", default=("a",))
    assert choose(pattern).by == ("a",)
    assert choose(pattern, by=("time", "value")).by == ("time", "value")


@pytest.mark.parametrize(
    ("regex", "message", "hint"),
    [
        ("x+", "the pattern has no group to count", "(?P<value>...)"),
        ("(?P<time>x)", "the pattern has no group beside 'time' to count", "(?P<value>...)"),
        ("(?P<a>x)(?P<b>y)", "the pattern does not say which group to count: it has a, b", "--by"),
    ],
)
def test_nothing_says_what_to_count(regex: str, message: str, hint: str) -> None:
    with pytest.raises(UsageError) as caught:
        choose(given_regex(regex))
    assert caught.value.message == message
    assert hint in (caught.value.hint or "")


@pytest.mark.parametrize(
    "wrong",
    [
        {"by": ("ip", "nope")},
        {"where": ["nope = 1"]},
        {"where": [("nope", "=", "")]},
        {"sum": "nope"},
    ],
)
def test_a_group_that_is_not_there(wrong: dict[str, object]) -> None:
    with pytest.raises(UnknownGroup) as caught:
        choose(named("common"), **wrong)  # type: ignore[arg-type]
    assert caught.value.group == "nope"
    assert "status" in caught.value.groups
    with pytest.raises(UnknownGroup):
        choose(None, **wrong)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("regex", "start", "end", "reason"),
    [
        (r"^(?P<a>x)(?=y)", 9, 12, "look-around is not supported"),
        (r"(?<!x)(?P<a>x)", 0, 4, "look-around is not supported"),
        (r"(?P<a>x)\1", 8, 10, "back-references are not supported"),
        (r"é(?P<a>x)\1", 10, 12, "back-references are not supported"),
    ],
)
def test_what_is_refused_and_why(regex: str, start: int, end: int, reason: str) -> None:
    with pytest.raises(PatternError) as caught:
        choose(given_regex(regex))
    assert caught.value.message.startswith(reason)
    assert "could grow without bound" in caught.value.message
    assert (caught.value.start, caught.value.end) == (start, end)
    assert str(caught.value).count("^" * (end - start)) >= 1


def test_a_byte_that_is_not_utf8() -> None:
    with pytest.raises(PatternError) as caught:
        choose(given_regex("é(\udcff)"))
    assert caught.value.message == "a byte that is not UTF-8"
    assert (caught.value.start, caught.value.end) == (3, 4)
    assert r"\xff" in str(caught.value)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("status = 404", ("status", "=", "404")),
        ("status=404", ("status", "=", "404")),
        ("status==404", ("status", "=", "404")),
        ("  status  >=  404  ", ("status", ">=", "404")),
        ("status!=404", ("status", "!=", "404")),
        ("a < b = c", ("a", "<", "b = c")),
        ("path ~ ^/a b", ("path", "~", "^/a b")),
        ("path !~ x", ("path", "!~", "x")),
        ("path = ~", ("path", "=", "~")),
        ('user = ""', ("user", "=", "")),
        ("user =", ("user", "=", "")),
        ('user = " x "', ("user", "=", " x ")),
        ('user = "', ("user", "=", '"')),
        ("1 = x", ("1", "=", "x")),
    ],
)
def test_conditions(text: str, expected: tuple[str, str, str]) -> None:
    assert condition(text) == expected


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "there is no operator in it"),
        ("status", "there is no operator in it"),
        ("= 5", "the name of a group has to stand before the operator"),
        ("a b = 5", "the name of a group has to stand before the operator"),
    ],
)
def test_conditions_that_cannot_be_read(text: str, reason: str) -> None:
    with pytest.raises(ConditionError) as caught:
        condition(text)
    assert caught.value.reason == reason


def test_a_condition_whose_expression_does_not_compile() -> None:
    with pytest.raises(PatternError, match="the condition 'path ~': "):
        condition("path ~ (x")


@given(
    st.from_regex(r"[A-Za-z_]\w*", fullmatch=True),
    st.sampled_from([op for op in OPERATORS if "~" not in op]),
    st.text(),
)
def test_a_quoted_value_is_taken_as_it_stands(group: str, operator: str, value: str) -> None:
    assert condition(f'{group} {operator} "{value}"') == (group, operator, value)
