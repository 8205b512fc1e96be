"""Probing: many different keys tried in vain within minutes."""

from __future__ import annotations

from streamstats.summary.baseline import Baseline
from streamstats.summary.evidence.identity import declared
from streamstats.summary.evidence.model import HOSTILE, UNUSUAL, Evidence, When, listed
from streamstats.summary.evidence.words import Words
from streamstats.summary.facts import Facts

SHOWN = 3
"""Keys in the sentence."""


def probe(facts: Facts, usual: Baseline) -> Evidence | None:
    """At least five distinct failing keys of one value in one calendar bucket of ten minutes.

    The keys are paths, or accounts for logins. Absolute: it holds whatever others do, and traffic
    of others cannot clear it. Keys that browsers ask for by themselves, pictures and styles of
    broken pages, and faults of the server are not among them (``background`` in
    ``patterns/signatures.toml``). Whoever declares to be a crawler follows dead links, and is
    unusual for it, not hostile.

    Measured on 13 labelled logs as the best single sign (docs/verdicts.md). The strength is
    distinct keys per ``probe_keys``.
    """
    found, least = facts.probe, usual.thresholds.probe_keys
    if found is None or found.keys < least:
        return None
    words = Words.of(usual.population)
    examples = found.examples[:SHOWN]
    crawler = declared(facts)
    sentence = (
        f"{words.tried} {'' if found.exact else 'about '}{found.keys:,} different {words.keys} "
        f"in vain within {found.width_ns // 60_000_000_000} minutes from {{}}: "
        f"{listed(len(examples))}"
    )
    if crawler is not None:
        sentence += ", as a crawler does that follows dead links"
    return Evidence(
        "probe",
        UNUSUAL if crawler is not None else HOSTILE,
        found.keys / least,
        sentence,
        (When(found.start_ns), *examples),
        {
            "start_ns": found.start_ns,
            "width_ns": found.width_ns,
            "keys": found.keys,
            "exact": found.exact,
            "least": least,
            "crawler": crawler is not None,
        },
    )
