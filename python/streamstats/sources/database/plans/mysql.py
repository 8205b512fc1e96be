"""EXPLAIN FORMAT=JSON of MariaDB and MySQL.

https://mariadb.com/kb/en/explain-format-json/ and
https://dev.mysql.com/doc/refman/8.0/en/explain-output.html; of MySQL the first version of the
format.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from streamstats.sources.database.plans.model import Plan, Step

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

PREFIX = "EXPLAIN FORMAT=JSON "
PLAIN = "EXPLAIN "
"""As a table, where the JSON is none: MariaDB does not escape quotes in the values of a filter."""

_SORTS = ("filesort", "using_filesort", "temporary_table", "using_temporary_table")
_COLUMNS = 10
"""Of EXPLAIN as a table: id, select_type, table, type, possible_keys, key, key_len, ref, rows,
Extra."""
_VALUED = re.compile(r"(?:[^'=<>]+ is not null)?")
"""A condition that lets nothing go: the column of a key is never NULL."""
_PARTS = "<"
"""Begins the names of what the server makes on the way: ``<derived2>``, ``<union1,2>``."""


def read(rows: Sequence[Sequence[Any]]) -> Plan:
    """The plan that the one row of EXPLAIN FORMAT=JSON describes, or the rows of EXPLAIN."""
    if rows and len(rows[0]) >= _COLUMNS:
        return _table(rows)
    try:
        document = json.loads(rows[0][0])
        document["query_block"]  # whatever has none is another answer
    except (IndexError, KeyError, TypeError, ValueError):
        return Plan((), known=False)
    steps = [step for table in _tables(document) for step in _access(table)]
    sort = next(_sorts(document), None)
    return Plan(tuple(steps), sort, _cost(document))


def _table(rows: Sequence[Sequence[Any]]) -> Plan:
    """By the columns from both ends: MySQL has ``partitions`` and ``filtered`` besides."""
    steps: list[Step] = []
    sort = None
    for row in rows:
        extra = str(row[-1] or "")
        union = str(row[2] or "").startswith(_PARTS)
        for word in ("filesort", "temporary"):
            if word in extra and not union:
                sort = sort or f"{word} table".replace("filesort table", "filesort")
        if row[2] is None or union:
            continue
        # type, possible_keys, key, key_len, ref, rows
        shift = len(row) - _COLUMNS
        partitions = 1 if shift > 1 else 0
        kind, index, count = row[3 + partitions], row[5 + partitions], row[8 + partitions]
        table = {"table_name": row[2], "access_type": kind, "key": index, "rows": count}
        if "Using where" in extra:
            table["attached_condition"] = extra
        steps += _access(table)
    return Plan(tuple(steps), sort)


def _objects(node: Any) -> Iterator[dict[str, Any]]:
    waiting = [node]
    while waiting:
        node = waiting.pop()
        if isinstance(node, dict):
            yield node
            waiting += reversed(node.values())
        elif isinstance(node, list):
            waiting += reversed(node)


def _tables(document: Any) -> Iterator[dict[str, Any]]:
    for node in _objects(document):
        if "table_name" in node and "access_type" in node:
            yield node


def _access(table: dict[str, Any]) -> Iterator[Step]:
    name = str(table["table_name"])
    if name.startswith(_PARTS):
        return
    kind = str(table["access_type"])
    rows = table.get("rows", table.get("rows_examined_per_scan"))
    index = table.get("key")
    share = table.get("filtered")
    passing = None
    if isinstance(rows, (int, float)) and isinstance(share, (int, float, str)):
        try:
            passing = round(rows * float(share) / 100)
        except ValueError:
            passing = None
    yield Step(
        name,
        {"ALL": "full scan", "index": "walk"}.get(kind, kind),
        "the primary key" if index == "PRIMARY" else index,
        int(rows) if isinstance(rows, (int, float)) else None,
        full=kind == "ALL",
        walk=kind == "index",
        filtered=kind == "index" and not _VALUED.fullmatch(table.get("attached_condition", "")),
        passing=passing,
    )


def _sorts(document: Any) -> Iterator[str]:
    for node in _objects(document):
        for word in _SORTS:
            held = node.get(word)
            # The temporary table of a UNION holds what its parts have read, and no more.
            union = "query_specifications" in node or str(node.get("table_name", ""))[:1] == "<"
            if held and not union and not _only_derived(held):
                yield "filesort" if "filesort" in word else "temporary table"


def _only_derived(held: Any) -> bool:
    names = [str(table["table_name"]) for table in _tables(held)]
    return bool(names) and all(name.startswith(_PARTS) for name in names)


def _cost(document: Any) -> float | None:
    for node in _objects(document):
        costs = node.get("cost_info")
        found = node.get("cost", costs.get("query_cost") if isinstance(costs, dict) else None)
        try:
            return float(found) if found is not None else None
        except (TypeError, ValueError):
            return None
    return None
