"""Facts and populations for tests: ordinary ones, changed where a test needs it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from streamstats.summary.facts import Facts, Population, Probe, Signature

MINUTE = 60 * 10**9
TEN_MINUTES = 10 * MINUTE

PLAIN = Facts(
    value=b"192.0.2.1",
    groups=(b"192.0.2.1",),
    records=6,
    fails=0,
    first=0,
    last=9 * MINUTE,
    peak_second=1,
    peak_second_at=0,
    peak_minute=2,
    peak_minute_at=0,
    active_minutes=4,
    keys=4,
    keys_exact=True,
    top_key=b"/",
    top_key_records=2,
    failing_keys=0,
    probe=None,
    gaps=None,
    agents=((b"Mozilla/5.0 (X11; Linux x86_64)", 6),),
    agents_distinct=1,
    signatures=(),
)
"""Somebody who reads a few pages."""

CRAWLER = ((b"Mozilla/5.0 (compatible; ExampleBot/2.0; +http://example.com/bot)", 9),)

LOGIN = PLAIN._replace(agents=(), agents_distinct=0, top_key=b"alice", keys=1, top_key_records=6)


def probe(keys: int) -> Probe:
    """So many keys in vain."""
    return Probe(TEN_MINUTES, TEN_MINUTES, keys, True, (b"/a", b"/b{}", b"/\x1b[31m"))


def sign(grade: str, name: str = "some", records: int = 1) -> Signature:
    """A signature of a grade."""
    return Signature(name, records, b"GET /x HTTP/1.1", grade, f"a {name}")


def spectrum(numbers: Iterable[int]) -> list[tuple[int, int]]:
    """Pairs (number, how often), ascending."""
    return sorted(Counter(numbers).items())


def population(facts: Iterable[Facts], kind: str = "requests") -> Population:
    """What those values are together."""
    every = list(facts)
    failure = "status >= 400" if kind == "requests" else "result = Failed"
    trials = Counter((item.records, item.fails) for item in every)
    return Population(
        values=len(every),
        records=sum(item.records for item in every),
        fails=sum(item.fails or 0 for item in every),
        counts=spectrum(item.records for item in every),
        minute_peaks=spectrum(item.peak_minute for item in every if item.peak_minute),
        second_peaks=spectrum(item.peak_second for item in every if item.peak_second),
        trials=tuple((n, k, times) for (n, k), times in trials.items() if k is not None),
        breadth=spectrum(round(i.keys / i.active_minutes) for i in every if i.active_minutes),
        repetition=spectrum(item.top_key_records for item in every if item.top_key_records),
        seconds=600.0,
        failure=failure if trials and None not in {item.fails for item in every} else "",
        key_group="path" if kind == "requests" else "user",
        agent_group="agent" if kind == "requests" else None,
        kind=kind,
    )


def crowd(size: int = 40) -> list[Facts]:
    """Ordinary values that differ a little."""
    return [
        PLAIN._replace(
            value=b"192.0.2.%d" % number,
            records=3 + number % 5,
            fails=int(number % 8 == 0),
            peak_minute=1 + number % 3,
            peak_second=1 + number % 2,
            keys=2 + number % 4,
        )
        for number in range(size)
    ]
