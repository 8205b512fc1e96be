"""``streamstats suspects``: all values that are hostile or unusual, worst first."""

from __future__ import annotations

import sys
from types import SimpleNamespace
from typing import TYPE_CHECKING

from streamstats.cli.count import write
from streamstats.cli.flags import SUSPECTS
from streamstats.cli.judging import amiss, job_of, judge, look
from streamstats.cli.parser import command_help, parse_command

if TYPE_CHECKING:
    from collections.abc import Sequence

_PROG = "streamstats suspects"

TOP = 20
"""So many are shown to people who do not say how many."""

NONE = 1
"""The exit status where there are none."""


def run(argv: Sequence[str]) -> int:
    """List the suspects in the files that ``argv`` names; return the exit status.

    Raises:
        StreamstatsError: wrong use.
    """
    arguments = SimpleNamespace(**parse_command(SUSPECTS, _PROG, argv))
    if arguments.help or (not arguments.files and not arguments.recursive and _terminal()):
        sys.stdout.write(command_help(SUSPECTS, _PROG))
        return 0
    judged, outcome = judge(job_of(arguments, arguments.files), arguments)
    if judged is None:
        return amiss(outcome, arguments) or NONE
    page = judged.listed(roll_up=arguments.roll_up)
    least = arguments.verdict or ("hostile" if arguments.format == "plain" else "unusual")
    if least == "hostile":
        page = page._replace(found=page.found[: page.hostile])
    usual = TOP if arguments.format == "text" else 0
    top = usual if arguments.top is None else arguments.top
    if arguments.format == "json":
        from streamstats.render.judged import render_suspects_json as render
    elif arguments.format == "plain":
        from streamstats.render.suspects import render_plain as render
    else:
        from streamstats.render.suspects import render_suspects as render
    write(render(page, top, look(arguments)))
    return amiss(outcome, arguments) or (0 if page.found or page.rolled else NONE)


def _terminal() -> bool:
    return sys.stdin is not None and sys.stdin.isatty()
