"""Prefixes that are abnormal while none of their members is."""

from __future__ import annotations

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streamstats.summary.rollup import Member, packed, prefix, roll_up, spelled


def member(
    value: str, key: int | None = None, *, flagged: bool = False, crawler: bool = False
) -> Member:
    keys = () if key is None else (b"/%d" % key,)
    return Member(value.encode(), key is not None, keys, flagged, crawler)


def crowd() -> list[Member]:
    """One or two ordinary members in each of 60 networks."""
    return [
        member(f"10.{high}.{low}.{last}")
        for high in range(30)
        for low in range(2)
        for last in range(1 + (high % 3 == low))
    ]


def swarm(count: int = 8, network: str = "203.0.113", **others: bool) -> list[Member]:
    return [member(f"{network}.{last}", last, **others) for last in range(count)]


def test_a_swarm_is_found_in_its_narrowest_prefix() -> None:
    (found,) = roll_up([*crowd(), *swarm()])
    assert found.prefix == "203.0.113.0/24"
    assert (found.members, found.failing, found.keys, found.flagged) == (8, 8, 8, 0)
    assert found.z > 3.5
    assert not found.fleet
    assert found.values[0] == b"203.0.113.0"
    assert found.sentence == (
        "8 of 8 members of 203.0.113.0/24 mostly fail, at 8 different keys or more: together they "
        "probe, alone they do not"
    )


@pytest.mark.parametrize(
    "members",
    [
        swarm(4),
        [*swarm(5), *(member(f"203.0.113.{last}") for last in range(100, 106))],
        [member(f"203.0.113.{last}", 1) for last in range(9)],
        swarm(8, flagged=True),
        [*swarm(8, flagged=True)[:4], *swarm(8)[4:]],
    ],
    ids=["few", "half fail", "one key", "flagged", "most flagged"],
)
def test_what_keeps_it_silent(members: list[Member]) -> None:
    assert roll_up([*crowd(), *members]) == []


def test_others_as_full_keep_it_silent() -> None:
    full = [member(f"10.9.{low}.{last}") for low in range(60) for last in range(8)]
    assert roll_up([*full, *swarm()]) == []


def test_a_wide_swarm_is_found_in_its_wide_prefix() -> None:
    spread = [member(f"198.51.{low}.7", low) for low in range(20)]
    (found,) = roll_up([*crowd(), *spread])
    assert (found.prefix, found.members) == ("198.51.0.0/16", 20)


def test_members_of_a_narrow_prefix_do_not_count_for_a_wider_one() -> None:
    (found,) = roll_up([*crowd(), *swarm(), member("203.0.7.7", 99)])
    assert found.prefix == "203.0.113.0/24"


def test_fleets_are_called_that_and_come_last() -> None:
    bots = swarm(20, "198.51.100", crawler=True)
    first, second = roll_up([*crowd(), *swarm(), *bots])
    assert (first.fleet, second.fleet) == (False, True)
    assert second.sentence.endswith("a fleet of declared crawlers")


def test_version_6_goes_by_48_bits() -> None:
    many = [member(f"2001:db8:{high:x}::1") for high in range(60)]
    (found,) = roll_up([*many, *(member(f"2001:db8:ffff:{low:x}::1", low) for low in range(9))])
    assert found.prefix == "2001:db8:ffff::/48"


def test_mapped_addresses_are_folded() -> None:
    mapped = [member(f"::ffff:203.0.113.{last}", last) for last in range(4)]
    (found,) = roll_up([*crowd(), *mapped, *swarm(8)[4:]])
    assert (found.prefix, found.members) == ("203.0.113.0/24", 8)


def test_what_is_no_address_is_left_out() -> None:
    assert roll_up([member(name, 1) for name in ("alice", "", "1.2.3", "::g", "999.1.1.1")]) == []
    assert roll_up([]) == []


@given(st.binary(min_size=4, max_size=4) | st.binary(min_size=16, max_size=16), st.integers(0, 32))
def test_prefixes_are_those_of_ipaddress(address: bytes, bits: int) -> None:
    kind = ipaddress.IPv4Address if len(address) == 4 else ipaddress.IPv6Address
    known = ipaddress.ip_network((kind(address), bits), strict=False)
    assert ipaddress.ip_network(spelled(prefix(address, bits))) == known


@given(st.ip_addresses())
def test_addresses_are_read_as_ipaddress_reads_them(
    address: ipaddress.IPv4Address | ipaddress.IPv6Address,
) -> None:
    folded = getattr(address, "ipv4_mapped", None) or address
    assert packed(str(address).encode()) == folded.packed
