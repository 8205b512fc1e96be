"""Summaries to render, made of a plain dict by the real summary layer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping

import pytest

from listed import Listed
from streamstats.summary.distribution import describe
from streamstats.summary.model import SourceFacts, Summary
from streamstats.summary.summarise import summarise

Make = Callable[..., Summary]

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
        split=(lambda key: tuple(key.split(b"\0"))) if len(by) > 1 else None,
        summed=summed,
    )


@pytest.fixture(scope="session")
def make() -> Make:
    return make_summary


@pytest.fixture(scope="session")
def original() -> dict[bytes, int]:
    return ORIGINAL
