"""The main job on real logs gives the numbers that awk, sort and uniq gave."""

from __future__ import annotations

import json
import os
import subprocess
import sysconfig
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

import reference
import streamstats
from streamstats.patterns.known import named
from test_pattern_library import LOGHUB

pytestmark = pytest.mark.corpus

COMMAND = os.path.join(sysconfig.get_path("scripts"), "streamstats")

ACCESS = ("apache_combined", "nginx_combined", "nginx_crlf")


def truth_of(data: Path, name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((data / "truth" / f"{name}.json").read_text("utf-8"))
    return found


def check(found: dict[str, Any], truth: dict[str, Any]) -> None:
    """What ``--json`` gave, or the same from the library, against the truth."""
    assert found["lines"] == truth["lines"]
    assert found["matched"] == truth["matched_lines"]
    assert found["bytes"] == truth["bytes"]
    assert found["count"] == truth["distinct_values"]
    assert found["total"] == truth["matched_lines"]
    ranks = [*truth["top5"], *truth.get("ranks_6_to_8", [])]
    counts = [each["count"] for each in ranks]
    assert [count for _, count in found["top"][: len(ranks)]] == counts
    # Values of the same count have no order of their own in the truth.
    assert {(each["value"], each["count"]) for each in ranks} <= set(found["top"])


def facts(tally: streamstats.Tally) -> dict[str, Any]:
    summary = tally.summary()
    return {
        **summary.source._asdict(),
        **summary.stats._asdict(),
        "top": [(row.value.decode(), row.count) for row in summary.rows],
    }


@pytest.mark.parametrize("name", ACCESS)
def test_access_logs_by_the_library(data: Path, name: str) -> None:
    truth = truth_of(data, name)
    path = data / truth["file"]
    for threads in (1, 2, 3):
        check(facts(streamstats.count(path, threads=threads)), truth)
    check(facts(streamstats.count(path, truth["regex"])), truth)
    with path.open("rb") as file:
        check(facts(streamstats.count(file, "combined")), truth)
    with path.open("rb") as file:
        check(facts(streamstats.count((line for line in file), "combined")), truth)


@pytest.mark.parametrize("name", ACCESS)
@pytest.mark.parametrize("shell", ["{0} --json {1}", "cat {1} | {0} --json", "{0} --json < {1}"])
def test_access_logs_by_the_command(data: Path, name: str, shell: str) -> None:
    truth = truth_of(data, name)
    line = shell.format(COMMAND, data / truth["file"])
    done = subprocess.run(["sh", "-c", line], capture_output=True, text=True, check=True)
    found = json.loads(done.stdout)
    assert found["pattern"] == {"name": "combined", "by": ["ip"]}
    assert "'combined' matches 100% of the first 100 lines; counting ip\n" in done.stderr
    top = [(each["value"], each["count"]) for each in found["values"]]
    check({**found["source"], **found["stats"], "top": top}, truth)


@pytest.mark.parametrize("name", ACCESS)
def test_the_classic_pipe(data: Path, name: str) -> None:
    truth = truth_of(data, name)
    line = f"awk '{{print $1}}' {data / truth['file']} | {COMMAND} --json"
    done = subprocess.run(["sh", "-c", line], capture_output=True, text=True, check=True)
    found = json.loads(done.stdout)
    assert found["pattern"] == {"name": "line", "by": ["line"]}
    top = [(each["value"], each["count"]) for each in found["values"]]
    facts = {**found["source"], **found["stats"], "top": top, "bytes": truth["bytes"]}
    check(facts, truth)


@pytest.mark.parametrize("name", ACCESS)
def test_access_logs_agree_with_the_reference_on_every_value(data: Path, name: str) -> None:
    path = data / truth_of(data, name)["file"]
    combined = named("combined")
    assert combined is not None
    where = [("status", ">=", "400"), ("method", "!~", "^P")]
    for by, conditions, summed in (
        (("status", "method"), [], None),
        (("path",), where, None),
        (("ip",), [], "bytes"),
    ):
        expected = reference.count(path.read_bytes(), combined.regex, by, conditions, summed)
        texts = [f"{group} {op} {value}" for group, op, value in conditions]
        tally = streamstats.count(path, "combined", by, texts, summed)
        found = {row.groups: (row.records, row.count) for row in tally}
        assert found == {
            groups: (records, float(amount))
            for groups, (records, amount) in expected.values.items()
        }
        assert tally.source.unmatched == expected.unmatched


@pytest.mark.parametrize("system", sorted(LOGHUB))
def test_components_of_loghub(data: Path, system: str) -> None:
    """By the main job, which finds the pattern; the patterns alone are in another test."""
    pattern, columns = LOGHUB[system]
    path = data / "loghub" / f"{system}_2k.log"
    truth = truth_of(data, "loghub_components")[system]
    for column, group in columns.items():
        tally = streamstats.count(path, by=group)
        assert tally.pattern == pattern
        assert (tally.records, tally.source.unmatched) == (2000, 0)
        assert len(tally) == truth[column]["distinct"]
        assert [[value, tally.get(value.encode())] for value, _ in truth[column]["top5"]] == truth[
            column
        ]["top5"]


def test_whole_lines_of_every_log(data: Path) -> None:
    paths = sorted(data.glob("*/*.log")) + sorted(data.glob("*/*.ndjson"))
    assert len(paths) > 15
    merged: streamstats.Tally | None = None
    for path in paths:
        expected = reference.count(path.read_bytes())
        tally = streamstats.count(path, "line")
        assert {row.groups: row.count for row in tally} == {
            groups: records for groups, (records, _) in expected.values.items()
        }
        assert (tally.source.lines, tally.source.bytes) == (expected.lines, path.stat().st_size)
        if merged is None:
            merged = tally
        else:
            merged.merge(tally)
    together = streamstats.count(paths, "line")
    assert merged is not None
    assert list(merged) == list(together)
    assert merged.source == together.source


def timed(path: Path, *arguments: str) -> dict[str, Any]:
    """What the command gives for ``--json`` in UTC."""
    command = [COMMAND, "--json", "--tz", "UTC", *arguments, str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text)


def at(epoch: int) -> datetime:
    return datetime.fromtimestamp(epoch, UTC)


@pytest.mark.parametrize("name", ACCESS)
def test_spans_and_disorder(data: Path, name: str) -> None:
    truth = truth_of(data, name)
    found = timed(data / truth["file"])
    assert found["source"]["out_of_order"] == truth["out_of_order_lines"]
    assert found["source"]["undated"] == 0
    assert found["window"] == {"start": None, "end": None}
    assert min(instant(each["first"]) for each in found["values"]) == at(truth["first_epoch"])
    assert max(instant(each["last"]) for each in found["values"]) == at(truth["last_epoch"])
    assert sum(found["timeline"]["counts"]) == truth["matched_lines"]
    span = truth["span_seconds_last_minus_first"]
    for each in found["values"]:
        assert each["rate"]["mean"] == pytest.approx(each["count"] / span)


@pytest.mark.parametrize("name", ACCESS)
@pytest.mark.parametrize(("per", "key"), [("1s", "second"), ("1m", "calendar_minute")])
def test_peaks_of_values(data: Path, name: str, per: str, key: str) -> None:
    truth = truth_of(data, name)
    found = timed(data / truth["file"], "--per", per)
    by_value = {each["value"]: each for each in found["values"]}
    assert len(truth["per_value_top5"]) == 5
    for expected in truth["per_value_top5"]:
        each = by_value[expected["value"]]
        assert each["count"] == expected["count"]
        assert instant(each["first"]) == instant(expected["first"])
        assert instant(each["last"]) == instant(expected["last"])
        assert each["rate"]["peak"] == expected[f"max_in_one_{key}"]
        mean = expected["mean_per_second_over_own_span_(n/(last-first))"]
        assert each["rate"]["active"] == pytest.approx(mean, rel=1e-12)


@pytest.mark.parametrize("name", ACCESS)
def test_busiest_seconds_and_minutes(data: Path, name: str) -> None:
    """Of all values together: as the peak of a group that is the same in every line."""
    truth = truth_of(data, name)
    every = r"^(?P<value>)\S+ .*?\[(?P<time>[^\]]+)\] "
    for per, key in (("1s", "busiest_second"), ("1m", "busiest_minute_calendar")):
        found = timed(data / truth["file"], "-p", every, "--per", per)
        (value,) = found["values"]
        assert value["count"] == truth["matched_lines"]
        assert value["rate"]["peak"] == truth[key]["count"]
        assert instant(value["rate"]["peak_at"]) == at(min(truth[key]["epochs"]))
    sliding = timed(data / truth["file"], "-p", every, "--per", "1m", "--peak", "sliding")
    fullest = truth["busiest_sliding_60s_window"]
    assert sliding["values"][0]["rate"]["peak"] == fullest["count"]
    assert instant(sliding["values"][0]["rate"]["peak_at"]) == instant(fullest["starts_at"])


@pytest.mark.parametrize("name", ACCESS)
def test_the_busiest_value_and_second(data: Path, name: str) -> None:
    truth = truth_of(data, name)["busiest_value_second"]
    found = timed(data / truth_of(data, name)["file"], "--per", "1s", "--sort", "peak")
    most = found["values"][0]["rate"]["peak"]
    busiest = [each for each in found["values"] if each["rate"]["peak"] == most]
    assert most == truth["count"]
    assert {(each["value"], instant(each["rate"]["peak_at"])) for each in busiest} == {
        (pair["value"], at(pair["epoch"])) for pair in truth["pairs"]
    }


@pytest.mark.parametrize("name", ACCESS)
def test_the_busiest_minute_as_a_window(data: Path, name: str) -> None:
    """A window holds what the truth counts in it, whether its place is sought or not."""
    truth = truth_of(data, name)
    busiest = truth["busiest_minute_calendar"]
    start = busiest["epochs"][0]
    window = ["--start", f"@{start}", "--end", f"@{start + 60}", "--per", "1m"]
    sought = timed(data / truth["file"], *window)
    scanned = timed(data / truth["file"], *window, "--no-seek")
    assert sought["values"] == scanned["values"]
    assert sought["stats"]["total"] == busiest["count"]
    assert sum(each["rate"]["peak"] for each in sought["values"]) == busiest["count"]
