"""Alarms: what has to hold of a value, and the command that is run when it does.

What comes from a log never becomes part of a command: it is handed over as JSON on standard input
and in environment variables.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import threading
import time
from collections import deque
from typing import NamedTuple

from streamstats.engines.standing import Standing, View, is_counted, stand
from streamstats.errors import UsageError, printable
from streamstats.render.escape import shown_row

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from streamstats.engines.follow import Following
    from streamstats.summary.marks import Mark

NAMES = ("count", "share", "rate", "peak")

TIME_LIMIT = 10.0
"""Seconds that a command may take."""

AT_A_TIME = 4
"""So many commands run at a time;"""

QUEUE = 100
"""and so many wait. More are dropped, and that is said."""

EPISODE = 60.0
"""An alarm whose condition did not hold for so many seconds can be raised again."""

MOST = 1000
"""So many values are looked at for one alarm at a time: those that come first by its number."""

REMEMBERED = 100_000
"""So many episodes are remembered."""

_COMPARISON = re.compile(r"\s*([a-z]+)\s*(>=|<=|>|<)\s*(-?\d+(?:\.\d+)?)\s*(%?)\s*")


class Comparison(NamedTuple):
    """A number of a value, against another."""

    name: str
    sign: str
    number: float

    def holds(self, standing: Standing) -> bool:
        """Whether it holds of a value."""
        value = figure(standing, self.name)
        if value is None:
            return False
        return {
            ">": value > self.number,
            ">=": value >= self.number,
            "<": value < self.number,
            "<=": value <= self.number,
        }[self.sign]


class Alarm(NamedTuple):
    """What raises it: all of it has to hold."""

    text: str
    comparisons: tuple[Comparison, ...]
    outlier: bool

    def holds(self, standing: Standing) -> bool:
        """Whether it holds of a value."""
        marked = standing.row.outlier or not self.outlier
        return marked and all(each.holds(standing) for each in self.comparisons)

    @property
    def view(self) -> View:
        """The values that may raise it, the likely ones first."""
        above = [each.name for each in self.comparisons if each.sign.startswith(">")]
        sort = next((name for name in above if name != "share"), "count")
        return View(sort=sort, reverse=not above and not self.outlier, outliers=self.outlier,
                    limit=MOST)  # fmt: skip


def alarm(text: str) -> Alarm:
    """Read an expression: ``outlier``, ``rate > 50``, ``peak > 200 and share > 5%``.

    Raises UsageError.
    """
    comparisons: list[Comparison] = []
    outlier = False
    for part in re.split(r"\band\b", text):
        if part.strip() == "outlier":
            outlier = True
            continue
        match = _COMPARISON.fullmatch(part)
        if match is None or match[1] not in NAMES or (match[4] and match[1] != "share"):
            raise UsageError(
                f"--alarm '{printable(text)}' cannot be read at '{printable(part.strip())}'",
                f"write 'outlier', or compare {', '.join(NAMES[:-1])} or {NAMES[-1]}: "
                "--alarm 'rate > 50 and share >= 5%'",
            )
        comparisons.append(Comparison(match[1], match[2], float(match[3])))
    return Alarm(text.strip(), tuple(comparisons), outlier)


def figure(standing: Standing, name: str) -> float | None:
    """The number of a value that goes by a name."""
    row = standing.row
    if name == "count":
        return row.count
    if name == "share":
        return row.share * 100
    if name == "rate":
        return standing.rate
    return row.life.peak if row.life is not None else None


def command(text: str) -> list[str]:
    """The words of a command. Raises UsageError where there are none, or it does not exist."""
    try:
        words = shlex.split(text)
    except ValueError as error:
        raise UsageError(f"--run '{printable(text)}': {error}".lower()) from None
    if not words:
        raise UsageError("--run names no command", "write --run './notify.sh --quiet'")
    if shutil.which(words[0]) is None:
        raise UsageError(
            f"--run '{printable(words[0])}': there is no such command",
            "for a line of shell, write --run \"sh -c '...'\"",
        )
    return words


class Alarms:
    """Looks for values that raise alarms, and runs what is to be run."""

    def __init__(
        self,
        following: Following,
        alarms: Sequence[Alarm],
        run: Sequence[str] | None,
        tell: Callable[[str], None],
        marks: Sequence[Mark] = (),
    ) -> None:
        """``tell`` is told what is raised and what fails, from any thread. ``marks`` say what an
        outlier is.

        Raises UsageError for a rate where sums are counted.
        """
        self._following = following
        self._alarms = alarms
        self._tell = tell
        self._marks = marks
        self._runner = Runner(run, tell) if run is not None else None
        self._episodes: dict[tuple[int, tuple[bytes, ...]], float] = {}
        self.raised = 0
        """How many alarms were raised."""
        rates = any(each.name == "rate" for alarm in alarms for each in alarm.comparisons)
        if rates and not is_counted(following):
            raise UsageError("a rate is one of records, and sums are counted", "use count or peak")

    def check(self) -> None:
        """Raise the alarms of all values for which one holds and did not hold before."""
        now = time.monotonic()
        for number, alarm in enumerate(self._alarms):
            with self._following.lock:
                view = alarm.view._replace(last=self._following.wanted.last, marks=self._marks)
                standings = stand(self._following, view).rows
            for standing in standings:
                if not alarm.holds(standing):
                    continue
                key = (number, standing.row.groups)
                known = key in self._episodes
                # What holds goes to the end, so that what is oldest is first.
                self._episodes.pop(key, None)
                self._episodes[key] = now
                if not known:
                    self._raise(alarm, standing)
        for key, held in list(self._episodes.items()):
            if now - held < EPISODE and len(self._episodes) <= REMEMBERED:
                break
            del self._episodes[key]

    def active(self) -> frozenset[tuple[bytes, ...]]:
        """The values for which an alarm held when it was last looked for, or shortly before."""
        return frozenset(groups for _, groups in list(self._episodes))

    def _raise(self, alarm: Alarm, standing: Standing) -> None:
        self.raised += 1
        if self._runner is None:
            self._tell(f"alarm: {alarm.text}: {shown_row(standing.row)}")
            return
        self._runner.run(facts(alarm, standing, self._following))

    def close(self) -> None:
        """Wait for the commands that run."""
        if self._runner is not None:
            self._runner.close()


def facts(alarm: Alarm, standing: Standing, following: Following) -> dict[str, object]:
    """What a command is told."""
    from streamstats.render.instants import Clock
    from streamstats.times import zone

    row = standing.row
    clock = Clock(following.wish.zone or zone("UTC"))
    life = row.life
    return {
        "schema": 1,
        "alarm": alarm.text,
        "value": shown_row(row),
        "by": list(following.growing.by if following.growing is not None else ()),
        "count": row.count,
        "share": row.share,
        "outlier": row.outlier,
        "rate": standing.rate,
        "peak": None if life is None else life.peak,
        "peak_at": None if life is None else clock.rfc3339(life.peak_at),
        "first": None if life is None else clock.rfc3339(life.first),
        "last": None if life is None else clock.rfc3339(life.last),
        "at": clock.rfc3339(time.time_ns()),
    }


class Runner:
    """Runs a command for each set of facts: a few at a time, and none for long."""

    def __init__(self, words: Sequence[str], tell: Callable[[str], None]) -> None:
        self._words = list(words)
        self._tell = tell
        self._queue: deque[dict[str, object]] = deque()
        self._lock = threading.Lock()
        self._workers: list[threading.Thread] = []
        self._running = 0
        self._dropped = 0

    def run(self, facts: dict[str, object]) -> None:
        """Run it for these as soon as there is room."""
        with self._lock:
            if len(self._queue) >= QUEUE:
                self._dropped += 1
                if self._dropped == 1:
                    self._tell(f"--run: more than {QUEUE} alarms wait; more are not run")
                return
            self._queue.append(facts)
            if self._running < AT_A_TIME:
                self._running += 1
                worker = threading.Thread(target=self._work, daemon=True)
                self._workers = [each for each in self._workers if each.is_alive()]
                self._workers.append(worker)
                worker.start()

    def _work(self) -> None:
        while True:
            with self._lock:
                if not self._queue:
                    self._running -= 1
                    return
                facts = self._queue.popleft()
            self._one(facts)

    def _one(self, facts: dict[str, object]) -> None:
        name = printable(self._words[0])
        text = json.dumps(facts, ensure_ascii=True) + "\n"
        try:
            process = subprocess.Popen(
                self._words,
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                env=os.environ | variables(facts),
                start_new_session=True,
            )
        except OSError as error:
            self._tell(f"--run: {name}: {error.strerror or error}")
            return
        try:
            _, said = process.communicate(text.encode(), timeout=TIME_LIMIT)
        except subprocess.TimeoutExpired:
            _kill(process)
            self._tell(f"--run: {name} took longer than {TIME_LIMIT:g} seconds, and was ended")
            return
        except OSError as error:
            _kill(process)
            self._tell(f"--run: {name}: {error.strerror or error}")
            return
        if process.returncode:
            lines = said.decode("utf-8", "surrogateescape").strip().splitlines()
            why = f": {printable(lines[-1][:200])}" if lines else ""
            self._tell(f"--run: {name} gave status {process.returncode}{why}")

    def close(self) -> None:
        """Wait for those that run or wait, no longer than twice what each may take."""
        deadline = time.monotonic() + 2 * TIME_LIMIT
        for worker in self._workers:
            worker.join(max(0.0, deadline - time.monotonic()))


def _kill(process: subprocess.Popen[bytes]) -> None:
    """End a command with all that it has started."""
    try:
        os.killpg(process.pid, 9)
    except (OSError, ProcessLookupError):
        process.kill()
    process.wait()
    for pipe in (process.stdin, process.stderr):
        if pipe is not None:
            pipe.close()


def variables(facts: dict[str, object]) -> dict[str, str]:
    """The facts as environment variables: ``STREAMSTATS_VALUE`` and so on."""
    found = {}
    for name, fact in facts.items():
        if fact is None:
            continue
        text = ",".join(map(str, fact)) if isinstance(fact, list) else str(fact)
        found[f"STREAMSTATS_{name.upper()}"] = text.replace("\0", "")
    return found
