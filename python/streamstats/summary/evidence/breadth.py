"""Breadth: different keys per minute."""

from __future__ import annotations

import math

from streamstats.summary.baseline import Baseline
from streamstats.summary.evidence.model import UNUSUAL, Evidence, about
from streamstats.summary.evidence.words import Words
from streamstats.summary.facts import Facts


def breadth(facts: Facts, usual: Baseline) -> Evidence | None:
    """Distinct keys per active minute, at least ten and a robust z of ln(1 + x) above 3.5.

    An active minute is one of the calendar with a record. Crawlers and mirrors do this as well as
    scanners, so it is unusual and no more. The strength is z per 3.5, at most 10.
    """
    limits = usual.thresholds
    if not facts.active_minutes or usual.breadth is None:
        return None
    rate = facts.keys / facts.active_minutes
    z = usual.breadth.z(rate)
    if rate < limits.breadth or z <= limits.z:
        return None
    words = Words.of(usual.population)
    return Evidence(
        "breadth",
        UNUSUAL,
        min(10.0, z / limits.z),
        f"{'' if facts.keys_exact else 'about '}{about(rate)} different {words.keys} in each "
        f"minute in which it was there ({facts.keys:,} in {facts.active_minutes:,}); the median is "
        f"{about(usual.breadth.usual)}",
        (),
        {
            "keys": facts.keys,
            "exact": facts.keys_exact,
            "active_minutes": facts.active_minutes,
            "per_minute": rate,
            "z": z if math.isfinite(z) else None,
            "median": usual.breadth.usual,
        },
    )
