"""What a draw gives."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from streamstats.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from streamstats.tally import Tally


class Examined(NamedTuple):
    """How many rows the server read."""

    rows: int
    exact: bool
    """By the server's own counters; otherwise at most so many, by the limits of the queries."""


class Planned(NamedTuple):
    """A query and its plan, as the database told it before the query was run."""

    sql: str
    """Without its values."""
    plan: str
    cost: float | None
    """In the planner's own unit."""
    most: int | None
    """How many rows it may read at most, where that is known."""


class Sample:
    """Some rows of a table, and how they were drawn."""

    __slots__ = (
        *("cached", "columns", "complete", "cost", "how", "notes", "plan", "rows", "strategy"),
        *("table", "table_rows", "uniform", "where"),
    )

    def __init__(
        self,
        *,
        rows: Sequence[tuple[Any, ...]],
        columns: tuple[str, ...],
        table: str,
        where: str,
        strategy: str,
        how: str,
        uniform: bool,
        complete: bool,
        table_rows: int | None,
        plan: Sequence[Planned],
        cost: Examined,
        cached: bool,
        notes: Sequence[str],
    ) -> None:
        self.rows = rows
        """Tuples in the order of ``columns``, in a random order."""
        self.columns = columns
        self.table = table
        self.where = where
        """The filter as one would write it; "" for none."""
        self.strategy = strategy
        """The one that was used, also where none was asked for."""
        self.how = how
        """How rows were drawn, in a sentence."""
        self.uniform = uniform
        """Whether each row that passes the filter was as likely as any other."""
        self.complete = complete
        """These are all rows that pass the filter, not some."""
        self.table_rows = table_rows
        """About how many rows the table has, by the planner's estimate; None where unknown."""
        self.plan = plan
        """Of each query that was run."""
        self.cost = cost
        """How many rows the server read for it; none where all came from the cache."""
        self.cached = cached
        """All of it came from the cache; the database was not asked."""
        self.notes = notes
        """What was left out on the way: strategies that did not suit, a cache that is down."""

    def tally(
        self, by: str | Sequence[str] = (), *, sum: str | None = None, numbers: str | None = None
    ) -> Tally:
        """Count the values of a column, or of several together, as ``streamstats.count`` does.

        NULL is a value of the kind "null". Raises UsageError for a column that was not drawn.
        """
        from streamstats.patterns.groups import bare, split_groups
        from streamstats.sources.database.records import tally

        groups = tuple(map(bare, split_groups(by))) if isinstance(by, str) else tuple(by)
        for name in filter(None, (*groups, sum, numbers)):
            if name not in self.columns:
                raise UsageError(
                    f"column '{name}' was not drawn", f"there are {', '.join(self.columns)}"
                )
        if not groups and numbers is None:
            raise UsageError("nothing says what to count", "name a column with by=")
        return tally(self, groups, sum, numbers)

    def __len__(self) -> int:
        return len(self.rows)

    def __repr__(self) -> str:
        return f"<Sample of {len(self.rows)} rows of {self.table} by {self.strategy}>"
