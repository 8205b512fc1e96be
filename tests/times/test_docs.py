"""The chapter on times says what is so."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from clocks import NOW, ZURICH
from streamstats.times import WhenError, duration, when, window

DOCS = (Path(__file__).resolve().parents[2] / "docs" / "times.md").read_text(encoding="utf-8")


def part(start: str, end: str) -> str:
    return DOCS[DOCS.index(start) : DOCS.index(end)]


def forms(text: str) -> list[str]:
    """What stands in backticks in the first cell of each row."""
    rows = [row.split("|")[1] for row in text.splitlines() if row.startswith("| `")]
    return [form for row in rows for form in re.findall(r"`([^`]+)`", row)]


@pytest.mark.parametrize("text", forms(part("## Forms", "Units are")))
def test_forms_are_read(text: str) -> None:
    when(text, NOW, ZURICH, guess=False)


def test_units_are_read() -> None:
    for unit in re.findall(r"`(\S+)`", part("Units are", ", with or without")):
        when(f"2 {unit} ago", NOW, ZURICH, guess=False)


@pytest.mark.parametrize("text", re.findall(r"`([^`]+)`", part("A zone may follow", "An abbrev")))
def test_zones_are_read(text: str) -> None:
    when(f"10:00 {text}", NOW, ZURICH, guess=False)


@pytest.mark.parametrize("text", ["90s", "1h30m", "1.5h", "250ms", "7d", "1 hour 30 minutes"])
def test_durations_are_read(text: str) -> None:
    assert f"`{text}`" in part("### Durations", "### Windows")
    duration(text)


@pytest.mark.parametrize("text", ["2 hours ago..", "..noon"])
def test_windows_are_read(text: str) -> None:
    assert f"`{text}`" in part("### Windows", "## Daylight")
    window(text, NOW, ZURICH)


@pytest.mark.parametrize(
    "text", ["2026-13-01", "25:00", "03/04/2026", "3-4-2026", "17/06/09", "heute", "jetzt"]
)
def test_refusals_are_refused(text: str) -> None:
    assert f"`{text}`" in DOCS
    with pytest.raises(WhenError):
        when(text, NOW, ZURICH)
