"""What the flags about times say."""

from __future__ import annotations

import time

from streamstats.cli.main import complain
from streamstats.errors import UsageError, printable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from zoneinfo import ZoneInfo

    from streamstats.cli.parser import Arguments
    from streamstats.engines.clock import Wish

    Window = Callable[[int], tuple[int | None, int | None]]


def wish(arguments: Arguments) -> Wish | None:
    """What is wanted of times; None where they are not to be looked at.

    Raises:
        WhenError: a time, a duration or a zone that cannot be read. Nothing was opened then.
        UsageError: flags that need times beside --no-time.
    """
    windowed = any(text is not None for text in (arguments.start, arguments.end, arguments.window))
    asked = windowed or arguments.time or arguments.sort in ("rate", "peak", "first", "last")
    if arguments.no_time or arguments.pattern == "line":
        if asked:
            what = "--no-time" if arguments.no_time else "-p line"
            raise UsageError(f"a window or an order of time cannot be had with {what}")
        return None
    from streamstats.engines.clock import SECOND, Wish

    # The package of times is not imported for what is usual: there may be no times at all.
    where = _zone(arguments.tz) if arguments.tz is not None or windowed else None
    window = _window(arguments, where) if where is not None and windowed else None
    if window is not None and arguments.relative_to != "log":
        # What cannot be read is refused before anything is opened.
        now = time.time_ns()
        _warn(arguments, window(now)[0], now, where)
    return Wish(
        zone=where,
        wanted=asked,
        format=arguments.time_format,
        bracketed=arguments.time and arguments.pattern is None,
        day_first=True if arguments.day_first else False if arguments.month_first else None,
        window=window,
        from_log=windowed and arguments.relative_to == "log",
        per=SECOND if arguments.per == "1s" else _per(arguments.per),
        sliding=arguments.peak == "sliding",
        lateness=60 * SECOND if arguments.lateness == "60s" else _length(arguments.lateness),
        seek=not arguments.no_seek,
        bounded=arguments.memory_limit is not None or arguments.approximate,
    )


def _warn(arguments: Arguments, start: int | None, now: int, zone: ZoneInfo | None) -> None:
    """Say what was probably meant by a start that is still to come."""
    text = arguments.start or (arguments.window or "").partition("..")[0]
    if start is None or start <= now or not text or zone is None:
        return
    from streamstats.times.suggest import past

    meant = past(text, start, now, zone)
    hint = f"; did you mean '{meant}'?" if meant else ""
    complain(f"'{printable(text)}' is still to come{hint}")


def _zone(name: str | None) -> ZoneInfo:
    from streamstats.times import zone

    return zone(name)


def _length(text: str) -> int:
    from streamstats.times import duration

    return duration(text)


def _per(text: str) -> int:
    length = _length(text)
    if length <= 0:
        raise UsageError(
            f"--per '{printable(text)}' is no length of time", "write --per 1s or --per 5m"
        )
    return length


def size(text: str | None) -> int | None:
    """The bytes that ``512M`` says. Raises UsageError."""
    if text is None:
        return None
    digits, unit = text.rstrip("BbIi").rstrip("KMGTkmgt"), text.rstrip("BbIi").upper()[-1:]
    if not (digits.isascii() and digits.isdigit() and len(digits) < 10 and int(digits) > 0):
        raise UsageError(
            f"'{printable(text)}' is not a size of memory", "write --memory-limit 512M"
        )
    power = " KMGT".find(unit) if unit in "KMGT" else 0
    return int(digits) << (10 * power)


def _window(arguments: Arguments, zone: ZoneInfo) -> Window:
    from streamstats.times import between, window
    from streamstats.times.stamps import parse_stamp

    day_first = True if arguments.day_first else False if arguments.month_first else None

    def found(now: int) -> tuple[int | None, int | None]:
        if arguments.window is not None:
            both = window(arguments.window, now, zone, stamp=parse_stamp, day_first=day_first)
        else:
            both = between(
                arguments.start, arguments.end, now, zone, stamp=parse_stamp, day_first=day_first
            )
        return both.start, both.end

    return found
