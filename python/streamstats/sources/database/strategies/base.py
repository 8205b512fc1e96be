"""The interface of a strategy, and what it works with."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from random import Random

    from streamstats.sources.database.candidates import Candidate
    from streamstats.sources.database.query import Query
    from streamstats.sources.database.scope import Scope
    from streamstats.sources.database.session import Rows


class Unsuitable(Exception):
    """A strategy cannot be used on this table, or along this candidate; ``str()`` says why."""


class Refused(Unsuitable):
    """The plan of a query is too dear."""


class Option(NamedTuple):
    """One way in which a strategy can go."""

    candidate: Candidate | None
    descending: bool = False

    def __str__(self) -> str:
        down = ", downwards" if self.descending else ""
        return f"{self.candidate}{down}" if self.candidate is not None else "the whole table"


class Drawing(NamedTuple):
    """What a strategy draws from, and how it gets rows."""

    scope: Scope
    candidates: Sequence[Candidate]
    n: int
    overfetch: int
    max_offset: int
    max_examined: int
    method: str
    forced: bool
    dice: Random
    """What decides between equals."""
    place: Callable[[], Random]
    """What points and offsets are drawn with: of a bounded number of states, where draws repeat."""
    fetch: Callable[[Query], Rows]
    """Explains a query, refuses or runs it, or has it from the cache. Raises Refused."""
    passing: Callable[[Query], int | None]
    """How many rows the planner thinks a query gives, without running it; None where it does not
    say."""

    @property
    def want(self) -> int:
        """How many rows are read, to pick ``n`` of."""
        return self.n * self.overfetch


class Drawn(NamedTuple):
    """What a strategy has drawn."""

    rows: Rows
    """All that were read and pass the filter; ``n`` of them are picked."""
    how: str
    """A sentence without its end."""
    uniform: bool
    """Whether every row that passes the filter was as likely as any other."""
    complete: bool = False
    """There are no more rows that pass the filter."""
    notes: tuple[str, ...] = ()
    """What whoever draws should know, and could change."""


class Strategy(ABC):
    """One way of drawing rows."""

    name: str
    uniform: bool
    """Whether every row has the same chance."""

    @abstractmethod
    def options(self, drawing: Drawing) -> list[Option]:
        """In which ways it can go, the best first. Raises Unsuitable where there is none."""

    @abstractmethod
    def draw(self, drawing: Drawing, option: Option) -> Drawn:
        """Draw. Raises Unsuitable, and SourceError."""

    @abstractmethod
    def outline(self, drawing: Drawing, option: Option) -> list[Query]:
        """The queries that it would run, as far as they are known before one has been run."""


def ordered(drawing: Drawing, *, both: bool) -> list[Option]:
    """The candidates with an order, in both directions where ``both``. Raises Unsuitable."""
    found = [
        Option(candidate, descending)
        for candidate in drawing.candidates
        if candidate.covered and drawing.scope.raw is None
        for descending in ((False, True) if both and candidate.order is not None else (False,))
    ]
    if not found:
        raise Unsuitable(lacking(drawing))
    return found


def counted(number: int) -> str:
    """So many rows, in words."""
    return "1 row" if number == 1 else f"{number:,} rows"


def lacking(drawing: Drawing) -> str:
    """Why no index serves."""
    scope = drawing.scope
    if scope.table.view:
        return f"{scope.table.title} is a view, and has no index of its own"
    if not scope.table.indexes:
        return f"{scope.table.title} has no index that rows can be read along"
    if scope.raw is not None:
        return "of raw SQL nobody knows which index answers it"
    return f"no index answers {scope.where} and goes on with a column to read along"
