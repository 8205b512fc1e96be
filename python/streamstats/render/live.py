"""What stands around a summary while logs are followed."""

from __future__ import annotations

from typing import Protocol

from streamstats.errors import printable
from streamstats.render.instants import Clock
from streamstats.render.look import Look
from streamstats.render.structured import json_number, render_json, seconds
from streamstats.summary.model import Summary

TYPE_CHECKING = False
if TYPE_CHECKING:
    from datetime import tzinfo


class Pace(Protocol):
    """How following goes: ``engines.sliding.Pace``."""

    @property
    def lines(self) -> int:
        """All lines so far."""

    @property
    def rate(self) -> float:
        """Lines in a second, of late."""

    @property
    def lag(self) -> float | None:
        """Now minus the newest record, in seconds; None where lines do not tell their time."""

    @property
    def newest(self) -> int | None:
        """The instant of that record, in nanoseconds since 1970 UTC."""


def heading(pace: Pace, now: int, zone: tzinfo | None, look: Look, end: bool) -> str:
    """The line above a block of text."""
    bar, dot = ("──", "·") if look.unicode else ("--", "-")
    parts = [moment(now, zone), f"{pace.lines:,} line{'' if pace.lines == 1 else 's'}"]
    if end:
        parts.insert(0, "end")
    else:
        parts.append(f"{rate(pace.rate)} lines/s")
    if pace.lag is not None:
        parts.append(f"lag {lag(pace.lag)}")
    return f"{bar} " + f" {dot} ".join(parts) + "\n"


def copy_of(copy: str, original: str) -> str:
    """What is said of a file that was taken for a copy of another."""
    return f"{printable(copy)}: holds what {printable(original)} holds, so it is taken for a copy"


def moment(now: int, zone: tzinfo | None) -> str:
    """A date and a time of the day, to the second."""
    if zone is None:
        from datetime import UTC

        zone = UTC
    wall = Clock(zone).wall(now)
    return f"{wall.date} {wall.time}"


def rate(value: float) -> str:
    """So many in a second, to about two digits."""
    return f"{value:,.0f}" if value >= 10 or value == 0 else f"{value:.1f}"


def lag(value: float) -> str:
    """How far behind, as people say it."""
    if value < 0:
        return "-" + lag(-value)
    if value < 60:
        return f"{value:.1f}s"
    minutes, rest = divmod(int(value), 60)
    if minutes < 60:
        return f"{minutes}m{rest:02}s"
    hours, minutes = divmod(minutes, 60)
    return f"{hours}h{minutes:02}m" if hours < 48 else f"{hours // 24}d"


def one_line(
    summary: Summary, look: Look, pace: Pace, *, at: int, last: int | None, end: bool
) -> str:
    """The JSON layout on one line, with ``live`` in front: how it goes."""
    from datetime import UTC

    clock = Clock(summary.time.zone if summary.time is not None else UTC)
    newest = "null" if pace.newest is None else f'"{clock.rfc3339(pace.newest)}"'
    behind = "null" if pace.lag is None else json_number(round(pace.lag, 3))
    live = (
        f'"live": {{"at": "{clock.rfc3339(at)}", "end": {"true" if end else "false"}, '
        f'"lines": {pace.lines}, "rate": {json_number(round(pace.rate, 1))}, "lag": {behind}, '
        f'"newest": {newest}, "last": {"null" if last is None else seconds(last)}}}, '
    )
    # No value holds a line end: JSON escapes it.
    text = "".join(render_json(summary, look)).replace("\n", "").strip()
    return "{" + live + text[1:] + "\n"
