"""A query, and what its own text says of its cost."""

from __future__ import annotations

from typing import Any, NamedTuple

from streamstats.sources.database.prepared import Part


class Query(NamedTuple):
    """A query, and what its own text says of its cost."""

    statement: Any
    """SQLAlchemy's, or parts that are asked as one."""
    most: int | None
    """It reads no more rows than this, as long as its plan neither scans nor sorts; None where its
    text sets no bound."""
    fixed: tuple[str, ...] = ()
    """Columns that have to be looked up in the index for that."""
    free: tuple[str | None, ...] = ()
    """Indexes in which they need not be; None for the order of the table itself."""
    lookup: tuple[str, ...] = ()
    """Rows are found one by one in an index of one of these names, so that what a filter lets go
    is bounded as well."""
    by: str | None = None
    """The column that they are looked up by; partitions have indexes with names of their own."""
    sampled: bool = False
    """The server draws, and the limit bounds what it reads of rows."""
    where: bool = False
    """It has conditions, so that rows that are read from one end on may be let go."""
    limited: bool = True
    """Its text has a limit. Where it has none, a plan with numbers knows better than ``most``."""
    steered: bool = True
    """The server is kept from what would be refused, such as scans of small tables."""
    kept: bool = True
    """The same query gives the same rows, so that a cache may answer it."""


Counted = tuple[Part, int]
"""With how many rows it reads at most."""
