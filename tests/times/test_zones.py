"""Zones by name, by TZ and by the machine."""

from __future__ import annotations

import shutil
import zoneinfo
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from streamstats.times import WhenError, zone, zones

SUMMER = datetime(2026, 7, 1, 12)


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("Europe/Zurich", "Europe/Zurich"),
        ("europe/zurich", "Europe/Zurich"),
        (" UTC ", "UTC"),
        ("utc", "UTC"),
        ("AMERICA/PORT-AU-PRINCE", "America/Port-au-Prince"),
    ],
)
def test_name(name: str, key: str) -> None:
    assert zone(name).key == key


@pytest.mark.parametrize(
    ("name", "forms"),
    [
        ("Europe/Zurch", ("Europe/Zurich",)),
        ("zurich", ("Europe/Zurich",)),
        ("new york", ("America/New_York",)),
        ("", ("UTC", "Europe/Zurich")),
    ],
)
def test_nearest_names(name: str, forms: tuple[str, ...]) -> None:
    with pytest.raises(WhenError) as caught:
        zone(name)
    assert caught.value.what == "time zone"
    assert set(forms) <= set(caught.value.forms)


@pytest.mark.parametrize(
    "name",
    ["../../etc/passwd", "/etc/localtime", "UTC+2", "Europe", "x" * 500, "a\0b", "é", "CEST"],
)
def test_refused(name: str) -> None:
    with pytest.raises(WhenError):
        zone(name)


def test_an_abbreviation_is_told_apart() -> None:
    with pytest.raises(WhenError, match="an abbreviation is no zone of the IANA database"):
        zone("CEST")


@pytest.mark.parametrize(
    ("setting", "hours"),
    [
        ("Europe/Zurich", 2),
        (":Europe/Zurich", 2),
        ("", 0),
        ("UTC0", 0),
        ("UTC+4", -4),
        ("PST8PDT,M4.1.0,M10.5.0", -7),
        ("<+0330>-3:30", 3.5),
    ],
)
def test_tz(monkeypatch: pytest.MonkeyPatch, setting: str, hours: float) -> None:
    monkeypatch.setenv("TZ", setting)
    assert SUMMER.replace(tzinfo=zone()).utcoffset() == timedelta(hours=hours)


def test_a_wrong_tz_is_an_error_that_says_where_it_comes_from(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TZ", "Mars/Olympus")
    with pytest.raises(WhenError, match="TZ is set to it, and there is no such zone"):
        zone()


def test_the_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("TZ", raising=False)
    place = next(Path(root) for root in zoneinfo.TZPATH if Path(root, "Europe/Zurich").exists())
    link = tmp_path / "localtime"
    link.symlink_to(place / "Europe/Zurich")
    monkeypatch.setattr(zones, "LOCALTIME", str(link))
    assert zone().key == "Europe/Zurich"

    copy = tmp_path / "copy"
    shutil.copyfile(place / "Europe/Zurich", copy)
    monkeypatch.setattr(zones, "LOCALTIME", str(copy))
    assert zone().key == "localtime"
    assert SUMMER.replace(tzinfo=zone()).utcoffset() == timedelta(hours=2)

    monkeypatch.setattr(zones, "LOCALTIME", str(tmp_path / "absent"))
    assert zone().key == "UTC"


@pytest.mark.parametrize("text", ["Zurich1", "UTC", "U0", "UTC+99", "Europe/Zurich2", "é0", "<>0"])
def test_what_is_no_rule(text: str) -> None:
    assert zones.rule(text) is None
