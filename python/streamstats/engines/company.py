"""The neighbours of an address, and the values that are most like one that does not occur."""

from __future__ import annotations

import heapq

from streamstats.summary.facts import Company, Facts
from streamstats.summary.rollup import LEVELS, packed, prefix, spelled

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from streamstats.conduct import Conduct

NARROWEST = LEVELS[0]
"""Neighbours share so many bits, of version 4 and of version 6."""

MOST = 1000
"""So many neighbours are judged; a prefix of version 6 may have any number."""


def company(conduct: Conduct, facts: Facts, is_hostile: Callable[[Facts], bool]) -> Company | None:
    """What the other values in the prefix of an address are like; None for what is no address, or
    has no neighbours.
    """
    place = network(facts.value)
    if place is None:
        return None
    values = failing = hostile = 0
    for key in neighbours(conduct, place):
        other = conduct.facts(key)
        if other is None or other.value == facts.value:
            continue
        values += 1
        failing += 2 * (other.fails or 0) > other.records
        hostile += values <= MOST and is_hostile(other)
    return Company(spelled(place), values, failing, hostile) if values else None


def network(value: bytes) -> tuple[bytes, int] | None:
    """The narrowest prefix of an address; None for what is none."""
    address = packed(value)
    return None if address is None else prefix(address, NARROWEST[len(address) == 16])


def neighbours(conduct: Conduct, place: tuple[bytes, int]) -> Iterator[bytes]:
    """The keys of the values in a prefix."""
    # Most values are ruled out by a look at their text, which is quicker than reading them.
    old = len(place[0]) == 4
    begin = b".".join(b"%d" % byte for byte in place[0][:3]) + b"."
    for key in conduct.keys():  # noqa: SIM118
        if (key.startswith(begin) or b":" in key if old else b":" in key) and (
            network(conduct.value(key)) == place
        ):
            yield key


def prefix_facts(conduct: Conduct, place: tuple[bytes, int]) -> tuple[str, int, int]:
    """A prefix as people write it, how many values are in it, and their records."""
    found = [conduct.facts(key) for key in neighbours(conduct, place)]
    return spelled(place), len(found), sum(item.records for item in found if item is not None)


def nearest(conduct: Conduct, value: bytes, most: int = 5) -> list[bytes]:
    """The values most like one that does not occur: those that share most of their beginning and
    their end with it; of an address those that are nearest by number.
    """
    address = packed(value)

    values = (conduct.value(key) for key in conduct.keys())  # noqa: SIM118
    if address is not None:
        number = int.from_bytes(address, "big")
        same = ((packed(other), other) for other in values)
        apart = (
            (abs(int.from_bytes(theirs, "big") - number), other)
            for theirs, other in same
            if theirs is not None and len(theirs) == len(address)
        )
        return [other for _, other in heapq.nsmallest(most, apart)]
    alike = heapq.nlargest(most, values, key=lambda other: _likeness(value, other))
    return [other for other in alike if 2 * _likeness(value, other) >= len(value)]


def _likeness(value: bytes, other: bytes) -> int:
    low, small = value.lower(), other.lower()
    return _shared(low, small) + _shared(low[::-1], small[::-1])


def _shared(one: bytes, other: bytes) -> int:
    """How many bytes they begin with in common."""
    for at, (left, right) in enumerate(zip(one, other, strict=False)):
        if left != right:
            return at
    return min(len(one), len(other))
