"""Counts open sources into one tally."""

from __future__ import annotations

from streamstats import _core
from streamstats.sources.stamps import Stamps
from streamstats.summary.model import SourceFacts
from streamstats.tally import Tally

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from streamstats.patterns.resolve import Choice
    from streamstats.patterns.roles import Roles
    from streamstats.sources.files import Source
    from streamstats.sources.gathering import Gathered

    Progress = Callable[[int, int], object]
    Clocked = tuple[str, str, int, int | None, int | None]
    """Letters, zone, reference, start and end: see ``stamps.Stamps``."""

Report = _core.Report
Profile = _core.Profile

_BLOCK = 1 << 20


class Counting:
    """A tally in the making. Every choice it is used with counts the same groups."""

    def __init__(
        self,
        by: tuple[str, ...],
        summed: str | None,
        threads: int | None = None,
        width: int | None = None,
        numbered: str | None = None,
        *,
        conduct: bool = False,
    ) -> None:
        """``width`` of the buckets of time, in nanoseconds; None where times are not kept. With
        ``conduct`` it is gathered what values did, as the roles of each choice say.
        """
        self._counter = _core.Counter(
            threads, summed is not None, width, bool(by) if numbered else None, conduct
        )
        self._roles: Roles | None = None
        self.sought: tuple[int, int, bool] | None = None
        """What the last source was spared, its size, and whether it was too much out of order."""
        self.ended_in: OSError | None = None
        """Why the last source could not be read to its end."""
        self.multiline = False
        """Lines that begin no record go on with the one before."""
        self._scans: dict[tuple[Choice, Clocked | None], _core.Scan] = {}
        self._by = by
        self._summed = summed
        self._numbered = numbered
        self._files: list[str] = []
        self._reports: list[_core.Report] = []

    def budget(self, size: int) -> None:
        """Take at most so many bytes; counts then may become lower bounds."""
        self._counter.budget(size)

    def close_behind(self, lateness: int) -> None:
        """Close buckets when memory is short; records may be ``lateness`` buckets late. For one
        thread.
        """
        self._counter.close_behind(lateness)

    def source(
        self,
        source: Source,
        choice: Choice,
        progress: Progress | None = None,
        clock: Clocked | None = None,
        lateness: int | None = None,
    ) -> Report:
        """Count an open source. ``progress`` is told the bytes and lines so far.

        ``clock`` says how times are read. With ``lateness``, in nanoseconds, only the part of a
        file is read that holds the window of the clock, if records are no further out of order.
        """
        scan = self._scan(choice, clock)
        self.sought = None
        self.ended_in = None
        if source.interrupted:
            report = self._counter.chunks(scan, bytes, source.prefix)
        elif source.decoded and source.alone:
            report = self._read(scan, source, progress)
        elif source.decoded:
            ((report, self.ended_in),) = self._decoded([(scan, source)], progress)
        elif source.size is not None:
            start, stop = source.start, source.size
            if lateness is not None and source.searchable:
                start, stop = self._search(scan, source, lateness)
            report = self._counter.file(scan, source.fd, start, stop, progress)
        else:
            report = self._counter.stream(scan, source.fd, source.prefix, progress)
        self.ended_in = self.ended_in or report.error
        return self._keep(source.name, report)

    def together(
        self,
        sources: Sequence[tuple[Source, Choice, Clocked | None]],
        progress: Progress | None = None,
    ) -> list[tuple[Report, OSError | None]]:
        """Count several compressed sources at once: what was found in each, and why it could not be
        read to its end.

        Raises OSError where one cannot be opened once more; then none has been counted.
        """
        jobs = [(self._scan(choice, clock), source) for source, choice, clock in sources]
        found = self._decoded(jobs, progress)
        for (source, *_), (report, _) in zip(sources, found, strict=True):
            self._keep(source.name, report)
        return found

    def _decoded(
        self, jobs: Sequence[tuple[_core.Scan, Source]], progress: Progress | None
    ) -> list[tuple[Report, OSError | None]]:
        given = []
        for scan, source in jobs:
            decoder = source.decoder()
            assert isinstance(decoder, _core.Decoder)
            given.append((scan, decoder, source.prefix))
        return [(report, report.error) for report in self._counter.decoded(given, progress)]

    def _read(self, scan: _core.Scan, source: Source, progress: Progress | None) -> Report:
        decoder = source.decoder()
        lines = source.prefix.count(b"\n")

        def read() -> bytes:
            # Reading is Python's here, so what it meets has to be kept from the core.
            nonlocal lines
            try:
                part = decoder.read(_BLOCK)
            except OSError as error:
                self.ended_in = error
                return b""
            except KeyboardInterrupt:
                source.interrupted = True
                return b""
            lines += part.count(b"\n")
            if progress is not None:
                progress(decoder.consumed, lines)
            return part

        return self._counter.chunks(scan, read, source.prefix)

    def _search(self, scan: _core.Scan, source: Source, lateness: int) -> tuple[int, int]:
        size = source.size or 0
        found = scan.seek(source.fd, size, lateness)
        if found is None:
            return 0, size
        start, stop, _, disordered = found
        self.sought = (size - (stop - start), size, disordered)
        return start, stop

    def chunks(
        self, name: str, read: Callable[[], bytes], choice: Choice, prefix: bytes = b""
    ) -> Report:
        """Count what ``read`` returns until that is empty. Raises what it raises."""
        return self._keep(name, self._counter.chunks(self._scan(choice), read, prefix))

    def finish(self, pattern: str) -> Tally:
        """The tally. ``pattern`` is the name that it gets."""
        lines = sum(report.lines for report in self._reports)
        unmatched = sum(report.unmatched for report in self._reports)
        facts = SourceFacts(
            self._files,
            sum(report.bytes for report in self._reports),
            lines,
            lines - unmatched,
            unmatched,
        )
        core = self._counter.finish()
        return Tally(
            core,
            pattern=pattern,
            by=self._by,
            summed=self._summed,
            source=facts,
            numbered=self._numbered,
            not_numbers=sum(report.not_numbers for report in self._reports),
            roles=self._roles,
        )

    def _scan(self, choice: Choice, clock: Clocked | None = None) -> _core.Scan:
        shaped = choice.pattern is not None and choice.pattern.shape
        # An expression is compiled once more for each file.
        known = (choice if shaped else choice._replace(compiled=None), clock)
        if known not in self._scans:
            reader = Stamps(*clock).core if clock is not None else None
            time = (choice.time, reader) if choice.time is not None and reader else None
            numbers = (choice.numbers, bool(choice.by)) if choice.numbers else None
            self._scans[known] = _core.Scan(
                choice.compiled,
                choice.taken,
                choice.where,
                choice.sum,
                numbers,
                time,
                multiline=self.multiline,
                prefixes=[found and (found.v4, found.v6) for found in choice.rollups],
                gather=self._gather(choice),
            )
        return self._scans[known]

    def _gather(self, choice: Choice) -> Gathered | None:
        if choice.roles is None:
            return None
        from streamstats.sources.gathering import gathered  # only verdicts need it

        self._roles = self._roles or choice.roles
        return gathered(choice.roles)

    def _keep(self, name: str, report: Report) -> Report:
        self._files.append(name)
        self._reports.append(report)
        return report
