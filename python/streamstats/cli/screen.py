"""``-f`` on a terminal: the screen, and what is said when it has gone."""

from __future__ import annotations

import os
import sys

from streamstats.cli.count import TOP, look, report, terminal, write
from streamstats.cli.main import complain
from streamstats.engines.alarms import Alarms
from streamstats.engines.follow import Following, Wanted
from streamstats.errors import UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from streamstats.cli.parser import Arguments
    from streamstats.engines.alarms import Alarm
    from streamstats.engines.once import Job
    from streamstats.summary.marks import Mark

    Asked = tuple[Sequence[Alarm], Sequence[str] | None, Sequence[Mark]]
    """The alarms, the words of the command that they run, and what marks outliers."""

USUAL_INTERVAL = 0.5
"""Seconds between two frames, where nobody says."""


def run(arguments: Arguments, job: Job, last: int | None, interval: float, asked: Asked) -> int:
    """Follow on the screen until a key ends it; return the exit status.

    Raises StreamstatsError for wrong use, and what ended the following.
    """
    from streamstats.tui.app import Live
    from streamstats.tui.guard import Guard
    from streamstats.tui.pump import Notes
    from streamstats.tui.state import State

    wanted, words, marks = asked
    stdin = _keys_apart(job)
    notes = Notes()
    following = Following(job, Wanted(arguments.retry, last), notes, stdin)
    try:
        alarms = Alarms(following, wanted, words, notes.say, marks) if wanted else None
        state = State(
            sort=arguments.sort if arguments.sort in _SORTS else "count",
            reverse=arguments.reverse,
            last=last,
            outliers=arguments.outliers,
            marks=marks,
        )
        if not following.alive:
            return report(following.outcome(), arguments.strict, bool(arguments.where))
        seen = look(arguments)
        app = Live(
            following,
            state,
            notes,
            alarms,
            interval=USUAL_INTERVAL if arguments.interval == "2s" else interval,
            unicode=seen.unicode,
            colour=seen.colour,
        )
        with Guard(2):
            app.run()
        if alarms is not None:
            alarms.close()
        for text in dict.fromkeys(notes.texts):
            complain(text)
        if app.error is not None:
            raise app.error
        if app.return_code:
            return app.return_code
        return _last(following, arguments, marks)
    finally:
        following.close()


_SORTS = ("count", "value", "rate", "peak", "first", "last")


def _keys_apart(job: Job) -> int:
    """Where standard input is a log, keys are read from the terminal itself; the descriptor of the
    log. Raises UsageError where there is no such terminal.
    """
    if terminal(0):
        return 0
    stdin = os.dup(0) if "-" in job.paths else 0
    try:
        keys = os.open("/dev/tty", os.O_RDWR | os.O_CLOEXEC)
    except OSError:
        raise UsageError(
            "there is no terminal to read keys from", "write blocks: streamstats -f ... | cat"
        ) from None
    os.dup2(keys, 0)
    os.close(keys)
    return stdin


def _last(following: Following, arguments: Arguments, marks: Sequence[Mark]) -> int:
    """The last block, on the terminal where the screen was; and what was amiss."""
    from streamstats.render import renderer

    following.finish()
    outcome = following.outcome()
    if following.growing is not None and sys.stdout is not None:
        summary = outcome.tally.summary(
            top=TOP if arguments.top is None else arguments.top,
            sort=arguments.sort or "count",
            reverse=arguments.reverse,
            only_outliers=arguments.outliers,
            marks=marks,
        )
        write(renderer("text")(summary, look(arguments)))
    return report(outcome, arguments.strict, bool(arguments.where))
