"""Regularity: as a clock, or as people."""

from __future__ import annotations

from streamstats.summary.baseline import Baseline
from streamstats.summary.evidence.model import CONTEXT, Evidence, about
from streamstats.summary.facts import Facts


def regularity(facts: Facts, usual: Baseline) -> Evidence | None:
    """The coefficient of variation of the pauses (stdev per mean) is below 0.1, of at least 20.

    It is 1 for a Poisson process and larger for people, who come in bursts. Monitoring is regular,
    and so is malware that calls home: context only. The strength is 0.1 per coefficient.
    """
    gaps, limits = facts.gaps, usual.thresholds
    if gaps is None or gaps.count < limits.gaps or gaps.cv >= limits.regular or gaps.mean_s <= 0:
        return None
    return Evidence(
        "regularity",
        CONTEXT,
        min(10.0, limits.regular / max(gaps.cv, 1e-9)),
        f"regular as a clock: a record every {about(gaps.mean_s)} s, give or take {gaps.cv:.0%}",
        (),
        {"gaps": gaps.count, "mean_s": gaps.mean_s, "cv": gaps.cv},
    )
