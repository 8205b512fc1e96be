"""``-f``: logs as they grow, on a screen or as blocks."""

from __future__ import annotations

import signal
import time

from streamstats.cli.count import TOP, look, report, terminal, write
from streamstats.cli.main import complain
from streamstats.cli.watching import Watching
from streamstats.engines.alarms import Alarms, alarm
from streamstats.engines.follow import Following, Wanted
from streamstats.engines.running import command
from streamstats.errors import UsageError, printable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import FrameType

    from streamstats.cli.parser import Arguments
    from streamstats.engines.once import Job
    from streamstats.summary.marks import Mark
    from streamstats.summary.model import Summary

SECOND = 1_000_000_000

LEAST_INTERVAL = SECOND // 100

SPARKS = 24

ENDS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
"""What ends following in good order: the last block is written."""


def run(arguments: Arguments, job: Job, marks: Sequence[Mark]) -> int:
    """Follow until it ends; return the exit status. Raises StreamstatsError for wrong use."""
    last = None if arguments.last is None else _length("--last", arguments.last)
    interval = max(LEAST_INTERVAL, _length("--interval", arguments.interval))
    if any(mark.rule is None for mark in marks):
        raise UsageError(
            "--rule hostile needs the whole of a log, and cannot be followed",
            "leave it out, or judge with streamstats suspects",
        )
    wanted = [alarm(text) for text in arguments.alarm]
    words = None if arguments.run is None else command(arguments.run)
    if _on_screen(arguments):
        from streamstats.cli.screen import run as on_screen  # Textual is not loaded for blocks

        return on_screen(arguments, job, last, interval / SECOND, (wanted, words, marks))
    following = Following(job, Wanted(arguments.retry, last), Watching(progress=False))
    try:
        alarms = Alarms(following, wanted, words, complain, marks) if wanted else None
        _Blocks(following, arguments, interval / SECOND, alarms, marks).run()
        outcome = following.outcome()
        return report(outcome, arguments.strict, bool(arguments.where))
    finally:
        following.close()


def _on_screen(arguments: Arguments) -> bool:
    """Whether there is a terminal for a screen, and what draws one."""
    from os import environ

    if arguments.format != "text" or arguments.classic or environ.get("TERM", "dumb") == "dumb":
        return False
    # The screen is drawn on standard error, so that its keys and colours are not in an output.
    if not (terminal(1) and terminal(2)):
        return False
    from importlib.util import find_spec

    if find_spec("textual") is None:
        complain("for a screen instead of blocks: pip install 'streamstats-logs[live]'")
        return False
    return True


def _length(flag: str, text: str) -> int:
    from streamstats.times import duration

    length = duration(text)
    if length <= 0:
        raise UsageError(f"{flag} '{printable(text)}' is no time", f"write {flag} 5m")
    return length


class _Blocks:
    """Writes a block every interval, and a last one."""

    def __init__(
        self,
        following: Following,
        arguments: Arguments,
        interval: float,
        alarms: Alarms | None,
        marks: Sequence[Mark],
    ) -> None:
        self._marks = marks
        self._alarms = alarms
        self._following = following
        self._arguments = arguments
        self._interval = interval
        self._ended = False
        self._shown = -1
        self._written = False

    def run(self) -> None:
        """Follow until there is nothing left to follow, or somebody ends it."""
        following = self._following
        before = {number: signal.signal(number, self._end) for number in ENDS}
        try:
            due = time.monotonic() + self._interval
            while following.alive and not self._ended:
                if following.step(due - time.monotonic()) and time.monotonic() < due:
                    following.pause()
                now = time.monotonic()
                if now >= due:
                    self._check()
                    self._block(end=False)
                    due = max(due + self._interval, now)
            following.finish()
            self._check()
            self._block(end=True)
            if self._alarms is not None:
                self._alarms.close()
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def _check(self) -> None:
        if self._alarms is not None and self._following.growing is not None:
            self._alarms.check()

    def _end(self, number: int, _: FrameType | None) -> None:
        if self._ended and number == signal.SIGINT:
            raise KeyboardInterrupt
        self._ended = True
        self._following.wake()

    def _block(self, *, end: bool) -> None:
        form = self._arguments.format
        following = self._following
        if form == "ndjson":
            write([self._object(end)])
        elif end and form != "text":
            self._layout(form)
        elif form == "text" and (end or following.lines != self._shown):
            if following.growing is None and end:
                # The report says that there was nothing.
                return
            if self._written:
                write(["\n"])
            write([self._heading(end)])
            self._layout("classic" if self._arguments.classic else form)
            self._written = True
        self._shown = following.lines

    def _layout(self, form: str) -> None:
        from streamstats.render import renderer

        with self._following.lock:
            summary = self._summary(TOP if form == "text" else 0)
            write(renderer(form)(summary, look(self._arguments)))

    def _summary(self, usual: int) -> Summary:
        arguments = self._arguments
        tally = self._following.tally(self._following.wanted.last)
        return tally.summary(
            sparks=SPARKS if arguments.format == "text" and not arguments.classic else 0,
            sort=arguments.sort or ("value" if arguments.classic else "count"),
            reverse=arguments.reverse,
            top=usual if arguments.top is None else arguments.top,
            only_outliers=arguments.outliers,
            log_bins=arguments.log_bins,
            marks=self._marks,
        )

    def _heading(self, end: bool) -> str:
        from streamstats.render.live import heading

        self._following.tally()
        pace = self._following.pace()
        return heading(pace, time.time_ns(), self._following.wish.zone, look(self._arguments), end)

    def _object(self, end: bool) -> str:
        from streamstats.render.live import one_line

        with self._following.lock:
            summary = self._summary(0)
            pace = self._following.pace()
            return one_line(
                summary,
                look(self._arguments),
                pace,
                at=time.time_ns(),
                last=self._following.wanted.last,
                end=end,
            )
