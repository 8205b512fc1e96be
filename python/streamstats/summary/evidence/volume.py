"""Volume: how many records, beside others."""

from __future__ import annotations

import math

from streamstats.summary.baseline import Baseline
from streamstats.summary.evidence.model import CONTEXT, UNUSUAL, Evidence, about, percent
from streamstats.summary.evidence.words import Words
from streamstats.summary.facts import Facts


def volume(facts: Facts, usual: Baseline) -> Evidence | None:
    """Rank and share among all values; unusual with a robust z of ln(1 + n) above 3.5.

    A large count is never hostile by itself: on 13 labelled logs two standard deviations found
    attackers with a precision of 26 %. Below the line it is told as context of values with at least
    ``volume`` records. The strength is z per 3.5, at most 10.
    """
    limits, population = usual.thresholds, usual.population
    if facts.records < limits.volume or usual.volume is None:
        return None
    z = usual.volume.z(facts.records)
    rank = usual.rank(facts.records)
    share = facts.records / population.records if population.records else 0.0
    far = z > limits.z
    words = Words.of(population)
    return Evidence(
        "volume",
        UNUSUAL if far else CONTEXT,
        max(0.0, min(10.0, z / limits.z)),
        f"{facts.records:,} {words.records}, {percent(share)} of all: rank {rank:,} of "
        f"{population.values:,}; the median is {about(usual.volume.usual)}",
        (),
        {
            "records": facts.records,
            "share": share,
            "rank": rank,
            "values": population.values,
            "z": z if math.isfinite(z) else None,
            "median": usual.volume.usual,
        },
    )
