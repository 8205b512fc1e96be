"""Follow: counts what is there, then what comes, for as long as somebody wants to know."""

from __future__ import annotations

import os
import stat
import threading
import time
from collections import deque
from typing import NamedTuple, cast

from streamstats.engines.clock import Wish, in_zone
from streamstats.engines.memory import budget
from streamstats.engines.once import Job, Outcome, Watcher, networks_of
from streamstats.engines.sliding import Pace, Sliding
from streamstats.engines.ways import Way, Ways
from streamstats.errors import SourceError, UsageError
from streamstats.sources.compressed import SNIFFED, sniff
from streamstats.sources.descriptors import Pool
from streamstats.sources.files import STDIN, STDIN_NAME, open_source, unreadable
from streamstats.sources.follow.finding import Finding, is_glob
from streamstats.sources.follow.records import Held
from streamstats.sources.follow.remembering import Ledger
from streamstats.sources.follow.streams import Flow
from streamstats.sources.follow.waiting import PAUSE, Waiting
from streamstats.sources.growing import Found, Growing
from streamstats.tally import Times

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from streamstats.sources.counting import Report
    from streamstats.sources.files import Source
    from streamstats.sources.follow.identity import Key
    from streamstats.sources.follow.reading import Part, Tracked
    from streamstats.tally import Tally

_BEHIND = 50_000
"""A look that finds so many lines has not caught up yet."""

_STREAM = 32 << 20
"""Of a stream the last so many bytes are kept: to show lines, and to count another group."""

_SHARE = 4
"""A look is followed by a pause of so many times as long,"""

_LATE = 0.15
"""but of no more seconds."""

_SLICE = 8 << 20
"""Of a log whose records may take several lines so many bytes are read at once."""


class Wanted(NamedTuple):
    """What was said about following."""

    wait: bool = False
    """A file that does not exist may come."""
    last: int | None = None
    """Only records of the last so many nanoseconds are shown; None for all."""


class Following:
    """Counts what is followed. One thread calls ``step`` again and again, any asks for a tally."""

    def __init__(self, job: Job, wanted: Wanted, watcher: Watcher, stdin: int = 0) -> None:
        """``stdin`` is the descriptor of standard input, which a screen may need for its keys.

        Raises UsageError for what cannot be followed or taken out; nothing was opened then.
        """
        _refuse(job, wanted)
        self.job = job
        self.wanted = wanted
        self.lock = threading.RLock()
        """Held while something is counted or looked at."""
        self.wish = in_zone(job.wish or Wish())
        self._watcher = watcher
        self.ways = Ways(job, watcher)
        self.growing: Growing | None = None
        self.failed: list[SourceError] = []
        self.found: dict[str, tuple[str, Found]] = {}
        """Of each source, by its name: the pattern's name, what was found."""
        self.ways_of: dict[Key, Way | None] = {}
        """How each file reads; None for one that is left aside."""
        self._flows: list[tuple[Flow, list[Way | None]]] = []
        self.recent: deque[tuple[bytes, Way]] = deque()
        """What came last from streams."""
        self.dropped = 0
        """So many bytes of streams came before that."""
        self.ways_of_packed: dict[str, Way] = {}
        self._recent_size = 0
        self._flowed = False
        self._told_beyond = False
        self._took = 0.0
        """Seconds of the last look."""
        self.sliding = Sliding(self.wish, job.memory, wanted.last)
        self._waiting = Waiting()
        self._finding = Finding(self._open(job, wanted, stdin))
        self._behind = bool(self._finding.paths())
        """What stood there when it began is still being read."""
        self.ledger = Ledger(self._finding)
        self.packed = [path for path in self._finding.paths() if _is_compressed(path)]
        """Compressed files, which do not grow."""
        self._uncounted = list(self.packed)
        for path in self.packed:
            self.ledger.pass_over(path)

    def _open(self, job: Job, wanted: Wanted, stdin: int) -> list[str]:
        """Open the streams; the paths that are left are those of files."""
        paths = []
        for path in job.paths:
            if path == STDIN:
                self._flows.append((Flow(STDIN_NAME, stdin), [None]))
                continue
            try:
                mode = os.stat(path).st_mode
            except (OSError, ValueError) as error:
                if is_glob(path) or (wanted.wait and isinstance(error, FileNotFoundError)):
                    paths.append(path)
                else:
                    self._fail(unreadable(path, error))
                continue
            if stat.S_ISDIR(mode):
                self._fail(unreadable(path, IsADirectoryError(21, "is a folder")))
            elif stat.S_ISREG(mode):
                paths.append(path)
            else:
                # Opened for writing too, it has no end when its writers come and go. Nobody can
                # come to a pipe without a name, such as the shell's <(...).
                named = not os.path.basename(os.path.realpath(path)).startswith("pipe:[")
                flags = os.O_RDWR if stat.S_ISFIFO(mode) and named else os.O_RDONLY
                try:
                    fd = os.open(path, flags | os.O_NONBLOCK | os.O_CLOEXEC)
                except OSError as error:
                    self._fail(unreadable(path, error))
                    continue
                self._flows.append((Flow(path, fd, own=True), [None]))
        return paths

    def _fail(self, error: SourceError) -> None:
        self.failed.append(error)
        self._watcher.failed(error)

    @property
    def alive(self) -> bool:
        """Whether anything may still come."""
        files = bool(self._finding.plain or self._finding.globs)
        return files or any(not flow.ended for flow, _ in self._flows)

    def step(self, seconds: float) -> bool:
        """Wait for something to come, for so many seconds at the most, and count it.

        Whether anything came.
        """
        self._waiting.watch(self._finding.folders())
        streams = [flow.fd for flow, _ in self._flows if not flow.ended]
        self._waiting.wait(streams, seconds)
        return self.look()

    def look(self) -> bool:
        """Count what has come. Whether anything has."""
        before, begun = self.lines, time.monotonic()
        with self.lock:
            packed, self._uncounted = self._uncounted, []
            for path in packed:
                self._decode(path)
        parts = self.ledger.look()
        while True:
            # Whoever holds the lock sees each file as far as it was counted, and no further.
            with self.lock:
                part = next(parts, None)
                if part is None:
                    break
                self._count_part(part)
        self._flowed = False
        for flow, way in self._flows:
            self._flow(flow, way)
        with self.lock:
            self._overdue(lambda held: held.is_overdue)
        self._let_go()
        for path, error in self.ledger.failed:
            self._fail(unreadable(path, error))
        self.ledger.failed.clear()
        if self.ledger.beyond and not self._told_beyond:
            self._told_beyond = True
            reason = f"is not followed, nor are others: {len(self.ledger.files):,} files are open"
            self._fail(SourceError(self.ledger.beyond, reason, "raise the limit: ulimit -n"))
        if self.ledger.passed:
            self._watcher.packed(self.ledger.passed)
            self.ledger.passed.clear()
        self.sliding.saw(self.lines)
        if self._behind and self.lines - before < _BEHIND:
            self._behind = False
            self.tally()
            self.sliding.caught_up()
        self._took = time.monotonic() - begun
        return self.lines > before

    def _let_go(self) -> None:
        """Files that are not held open any more are forgotten: another one may get their inode."""
        held = {file.key for file in self.ledger.files}
        gone = [key for key in self.ways_of if key not in held]
        if gone:
            with self.lock:
                ways = [self.ways_of.pop(key) for key in gone]
                self._overdue(lambda held: any(way and way.records is held for way in ways))
                self.ways.forget([way for way in ways if way is not None])

    def pause(self) -> None:
        """Let some more come, so that a log that is written all the time is not looked at as often
        as can be.
        """
        # A stream gathers by itself, and its writer waits for us.
        if not self._flowed:
            # Of very many files a look takes long, and then there are fewer.
            time.sleep(max(PAUSE, min(_SHARE * self._took, _LATE)))

    def _overdue(self, is_due: Callable[[Held], bool]) -> None:
        """Count records that were held back, and whose end does not come."""
        for way in self.ways.settled:
            if way.records is not None and way.records.held and is_due(way.records):
                self._counted(way.name, way, way.records.rest())

    def wake(self) -> None:
        """End a ``step``, from another thread."""
        self._waiting.wake()

    def finish(self) -> None:
        """Count what stands behind the last line end of each source."""
        with self.lock:
            for part in self.ledger.rest():
                self._count_part(part)
            for flow, way in self._flows:
                self._data(flow.name, flow.rest(), way)
            self._overdue(lambda _: True)
        if self.ledger.copies:
            self._watcher.copies(self.ledger.copies)

    def close(self) -> None:
        """Let go of all files."""
        self._waiting.close()
        self.ledger.close()
        for flow, _ in self._flows:
            flow.close()

    @property
    def lines(self) -> int:
        """How many lines were read."""
        return self.growing.lines if self.growing is not None else 0

    def _count_part(self, part: Part) -> None:
        file = part.file
        is_new = file.key not in self.ways_of
        way = self.way_of(file)
        if way is None:
            return
        if is_new:
            part = self._in_window(part, way)
        if way.records is not None:
            if not part.start:
                # It begins anew; nobody ends what stood there.
                self._counted(file.path, way, way.records.rest())
            for start in range(part.start, part.stop, _SLICE):
                data = part.data or os.pread(file.fd, min(_SLICE, part.stop - start), start)
                self._counted(file.path, way, way.records.whole(data))
            return
        if part.data is not None:
            self._counted(file.path, way, part.data)
            return
        if part.start == part.stop:
            return
        clock, now = way.clock_now(), time.time_ns()
        lines = (part.start, part.stop)
        report = self._grown(way).file(file.fd, lines, way.choice, clock, now)
        self._add(file.path, way, report)

    def way_of(self, file: Tracked) -> Way | None:
        """How a file of which something was read reads; None for one that is left aside."""
        if file.key not in self.ways_of:
            head = os.pread(file.fd, min(file.position, 1 << 18), 0)
            self.ways_of[file.key] = self._settle(file.path, head)
        return self.ways_of[file.key]

    def _in_window(self, part: Part, way: Way) -> Part:
        """What is left of the first part of a file where the window begins further on: nothing, if
        it is behind that part.
        """
        if part.start or way.clock is None or way.clock.start is None or not self.wish.seek:
            return part
        file, size = part.file, part.file.size()
        window = (size, self.wish.lateness)
        found = self._grown(way).seek(file.fd, window, way.choice, way.clock_now())
        if found is None:
            return part
        start, disordered = found
        self._watcher.sought(file.path, start, size, disordered)
        self.found.setdefault(file.path, (way.choice.name, Found()))
        if start > part.stop:
            file.skip(start)
        start = min(start, part.stop)
        return part._replace(start=start, data=None if part.data is None else part.data[start:])

    def _flow(self, flow: Flow, way: list[Way | None]) -> None:
        if flow.ended:
            return
        try:
            data = flow.read()
        except OSError as error:
            flow.ended = True
            self._fail(unreadable(flow.name, error))
            return
        if data:
            self._flowed = True
            with self.lock:
                self._data(flow.name, data, way)

    def _data(self, name: str, data: bytes, way: list[Way | None]) -> None:
        if not data:
            return
        if way[0] is None:
            if self.found.get(name) is not None:
                return
            way[0] = self._settle(name, data[: 1 << 18])
        if way[0] is None:
            return
        if way[0].records is not None:
            data = way[0].records.whole(data)
            if not data:
                return
        self.recent.append((data, way[0]))
        self._recent_size += len(data)
        while self._recent_size > _STREAM and len(self.recent) > 1:
            size = len(self.recent.popleft()[0])
            self._recent_size -= size
            self.dropped += size
        self._counted(name, way[0], data)

    def _decode(self, path: str) -> None:
        """Count a compressed file, which does not grow."""
        pool = Pool()
        try:
            source, _ = open_source(path, pool)
            way = self._settle(path, source.head())
            if way is not None:
                self.ways_of_packed[path] = way
                for data in decoded_lines(source):
                    self._counted(path, way, data)
            source.close()
        except SourceError as error:
            self._fail(error)
        except OSError as error:
            self._fail(unreadable(path, error))
        finally:
            pool.close()

    def _settle(self, name: str, head: bytes) -> Way | None:
        try:
            way = self.ways.settle(name, head, self.wish)
            if self.job.multiline:
                way.records = Held(lambda data: self._grown(way).last_record(data, way.choice))
            return way
        except SourceError as error:
            self._fail(error)
            self.found.setdefault(name, ("", Found()))
            return None

    def _grown(self, way: Way) -> Growing:
        if self.growing is None:
            self.growing = self.new_growing(way.choice.by)
        return self.growing

    def new_growing(self, by: tuple[str, ...]) -> Growing:
        """A tally of nothing, of these groups."""
        job = self.job
        room = budget(job.memory, approximate=job.approximate)
        return Growing(
            by,
            job.sum,
            self.wish.width,
            job.numbers,
            threads=job.threads,
            budget=room,
            multiline=job.multiline,
        )

    def _counted(self, name: str, way: Way, data: bytes) -> None:
        if not data:
            return
        report = self._grown(way).data(data, way.choice, way.clock_now(), time.time_ns())
        self._add(name, way, report)

    def _add(self, name: str, way: Way, report: Report) -> None:
        self.found.setdefault(name, (way.choice.name, Found()))[1].add(report)

    @property
    def is_timed(self) -> bool:
        """Whether lines tell their own time."""
        return any(way.clock is not None for way in self.ways.settled)

    def change_ways(self, change: Callable[[Way], Way]) -> None:
        """Let every source read in another way from now on."""
        self.ways.settled = [change(way) for way in self.ways.settled]
        self.ways_of = {key: way and change(way) for key, way in self.ways_of.items()}
        self.ways_of_packed = {path: change(way) for path, way in self.ways_of_packed.items()}
        self.recent = deque((data, change(way)) for data, way in self.recent)
        for _, way in self._flows:
            way[0] = way[0] and change(way[0])

    def pace(self) -> Pace:
        """How it goes, as of the last tally."""
        return self.sliding.pace(self.lines, timed=self.is_timed)

    def tally(self, last: int | None = None) -> Tally:
        """What was counted, or of it the records of the ``last`` so many nanoseconds.

        It may be looked at while ``lock`` is held, and until more is counted.
        """
        with self.lock:
            return self._tally(self.growing or self.new_growing(self.ways.by), last)

    def lately(self, length: int) -> Tally:
        """Of what was counted the records that came within so many nanoseconds before now, as far
        as they came while it was followed. It may be looked at as ``tally`` may.
        """
        with self.lock:
            growing = self.growing or self.new_growing(self.ways.by)
            span = self._gathered(growing)
            window = (0, 0)
            if span is not None:
                start = self.sliding.since(span[1], length, timed=self.is_timed)
                window = (start, max(start, span[1]) + growing.width)
            return growing.tally("", [], None, window)

    def _gathered(self, growing: Growing) -> tuple[int, int] | None:
        span = growing.gather().span
        if span is not None:
            self.sliding.note(growing, span)
        return span

    def _tally(self, growing: Growing, last: int | None) -> Tally:
        span = self._gathered(growing)
        window = None
        if last is not None and span is not None:
            window = (self.sliding.end(span[1]) - last, span[1] + growing.width)
        start = self._start()
        if window is not None and span is not None:
            # A run that is younger than the window begins with its first record.
            start = None if window[0] < span[0] else window[0]
        zone = self.wish.zone
        assert zone is not None
        times = Times(zone, self.wish.per, self.wish.sliding, start, None)
        names = ", ".join(dict.fromkeys(way.choice.name for way in self.ways.settled))
        return growing.tally(names or self.job.pattern or "line", list(self.found), times, window)

    def _start(self) -> int | None:
        return next((way.clock.start for way in self.ways.settled if way.clock is not None), None)

    def outcome(self, *, interrupted: bool = False) -> Outcome:
        """What came of it, in the end. The sums of parts are shown as reports are."""
        reports = [(name, *found) for name, found in self.found.items() if found[0]]
        if not reports:
            names = [file.path for file in self.ledger.files]
            names += [flow.name for flow, _ in self._flows]
            reports = [(name, "", Found()) for name in names if name not in self.found]
        return Outcome(
            self.tally(self.wanted.last),
            cast("list[tuple[str, str, Report]]", reports),
            self.failed,
            interrupted,
        )


def decoded_lines(source: Source) -> Iterator[bytes]:
    """The whole lines of a compressed file, some at a time. Raises OSError and SourceError."""
    read, kept = source.reader(), b""
    while part := read(1 << 20):
        whole = kept + part
        end = whole.rfind(b"\n") + 1
        if end:
            yield whole[:end]
        kept = whole[end:]
    if kept:
        yield kept


def _refuse(job: Job, wanted: Wanted) -> None:
    if job.search.recursive:
        raise UsageError(
            "a folder cannot be followed", "name its files, with a glob: -f 'logs/**/*.log'"
        )
    if networks_of(job) is not None:
        raise UsageError(
            "what a database says of addresses cannot be followed", "count them by ip/24 or by ip"
        )
    if wanted.last is not None and (job.sum is not None or job.numbers is not None):
        flag = "--sum" if job.sum is not None else "--numbers"
        raise UsageError(
            f"--last counts records, and {flag} something else", "leave one of them out"
        )


def _is_compressed(path: str) -> bool:
    try:
        with open(path, "rb") as file:
            return stat.S_ISREG(os.fstat(file.fileno()).st_mode) and bool(sniff(file.read(SNIFFED)))
    except OSError:
        return False
