from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from streamstats.render.look import UNLIMITED
from streamstats.render.table import LEAST_BAR, MOST_BAR, Column, fit

IP = [
    Column("ip"),
    Column("count", right=True),
    Column("share", right=True, expendable=2),
    Column("", right=True, gap=1),
]


def test_bars_at_the_usual_widths() -> None:
    natural = [14, 5, 5, 1]
    assert fit(IP, natural, 80) == (natural, 40)
    assert fit(IP, natural, 120) == (natural, 48)
    assert fit(IP, natural, 200) == (natural, MOST_BAR)
    assert fit(IP, natural, 400) == (natural, MOST_BAR)


def test_long_text_is_cut_and_leaves_a_bar() -> None:
    assert fit(IP, [100, 5, 6, 1], 80) == ([46, 5, 6, 1], 16)


def test_several_texts_share_and_short_ones_stay_whole() -> None:
    columns = [Column("a"), Column("b"), Column("c"), *IP[1:]]
    widths, bar = fit(columns, [9, 100, 90, 5, 6, 1], 80)
    assert widths == [9, 17, 16, 5, 6, 1]
    assert bar == 16


def test_narrow_terminals_lose_the_bar_then_the_share() -> None:
    assert fit(IP, [100, 5, 6, 1], 39)[1] >= LEAST_BAR
    assert fit(IP, [100, 5, 6, 1], 34) == ([17, 5, 6, 1], 0)
    assert fit(IP, [100, 5, 6, 1], 20) == ([11, 5, 0, 1], 0)


def test_without_a_limit_nothing_is_cut() -> None:
    assert fit(IP, [14, 5, 5, 1], UNLIMITED) == ([14, 5, 5, 1], 40)
    assert fit(IP, [500, 5, 6, 1], UNLIMITED) == ([500, 5, 6, 1], 20)


@given(
    st.lists(st.integers(1, 300), min_size=1, max_size=4),
    st.integers(5, 15),
    st.integers(5, 7),
    st.integers(60, 300),
)
def test_a_table_fits_its_terminal(texts: list[int], count: int, share: int, width: int) -> None:
    columns = [*(Column("x") for _ in texts), *IP[1:]]
    widths, bar = fit(columns, [*texts, count, share, 1], width)
    gaps = [column.gap for column, wide in zip(columns, widths, strict=True) if wide]
    assert sum(widths) + sum(gaps[1:]) + (bar + 1 if bar else 0) <= width
    assert all(wide <= natural for wide, natural in zip(widths, texts, strict=False))
    assert min(widths[: len(texts)]) >= 1
    assert widths[len(texts)] == count
