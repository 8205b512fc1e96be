"""``streamstats diff``: what changed between two logs, or two windows of one."""

from __future__ import annotations

import os
import sys
import time
from types import SimpleNamespace
from typing import TYPE_CHECKING

from streamstats.cli.commands import DIFF
from streamstats.cli.count import write
from streamstats.cli.main import complain
from streamstats.cli.parser import command_help, one_order, parse, parse_command
from streamstats.cli.times import wish
from streamstats.cli.watching import Watching
from streamstats.errors import SourceError, UsageError, printable
from streamstats.patterns.groups import split_groups

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from streamstats.engines.clock import Wish
    from streamstats.engines.compare import Result, Sides
    from streamstats.patterns.resolve import Choice
    from streamstats.render.look import Look

_PROG = "streamstats diff"

TOP = 10
"""So many changes of each group are shown to people who do not say how many."""

NOTHING = 1
"""The exit status where nothing changed."""


def run(argv: Sequence[str]) -> int:
    """Compare what ``argv`` names; return the exit status: 0 where something changed, else 1.

    Raises:
        StreamstatsError: wrong use, or a side cannot be read or has no record.
    """
    arguments = SimpleNamespace(**parse_command(DIFF, _PROG, argv))
    if arguments.help:
        sys.stdout.write(command_help(DIFF, _PROG))
        return 0
    from streamstats.engines.compare import Compare, compare

    how = Compare(
        tuple(split_groups(text) for text in arguments.by),
        arguments.compare,
        _q(arguments.q),
        TOP if arguments.top is None and arguments.format == "text" else arguments.top or 0,
    )
    notes = _Notes(progress=not arguments.no_progress)
    try:
        result = compare(_sides(arguments), how, notes)
    except SourceError as error:
        if not notes.has_said(error):
            raise
        return error.exit_status
    if arguments.format == "text":
        from streamstats.render.diff import render_diff

        write(render_diff(result.diff, _look(arguments)))
    else:
        from streamstats.render.diff_formats import RENDERERS

        write(RENDERERS[arguments.format](result.diff, _look(arguments)))
    return _report(result)


class _Notes(Watching):
    """The same is said once, although the sources are counted group after group."""

    def __init__(self, *, progress: bool) -> None:
        super().__init__(progress=progress)
        self._said: set[str] = set()

    def say(self, text: str) -> None:
        if text not in self._said:
            self._said.add(text)
            super().say(text)

    def has_said(self, error: SourceError) -> bool:
        """Whether the error has been shown."""
        return f"streamstats: {error}" in self._said

    def taken(self, choice: Choice) -> str:
        return ""

    def sought(self, name: str, skipped: int, size: int, disordered: bool) -> None:
        if disordered:
            super().sought(name, skipped, size, disordered)

    def outside(self, names: Sequence[str]) -> None:
        return  # of a rotated set, most files are outside of one window or the other


def _q(text: str | None) -> float:
    from streamstats.summary.change import Q

    if text is None:
        return Q
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0 < value < 1:
        raise UsageError(f"--q '{printable(text)}' is no probability", "write --q 0.01")
    return value


def _sides(arguments: Any) -> Sides:
    """The two jobs. Raises UsageError where there are not two things to compare."""
    from streamstats.engines.compare import Sides
    from streamstats.engines.diff import alone, apart, in_windows, paths_of, said
    from streamstats.engines.once import Job
    from streamstats.engines.opening import Search

    files: list[str] = arguments.files
    windowed = arguments.before is not None or arguments.after is not None
    if not windowed and len(files) == 1:
        raise alone(files[0])
    if not windowed and len(files) != 2:
        raise UsageError(
            f"two are compared, not {len(files)}",
            "name folders, or globs in quotes: streamstats diff 'monday/*.log' 'tuesday/*.log'",
        )
    job = Job(
        (),
        arguments.pattern,
        where=arguments.where,
        threads=arguments.threads,
        search=Search(recursive=True),
        time_field=arguments.time_field,
        multiline=arguments.multiline,
        geoip=tuple(arguments.geoip),
    )
    times = _wish(arguments, windowed)
    if not windowed:
        first, second = paths_of(files[0]), paths_of(files[1])
        apart(first, second)
        job = job._replace(wish=times)
        return Sides(job._replace(paths=first), job._replace(paths=second), (files[0], files[1]))
    assert times is not None
    paths = [path for name in files for path in paths_of(name)]
    if "-" in paths:
        raise UsageError(
            "(standard input) is read once, and two windows need it twice", "name a file instead"
        )
    texts = arguments.before, arguments.after
    assert times.zone is not None
    clock = None if times.from_log else time.time_ns()
    both = said(*texts, times.zone, clock, times.day_first)
    return in_windows(job._replace(wish=times), paths, both, texts)


def _wish(arguments: Any, windowed: bool) -> Wish | None:
    """What is wanted of times, but for the windows."""
    main = parse([])
    main.pattern = arguments.pattern
    main.time, main.tz = arguments.time, arguments.tz
    main.time_format = arguments.time_format
    main.day_first, main.month_first = arguments.day_first, arguments.month_first
    one_order(main.day_first, main.month_first)
    wanted = wish(main)
    if wanted is None:
        if windowed:
            raise UsageError("a window cannot be had with -p line", "say how a line reads")
        return None
    from streamstats.engines.clock import in_zone

    if windowed:
        wanted = in_zone(wanted)
    return wanted._replace(
        wanted=windowed or arguments.time or arguments.compare == "rates",
        from_log=windowed and arguments.relative_to == "log",
    )


def _look(arguments: Any) -> Look:
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


def _report(result: Result) -> int:
    """Say on standard error what was amiss, and return the exit status."""
    diff = result.diff
    for side in (diff.before, diff.after):
        if side.unmatched:
            complain(
                f"{printable(side.name)}: {side.unmatched:,} of {side.lines:,} lines did not match "
                f"'{printable(diff.pattern)}'"
            )
    if result.only_first:
        complain(
            f"a stream is read once, so that only {', '.join(diff.groups[0].by)} was compared; "
            "--by names another group"
        )
    if result.failed:
        return SourceError.exit_status
    return 0 if diff.changed else NOTHING
