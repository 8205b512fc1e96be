"""Along which indexes rows can be read cheaply under a filter."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from streamstats.sources.database.where import IS_NOT_NULL, IS_NULL, Condition

if TYPE_CHECKING:
    from collections.abc import Sequence

    from streamstats.sources.database.table import Index, Table

_BOUNDS = ("<", "<=", ">", ">=", IS_NOT_NULL)


class Candidate(NamedTuple):
    """An index whose leading columns the filter fixes, and the column that it is in order of then.

    Rows come along ``order`` upwards and downwards for free.
    """

    index: Index  # type: ignore[assignment]  # hides tuple.index: it is the word
    fixed: tuple[str, ...]
    order: str | None
    """None where the filter fixes all columns: rows come in an order that says nothing."""
    residual: tuple[Condition, ...]
    """What the index does not answer: rows are read and let go."""
    single: bool = False
    """The filter gives all columns of a unique index a value: there is one row at most."""

    @property
    def covered(self) -> bool:
        """Whether the index answers the whole filter, so that no row is read in vain."""
        return not self.residual

    def __str__(self) -> str:
        """In a few words."""
        name = "the primary key" if self.index.primary else self.index.name
        columns = [f"{name} fixed" for name in self.fixed]
        if self.order is not None:
            columns.append(f"by {self.order}")
        return f"{name} ({', '.join(columns)})"


def candidates(table: Table, conditions: Sequence[Condition]) -> list[Candidate]:
    """All of them; those that answer the whole filter first."""
    found: list[Candidate] = []
    for index in table.indexes:
        candidate = _along(index, conditions)
        known = {(each.fixed, each.order, each.index.columns) for each in found}
        if candidate is None or (candidate.fixed, candidate.order, index.columns) in known:
            continue
        found.append(candidate)
    return sorted(found, key=lambda candidate: len(candidate.residual))


def _along(index: Index, conditions: Sequence[Condition]) -> Candidate | None:
    fixed: list[str] = []
    used: set[int] = set()
    for column in index.order:
        own = [at for at, condition in enumerate(conditions) if condition.column == column]
        fixing = next((at for at in own if conditions[at].fixes), None)
        if fixing is None:
            bounds = {at for at in own if conditions[at].operator in _BOUNDS}
            return Candidate(index, tuple(fixed), column, _others(conditions, used | bounds))
        # Only one: where a column is to have two values, the index finds one and reads on.
        used.add(fixing)
        fixed.append(column)
    # NULL is no value, and a unique index holds it as often as it comes.
    valued = all(conditions[at].operator != IS_NULL for at in used)
    single = index.unique and valued and set(index.columns) <= set(fixed)
    return Candidate(index, tuple(fixed), None, _others(conditions, used), single)


def _others(conditions: Sequence[Condition], used: set[int]) -> tuple[Condition, ...]:
    return tuple(condition for at, condition in enumerate(conditions) if at not in used)
