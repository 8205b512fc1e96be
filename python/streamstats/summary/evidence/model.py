"""What a piece of evidence is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

HOSTILE = "hostile"
"""It makes the pattern hostile, alone."""
UNUSUAL = "unusual"
"""It is far from what others do, which is no crime."""
CONTEXT = "context"
"""It decides nothing, and helps to understand."""

BEARINGS = (HOSTILE, UNUSUAL, CONTEXT)

Figure = int | float | str | bool | None
Figures = Mapping[str, "Figure | list[str] | list[int]"]


class When(NamedTuple):
    """An instant in a sentence: nanoseconds since 1970 UTC."""

    ns: int


class Evidence(NamedTuple):
    """A piece of evidence."""

    name: str
    """``probe``, ``fails``, ...: the module that it comes from."""
    bearing: str
    """One of BEARINGS."""
    strength: float
    """How many times over the line where this evidence begins: 1 lies on the line. Each function
    says what it divides by what."""
    sentence: str
    """For people. Each ``{}`` stands for the next of ``words``."""
    words: tuple[bytes | When, ...]
    """What strangers wrote, for whoever shows it to escape, and instants."""
    figures: Figures
    """The numbers behind the sentence, for programs."""

    def text(self) -> str:
        """The sentence, escaped as Python would: for tests and for those who debug."""
        shown = (str(w.ns) if isinstance(w, When) else ascii(w)[2:-1] for w in self.words)
        return self.sentence.format(*shown)


def count(number: int, one: str, many: str = "") -> str:
    """``1 path``, ``2,000 paths``."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def percent(share: float) -> str:
    """A share as people write it."""
    if share in (0, 1):
        return f"{share:.0%}"
    return f"{100 * share:.2g}%" if share < 0.01 else f"{share:.1%}"


def about(number: float) -> str:
    """A number of which nobody needs more than two or three digits."""
    return f"{number:,.0f}" if number >= 100 or number == int(number) else f"{number:.2g}"


def listed(words: int) -> str:
    """Places for so many words: ``{}, {}, {}``."""
    return ", ".join(["{}"] * words)
