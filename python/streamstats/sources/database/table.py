"""What is known of a table before any of its rows is read."""

from __future__ import annotations

from typing import NamedTuple


class Column(NamedTuple):
    """A column of a table."""

    name: str
    kind: str
    """"integer", "number", "time", "text", "boolean" or "other": what a filter compares it as."""
    type: str
    """As the database calls it."""
    nullable: bool
    hidden: bool = False
    """It is there, and nobody made it: SQLite's rowid."""


class Index(NamedTuple):
    """An index that rows can be read along. Not one of a kind that has no order."""

    name: str
    columns: tuple[str, ...]
    unique: bool
    primary: bool = False
    implied: tuple[str, ...] = ()
    """What the server appends to every entry: the primary key or the rowid; () where nothing."""
    whole: bool = True
    """It has no more columns than these: no expression, and no beginning of a text, behind them."""

    @property
    def order(self) -> tuple[str, ...]:
        """All columns that its entries are in order of."""
        return (*self.columns, *(name for name in self.implied if name not in self.columns))


class Table(NamedTuple):
    """A table as its database describes it."""

    name: str
    schema: str | None
    columns: tuple[Column, ...]
    indexes: tuple[Index, ...]
    rows: int | None
    """About how many rows it has, by the planner's own estimate; None where that is unknown."""
    pages: int | None = None
    """How many pages it takes on disk; None where that is unknown."""
    view: bool = False

    @property
    def title(self) -> str:
        """Its name as people write it."""
        return f"{self.schema}.{self.name}" if self.schema else self.name

    def column(self, name: str) -> Column | None:
        """The column of that name."""
        return next((column for column in self.columns if column.name == name), None)

    @property
    def visible(self) -> tuple[str, ...]:
        """The names of the columns that a row is shown with."""
        return tuple(column.name for column in self.columns if not column.hidden)

    @property
    def key(self) -> Index | None:
        """The index of the primary key, or of the rowid."""
        return next((index for index in self.indexes if index.primary), None)
