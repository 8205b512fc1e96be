"""Signatures: what it sends is a known form of attack."""

from __future__ import annotations

from streamstats.summary.baseline import Baseline
from streamstats.summary.evidence.identity import declared
from streamstats.summary.evidence.model import CONTEXT, HOSTILE, UNUSUAL, Evidence, count
from streamstats.summary.facts import Facts, Signature

WEIGHTS = {"attack": 2.0, "probe": 1.0, "login": 1.0}
"""What one signature of a grade is worth in the strength: the grades that can be hostile."""
SHOWN = 3
"""Signatures in the sentence."""
SCRIPTS = "script_name"
"""The signature of any script that is not there."""


def signature(facts: Facts, usual: Baseline) -> Evidence | None:
    """At least one record is of a known form of attack (``patterns/signatures.toml``).

    Absolute, and the only evidence for which one record is enough: nobody asks for /.env twice
    before it means something, and most attackers send one to three lines. By grade:

    * ``attack``: hostile, whoever sends it.
    * ``probe`` (counted only when it failed): hostile, but of a declared crawler unusual, since
      crawlers follow the links of others.
    * ``login``: the same, and nothing when the value also logged in.
    * ``hint``: context; missing scripts are unusual from a value that got nothing else, and asked
      for at least two.

    The strength is the sum over its distinct signatures, 2 for an attack and 1 for the others.
    """
    entered = any(item.grade == "success" for item in facts.signatures)
    crawler = declared(facts) is not None
    bearing = CONTEXT
    counting: list[Signature] = []
    for item in facts.signatures:
        if item.grade not in WEIGHTS or (item.grade == "login" and entered):
            continue
        counting.append(item)
        if item.grade == "attack" or not crawler:
            bearing = HOSTILE
        elif bearing == CONTEXT:
            bearing = UNUSUAL
    if not counting:
        return _hints(facts, usual)
    counting.sort(key=lambda item: (-WEIGHTS[item.grade], -item.records))
    shown = counting[:SHOWN]
    parts = [f"{item.says} ({count(item.records, 'record')}: {{}})" for item in shown]
    more = len(counting) - len(shown)
    if more:
        parts.append(f"{count(more, 'other kind')}")
    return Evidence(
        "signature",
        bearing,
        sum(WEIGHTS[item.grade] for item in counting),
        "shows " + "; ".join(parts),
        tuple(item.example for item in shown),
        {
            "names": [item.name for item in counting],
            "grades": [item.grade for item in counting],
            "records": [item.records for item in counting],
            "crawler": crawler,
        },
    )


def _hints(facts: Facts, usual: Baseline) -> Evidence | None:
    hints = [item for item in facts.signatures if item.grade == "hint"]
    if not hints:
        return None
    nothing = facts.fails == facts.records and not usual.inverted
    scripts = any(item.name == SCRIPTS for item in hints)
    far = nothing and scripts and facts.failing_keys >= usual.thresholds.scripts
    shown = hints[:SHOWN]
    parts = [f"{item.says} ({count(item.records, 'record')}: {{}})" for item in shown]
    return Evidence(
        "signature",
        UNUSUAL if far else CONTEXT,
        1.0 if far else 0.5,
        "asked for " + "; ".join(parts) + (", and for nothing that is there" if nothing else ""),
        tuple(item.example for item in shown),
        {
            "names": [item.name for item in hints],
            "grades": [item.grade for item in hints],
            "records": [item.records for item in hints],
            "crawler": declared(facts) is not None,
        },
    )
