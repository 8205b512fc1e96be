"""Counts another group of what is followed, without starting over."""

from __future__ import annotations

import os
import time
from typing import NamedTuple

from streamstats.engines.follow import decoded_lines
from streamstats.sources.descriptors import Pool
from streamstats.sources.files import open_source

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from streamstats.engines.follow import Following
    from streamstats.engines.ways import Way
    from streamstats.sources.follow.reading import Tracked
    from streamstats.sources.growing import Growing

_PIECE = 64 << 20
"""So many bytes are counted between two looks at whether to go on."""


_ATTEMPTS = 3
"""So many times is it begun anew, when a file is cut off while it is counted."""


class _File(NamedTuple):
    tracked: Tracked
    fd: int
    """A descriptor of our own."""
    restarts: int
    """How often it had been cut off."""
    stop: int
    """Up to here it is counted; 0 where its contents have gone."""
    way: Way


class Cancelled(Exception):
    """Somebody does not want it any more."""


def regroup(following: Following, by: tuple[str, ...], go_on: Callable[[float], bool]) -> int:
    """Count other groups of all that can still be read, and then of what comes.

    While all files that are held open are counted anew, from their beginning, the old groups go on
    being counted; at the end the new ones take their place. ``go_on`` is told which part is done,
    and says whether to. So many bytes are missing as it returns, which cannot be read any more: of
    files that were cut off, and of streams.

    Raises:
        UsageError: a source has not these groups.
        Cancelled: ``go_on`` said no.
        OSError: a file cannot be read any more.
    """
    for attempt in range(1, _ATTEMPTS + 1):
        lost = _regroup(following, by, go_on, last=attempt == _ATTEMPTS)
        if lost is not None:
            return lost
    raise AssertionError("the last attempt has an answer")


def _regroup(
    following: Following, by: tuple[str, ...], go_on: Callable[[float], bool], *, last: bool
) -> int | None:
    """One attempt; None where a file was cut off while it was counted, if not ``last``."""
    ways = following.ways
    with following.lock:
        held = [file for file in following.ledger.files if file.position]
        ways_of = {file.key: following.way_of(file) for file in held}
        known = list(ways.settled)
        new = {id(way): ways.regrouped(way, by) for way in known}
        files = [
            _File(
                file,
                os.dup(file.fd),
                file.restarts,
                _counted(file, way) if file.is_whole() else 0,
                way,
            )
            for file in held
            if (way := ways_of[file.key]) is not None
        ]
        recent = list(following.recent)
        seen = following.dropped + sum(len(data) for data, _ in recent)
        packed = dict(following.ways_of_packed)
    growing = following.new_growing(by)
    whole = sum(file.stop for file in files) or 1
    done = 0
    try:
        for file in files:
            start = 0
            while start < file.stop:
                stop = _line_end(file.fd, start, file.stop)
                _range(growing, file.fd, (start, stop), new[id(file.way)])
                done += stop - start
                start = stop
                if not go_on(done / whole):
                    raise Cancelled
        for data, way in recent:
            _data(growing, data, new[id(way)])
        for path, way in packed.items():
            _packed(growing, path, new[id(way)])
        with following.lock:
            if not last and not all(map(_is_unharmed, files)):
                return None
            lost = following.dropped + sum(file.lost for file in following.ledger.files)
            lost += _catch_up(following, growing, files, seen, new)
            _replace(following, growing, new)
            return lost
    finally:
        for file in files:
            os.close(file.fd)


def _is_unharmed(file: _File) -> bool:
    """Whether what was counted of a file stood there all the time."""
    tracked = file.tracked
    return not file.stop or (tracked.restarts == file.restarts and tracked.is_whole())


def _line_end(fd: int, start: int, stop: int) -> int:
    """Behind the last line that ends within a piece."""
    end = start + _PIECE
    while end < stop:
        at = os.pread(fd, 1 << 16, end).find(b"\n")
        if at >= 0:
            return min(stop, end + at + 1)
        end += 1 << 16
    return stop


def _catch_up(
    following: Following,
    growing: Growing,
    files: list[_File],
    seen: int,
    new: dict[int, Way],
) -> int:
    """Count what came in the meantime; how many bytes have gone since, which nobody noticed yet."""
    before = {id(file.tracked): file for file in files}
    gone = 0
    for tracked in following.ledger.files:
        way = following.way_of(tracked) if tracked.position else None
        if way is None:
            continue
        fresh = new.get(id(way)) or following.ways.regrouped(way, growing.by)
        new[id(way)] = fresh
        known = before.get(id(tracked))
        again = known is None or known.restarts != tracked.restarts
        start, stop = 0 if again or known is None else known.stop, _counted(tracked, way)
        if stop <= start:
            continue
        if tracked.is_whole():
            _range(growing, tracked.fd, (start, stop), fresh)
        else:
            gone += stop - start
    at = following.dropped
    for data, way in following.recent:
        if at >= seen:
            fresh = new.get(id(way)) or following.ways.regrouped(way, growing.by)
            new[id(way)] = fresh
            _data(growing, data, fresh)
        at += len(data)
    return gone


def _counted(file: Tracked, way: Way) -> int:
    """Up to where a file was counted: a record whose end is waited for is not."""
    return file.position - (len(way.records.held) if way.records is not None else 0)


def _replace(following: Following, growing: Growing, new: dict[int, Way]) -> None:
    following.growing = growing
    following.change_ways(lambda way: new.get(id(way), way))
    following.ways.turn(growing.by)


def _range(growing: Growing, fd: int, lines: tuple[int, int], way: Way) -> None:
    growing.file(fd, lines, way.choice, way.clock_now(), time.time_ns())


def _data(growing: Growing, data: bytes, way: Way) -> None:
    growing.data(data, way.choice, way.clock_now(), time.time_ns())


def _packed(growing: Growing, path: str, way: Way) -> None:
    pool = Pool()
    try:
        source, _ = open_source(path, pool)
        for data in decoded_lines(source):
            _data(growing, data, way)
        source.close()
    finally:
        pool.close()
