"""Repetition: the same key again and again."""

from __future__ import annotations

import math

from streamstats.summary.baseline import Baseline
from streamstats.summary.evidence.model import UNUSUAL, Evidence, about, percent
from streamstats.summary.evidence.words import Words
from streamstats.summary.facts import Facts


def repetition(facts: Facts, usual: Baseline) -> Evidence | None:
    """The top key has at least ten records, half of the value's, and a robust z above 3.5.

    z is of ln(1 + records of the top key) among those of all values. The strength is z per 3.5, at
    most 10.
    """
    limits = usual.thresholds
    top = facts.top_key_records
    if facts.top_key is None or top < limits.repetition or usual.repetition is None:
        return None
    share = top / facts.records
    z = usual.repetition.z(top)
    if share < limits.repetition_share or z <= limits.z:
        return None
    words = Words.of(usual.population)
    return Evidence(
        "repetition",
        UNUSUAL,
        min(10.0, z / limits.z),
        f"{top:,} times the same {words.key}, {percent(share)} of its {words.records}: {{}}; the "
        f"median is {about(usual.repetition.usual)}",
        (facts.top_key,),
        {
            "records": top,
            "share": share,
            "z": z if math.isfinite(z) else None,
            "median": usual.repetition.usual,
        },
    )
