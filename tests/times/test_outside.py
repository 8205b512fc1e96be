"""The leash of dateparser, and what it costs to import the package."""

from __future__ import annotations

import subprocess
import sys

import pytest

from clocks import NOW, ZURICH, ns
from streamstats.times import WhenError, outside, read, when
from streamstats.times.lexer import tokens


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("gestern", "2026-11-24"),
        ("hier", "2026-11-24"),
        ("вчера", "2026-11-24"),
        ("昨天", "2026-11-24"),
        ("vor 2 Stunden", "2026-11-25 15:36:30.25"),
        ("il y a 2 heures", "2026-11-25 15:36:30.25"),
        ("vor 3 Tagen", "2026-11-22 17:36:30.25"),
        ("hace 2 meses", "2026-09-25 17:36:30.25"),
    ],
)
def test_other_languages(text: str, expected: str) -> None:
    reading = read(text, NOW, ZURICH)
    assert (reading.instant, reading.by) == (ns(expected), "dateparser")


@pytest.mark.parametrize(
    "text",
    [
        "foo", "heute", "jetzt", "gestern 14 Uhr", "mars", "secret", "monkey", "may be",
        "lorem ipsum", "foo yesterday", "vor 2000 Tagen", "gestern 14:00", "24-Mai-2026",
        "2026-13-01", "1", "a", "-5", "x", "christmas", "vor\x00gestern", "gestern " * 9,
    ],
)  # fmt: skip
def test_held_back(text: str) -> None:
    with pytest.raises(WhenError):
        when(text, NOW, ZURICH)


@pytest.mark.parametrize(
    "text", ["yesterday yesterday", "2026-13-01 gestern", "vor 2000 Tagen", "é"]
)
def test_not_even_asked(text: str) -> None:
    allowed = outside.allowed(text, tokens(text))
    assert allowed == (text == "é")


def test_it_may_be_left_out() -> None:
    with pytest.raises(WhenError):
        when("gestern", NOW, ZURICH, guess=False)


def test_it_need_not_be_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outside, "_parser", lambda: None)
    with pytest.raises(WhenError):
        when("gestern", NOW, ZURICH)


def test_nothing_heavy_is_imported_before_it_is_needed() -> None:
    # `typing` imports `re` itself; the package compiles no expression of its own.
    heavy = ("dateparser", "zoneinfo", "difflib", "importlib.metadata", "inspect", "pathlib")
    code = f"""
import sys
before = set(sys.modules)
from datetime import timezone
from streamstats import times
times.when("2 hours ago", 0, timezone.utc)
times.duration("90s")
print([name for name in {heavy!r} if name in sys.modules and name not in before])
times.zone("UTC")
try:
    times.when("yesturday", 0, timezone.utc)
except times.WhenError:
    pass
print("dateparser" in sys.modules)
"""
    done = subprocess.run(
        [sys.executable, "-c", code],
        check=True, capture_output=True, text=True, env={"PYTHONPATH": ":".join(sys.path)},
    )  # fmt: skip
    assert done.stdout == "[]\nFalse\n"
