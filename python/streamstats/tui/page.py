"""The page of one value: its timeline, its rates, first and last, and its latest lines."""

from __future__ import annotations

from typing import ClassVar, NamedTuple

from rich.cells import set_cell_size
from rich.style import Style
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import Screen

from streamstats.engines.latest import latest
from streamstats.engines.standing import NOW, exact
from streamstats.render.escape import shown, shown_row
from streamstats.render.instants import Clock
from streamstats.render.kinds import named
from streamstats.render.live import rate
from streamstats.render.numbers import number, percent
from streamstats.render.sparks import spark, squeezed
from streamstats.render.width import cut
from streamstats.tui.overview import length
from streamstats.tui.table import Lines

TYPE_CHECKING = False
if TYPE_CHECKING:
    from streamstats.engines.follow import Following
    from streamstats.render.kinds import Kinds
    from streamstats.summary.model import Life, Row

SECOND = 1_000_000_000

REFRESH = 1.0

LINES = 100


class Facts(NamedTuple):
    """What is known of a value."""

    counted: int | float
    share: float
    now: float
    life: Life | None
    buckets: list[tuple[int, int]]
    """When its records occurred, as far back as that is known."""
    lines: list[bytes]
    width: int
    """Of a bucket, in nanoseconds."""
    last: int | None
    """The window that is looked at, in nanoseconds; None for all."""
    read: int
    """How many lines had been read."""


def look(following: Following, row: Row, last: int | None, before: Facts | None = None) -> Facts:
    """What is known of a value now; ``before`` is what was known at the last look."""
    with following.lock:
        tally = following.tally(last)
        count = tally.get(*row.groups, kinds=exact(row))
        life = tally.life_of(*row.groups, kinds=exact(row))
        buckets = tally.buckets_of(*row.groups, kinds=exact(row))
        width = following.wish.width
        now = following.lately(NOW).get(*row.groups, kinds=exact(row))
        share = count / tally.records if tally.records else 0.0
        read = following.lines
    if before is not None and before.read == read:
        lines = before.lines
    else:
        lines = latest(following, row, LINES)
    return Facts(count, share, now / (NOW / SECOND), life, buckets, lines, width, last, read)


def text(facts: Facts, clock: Clock, size: tuple[int, int], unicode: bool) -> list[str]:
    """The page as lines, as many as there is room for."""
    columns, rows = size
    window = length(facts.last)
    lines = [f"count {number(facts.counted)}  share {percent(facts.share)}  of {window}"]
    life = facts.life
    if life is not None:
        rates = [f"now {rate(facts.now)}/s"]
        rates += [f"mean {life.mean:.3g}/s"] if life.mean is not None else []
        rates += [f"active {life.active:.3g}/s"] if life.active is not None else []
        rates.append(f"peak {life.peak:,} at {_moment(clock, life.peak_at)}")
        lines += [
            "  ".join(rates),
            f"first {_moment(clock, life.first)}  last {_moment(clock, life.last)}",
            "",
            spark(over_time(facts.buckets, facts.width, columns), unicode),
        ]
    lines += ["", f"latest lines ({len(facts.lines)})" if facts.lines else "no line at hand"]
    lines = [cut(line, columns, "…" if unicode else "~") for line in lines]
    # Of a line of a log the end is the part that can be spared.
    rest = facts.lines[: max(0, rows - len(lines))]
    lines += [set_cell_size(shown(line, True, not unicode)[0], columns) for line in rest]
    return lines[:rows]


def over_time(buckets: list[tuple[int, int]], width: int, columns: int) -> list[int]:
    """The records in equal steps of time, at most so many."""
    if not buckets:
        return []
    first, last = buckets[0][0] // width, buckets[-1][0] // width
    step = -(-(last - first + 1) // columns)
    counts = [0] * (-(-(last - first + 1) // step))
    for instant, records in buckets:
        counts[(instant // width - first) // step] += records
    return squeezed(counts, columns)


def _moment(clock: Clock, instant: int) -> str:
    wall = clock.wall(instant)
    return f"{wall.date} {wall.time}"


class ValuePage(Screen[None]):
    """The page on the screen; it goes on while it is shown."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,enter,q,left,backspace", "dismiss", "back"),
        Binding("y", "copy", "copy"),
    ]
    DEFAULT_CSS = "ValuePage { background: transparent; }"

    def __init__(
        self,
        following: Following,
        row: Row,
        kinds: Kinds,
        last: int | None,
        *,
        unicode: bool,
    ) -> None:
        super().__init__()
        self._following = following
        self._row = row
        self._value = named(row, kinds)
        self._last = last
        self._unicode = unicode
        self._facts: Facts | None = None
        self._looking = False

    def compose(self) -> ComposeResult:
        """The value, what is known, the keys."""
        yield Lines(id="value", style=Style(bold=True))
        body = Lines(id="facts")
        body.styles.height = "1fr"
        yield body
        yield Lines(id="keys", style=Style(reverse=True))

    def on_mount(self) -> None:
        """Begin to look."""
        self.query_one("#value", Lines).show([self._value])
        self.query_one("#keys", Lines).show([" Esc back   y copy the value   q back"])
        self.set_interval(REFRESH, self._look)
        self.call_after_refresh(self._look)

    def on_resize(self) -> None:
        """Lay it out anew."""
        self.call_after_refresh(self._show)

    def _look(self) -> None:
        """On a thread of its own: what is counted now holds nobody up, and no key waits."""
        if not self._looking:
            self._looking = True
            self.run_worker(self._gather, thread=True, exit_on_error=False)

    def _gather(self) -> None:
        try:
            self._facts = look(self._following, self._row, self._last, self._facts)
        finally:
            self._looking = False
        self.app.call_from_thread(self._show)

    def _show(self) -> None:
        zone = self._following.wish.zone
        found = self.query("#facts")
        if not found or self._facts is None or zone is None:
            return
        body = found.first(Lines)
        size = (body.size.width, body.size.height)
        if size[0]:
            body.show(text(self._facts, Clock(zone), size, self._unicode))

    def action_copy(self) -> None:
        """Hand the value to the terminal's clipboard."""
        self.app.copy_to_clipboard(shown_row(self._row))
