"""A slow and plain collector of facts, in Python alone: what the core has to find as well.

It holds every record in memory and counts with dictionaries. Property tests hold the core against
it, and ``benches/verdicts.py`` can judge with it.
"""

from __future__ import annotations

import re
import statistics
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from itertools import pairwise
from typing import NamedTuple

from streamstats.patterns.model import Pattern
from streamstats.patterns.roles import Roles
from streamstats.patterns.signatures import Known, decoded, known
from streamstats.summary.facts import Facts, Gaps, Population, Probe, Signature

SECOND = 1_000_000_000
MINUTE = 60 * SECOND
TEN_MINUTES = 10 * MINUTE
SHOWN = 8

Failed = Callable[[dict[str, bytes]], bool]
Instant = Callable[[bytes], int | None]


class Record(NamedTuple):
    """What one line yields."""

    value: bytes
    instant: int | None
    failed: bool | None
    key: bytes | None
    agent: bytes | None
    signatures: tuple[tuple[str, bytes], ...]
    """Names and what matched."""
    passing: bool
    """It was asked for in passing, so no sign of probing."""


class Matcher:
    """Which signatures a record has."""

    def __init__(self, table: Iterable[Known]) -> None:
        self._table = [(item, re.compile(item.regex.encode())) for item in table]

    def find(
        self, texts: dict[str, bytes | None], failed: bool | None
    ) -> Iterator[tuple[Known, bytes]]:
        """Those that match, each once, with the text that did (as it was written)."""
        ready = {name: decoded(text) for name, text in texts.items() if text is not None}
        status = texts.get("status") or b""
        for item, regex in self._table:
            if item.failed and not failed:
                continue
            if not status.startswith(item.status.encode()):
                continue
            for target in item.on:
                if target in ready and regex.search(ready[target]):
                    yield item, texts[target] or b""
                    break


def records(
    lines: Iterable[bytes],
    pattern: Pattern,
    roles: Roles,
    by: str,
    *,
    failed: Failed | None,
    instant: Instant,
    time: str = "time",
) -> Iterator[Record]:
    """The records of ``lines``; those that do not match are left out, and so are undated ones."""
    regex = re.compile(pattern.regex.encode())
    matcher = Matcher(known())
    for line in lines:
        found = regex.search(line.rstrip(b"\n").removesuffix(b"\r"))
        if not found or found[by] is None:
            continue
        groups = {name: text for name, text in found.groupdict().items() if text is not None}
        when = instant(groups[time]) if time in groups else None
        bad = failed(groups) if failed is not None else None
        texts = {
            "request": joined(groups, roles.request),
            "login": joined(groups, roles.login),
            "agent": groups.get(roles.agent or ""),
            "status": groups.get(roles.status or ""),
        }
        matched = list(matcher.find(texts, bad))
        passing = any(item.grade == "background" for item, _ in matched)
        yield Record(
            value=groups[by],
            instant=when,
            failed=bad,
            key=groups.get(roles.key or "") or None,
            agent=groups.get(roles.agent or ""),
            signatures=tuple(
                (k.name, text)
                for k, text in matched
                if k.grade != "background" and not (k.failed and passing)
            ),
            passing=passing,
        )


def joined(groups: dict[str, bytes], names: tuple[str, ...]) -> bytes | None:
    """The groups that are there, with blanks between; None when none is."""
    parts = [groups[name] for name in names if groups.get(name)]
    return b" ".join(parts) if parts else None


def collect(
    found: Iterable[Record], roles: Roles, failure: str
) -> tuple[dict[bytes, Facts], Population]:
    """The facts of every value, and the population."""
    by_value: dict[bytes, list[Record]] = defaultdict(list)
    for record in found:
        by_value[record.value].append(record)
    facts = {value: facts_of(value, items) for value, items in by_value.items()}
    return facts, population(list(facts.values()), roles, failure)


def facts_of(value: bytes, items: list[Record]) -> Facts:
    """The facts of one value."""
    instants = sorted(item.instant for item in items if item.instant is not None)
    seconds, minutes = peak(instants, SECOND), peak(instants, MINUTE)
    keys = Counter(item.key for item in items if item.key is not None)
    top = min(keys.items(), key=lambda item: (-item[1], item[0])) if keys else (None, 0)
    agents = Counter(item.agent for item in items if item.agent is not None)
    ordered = sorted(agents.items(), key=lambda item: (-item[1], item[0]))
    tests = [item.failed for item in items]
    vain = [item for item in items if item.failed and item.key is not None and not item.passing]
    signatures: dict[str, list[bytes]] = {}
    for item in items:
        for name, text in item.signatures:
            signatures.setdefault(name, []).append(text)
    table = {item.name: item for item in known()}
    return Facts(
        value=value,
        groups=(value,),
        records=len(items),
        fails=None if None in tests else sum(map(bool, tests)),
        first=instants[0] if instants else None,
        last=instants[-1] if instants else None,
        peak_second=seconds[1],
        peak_second_at=seconds[0],
        peak_minute=minutes[1],
        peak_minute_at=minutes[0],
        active_minutes=len({when // MINUTE for when in instants}),
        keys=len(keys),
        keys_exact=True,
        top_key=top[0],
        top_key_records=top[1],
        failing_keys=len({item.key for item in vain}),
        probe=probe(vain),
        gaps=gaps(instants),
        agents=tuple(ordered[:SHOWN]),
        agents_distinct=len(agents),
        signatures=tuple(
            Signature(name, len(texts), texts[0], table[name].grade, table[name].says)
            for name, texts in signatures.items()
        ),
    )


def peak(instants: list[int], width: int) -> tuple[int | None, int]:
    """Where the fullest bucket begins, the first of several, and its records."""
    buckets = Counter(when // width for when in instants)
    if not buckets:
        return None, 0
    bucket, most = min(buckets.items(), key=lambda item: (-item[1], item[0]))
    return bucket * width, most


def probe(vain: list[Record]) -> Probe | None:
    """The bucket with most distinct failing keys, the first of several."""
    buckets: dict[int, dict[bytes, None]] = defaultdict(dict)
    for item in vain:
        if item.instant is not None and item.key is not None:
            buckets[item.instant // TEN_MINUTES][item.key] = None
    if not buckets:
        return None
    bucket, keys = min(buckets.items(), key=lambda item: (-len(item[1]), item[0]))
    return Probe(bucket * TEN_MINUTES, TEN_MINUTES, len(keys), True, tuple(keys)[:SHOWN])


def gaps(instants: list[int]) -> Gaps | None:
    """The pauses between records in the order of time."""
    pauses = [(b - a) / SECOND for a, b in pairwise(instants)]
    if not pauses:
        return None
    mean = statistics.fmean(pauses)
    return Gaps(len(pauses), mean, statistics.pstdev(pauses) / mean if mean else 0.0)


def population(facts: list[Facts], roles: Roles, failure: str) -> Population:
    """What is known of all values together."""
    firsts = [item.first for item in facts if item.first is not None]
    lasts = [item.last for item in facts if item.last is not None]
    # Halves go up.
    breadth = [
        (2 * item.keys + item.active_minutes) // (2 * item.active_minutes)
        for item in facts
        if item.active_minutes and item.keys
    ]
    return Population(
        values=len(facts),
        records=sum(item.records for item in facts),
        fails=sum(item.fails or 0 for item in facts),
        counts=spectrum(item.records for item in facts),
        minute_peaks=spectrum(item.peak_minute for item in facts if item.peak_minute),
        second_peaks=spectrum(item.peak_second for item in facts if item.peak_second),
        trials=tuple(
            (n, fails, times)
            for (n, fails), times in sorted(
                Counter((i.records, i.fails) for i in facts if i.fails is not None).items()
            )
        ),
        breadth=spectrum(breadth),
        repetition=spectrum(item.top_key_records for item in facts if item.top_key_records),
        seconds=(max(lasts) - min(firsts)) / SECOND if firsts else 0.0,
        failure=failure,
        key_group=roles.key,
        agent_group=roles.agent,
        kind=roles.kind,
    )


def spectrum(numbers: Iterable[int]) -> list[tuple[int, int]]:
    """Pairs (number, how often), ascending."""
    return sorted(Counter(numbers).items())
