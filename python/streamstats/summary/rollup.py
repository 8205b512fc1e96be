"""Roll-up: prefixes that are abnormal while none of their members is.

Whoever has many addresses can stay below every line with each of them. Together they are more
members than other prefixes have, and they fail.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import NamedTuple

from streamstats.summary.robust import scale

TYPE_CHECKING = False
if TYPE_CHECKING:
    from streamstats.summary.robust import Scale

LEVELS = ((24, 48), (16, 48))
"""Bits of a prefix, of version 4 and of version 6, the narrowest first."""
FAILING = 5
"""Failing members of an abnormal prefix, at least,"""
SHARE = 0.5
"""of all its members, at least,"""
KEYS = 5
"""with so many distinct failing keys among them, at least,"""
Z = 3.5
"""and a robust z of ln(members) above this, among all prefixes of the same length."""
SHOWN = 8

_MAPPED = b"\0" * 10 + b"\xff\xff"


class Member(NamedTuple):
    """A value that may have neighbours."""

    value: bytes
    failing: bool
    """More than half of its records failed."""
    keys: Collection[bytes]
    """Failing keys of it. A few are enough: the union is compared with five."""
    flagged: bool
    """It has the verdict *hostile pattern* by itself."""
    crawler: bool
    """It declares itself a crawler."""


class Rolled(NamedTuple):
    """A prefix that is abnormal, without the members that are so by themselves."""

    prefix: str
    members: int
    """That are not flagged themselves."""
    failing: int
    keys: int
    """Distinct failing keys among those that are known: at least so many."""
    examples: tuple[bytes, ...]
    """Some of these keys."""
    values: tuple[bytes, ...]
    """Some of the failing members."""
    flagged: int
    """Members that are flagged themselves, and were left out."""
    z: float
    fleet: bool
    """At least half of the failing members declare themselves crawlers."""
    sentence: str
    """For people. Keys and values stand in no sentence: they are a stranger's."""


def packed(value: bytes) -> bytes | None:
    """The bytes of an address, 4 or 16; of a mapped one (::ffff:192.0.2.1) the 4. Else None."""
    import socket  # only addresses that are rolled up need it

    text = value.decode("latin-1")
    try:
        if ":" not in text:
            # inet_pton takes four decimal numbers and nothing else.
            return socket.inet_pton(socket.AF_INET, text)
        whole = socket.inet_pton(socket.AF_INET6, text.strip("[]").partition("%")[0])
    except (OSError, ValueError):
        return None
    return whole[12:] if whole.startswith(_MAPPED) else whole


def prefix(address: bytes, bits: int) -> tuple[bytes, int]:
    """The first ``bits`` of a packed address, the others 0; and ``bits``."""
    rest = len(address) * 8 - bits
    number = int.from_bytes(address, "big") >> rest << rest
    return number.to_bytes(len(address), "big"), bits


def spelled(found: tuple[bytes, int]) -> str:
    """``192.0.2.0/24``."""
    import socket

    address, bits = found
    family = socket.AF_INET if len(address) == 4 else socket.AF_INET6
    return f"{socket.inet_ntop(family, address)}/{bits}"


def roll_up(members: Iterable[Member]) -> list[Rolled]:
    """The narrowest prefixes that are abnormal when their members are not, the fullest first.

    Members that are flagged themselves are left out. What is left of a prefix is abnormal with at
    least 5 failing members, half of them failing, at least 5 distinct failing keys, and a robust z
    of ln(members) above 3.5 among all prefixes of its length. Prefixes are /24, then /16, and /48
    of version 6; members of a reported prefix do not count for a wider one. Values that are no
    addresses are left out.
    """
    addresses = [(item, at) for item in members if (at := packed(item.value)) is not None]
    found: list[Rolled] = []
    seen: set[tuple[bytes, int]] = set()
    for bits4, bits6 in LEVELS:
        groups: dict[tuple[bytes, int], list[Member]] = {}
        for item, address in addresses:
            place = prefix(address, bits4 if len(address) == 4 else bits6)
            groups.setdefault(place, []).append(item)
        usual = {
            length: _usual([g for (a, _), g in groups.items() if len(a) == length])
            for length in (4, 16)
        }
        reported = set()
        for place, group in groups.items():
            scaled = usual[len(place[0])]
            rolled = None if place in seen or scaled is None else _abnormal(place, group, scaled)
            if rolled is not None:
                found.append(rolled)
                reported.add(place)
        seen |= reported
        addresses = [
            (item, at)
            for item, at in addresses
            if prefix(at, bits4 if len(at) == 4 else bits6) not in reported
        ]
    return sorted(found, key=lambda item: (item.fleet, -item.failing, item.prefix))


def _usual(groups: list[list[Member]]) -> Scale | None:
    sizes: dict[int, int] = {}
    for group in groups:
        quiet = sum(not item.flagged for item in group)
        if quiet:
            sizes[quiet] = sizes.get(quiet, 0) + 1
    return scale(sorted(sizes.items()), plus=0) if sizes else None


def _abnormal(place: tuple[bytes, int], group: list[Member], usual: Scale) -> Rolled | None:
    quiet = [item for item in group if not item.flagged]
    failing = [item for item in quiet if item.failing]
    if len(failing) < FAILING or len(failing) < SHARE * len(quiet):
        return None
    keys = dict.fromkeys(key for item in failing for key in item.keys)
    if len(keys) < KEYS:
        return None
    z = usual.z(len(quiet))
    if z <= Z:
        return None
    fleet = 2 * sum(item.crawler for item in failing) >= len(failing)
    name = spelled(place)
    what = "a fleet of declared crawlers" if fleet else "together they probe, alone they do not"
    return Rolled(
        prefix=name,
        members=len(quiet),
        failing=len(failing),
        keys=len(keys),
        examples=tuple(keys)[:SHOWN],
        values=tuple(item.value for item in failing[:SHOWN]),
        flagged=len(group) - len(quiet),
        z=z,
        fleet=fleet,
        sentence=f"{len(failing):,} of {len(quiet):,} members of {name} mostly fail, at "
        f"{len(keys):,} different keys or more: {what}",
    )
