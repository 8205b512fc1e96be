from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from streamstats.render.delimited import render_csv, render_tsv
from streamstats.render.look import PLAIN
from streamstats.render.markdown import render as render_markdown
from streamstats.render.structured import render_json, render_ndjson, seconds
from streamstats.summary.model import Summary

Make = Callable[..., Summary]
Times = dict[bytes, list[int]]

SECOND = 1_000_000_000
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def nanoseconds(text: str) -> int:
    """Of an RFC 3339 instant; datetime takes no more than microseconds, so nine digits are cut."""
    start, point, rest = text[:19], text[19:-6], text[-6:]
    whole = (datetime.fromisoformat(start + rest) - EPOCH) // timedelta(seconds=1)
    return whole * SECOND + int(point[1:].ljust(9, "0") if point else 0)


def parsed(summary: Summary) -> Any:
    return json.loads("".join(render_json(summary, PLAIN)))


def test_json_to_the_letter(timed: Make) -> None:
    times = {b"a": [0, 0, 5 * SECOND // 2], b"b": [4 * SECOND]}
    summary = timed(
        times, zone="Europe/Zurich", window=(None, 10 * SECOND), undated=2, out_of_order=1
    )
    assert "".join(render_json(summary, PLAIN)) == (
        """\
{"schema": 1,
 "source": {"files": ["access.log"], "bytes": 1000, "lines": 5, "matched": 4, "unmatched": 1, \
"undated": 2, "out_of_order": 1},
 "pattern": {"name": "combined", "by": ["ip"]},
 "window": {"start": null, "end": "1970-01-01T01:00:10+01:00"},
 "timeline": {"per": 1, "start": "1970-01-01T01:00:00+01:00", "counts": [2, 0, 1, 0, 1]},
 "stats": {"count": 2, "total": 4, "mean": 2.0, "stdev": 1.0, "minimum": 1, "maximum": 3, \
"median": 2.0, "outliers": 0},
 "values": [
  {"value": "a", "count": 3, "share": 0.75, "outlier": false, \
"first": "1970-01-01T01:00:00+01:00", "last": "1970-01-01T01:00:02.500+01:00", \
"rate": {"mean": 0.3, "active": 1.2, "peak": 2, "peak_at": "1970-01-01T01:00:00+01:00", "per": 1}},
  {"value": "b", "count": 1, "share": 0.25, "outlier": false, \
"first": "1970-01-01T01:00:04+01:00", "last": "1970-01-01T01:00:04+01:00", \
"rate": {"mean": 0.1, "active": null, "peak": 1, "peak_at": "1970-01-01T01:00:04+01:00", \
"per": 1}}]}
"""
    )


def test_ndjson_has_the_same_values(timed: Make, day: Times) -> None:
    lines = [json.loads(line) for line in render_ndjson(timed(day), PLAIN)]
    assert lines == parsed(timed(day))["values"]
    assert list(lines[0]) == ["value", "count", "share", "outlier", "first", "last", "rate"]


def test_no_records(timed: Make) -> None:
    document = parsed(timed({}, undated=3))
    assert document["window"] == {"start": None, "end": None}
    assert document["timeline"] is None
    assert document["source"]["undated"] == 3


def test_csv_and_tsv(timed: Make) -> None:
    summary = timed({b"a": [0, 0, 5 * SECOND // 2], b"b": [SECOND]})
    instants = "1970-01-01T00:00:00+00:00,1970-01-01T00:00:02.500+00:00"
    assert list(render_csv(summary, PLAIN)) == [
        "value,count,share,outlier,first,last,mean,active,peak,peak_at\n",
        f"a,3,0.75,false,{instants},1.2,1.2,2,1970-01-01T00:00:00+00:00\n",
        "b,1,0.25,false,1970-01-01T00:00:01+00:00,1970-01-01T00:00:01+00:00,0.4,,1,"
        "1970-01-01T00:00:01+00:00\n",
    ]
    tabbed = [line.replace("\t", ",") for line in render_tsv(summary, PLAIN)]
    assert tabbed == list(render_csv(summary, PLAIN))


def test_markdown(timed: Make) -> None:
    summary = timed({b"a": [0, 0, 5 * SECOND // 2], b"b": [SECOND]})
    assert list(render_markdown(summary, PLAIN))[:4] == [
        "| `ip` | count | share | outlier | first | last | mean | active | peak | peak_at |\n",
        "| :-- | --: | --: | :-: | :-- | :-- | --: | --: | --: | :-- |\n",
        "| `a` | 3 | 75.0% |  | 1970-01-01T00:00:00+00:00 | 1970-01-01T00:00:02.500+00:00"
        " | 1.2 | 1.2 | 2 | 1970-01-01T00:00:00+00:00 |\n",
        "| `b` | 1 | 25.0% |  | 1970-01-01T00:00:01+00:00 | 1970-01-01T00:00:01+00:00"
        " | 0.4 |  | 1 | 1970-01-01T00:00:01+00:00 |\n",
    ]


def test_seconds() -> None:
    assert seconds(60 * SECOND) == "60"
    assert seconds(SECOND // 4) == "0.25"
    assert seconds(1) == "0.000000001"


@given(
    st.dictionaries(
        st.binary(max_size=9), st.lists(st.integers(0, 2**60), min_size=1, max_size=9), max_size=5
    ),
    st.sampled_from([SECOND // 100, SECOND, 7 * SECOND, 60 * SECOND]),
    st.sampled_from(["UTC", "Europe/Zurich", "Asia/Kathmandu", "America/St_Johns"]),
)
def test_instants_and_rates_read_back(timed: Make, times: Times, per: int, zone: str) -> None:
    summary = timed(times, per=per, zone=zone, sparks=0)
    document = parsed(summary)
    rows = csv.DictReader(io.StringIO("".join(render_csv(summary, PLAIN)), newline=""))
    for value, row, cells in zip(document["values"], summary.rows, rows, strict=True):
        instants = times[row.value]
        life, rate = row.life, value["rate"]
        assert life is not None
        assert nanoseconds(value["first"]) == min(instants) == nanoseconds(cells["first"])
        assert nanoseconds(value["last"]) == max(instants) == nanoseconds(cells["last"])
        assert nanoseconds(rate["peak_at"]) == life.peak_at == nanoseconds(cells["peak_at"])
        inside = [at for at in instants if life.peak_at <= at < life.peak_at + per]
        assert len(inside) == rate["peak"] == int(cells["peak"])
        assert (rate["mean"], rate["active"]) == (life.mean, life.active)
        assert Fraction(str(rate["per"])) == Fraction(per, SECOND)
    if times:
        line = document["timeline"]
        assert sum(line["counts"]) == summary.stats.total
        assert nanoseconds(line["start"]) <= min(map(min, times.values()))
