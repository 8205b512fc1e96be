"""The lines above the table: how it goes, a timeline of the whole, the statsy things."""

from __future__ import annotations

from streamstats.render.escape import shown_name
from streamstats.render.live import lag, rate
from streamstats.render.numbers import number
from streamstats.render.sparks import spark, squeezed
from streamstats.render.width import cut, pad
from streamstats.tui.state import Frame, State

SECOND = 1_000_000_000


def title(frame: Frame, state: State, width: int, unicode: bool) -> str:
    """What is followed and how it goes."""
    dot = " · " if unicode else " - "
    names = [shown_name(name, True, not unicode) for name in frame.files]
    files = names[0] if names else "waiting"
    if len(names) > 1:
        files += f" +{len(names) - 1}"
    right = [
        length(frame.state.last),
        f"{frame.pace.lines:,} lines",
        f"{rate(frame.pace.rate)}/s",
    ]
    if frame.pace.lag is not None:
        right.append(f"lag {lag(frame.pace.lag)}")
    if frame.alarms:
        right.append(f"{frame.alarms} alarm{'' if frame.alarms == 1 else 's'}")
    if state.paused:
        right.append("PAUSED")
    text = dot.join(right)
    room = max(8, width - len(text) - 1)
    return cut(pad(cut(files, room), room) + " " + text, width)


def length(last: int | None) -> str:
    """How long the window is."""
    if last is None:
        return "all"
    seconds = last // SECOND
    for unit, size in (("h", 3600), ("m", 60)):
        if seconds % size == 0:
            return f"last {seconds // size}{unit}"
    return f"last {seconds}s" if last % SECOND == 0 else f"last {last / SECOND:g}s"


def timeline(frame: Frame, width: int, unicode: bool) -> str:
    """All records by time, as wide as the screen; the newest at the right."""
    time = frame.time
    if time is None or time.timeline is None:
        return ""
    return spark(squeezed(time.timeline.counts, width), unicode)


def statsy(frame: Frame, width: int, unicode: bool) -> str:
    """Some Statsy Things, in one line."""
    stats = frame.stats
    about = ("≈" if unicode else "~") if frame.approximate else ""
    parts = [
        f"count {about}{number(stats.count)}",
        f"outliers {number(stats.outliers)}",
        f"total {number(stats.total)}",
        f"mean {number(round(stats.mean, 2))}",
        f"stdev {number(round(stats.stdev, 2))}",
        f"median {number(stats.median)}",
        f"max {number(stats.maximum)}",
        f"min {number(stats.minimum)}",
    ]
    if frame.unmatched:
        parts.insert(3, f"unmatched {frame.unmatched:,}")
    while len("  ".join(parts)) > width and len(parts) > 1:
        parts.pop()
    return "  ".join(parts)[:width]


def status(frame: Frame, state: State, width: int, unicode: bool) -> str:
    """What is chosen, what is going on, and what was said last."""
    parts = []
    if state.text:
        safe = state.text if unicode else state.text.encode("ascii", "backslashreplace").decode()
        found = "many" if frame.chosen is None else f"{frame.chosen:,}"
        parts.append(f"/{shown_name(safe, True)}: {found} of {frame.stats.count:,}")
    if state.outliers:
        parts.append("only outliers")
    if frame.counting is not None:
        parts.append(f"counting anew: {frame.counting:.0%}")
    if frame.notes:
        parts.append(frame.notes[-1])
    return cut(" | ".join(parts), width)
