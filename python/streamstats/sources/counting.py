"""Counts open sources into one tally."""

from __future__ import annotations

from streamstats import _core
from streamstats.summary.model import SourceFacts
from streamstats.tally import Tally

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from streamstats.patterns.resolve import Choice
    from streamstats.sources.files import Source

    Progress = Callable[[int, int], object]

Report = _core.Report


class Counting:
    """A tally in the making. Every choice it is used with counts the same groups."""

    def __init__(self, by: tuple[str, ...], summed: str | None, threads: int | None = None) -> None:
        self._counter = _core.Counter(threads, summed is not None)
        self._scans: dict[str, _core.Scan] = {}
        self._by = by
        self._summed = summed
        self._files: list[str] = []
        self._reports: list[_core.Report] = []

    def source(self, source: Source, choice: Choice, progress: Progress | None = None) -> Report:
        """Count an open source. ``progress`` is told the bytes and lines so far."""
        scan = self._scan(choice)
        if source.interrupted:
            report = self._counter.chunks(scan, bytes, source.prefix)
        elif source.size is not None:
            report = self._counter.file(scan, source.fd, source.start, source.size, progress)
        else:
            report = self._counter.stream(scan, source.fd, source.prefix, progress)
        return self._keep(source.name, report)

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
        return Tally(core, pattern=pattern, by=self._by, summed=self._summed, source=facts)

    def _scan(self, choice: Choice) -> _core.Scan:
        if choice.name not in self._scans:
            self._scans[choice.name] = _core.Scan(
                choice.compiled, choice.by, choice.where, choice.sum
            )
        return self._scans[choice.name]

    def _keep(self, name: str, report: Report) -> Report:
        self._files.append(name)
        self._reports.append(report)
        return report
