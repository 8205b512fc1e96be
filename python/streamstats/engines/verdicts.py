"""The calls from Python: ``streamstats.suspects`` and ``streamstats.explain``."""

from __future__ import annotations

from streamstats.engines.call import paths_of_source, texts, wish_of
from streamstats.engines.clock import Wish
from streamstats.engines.judging import Judged
from streamstats.engines.once import Job, Watcher, run
from streamstats.engines.opening import Search
from streamstats.engines.roles import Wanted
from streamstats.errors import StreamstatsError, UsageError
from streamstats.patterns.groups import split_groups

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from streamstats.engines.call import Path
    from streamstats.summary.explained import Explanations, Suspects

    Value = bytes | Sequence[bytes]
    """A value; several groups that are counted together are given as so many."""


def suspects(
    source: Path | Sequence[Path],
    pattern: str | None = None,
    by: str | Sequence[str] | None = None,
    where: str | Sequence[str] | None = None,
    *,
    failure: str | None = None,
    start: str | None = None,
    end: str | None = None,
    tz: str | None = None,
    recursive: bool = False,
    threads: int | None = None,
    time_field: str | None = None,
    memory_limit: int | None = None,
    roll_up: bool = False,
) -> Suspects:
    """All values whose verdict is above *nothing unusual*, worst first.

    Arguments are those of ``count``. ``failure`` says when a record counts as a failure
    ('status >= 500'), where that is not what the pattern says; with ``roll_up`` there are also the
    prefixes of addresses that are abnormal when their members are not.

    Raises as ``count`` does, and StreamstatsError where there is no record.
    """
    job = _job(source, pattern, by, where, start, end, tz)
    return _judged(job, failure, recursive, threads, time_field, memory_limit).listed(
        roll_up=roll_up
    )


def explain(
    values: bytes | Sequence[Value],
    source: Path | Sequence[Path],
    pattern: str | None = None,
    by: str | Sequence[str] | None = None,
    where: str | Sequence[str] | None = None,
    *,
    failure: str | None = None,
    start: str | None = None,
    end: str | None = None,
    tz: str | None = None,
    recursive: bool = False,
    threads: int | None = None,
    time_field: str | None = None,
    memory_limit: int | None = None,
    top: int = 3,
) -> Explanations:
    """The verdicts on some values, with all that is known of them.

    ``values`` is one value, or a list; a value of several groups is a tuple of them. An empty list
    explains the ``top`` worst suspects. A value that does not occur is left out. The other
    arguments are those of ``suspects``.

    Raises as ``suspects`` does, and UsageError for a value of another number of groups.
    """
    job = _job(source, pattern, by, where, start, end, tz)
    judged = _judged(job, failure, recursive, threads, time_field, memory_limit)
    wanted = [values] if isinstance(values, bytes) else list(values)
    keys: list[bytes] = []
    for value in wanted:
        groups = (value,) if isinstance(value, bytes) else tuple(value)
        keys += judged.outcome.tally.keys(groups)
    if not wanted:
        keys = [item.key for item in judged.suspects[:top]]
    return judged.explained(list(dict.fromkeys(keys)))


def _job(  # noqa: PLR0917
    source: Path | Sequence[Path],
    pattern: str | None,
    by: str | Sequence[str] | None,
    where: str | Sequence[str] | None,
    start: str | None,
    end: str | None,
    tz: str | None,
) -> Job:
    groups = split_groups(by) if isinstance(by, str) else tuple(by or ())
    paths = paths_of_source(source)
    if pattern == "line":
        if start is not None or end is not None:
            raise UsageError("a window cannot be had of whole lines", "say how a line reads")
        return Job(paths, pattern, groups, texts(where))
    wish: Wish = wish_of(start, end, "1s", tz)
    # Times are read where there are some; they are demanded only by a window.
    wish = wish._replace(wanted=start is not None or end is not None)
    return Job(paths, pattern, groups, texts(where), wish=wish)


def _judged(  # noqa: PLR0917
    job: Job,
    failure: str | None,
    recursive: bool,
    threads: int | None,
    time_field: str | None,
    memory_limit: int | None,
) -> Judged:
    job = job._replace(
        threads=threads,
        search=Search(recursive),
        time_field=time_field,
        memory=memory_limit,
        conduct=Wanted(failure),
    )
    outcome = run(job, Watcher())
    if outcome.failed:
        raise outcome.failed[0]
    if outcome.interrupted:
        raise KeyboardInterrupt
    if not outcome.tally.records:
        raise StreamstatsError("no record: nothing can be judged")
    return Judged(job, outcome)
