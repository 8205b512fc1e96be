"""What ``--rule`` takes."""

from __future__ import annotations

import pytest

from streamstats.errors import UsageError
from streamstats.summary.marks import legend, marks
from streamstats.summary.outliers import Iqr, Mad, Stdev


@pytest.mark.parametrize(
    ("text", "signs", "rules"),
    [
        ("stdev", "*", [Stdev(2)]),
        ("stdev:3", "*", [Stdev(3)]),
        ("mad", "~", [Mad(3.5)]),
        ("mad:2.5", "~", [Mad(2.5)]),
        ("iqr:3", "~", [Iqr(3)]),
        ("hostile", "!", [None]),
        ("all", "*~!", [Stdev(2), Mad(3.5), None]),
        ("hostile, stdev:3", "*!", [Stdev(3), None]),
    ],
)
def test_rules_are_read(text: str, signs: str, rules: list[object]) -> None:
    found = marks(text)
    assert "".join(mark.sign for mark in found) == signs
    assert [mark.rule for mark in found] == rules


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("sigma", "there is no rule 'sigma'"),
        ("", "there is no rule ''"),
        ("stdev:", "needs a number"),
        ("stdev:x", "needs a number"),
        ("mad:0", "needs a number above 0"),
        ("iqr:-1", "needs a number above 0"),
        ("mad:nan", "needs a number"),
        ("mad:inf", "needs a number"),
        ("hostile:2", "rule 'hostile' takes no number"),
        ("all:2", "rule 'all' takes no number"),
        ("mad,mad:2", "rule 'mad' stands twice"),
        ("all,hostile", "rule 'hostile' stands twice"),
    ],
)
def test_what_cannot_be_read_says_why(text: str, says: str) -> None:
    with pytest.raises(UsageError, match=says):
        marks(text)


def test_the_legend_says_which_rule_marked_how_many() -> None:
    stdev, mad, hostile = marks("all")
    assert legend([(stdev, 3), (mad, 12), (hostile, 1234)]) == [
        "*     3 more than 2 stdev from the mean",
        "~    12 robust z of the logarithm beyond 3.5",
        "! 1,234 hostile pattern",
    ]
    assert legend([]) == []
