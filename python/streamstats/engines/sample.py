"""A sample out of a database: a URL to rows, to a tally, or to the plans of what would be run."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from streamstats.errors import UsageError
from streamstats.sources.database.cache import no_cache, open_cache
from streamstats.sources.database.connect import engine
from streamstats.sources.database.draw import Outline, Wish, draw, outline
from streamstats.sources.database.records import Cell, cell, facts
from streamstats.sources.database.url import address

if TYPE_CHECKING:
    from streamstats.sources.database.sample import Sample
    from streamstats.summary.model import SampleFacts
    from streamstats.tally import Tally


class Job(NamedTuple):
    """What to draw, and what to make of it."""

    url: str
    wish: Wish
    by: tuple[str, ...] = ()
    """Columns whose values are counted; () and no ``numbers`` for the rows themselves."""
    sum: str | None = None
    numbers: str | None = None
    caching: bool = True
    cache: str | None = None
    """Where draws are kept; None for the usual folder."""
    cache_seconds: float = 300.0


class Outcome(NamedTuple):
    """What came of a job."""

    tally: Tally | None
    """None where the rows themselves were asked for."""
    columns: tuple[str, ...]
    rows: list[list[Cell]]
    facts: SampleFacts
    notes: tuple[str, ...]


def run(job: Job) -> Outcome:
    """Draw, and count. Raises StreamstatsError as ``sources.database.random_rows`` does."""
    counting = bool(job.by) or job.numbers is not None
    if job.sum is not None and not job.by:
        raise UsageError("--sum adds up for each value, and none are counted", "add --by COLUMN")
    wish = job.wish._replace(columns=tuple(dict.fromkeys(_named(job))))
    where = address(job.url)
    database = engine(where)
    cache = open_cache(job.cache, job.cache_seconds) if job.caching else no_cache()
    try:
        sample = draw(database, where, wish, cache)
    finally:
        cache.close()
        database.dispose()
    return _outcome(sample, job, counting)


def plans(job: Job) -> Outline:
    """The plans of all ways; nothing is run. Raises as ``run`` does."""
    where = address(job.url)
    database = engine(where)
    wish = job.wish._replace(columns=tuple(dict.fromkeys(_named(job))))
    try:
        return outline(database, where, wish)
    finally:
        database.dispose()


def _outcome(sample: Sample, job: Job, counting: bool) -> Outcome:
    found: Tally | None = None
    rows: list[list[Cell]] = []
    if counting:
        # A column is called as the table calls it, in whichever case it was asked for.
        spelled = {name.lower(): name for name in sample.columns}
        exact = {
            name: name if name in sample.columns else spelled[name.lower()] for name in _named(job)
        }
        found = sample.tally(
            tuple(exact[name] for name in job.by),
            sum=exact[job.sum] if job.sum is not None else None,
            numbers=exact[job.numbers] if job.numbers is not None else None,
        )
    elif not counting:
        rows = [[cell(value) for value in row] for row in sample.rows]
    return Outcome(found, sample.columns, rows, facts(sample), tuple(sample.notes))


def _named(job: Job) -> tuple[str, ...]:
    return tuple(name for name in (*job.by, job.sum, job.numbers) if name is not None)
