"""``order``: the first rows along an index."""

from __future__ import annotations

from streamstats.sources.database.query import Query
from streamstats.sources.database.strategies.base import (
    Drawing,
    Drawn,
    Option,
    Strategy,
    counted,
    ordered,
)


class Order(Strategy):
    """A random candidate in a random direction, more rows than asked, some of them picked.

    The cheapest, and the least mixed: rows come from one end.
    """

    name = "order"
    uniform = False

    def options(self, drawing: Drawing) -> list[Option]:
        return ordered(drawing, both=True)

    def draw(self, drawing: Drawing, option: Option) -> Drawn:
        rows = drawing.fetch(self._query(drawing, option))
        how = f"{counted(len(rows))} from the beginning, along {option}"
        return Drawn(rows, how, False, len(rows) < drawing.want)

    def outline(self, drawing: Drawing, option: Option) -> list[Query]:
        return [self._query(drawing, option)]

    @staticmethod
    def _query(drawing: Drawing, option: Option) -> Query:
        assert option.candidate is not None
        return drawing.scope.along(option.candidate, drawing.want, descending=option.descending)
