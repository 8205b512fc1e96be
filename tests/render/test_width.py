from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from streamstats.render.escape import shown
from streamstats.render.width import cut, display_width, pad


def test_wide_and_combining_characters() -> None:
    assert display_width("abc") == 3
    assert display_width("日本") == 4
    assert display_width("e\u0301") == 1


def test_pad() -> None:
    assert pad("日", 4) == "日  "
    assert pad("日", 4, right=True) == "  日"
    assert pad("abc", 2) == "abc"


def test_cut_leaves_out_the_middle() -> None:
    assert cut("/a/long/path/index.html", 11) == "/a/lo….html"
    assert cut("/a/long/path/index.html", 11, "...") == "/a/l...html"
    assert cut("short", 5) == "short"
    assert cut("日本語日本語", 7) == "日…本語"
    assert cut("abcdef", 2) == "ab"
    assert cut("abc", 0) == ""


def test_cut_keeps_marks_with_their_letter() -> None:
    assert cut("e\u0301" * 9, 5) == "e\u0301" * 2 + "…" + "e\u0301" * 2


@given(st.text(), st.integers(0, 40), st.sampled_from(["…", "..."]))
def test_cut_always_fits(value: str, width: int, ellipsis: str) -> None:
    text, _ = shown(value.encode("utf-8", "surrogatepass"), True)
    result = cut(text, width, ellipsis)
    assert display_width(result) <= width
    if display_width(text) <= width:
        assert result == text
