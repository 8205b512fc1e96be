"""EXPLAIN QUERY PLAN of SQLite: https://www.sqlite.org/eqp.html.

It has no numbers: how many rows are read follows from the limit of the query alone.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from streamstats.sources.database.plans.model import PART, Plan, Step

if TYPE_CHECKING:
    from collections.abc import Sequence

PREFIX = "EXPLAIN QUERY PLAN "

_ACCESS = re.compile(
    r"^(?P<how>SCAN|SEARCH) (?:TABLE )?(?P<table>.+?)"
    r"(?: USING (?:AUTOMATIC )?(?:PARTIAL )?(?:COVERING )?"
    r"(?:(?P<rowid>INTEGER PRIMARY KEY)|(?P<key>PRIMARY KEY)|INDEX (?P<index>.+?)))?"
    r"(?: \((?P<terms>[^()]*)\))?$"
)


def read(rows: Sequence[Sequence[Any]]) -> Plan:
    """The plan that the rows of EXPLAIN QUERY PLAN describe."""
    if not rows:
        return Plan((), known=False)
    steps = []
    sort = None
    for row in rows:
        detail = str(row[-1])
        if "TEMP B-TREE" in detail:
            sort = sort or detail.lower().replace("temp b-tree", "temporary b-tree")
            continue
        found = _ACCESS.match(detail)
        if not found:
            continue
        table = found["table"]
        if table.startswith((PART, "(subquery", "anon_")) or table == "CONSTANT ROW":
            continue
        automatic = "AUTOMATIC" in detail
        index = found["index"]
        if found["rowid"] or found["key"]:
            index = "the rowid" if found["rowid"] else "the primary key"
        scan = found["how"] == "SCAN"
        steps.append(
            # An index made for the query alone takes a scan to make.
            Step(
                table,
                found["how"].lower(),
                index,
                None,
                full=automatic,
                walk=scan,
                terms=found["terms"] or "",
            )
        )
    return Plan(tuple(steps), sort)
