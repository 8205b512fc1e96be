"""``streamstats sample``: random rows of a database."""

from __future__ import annotations

import os
import sys
from types import SimpleNamespace
from typing import TYPE_CHECKING

from streamstats.cli.concealed import conceal
from streamstats.cli.count import TOP, write
from streamstats.cli.flags import COMMANDS
from streamstats.cli.main import complain
from streamstats.cli.parser import command_help, parse_command
from streamstats.errors import UsageError
from streamstats.patterns.groups import bare, split_groups
from streamstats.times import duration

if TYPE_CHECKING:
    from collections.abc import Sequence

    from streamstats.engines.sample import Job, Outcome
    from streamstats.render.look import Look
    from streamstats.sources.database.draw import Outline

_PROG = "streamstats sample"
_SECOND = 1_000_000_000

_BARE = ("csv", "tsv", "ndjson")
"""Formats of rows and nothing else: what is said of the sample goes to standard error."""


def run(argv: Sequence[str]) -> int:
    """Draw, and show what was drawn; return the exit status.

    Raises:
        StreamstatsError: wrong use, a plan that is too dear, a database that is away.
    """
    conceal(argv)
    arguments = SimpleNamespace(**parse_command(COMMANDS["sample"], _PROG, argv))
    if arguments.help:
        sys.stdout.write(command_help(COMMANDS["sample"], _PROG))
        return 0
    _check(arguments)
    job = _job(arguments)
    if arguments.explain:
        from streamstats.engines.sample import plans

        return _explain(plans(job), arguments)
    from streamstats.engines.sample import run as drawn

    outcome = drawn(job)
    status = _show(outcome, arguments)
    for note in outcome.notes:
        complain(note)
    facts = outcome.facts
    if 0 < facts.drawn < arguments.size:
        passing = " that pass the filter" if facts.where else ""
        all_of = f"there are no more{passing}" if facts.complete else facts.how
        complain(f"{facts.drawn:,} of {arguments.size:,} rows: {all_of}")
    return status


def _check(arguments: SimpleNamespace) -> None:
    counting = arguments.by is not None or arguments.numbers is not None
    if arguments.rows and (counting or arguments.sum is not None):
        raise UsageError("--rows shows rows, and counts nothing", "leave out --by, or --rows")
    if not (arguments.rows or counting or arguments.explain):
        raise UsageError("nothing says what to make of the rows", "add --by COLUMN, or --rows")
    if arguments.rows and arguments.classic:
        raise UsageError("--classic is a layout of counts, not of rows", "leave out one of them")
    if arguments.classic and arguments.format != "text":
        raise UsageError(
            f"--classic is a layout of text, and cannot be had as {arguments.format}",
            "leave out one of --classic and --format",
        )
    if arguments.cache is not None and arguments.no_cache:
        raise UsageError("--cache and --no-cache contradict each other", "leave out one of them")


def _job(arguments: SimpleNamespace) -> Job:
    from streamstats.engines.sample import Job
    from streamstats.sources.database.draw import Wish

    by = () if arguments.by is None else tuple(map(bare, split_groups(arguments.by)))
    wish = Wish(
        table=arguments.table,
        n=arguments.size,
        where=tuple(arguments.where),
        where_sql=arguments.where_sql,
        strategy=arguments.strategy,
        overfetch=arguments.overfetch,
        max_offset=arguments.max_offset,
        max_examined=arguments.max_examined,
        timeout=_seconds(arguments.timeout),
        method=arguments.method,
        force=arguments.force,
        variety=arguments.variety,
    )
    return Job(
        arguments.url,
        wish,
        by,
        arguments.sum,
        arguments.numbers,
        not arguments.no_cache,
        arguments.cache,
        _seconds(arguments.cache_ttl),
    )


def _seconds(text: str) -> float:
    found = duration(text) / _SECOND
    if found <= 0:
        raise UsageError(f"'{text}' is no time to wait", "write it as 2s, 500ms or 5m")
    return found


def _look(arguments: SimpleNamespace) -> Look:
    from streamstats.render.look import decide

    terminal = sys.stdout.isatty()
    columns = os.get_terminal_size(1).columns if terminal else None
    return decide(
        os.environ,
        terminal=terminal,
        columns=columns,
        encoding=sys.stdout.encoding,
        color=arguments.color,
        ascii=arguments.ascii,
    )


def _show(outcome: Outcome, arguments: SimpleNamespace) -> int:
    look = _look(arguments)
    facts = outcome.facts
    from streamstats.render.sampled import sentences

    if not facts.drawn:
        _nothing(outcome)
        if arguments.format == "text":
            return 1
    elif arguments.format in _BARE or arguments.classic:
        for line in sentences(facts, look):
            complain(line)
    if outcome.tally is not None:
        _counted(outcome, arguments, look)
    elif arguments.rows:
        from streamstats.render.rows import Rows, render_rows

        write(render_rows(arguments.format, Rows(outcome.columns, outcome.rows, facts), look))
    return 0 if facts.drawn else 1


def _counted(outcome: Outcome, arguments: SimpleNamespace, look: Look) -> None:
    from streamstats.render import renderer

    assert outcome.tally is not None
    people = arguments.format == "text" and not arguments.classic
    usual = TOP if people else 0
    summary = outcome.tally.summary(
        sort=arguments.sort or ("value" if arguments.classic else "count"),
        reverse=arguments.reverse,
        top=usual if arguments.top is None else arguments.top,
        only_outliers=arguments.outliers,
        log_bins=arguments.log_bins,
    )
    render = renderer("classic" if arguments.classic else arguments.format)
    write(render(summary, look))
    source = outcome.tally.source
    if source.unmatched:
        which = arguments.sum or arguments.numbers
        have = "row has" if source.unmatched == 1 else "rows have"
        complain(f"{source.unmatched:,} {have} no number in '{which}', and were not counted")


def _nothing(outcome: Outcome) -> None:
    facts = outcome.facts
    if not facts.complete:
        complain(f"streamstats: {facts.table}: no row came: {facts.how}")
    elif facts.where:
        complain(f"streamstats: {facts.table}: no row passes the filter {facts.where}")
    else:
        complain(f"streamstats: {facts.table}: the table is empty")


def _explain(outline: Outline, arguments: SimpleNamespace) -> int:
    from streamstats.render.plans import Plans, Step, Way, render_plans, render_plans_json

    page = Plans(
        outline.table.title,
        outline.table.rows,
        outline.where,
        outline.indexes,
        [
            Way(way.strategy, way.way, [Step(*plan) for plan in way.plans], way.refused)
            for way in outline.ways
        ],
        outline.index,
    )
    as_json = arguments.format in ("json", "ndjson")
    look = _look(arguments)
    write((render_plans_json if as_json else render_plans)(page, look))
    for note in outline.notes:
        complain(note)
    return 0
