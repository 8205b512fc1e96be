"""The thread behind the screen: follows, and makes a frame whenever one is wanted."""

from __future__ import annotations

import threading
import time
from collections import deque

from streamstats.engines.once import Watcher
from streamstats.engines.standing import SORTS, Standings, stand
from streamstats.errors import StreamstatsError, printable
from streamstats.render.live import copy_of
from streamstats.tui.cells import SPARK
from streamstats.tui.state import Frame, State

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from streamstats.engines.alarms import Alarms
    from streamstats.engines.follow import Following
    from streamstats.engines.recognise import Recognised
    from streamstats.errors import SourceError

_SHARE = 20
"""A frame that takes long is followed by a pause of so many times that."""

_ALARMS = 1.0
"""Seconds between two looks for alarms."""

_NOTES = 50


class Notes(Watcher):
    """Keeps what is to be said while the terminal belongs to the screen."""

    def __init__(self) -> None:
        self.texts: deque[str] = deque(maxlen=_NOTES)

    def say(self, text: str) -> None:
        """Keep a text; from any thread."""
        self.texts.append(text)

    def recognised(self, sources: Sequence[Recognised]) -> None:
        """How each source reads."""
        for item in sources:
            name = printable(item.source.name)
            if item.note:
                self.say(f"{name}: {item.note}")
            elif item.detection is not None:
                self.say(f"{name}: {item.choice.name}; counting {', '.join(item.choice.by)}")

    def packed(self, names: Sequence[str]) -> None:
        """What is passed over."""
        self.say(f"passed over {', '.join(map(printable, names))}, which was counted before")

    def copies(self, pairs: Sequence[tuple[str, str]]) -> None:
        """What was taken for a copy."""
        for copy, original in pairs:
            self.say(copy_of(copy, original))

    def failed(self, error: SourceError) -> None:
        """What cannot be read."""
        self.say(str(error).partition("\n")[0])

    def untimed(self, reason: str) -> None:
        """Why times are not read."""
        self.say(reason)


class Pump:
    """Steps the following, and hands frames to ``show``."""

    def __init__(
        self,
        following: Following,
        notes: Notes,
        alarms: Alarms | None,
        interval: float,
        *,
        show: Callable[[Frame], None],
        failed: Callable[[BaseException], None],
    ) -> None:
        """``show`` and ``failed`` are called on the thread of the pump."""
        self._following = following
        self._notes = notes
        self._alarms = alarms
        self._interval = interval
        self._show = show
        self._failed = failed
        self._state = State()
        self._limit = 50
        self._dirty = True
        self._stop = False
        self.counting: float | None = None
        """Which part of another group is counted; None while none is."""
        self._thread = threading.Thread(target=self._run, name="following", daemon=True)

    def start(self) -> None:
        """Begin to follow."""
        self._thread.start()

    def want(self, state: State, limit: int) -> None:
        """Say what is seen, and how many rows of it; from another thread."""
        self._state, self._limit, self._dirty = state, limit, True
        self._following.wake()

    def stop(self) -> None:
        """End the thread, and wait for it."""
        self._stop = True
        self._following.wake()
        self._thread.join()

    def frame(self) -> Frame:
        """What there is to see now."""
        following, state = self._following, self._state
        with following.lock:
            found = self._found(state)
            summary = found.summary
            return Frame(
                rows=found.rows,
                stats=summary.stats,
                chosen=found.chosen,
                by=summary.by,
                summed=summary.summed,
                pace=following.pace(),
                time=summary.time,
                approximate=summary.approximation is not None,
                unmatched=summary.source.unmatched,
                files=tuple(following.found),
                state=state,
                notes=tuple(self._notes.texts),
                alarms=self._alarms.raised if self._alarms is not None else 0,
                raised=self._alarms.active() if self._alarms is not None else frozenset(),
                counting=self.counting,
            )

    def _found(self, state: State) -> Standings:
        view = state.view(self._limit, SPARK)
        if view.sort not in SORTS:
            view = view._replace(sort="count")
        return stand(self._following, view)

    def _run(self) -> None:
        try:
            self._follow()
        except BaseException as error:
            # The screen has to go before anything can be said.
            self._failed(error)

    def _follow(self) -> None:
        following = self._following
        due = alarms_due = time.monotonic()
        while not self._stop:
            wait = due - time.monotonic()
            if following.step(max(0.0, wait)) and not self._dirty:
                following.pause()
            now = time.monotonic()
            if self._alarms is not None and now >= alarms_due and following.growing is not None:
                self._alarms.check()
                alarms_due = time.monotonic() + _ALARMS
            if not self._dirty and now < due:
                continue
            fresh, self._dirty = self._dirty, False
            if fresh or not self._state.paused:
                before = time.thread_time()
                self._show(self.frame())
                took = time.thread_time() - before
                due = time.monotonic() + max(self._interval, took * _SHARE)
            else:
                due = time.monotonic() + self._interval

    def regroup(self, by: tuple[str, ...]) -> None:
        """Count another group, on a thread of its own."""
        if self.counting is not None:
            self._notes.say("another group is being counted already")
            return
        self.counting = 0.0
        threading.Thread(target=self._regroup, args=(by,), name="regroup", daemon=True).start()

    def _regroup(self, by: tuple[str, ...]) -> None:
        from streamstats.engines.regroup import Cancelled, regroup

        def go_on(part: float) -> bool:
            self.counting = part
            return not self._stop

        try:
            lost = regroup(self._following, by, go_on)
            self._notes.say(f"counting {', '.join(map(printable, by))}")
            if lost:
                self._notes.say(f"{lost:,} bytes cannot be read again, and are not counted here")
        except Cancelled:
            pass
        except (StreamstatsError, OSError) as error:
            self._notes.say(str(error).partition("\n")[0])
        finally:
            self.counting = None
            self._dirty = True
            if not self._stop:
                self._following.wake()
