"""EXPLAIN (FORMAT JSON) of PostgreSQL: https://www.postgresql.org/docs/current/sql-explain.html."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from streamstats.sources.database.plans.model import Plan, Step

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

PREFIX = "EXPLAIN (FORMAT JSON) "

DISABLED = 1e10
"""What the planner adds to the cost of what it was told to avoid."""

_SORTS = ("Sort", "Incremental Sort", "Hash", "HashAggregate", "Materialize")


def read(rows: Sequence[Sequence[Any]]) -> Plan:
    """The plan that the one row of EXPLAIN (FORMAT JSON) describes."""
    try:
        held = rows[0][0]
        document = json.loads(held) if isinstance(held, str) else held
        root = document[0]["Plan"]
    except (IndexError, KeyError, TypeError, ValueError):
        return Plan((), known=False)
    steps, sort = [], None
    for node, limited in _nodes(root, None):
        kind = str(node.get("Node Type", ""))
        if kind in _SORTS:
            sort = sort or kind.lower()
        if "Relation Name" in node:
            steps.append(_access(node, kind, limited))
    cost = root.get("Total Cost")
    if isinstance(cost, (int, float)) and cost >= DISABLED:
        cost -= DISABLED * int(cost // DISABLED)
    return Plan(tuple(steps), sort, cost if isinstance(cost, (int, float)) else None)


def _nodes(root: dict[str, Any], limit: int | None) -> Iterator[tuple[dict[str, Any], int | None]]:
    """Every node, with the limit above it if rows stream up to it."""
    waiting: list[tuple[dict[str, Any], int | None]] = [(root, limit)]
    while waiting:
        node, above = waiting.pop()
        yield node, above
        kind = str(node.get("Node Type", ""))
        rows = node.get("Plan Rows")
        if kind == "Limit" and isinstance(rows, (int, float)):
            above = int(rows)
        elif kind in ("Aggregate", "Group", *_SORTS):
            above = None  # reads all that is below it before it gives anything
        waiting += [(child, above) for child in reversed(node.get("Plans", []))]


def _access(node: dict[str, Any], kind: str, limit: int | None) -> Step:
    rows = node.get("Plan Rows")
    most = int(rows) if isinstance(rows, (int, float)) else None
    # Rows that a filter lets go of are read as well, and no limit above counts them.
    if limit is not None and most is not None and "Filter" not in node:
        most = min(most, limit)
    index = node.get("Index Name")
    if kind == "Bitmap Heap Scan":
        inner = node.get("Plans", [{}])[0]
        index = inner.get("Index Name", index)
    return Step(
        str(node["Relation Name"]),
        {"Seq Scan": "full scan"}.get(kind, kind.lower()),
        index,
        most,
        full=kind in ("Seq Scan", "Parallel Seq Scan"),
        walk=kind in ("Index Scan", "Index Only Scan") and "Index Cond" not in node,
        filtered="Filter" in node,
        found=node.get("Index Cond"),
        gathered=kind == "Bitmap Heap Scan",
        passing=int(rows) if isinstance(rows, (int, float)) else None,
    )
