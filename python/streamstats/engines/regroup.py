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
    from streamstats.sources.follow.identity import Key
    from streamstats.sources.growing import Growing

_PIECE = 64 << 20
"""So many bytes are counted between two looks at whether to go on."""


class _File(NamedTuple):
    key: Key
    fd: int
    """A descriptor of our own."""
    stop: int
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
    ways = following.ways
    with following.lock:
        known = list(ways.settled)
        new = {id(way): ways.regrouped(way, by) for way in known}
        files = [
            _File(file.key, os.dup(file.fd), file.position, way)
            for file in following.ledger.files
            if (way := following.ways_of.get(file.key)) is not None
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
            stops = {file.key: file.stop for file in files}
            _catch_up(following, growing, stops, seen, new)
            lost = following.dropped + sum(file.lost for file in following.ledger.files)
            _replace(following, growing, new)
            return lost
    finally:
        for file in files:
            os.close(file.fd)


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
    stops: dict[Key, int],
    seen: int,
    new: dict[int, Way],
) -> None:
    """Count what came in the meantime."""
    for file in following.ledger.files:
        way = following.ways_of.get(file.key)
        if way is None:
            continue
        fresh = new.get(id(way)) or following.ways.regrouped(way, growing.by)
        new[id(way)] = fresh
        start = stops.get(file.key, 0)
        if file.position < start:
            # It was cut off since.
            start = 0
        if file.position > start:
            _range(growing, file.fd, (start, file.position), fresh)
    at = following.dropped
    for data, way in following.recent:
        if at >= seen:
            fresh = new.get(id(way)) or following.ways.regrouped(way, growing.by)
            new[id(way)] = fresh
            _data(growing, data, fresh)
        at += len(data)


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
