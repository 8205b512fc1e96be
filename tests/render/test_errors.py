from __future__ import annotations

import copy
import pickle

import pytest

from streamstats import errors

ALL = [
    errors.StreamstatsError("no"),
    errors.UsageError("no", "yes"),
    errors.PatternError("look-ahead is not supported", r"^(\S+)(?=x)", 6, 9),
    errors.UnknownPattern("combind", ["combined"]),
    errors.UnknownGroup("adress", ["address", "user"], "sshd"),
    errors.ConditionError("status", "it has no operator"),
    errors.LibraryError("patterns.toml", "not valid TOML (line 3)"),
    errors.SourceError("a.log", "no such file"),
    errors.NothingMatched("combined", 2, ("a.log", 1, b"x\x1b")),
    errors.UnknownKey("adress", ["address"], ["address", "user"], 100, "a.log"),
    errors.UnknownTable("bycicle", "sqlite:///shop.db", ["bicycle"], 3),
    errors.UnknownColumn("fram", "bicycle", ["frame"], ["id", "frame"]),
    errors.PlanRefused("bicycle", ["it sorts", "it scans"], "CREATE INDEX ...", ["--force"]),
]


def test_status_of_each() -> None:
    assert [error.exit_status for error in ALL] == [2, 2, 2, 2, 2, 2, 2, 3, 1, 2, 2, 2, 2]


def test_the_tree_in_the_docstring_is_the_tree() -> None:
    kinds = {type(error) for error in ALL}
    defined = {
        kind
        for kind in vars(errors).values()
        if isinstance(kind, type) and issubclass(kind, Exception)
    }
    assert kinds == defined
    for kind in kinds:
        line = next(
            line for line in (errors.__doc__ or "").splitlines() if f" {kind.__name__} " in line
        )
        assert f" {kind.exit_status}" in line


@pytest.mark.parametrize("error", ALL, ids=lambda error: type(error).__name__)
def test_errors_survive_pickle_and_copy(error: errors.StreamstatsError) -> None:
    for twin in (pickle.loads(pickle.dumps(error)), copy.copy(error)):
        assert type(twin) is type(error)
        assert str(twin) == str(error)
        assert vars(twin) == vars(error)


def test_pattern_error_points_at_the_place() -> None:
    assert str(ALL[2]) == (
        "look-ahead is not supported\n"
        r"  ^(\S+)(?=x)"
        "\n"
        "        ^^^"
    )


def test_carets_below_wide_characters_and_offsets_in_bytes() -> None:
    regex = "日本(?=x)"
    assert errors.caret_lines(regex, 6, 9) == "  日本(?=x)\n      ^^^"


def test_caret_at_the_end_and_beyond() -> None:
    assert errors.caret_lines("a(", 2, 2) == "  a(\n    ^"
    assert errors.caret_lines("a(", 99, 120) == "  a(\n    ^"
    assert errors.caret_lines("", 0, 0) == "  \n  ^"


def test_carets_in_a_long_expression() -> None:
    regex = "x" * 200 + "(?=y)" + "z" * 200
    top, bottom = errors.caret_lines(regex, 200, 205).split("\n")
    assert len(top) <= 2 + 72 + 2
    assert top[bottom.index("^") :].startswith("(?=y)")
    assert bottom.count("^") == 5
    top, bottom = errors.caret_lines("y" * 500, 0, 500).split("\n")
    assert len(top) == len(bottom) == 74


@pytest.mark.parametrize("before", [0, 1, 5, 12, 13, 60, 300])
@pytest.mark.parametrize("inside", [0, 1, 59, 60, 71, 72, 300])
@pytest.mark.parametrize("after", [0, 1, 72, 300])
def test_what_is_left_out_has_one_sign_and_what_stands_before_stays(
    before: int, inside: int, after: int
) -> None:
    regex = "b" * before + "i" * inside + "a" * after
    top, bottom = errors.caret_lines(regex, before, before + inside).split("\n")
    assert len(top) <= 74
    assert "……" not in top
    marked = top[bottom.index("^") :][: bottom.count("^")]
    assert marked.rstrip("…") == "i" * len(marked.rstrip("…")) or not inside
    assert top.count("b") >= min(before, 11)
    assert top.lstrip(" ").startswith("…") == (top.count("b") < before)
    assert top.endswith("…") == (top.count("i") < inside or top.count("a") < after)


def test_texts() -> None:
    assert str(ALL[1]) == "no\nyes"
    assert str(ALL[3]) == "there is no pattern 'combind'\ndid you mean 'combined'?"
    assert str(errors.UnknownPattern("x")) == (
        "there is no pattern 'x'\n'streamstats patterns list' shows all names"
    )
    assert str(ALL[4]) == "pattern 'sshd' has no group 'adress'\nit has 'address' and 'user'"
    assert str(errors.UnknownGroup("a", [], "x")) == (
        "pattern 'x' has no group 'a'\nit has no groups; write one as (?P<name>...)"
    )
    assert str(ALL[5]).startswith("cannot read the condition 'status': it has no operator\n")
    assert str(ALL[6]) == "patterns.toml: not valid TOML (line 3)"
    assert str(errors.SourceError("a\udcff", "is a folder", "name files")) == (
        "a\\xff: is a folder\nname files"
    )


def test_nothing_matched_shows_the_first_line_and_what_is_near() -> None:
    assert str(ALL[8]) == (
        "none of 2 lines matched 'combined'\n"
        "first: a.log:1: x\\x1b\n"
        "'streamstats patterns list' shows the patterns there are"
    )
    near = errors.NothingMatched("x" * 100, 1, ("a\x1b", 1, b"y" * 100), [("common", 0.93)])
    assert str(near) == (
        f"the line does not match '{'x' * 71}…'\n"
        f"first: a\\x1b:1: {'y' * 71}…\n"
        "patterns that come nearest: common (93% of the lines)"
    )
    assert str(errors.NothingMatched("p", 3)) == "none of 3 lines matched 'p'"
    far = errors.NothingMatched("p", 3, None, [("common", 0.0), ("cri", 0.0)])
    assert str(far).endswith("\npatterns that come nearest: common, cri")
    summed = errors.NothingMatched("p", 3, summed="size")
    assert str(summed) == "none of 3 lines matched 'p' with a number in 'size'"


def test_lines_that_are_too_long_are_not_said_not_to_match() -> None:
    one = errors.NothingMatched("line", 1, ("a.log", 1, b"x"), overlong=True)
    assert str(one) == (
        "the line is longer than 1 MiB, and not looked at\n"
        "first: a.log:1: x\n"
        "a line ends with a line feed; tr can make one of another sign"
    )
    assert str(errors.NothingMatched("line", 1200, overlong=True)).startswith(
        "all 1,200 lines are longer than 1 MiB, and not looked at"
    )
