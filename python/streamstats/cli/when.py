"""``streamstats when``: what a WHEN means."""

from __future__ import annotations

import sys
import time
from types import SimpleNamespace
from typing import TYPE_CHECKING

from streamstats.cli.commands import WHEN
from streamstats.cli.main import complain
from streamstats.cli.parser import command_help, one_order, parse_command
from streamstats.times.error import WhenError
from streamstats.times.reading import when
from streamstats.times.show import Shown, show
from streamstats.times.stamps import parse_stamp
from streamstats.times.zones import zone

if TYPE_CHECKING:
    from collections.abc import Sequence

_PROG = "streamstats when"


def run(argv: Sequence[str]) -> int:
    """Show what each of ``argv``, the words after ``when``, means; return the exit status.

    Raises:
        StreamstatsError: wrong use, or a zone or a ``--now`` that cannot be read.
    """
    arguments = SimpleNamespace(**parse_command(WHEN, _PROG, argv))
    if arguments.help:
        sys.stdout.write(command_help(WHEN, _PROG))
        return 0
    day_first = one_order(arguments.day_first, arguments.month_first)
    tz = zone(arguments.tz)
    now = time.time_ns()
    if arguments.now is not None:
        now = when(arguments.now, now, tz, stamp=parse_stamp, day_first=day_first)
    texts: list[str] = arguments.expressions
    shown = show(texts, now, tz, stamp=parse_stamp, day_first=day_first)
    if shown.errors and len(texts) > 1:
        whole = show([" ".join(texts)], now, tz, stamp=parse_stamp, day_first=day_first)
        if whole.lines:
            raise _unquoted(texts, shown)
    sys.stdout.writelines(f"{line}\n" for line in shown.lines)
    sys.stdout.flush()
    for error in shown.errors:
        complain(f"streamstats: {error}")
    return WhenError.exit_status if shown.errors else 0


def _unquoted(texts: Sequence[str], shown: Shown) -> WhenError:
    """The error for words that are one expression together."""
    first = shown.errors[0]
    reason = f"{first.reason}; put the words of one expression in quotes"
    return WhenError(first.what, first.text, reason, None, (" ".join(texts),))
