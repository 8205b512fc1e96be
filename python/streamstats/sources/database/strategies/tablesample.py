"""``tablesample``: the server's own sample, where it has one."""

from __future__ import annotations

import math

from streamstats.sources.database.query import Query
from streamstats.sources.database.strategies.base import (
    Drawing,
    Drawn,
    Option,
    Refused,
    Strategy,
    Unsuitable,
    counted,
    lacking,
)

PAGES = 10
"""SYSTEM takes about so many pages at least, since all rows of a page come together."""


class TableSample(Strategy):
    """PostgreSQL's TABLESAMPLE.

    BERNOULLI tosses a coin for every row: uniform, and it reads every page for that. SYSTEM tosses
    one for every page and takes all of its rows, which may have much in common.
    https://www.postgresql.org/docs/current/sql-select.html
    """

    name = "tablesample"
    uniform = True

    def options(self, drawing: Drawing) -> list[Option]:
        if not drawing.scope.server.samples:
            raise Unsuitable("this kind of database has no TABLESAMPLE")
        table = drawing.scope.table
        if table.view:
            raise Unsuitable(lacking(drawing))
        if not table.rows or not table.pages:
            raise Unsuitable(f"nobody knows how many rows {table.title} has; ANALYZE finds out")
        return [Option(None)]

    def draw(self, drawing: Drawing, option: Option) -> Drawn:
        del option
        self._check(drawing)
        limit = drawing.max_examined
        percent = self._percent(drawing)
        rows: list[tuple[object, ...]] = []
        while True:
            seed = drawing.place().randrange(1 << 31)
            rows = drawing.fetch(drawing.scope.sampled(drawing.method, percent, seed, limit))
            if len(rows) >= drawing.n or percent >= self._most(drawing):
                break
            percent = min(self._most(drawing), 4 * percent)
        whole = len(rows) < limit
        uniform = drawing.method == "bernoulli" and whole
        pages = drawing.scope.table.pages or 0
        read = f", all {pages:,} pages read" if drawing.method == "bernoulli" else ""
        how = (
            f"{counted(len(rows))} by TABLESAMPLE {drawing.method.upper()} ({percent:.3g} %){read}"
        )
        if not whole:
            how += "; cut off at --max-examined, so rows at the end are missing"
        return Drawn(rows, how, uniform, percent >= 100 and whole)

    def outline(self, drawing: Drawing, option: Option) -> list[Query]:
        del option
        self._check(drawing)
        percent = self._percent(drawing)
        return [drawing.scope.sampled(drawing.method, percent, 1, drawing.max_examined)]

    @staticmethod
    def _check(drawing: Drawing) -> None:
        pages = drawing.scope.table.pages or 0
        if drawing.method == "bernoulli" and pages > drawing.max_examined and not drawing.forced:
            raise Refused(
                f"BERNOULLI reads all {pages:,} pages of {drawing.scope.table.title}; --method "
                "system reads a few of them whole"
            )

    @staticmethod
    def _percent(drawing: Drawing) -> float:
        rows, pages = drawing.scope.table.rows or 1, drawing.scope.table.pages or 1
        if drawing.method == "system":
            # Pages for enough rows, and for some mixture; as many as may be read, at most.
            a_page = max(1.0, rows / pages)
            wanted = max(PAGES, math.ceil(drawing.want / a_page))
            most = max(1.0, drawing.max_examined / a_page / 2)
            return min(100.0, 100 * min(wanted, most) / pages)
        wanted = drawing.want if drawing.scope.filtered else 2 * drawing.n + 20
        return min(100.0, 100 * wanted / rows)

    @staticmethod
    def _most(drawing: Drawing) -> float:
        """The percentage at which all that may be read is read."""
        rows = drawing.scope.table.rows or 1
        return min(100.0, 100 * drawing.max_examined / 2 / rows)
