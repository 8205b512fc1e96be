"""Company: the neighbours in the same prefix."""

from __future__ import annotations

from streamstats.summary.baseline import Baseline
from streamstats.summary.evidence.model import CONTEXT, Evidence, count
from streamstats.summary.facts import Facts


def company(facts: Facts, usual: Baseline) -> Evidence | None:
    """How many others of the same prefix there are, and what is known of them.

    Neighbours can be one machine park or strangers of one provider: context only. The strength is
    1 + the number of neighbours with a hostile pattern of their own.
    """
    near = facts.company
    if near is None or not near.values:
        return None
    of_them = [f"{near.hostile:,} with a hostile pattern"] if near.hostile else []
    of_them += [f"{near.failing:,} that mostly fail"] if near.failing else []
    of_them = of_them or ["none that stands out"]
    return Evidence(
        "company",
        CONTEXT,
        1.0 + near.hostile,
        f"{count(near.values, 'other value')} in {near.prefix}, {' and '.join(of_them)}",
        (),
        {
            "prefix": near.prefix,
            "values": near.values,
            "failing": near.failing,
            "hostile": near.hostile,
        },
    )
