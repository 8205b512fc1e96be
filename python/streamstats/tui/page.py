"""The page of one value: its timeline, its rates, first and last, and its latest lines."""

from __future__ import annotations

import time
from typing import ClassVar, NamedTuple

from rich.cells import set_cell_size
from rich.style import Style
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import Screen

from streamstats.engines.latest import latest
from streamstats.engines.standing import NOW
from streamstats.render.escape import shown
from streamstats.render.instants import Clock
from streamstats.render.live import rate
from streamstats.render.numbers import number, percent
from streamstats.render.sparks import spark
from streamstats.render.width import cut
from streamstats.summary.rates import active_rate, mean_rate
from streamstats.tui.overview import squeezed
from streamstats.tui.table import Lines

TYPE_CHECKING = False
if TYPE_CHECKING:
    from streamstats.engines.follow import Following

SECOND = 1_000_000_000

REFRESH = 1.0

LINES = 100


class Facts(NamedTuple):
    """What is known of a value."""

    counted: int | float
    share: float
    now: float
    buckets: list[tuple[int, int]]
    lines: list[bytes]
    width: int


def look(following: Following, groups: tuple[bytes, ...], last: int | None) -> Facts:
    """What is known of a value now."""
    with following.lock:
        tally = following.tally(last)
        count = tally.get(*groups)
        buckets = tally.buckets_of(*groups)
        width = following.wish.width
        newest = following.pace().newest or time.time_ns()
        since = following.end(newest) - NOW
        now = sum(records for instant, records in buckets if instant >= since)
        share = count / tally.records if tally.records else 0.0
    lines = latest(following, groups, LINES)
    return Facts(count, share, now / (NOW / SECOND), buckets, lines, width)


def text(facts: Facts, clock: Clock, size: tuple[int, int], unicode: bool) -> list[str]:
    """The page as lines, as many as there is room for."""
    columns, rows = size
    buckets = facts.buckets
    lines = [f"count {number(facts.counted)}  share {percent(facts.share)}"]
    if buckets:
        first, last = buckets[0][0], buckets[-1][0] + facts.width
        records = sum(count for _, count in buckets)
        peak_at, peak = max(buckets, key=lambda bucket: bucket[1])
        mean = mean_rate(records, (last - first) / SECOND)
        active = active_rate(records, buckets[0][0], buckets[-1][0])
        rates = [f"now {rate(facts.now)}/s"]
        rates += [f"mean {mean:.3g}/s"] if mean is not None else []
        rates += [f"active {active:.3g}/s"] if active is not None else []
        length = facts.width / SECOND
        rates.append(f"peak {peak:,} in {length:g}s at {_moment(clock, peak_at)}")
        lines += [
            "  ".join(rates),
            f"first {_moment(clock, first)}  last {_moment(clock, buckets[-1][0])}",
            "",
            spark(over_time(buckets, facts.width, columns), unicode),
        ]
    lines += ["", f"latest lines ({len(facts.lines)})" if facts.lines else "no line at hand"]
    lines = [cut(line, columns, "…" if unicode else "~") for line in lines]
    # Of a line of a log the end is the part that can be spared.
    rest = facts.lines[: max(0, rows - len(lines))]
    lines += [set_cell_size(shown(line, True, not unicode)[0], columns) for line in rest]
    return lines[:rows]


def over_time(buckets: list[tuple[int, int]], width: int, columns: int) -> list[int]:
    """The records in equal steps of time, at most so many."""
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
        value: str,
        groups: tuple[bytes, ...],
        last: int | None,
        *,
        unicode: bool,
    ) -> None:
        super().__init__()
        self._following = following
        self._value = value
        self._groups = groups
        self._last = last
        self._unicode = unicode

    def compose(self) -> ComposeResult:
        """The value, what is known, the keys."""
        yield Lines(id="value", style=Style(bold=True))
        body = Lines(id="facts")
        body.styles.height = "1fr"
        yield body
        yield Lines(id="keys", style=Style(reverse=True))

    def on_mount(self) -> None:
        """Begin to look."""
        self.set_interval(REFRESH, self._look)
        self.call_after_refresh(self._look)

    def on_resize(self) -> None:
        """Lay it out anew."""
        self.call_after_refresh(self._look)

    def _look(self) -> None:
        size, zone = self.query_one("#facts").size, self._following.wish.zone
        if not size.width or zone is None:
            # Not laid out yet.
            return
        facts, clock = look(self._following, self._groups, self._last), Clock(zone)
        self.query_one("#value", Lines).show([self._value])
        lines = text(facts, clock, (size.width, size.height), self._unicode)
        self.query_one("#facts", Lines).show(lines)
        self.query_one("#keys", Lines).show([" Esc back   y copy the value   q back"])

    def action_copy(self) -> None:
        """Hand the value to the terminal's clipboard."""
        self.app.copy_to_clipboard(self._value)
