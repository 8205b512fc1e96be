"""What values did, out of a tally that gathered it: the figures of the core as facts."""

from __future__ import annotations

import math

from streamstats.patterns.signatures import known
from streamstats.summary.facts import Facts, Gaps, Population, Probe, Signature

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from streamstats import _core
    from streamstats.patterns.roles import Roles
    from streamstats.summary.needs import Least

    Split = Callable[[bytes], tuple[bytes, tuple[bytes, ...]]]
    """From a key of the core to the value and its groups."""

SECOND = 1_000_000_000

PROBE_WIDTH = 600 * SECOND
"""Failing keys are counted in stretches of ten minutes: ``crates/core/src/conduct``."""

EXAMPLES = 8
"""So many keys, and so many agents, are kept of a value."""

_BLOCK = 4096


class Conduct:
    """What the values of a tally did."""

    __slots__ = ("_core", "_minute", "_roles", "_split", "_width", "timed")

    def __init__(self, core: _core.Tally, roles: Roles, split: Split) -> None:
        self._core = core
        self._roles = roles
        self._split = split
        self._width = core.width
        self._minute = max(1, 60 * SECOND // core.width)
        self.timed = core.timed
        """Whether times were read. Without them there are no bursts and no probing."""

    @property
    def roles(self) -> Roles:
        """Which groups told of it."""
        return self._roles

    def population(self, seconds: float) -> Population:
        """What all values together did, in a window of so many seconds."""
        found, roles = self._core.population(self._minute), self._roles
        return Population(
            values=len(self._core),
            records=self._core.records,
            fails=found.fails if roles.failure else 0,
            counts=found.counts,
            minute_peaks=found.minutes,
            second_peaks=found.buckets,
            trials=tuple(found.trials) if roles.failure else (),
            breadth=found.breadth,
            repetition=found.repetition,
            seconds=seconds,
            failure=roles.failure,
            key_group=roles.key,
            agent_group=roles.agent,
            kind=roles.kind,
        )

    def facts(self, key: bytes) -> Facts | None:
        """Those of the value that the core knows as ``key``; None where it did not occur."""
        found = self._core.facts(key, self._minute, EXAMPLES)
        return None if found is None else self._made(found)

    def wanted(self, least: Least) -> Iterator[tuple[bytes, Facts]]:
        """The values that have enough of anything, by the core's keys, most records first."""
        order = self._core.wanted(
            self._minute,
            records=least.records,
            per_minute=least.minute_peak,
            per_bucket=least.second_peak,
            trials=set(least.trials),
            probe=least.probe_keys,
            repetition=least.repetition,
            breadth=least.breadth,
            signed=least.signatures,
        )
        for start in range(0, len(order), _BLOCK):
            for found in order.facts(start, start + _BLOCK, self._minute, EXAMPLES):
                yield found.key, self._made(found)

    def keys(self) -> Iterator[bytes]:
        """All keys of the core, in no order that means anything."""
        order = self._core.order("value")
        for start in range(0, len(order), _BLOCK):
            for key, _, _ in order.slice(start, start + _BLOCK):
                yield key

    def value(self, key: bytes) -> bytes:
        """The value that the core knows as ``key``."""
        return self._split(key)[0]

    def buckets(self, key: bytes) -> list[tuple[int, int]]:
        """The buckets of a value and the records in each, in order; bucket 0 begins in 1970."""
        return self._core.buckets(key)

    @property
    def width(self) -> int:
        """Of those buckets, in nanoseconds."""
        return self._width

    def _made(self, found: _core.Facts) -> Facts:
        value, groups = self._split(found.key)
        first, last = found.span or (None, None)
        peak_at, peak = found.peak
        minute_at, minute = found.minute
        table = known()
        return Facts(
            value=value,
            groups=groups,
            records=found.records,
            fails=found.fails if self._roles.failure else None,
            first=first,
            last=last,
            peak_second=peak,
            peak_second_at=peak_at * self._width if first is not None else None,
            peak_minute=minute,
            peak_minute_at=minute_at * self._width if first is not None else None,
            active_minutes=found.minutes,
            keys=found.keys,
            keys_exact=found.keys_exact,
            top_key=found.top_key,
            top_key_records=found.top_records,
            failing_keys=found.failing,
            probe=_probe(found),
            gaps=_gaps(found, self._width),
            agents=tuple(found.agents),
            agents_distinct=found.agents_distinct,
            signatures=tuple(
                Signature(table[at].name, records, text or b"", table[at].grade, table[at].says)
                for at, records, _, text in found.hits
            ),
        )


def _probe(found: _core.Facts) -> Probe | None:
    if found.probe is None:
        return None
    bucket, keys, exact, examples = found.probe
    return Probe(bucket * PROBE_WIDTH, PROBE_WIDTH, keys, exact, tuple(examples))


def _gaps(found: _core.Facts, width: int) -> Gaps | None:
    count, total, squares = found.gaps
    if not count:
        return None
    mean = total / count
    # In integers up to the last step, so that nothing cancels out.
    spread = math.sqrt(count * squares - total * total) / count
    return Gaps(count, mean * width / SECOND, spread / mean if mean else 0.0)
