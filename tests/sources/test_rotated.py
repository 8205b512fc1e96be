"""Rotated sets: which files are of one, their order, and what is outside of a window."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streamstats.sources.rotated import Span, order, outside, set_of

LATENESS = 60


@pytest.mark.parametrize(
    "name",
    [
        *("access.log", "access.log.1", "access.log.12.gz", "access.log-20240101.gz"),
        *("access.log.2024-01-01.xz", "access.log-20240101-1200.zst", "access.log.gz"),
        *("access-2024-01-01.log", "access.log.old", "access.log.1700000000", "access_202401.log"),
    ],
)
def test_one_set(name: str) -> None:
    assert set_of(f"/var/log/{name}") == "/var/log/access.log"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        # These may have been written at the same time.
        ("worker-1.log", "worker-2.log"),
        ("app-8080.log", "app-8081.log"),
        ("web1.log", "web2.log"),
        ("a/access.log", "b/access.log"),
        ("access.log", "error.log"),
        ("10.0.0.1", "10.0.0.2.x"),
    ],
)
def test_not_one_set(one: str, other: str) -> None:
    assert set_of(one) != set_of(other)


def test_a_set_is_in_the_order_of_its_first_instants() -> None:
    spans = [
        Span("access.log", 30),
        Span("error.log", 5),
        Span("access.log.10.gz", 10),
        Span("access.log.2.gz", 20),
        Span("access.log.3.gz", None),
    ]
    assert [spans[at].name for at in order(spans)] == [
        "access.log.10.gz",
        "access.log.2.gz",
        "access.log",
        "access.log.3.gz",
        "error.log",
    ]


def test_a_copy_is_not_what_follows() -> None:
    spans = [Span("access.log", 1000), Span("access.log.gz", 1000)]
    assert outside(spans, 5000, None, LATENESS) == [False, False]


@given(
    st.lists(st.lists(st.integers(0, 50), min_size=1, max_size=5), min_size=1, max_size=6),
    st.integers(-10, 400),
    st.integers(0, 300),
    st.randoms(use_true_random=False),
)
def test_no_record_of_the_window_is_in_a_file_that_is_skipped(
    gaps: list[list[int]], start: int, length: int, random: object
) -> None:
    """A log that is out of order by no more than the lateness, cut into files anywhere."""
    at = 0
    files = []
    for part in gaps:
        records = []
        for gap in part:
            at += gap
            records.append(at - random.randint(0, LATENESS // 2))  # type: ignore[attr-defined]
        files.append(records)
    spans = [Span(f"x.log.{len(files) - at}", file[0]) for at, file in enumerate(files)]
    skipped = outside([spans[at] for at in order(spans)], start, start + length, LATENESS)
    by_name = {spans[at].name: skip for at, skip in zip(order(spans), skipped, strict=True)}
    for span, file in zip(spans, files, strict=True):
        if by_name[span.name]:
            assert not any(start <= record < start + length for record in file)
