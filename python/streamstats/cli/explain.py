"""``streamstats explain``: the verdict on a value, with its evidence."""

from __future__ import annotations

import os
import sys
from types import SimpleNamespace
from typing import TYPE_CHECKING

from streamstats.cli.count import write
from streamstats.cli.flags import EXPLAIN
from streamstats.cli.judging import amiss, job_of, judge, look
from streamstats.cli.main import complain
from streamstats.cli.parser import command_help, parse_command
from streamstats.errors import UsageError, printable
from streamstats.patterns.groups import split_groups

if TYPE_CHECKING:
    from collections.abc import Sequence

    from streamstats.engines.judging import Judged

_PROG = "streamstats explain"

UNKNOWN = 1
"""The exit status where a value does not occur, or there is nobody to explain."""

_NEAREST = 3
"""So many values are named beside one that does not occur."""


def run(argv: Sequence[str]) -> int:
    """Explain the values that ``argv`` names; return the exit status.

    Raises:
        StreamstatsError: wrong use.
    """
    values = parse_command(EXPLAIN, _PROG, argv)
    given: list[str] = values.pop(EXPLAIN.operands[0].dest)
    arguments = SimpleNamespace(**values)
    if arguments.help:
        sys.stdout.write(command_help(EXPLAIN, _PROG))
        return 0
    asked, files = apart(given)
    asked = [*arguments.value, *asked]
    if not files and not arguments.recursive and sys.stdin is not None and sys.stdin.isatty():
        if asked:
            raise UsageError(
                f"'{printable(asked[-1])}' is no file, and was taken for a value",
                f"name the log behind it: {_PROG} {printable(asked[0])} access.log",
            )
        raise UsageError("FILE is missing", f"see {_PROG} --help")
    judged, outcome = judge(job_of(arguments, files), arguments)
    if judged is None:
        return amiss(outcome, arguments) or UNKNOWN
    keys, missing = found(judged, asked)
    if not asked:
        keys = [item.key for item in judged.suspects[: arguments.top]]
        if not keys:
            values_all = judged.usual.population.values
            complain(f"no suspects among {values_all:,} values: nothing to explain")
    if keys:
        page = judged.explained(keys, names=arguments.reverse_names)
        if arguments.format == "json":
            from streamstats.render.judged import render_explain_json as render
        else:
            from streamstats.render.explain import render_explain as render
        write(render(page, look(arguments)))
        if "-" in judged.job.paths:
            complain("standard input is read once: lines and other groups are told of files only")
    for value in missing:
        complain(unknown(judged, value))
    return amiss(outcome, arguments) or (UNKNOWN if missing or not keys else 0)


def apart(given: Sequence[str]) -> tuple[list[str], list[str]]:
    """The values and the files: the first argument that is a file begins the files."""
    for at, text in enumerate(given):
        if text == "-" or os.path.exists(text):
            return list(given[:at]), list(given[at:])
    return list(given), []


def found(judged: Judged, values: Sequence[str]) -> tuple[list[bytes], list[str]]:
    """The keys of the values that occur, and the values that do not.

    Raises UsageError for a value of another number of groups.
    """
    tally = judged.outcome.tally
    keys: list[bytes] = []
    missing = []
    for value in values:
        parts = split_groups(value) if len(tally.by) > 1 else (value,)
        known = tally.keys(tuple(os.fsencode(part) for part in parts))
        keys += known
        if not known:
            missing.append(value)
    return list(dict.fromkeys(keys)), missing


def unknown(judged: Judged, value: str) -> str:
    """That a value does not occur, the nearest ones, and who else is in its prefix."""
    from streamstats.engines.company import nearest, network, prefix_facts
    from streamstats.render.escape import shown

    text = os.fsencode(value)
    said = f"streamstats: '{printable(value)}' does not occur"
    near = [f"'{shown(item, True)[0]}'" for item in nearest(judged.conduct, text, _NEAREST)]
    if near:
        said += f"\nthe nearest {'is' if len(near) == 1 else 'are'} {', '.join(near)}"
    place = network(text)
    if place is not None:
        name, members, records = prefix_facts(judged.conduct, place)
        said += f"\n{name} has {members:,} values, with {records:,} records"
    return said
