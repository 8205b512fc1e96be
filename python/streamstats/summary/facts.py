"""What is known of a value before anybody judges it: counts, peaks, keys, agents.

All of it is collected in one pass over the log. The *key* is the group that a record is about (the
path of a request, the account of a login), the *agent* what the client calls itself, and a record
*fails* when the pattern's failure predicate holds for it (``patterns/roles.py``).
"""

from __future__ import annotations

from typing import NamedTuple

from streamstats.summary.moments import Spectrum


class Probe(NamedTuple):
    """The fullest ten minutes of distinct failing keys; keys asked for in passing are left out."""

    start_ns: int
    width_ns: int
    """Ten minutes."""
    keys: int
    """Distinct failing keys of the value in that bucket."""
    exact: bool
    """False when the number is an estimate."""
    examples: tuple[bytes, ...]
    """At most 8 of them."""


class Gaps(NamedTuple):
    """The pauses between the records of a value."""

    count: int  # type: ignore[assignment]
    mean_s: float
    cv: float
    """Coefficient of variation: stdev per mean."""


class Signature(NamedTuple):
    """A known form of attack, and how often the value showed it."""

    name: str
    """As in ``patterns/signatures.toml``."""
    records: int
    example: bytes
    """The request or the agent that matched."""
    grade: str = "attack"
    """``attack``, ``probe``, ``suspect`` or ``success``."""
    says: str = ""
    """What it means, in a few words."""


class Company(NamedTuple):
    """The other values in the same prefix."""

    prefix: str
    values: int
    """Others with records, without the value itself."""
    failing: int
    """Of them those of whose records more than half failed."""
    hostile: int
    """Of them those with the verdict *hostile pattern* on their own evidence."""


class Facts(NamedTuple):
    """What is known of one value. Instants are nanoseconds since 1970 UTC."""

    value: bytes
    groups: tuple[bytes, ...]
    records: int
    fails: int | None
    """Failed records; None where the pattern has no failure predicate."""
    first: int | None
    last: int | None
    peak_second: int
    """Records in the fullest second of the calendar; 0 without times."""
    peak_second_at: int | None
    peak_minute: int
    """Records in the fullest minute of the calendar; 0 without times."""
    peak_minute_at: int | None
    active_minutes: int
    """Minutes of the calendar with at least one record; 0 without times."""
    keys: int
    """Distinct keys; 0 without a key group."""
    keys_exact: bool
    top_key: bytes | None
    """The most repeated key."""
    top_key_records: int
    failing_keys: int
    """Distinct failing keys; keys asked for in passing are left out."""
    probe: Probe | None
    gaps: Gaps | None
    agents: tuple[tuple[bytes, int], ...]
    """What it calls itself, most frequent first, at most 8."""
    agents_distinct: int
    signatures: tuple[Signature, ...]
    company: Company | None = None


class Population(NamedTuple):
    """What is known of all values together."""

    values: int
    records: int
    fails: int
    """Of all records; 0 without a failure predicate."""
    counts: Spectrum
    """Records per value."""
    minute_peaks: Spectrum
    second_peaks: Spectrum
    trials: tuple[tuple[int, int, int], ...]
    """(records, fails, how many values have both)."""
    breadth: Spectrum
    """Distinct keys per active minute, rounded to whole numbers."""
    repetition: Spectrum
    """Records of the most repeated key of each value."""
    seconds: float
    """The length of the window."""
    failure: str
    """The failure predicate, as it was written; empty for none."""
    key_group: str | None
    agent_group: str | None
    kind: str = ""
    """``logins``, ``requests``, or empty: what the records are (``patterns/roles.py``)."""
