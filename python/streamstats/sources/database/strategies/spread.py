"""``range``: a few rows from each of several random points along an index."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from streamstats.sources.database.candidates import Candidate
from streamstats.sources.database.points import points
from streamstats.sources.database.query import Query
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

if TYPE_CHECKING:
    from streamstats.sources.database.session import Rows

POINTS = 40
"""Rows come from so many points at most."""

SPREADABLE = ("integer", "number", "time")
"""Kinds of columns in which a point between two others can be found."""

_PROBES = {"integer": 0, "number": 0, "time": "2000-01-01"}
"""Stands for a point where a query is explained before any point is known."""


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
            if column is not None and column.kind in SPREADABLE:
                found.append(option)
        if not found:
            raise Unsuitable("no index goes on with a number or a time to draw points from")
        return found

    def draw(self, drawing: Drawing, option: Option) -> Drawn:
        candidate = option.candidate
        assert candidate is not None
        order = candidate.order
        (low, high), *_ = drawing.fetch(drawing.scope.extremes(candidate))
        if low is None:
            # No row passes the filter, or none with a value to read along.
            rest = drawing.fetch(drawing.scope.along(candidate, drawing.want))
            how = f"{counted(len(rest))} along {option}, none with {order}"
            return Drawn(rest, how, False, len(rest) < drawing.want)
        if low == high:
            raise Unsuitable(f"there are no two different values of {order}")
        places = points(drawing.place(), low, high, self._points(drawing))
        if not places:
            raise Unsuitable(f"between {low!r} and {high!r} no point can be drawn")
        tied = self._tied(drawing, candidate, places)
        if len(tied) >= drawing.n:
            how = (
                f"{counted(len(tied))} from {len(places)} random points in both {order} and the key"
            )
            return Drawn(tied, f"{how}, along {option}{self._lacks(drawing, order)}", False)
        rows = self._rows(drawing, option, places)
        if len(rows) < drawing.n:
            rest = drawing.fetch(drawing.scope.along(candidate, drawing.want))
            begun = f"{counted(len(rest))} from the beginning, along {option}"
            how = f"the points found too few, so {begun}"
            return Drawn(rest, how, False, len(rest) < drawing.want)
        how = f"{counted(len(rows))} from {len(places)} random points, along {option}"
        how += self._lacks(drawing, order)
        return Drawn(rows, how, False)

    @staticmethod
    def _lacks(drawing: Drawing, order: str | None) -> str:
        column = drawing.scope.table.column(order or "")
        nullable = column is not None and column.nullable
        return f"; rows without {order} are never drawn" if nullable else ""

    def _tied(self, drawing: Drawing, candidate: Candidate, places: list[Any]) -> Rows:
        """Rows that have just the values drawn, from random keys on, where the index goes on with
        the key: of many rows with one value it would otherwise give the same few each time.
        """
        key = drawing.scope.table.key
        order = candidate.index.order
        after = order[order.index(candidate.order or "") + 1 :][:1]
        column = drawing.scope.table.column(after[0]) if after else None
        if key is None or key.columns != after or column is None or column.kind != "integer":
            return []
        if isinstance(places[0], (float, Decimal)):
            return []  # no row has just this value
        bare = drawing.scope._replace(conditions=(), raw=None)
        (low, high), *_ = drawing.fetch(bare.extremes(Candidate(key, (), after[0], ())))
        if not (isinstance(low, int) and isinstance(high, int)):
            return []
        dice = drawing.place()
        limits = self._limits(drawing, len(places))
        both = [
            (place, dice.randint(low, high), limit)
            for place, limit in zip(places, limits, strict=True)
            if limit
        ]
        # A point between the least and the largest is within the bounds of the filter.
        inner = tuple(each for each in drawing.scope.conditions if each.column != candidate.order)
        queries = drawing.scope._replace(conditions=inner).ties(candidate, after[0], both)
        try:
            return [row for query in queries for row in drawing.fetch(query)]
        except Refused:
            return []  # the windows have plans of their own

    def _rows(self, drawing: Drawing, option: Option, places: list[Any]) -> Rows:
        """Rows from all windows; where that is too few, more from those that have more."""
        scope, candidate = drawing.scope, option.candidate
        assert candidate is not None
        windows = scope.windows(candidate, places, self._limits(drawing, len(places)))
        rows = [row for query in windows for row in drawing.fetch(query)]
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
        probe = _PROBES[column.kind] if column is not None else 0
        count = self._points(drawing)
        each = -(-drawing.want // count)
        window = scope.along(candidate, each, low=probe)
        return [scope.extremes(candidate), window._replace(most=each * count)]

    @staticmethod
    def _limits(drawing: Drawing, places: int) -> list[int]:
        """How many rows to read at each place, in all as many as are wanted."""
        each, more = divmod(drawing.want, places)
        return [each + (at < more) for at in range(places)]

    @staticmethod
    def _points(drawing: Drawing) -> int:
        return max(2, min(POINTS, drawing.n))
