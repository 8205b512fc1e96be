"""What ``explain`` and ``suspects`` have in common: arguments to a job, and what was amiss."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any

from streamstats.cli.count import report
from streamstats.cli.parser import parse
from streamstats.cli.times import size, wish
from streamstats.patterns.groups import split_groups

if TYPE_CHECKING:
    from collections.abc import Sequence

    from streamstats.engines.judging import Judged
    from streamstats.engines.once import Job, Outcome
    from streamstats.render.look import Look

_TIMES = (
    *("pattern", "start", "end", "window", "relative_to", "tz", "time_format", "day_first"),
    *("month_first", "lateness", "no_seek"),
)


def job_of(arguments: Any, files: Sequence[str]) -> Job:
    """The job that counts and gathers. Raises UsageError, WhenError."""
    from streamstats.engines.once import Job
    from streamstats.engines.opening import Search
    from streamstats.engines.roles import Wanted

    main = parse([])
    for name in _TIMES:
        setattr(main, name, getattr(arguments, name))
    by = () if arguments.by is None else split_groups(arguments.by)
    return Job(
        files or ["." if arguments.recursive else "-"],
        arguments.pattern,
        by,
        arguments.where,
        threads=arguments.threads,
        wish=wish(main),
        search=Search(arguments.recursive, arguments.include, arguments.exclude),
        time_field=arguments.time_field,
        memory=size(arguments.memory_limit),
        multiline=arguments.multiline,
        conduct=Wanted(arguments.failure),
        geoip=tuple(arguments.geoip),
    )


def judge(job: Job, arguments: Any) -> tuple[Judged | None, Outcome]:
    """Do the job; None where there was no record."""
    from streamstats.cli.watching import Watching
    from streamstats.engines.judging import Judged
    from streamstats.engines.once import run

    outcome = run(job, Watching(progress=not arguments.no_progress))
    return (Judged(job, outcome) if outcome.tally.records else None), outcome


def look(arguments: Any) -> Look:
    """How the output looks."""
    from streamstats.render.look import decide

    terminal = sys.stdout.isatty()
    return decide(
        os.environ,
        terminal=terminal,
        columns=os.get_terminal_size(1).columns if terminal else None,
        encoding=sys.stdout.encoding,
        color=arguments.color,
        ascii=arguments.ascii,
    )


def amiss(outcome: Outcome, arguments: Any) -> int:
    """Say on standard error what was amiss, and return the exit status that it means."""
    return report(outcome, False, bool(arguments.where))
