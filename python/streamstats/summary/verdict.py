"""Verdicts: what the evidence about a value adds up to, never without it."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

from streamstats.summary.baseline import Baseline
from streamstats.summary.evidence.breadth import breadth
from streamstats.summary.evidence.burst import burst
from streamstats.summary.evidence.company import company
from streamstats.summary.evidence.fails import fails
from streamstats.summary.evidence.identity import declared, identity
from streamstats.summary.evidence.model import BEARINGS, HOSTILE, UNUSUAL, Evidence
from streamstats.summary.evidence.probe import probe
from streamstats.summary.evidence.regularity import regularity
from streamstats.summary.evidence.repetition import repetition
from streamstats.summary.evidence.signature import signature
from streamstats.summary.evidence.success import success
from streamstats.summary.evidence.volume import volume
from streamstats.summary.facts import Facts

HOSTILE_PATTERN = "hostile pattern"
IS_UNUSUAL = "unusual"
NOTHING_UNUSUAL = "nothing unusual"
TOO_LITTLE_DATA = "too little data"

VERDICTS = (HOSTILE_PATTERN, IS_UNUSUAL, NOTHING_UNUSUAL, TOO_LITTLE_DATA)
"""Worst first."""

ALL: tuple[Callable[[Facts, Baseline], Evidence | None], ...] = (
    signature,
    probe,
    success,
    fails,
    burst,
    volume,
    breadth,
    repetition,
    regularity,
    identity,
    company,
)


class Verdict(NamedTuple):
    """A verdict and what led to it."""

    verdict: str
    """One of VERDICTS."""
    evidence: tuple[Evidence, ...]
    """What led there first, strongest first; then what only helps to understand."""
    caveats: tuple[str, ...]
    """What to keep in mind about this verdict, in sentences."""
    weight: float
    """Orders values of one verdict, the worst first: the sum of the strengths of what led there.
    No probability, and never shown alone."""


def judge(facts: Facts, usual: Baseline) -> Verdict:
    """The verdict on a value.

    * ``hostile pattern``: a known form of attack, or probing, or guessing logins; or failing more
      than the population and bursting, with several failing keys that are not asked for in
      passing, and not declared to be a crawler.
    * ``unusual``: other evidence that is far from what others do.
    * ``too little data``: fewer than five records, and nothing that is hostile in any number.
    * ``nothing unusual``: none of these.
    """
    found = [item for each in ALL if (item := each(facts, usual)) is not None]
    found = _joined(facts, usual, found)
    found.sort(key=lambda item: (BEARINGS.index(item.bearing), -item.strength))
    worst = found[0].bearing if found else None
    if worst == HOSTILE:
        verdict = HOSTILE_PATTERN
    elif facts.records < usual.thresholds.records:
        verdict = TOO_LITTLE_DATA
    elif worst == UNUSUAL:
        verdict = IS_UNUSUAL
    else:
        verdict = NOTHING_UNUSUAL
    weight = math.fsum(item.strength for item in found if item.bearing == worst and _led(item))
    return Verdict(verdict, tuple(found), tuple(_caveats(facts, usual, found)), weight)


def _led(item: Evidence) -> bool:
    return item.bearing in (HOSTILE, UNUSUAL)


def _joined(facts: Facts, usual: Baseline, found: list[Evidence]) -> list[Evidence]:
    """Failing more than others and bursting are hostile together."""
    names = {item.name for item in found}
    least = 1 if usual.population.kind == "logins" else usual.thresholds.fails_keys
    broken = facts.keys > 0 and facts.failing_keys < least
    if not {"fails", "burst"} <= names or broken or declared(facts) is not None:
        return found
    return [
        item._replace(bearing=HOSTILE) if item.name in ("fails", "burst") else item
        for item in found
    ]


def _caveats(facts: Facts, usual: Baseline, found: list[Evidence]) -> list[str]:
    names = {item.name for item in found}
    said = general(usual)
    if "fails" in names:
        said.append(
            "q takes the lines to be independent; those of ordinary clients vary 8 to 16 times "
            "more than that, so it says nothing of how many such findings are false"
        )
    if declared(facts) is not None:
        said.append("it says that it is a crawler; nobody has checked that")
    return said


def general(usual: Baseline) -> list[str]:
    """What to keep in mind about all verdicts on one log, in sentences."""
    said = []
    population = usual.population
    if usual.inverted and population.failure:
        said.append(
            f"{100 * usual.failing:.0f} % of the values fail more often than not: either attackers "
            "are the majority, or the server is down. What compares with others is turned upside "
            "down here; lean on what was sent and tried"
        )
    if population.values < usual.thresholds.values:
        said.append(
            f"the log has {population.values} value{'s' * (population.values != 1)}: too few to "
            "compare with"
        )
    if not population.failure:
        said.append("nothing says which records failed; --failure does, as in 'status>=400'")
    return said
