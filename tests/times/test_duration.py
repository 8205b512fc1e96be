"""Durations, both ways."""

from __future__ import annotations

import pytest

from streamstats.times import WhenError, duration, spell

SECOND = 10**9
HOUR = 3600 * SECOND

READ = {
    "90s": 90 * SECOND,
    "1h30m": 90 * 60 * SECOND,
    "7d": 168 * HOUR,
    "2w": 336 * HOUR,
    "1.5h": 90 * 60 * SECOND,
    "0.5s": SECOND // 2,
    "250ms": 250 * 10**6,
    "10us": 10_000,
    "10\N{MICRO SIGN}s": 10_000,
    "10\N{GREEK SMALL LETTER MU}s": 10_000,
    "7ns": 7,
    "1.9ns": 1,
    "0s": 0,
    "1 hour 30 minutes": 90 * 60 * SECOND,
    "1 hour, 30 minutes": 90 * 60 * SECOND,
    "1 hour and 30 minutes": 90 * 60 * SECOND,
    "an hour": HOUR,
    "half an hour": HOUR // 2,
    "two days": 48 * HOUR,
    " 5 MIN ": 300 * SECOND,
    "1d12h": 36 * HOUR,
}


@pytest.mark.parametrize("text", READ)
def test_duration(text: str) -> None:
    assert duration(text) == READ[text]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "cannot read the duration '': it says no duration; try '90s', '1h30m', '7d'"),
        (
            "90",
            "cannot read the duration '90': the number has no unit (column 1); try '90s', '90m'",
        ),
        (
            "-5m",
            "cannot read the duration '-5m': a duration has no sign (column 1); "
            "try '90s', '1h30m', '7d'",
        ),
        (
            "1 month",
            "cannot read the duration '1 month': a month or a year has no fixed length "
            "(column 1); try '30d', '365d'",
        ),
        (
            "1h30",
            "cannot read the duration '1h30': '30' is not expected here (column 3); "
            "try '90s', '1h30m', '7d'",
        ),
        (
            "5 minuets",
            "cannot read the duration '5 minuets': a number and a unit are expected (column 1); "
            "try '5 minutes'",
        ),
        (
            "300000d",
            "cannot read the duration '300000d': it is longer than 292 years (column 1); "
            "try '90s', '1h30m', '7d'",
        ),
        (
            "1:30",
            "cannot read the duration '1:30': a number and a unit are expected (column 1); "
            "try '90s', '1h30m', '7d'",
        ),
    ],
)
def test_refused(text: str, message: str) -> None:
    with pytest.raises(WhenError) as caught:
        duration(text)
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("length", "text"),
    [
        (0, "0s"),
        (90 * SECOND, "1m30s"),
        (1_500_000_000, "1s500ms"),
        (25 * HOUR, "1d1h"),
        (1_001_001, "1ms1us1ns"),
    ],
)
def test_spell(length: int, text: str) -> None:
    assert spell(length) == text


def test_spell_refuses_what_is_negative() -> None:
    with pytest.raises(WhenError, match="it is negative"):
        spell(-1)
