"""Crowds: rows that have one value of the column along which ``range`` reads.

An index gives the first of them first, each time. Where it goes on with an integer, there is a
random place among them to go to. Where it does not, as PostgreSQL's, some come from either end of
them, behind a few that are skipped, since skipping is reading; and some from random points of the
key, as far as they pass the filter. So each row can be drawn, and those at the ends are likelier.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from streamstats.sources.database.advice import index_on
from streamstats.sources.database.candidates import Candidate
from streamstats.sources.database.points import POINTED, points
from streamstats.sources.database.strategies.base import Refused, counted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from streamstats.sources.database.query import Counted, Query
    from streamstats.sources.database.session import Rows
    from streamstats.sources.database.strategies.base import Drawing

ASKED = 20
"""The planner is asked about so many values at most."""

FEW = 4
"""One in so many of the rows from the ends of crowds is read, where the key gives enough."""


class Crowds:
    """Draws out of crowds, along one candidate; ``ends`` are those of the key, if there is one."""

    def __init__(
        self, drawing: Drawing, candidate: Candidate, key: Candidate | None, ends: Sequence[Any]
    ) -> None:
        self._drawing = drawing
        self._candidate = candidate
        self._key = key
        self._ends = ends
        self._size: int | None = None
        self._besides = 0
        order = candidate.index.order
        after = order[order.index(candidate.order or "") + 1 :][:1]
        integers = all(isinstance(end, int) for end in ends)
        self.keyed = key is not None and after == (key.order,) and integers
        """Whether the index goes on with the key, and that is an integer."""

    def foreseen(self, values: Sequence[Any], least: int) -> bool:
        """Whether the planner thinks that so many rows have each of these values, on average.

        Not of one value: those that ANALYZE happened to meet several times it takes for far more
        frequent than the others.
        """
        some = values[:: -(-len(values) // ASKED)]
        rows = self._drawing.passing(self._drawing.scope.among(self._candidate, some))
        self._size = None if rows is None else round(rows / len(some))
        return self._size is not None and self._size >= least

    def rows(self, values: Sequence[Any], limits: Sequence[int], most: int) -> Rows:
        """Rows that have these values, so many of each at most; fewer where a plan is refused.

        From ``most`` points, values and others.
        """
        try:
            if self.keyed:
                return self._behind_keys(values, limits)
            return self._mixed(values, limits, most)
        except Refused:
            return []  # the windows have plans of their own

    def told(self) -> tuple[str, tuple[str, ...]]:
        """What was done, for the sentence that says how rows were drawn; and what would help."""
        order, scope = self._candidate.order, self._drawing.scope
        if self.keyed:
            return (
                f" in both {order} and {scope.table.key.columns[0] if scope.table.key else ''}",
                (),
            )
        within = ""
        if self._besides and self._key is not None:
            within = f", {self._besides:,} of them of {self._key.order}"
        share = "many rows share" if self._size is None else f"about {counted(self._size)} share"
        ends = "an index that goes on with a key ends that"
        goes_on = len(self._candidate.index.order) > len(self._candidate.fixed) + 1
        if goes_on:
            # With something that no points are drawn of.
            return within, (f"{share} each {order}, and those at the ends of them are likelier",)
        if scope.table.key is not None:
            columns = (*self._candidate.fixed, order or "", *scope.table.key.columns)
            ends += f": {index_on(scope, columns)}"
        note = f"{share} each {order}, and those at the ends of them are likelier; {ends}"
        return within, (note,)

    def _behind_keys(self, values: Sequence[Any], limits: Sequence[int]) -> Rows:
        drawing, dice = self._drawing, self._drawing.place()
        low, high = self._ends
        both = [
            (value, dice.randint(low, high), limit)
            for value, limit in zip(values, limits, strict=True)
        ]
        # A point between the least and the largest is within the bounds of the filter.
        inner = tuple(
            each for each in drawing.scope.conditions if each.column != self._candidate.order
        )
        scope = drawing.scope._replace(conditions=inner)
        assert self._key is not None
        queries = scope.ties(self._candidate, self._key.order or "", both)
        return [row for query in queries for row in drawing.fetch(query)]

    def _mixed(self, values: Sequence[Any], limits: Sequence[int], most: int) -> Rows:
        """From the ends of crowds, half of the points, and from points of the key."""
        scope, key, candidate = self._drawing.scope, self._key, self._candidate
        low, high = self._ends if key is not None else (None, None)
        half = min(len(values), (most + 1) // 2)
        places = points(self._drawing.place(), low, high, most - half)
        if key is None or not places:
            queries = scope.together(candidate, self._from_ends(values, limits, None))
            return [row for query in queries for row in self._drawing.fetch(query)]
        self._besides = len(places)
        chosen = sorted(self._drawing.place().sample(range(len(values)), half))
        each = -(-self._drawing.want // len(places))
        parts = scope.beside(key, places, [each] * len(places))
        # The ends are what is likelier, so of them there are few where others will do.
        part = FEW if self._expected() >= 2 * self._drawing.n else 1
        some, few = [values[at] for at in chosen], [-(-limits[at] // part) for at in chosen]
        parts += self._from_ends(some, few, key.order)
        rows = [
            row
            for query in scope.mixed(candidate, key, parts)
            for row in self._drawing.fetch(query)
        ]
        # By the key, since a row may come both ways.
        return [row[:-1] for row in {row[-1]: row for row in rows}.values()]

    def outline(self, values: Sequence[Any], limits: Sequence[int]) -> list[Query]:
        """The queries for values that stand for those of crowds."""
        scope, key, half = self._drawing.scope, self._key, -(-len(values) // 2)
        if key is None:
            return scope.together(self._candidate, self._from_ends(values, limits, None))
        if self.keyed:
            both = [(value, 0, limit) for value, limit in zip(values, limits, strict=True)]
            return scope.ties(self._candidate, key.order or "", both)
        column = scope.table.column(key.order or "")
        probe = POINTED[column.kind] if column is not None else 0
        count = max(1, len(values) - half)
        parts = scope.beside(key, [probe] * count, [-(-self._drawing.want // count)] * count)
        parts += self._from_ends(values[:half], limits[:half], key.order)
        return scope.mixed(self._candidate, key, parts)

    def _expected(self) -> float:
        """How many of as many rows as are wanted are thought to pass the filter."""
        rows = self._drawing.scope.table.rows
        passing = self._drawing.passing(self._drawing.scope.passing())
        return self._drawing.want * passing / rows if rows and passing is not None else 0.0

    def _from_ends(
        self, values: Sequence[Any], limits: Sequence[int], mark: str | None
    ) -> list[Counted]:
        """From either end of each crowd, some of them behind a random number of others."""
        dice = self._drawing.place()
        places = [
            (value, limit, skip, dice.random() < 0.5)
            for value, limit, skip in zip(values, limits, self._skips(len(values)), strict=True)
        ]
        return self._drawing.scope.inside(self._candidate, places, mark)

    def _skips(self, count: int) -> list[int]:
        """How many rows to skip in each crowd: up to the middle, evenly, in as many crowds as there
        is a budget for, which is as many rows as are wanted in all. In the others none.
        """
        dice, budget = self._drawing.place(), self._drawing.want
        half = min((self._size or 0) // 2, budget)
        # Of an even draw from 0 to half the mean is half of that.
        share = 1.0 if half < 1 else min(1.0, budget / (count * half / 2))
        skips = []
        for _ in range(count):
            skip = dice.randint(0, half) if dice.random() < share else 0
            skip = skip if skip <= budget else 0
            budget -= skip
            skips.append(skip)
        return skips
