"""``full``: ORDER BY RANDOM(), which is what all the others are there to avoid."""

from __future__ import annotations

from streamstats.sources.database.query import Query
from streamstats.sources.database.strategies.base import Drawing, Drawn, Option, Strategy


class Full(Strategy):
    """Reads the whole table, and sorts it. Uniform; its plan is refused but for ``--force``."""

    name = "full"
    uniform = True

    def options(self, drawing: Drawing) -> list[Option]:
        del drawing
        return [Option(None)]

    def draw(self, drawing: Drawing, option: Option) -> Drawn:
        del option
        rows = drawing.fetch(drawing.scope.shuffled(drawing.n))
        how = "the whole table read and sorted, ORDER BY RANDOM()"
        return Drawn(rows, how, True, len(rows) < drawing.n)

    def outline(self, drawing: Drawing, option: Option) -> list[Query]:
        del option
        return [drawing.scope.shuffled(drawing.n)]
