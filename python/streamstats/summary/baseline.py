"""What is usual in a log: computed once, so that every value can be held against it."""

from __future__ import annotations

import math
from bisect import bisect_right
from typing import NamedTuple

from streamstats.summary.facts import Population
from streamstats.summary.proportions import benjamini_hochberg, log_upper_tail
from streamstats.summary.robust import Scale, scale
from streamstats.summary.thresholds import THRESHOLDS, Thresholds

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from streamstats.summary.moments import Spectrum


class Baseline(NamedTuple):
    """What is usual. A scale is None where there are too few values to compare with."""

    population: Population
    thresholds: Thresholds
    share: float
    """The mean of the values' shares of failures."""
    failing: float
    """The part of the values that fail more often than not."""
    volume: Scale | None
    minute: Scale | None
    second: Scale | None
    breadth: Scale | None
    repetition: Scale | None
    q: Mapping[tuple[int, int], float]
    """ln q of (records, fails), for those that were tested."""
    ranks: tuple[Sequence[int], Sequence[int]] = ((), ())
    """The figures of ``population.counts``, ascending, and how many values have more than each."""

    def rank(self, records: int) -> int:
        """How many values have more records, and one."""
        figures, above = self.ranks
        at = bisect_right(figures, records)
        return 1 + (above[at - 1] if at else self.population.values)

    @property
    def inverted(self) -> bool:
        """Most values fail, so whoever fails is usual: attackers are the majority, or the server
        is down.
        """
        return self.failing > self.thresholds.most_fail


def baseline(population: Population, thresholds: Thresholds = THRESHOLDS) -> Baseline:
    """Describe a population.

    The share that a value is held against, p0, is the mean of the values' shares and not the share
    of all records, which one busy value could move wherever it likes. Values with fewer than
    ``thresholds.fails`` failures are not tested, but count in m of Benjamini and Hochberg with a p
    of 1, which makes every q larger.
    """
    values = sum(times for _, _, times in population.trials)
    share = failing = 0.0
    if values:
        share = math.fsum(fails / n * times for n, fails, times in population.trials) / values
        failing = sum(times for n, fails, times in population.trials if 2 * fails > n) / values
    enough = population.values >= thresholds.values
    return Baseline(
        population=population,
        thresholds=thresholds,
        share=share,
        failing=failing,
        volume=_scale(population.counts, 1, enough),
        minute=_scale(population.minute_peaks, 0, enough),
        second=_scale(population.second_peaks, 0, enough),
        breadth=_scale(population.breadth, 1, enough),
        repetition=_scale(population.repetition, 1, enough),
        q=_tested(population, share, thresholds),
        ranks=_ranks(population.counts),
    )


def _ranks(counts: Spectrum) -> tuple[Sequence[int], Sequence[int]]:
    ascending = sorted(counts)
    left = sum(times for _, times in ascending)
    figures: list[int] = []
    above: list[int] = []
    for records, times in ascending:
        left -= times
        figures.append(int(records))
        above.append(left)
    return figures, above


def _scale(spectrum: Spectrum, plus: int, enough: bool) -> Scale | None:
    spectrum = [(x, times) for x, times in spectrum if x + plus > 0]
    return scale(spectrum, plus) if enough and spectrum else None


def _tested(
    population: Population, share: float, thresholds: Thresholds
) -> dict[tuple[int, int], float]:
    tests = []
    for n, fails, times in population.trials:
        tested = fails >= thresholds.fails
        tests.append((log_upper_tail(fails, n, share) if tested else 0.0, times))
    adjusted = benjamini_hochberg(tests)
    pairs = zip(population.trials, adjusted, strict=True)
    return {(n, fails): q for (n, fails, _), q in pairs if fails >= thresholds.fails}
