"""Addresses counted by what a database says of them."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from mmdb_writer import MMDBWriter
from netaddr import IPSet

import streamstats
from streamstats.errors import SourceError, UsageError

PATTERN = r"^(?P<ip>\S+) (?P<path>\S+)$"
LINES = [
    b"203.0.113.5 /a",
    b"203.0.113.9:4711 /b",
    b"::ffff:203.0.113.77 /a",
    b"[2001:db8:1:2::3]:443 /a",
    b"198.51.100.7 /a",
    b"192.0.2.1 /a",
    b"host.example /a",
    b"\xff\xfe /a",
]


def written(path: Path, kind: str, networks: dict[str, dict[str, object]], version: int = 6) -> str:
    writer = MMDBWriter(version, kind, ipv4_compatible=version == 6)
    for network, record in networks.items():
        writer.insert_network(IPSet([network]), record)
    writer.to_db_file(str(path))
    return str(path)


@pytest.fixture
def countries(tmp_path: Path) -> str:
    networks: dict[str, dict[str, object]] = {
        "203.0.113.0/24": {"country": {"iso_code": "CH"}},
        "2001:db8::/32": {"country": {"iso_code": "DE"}},
        "198.51.100.0/24": {"registered_country": {"iso_code": "FR"}},
        "192.0.2.0/24": {"continent": {"code": "EU"}},
    }
    return written(tmp_path / "country.mmdb", "GeoLite2-Country", networks)


@pytest.fixture
def systems(tmp_path: Path) -> str:
    networks: dict[str, dict[str, object]] = {
        "203.0.113.0/24": {
            "autonomous_system_number": 64496,
            "autonomous_system_organization": "Example Ltd",
        },
        "198.51.100.0/24": {"autonomous_system_number": 64497},
        "2001:db8::/32": {"asn": "AS64498", "as_name": "Beispiel\x1b[31m"},
    }
    return written(tmp_path / "asn.mmdb", "GeoLite2-ASN", networks)


def values(by: str, geoip: str | list[str]) -> dict[bytes, int | float]:
    tally = streamstats.count(list(LINES), PATTERN, by, geoip=geoip)
    assert tally.by == tuple(by.split(","))
    assert tally.records == len(LINES)
    return {row.value: row.count for row in tally}


def test_countries(countries: str) -> None:
    assert values("ip/country", countries) == {
        b"CH": 3,
        b"DE": 1,
        b"FR": 1,
        b"(unknown)": 1,
        b"host.example": 1,
        b"\xff\xfe": 1,
    }


def test_autonomous_systems(systems: str) -> None:
    found = values("ip/asn", systems)
    assert found[b"AS64496 Example Ltd"] == 3
    assert found[b"AS64497"] == 1
    assert found[b"AS64498 Beispiel\x1b[31m"] == 1
    assert found[b"(unknown)"] == 1


def test_several_databases_and_groups(countries: str, systems: str) -> None:
    found = values("ip/country,path", [systems, countries])
    assert found[b"CH /a"] == 2
    assert found[b"CH /b"] == 1


def test_files_with_times_keep_them(tmp_path: Path, countries: str) -> None:
    log = tmp_path / "app.log"
    log.write_text(
        "2026-03-01T10:00:00Z 203.0.113.1 5\n"
        "2026-03-01T10:00:01Z 203.0.113.2 6\n"
        "2026-03-01T10:00:01Z 203.0.113.2 7\n"
    )
    tally = streamstats.count(
        str(log),
        r"^(?P<time>\S+) (?P<ip>\S+) (?P<n>\d+)$",
        "ip/country",
        sum="n",
        time=True,
        tz="UTC",
        geoip=countries,
    )
    (row,) = tally.summary().rows
    assert (row.value, row.count, row.records) == (b"CH", 18, 3)
    assert row.life is not None
    assert row.life.peak == 2
    assert row.life.last - row.life.first == 10**9


def test_an_address_that_a_database_of_ipv4_cannot_hold(tmp_path: Path) -> None:
    path = written(
        tmp_path / "four.mmdb", "Own-Country", {"203.0.113.0/24": {"country": "CH"}}, version=4
    )
    found = values("ip/country", path)
    assert (found[b"CH"], found[b"(unknown)"]) == (3, 3)


def test_a_database_of_an_unknown_type_may_tell_anything(tmp_path: Path) -> None:
    path = written(
        tmp_path / "own.mmdb", "mine", {"203.0.113.0/24": {"country_code": "CH", "asn": 64496}}
    )
    assert values("ip/country", path)[b"CH"] == 3
    assert values("ip/asn", path)[b"AS64496"] == 3


def test_what_is_wrong_is_said(tmp_path: Path, countries: str) -> None:
    with pytest.raises(UsageError, match="needs a database that tells the country"):
        streamstats.count(list(LINES), PATTERN, "ip/country")
    with pytest.raises(UsageError, match="is of type 'GeoLite2-Country', and does not tell the AS"):
        values("ip/asn", countries)
    with pytest.raises(SourceError, match="No such file"):
        values("ip/country", str(tmp_path / "nope.mmdb"))
    odd = tmp_path / "odd.mmdb"
    odd.write_bytes(b"not a database" * 100)
    with pytest.raises(SourceError, match="is damaged"):
        values("ip/country", str(odd))
    with pytest.raises(SourceError):
        values("ip/country", str(tmp_path))


def test_a_database_that_is_cut_off(tmp_path: Path, countries: str) -> None:
    whole = Path(countries).read_bytes()
    for keep in range(0, len(whole), 97):
        cut = tmp_path / "cut.mmdb"
        cut.write_bytes(whole[:keep])
        with pytest.raises(SourceError):
            values("ip/country", str(cut))


def test_without_the_package(countries: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "maxminddb", None)
    with pytest.raises(UsageError, match=r"pip install 'streamstats-logs\[geoip\]'"):
        values("ip/country", countries)
    # What needs no database needs no package.
    assert values("ip/24", countries)[b"203.0.113.0/24"] == 3


def test_a_limit_of_memory_leaves_no_error_to_state(tmp_path: Path, countries: str) -> None:
    log = tmp_path / "many.log"
    with log.open("w") as file:
        for at in range(400_000):
            file.write(f"10.{at >> 16}.{at >> 8 & 255}.{at & 255} /a\n")
        file.write("203.0.113.5 /a\n" * 50)
    tally = streamstats.count(
        str(log), PATTERN, "ip/country", geoip=countries, memory_limit=4 << 20
    )
    assert tally.records == 400_050
    known = tally.approximation
    assert known is not None
    assert known.error is None
    assert tally.get(b"CH") <= 50
