"""Bursts: far more records in a second or a minute than others have at most."""

from __future__ import annotations

import math

from streamstats.summary.baseline import Baseline
from streamstats.summary.evidence.model import UNUSUAL, Evidence, When, about
from streamstats.summary.evidence.words import Words
from streamstats.summary.facts import Facts


def burst(facts: Facts, usual: Baseline) -> Evidence | None:
    """At least ten records in the fullest minute, and a robust z above 3.5 per minute or second.

    z is of ln(peak) among the peaks of all values, with median and MAD (Iglewicz and Hoaglin;
    ``summary/robust.py``). The strength is the larger z per 3.5; infinite z, beside peaks that are
    all equal, count as 10 times the line.
    """
    limits = usual.thresholds
    if facts.peak_minute < limits.burst or usual.minute is None:
        return None
    minute = usual.minute.z(facts.peak_minute)
    second = usual.second.z(facts.peak_second) if usual.second and facts.peak_second else 0.0
    z = max(minute, second)
    if z <= limits.z:
        return None
    words = Words.of(usual.population)
    shown: tuple[When, ...] = ()
    at = ""
    if facts.peak_minute_at is not None:
        at, shown = " from {}", (When(facts.peak_minute_at),)
    return Evidence(
        "burst",
        UNUSUAL,
        min(10.0, z / limits.z),
        f"{facts.peak_minute:,} {words.records} within a minute{at}, up to {facts.peak_second:,} a "
        f"second; half of the values never have more than {about(usual.minute.usual)} a minute",
        shown,
        {
            "peak_minute": facts.peak_minute,
            "peak_minute_at_ns": facts.peak_minute_at,
            "peak_second": facts.peak_second,
            "peak_second_at_ns": facts.peak_second_at,
            "z_minute": minute if math.isfinite(minute) else None,
            "z_second": second if math.isfinite(second) else None,
            "median_minute": usual.minute.usual,
            "median_second": usual.second.usual if usual.second else None,
        },
    )
