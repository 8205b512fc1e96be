"""How each followed source reads, settled when its first lines are there."""

from __future__ import annotations

import time

from streamstats.engines.clock import SECOND, Clock, Wish
from streamstats.engines.clock import settle as settle_clock
from streamstats.engines.once import Job, Watcher
from streamstats.errors import SourceError, UsageError
from streamstats.patterns.resolve import Asked, Choice, choose, condition, find
from streamstats.sources.descriptors import Stream
from streamstats.sources.files import Source
from streamstats.sources.follow.records import Held, quoted_end

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from streamstats.patterns.model import Pattern

_HOUR = 3600 * SECOND

_AHEAD = 24 * _HOUR
"""A stamp without a year is of the latest year in which it is not further ahead than this."""


QUOTED = ("csv", "tsv")
"""Shapes whose fields may hold line ends in quotes."""


class Way:
    """How one source reads."""

    def __init__(self, name: str, choice: Choice, clock: Clock | None, sample: list[bytes]) -> None:
        self.name = name
        self.sample = sample
        """The first lines of the source."""
        self.choice = choice
        self.clock = clock
        """None where lines do not tell their time; they are counted as they arrive."""
        pattern = choice.pattern
        quoted = pattern is not None and pattern.shape in QUOTED
        self.records: Held | None = Held(quoted_end) if quoted else None
        """What holds back a record that takes several lines; None where none does."""

    def clock_now(self) -> Clock | None:
        """The clock for lines that come now. It is renewed each hour, for stamps without a year."""
        now = time.time_ns()
        if self.clock is not None and now + _AHEAD - self.clock.reference > _HOUR:
            self.clock = self.clock._replace(reference=now - now % _HOUR + _AHEAD)
        return self.clock


class Ways:
    """Settles them, all for the same groups."""

    def __init__(self, job: Job, watcher: Watcher) -> None:
        """Raises as ``engines.once.run`` does for a pattern that is given."""
        self._watcher = watcher
        self.asked = Asked(
            job.by,
            tuple(condition(text) for text in job.where),
            job.sum,
            job.numbers,
            job.time_field,
        )
        self._fixed: Choice | None = None
        """What a pattern that was given says."""
        self._shape: Pattern | None = None
        self.settled: list[Way] = []
        wish = job.wish
        if job.pattern is not None or (wish is not None and wish.bracketed):
            given = _given(job)
            if given is not None and given.shape != "":
                self._shape = given
            else:
                self._fixed = self._chosen(given)

    @property
    def by(self) -> tuple[str, ...]:
        """The groups that are counted."""
        if self.settled:
            return self.settled[0].choice.by
        if self._fixed is not None:
            return self._fixed.by
        return self.asked.by or (() if self.asked.numbers else ("line",))

    def _chosen(self, pattern: Pattern | None) -> Choice:
        by, where, summed, numbers, time_field = self.asked
        return choose(pattern, by, where, summed, numbers, time_field=time_field)

    def settle(self, name: str, head: bytes, wish: Wish) -> Way:
        """How a source reads that begins so.

        Raises:
            SourceError: its values are not like those of the others.
            UsageError: it is the first, and has not what is asked for.
        """
        source = Source(name, Stream(-1, own=False), head=head, modified=time.time_ns() + _AHEAD)
        choice = self._fixed or self._recognised(source)
        if self.settled and choice.by != self.by:
            raise SourceError(
                name,
                f"reads as '{choice.name}' ({','.join(choice.by)}), and {','.join(self.by)} is "
                "counted",
                "say with -p how to read it, with --by what to count, or follow it alone",
            )
        clock = None
        if choice.time is not None or wish.wanted:
            clocks, reason = settle_clock([(source, choice)], wish)
            if reason is not None:
                self._watcher.untimed(reason)
            clock = clocks[0] if clocks else None
        way = Way(name, choice, clock, source.sample())
        self.settled.append(way)
        return way

    def _recognised(self, source: Source) -> Choice:
        from streamstats.engines.recognise import recognise  # not needed with an expression

        try:
            settled, _, _ = recognise([source], self.asked, self._shape)
        except UsageError as error:
            if self.settled:
                raise SourceError(source.name, error.message, error.hint) from None
            raise
        (found,) = settled
        if found.detection is None and self._shape is None and self.settled:
            # Of a set of logs an odd one is reported for its lines.
            return self.settled[0].choice
        self._watcher.recognised([found])
        return found.choice

    def regrouped(self, way: Way, by: tuple[str, ...]) -> Way:
        """The same, with other groups counted. Raises UsageError where it has them not."""
        from streamstats.engines.recognise import settle  # few runs count another group

        asked = self.asked._replace(by=by)
        choice, _ = settle(way.choice.pattern, way.sample, asked, way.name, firm=True)
        if way.choice.time is not None and choice.time is None:
            choice = choice._replace(time=way.choice.time)
        new = Way(way.name, choice, way.clock, way.sample)
        new.records = way.records
        return new

    def forget(self, gone: Sequence[Way]) -> None:
        """Let go of sources that are read no more; how the first one read is still known."""
        self.settled = [
            way
            for at, way in enumerate(self.settled)
            if not at or all(way is not each for each in gone)
        ]

    def turn(self, by: tuple[str, ...]) -> None:
        """Settle sources that are still to come for these groups."""
        self.asked = self.asked._replace(by=by)
        if self._fixed is not None:
            self._fixed = self._chosen(self._fixed.pattern)

    def groups(self) -> list[str]:
        """The groups that can be counted: those of the pattern, or the keys of the first lines."""
        names: dict[str, None] = {}
        for way in self.settled:
            pattern = way.choice.pattern
            if pattern is not None and pattern.shape:
                from streamstats.patterns.shaped import reading  # not of expressions

                seen = reading(pattern, way.sample, self.asked.names()).seen
                names |= dict.fromkeys(seen.keys)
            else:
                names |= dict.fromkeys(getattr(way.choice.compiled, "groups", ()) or ("line",))
        return list(names)


def _given(job: Job) -> Pattern | None:
    if job.pattern is not None:
        return find(job.pattern)
    from streamstats.engines.clock import TIMED
    from streamstats.patterns.model import Pattern

    return Pattern("timed", TIMED, default=("value",))
