"""The 213 expressions of PHP's and GNU date's own tests: each is equal, or left out by name."""

from __future__ import annotations

import json
import os
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from streamstats.times import WhenError, rfc3339, when, zone, zones

pytestmark = pytest.mark.corpus

ROOT = Path(__file__).resolve().parents[2]
DATA = Path(os.environ.get("STREAMSTATS_CORPUS", ROOT.parent / "shared" / "data"))
CASES = DATA / "cases" / "human_time.jsonl"
if not CASES.exists():
    pytest.skip(f"the corpus is absent: {CASES}", allow_module_level=True)

# GNU date's cases were measured at this instant, PHP's without a base of their own at any.
MEASURED = 1_795_413_628_517_975_674
DAY = 86_400 * 10**9

# GNU date 9.1, which measured the cases, does not know these; its own tests of a newer one do.
NEWER = {
    "european-0": "2026-01-24T00:00:00",
    "european-1": "2026-01-24T00:00:00",
    "european-2": "2026-01-24T00:00:00",
    "european-3": "2026-02-01T00:00:00",
    "eu-combo-1": "2026-02-01T03:04:05.600",
    "eu-combo-2": "2026-02-01T03:04:05.600",
    "eu-combo-3": "2026-02-01T03:00:00",
    "eu-combo-4": "2026-02-01T03:00:00",
    "cross-TZ-mishandled": "1970-01-01T05:00:00",
}

# What docs/times.md lists as left out, with what is done instead: None is a refusal.
LEFT_OUT: dict[str, str | None] = {
    "22.49.12.42GMT": None,
    "t0222 t0222": None,
    "022233": None,
    "000909": None,
    "2006": None,
    "1986": None,
    "1.2. 3": None,
    "3 1.2.": None,
    "JAN": "2006-01-01T00:00:00+00:00",
    "January": "2006-01-01T00:00:00+00:00",
    r"TZ=\"EST5\" 1970-01-01 00:00": None,
    "09:00B": None,
    "09:00L": None,
    "09:00N": None,
    "09:00T": None,
    "09:00X": None,
    "(": None,
    "1(ignore this comment": None,
    "2026-01-05(this is a comment": None,
    "2026(this is a comment)-01-05": None,
    "((nested))2026-01-05": None,
    "((nested)2026-01-05)": None,
    "Mon, 2024-06-15 12:00:00": None,
    "2024-06-15 12:00 +05:99": None,
    "+": None,
    "-": None,
    "  noon  ": "2026-11-23T12:00:00+00:00",
    "2024-06-15 12:00:00 +1 hour": "2024-06-15T13:00:00+00:00",
}

# Read only when the order of day and month is said, as each reference has it.
ORDERED = {
    "2-3-2004": True,
    "08/01/97 6:00": False,
    "08/01/97 6:00 UTC +4 hours": False,
}

with CASES.open(encoding="utf-8") as file:
    LINES = [json.loads(line) for line in file]


def expected(case: dict[str, Any]) -> int | None:
    """Nanoseconds, or None for a refusal."""
    if case["source"].startswith("php"):
        said = case["expected"]
        if said is None:
            return None
        form = "%a, %d %b %Y %H:%M:%S %z" if "," in said else "%Y-%m-%dT%H:%M:%S%z"
        return int(datetime.strptime(said, form).timestamp()) * 10**9
    if case["gnu_date_here"] is not None:
        whole, _, part = case["gnu_date_here"].partition(".")
        return int(whole) * 10**9 + int(part)
    if case["name"] in NEWER:
        return when(NEWER[case["name"]] + "Z", 0, ZoneInfo("UTC"))
    return None


def place(name: str) -> ZoneInfo:
    return zones.rule(name) or zone(name if name != "\\" else "UTC")


def read(case: dict[str, Any], day_first: bool | None = None) -> int | None:
    now = MEASURED if "base_epoch" not in case else case["base_epoch"] * 10**9
    if case.get("name") == "relative-4":  # measured a moment later than the others
        now = 1_795_327_228_517_975_674 + DAY
    try:
        return when(case["input"], now, place(case["tz"]), day_first=day_first)
    except WhenError:
        return None


@pytest.mark.parametrize("case", LINES, ids=lambda case: repr(case["input"]))
def test_case(case: dict[str, Any]) -> None:
    text = case["input"]
    found = read(case)
    if text in LEFT_OUT:
        shown = None if found is None else rfc3339(found, ZoneInfo("UTC"))
        assert shown == LEFT_OUT[text]
        assert found != expected(case)
    elif text in ORDERED:
        assert found is None
        assert read(case, ORDERED[text]) == expected(case)
    else:
        assert found == expected(case)


def test_the_count_in_the_docs() -> None:
    equal = sum(read(case) == expected(case) for case in LINES)
    docs = (ROOT / "docs" / "times.md").read_text(encoding="utf-8")
    assert f"{equal} of the {len(LINES)}" in docs
    assert equal == len(LINES) - sum(case["input"] in LEFT_OUT | ORDERED for case in LINES)


@pytest.mark.parametrize("text", [*LEFT_OUT, *ORDERED])
def test_the_docs_name_what_is_left_out(text: str) -> None:
    docs = (ROOT / "docs" / "times.md").read_text(encoding="utf-8")
    assert f"`{text.strip()}`" in docs
    assert any(case["input"] == text for case in LINES)
