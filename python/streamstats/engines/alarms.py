"""Alarms: values of which something holds, once for each and episode, and what they are told by."""

from __future__ import annotations

import time
from typing import NamedTuple

from streamstats.engines.expressions import OF_ALL, Condition, condition
from streamstats.engines.running import QUEUE, TIME_LIMIT, Runner
from streamstats.engines.standing import Standing, View, exact, is_counted, stand
from streamstats.errors import UsageError
from streamstats.render.escape import shown_row
from streamstats.render.kinds import Kinds, named

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from streamstats.engines.follow import Following
    from streamstats.summary.marks import Mark
    from streamstats.summary.model import Stats

ORDERED = ("count", "rate", "peak")
"""Numbers by which values can be put in order."""

EPISODE = 60.0
"""An alarm whose condition did not hold for so many seconds can be raised again."""

MOST = 1000
"""So many values are looked at for one alarm at a time: those that come first by its number."""

TURN = 0.05
"""Seconds between two looks for room, at the end."""

REMEMBERED = 100_000
"""So many episodes are remembered."""


class Alarm(NamedTuple):
    """What raises it."""

    text: str
    condition: Condition

    def holds(self, standing: Standing, stats: Stats) -> bool:
        """Whether it holds of a value."""
        return self.condition.holds(known(standing, stats), standing.row.outlier)

    @property
    def views(self) -> list[View]:
        """The values that may raise it, the likely ones first."""
        return list(dict.fromkeys(_likely(self.condition, wanted=True)))


def _likely(condition: Condition, *, wanted: bool) -> list[View]:
    """Where to look for values of which a condition holds, or does not.

    Of all that has to hold one part is enough to look by; of what may hold, all parts.
    """
    if condition.sign == "not":
        return _likely(condition.parts[0], wanted=not wanted)
    if condition.sign == "outlier":
        return [View(outliers=wanted, limit=MOST)]
    if condition.sign in ("and", "or"):
        views = [_likely(part, wanted=wanted) for part in condition.parts]
        if (condition.sign == "or") == wanted:
            return [view for some in views for view in some]
        return min(views, key=lambda some: max(map(_breadth, some)))
    at = next((at for at, side in enumerate(condition.sides) if side.name in ORDERED), 0)
    large = condition.sign not in (("<", "<=") if at == 0 else (">", ">="))
    name = condition.sides[at].name
    return [View(sort=name if name in ORDERED else "count", reverse=large != wanted, limit=MOST)]


def _breadth(view: View) -> int:
    """Outliers are few, large numbers fewer than small ones."""
    return 0 if view.outliers else 1 + view.reverse


def alarm(text: str) -> Alarm:
    """Read an expression: ``outlier``, ``rate > 50``, ``peak > 200 and share > 5%``.

    Raises UsageError.
    """
    return Alarm(text.strip(), condition(text, "--alarm"))


def known(standing: Standing, stats: Stats) -> dict[str, float | None]:
    """What names stand for: of a value, and of all of them."""
    row = standing.row
    life = row.life
    found: dict[str, float | None] = {
        "count": row.count,
        "share": row.share,
        "rate": standing.rate,
        "rate.mean": None if life is None else life.mean,
        "rate.active": None if life is None else life.active,
        "peak": None if life is None else life.peak,
    }
    return found | {name: getattr(stats, name.partition(".")[2]) for name in OF_ALL}


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
        self._episodes: dict[tuple[int, tuple[bytes, ...], tuple[str, ...]], float] = {}
        self._full = False
        self._left = 0
        self.raised = 0
        """How many alarms were raised."""
        rates = any("rate" in alarm.condition.names() for alarm in alarms)
        if rates and not is_counted(following):
            raise UsageError("a rate is one of records, and sums are counted", "use count or peak")

    def check(self) -> None:
        """Raise the alarms of all values for which one holds and did not hold before."""
        now = time.monotonic()
        self._left = 0
        for number, alarm in enumerate(self._alarms):
            raising = self._raising(alarm)
            columns = len(raising[0].row.groups) if raising else 0
            kinds = Kinds(columns, (each.row for each in raising))
            for standing in raising:
                key = (number, standing.row.groups, exact(standing.row))
                known = key in self._episodes
                # What holds goes to the end, so that what is oldest is first.
                self._episodes.pop(key, None)
                self._episodes[key] = now
                if not known and not self._raise(alarm, standing, kinds):
                    # It waits for its turn, and is raised the next time.
                    del self._episodes[key]
                    self._left += 1
        if self._left and not self._full:
            self._full = True
            self._tell(f"--run: more than {QUEUE} alarms wait; the others come after them")
        for key, held in list(self._episodes.items()):
            if now - held < EPISODE and len(self._episodes) <= REMEMBERED:
                break
            del self._episodes[key]

    def _raising(self, alarm: Alarm) -> list[Standing]:
        """The values of which an alarm holds, each once."""
        found: dict[tuple[object, ...], Standing] = {}
        for likely in alarm.views:
            view = likely._replace(last=self._following.wanted.last, marks=self._marks)
            with self._following.lock:
                standings = stand(self._following, view)
                stats = standings.summary.stats
            for standing in standings.rows:
                if alarm.holds(standing, stats):
                    found.setdefault((standing.row.groups, exact(standing.row)), standing)
        return list(found.values())

    def active(self) -> frozenset[tuple[bytes, ...]]:
        """The values for which an alarm held when it was last looked for, or shortly before."""
        return frozenset(groups for _, groups, _ in list(self._episodes))

    def _raise(self, alarm: Alarm, standing: Standing, kinds: Kinds) -> bool:
        """Whether it was raised; else too many wait already."""
        if self._runner is None:
            self._tell(f"alarm: {alarm.text}: {named(standing.row, kinds)}")
        elif not self._runner.run(facts(alarm, standing, self._following)):
            return False
        self.raised += 1
        return True

    def close(self) -> None:
        """Wait for the commands that run, and run those that are still to come."""
        deadline = time.monotonic() + 2 * TIME_LIMIT
        while self._left and time.monotonic() < deadline:
            time.sleep(TURN)
            self.check()
        if self._left:
            self._tell(f"--run: {self._left:,} more alarms were raised at the end, and not run")
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
        "kinds": list(exact(row)),
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
