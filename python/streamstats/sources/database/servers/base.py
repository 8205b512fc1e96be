"""The interface, and what is done where nothing is known of a database."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from streamstats.sources.database.plans.model import Plan

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.engine import Connection

    from streamstats.sources.database.table import Index, Table


class Server:
    """A database of which we know nothing but SQL: no plan can be read, so nothing is run there
    without ``--force``.
    """

    explain: tuple[str, ...] = ()
    """What stands before a query to get its plan; what cannot be read is asked for in the next
    form. () where there is no such thing."""
    random = "random"
    """The function that ORDER BY takes for a shuffle."""
    hinted = ""
    """The dialect for which ``hint`` is."""
    fenced = False
    """Whether a lookup stands in a subquery, so that the planner cannot begin with the filter."""
    orders_nulls = False
    """Whether a column that is NULL throughout has to be named in ORDER BY, for its index to do."""
    typed = False
    """Whether a column holds values of its type and no others."""
    times = ""
    """What a text begins with that is compared with a time: a pattern."""
    unaggregated: tuple[str, ...] = ()
    """Kinds of columns that have an order, and no MIN and MAX."""
    unpointed: tuple[str, ...] = ("uuid",)
    """Kinds of columns whose order is not that of what is written: MariaDB turns UUIDs around."""
    lateral = False
    """Whether it joins laterally."""
    samples = False
    """Whether it knows TABLESAMPLE."""
    automatic = False
    """Whether the indexes that constraints have made are told apart from others."""

    def plan(self, rows: Sequence[Sequence[Any]]) -> Plan:
        """The plan that the rows of ``explain`` describe."""
        del rows
        return Plan((), known=False)

    def begin(self, connection: Connection, seconds: float) -> None:
        """Begin a transaction that can only read, whose statements may each take so long."""
        del connection, seconds

    def end(self, connection: Connection) -> None:
        """Put the connection back as it was; it may be somebody else's."""
        del connection

    def steer(self, connection: Connection, on: bool) -> None:
        """Keep the planner from what would be refused, or let it do what it thinks best."""
        del connection, on

    def fresh(self, connection: Connection) -> None:
        """The next statement begins: its time counts from now."""
        del connection

    def size(self, connection: Connection, table: Table) -> tuple[int | None, int | None]:
        """About how many rows and pages a table has, without counting; None where unknown."""
        del connection, table
        return None, None

    def implied(self, table: Table) -> tuple[str, ...]:
        """The columns that every entry of an index ends with, though nobody named them."""
        del table
        return ()

    def before(self, connection: Connection) -> int | None:
        """Get ready to read rows: what ``examined`` would tell now; None where it tells nothing."""
        del connection
        return None

    def examined(self, connection: Connection) -> int | None:
        """How many rows this session has read so far, by the server's own counter, if it has one.

        Only the difference to ``before`` means something.
        """
        del connection
        return None

    def name(self, told: str) -> str:
        """The name of a column as SQLAlchemy's inspector tells it, put right."""
        return told

    def numbers(self, connection: Connection, table: Table) -> Table:
        """The table with what its inspector does not tell: a key that numbers its rows without
        anybody having asked for one, indexes that are of no use.
        """
        del connection
        return table

    def value(self, value: Any) -> Any:
        """A value as the driver takes it."""
        return value

    def hint(self, index: str) -> str:
        """What makes the server use an index; "" where it has no such words."""
        del index
        return ""

    def suffix(self, table: Table, index: Index) -> str:
        """What stands behind the table to the same end, where the dialect has no hints."""
        del table, index
        return ""
