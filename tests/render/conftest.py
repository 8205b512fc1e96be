"""Summaries to render, made of a plain dict by the real summary layer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from zoneinfo import ZoneInfo

import pytest

from listed import Listed
from streamstats.summary.distribution import describe
from streamstats.summary.model import SourceFacts, Summary, TimeFacts
from streamstats.summary.rates import widen
from streamstats.summary.summarise import Clocked, summarise

Make = Callable[..., Summary]

SECOND = 1_000_000_000

ORIGINAL = {
    f"192.168.10.{100 + at}".encode(): count
    for at, count in enumerate([1, 1, 4, 4, 1, 1, 5, 4, 11, 6, 3, 1])
}


def make_summary(
    counts: Mapping[bytes, int | float],
    *,
    by: tuple[str, ...] = ("ip",),
    summed: str | None = None,
    sort: str = "count",
    top: int = 0,
    only_outliers: bool = False,
    files: tuple[str, ...] = ("access.log",),
    pattern: str = "combined",
) -> Summary:
    described = describe(sorted(Counter(counts.values()).items()))
    values = [(key, 7 if summed else int(count), count) for key, count in counts.items()]
    values.sort(key=(lambda item: (-item[2], item[0])) if sort == "count" else None)
    if only_outliers:
        values = [item for item in values if described.bounds.mark(item[2])]
    return summarise(
        described,
        Listed(values, top),
        source=SourceFacts(list(files), 1000, 43, 42, 1),
        pattern=pattern,
        by=by,
        split=(lambda key: (tuple(key.split(b"\0")), ())) if len(by) > 1 else None,
        summed=summed,
    )


def make_timed(
    times: Mapping[bytes, list[int]],
    *,
    by: tuple[str, ...] = ("ip",),
    top: int = 0,
    per: int = SECOND,
    sliding: bool = False,
    sparks: int = 40,
    window: tuple[int | None, int | None] = (None, None),
    zone: str = "UTC",
    undated: int = 0,
    out_of_order: int = 0,
    late: int = 0,
) -> Summary:
    """Of the instants of each value's records, in nanoseconds."""
    counts = {key: len(instants) for key, instants in times.items()}
    described = describe(sorted(Counter(counts.values()).items()))
    values: list[tuple[bytes, int, int | float]] = [(key, n, n) for key, n in counts.items()]
    values.sort(key=lambda item: (-item[2], item[0]))
    every = sorted(instant for instants in times.values() for instant in instants)
    width = min(per, SECOND) if sliding else per
    first, last = (every[0], every[-1]) if every else (None, None)
    start, end = (told if told is not None else seen
                  for told, seen in zip(window, (first, last), strict=True))  # fmt: skip
    seconds = 0.0 if start is None or end is None else (end - start) / SECOND
    steps = widen(((instant // width, 1) for instant in every), width, sparks)
    return summarise(
        described,
        Listed(values, top, times, width),
        source=SourceFacts(["access.log"], 1000, len(every) + 1, len(every), 1),
        pattern="combined",
        by=by,
        split=(lambda key: (tuple(key.split(b"\0")), ())) if len(by) > 1 else None,
        time=TimeFacts(
            per, sliding, *window, first, last, seconds,
            widen(((instant // width, 1) for instant in every), width, 400),
            undated, out_of_order, ZoneInfo(zone), late,
        ),
        clocked=Clocked(
            width,
            per // width,
            (steps.start // width, steps.step // width, len(steps.counts)) if sparks > 1 else None,
            seconds,
        ),
    )  # fmt: skip


def make_day() -> dict[bytes, list[int]]:
    """Three addresses on the morning of the 1st of March 2026, 09:00 to 10:00 UTC."""
    nine = 1_772_355_600
    steady = [nine + at * 30 for at in range(121)]
    burst = [nine + 1800 + at // 20 for at in range(180)]
    scan = [nine + 600, nine + 600, nine + 3000]
    spread = {b"10.0.0.1": steady, b"203.0.113.9": burst, b"198.51.100.77": scan}
    return {key: [at * SECOND for at in instants] for key, instants in spread.items()}


@pytest.fixture(scope="session")
def make() -> Make:
    return make_summary


@pytest.fixture(scope="session")
def timed() -> Make:
    return make_timed


@pytest.fixture(scope="session")
def day() -> dict[bytes, list[int]]:
    return make_day()


@pytest.fixture(scope="session")
def original() -> dict[bytes, int]:
    return ORIGINAL
