"""What is read out of EXPLAIN, and when a plan is refused."""

from __future__ import annotations

import json
from typing import Any

import pytest

from streamstats.sources.database.plans import mysql, postgresql, sqlite
from streamstats.sources.database.plans.model import Plan, Step
from streamstats.sources.database.query import Query
from streamstats.sources.database.verdict import bound, refusal


def lines(*details: str) -> Plan:
    return sqlite.read([(0, 0, 0, detail) for detail in details])


def maria(block: dict[str, Any]) -> Plan:
    return mysql.read([(json.dumps({"query_block": block}),)])


def table(**members: Any) -> dict[str, Any]:
    return {"table": {"table_name": "t", **members}}


def node(kind: str, *plans: dict[str, Any], **members: Any) -> dict[str, Any]:
    return {"Node Type": kind, "Plans": list(plans), "Total Cost": 9.5, **members}


def postgres(root: dict[str, Any]) -> Plan:
    return postgresql.read([([{"Plan": root}],)])


STREAMS = Query(None, 100, ("a",), where=True)
LOOKUP = Query(None, 50, lookup=("key", "the rowid", "the primary key"))
OPEN = Query(None, None)
ENDS = Query(None, 2, limited=False)
BESIDE = Query(None, 100, ("a",), free=("key", "the rowid", None))

BITMAP = node(
    "Bitmap Heap Scan",
    node("Bitmap Index Scan", **{"Index Name": "i"}),
    **{"Relation Name": "t", "Plan Rows": 50},
)

SCAN = node("Seq Scan", **{"Relation Name": "t", "Plan Rows": 9000})
INDEX = node(
    "Index Scan",
    **{"Relation Name": "t", "Index Name": "i", "Plan Rows": 9000, "Index Cond": "(a = 1)"},
)


@pytest.mark.parametrize(
    ("query", "plan", "reason"),
    [
        (STREAMS, lines("SEARCH t USING INDEX i (a=?)"), None),
        (STREAMS, lines("SEARCH t USING COVERING INDEX i (a=? AND b>?)"), None),
        (STREAMS, lines("SEARCH t USING INDEX j (b>?)"), "filters as it reads along j"),
        (STREAMS, lines("SCAN t USING INDEX j"), "filters as it reads along j"),
        (STREAMS, lines("SEARCH t USING INDEX i (a=?)", "USE TEMP B-TREE FOR ORDER BY"), "sorts"),
        (STREAMS, lines("SEARCH t USING AUTOMATIC COVERING INDEX (a=?)"), "full scan of t"),
        (STREAMS._replace(fixed=(), where=False), lines("SCAN t"), None),
        (STREAMS._replace(fixed=()), lines("SCAN t USING INDEX j"), "filters as it reads along j"),
        (LOOKUP, lines("SEARCH t USING INTEGER PRIMARY KEY (rowid=?)"), None),
        (LOOKUP, lines("SEARCH t USING INDEX i (a=?)"), "along i, not by the key"),
        (LOOKUP, lines("SCAN t"), "not by the key"),
        (LOOKUP, Plan((), possible=False), "no way along the index"),
        (OPEN, lines("SEARCH t USING INDEX i (a=?)"), "however many that takes"),
        (
            STREAMS,
            lines(
                "CO-ROUTINE streamstats_part_0",
                "SEARCH t USING INDEX i (a=?)",
                "SCAN streamstats_part_0",
            ),
            None,
        ),
        (STREAMS, maria(table(access_type="ref", key="i", rows=9000)), None),
        (STREAMS, maria(table(access_type="ALL", rows=9000)), "full scan of t of about 9,000 rows"),
        (
            STREAMS,
            maria({"filesort": table(access_type="ref", key="i", rows=9)}),
            "sorts: filesort",
        ),
        (
            STREAMS,
            maria({"ordering_operation": {"using_filesort": True, **table(access_type="ref")}}),
            "filesort",
        ),
        (STREAMS, maria(table(access_type="index", key="j", rows=100)), "filters as it reads"),
        # MariaDB walks along an index where it cannot look up what the filter compares with.
        (
            STREAMS._replace(fixed=()),
            maria(table(access_type="index", key="j", rows=5, attached_condition="t.a >= '8'")),
            "filters as it reads along j",
        ),
        (
            STREAMS._replace(fixed=()),
            maria(table(access_type="index", key="j", attached_condition="t.a is not null")),
            None,
        ),
        (
            STREAMS._replace(fixed=()),
            mysql.read([(1, "SIMPLE", "t", "index", None, "j", "4", None, 5, "Using where")]),
            "filters as it reads along j",
        ),
        (
            STREAMS,
            maria(
                {
                    "union_result": {
                        "table_name": "<union1,2>",
                        "access_type": "ALL",
                        "query_specifications": [
                            {"query_block": table(access_type="range", key="i", rows=7)},
                            {
                                "query_block": {
                                    "temporary_table": {
                                        "table": {"table_name": "<derived2>", "access_type": "ALL"}
                                    }
                                }
                            },
                        ],
                    }
                }
            ),
            None,
        ),
        (ENDS, maria({"table": {"message": "Select tables optimized away"}}), None),
        (ENDS, maria(table(access_type="ref", key="i", rows=90000)), "up to 90,000 rows"),
        (LOOKUP, maria(table(access_type="range", key="PRIMARY", rows=50)), None),
        (LOOKUP, mysql.read([("1",)]), "no plan of this database"),
        (
            LOOKUP,
            mysql.read(
                [(1, "SIMPLE", "t", "range", "PRIMARY", "PRIMARY", "4", None, 50, "Using where")]
            ),
            None,
        ),
        (
            STREAMS,
            mysql.read([(1, "SIMPLE", "t", "ALL", None, None, None, None, 5000, "Using filesort")]),
            "full scan",
        ),
        (
            STREAMS,
            mysql.read(
                [
                    (
                        1,
                        "SIMPLE",
                        "t",
                        None,
                        "ref",
                        "i",
                        "i",
                        "4",
                        "const",
                        90,
                        100.0,
                        "Using filesort",
                    )
                ]
            ),
            "filesort",
        ),
        (STREAMS, postgres(node("Limit", INDEX, **{"Plan Rows": 100})), None),
        (STREAMS, postgres(node("Limit", SCAN, **{"Plan Rows": 100})), "full scan of t"),
        (
            STREAMS,
            postgres(node("Limit", node("Sort", INDEX), **{"Plan Rows": 100})),
            "sorts: sort",
        ),
        (
            STREAMS,
            postgres(node("Limit", {**INDEX, "Filter": "(b = 1)"}, **{"Plan Rows": 100})),
            "filters",
        ),
        # A limit does not end the making of a bitmap.
        (
            STREAMS,
            postgres(node("Limit", BITMAP, **{"Plan Rows": 50})),
            "gathers all that is found",
        ),
        (BESIDE, lines("SEARCH t USING INDEX i (a=?)", "SEARCH t USING INDEX key (k>?)"), None),
        (BESIDE, lines("SEARCH t USING INTEGER PRIMARY KEY (rowid>?)"), None),
        (BESIDE, lines("SCAN t"), "filters as it reads"),
        (BESIDE, lines("SEARCH t USING INDEX j (k>?)"), "filters as it reads along j"),
        (ENDS, postgres(node("Aggregate", INDEX)), "sorts|up to"),
        (
            LOOKUP,
            postgres(
                node(
                    "Bitmap Heap Scan",
                    node("Bitmap Index Scan", **{"Index Name": "key"}),
                    **{"Relation Name": "t", "Plan Rows": 50},
                )
            ),
            None,
        ),
        (LOOKUP, postgres(SCAN), "full scan"),
        # A partition's index has a name of its own.
        (
            LOOKUP._replace(by="a"),
            postgres({**INDEX, "Index Cond": "(a = ANY ('{1,2}'::integer[]))"}),
            None,
        ),
        (LOOKUP._replace(by="b"), postgres(INDEX), "along i, not by the key"),
        (LOOKUP, lines("SEARCH t USING PRIMARY KEY (id=?)"), None),
        (LOOKUP, postgresql.read([("?",)]), "no plan of this database"),
        (LOOKUP, postgresql.read([]), "no plan of this database"),
    ],
)
def test_refusals(query: Query, plan: Plan, reason: str | None) -> None:
    import re

    found = refusal(query, plan, 8000)
    if reason is None:
        assert found is None
    else:
        assert found is not None
        assert re.search(reason, found)


def test_a_limit_bounds_what_streams_and_nothing_else() -> None:
    streams = Plan((Step("t", "ref", "i", 90_000),))
    assert bound(STREAMS, streams) == 100
    assert bound(STREAMS, streams._replace(sort="filesort")) == 90_000
    assert bound(OPEN, streams) == 90_000
    assert refusal(STREAMS, streams, 99) == (
        "it reads up to 100 rows, more than the 99 of --max-examined"
    )


def test_in_a_line() -> None:
    step = Step("t", "search", "i", None)
    assert str(Plan((step, step))) == "2 x search along i"
    assert str(Plan((step,), "filesort")) == "search along i, filesort"
    assert str(Plan(())) == "reads no row"
    assert str(Plan((), known=False)) == "no plan that can be read"
    assert str(Plan((), possible=False)) == "no way along the index"
