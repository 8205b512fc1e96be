"""The example log is what its script makes, and shows what the papers say of it."""

from __future__ import annotations

import ipaddress
import os
import subprocess
import sys
from pathlib import Path

import streamstats

EXAMPLES = Path(__file__).parent.parent / "examples"
LOG = EXAMPLES / "access.log"
ATTACKER = b"203.0.113.66"

DOCUMENTATION = [
    ipaddress.ip_network(net)
    for net in ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32")
]


def test_the_script_makes_the_very_same_bytes(tmp_path: Path) -> None:
    """Whatever the seed of the hashes, and the zone."""
    for seed in ("0", "1"):
        made = tmp_path / f"{seed}.log"
        environment = os.environ | {"PYTHONHASHSEED": seed, "TZ": "Asia/Tokyo"}
        script = EXAMPLES / "make_access_log.py"
        subprocess.run([sys.executable, script, made], env=environment, check=True)
        assert made.read_bytes() == LOG.read_bytes()


def test_every_address_is_reserved_for_documentation() -> None:
    """RFC 5737 and RFC 3849: nobody is accused."""
    for row in streamstats.count(LOG, "combined"):
        address = ipaddress.ip_address(row.value.decode())
        assert any(address in net for net in DOCUMENTATION), address


def test_every_line_reads_as_combined() -> None:
    """Some twenty thousand, and more than a thousand visitors."""
    tally = streamstats.count(LOG, "combined")
    assert 19_000 <= tally.records <= 22_000
    assert len(tally) > 1000
    assert tally.source.unmatched == 0


def test_the_attacker_stands_out() -> None:
    """First by far, and an outlier; few others are."""
    summary = streamstats.count(LOG).summary()
    first, second = summary.rows[0], summary.rows[1]
    assert first.value == ATTACKER
    assert first.outlier
    assert first.count > 4 * second.count
    assert summary.stats.outliers < 10


def test_the_attack_is_a_burst_that_ends_with_a_right_guess() -> None:
    """Twelve minutes: doors that are shut, then passwords, the last one right."""
    own = "ip = 203.0.113.66"
    minutes = streamstats.count(LOG, r"^(?P<ip>\S+) .*?:(?P<minute>\d\d:\d\d):", "minute", own)
    assert {row.value[:4] for row in minutes} == {b"09:4", b"09:5"}
    statuses = streamstats.count(LOG, "combined", "status", own)
    assert statuses.get(b"401") > 2000
    assert statuses.get(b"404") > 1000
    assert statuses.get(b"302") == 1
