"""What a plan says that matters here."""

from __future__ import annotations

from typing import NamedTuple


class Step(NamedTuple):
    """One access to a table."""

    table: str
    access: str
    """As the database calls it."""
    index: str | None  # type: ignore[assignment]  # hides tuple.index, as below: it is the word
    rows: int | None
    """How many rows the planner thinks it may read; None where it does not say."""
    full: bool = False
    """It reads a whole table."""
    walk: bool = False
    """It reads along an index (or the table itself) from one end: as far as a limit lets it."""
    filtered: bool = False
    """It lets go of rows that it has read, and no limit counts those."""
    gathered: bool = False
    """All that it finds in the index is put together before it gives anything."""
    passing: int | None = None
    """How many rows the planner thinks pass the filter, where that is not ``rows``."""
    found: str | None = None
    """What is looked up in the index, as PostgreSQL writes it."""
    terms: str | None = None
    """The conditions that are looked up in the index, where the database says them."""


class Plan(NamedTuple):
    """How a query would run."""

    steps: tuple[Step, ...]
    sort: str | None = None
    """What says that rows are sorted or put into a temporary table; None where they are not."""
    cost: float | None = None
    """In the planner's own unit; None where it does not say."""
    known: bool = True
    """False where the database has no plan that we can read."""
    possible: bool = True
    """False where the database finds no way along the index that it was told to take."""

    @property
    def full(self) -> Step | None:
        """The first step that reads a whole table."""
        return next((step for step in self.steps if step.full), None)

    @property
    def rows(self) -> int | None:
        """How many rows the planner thinks all steps may read; None where one does not say."""
        every = [step.rows for step in self.steps]
        return None if None in every else sum(rows or 0 for rows in every)

    @property
    def passing(self) -> int | None:
        """How many rows the planner thinks pass the filter; None where it does not say."""
        every = [step.rows if step.passing is None else step.passing for step in self.steps]
        return None if None in every or not every else sum(rows or 0 for rows in every)

    def __str__(self) -> str:
        """In a line."""
        if not self.possible:
            return "no way along the index"
        if not self.known:
            return "no plan that can be read"
        texts = list(dict.fromkeys(_step(step) for step in self.steps))
        counts = [sum(_step(step) == text for step in self.steps) for text in texts]
        shown = [
            f"{count} x {text}" if count > 1 else text
            for text, count in zip(texts, counts, strict=True)
        ]
        return ", ".join([*shown, *([self.sort] if self.sort else [])]) or "reads no row"


PART = "streamstats_part"
"""Begins the names that our own subqueries have: reading one whole is no scan of a table."""


def _step(step: Step) -> str:
    along = f" along {step.index}" if step.index else ""
    return f"{step.access}{along}"
