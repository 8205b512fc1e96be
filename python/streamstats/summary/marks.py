"""Marks beside values: what ``--rule`` says, which sign each rule puts, and the legend."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from streamstats.errors import UsageError
from streamstats.summary.moments import Number, Spectrum, moments
from streamstats.summary.outliers import CLASSIC, EVERYTHING, Bounds, Iqr, Mad, Rule, Stdev

HOSTILE = "hostile"
ALL = "all"
NAMES = ("stdev", "mad", "iqr", HOSTILE, ALL)
"""What ``--rule`` takes."""


class Mark(NamedTuple):
    """A sign, and who gets it."""

    name: str
    sign: str
    says: str
    """The rule in a few words, for the legend."""
    rule: Rule | None
    """The rule that gives bounds on counts; None for verdicts, which need the facts of a value."""


HOSTILE_MARK = Mark(HOSTILE, "!", "hostile pattern", None)

_RULES: dict[str, type[Stdev] | type[Mad] | type[Iqr]] = {"stdev": Stdev, "mad": Mad, "iqr": Iqr}


class Marking(NamedTuple):
    """What rules made of a distribution: who gets which sign."""

    marks: tuple[Mark, ...]
    bounds: tuple[Bounds | None, ...]
    """Of each mark the counts that are ordinary; None for verdicts."""
    hostile: Mapping[bytes, Number]
    """The keys of the core that have a hostile pattern, and their counts."""
    counted: tuple[int, ...]
    """How many values each mark marks."""
    outside: Bounds
    """A count beyond these has some mark."""
    values: int
    """How many values have a mark."""

    def signs(self, key: bytes, count: Number) -> str:
        """The signs beside a value."""
        return "".join(
            mark.sign
            for mark, bounds in zip(self.marks, self.bounds, strict=True)
            if (key in self.hostile if bounds is None else bounds.mark(count))
        )


def marking(marks: Sequence[Mark], spectrum: Spectrum, hostile: Mapping[bytes, Number]) -> Marking:
    """Have rules look at a distribution. ``hostile`` are the keys of what verdicts call so."""
    sums = moments(spectrum) if spectrum else None
    bounds: list[Bounds | None] = []
    counted = []
    low: Number = -math.inf
    high: Number = math.inf
    for mark in marks:
        if mark.rule is None:
            bounds.append(None)
            counted.append(len(hostile))
            continue
        own = EVERYTHING if sums is None else mark.rule.bounds(spectrum, sums)
        bounds.append(own)
        counted.append(sum(times for count, times in spectrum if own.mark(count)))
        low, high = max(low, own.low), min(high, own.high)
    outside = Bounds(low, high)
    values = sum(times for count, times in spectrum if outside.mark(count))
    values += sum(not outside.mark(count) for count in hostile.values())
    return Marking(tuple(marks), tuple(bounds), hostile, tuple(counted), outside, values)


def marks(text: str) -> tuple[Mark, ...]:
    """Read what stands behind ``--rule``: a name, or ``name:K``; several with commas between.

    ``all`` is ``stdev,mad,hostile``: one of each sign. They come in the order ``*``, ``~``, ``!``:
    where several mark a value, the last sign says most.

    Raises:
        UsageError: no such rule, a rule named twice, or a K that is not a number above 0.
    """
    found: list[Mark] = []
    for part in text.split(","):
        name, colon, given = part.strip().partition(":")
        if name == ALL and not colon:
            found += [of(CLASSIC), of(Mad()), HOSTILE_MARK]
        elif name == HOSTILE and not colon:
            found.append(HOSTILE_MARK)
        elif name in _RULES:
            found.append(of(_RULES[name](_number(given, part)) if colon else _RULES[name]()))
        elif name in NAMES:
            raise UsageError(f"rule '{name}' takes no number", hint=f"write --rule {name}")
        else:
            raise UsageError(
                f"there is no rule '{name}'",
                hint=f"one of {', '.join(NAMES)}; a number may follow the first three: stdev:3",
            )
    names = [mark.name for mark in found]
    twice = next((name for at, name in enumerate(names) if name in names[:at]), None)
    if twice is not None:
        raise UsageError(f"rule '{twice}' stands twice in '{text}'", hint="name each rule once")
    return tuple(sorted(found, key=lambda mark: "*~!".index(mark.sign)))


def of(rule: Rule) -> Mark:
    """The mark of a rule with bounds."""
    return Mark(rule.name, rule.mark, rule.says, rule)


def _number(text: str, part: str) -> int | float:
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not (math.isfinite(number) and number > 0):
        raise UsageError(
            f"'{part.strip()}' needs a number above 0 behind the colon", hint="write stdev:3"
        )
    return int(number) if number.is_integer() else number


def legend(counted: list[tuple[Mark, int]]) -> list[str]:
    """One line for each rule: its sign, how many it marked, and what it says."""
    width = max((len(f"{count:,}") for _, count in counted), default=0)
    return [f"{mark.sign} {count:>{width},} {mark.says}" for mark, count in counted]
