"""What somebody wants to see on the screen: pure, without a terminal."""

from __future__ import annotations

from typing import NamedTuple

from streamstats.engines.standing import SORTS, View
from streamstats.render.kinds import Kinds

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from streamstats.engines.sliding import Pace
    from streamstats.engines.standing import Standing
    from streamstats.summary.marks import Mark
    from streamstats.summary.model import Stats, TimeFacts

SECOND = 1_000_000_000

WINDOWS = (*(n * SECOND for n in (10, 30, 60, 300, 900, 3600, 6 * 3600, 24 * 3600)), None)
"""The windows between which the keys move, from narrow to wide; None is all of the run."""

FIRST_WAY_UP = ("value", "first")
"""What is ascending when nobody turned it round."""


class State(NamedTuple):
    """What is seen."""

    sort: str = "count"
    reverse: bool = False
    last: int | None = None
    text: str = ""
    outliers: bool = False
    paused: bool = False
    marks: Sequence[Mark] = ()

    def view(self, limit: int, sparks: int) -> View:
        """What the engine is asked for."""
        return View(
            sort=self.sort,
            reverse=self.reverse,
            last=self.last,
            outliers=self.outliers,
            text=self.text,
            limit=limit,
            sparks=sparks,
            marks=self.marks,
        )

    def sorted_by(self, sort: str) -> State:
        """By another column; by the same one, the other way round."""
        if sort == self.sort:
            return self._replace(reverse=not self.reverse)
        return self._replace(sort=sort, reverse=False)

    def next_sort(self, step: int) -> State:
        """By the next column, or the one before."""
        at = (SORTS.index(self.sort) + step) % len(SORTS)
        return self._replace(sort=SORTS[at], reverse=False)

    def wider(self, step: int) -> State:
        """The window, one step wider or narrower."""
        places = [float("inf") if each is None else each for each in WINDOWS]
        now = float("inf") if self.last is None else self.last
        if step > 0:
            found = next((at for at, length in enumerate(places) if length > now), len(places) - 1)
        else:
            below = [at for at, length in enumerate(places) if length < now]
            found = below[-1] if below else 0
        return self._replace(last=WINDOWS[found])

    @property
    def ascending(self) -> bool:
        """Which way the order goes."""
        return (self.sort in FIRST_WAY_UP) != self.reverse


class Frame(NamedTuple):
    """What there is to see at one moment: nothing in it changes any more."""

    rows: list[Standing]
    stats: Stats
    chosen: int | None
    """How many values fit; None where there are too many to look through."""
    by: tuple[str, ...]
    summed: str | None
    pace: Pace
    time: TimeFacts | None
    approximate: bool
    unmatched: int
    files: tuple[str, ...]
    state: State
    """What was wanted when it was made."""
    notes: tuple[str, ...]
    """What was said of late, the latest last."""
    alarms: int
    raised: frozenset[tuple[bytes, ...]]
    """The values that have an alarm now."""
    counting: float | None
    """Another group is being counted, and so much of it is done."""

    @property
    def kinds(self) -> Kinds:
        """Of which kinds its values are."""
        return Kinds(len(self.by), (each.row for each in self.rows))
