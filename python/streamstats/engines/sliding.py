"""Where a sliding window ends, how far back it is known how records were distributed, and how it
goes.
"""

from __future__ import annotations

import time
from collections import deque
from typing import NamedTuple

from streamstats.engines.clock import SECOND
from streamstats.engines.memory import default_limit

TYPE_CHECKING = False
if TYPE_CHECKING:
    from streamstats.engines.clock import Wish
    from streamstats.sources.growing import Growing

_RUN = 96
"""Bytes that a run of records takes while it is put in order: see ``engines.clock``."""

_RUNS = 2_000_000
"""Without a window not more runs are kept than these, so that a look never takes long."""

_RATE_OVER = 3.0
"""The rate of lines is that of the last so many seconds."""


class Pace(NamedTuple):
    """How it goes."""

    lines: int
    """All lines so far,"""
    rate: float
    """and how many came in a second, of late."""
    lag: float | None
    """Now minus the newest record, in seconds; None where lines do not tell their time."""
    newest: int | None
    """The instant of that record, in nanoseconds."""


class Sliding:
    """The clock of what is followed: that of its records, which goes on while none comes."""

    def __init__(self, wish: Wish, memory: int | None, last: int | None) -> None:
        """``memory`` is the limit of the run in bytes, ``last`` the window that is kept whatever
        else is forgotten, in nanoseconds; None for none.
        """
        self._lateness = wish.lateness
        self._last = last
        limit = memory // 2 if memory is not None else default_limit()
        self._most = max(1000, limit // _RUN)
        if last is None:
            self._most = min(self._most, _RUNS)
        self.newest: int | None = None
        """The instant of the newest record, in nanoseconds."""
        self._since = time.monotonic()
        self._lines = deque([(time.monotonic(), 0)])
        self._began: int | None = None
        """The newest record of those that stood there before any came."""

    def saw(self, lines: int) -> None:
        """Take down how many lines there are now."""
        now = time.monotonic()
        self._lines.append((now, lines))
        while len(self._lines) > 2 and now - self._lines[1][0] > _RATE_OVER:
            self._lines.popleft()

    def pace(self, lines: int, *, timed: bool) -> Pace:
        """How it goes, as of the last tally; ``timed`` says whether lines tell their time."""
        lag = None
        if self.newest is not None and timed:
            lag = (time.time_ns() - self.newest) / SECOND
        rate = 0.0
        if len(self._lines) > 1:
            (begin, before), (end, after) = self._lines[0], self._lines[-1]
            rate = (after - before) / max(end - begin, 1e-3)
        return Pace(lines, rate, lag, self.newest)

    def end(self, newest: int) -> int:
        """Where a sliding window ends: at the newest record, and further as time goes by.

        A record that claims to be of the future does not take the others out of the window.
        """
        gone = int((time.monotonic() - self._since) * SECOND) if self.newest is not None else 0
        return min(newest + gone, max(time.time_ns(), 0) + self._lateness)

    def caught_up(self) -> None:
        """All that stood there when it began was read; what is read from now on has come now."""
        self._began = self.newest

    def since(self, newest: int, length: int, *, timed: bool) -> int:
        """Where the last so many nanoseconds begin, of records that come while it is followed.

        They end as a window does; and now, as long as only those are there that stood there when it
        began. Of lines that do not tell their time those are left out, since nobody knows theirs.
        """
        start = self.end(newest) - length
        if self._began is None:
            return start
        if not timed:
            return max(start, self._began + 1)
        return max(start, time.time_ns() - length) if newest <= self._began else start

    def note(self, growing: Growing, span: tuple[int, int]) -> None:
        """Take down the newest record, and forget how records were distributed long ago where that
        takes too much memory.
        """
        if self.newest != span[1]:
            self.newest, self._since = span[1], time.monotonic()
        newest = min(span[1], time.time_ns() + self._lateness)
        horizon = newest - max(span[0], growing.forgotten or span[0])
        if self._last is not None and horizon > 2 * self._last:
            horizon = self._last
            growing.forget(self.end(newest) - horizon)
        while growing.runs > self._most and horizon > growing.width:
            horizon //= 2
            growing.forget(newest - horizon)
