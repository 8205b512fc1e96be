"""``offset``: rows along an index, from a random place near one of its ends."""

from __future__ import annotations

from streamstats.sources.database.query import Query
from streamstats.sources.database.strategies.base import (
    Drawing,
    Drawn,
    Option,
    Strategy,
    Unsuitable,
    counted,
    ordered,
)


class Offset(Strategy):
    """As ``order``, behind a random offset.

    The server produces all rows below an offset and throws them away, so the offset is bounded.
    """

    name = "offset"
    uniform = False

    def options(self, drawing: Drawing) -> list[Option]:
        found = [
            each
            for each in ordered(drawing, both=True)
            if each.candidate is not None and not each.candidate.single
        ]
        if not found:
            raise Unsuitable("the filter fixes a whole key, so there is one row at most")
        return found

    def draw(self, drawing: Drawing, option: Option) -> Drawn:
        offset = drawing.place().randint(0, self._most(drawing))
        rows = drawing.fetch(self._query(drawing, option, offset))
        while len(rows) < drawing.n and offset:
            # Fell off the end. Where some rows came, it is known how many there are in all.
            most = offset + len(rows) - drawing.n if rows else offset // 4
            offset = drawing.place().randint(0, max(0, most))
            rows = drawing.fetch(self._query(drawing, option, offset))
        how = f"{counted(len(rows))} behind the first {offset:,}, along {option}"
        complete = not offset and len(rows) < drawing.want
        return Drawn(rows, how, False, complete)

    def outline(self, drawing: Drawing, option: Option) -> list[Query]:
        return [self._query(drawing, option, self._most(drawing))]

    @staticmethod
    def _most(drawing: Drawing) -> int:
        most = min(drawing.max_offset, max(0, drawing.max_examined - drawing.want))
        rows = drawing.scope.table.rows
        if rows is not None and not drawing.scope.filtered:
            most = min(most, max(0, rows - drawing.want))
        return most

    @staticmethod
    def _query(drawing: Drawing, option: Option, offset: int) -> Query:
        assert option.candidate is not None
        return drawing.scope.along(
            option.candidate, drawing.want, descending=option.descending, offset=offset
        )
