"""The call from Python, ``streamstats.diff``; and what the two sides are, for the command too."""

from __future__ import annotations

import glob
import os
import time
from typing import cast

from streamstats.engines.call import paths_of_source, texts, wish_of
from streamstats.engines.compare import (
    Compare,
    Sides,
    compare,
    compared,
    measure_of,
    together,
)
from streamstats.engines.once import Job, Watcher
from streamstats.engines.opening import Search
from streamstats.errors import SourceError, UsageError, printable
from streamstats.patterns.groups import split_groups
from streamstats.summary.change import Diff, Q
from streamstats.tally import Tally

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from zoneinfo import ZoneInfo

    from streamstats.engines.call import Path

    Bounds = tuple[int | None, int | None]
    Window = Callable[[int], Bounds]


def diff(
    a: Path | Sequence[Path] | Tally,
    b: Path | Sequence[Path] | Tally | None = None,
    pattern: str | None = None,
    by: str | Sequence[str] | None = None,
    where: str | Sequence[str] | None = None,
    *,
    before: str | None = None,
    after: str | None = None,
    compare: str | None = None,
    q: float = Q,
    top: int = 0,
    tz: str | None = None,
    time_field: str | None = None,
    multiline: bool = False,
    threads: int | None = None,
    geoip: str | Sequence[str] | None = None,
) -> Diff:
    """What changed between two logs, between two windows of one, or between two tallies.

    ``a`` and ``b`` are paths (of files or folders), or several of them each. Without ``b`` two
    windows of ``a`` are compared, ``before`` and ``after``, each "WHEN..WHEN" as the command takes
    it; where one is not given, it is all before, or after, the other one. Or both are tallies of
    the same groups, which ``count`` made.

    ``by`` names a group, or several with commas between that are compared together; of a list each
    is compared on its own. Without it these are the groups that tell something. ``compare`` is
    "rates" (records per second, the default where there are times), "shares" (of all records) or
    "counts". A value has changed when its Benjamini-Hochberg ``q`` is at most that much; ``top``
    keeps so many changes of each group, 0 all.

    Raises:
        UsageError: a pattern, group or condition that cannot be used; one file alone, a file on
            both sides, windows that overlap; tallies of different groups or of sums.
        WhenError: a window that cannot be read, or is empty.
        SourceError: a source cannot be read.
        StreamstatsError: a side has no record.
    """
    if isinstance(a, Tally) or isinstance(b, Tally):
        if not (isinstance(a, Tally) and isinstance(b, Tally)):
            raise UsageError("a tally is compared with another tally")
        return _of_tallies(a, b, compare, q, top)
    groups = () if by is None else (by,) if isinstance(by, str) else tuple(by)
    how = Compare(tuple(split_groups(text) for text in groups), compare, q, top)
    job = Job(
        (),
        pattern,
        where=texts(where),
        threads=threads,
        wish=wish_of(None, None, "1s", tz)._replace(wanted=compare == "rates"),
        search=Search(recursive=True),
        time_field=time_field,
        multiline=multiline,
        geoip=tuple(texts(geoip)),
    )
    windowed = before is not None or after is not None
    first = paths_of_source(a)
    if windowed:
        if b is not None:
            first = [*first, *paths_of_source(b)]
        sides = _windowed(job, first, before, after)
    else:
        if b is None:
            raise alone(first[0])
        second = paths_of_source(b)
        apart(first, second)
        names = ", ".join(first), ", ".join(second)
        sides = Sides(job._replace(paths=first), job._replace(paths=second), names)
    result = _compare(sides, how, Watcher())
    if result.failed:
        raise result.failed[0]
    return result.diff


_compare = compare  # the parameter of that name hides it


def _of_tallies(a: Tally, b: Tally, measure: str | None, q: float, top: int) -> Diff:
    if a.summed or b.summed:
        raise UsageError("sums are not records, and cannot be compared as they are")
    if not a.records or not b.records:
        raise UsageError("a tally without records has nothing to be compared with")
    found = measure_of(measure, a, b)
    return together(a, b, [compared(a, b, found, q=q, top=top)], found, ("before", "after"))


def _windowed(job: Job, paths: list[str], before: str | None, after: str | None) -> Sides:
    assert job.wish is not None
    first, second = said(before, after, cast("ZoneInfo", job.wish.zone), time.time_ns())
    return in_windows(job, paths, (first, second), (before, after))


def alone(path: str) -> UsageError:
    """The error for one file without windows."""
    return UsageError(
        f"{printable(path)} alone has nothing to be compared with",
        "name two files, or two windows: --before WHEN..WHEN --after WHEN..WHEN",
    )


def in_windows(
    job: Job,
    paths: Sequence[str],
    both: tuple[Window, Window],
    texts: tuple[str | None, str | None],
) -> Sides:
    """The two sides of one set of files, whose windows were said as ``texts``."""
    assert job.wish is not None
    name = ", ".join(paths)
    first, second = (
        job._replace(paths=paths, wish=job.wish._replace(window=window, wanted=True))
        for window in both
    )
    before, after = texts
    return Sides(
        first,
        second,
        (name, name),
        (
            f"--before {before}" if before else "the time before --after",
            f"--after {after}" if after else "the time after --before",
        ),
    )


def said(
    before: str | None,
    after: str | None,
    zone: ZoneInfo,
    clock: int | None,
    day_first: bool | None = None,
) -> tuple[Window, Window]:
    """The windows that were said. ``clock`` is now; None where that is known only later.

    Raises:
        WhenError: one cannot be read, or is empty.
        UsageError: they overlap.
    """
    from streamstats.times import window
    from streamstats.times.stamps import parse_stamp

    def of(text: str) -> Window:
        def found(now: int) -> Bounds:
            # One clock for both sides and all groups, which are counted one after another.
            at = now if clock is None else clock
            both = window(text, at, zone, stamp=parse_stamp, day_first=day_first)
            return both.start, both.end

        return found

    both = windows(
        of(before) if before is not None else None, of(after) if after is not None else None
    )
    if clock is not None:
        # What cannot be meant is refused before anything is opened.
        both[0](clock)
    return both


def paths_of(operand: str) -> list[str]:
    """The paths that one side names: a file, a folder, or a glob that the shell was kept from.

    Raises:
        SourceError: nothing fits a glob.
    """
    if os.path.lexists(operand) or not glob.has_magic(operand):
        return [operand]
    found = sorted(glob.glob(operand, recursive=True))
    if not found:
        raise SourceError(operand, "no file fits it", "look at it with ls, in quotes or without")
    return found


def apart(before: Sequence[str], after: Sequence[str]) -> None:
    """Refuse to compare a file with itself. Raises UsageError."""
    known = {_identity(path): path for path in before}
    for path in after:
        if _identity(path) in known:
            raise UsageError(
                f"{printable(path)} is on both sides",
                "to compare two times of it, name it once, with --before WHEN..WHEN and "
                "--after WHEN..WHEN",
            )


def windows(before: Window | None, after: Window | None) -> tuple[Window, Window]:
    """Two windows, each of which knows the other: where one is not given, it is all that lies
    before, or after, the other one.

    Called, they raise UsageError where the two overlap, or where an open end says nothing.
    """

    def both(now: int) -> tuple[Bounds, Bounds]:
        first = before(now) if before is not None else None
        second = after(now) if after is not None else None
        if first is None:
            assert second is not None
            if second[0] is None:
                raise UsageError("--after has no start, and nothing comes before it", _WINDOWS)
            first = (None, second[0])
        if second is None:
            if first[1] is None:
                raise UsageError("--before has no end, and nothing comes after it", _WINDOWS)
            second = (first[1], None)
        if _overlap(first, second):
            raise UsageError("the windows --before and --after overlap", _WINDOWS)
        return first, second

    return (lambda now: both(now)[0]), (lambda now: both(now)[1])


def _overlap(first: Bounds, second: Bounds) -> bool:
    def begins_before(start: int | None, end: int | None) -> bool:
        return start is None or end is None or start < end

    return begins_before(first[0], second[1]) and begins_before(second[0], first[1])


_WINDOWS = "write two that do not, as --before 13:00..14:00 --after 14:00..15:00"


def _identity(path: str) -> object:
    try:
        status = os.stat(path)
    except OSError:
        return os.path.abspath(path)
    return status.st_dev, status.st_ino
