"""What is told of values that were judged: of one at length, of all suspects in a line each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from streamstats.summary.facts import Facts, Population
from streamstats.summary.onset import Onset
from streamstats.summary.verdict import Verdict

TYPE_CHECKING = False
if TYPE_CHECKING:
    from streamstats.summary.model import SourceFacts, TimeFacts, Timeline
    from streamstats.summary.rollup import Rolled


class Top(NamedTuple):
    """What one group holds in the records of a value."""

    group: str
    distinct: int
    texts: tuple[tuple[bytes, int], ...]
    """The most frequent ones, with their records."""


class Passage(NamedTuple):
    """A line that tells something."""

    file: str
    line: int
    """Its number, from 1; in what a compressed file holds."""
    text: bytes
    why: str


class Suspect(NamedTuple):
    """A value with a verdict."""

    key: bytes
    """Under which the core counts it."""
    facts: Facts
    verdict: Verdict


class Explanation(NamedTuple):
    """One value: the verdict, what led there, and what helps to understand it."""

    facts: Facts
    verdict: Verdict
    share: float
    """Its part of all records: 0 to 1."""
    rank: int
    """By records, from 1."""
    onset: Onset | None
    """Since when it is as busy as it is; None without times."""
    timeline: Timeline | None
    """Its records as time went by, over the span of the log; None without times."""
    tops: tuple[Top, ...]
    """What its records hold in other groups; () where the source can be read once only."""
    lines: tuple[Passage, ...]
    """A handful of its lines; () where the source can be read once only."""
    name: str | None = None
    """What the name servers call an address; None where nobody asked, or it has none."""


class Explanations(NamedTuple):
    """Some values, explained, and what they are held against."""

    by: tuple[str, ...]
    pattern: str
    source: SourceFacts
    time: TimeFacts | None
    """The span and the window; None where times were not read."""
    population: Population
    values: tuple[Explanation, ...]


class Suspects(NamedTuple):
    """All values with a verdict above *nothing unusual*, worst first."""

    by: tuple[str, ...]
    pattern: str
    source: SourceFacts
    time: TimeFacts | None
    population: Population
    found: Sequence[Suspect]
    hostile: int
    """So many of them have a hostile pattern; they come first."""
    caveats: tuple[str, ...]
    """What holds for all verdicts, in sentences."""
    rolled: tuple[Rolled, ...] | None
    """Prefixes that are abnormal when their members are not; None where nobody asked."""
