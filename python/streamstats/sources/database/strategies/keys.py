"""``keys``: random integers, looked up as keys."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from streamstats.sources.database.candidates import Candidate
from streamstats.sources.database.query import Query
from streamstats.sources.database.strategies.base import (
    Drawing,
    Drawn,
    Option,
    Strategy,
    Unsuitable,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from random import Random

    from streamstats.sources.database.session import Rows

DENSE = 0.1
"""A key is dense where at least this share of the integers between its ends is taken."""

AT_ONCE = 900
"""So many keys stand in one query: MariaDB makes a table of 1,000, SQLite once took 999 values."""

MARGIN = 1.25
"""More keys are looked up than should be needed, since gaps are not spread evenly."""


class Keys(Strategy):
    """Every row that has a key is as likely as any other, whatever the gaps: a key that is not
    there gives nothing, and one that is there gives its row. So the sample is uniform, and
    stays so under a filter, which lets some of the rows through.
    """

    name = "keys"
    uniform = True

    def __init__(self, *, patient: bool = True) -> None:
        self._patient = patient
        """Whether more keys are looked up when a filter has let too few through."""

    def options(self, drawing: Drawing) -> list[Option]:
        table = drawing.scope.table
        if not self._patient and any(candidate.single for candidate in drawing.candidates):
            raise Unsuitable("the filter fixes a whole key, so there is one row at most")
        found = []
        for index in table.indexes:
            column = table.column(index.columns[0])
            alone = index.unique and len(index.columns) == 1
            whole = index.primary or (column is not None and not column.nullable)
            if alone and whole and column is not None and column.kind == "integer":
                found.append(Option(Candidate(index, (), index.columns[0], ())))
        if not found:
            raise Unsuitable(f"{table.title} has no key of one integer")
        return found[:1]

    def draw(self, drawing: Drawing, option: Option) -> Drawn:
        key = option.candidate
        assert key is not None
        scope = drawing.scope
        bare = scope._replace(conditions=(), raw=None)
        (low, high), *_ = drawing.fetch(bare.extremes(key))
        if low is None:
            return Drawn([], f"there is no {key.order}", True, True)
        if not (isinstance(low, int) and isinstance(high, int)):
            raise Unsuitable(f"{key.order} is not an integer in all rows")
        span = high - low + 1
        rows = scope.table.rows
        density = min(1.0, rows / span) if rows else 1.0
        if density < DENSE:
            raise Unsuitable(f"{key.order} is not dense: {rows:,} rows have keys in {span:,}")
        most = self._most(drawing, span, density)
        rounds = self._rounds(drawing, most, density)
        self._check(drawing, rounds[0] * density)
        found: Rows = []
        seen: set[int] = set()
        dice = drawing.place()
        for count in rounds:
            more = self._others(dice, low, span, seen, count)
            found += self._looked_up(drawing, key, more)
            if len(found) >= drawing.n:
                break
        asked = len(seen)
        complete = asked == span
        if len(found) < drawing.n and not complete and not self._patient:
            raise Unsuitable(f"of {asked:,} random keys of {key.order} {len(found):,} pass")
        if len(found) < drawing.n and not complete and not scope.filtered:
            raise Unsuitable(
                f"of {asked:,} random keys of {key.order} only {len(found):,} are there"
            )
        of = f"all {span:,}" if complete else f"{asked:,} random"
        passed = " and pass the filter" if scope.filtered else ""
        how = f"{of} keys of {key.order} looked up, {len(found):,} are there{passed}"
        return Drawn(found, how, True, complete)

    def outline(self, drawing: Drawing, option: Option) -> list[Query]:
        key = option.candidate
        assert key is not None
        bare = drawing.scope._replace(conditions=(), raw=None)
        count = next(iter(self._rounds(drawing, drawing.max_examined, 1.0)))
        # Which keys is not known before their ends have been read.
        probe = drawing.scope.keys(key, range(1, min(count, AT_ONCE) + 1))
        return [bare.extremes(key), probe._replace(most=count)]

    def _check(self, drawing: Drawing, rows: float) -> None:
        """Without patience, whether enough of so many rows are thought to pass the filter."""
        scope = drawing.scope
        if self._patient or not scope.table.rows:
            return
        passing = drawing.passing(scope.passing())
        if passing is not None and rows * passing / scope.table.rows < drawing.n:
            raise Unsuitable(f"the filter lets about {passing:,} rows through, too few to find")

    @staticmethod
    def _most(drawing: Drawing, span: int, density: float) -> int:
        """So many keys are looked up at most."""
        most = drawing.max_examined
        if not drawing.scope.filtered:
            most = min(most, 4 * math.ceil(drawing.n * MARGIN / density) + 40)
        return min(span, most)

    @staticmethod
    def _others(dice: Random, low: int, span: int, seen: set[int], count: int) -> list[int]:
        """Random keys that have not been looked up yet."""
        if 2 * (len(seen) + count) > span:
            rest = [key for key in range(low, low + span) if key not in seen]
            found = dice.sample(rest, min(count, len(rest)))
            seen.update(found)
            return found
        found = []
        while len(found) < count:
            key = low + dice.randrange(span)
            if key not in seen:
                seen.add(key)
                found.append(key)
        return found

    def _rounds(self, drawing: Drawing, most: int, density: float) -> Sequence[int]:
        """How many keys to look up, round by round, until enough rows have come."""
        first = math.ceil(drawing.n * MARGIN / density) + 10
        if drawing.scope.filtered:
            first = max(first, drawing.want)
        rounds = [min(first, most)]
        while self._patient and (done := sum(rounds)) < most:
            rounds.append(min(3 * done, most - done))
        return rounds

    @staticmethod
    def _looked_up(drawing: Drawing, key: Candidate, keys: Sequence[int]) -> Rows:
        return [
            row
            for start in range(0, len(keys), AT_ONCE)
            for row in drawing.fetch(drawing.scope.keys(key, keys[start : start + AT_ONCE]))
        ]
