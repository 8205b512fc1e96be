"""Failing more than others do."""

from __future__ import annotations

import math

from streamstats.summary.baseline import Baseline
from streamstats.summary.evidence.model import UNUSUAL, Evidence, percent
from streamstats.summary.evidence.words import Words
from streamstats.summary.facts import Facts
from streamstats.summary.proportions import clopper_pearson, log_upper_tail


def fails(facts: Facts, usual: Baseline) -> Evidence | None:
    """The share of failures is surely, and by far, above that of the population.

    With k failures of n, at least five of them, and p0 the mean share of the values: the lower
    bound of the Clopper-Pearson interval is above max(2 p0, p0 + 0.1), and q of Benjamini and
    Hochberg, over all values of the log, is at most 0.01. p is P(X >= k) of a binomial with p0: it
    takes the lines to be independent, which they are not, so q alone would mark far too many. That
    is why the size of the difference decides as well, and why nobody says how many are false.

    When most values fail this is silent (``Baseline.inverted``). The strength is the lower bound
    per line, max(2 p0, p0 + 0.1).
    """
    limits, share = usual.thresholds, usual.share
    k, n = facts.fails, facts.records
    if k is None or k < limits.fails or usual.inverted:
        return None
    if usual.population.values < limits.values:
        return None
    line = max(limits.fails_times * share, share + limits.fails_more)
    if k <= n * line:
        return None  # the lower bound is below the share itself, and takes long to find
    interval = clopper_pearson(k, n, limits.level)
    if interval.low <= line:
        return None
    log_p = log_upper_tail(k, n, share)
    log_q = usual.q.get((n, k), log_p + math.log(max(1, usual.population.values)))
    if log_q > math.log(limits.q):
        return None
    words = Words.of(usual.population)
    return Evidence(
        "fails",
        UNUSUAL,
        interval.low / line,
        f"{k:,} of {n:,} {words.records} {words.failed}: {percent(k / n)} "
        f"({limits.level * 100:g}% interval {percent(interval.low)} to {percent(interval.high)}), "
        f"beside {percent(share)} of others on average",
        (),
        {
            "fails": k,
            "records": n,
            "share": k / n,
            "low": interval.low,
            "high": interval.high,
            "level": limits.level,
            "population": share,
            "line": line,
            "log10_p": log_p / math.log(10),
            "log10_q": log_q / math.log(10),
            "predicate": usual.population.failure,
        },
    )
