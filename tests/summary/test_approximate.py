"""What is said of counts of which some were left out."""

from __future__ import annotations

import io
import math
import statistics

from hypothesis import given
from hypothesis import strategies as st

import streamstats
from streamstats.summary.approximate import approximate
from streamstats.summary.distribution import describe
from streamstats.summary.model import Approximation


@given(
    st.lists(st.integers(1, 50), min_size=1, max_size=200),
    st.integers(0, 20),
)
def test_counts_are_at_most_the_error_too_low(counts: list[int], error: int) -> None:
    held = sorted(count - error for count in counts if count > error)
    spectrum = sorted((count, held.count(count)) for count in set(held))
    known = Approximation(error, float(len(counts)), 0.01)
    stats = approximate(describe(spectrum), spectrum, sum(counts), known).stats
    assert (stats.count, stats.total) == (len(counts), sum(counts))
    assert math.isclose(stats.mean, statistics.fmean(counts))
    assert stats.minimum <= min(counts) <= stats.minimum + error or not held
    if held:
        assert stats.maximum <= max(counts) <= stats.maximum + error
    middle = sorted(counts)[(len(counts) - 1) // 2]
    assert stats.median <= middle + 1
    assert stats.stdev >= 0


def test_a_tally_within_a_limit_keeps_its_bounds() -> None:
    lines = b"".join(b"%d\n" % n for n in range(150_000)) + b"often\n" * 5_000
    tally = streamstats.count(io.BytesIO(lines), "line", memory_limit=1 << 20)
    known = tally.approximation
    assert known is not None
    assert known.error is not None
    assert tally.records == 155_000
    assert tally.get(b"often") <= 5_000 <= tally.get(b"often") + known.error
    assert abs(known.distinct - 150_001) < 8 * known.distinct_error * 150_001
    summary = tally.summary(top=1)
    assert summary.approximation == known
    assert summary.stats.total == 155_000
    assert summary.more_count == 155_000 - summary.rows[0].count
    assert streamstats.count(io.BytesIO(lines), "line").approximation is None
