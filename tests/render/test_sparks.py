from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streamstats.render.sparks import spark


@pytest.mark.parametrize(
    ("counts", "drawn"),
    [
        ([], ""),
        ([0, 0], "  "),
        ([1, 2, 3, 4, 5, 6, 7, 8], "▁▂▃▄▅▆▇█"),
        ([1, 0, 1000], "▁ █"),
        ([125, 126, 1000], "▁▂█"),
        ([5], "█"),
    ],
)
def test_blocks(counts: list[int], drawn: str) -> None:
    assert spark(counts) == drawn


def test_ascii() -> None:
    assert spark([0, 1, 2, 3, 4, 5, 6, 7], unicode=False) == " .:-=+*#"
    assert spark([1, 1000], unicode=False) == ".#"


@given(st.lists(st.integers(0, 2**64)), st.booleans())
def test_one_column_each_and_more_is_never_lower(counts: list[int], unicode: bool) -> None:
    drawn = spark(counts, unicode)
    assert len(drawn) == len(counts)
    heights = " .:-=+*#" if not unicode else " ▁▂▃▄▅▆▇█"
    for one, mark in zip(counts, drawn, strict=True):
        assert (mark == " ") == (one == 0)
        for other, next_mark in zip(counts, drawn, strict=True):
            if one >= other:
                assert heights.index(mark) >= heights.index(next_mark)
