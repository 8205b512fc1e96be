"""Timestamps as the core reads them, and the chapter on them says what is so."""

from __future__ import annotations

import re
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from clocks import NOW, UTC, ZURICH, ns
from streamstats import _core
from streamstats.times import WhenError, zones
from streamstats.times.reading import STAMP, read, when
from streamstats.times.stamps import parse_stamp

DOCS = Path(__file__).resolve().parents[2] / "docs" / "timestamps.md"


def part(start: str, end: str) -> str:
    text = DOCS.read_text("utf-8")
    return text[text.index(start) : text.index(end, text.index(start))]


def cells(text: str, column: int) -> list[str]:
    """What stands in backticks in one column of the table."""
    rows = [row.split("|") for row in text.splitlines() if row.startswith("|")]
    return [found for row in rows[2:] for found in re.findall(r"`([^`]+)`", row[column])]


@pytest.mark.parametrize("stamp", cells(part("## Families", "## What a stamp"), 2))
def test_families_are_read(stamp: str) -> None:
    letters = _core.recognise_time([stamp.encode()])
    assert _core.Time(letters, "UTC", NOW).parse(stamp.encode()) is not None


@pytest.mark.parametrize("letters", cells(part("## Letters", "## What is refused"), 1))
def test_letters_are_known(letters: str) -> None:
    whole = {
        "%H": "%F %H:%M", "%k": "%F %k:%M", "%I": "%F %I:%M %p", "%l": "%F %l:%M %p",
        "%M": "%F %H:%M", "%S": "%F %T", "%p": "%F %I:%M %p", "%P": "%F %I:%M %P",
        "%T": "%F %T", "%R": "%F %R", "%F": "%F %T", "%s": "%s", "%Y": "%Y-%m-%d %T",
        "%y": "%y-%m-%d %T", "%m": "%Y-%m-%d %T", "%d": "%Y-%m-%d %T", "%e": "%Y-%m-%e %T",
        "%j": "%Y-%j %T", "%b": "%Y %b %d %T", "%B": "%Y %B %d %T", "%h": "%Y %h %d %T",
        "%D": "%D %T", "%f": "%F %T.%f", "%N": "%F %T.%N", "%L": "%F %T.%L",
        "%?p": "%F %I:%M%?p",
    }  # fmt: skip
    _core.check_letters(whole.get(letters, f"%F %T{letters}"))


def test_what_the_chapter_refuses() -> None:
    for text in ("2026-02-30 10:00:00", "2026-01-01 10:00:61", "2026-13-01 10:00:00", "1 Mai 2026"):
        with pytest.raises(WhenError):
            when(text, NOW, UTC, stamp=parse_stamp, guess=False)


def test_the_grammar_comes_first_and_stamps_come_second() -> None:
    found = read("2005-06-03-15.42.50.675872", NOW, ZURICH, stamp=parse_stamp)
    assert found == (ns("2005-06-03 15:42:50.675872"), STAMP)
    assert read("2015-01-21 10:56:10", NOW, ZURICH, stamp=parse_stamp).by != STAMP


def test_two_digits_of_a_year() -> None:
    text = "09/06/17 20:10:40"
    with pytest.raises(WhenError):
        when(text, NOW, UTC, guess=False)
    assert when(text, NOW, UTC, stamp=parse_stamp) == ns("2009-06-17 20:10:40", UTC)
    assert when(text, NOW, UTC, stamp=parse_stamp, day_first=True) == ns("2017-06-09 20:10:40", UTC)
    assert when(text, NOW, UTC, stamp=parse_stamp, day_first=False) == ns(
        "2017-09-06 20:10:40", UTC
    )


def test_a_rule_of_posix_is_no_zone_of_the_core() -> None:
    rule = zones.rule("XYZ-3")
    assert isinstance(rule, ZoneInfo)
    assert parse_stamp("E0517 15:04:22", rule.key, NOW) in (None, ns("2026-05-17T15:04:22+03:00"))
