"""Counts what is followed into a tally that can be looked at in between."""

from __future__ import annotations

from streamstats import _core
from streamstats.sources.stamps import Stamps
from streamstats.summary.model import SourceFacts
from streamstats.tally import Tally

TYPE_CHECKING = False
if TYPE_CHECKING:
    from streamstats.patterns.resolve import Choice
    from streamstats.tally import Times

    Clocked = tuple[str, str, int, int | None, int | None]

Report = _core.Report


class Growing:
    """A tally that grows.

    What comes is counted in a slice, which is a tally of its own; whenever somebody looks, the
    slice is merged into the whole and another one begun.
    """

    def __init__(
        self,
        by: tuple[str, ...],
        summed: str | None,
        width: int,
        numbered: str | None,
        *,
        threads: int | None,
        budget: int,
        multiline: bool = False,
    ) -> None:
        """``width`` of the buckets of time, in nanoseconds; ``budget`` in bytes, for values. With
        ``multiline``, lines that begin no record go on with the one before.
        """
        self.by = by
        self.width = width
        self._summed = summed
        self._numbered = numbered
        self._threads = threads
        self._budget = budget
        self._multiline = multiline
        self._whole: _core.Tally | None = None
        self._slice: _core.Counter | None = None
        self._scans: dict[tuple[Choice, Clocked | None], _core.Scan] = {}
        self.bytes = 0
        self.lines = 0
        self.unmatched = 0
        self.undated = 0
        self.out_of_order = 0
        self.not_numbers = 0
        self.forgotten: int | None = None
        """Before this instant it is not known any more how records were distributed over time."""

    def file(
        self, fd: int, lines: tuple[int, int], choice: Choice, clock: Clocked | None, now: int
    ) -> Report:
        """Count a range of a file; its lines came ``now``, in nanoseconds, if they do not say."""
        scan = self._scan(choice, clock, now)
        return self._seen(self._counter().file(scan, fd, *lines))

    def seek(
        self, fd: int, window: tuple[int, int], choice: Choice, clock: Clocked | None
    ) -> tuple[int, bool] | None:
        """Where the window begins in a file in which records are in order: the place behind a line
        end, and whether they were found not to be; None where it cannot be searched.

        ``window`` is the size of the file, and how far out of order records may be in nanoseconds.
        """
        found = self._scan(choice, clock, 0).seek(fd, *window)
        return None if found is None else (found[0], found[3])

    def data(self, data: bytes, choice: Choice, clock: Clocked | None, now: int) -> Report:
        """Count some lines."""
        scan = self._scan(choice, clock, now)
        return self._seen(self._counter().chunks(scan, bytes, data))

    def apart(self, data: bytes, choice: Choice, clock: Clocked | None, now: int) -> Tally:
        """A tally of some lines alone, which are not added to the others."""
        core, report = self._counted_alone(data, choice, clock, now)
        facts = SourceFacts([], report.bytes, report.lines, 0, report.unmatched)
        return Tally(core, pattern="", by=self.by, summed=self._summed, source=facts, times=None)

    def _counted_alone(
        self, data: bytes, choice: Choice, clock: Clocked | None, now: int
    ) -> tuple[_core.Tally, Report]:
        counter = _core.Counter(1, self._summed is not None, self.width, None)
        report = counter.chunks(self._scan(choice, clock, now), bytes, data)
        return counter.finish(), report

    def last_record(self, lines: bytes, choice: Choice) -> int:
        """Where the last record of several lines begins in some lines."""
        return self._scan(choice, None, 0).last_record(lines)

    def gather(self) -> _core.Tally:
        """All that was counted until now."""
        part = self._slice.finish() if self._slice is not None else None
        self._slice = None
        if self._whole is None:
            self._whole = part if part is not None else self._counter().finish()
            self._slice = None
            self._whole.limit(self._budget)
        elif part is not None:
            self._whole.merge(part)
        return self._whole

    def forget(self, before: int) -> None:
        """Keep no buckets of time that end before this instant."""
        whole = self.gather()
        bucket = before // self.width
        whole.forget(bucket)
        self.forgotten = max(self.forgotten or bucket * self.width, bucket * self.width)

    @property
    def runs(self) -> int:
        """How many pairs of a value and a bucket are kept, as of the last look."""
        return self._whole.runs if self._whole is not None else 0

    def tally(
        self,
        pattern: str,
        files: list[str],
        times: Times | None,
        window: tuple[int, int] | None = None,
    ) -> Tally:
        """The tally of all, or of the buckets between two instants; until more is counted."""
        core = self.gather()
        if window is not None:
            start, stop = window
            core = core.within(start // self.width, -(-stop // self.width))
        facts = SourceFacts(
            files, self.bytes, self.lines, self.lines - self.unmatched, self.unmatched
        )
        if times is not None:
            times = times._replace(undated=self.undated, out_of_order=self.out_of_order)
        return Tally(
            core,
            pattern=pattern,
            by=self.by,
            summed=self._summed,
            source=facts,
            times=times,
            numbered=self._numbered,
            not_numbers=self.not_numbers,
        )

    def _counter(self) -> _core.Counter:
        if self._slice is None:
            numbers = bool(self.by) if self._numbered else None
            summing = self._summed is not None
            self._slice = _core.Counter(self._threads, summing, self.width, numbers)
            self._slice.budget(self._budget)
        return self._slice

    def _scan(self, choice: Choice, clock: Clocked | None, now: int) -> _core.Scan:
        known = (choice._replace(compiled=None), clock)
        scan = self._scans.get(known)
        if scan is None:
            if len(self._scans) > _SCANS:
                self._scans.clear()
            timed = clock is not None and choice.time is not None
            time = (choice.time or "", Stamps(*clock).core) if clock is not None and timed else None
            numbers = (choice.numbers, bool(choice.by)) if choice.numbers else None
            scan = self._scans[known] = _core.Scan(
                choice.compiled,
                choice.taken,
                choice.where,
                choice.sum,
                numbers,
                time,
                multiline=self._multiline,
                arrival=not timed,
                prefixes=[found and (found.v4, found.v6) for found in choice.rollups],
            )
        scan.arrived(now)
        return scan

    def _seen(self, report: Report) -> Report:
        self.bytes += report.bytes
        self.lines += report.lines
        self.unmatched += report.unmatched
        self.undated += report.undated
        self.out_of_order += report.out_of_order
        self.not_numbers += report.not_numbers
        return report


class Found:
    """What was found in one source until now: the reports on its parts, added up."""

    def __init__(self) -> None:
        self.bytes = 0
        self.lines = 0
        self.unmatched = 0
        self.overlong = 0
        self.records = 0
        self.undated = 0
        self.out_of_order = 0
        self.not_numbers = 0
        self.samples: list[tuple[int, bytes]] = []
        self.undated_samples: list[tuple[int, bytes]] = []
        self.leaned = False
        self.folded = False
        self.interrupted = False
        self.error: OSError | None = None

    def add(self, report: Report) -> None:
        """Add the report on the next part."""
        for kept, new in (
            (self.samples, report.samples),
            (self.undated_samples, report.undated_samples),
        ):
            kept += [(self.lines + line, text) for line, text in new[: _SAMPLES - len(kept)]]
        self.bytes += report.bytes
        self.lines += report.lines
        self.unmatched += report.unmatched
        self.overlong += report.overlong
        self.records += report.records
        self.undated += report.undated
        self.out_of_order += report.out_of_order
        self.not_numbers += report.not_numbers


_SAMPLES = 3
"""So many lines that did not match are kept of each source."""

_SCANS = 256
"""So many compiled scans are kept: one for each way in which sources read, and each hour."""
