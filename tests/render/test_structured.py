from __future__ import annotations

import json
import math
from collections.abc import Callable
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from streamstats.render.escape import shown
from streamstats.render.look import PLAIN
from streamstats.render.structured import json_number, render_json, render_ndjson
from streamstats.summary.model import Summary

Make = Callable[..., Summary]

ASCII = PLAIN._replace(unicode=False)


def parsed(summary: Summary) -> Any:
    return json.loads("".join(render_json(summary, PLAIN)))


def test_json_to_the_letter(make: Make) -> None:
    assert "".join(render_json(make({b"10.0.0.1": 3, b"10.0.0.2": 1}), PLAIN)) == (
        """\
{"schema": 1,
 "source": {"files": ["access.log"], "bytes": 1000, "lines": 43, "matched": 42, "unmatched": 1},
 "pattern": {"name": "combined", "by": ["ip"]},
 "stats": {"count": 2, "total": 4, "mean": 2.0, "stdev": 1.0, "minimum": 1, "maximum": 3, \
"median": 2.0, "outliers": 0},
 "values": [
  {"value": "10.0.0.1", "count": 3, "share": 0.75, "outlier": false},
  {"value": "10.0.0.2", "count": 1, "share": 0.25, "outlier": false}]}
"""
    )


def test_ndjson_is_values_only(make: Make, original: dict[bytes, int]) -> None:
    lines = list(render_ndjson(make(original), PLAIN))
    assert len(lines) == 12
    assert lines[0] == (
        '{"value": "192.168.10.108", "count": 11, "share": 0.2619047619047619, "outlier": true}\n'
    )
    assert [json.loads(line) for line in lines] == parsed(make(original))["values"]


def test_no_values(make: Make) -> None:
    assert parsed(make({}))["values"] == []
    assert list(render_ndjson(make({}), PLAIN)) == []


def test_several_groups(make: Make) -> None:
    value = parsed(make({b"1.1.1.1\x00404": 1}, by=("ip", "status")))["values"][0]
    assert list(value) == ["value", "count", "share", "outlier", "groups"]
    assert value["value"] == "1.1.1.1 404"
    assert value["groups"] == {"ip": "1.1.1.1", "status": "404"}


def test_sums_add_records(make: Make) -> None:
    value = parsed(make({b"a": 2.5, b"b": 7}, summed="bytes"))["values"][1]
    assert list(value) == ["value", "count", "records", "share", "outlier"]
    assert (value["count"], value["records"]) == (2.5, 7)


def test_values_that_are_not_utf8(make: Make) -> None:
    values = parsed(make({b"\xff\\": 2, b"\\": 1}))["values"]
    assert values[0]["value"] == "\\xff\\\\"
    assert values[0]["escaped"] is True
    assert values[1]["value"] == "\\"
    assert "escaped" not in values[1]


def test_groups_of_an_escaped_record_are_escaped_alike(make: Make) -> None:
    value = parsed(make({b"a\\\x00\xff": 1}, by=("x", "y")))["values"][0]
    assert value["value"] == "a\\\\ \\xff"
    assert value["groups"] == {"x": "a\\\\", "y": "\\xff"}
    assert value["escaped"] is True


def test_controls_are_kept_but_never_written_raw(make: Make) -> None:
    counts = {"\x1b[31m\x9b\x7f\u202e\U000e0041é".encode(): 1}
    written = "".join(render_json(make(counts), PLAIN))
    assert '"\\u001b[31m\\u009b\\u007f\\u202e\\udb40\\udc41é"' in written
    ascii = "".join(render_json(make(counts), ASCII))
    assert ascii.isascii()
    assert "\x7f" not in ascii
    assert json.loads(written)["values"] == json.loads(ascii)["values"]
    assert json.loads(written)["values"][0]["value"].encode() in counts


def test_names_of_files_and_patterns(make: Make) -> None:
    summary = make({b"a": 1}, files=("a\udcff.log", "-"), pattern=r'^"(?P<ip>\S+)')
    assert parsed(summary)["source"]["files"] == ["a\\xff.log", "-"]
    assert parsed(summary)["pattern"]["name"] == r'^"(?P<ip>\S+)'


def test_numbers() -> None:
    assert json_number(10**20) == "100000000000000000000"
    assert json_number(0.1) == "0.1"
    assert json.loads(json_number(1e300)) == 1e300
    assert json_number(math.nan) == json_number(math.inf) == "null"


@given(
    st.dictionaries(
        st.one_of(st.binary(max_size=20), st.text(max_size=20).map(str.encode)),
        st.one_of(st.integers(1, 10**15), st.floats(-1e9, 1e9)),
        max_size=15,
    )
)
def test_json_reads_back(make: Make, counts: dict[bytes, int | float]) -> None:
    summary = make(counts, summed="x")
    document = parsed(summary)
    assert document["stats"] == summary.stats._asdict()
    assert document["values"] == [
        {
            "value": shown(row.value, False)[0],
            "count": row.count,
            "records": 7,
            "share": row.share,
            "outlier": row.outlier,
            **({"escaped": True} if shown(row.value, False)[1] else {}),
        }
        for row in summary.rows
    ]
    assert [type(value["count"]) for value in document["values"]] == [
        type(row.count) for row in summary.rows
    ]
