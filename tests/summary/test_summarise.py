from __future__ import annotations

from collections import Counter

import pytest

from listed import Listed
from streamstats.summary.distribution import describe
from streamstats.summary.model import Life, Row, SourceFacts, Summary
from streamstats.summary.summarise import BLOCK, Clocked, Rows, summarise

FACTS = SourceFacts(["a.log"], 1, 1, 1, 0)


def summary_of(counts: list[int], top: int = 0, only_outliers: bool = False) -> Summary:
    described = describe(sorted(Counter(counts).items()))
    values: list[tuple[bytes, int, int | float]] = [
        (b"v%d" % at, count, count)
        for at, count in enumerate(sorted(counts, reverse=True))
        if not only_outliers or described.bounds.mark(count)
    ]
    return summarise(
        described,
        Listed(values, top),
        source=FACTS,
        pattern="line",
        by=("line",),
    )


def test_rows_carry_share_and_mark() -> None:
    summary = summary_of([1] * 9 + [11])
    assert summary.rows[0] == Row(b"v0", 11, 11, 0.55, True, (b"v0",))
    assert summary.rows[-1] == Row(b"v9", 1, 1, 0.05, False, (b"v9",))
    assert (summary.more_values, summary.more_count) == (0, 0)


def test_top_says_what_it_leaves_out() -> None:
    summary = summary_of([5, 4, 3, 2, 1], top=2)
    assert [row.count for row in summary.rows] == [5, 4]
    assert (summary.more_values, summary.more_count) == (3, 6)


def test_top_beyond_the_end() -> None:
    summary = summary_of([5, 4], top=20)
    assert len(summary.rows) == 2
    assert summary.more_values == 0


def test_top_of_the_outliers_counts_outliers_only() -> None:
    summary = summary_of([1] * 100 + [50, 60, 70], top=1, only_outliers=True)
    assert [row.count for row in summary.rows] == [70]
    assert (summary.more_values, summary.more_count) == (2, 110)


def test_groups_are_split_and_joined_by_a_blank() -> None:
    described = describe([(3, 1)])
    summary = summarise(
        described,
        Listed([(b"a\0b", 3, 3)]),
        source=FACTS,
        pattern="p",
        by=("x", "y"),
        split=lambda key: (tuple(key.split(b"\0")), ()),
    )
    assert summary.rows[0].value == b"a b"
    assert summary.rows[0].groups == (b"a", b"b")


def test_sums_are_the_count_and_records_stay() -> None:
    described = describe([(2.5, 1), (7.5, 1)])
    rows = Rows(Listed([(b"a", 3, 7.5), (b"b", 1, 2.5)]), 2, described, summed=True)
    assert [(row.count, row.records, row.share) for row in rows] == [(7.5, 3, 0.75), (2.5, 1, 0.25)]


def test_rows_are_a_sequence_made_in_blocks() -> None:
    values: list[tuple[bytes, int, int | float]] = [
        (b"%d" % at, 1, 1) for at in range(2 * BLOCK + 5)
    ]
    listed = Listed(values)
    rows = Rows(listed, len(values), describe([(1, len(values))]))
    assert [row.value for row in rows] == [key for key, _, _ in values]
    assert listed.asked == [(0, BLOCK), (BLOCK, 2 * BLOCK), (2 * BLOCK, 2 * BLOCK + 5)]
    assert [row.value for row in rows[1:3]] == [b"1", b"2"]
    assert [row.value for row in rows[4:0:-2]] == [b"4", b"2"]
    assert rows[3:1] == []
    assert rows[-1].value == b"%d" % (2 * BLOCK + 4)
    with pytest.raises(IndexError):
        rows[len(values)]


SECOND = 1_000_000_000


def test_lives_of_rows() -> None:
    times = {b"a": [0, 0, 3 * SECOND, 4 * SECOND, 4 * SECOND, 10 * SECOND], b"b": [5 * SECOND]}
    listed = Listed([(b"a", 6, 6), (b"b", 1, 1)], 0, times)
    clocked = Clocked(SECOND, 1, (0, 5, 3), 20.0)
    rows = Rows(listed, 2, describe([(1, 1), (6, 1)]), clocked=clocked)
    assert [row.life for row in rows] == [
        Life(0, 10 * SECOND, 0.3, 0.6, 2, 0, (5, 0, 1)),
        Life(5 * SECOND, 5 * SECOND, 0.05, None, 1, 5 * SECOND, (0, 1, 0)),
    ]
    assert rows[1].life == next(iter(rows[1:])).life
    sliding = Rows(listed, 2, describe([(1, 1), (6, 1)]), clocked=Clocked(SECOND, 2, None, 0.0))
    assert sliding[0].life == Life(0, 10 * SECOND, None, 0.6, 3, 3 * SECOND, ())


def test_without_times_there_are_no_lives() -> None:
    summary = summary_of([3, 2, 1])
    assert summary.time is None
    assert {row.life for row in summary.rows} == {None}


def test_what_is_left_out_is_counted_without_lives() -> None:
    listed = Listed([(b"a", 3, 3), (b"b", 2, 2), (b"c", 1, 1)], 2, {})
    described = describe([(1, 1), (2, 1), (3, 1)])
    clocked = Clocked(SECOND, 1, None, 1.0)
    summary = summarise(described, listed, source=FACTS, pattern="p", by=("x",), clocked=clocked)
    assert (summary.more_values, summary.more_count) == (1, 1)
