"""What is shown of numbers, in every format, of tallies that the core has counted."""

from __future__ import annotations

import csv
import io
import json

import pytest

import streamstats
from streamstats.render import FORMATS, renderer
from streamstats.render.look import PLAIN, Look
from streamstats.render.width import display_width
from streamstats.summary.model import Summary

PATTERN = r"^(?P<path>\S+) (?P<took>\S+)"


def tally(numbers: dict[str, list[str]], by: str | None = None) -> streamstats.Tally:
    lines = [f"{path} {text}".encode() for path, texts in numbers.items() for text in texts]
    return streamstats.count(lines, PATTERN, by, numbers="took")


def text(summary: Summary, look: Look = PLAIN, name: str = "text") -> str:
    return "".join(renderer(name)(summary, look))


FEW = {"/a": [f"{n}ms" for n in range(1, 101)], "/b": ["1s", "3s", "-"], "/c": ["-"]}
MANY = {"/a": [f"{n}" for n in range(1, 20_001)]}


def test_the_block() -> None:
    shown = text(tally(FEW).summary())
    assert shown.startswith("Numbers in took\n     count       102  2 records without one\n")
    assert "       p50   51.5 ms\n" in shown
    assert "   maximum       3 s\n" in shown
    assert "≈" not in shown


def test_what_is_not_exact_says_so() -> None:
    shown = text(tally(MANY).summary())
    assert "≈ within 0.8%, as are the bins" in shown
    assert [line.split()[1] for line in shown.splitlines()[2:5]] == ["1", "≈9,964", "≈18,000"]
    ascii = text(tally(MANY).summary(), PLAIN._replace(unicode=False))
    assert ascii.isascii()
    assert "~ within 0.8%, as are the bins" in ascii


def test_a_line_for_each_value() -> None:
    lines = text(tally(FEW, "path").summary()).splitlines()
    assert lines[0].split() == ["path", "count", "share", "p50", "p95", "p99", "max", "spread"]
    assert lines[1].split()[:10] == [
        "/a",
        "100",
        "96.2%",
        *("50.5", "ms", "95.05", "ms", "99.01", "ms"),
        "100",
    ]
    assert lines[3].split() == ["/c", "1", "1.0%", "-", "-", "-", "-"]
    assert "Numbers in took" in lines


@pytest.mark.parametrize("width", [32, 40, 80, 120, 200])
@pytest.mark.parametrize("log", [False, True])
@pytest.mark.parametrize("unicode", [False, True])
def test_lines_fit(width: int, log: bool, unicode: bool) -> None:
    look = Look(width, False, unicode, True)
    for by in (None, "path"):
        for numbers in (FEW, MANY, {"/" + "long" * 50: ["1KB", "7GB", "x"]}):
            for line in text(tally(numbers, by).summary(log_bins=log), look).splitlines():
                assert display_width(line) <= width, line
                assert unicode or line.isascii()


def test_no_numbers_at_all() -> None:
    none = tally({"/a": ["-", "-"]}).summary()
    assert text(none) == "Numbers in took\n     count  0  2 records without one\n"
    assert json.loads(text(none, name="json"))["numbers"]["minimum"] is None
    assert text(none, name="csv").splitlines()[1] == "0,,,,,,,,,,2"


def test_json() -> None:
    found = json.loads(text(tally(FEW, "path").summary(), name="json"))
    whole, (first, _, last) = found["numbers"], found["values"]
    assert (whole["group"], whole["count"], whole["absent"], whole["unit"]) == ("took", 102, 2, "s")
    assert (whole["exact"], whole["error"]) == (True, 0.0)
    histogram = whole["histogram"]
    assert sum(histogram["counts"]) + histogram["less"] + histogram["more"] == 102
    assert first["numbers"]["quantiles"]["0.5"] == 0.0505
    assert last["numbers"] is None
    alone = json.loads(text(tally(FEW).summary(), name="json"))
    assert "values" not in alone
    assert alone["numbers"] == whole
    assert json.loads(text(tally(FEW).summary(), name="ndjson")) == whole


def test_csv_and_tsv() -> None:
    for name, separator in (("csv", ","), ("tsv", "\t")):
        shown = text(tally(FEW, "path").summary(), name=name)
        rows = list(csv.DictReader(io.StringIO(shown), delimiter=separator))
        assert [row["numbers"] for row in rows] == ["100", "2", "0"]
        assert float(rows[0]["p50"]) == 0.0505
        assert rows[2]["p99.9"] == ""
        alone = text(tally(FEW).summary(), name=name)
        (row,) = csv.DictReader(io.StringIO(alone), delimiter=separator)
        assert (row["numbers"], row["absent"]) == ("102", "2")


def test_markdown() -> None:
    shown = text(tally(FEW, "path").summary(), name="markdown")
    assert "| `path` | count | share | outlier | p50 | p95 | p99 | max |" in shown
    assert "**Numbers in `took`**" in shown
    assert text(tally(FEW).summary(), name="markdown").startswith("**Numbers in `took`**\n")


def test_a_hostile_name_reaches_no_terminal() -> None:
    found = tally(FEW, "path").summary()
    found.numbered = "\x1b[31m"
    for name in FORMATS:
        assert "\x1b" not in text(found, Look(80, False, True, True), name)


def test_units_that_do_not_fit_together() -> None:
    assert "times (in seconds) and data (in bytes) are mixed" in text(
        tally({"/a": ["1ms", "1KB"]}).summary()
    )
    assert "1 without a unit, taken for seconds" in text(tally({"/a": ["1ms", "2"]}).summary())
