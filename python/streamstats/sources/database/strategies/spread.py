"""``range``: a few rows from each of several random points along an index."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from streamstats.sources.database.candidates import Candidate
from streamstats.sources.database.points import POINTED, points
from streamstats.sources.database.strategies.base import (
    Drawing,
    Drawn,
    Option,
    Refused,
    Strategy,
    Unsuitable,
    counted,
    ordered,
)
from streamstats.sources.database.strategies.crowds import Crowds

if TYPE_CHECKING:
    from streamstats.sources.database.query import Query
    from streamstats.sources.database.session import Rows

POINTS = 40
"""Rows come from so many points at most."""


class Range(Strategy):
    """Points are spread evenly over the values, not over the rows.

    So a gap or a crowd in the values makes the mixture worse. It never leaves it empty: the last
    window is open, and holds the largest value.
    """

    name = "range"
    uniform = False

    def options(self, drawing: Drawing) -> list[Option]:
        table = drawing.scope.table
        found = []
        for option in ordered(drawing, both=False):
            order = option.candidate.order if option.candidate is not None else None
            column = table.column(order) if order is not None else None
            unknown = drawing.scope.server.unpointed
            if column is not None and column.kind in POINTED and column.kind not in unknown:
                found.append(option)
        if not found:
            raise Unsuitable("no index goes on with a column to draw points from")
        return found

    def draw(self, drawing: Drawing, option: Option) -> Drawn:
        candidate = option.candidate
        assert candidate is not None
        order = candidate.order
        key = self._key(drawing, candidate)
        low, high, *ends = self._ends(drawing, candidate, key)
        if low is None:
            # No row passes the filter, or none with a value to read along.
            rest = drawing.fetch(drawing.scope.along(candidate, drawing.want))
            how = f"{counted(len(rest))} along {option}, none with {order}"
            return Drawn(rest, how, False, len(rest) < drawing.want)
        if low == high:
            rest = drawing.fetch(drawing.scope.along(candidate, drawing.want))
            if len(rest) == drawing.want:
                raise Unsuitable(f"there are no two different values of {order}")
            how = f"{counted(len(rest))} from the beginning, along {option}"
            return Drawn(rest, how, False, True)
        places = points(drawing.place(), low, high, self._points(drawing))
        column = drawing.scope.table.column(order or "")
        if not places and column is not None and column.kind in ("number", "time"):
            # Something like infinity stands at an end.
            low, high = drawing.fetch(drawing.scope.beyond(candidate, low, high))[0]
            places = points(drawing.place(), low, high, self._points(drawing))
        if not places:
            raise Unsuitable(f"between the values of {order} no point can be drawn")
        return self._drawn(drawing, option, places, Crowds(drawing, candidate, key, ends))

    def _drawn(self, drawing: Drawing, option: Option, places: list[Any], crowds: Crowds) -> Drawn:
        candidate = option.candidate
        assert candidate is not None
        each = -(-drawing.want // len(places))
        # Of days and whole numbers there mostly are rows with just the value that was drawn.
        exact = not isinstance(places[0], (float, Decimal))
        if exact and (crowds.keyed or crowds.foreseen(places, 2 * each)):
            tied = crowds.rows(places, self._limits(drawing, len(places)), len(places))
            if len(tied) >= drawing.n:
                return self._told(drawing, option, tied, len(places), crowds)
        marked = self._windows(drawing, candidate, places)
        # More rows than that with one value, and those behind them were not reached.
        many = self._crowded(marked, each)
        if many:
            others = [row[:-1] for row in marked if row[-1] not in many]
            wanted = drawing.want - len(others)
            tied = crowds.rows(many, self._limits(drawing, len(many), wanted), len(places))
            if len(tied) + len(others) >= drawing.n:
                return self._told(drawing, option, [*tied, *others], len(places), crowds)
        rows = self._enough(drawing, candidate, places, [row[:-1] for row in marked])
        if len(rows) < drawing.n:
            rest = drawing.fetch(drawing.scope.along(candidate, drawing.want))
            begun = f"{counted(len(rest))} from the beginning, along {option}"
            how = f"the points found too few, so {begun}"
            return Drawn(rest, how, False, len(rest) < drawing.want)
        return self._told(drawing, option, rows, len(places), None)

    @staticmethod
    def _told(
        drawing: Drawing, option: Option, rows: Rows, places: int, crowds: Crowds | None
    ) -> Drawn:
        order = option.candidate.order if option.candidate is not None else None
        column = drawing.scope.table.column(order or "")
        within, notes = crowds.told() if crowds is not None else ("", ())
        several = "1 random point" if places == 1 else f"{places} random points"
        how = f"{counted(len(rows))} from {several}{within}, along {option}"
        if column is not None and column.nullable:
            how += f"; rows without {order} are never drawn"
        return Drawn(rows, how, False, notes=notes)

    @staticmethod
    def _ends(drawing: Drawing, candidate: Candidate, key: Candidate | None) -> tuple[Any, ...]:
        scope = drawing.scope
        try:
            return drawing.fetch(scope.extremes(candidate, key))[0]
        except Refused:
            return drawing.fetch(scope.extremes(candidate, key, sorted=True))[0]

    @staticmethod
    def _key(drawing: Drawing, candidate: Candidate) -> Candidate | None:
        """An integer that the index goes on with, whose ends another index knows; else the key of
        the table, if points can be drawn of it.
        """
        table, order = drawing.scope.table, candidate.index.order
        after = order[order.index(candidate.order or "") + 1 :][:1]
        column = table.column(after[0]) if after else None
        index = next((each for each in table.indexes if each.columns[:1] == after), None)
        # Of a key of SQLite's own nobody has to say that it is never NULL.
        own = index is not None and index.primary and len(index.columns) == 1
        integer = column is not None and column.kind == "integer"
        if index is not None and column is not None and integer and (own or not column.nullable):
            return Candidate(index, (), after[0], ())
        key = table.key
        if key is None or len(key.columns) != 1 or key.columns[0] == candidate.order:
            return None
        column = table.column(key.columns[0])
        unknown = drawing.scope.server.unpointed
        pointed = column is not None and column.kind in POINTED and column.kind not in unknown
        return Candidate(key, (), key.columns[0], ()) if pointed else None

    def _windows(self, drawing: Drawing, candidate: Candidate, places: list[Any]) -> Rows:
        """The first rows behind each point, each with its value of the ordering column."""
        queries = drawing.scope.windows(candidate, places, self._limits(drawing, len(places)))
        rows = [row for query in queries for row in drawing.fetch(query)]
        index = candidate.index
        if index.unique and len(index.columns) == len(candidate.fixed) + 1:
            # None comes twice, even where texts have another order there than here.
            return list({row[-1]: row for row in rows}.values())
        return rows

    @staticmethod
    def _crowded(marked: Rows, each: int) -> list[Any]:
        """The values that all rows of a window have, if half of the rows have such."""
        counts = Counter(row[-1] for row in marked)
        many = [value for value, count in counts.items() if count >= max(2, each)]
        held = sum(counts[value] for value in many)
        return many if 2 * held >= len(marked) else []

    @staticmethod
    def _enough(drawing: Drawing, candidate: Candidate, places: list[Any], rows: Rows) -> Rows:
        """Where rows are too few, more from the windows that have more."""
        scope = drawing.scope
        if len(rows) >= drawing.n:
            return rows
        # What lies below the first point, which no window holds.
        rows += drawing.fetch(scope.along(candidate, drawing.want, descending=True, high=places[0]))
        if len(rows) >= drawing.n:
            return rows
        # A crowd behind the last point, of which its window took a few.
        crowd = drawing.fetch(scope.along(candidate, drawing.want, low=places[-1]))
        return crowd if len(crowd) > len(rows) else rows

    def outline(self, drawing: Drawing, option: Option) -> list[Query]:
        candidate = option.candidate
        assert candidate is not None
        scope = drawing.scope
        column = scope.table.column(candidate.order or "")
        # Which points is not known before the ends have been read.
        probe = POINTED[column.kind] if column is not None else 0
        count = self._points(drawing)
        limits = self._limits(drawing, count)
        key = self._key(drawing, candidate)
        queries = [scope.extremes(candidate, key)]
        queries += Crowds(drawing, candidate, key, ()).outline([probe] * count, limits)
        return queries + scope.windows(candidate, [probe] * count, limits)

    @staticmethod
    def _limits(drawing: Drawing, places: int, most: int | None = None) -> list[int]:
        """How many rows to read at each place, in all as many as are wanted."""
        each, more = divmod(drawing.want if most is None else most, places)
        return [each + (at < more) for at in range(places)]

    @staticmethod
    def _points(drawing: Drawing) -> int:
        return max(2, min(POINTS, drawing.n))
