"""Addresses grouped by prefix: how it is said, and that it is what ``ipaddress`` makes of them."""

from __future__ import annotations

import ipaddress
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

import streamstats
from streamstats.errors import UnknownGroup, UnknownKey, UsageError
from streamstats.patterns.resolve import choose, find
from streamstats.patterns.rollup import Rollup, group_of, rollup

PATTERN = r"^(?P<ip>\S+)(?: (?P<path>\S*))?$"

v4 = st.ip_addresses(v=4).map(str)
v6 = st.ip_addresses(v=6).flatmap(
    lambda address: st.sampled_from([str(address), address.exploded, str(address).upper()])
)
mapped = st.ip_addresses(v=4).flatmap(
    lambda address: st.sampled_from(
        [f"::ffff:{address}", str(ipaddress.IPv6Address((0xFFFF << 32) | int(address)))]
    )
)
ports = st.integers(0, 65535).map(str)
zones = st.text("abcdefgh0123456789", min_size=1, max_size=8)
written = st.one_of(
    v4,
    v6,
    mapped,
    st.builds("{}:{}".format, v4, ports),
    st.builds("[{}]:{}".format, st.one_of(v6, mapped), ports),
    st.builds("[{}]".format, st.one_of(v4, v6)),
    st.builds("{}%{}".format, v6, zones),
    st.builds("[{}%{}]:{}".format, v6, zones, ports),
)
others = st.one_of(
    st.sampled_from(["-", "unknown", "host.example", "1.2.3", "01.2.3.4", "1.2.3.4:x", "::1::"]),
    st.text("0123456789abcdef:.%[]-", min_size=1, max_size=24),
)


def network(text: str, bits4: int, bits6: int) -> str:
    """The network of an address, slowly: ``ipaddress`` reads what is left without port and zone."""
    bare = text
    if bare.startswith("["):
        inside, closed, behind = bare[1:].partition("]")
        if not closed or not (behind == "" or is_port(behind)):
            return text
        bare = inside
    elif bare.count(":") == 1:
        bare, colon, port = bare.partition(":")
        if not is_port(colon + port):
            return text
    try:
        address = ipaddress.ip_address(bare)
    except ValueError:
        return text
    if isinstance(address, ipaddress.IPv6Address):
        address = ipaddress.IPv6Address(int(address))  # without its zone
        address = address.ipv4_mapped or address
    bits = bits4 if address.version == 4 else bits6
    found: ipaddress.IPv4Network | ipaddress.IPv6Network
    if address.version == 4:
        found = ipaddress.IPv4Network((int(address), bits), strict=False)
    else:
        found = ipaddress.IPv6Network((int(address), bits), strict=False)
    return str(found.network_address) if bits == address.max_prefixlen else str(found)


def is_port(text: str) -> bool:
    digits = text[1:]
    plain = digits.isascii() and digits.isdigit() and len(digits) <= 5
    return text[:1] == ":" and plain and int(digits) <= 65535


@given(
    st.lists(st.one_of(written, others), min_size=1, max_size=30),
    st.integers(0, 32),
    st.integers(0, 128),
)
def test_networks_are_those_of_ipaddress(texts: list[str], bits4: int, bits6: int) -> None:
    lines = [text.encode() for text in texts]
    tally = streamstats.count(lines, PATTERN, f"ip/{bits4}/{bits6}")
    wanted = Counter(network(text, bits4, bits6).encode() for text in texts)
    assert {row.value: row.count for row in tally} == dict(wanted)


@given(st.lists(st.one_of(written, others), min_size=1, max_size=20))
def test_together_with_other_groups(texts: list[str]) -> None:
    lines = [f"{text} /{at % 3}".encode() for at, text in enumerate(texts)]
    tally = streamstats.count(lines, PATTERN, "path,ip/16")
    wanted = Counter(
        (f"/{at % 3}".encode(), network(text, 16, 48).encode()) for at, text in enumerate(texts)
    )
    assert {row.groups: row.count for row in tally} == dict(wanted)


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("ip", None),
        ("ip/24", Rollup("ip", "/24", 24, 48)),
        ("ip/0", Rollup("ip", "/0", 0, 48)),
        ("ip/32", Rollup("ip", "/32", 32, 48)),
        ("ip/33", Rollup("ip", "/33", 32, 33)),
        ("ip/48", Rollup("ip", "/48", 32, 48)),
        ("ip/24/56", Rollup("ip", "/24/56", 24, 56)),
        ("ip/asn", Rollup("ip", "/asn", 32, 128, "asn")),
        ("a.b/country", Rollup("a.b", "/country", 32, 128, "country")),
        ('"a/b"/24', Rollup('"a/b"', "/24", 24, 48)),
        ('"ip/24"', None),
        ('a["ip/24"]', None),
        ("/24", None),
        ("bytes/s", None),
        ("ip/x", None),
        ("1/24", Rollup("1", "/24", 24, 48)),
    ],
)
def test_how_it_is_written(name: str, wanted: Rollup | None) -> None:
    assert rollup(name) == wanted
    assert group_of(name) == (name if wanted is None else wanted.group)


@pytest.mark.parametrize("name", ["ip/129", "ip/200", "ip/33/48", "ip/24/129", "ip/999999999"])
def test_addresses_have_not_so_many_bits(name: str) -> None:
    with pytest.raises(UsageError, match=r"bits\b"):
        rollup(name)


def test_a_choice_has_names_for_people_and_groups_for_the_core() -> None:
    choice = choose(find(PATTERN), ("path", "ip/24"))
    assert (choice.by, choice.taken) == (("path", "ip/24"), ("path", "ip"))
    assert choose(find(PATTERN), ("path", "ip")).rollups == ()


def test_whole_lines_may_be_addresses() -> None:
    tally = streamstats.count([b"192.0.2.1", b"192.0.2.9", b"x"], by="line/24")
    assert [(row.value, row.count) for row in tally] == [(b"192.0.2.0/24", 2), (b"x", 1)]
    assert tally.get(b"192.0.2.0/24") == 2


def test_what_is_wrong_is_said() -> None:
    with pytest.raises(UsageError, match="'x' in 'ip/x' is no prefix"):
        streamstats.count([b"192.0.2.1"], PATTERN, "ip/x")
    with pytest.raises(UnknownGroup):
        streamstats.count([b"192.0.2.1"], PATTERN, "nope/24")


def test_a_key_with_a_slash_in_it() -> None:
    lines = [b'{"ip":"192.0.2.1","ip/24":"own","n":7}', b'{"ip":"192.0.2.2","ip/24":"own","n":7}']

    def counted(by: str) -> list[tuple[bytes, int | float]]:
        return [(row.value, row.count) for row in streamstats.count(lines, "json", by)]

    assert counted("ip/24") == [(b"192.0.2.0/24", 2)]
    assert counted('"ip/24"') == [(b"own", 2)]
    # Only text can be an address.
    assert counted("n/24") == [(b"7", 2)]
    with pytest.raises(UnknownKey):
        streamstats.count(lines, by="nope/24")
    with pytest.raises(UsageError, match="is no prefix"):
        streamstats.count(lines, by="ip/site")


def test_tallies_of_different_prefixes_do_not_merge() -> None:
    one, two = (streamstats.count([b"192.0.2.1"], PATTERN, by) for by in ("ip/24", "ip/16"))
    with pytest.raises(UsageError, match="different groups"):
        one.merge(two)
