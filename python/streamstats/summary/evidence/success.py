"""Never having succeeded."""

from __future__ import annotations

from streamstats.summary.baseline import Baseline
from streamstats.summary.evidence.model import CONTEXT, HOSTILE, UNUSUAL, Evidence
from streamstats.summary.evidence.words import Words
from streamstats.summary.facts import Facts


def success(facts: Facts, usual: Baseline) -> Evidence | None:
    """Every record failed, and there are at least five.

    Of logins that is guessing, whoever else fails: people who forget their password do get in at
    last, and fail2ban bans at five as well (``maxretry``). Of requests it is unusual; where most
    values fail it is no more than context. The strength is failures per ``logins``, or per
    ``fails``, on a scale of logarithms: 1 + log10(k / least).
    """
    from math import log10

    if facts.fails is None or facts.fails < facts.records:
        return None
    population = usual.population
    logins = population.kind == "logins"
    least = usual.thresholds.logins if logins else usual.thresholds.fails
    if facts.records < least:
        return None
    words = Words.of(population)
    bearing = HOSTILE if logins else CONTEXT if usual.inverted else UNUSUAL
    others = 1 - usual.failing
    return Evidence(
        "success",
        bearing,
        1 + log10(facts.records / least),
        f"none of {facts.records:,} {words.records} succeeded; "
        f"{others:.0%} of the values succeed more often than not",
        (),
        {"records": facts.records, "fails": facts.fails, "least": least, "population": others},
    )
