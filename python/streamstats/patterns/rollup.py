"""Groups of addresses: ``ip/24`` counts networks in the place of addresses.

* ``ip/24``: the first 24 bits of IPv4 addresses; the first 48 of IPv6 addresses, which is what
  one site mostly has (RFC 6177), as it has a /24 of IPv4.
* ``ip/48``, and any number above 32: so many bits of IPv6 addresses; IPv4 addresses whole.
* ``ip/24/56``: both, IPv4 first.
* ``ip/asn``, ``ip/country``: whom a database says that the address belongs to.

A key that is called so itself is written in quotes: ``'"ip/24"'``.
"""

from __future__ import annotations

from typing import NamedTuple

from streamstats.errors import UsageError, printable

V4_BITS, V6_BITS = 32, 128

V6_SITE = 48
"""So many bits of IPv6 addresses are kept where the number is one for IPv4."""

DATABASES = ("asn", "country")
"""What only a database knows of an address."""


class Rollup(NamedTuple):
    """How the addresses of a group are put together."""

    group: str
    """The group that holds them, as it was written."""
    suffix: str
    """What was written behind it."""
    v4: int
    """So many bits are kept."""
    v6: int
    database: str = ""
    """One of DATABASES, or nothing."""


def rollup(name: str) -> Rollup | None:
    """Read a name of ``--by``; None where it is that of a group alone.

    Raises:
        UsageError: addresses have not so many bits.
    """
    group, slash, last = name.rpartition("/")
    if not slash or not group:
        return None
    if last in DATABASES:
        return Rollup(group, f"/{last}", V4_BITS, V6_BITS, last)
    if not _is_number(last):
        return None
    before, slash, first = group.rpartition("/")
    if slash and before and _is_number(first):
        v4, v6 = int(first), int(last)
        if v4 > V4_BITS or v6 > V6_BITS:
            raise UsageError(
                f"'{printable(name)}': IPv4 addresses have {V4_BITS} bits, and IPv6 {V6_BITS}",
                f"write --by {printable(before)}/24/{V6_SITE}, the bits of IPv4 first",
            )
        return Rollup(before, f"/{first}/{last}", v4, v6)
    bits = int(last)
    if bits > V6_BITS:
        raise UsageError(
            f"'{printable(name)}': an address has at most {V6_BITS} bits", _hint(group, name)
        )
    v4, v6 = (bits, V6_SITE) if bits <= V4_BITS else (V4_BITS, bits)
    return Rollup(group, f"/{last}", v4, v6)


def group_of(name: str) -> str:
    """The group that a name of ``--by`` takes. Raises UsageError as ``rollup`` does."""
    found = rollup(name) if "/" in name else None
    return name if found is None else found.group


def no_prefix(name: str) -> UsageError:
    """The error for a group that is there, with something behind it that says nothing."""
    group, _, last = name.rpartition("/")
    return UsageError(
        f"'{printable(last)}' in '{printable(name)}' is no prefix of addresses", _hint(group, name)
    )


def _hint(group: str, name: str) -> str:
    group, name = printable(group), printable(name)
    return (
        f"write {group}/24, {group}/{V6_SITE}, {group}/24/{V6_SITE}, {group}/asn or "
        f"""{group}/country; a key of that name is written '"{name}"'"""
    )


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 10
