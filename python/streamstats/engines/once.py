"""One shot: reads every source to its end, into one tally."""

from __future__ import annotations

import os
from typing import NamedTuple, cast

from streamstats.errors import NothingMatched, SourceError, UsageError
from streamstats.patterns.groups import split_groups
from streamstats.patterns.model import WHOLE_LINES
from streamstats.patterns.resolve import Choice, choose, condition, find
from streamstats.sources.counting import Counting, Report
from streamstats.sources.files import (
    SAMPLE_BYTES,
    SAMPLE_LINES,
    STDIN,
    Source,
    first_lines,
    open_source,
    unreadable,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from streamstats.engines.recognise import Recognised
    from streamstats.patterns.model import Pattern
    from streamstats.sources.objects import BinaryFile
    from streamstats.tally import Tally

    Path = str | bytes | os.PathLike[str] | os.PathLike[bytes]
    Input = Path | Sequence[Path] | BinaryFile | Iterable[bytes]


class Job(NamedTuple):
    """What to count, as it was asked for."""

    paths: Sequence[str]
    pattern: str | None = None
    by: tuple[str, ...] = ()
    where: Sequence[str] = ()
    sum: str | None = None
    threads: int | None = None


class Outcome(NamedTuple):
    """What came of a job."""

    tally: Tally
    reports: list[tuple[str, str, Report]]
    """Of each source that was read: its name, the pattern's name, what was found."""
    failed: list[SourceError]
    """The sources that could not be read, or not to their end."""
    interrupted: bool


class Watcher:
    """Is told how a job goes. Whoever drives one for people overrides what it wants to show."""

    def recognised(self, sources: Sequence[Recognised]) -> None:
        """No pattern was given, and this is what was found."""

    def failed(self, error: SourceError) -> None:
        """A source cannot be read; the others go on."""

    def starts(self, size: int | None) -> None:
        """Counting starts; ``size`` in bytes, None where a stream is among the sources."""

    def progress(self, counted: int, lines: int) -> None:
        """So many bytes and lines are counted; called some 25 times a second."""

    def ends(self) -> None:
        """Counting has ended, whichever way."""


def run(job: Job, watcher: Watcher) -> Outcome:
    """Do a job.

    Raises:
        UsageError: the pattern, a group or a condition cannot be used. Nothing was read then,
            unless the pattern had to be found out.
    """
    where = tuple(condition(text) for text in job.where)
    # What is wrong with a given pattern is said before anything is opened.
    given = choose(find(job.pattern), job.by, where, job.sum) if job.pattern is not None else None
    failed: list[SourceError] = []
    sources: list[Source] = []
    try:
        for source in _opened(job.paths):
            if isinstance(source, SourceError):
                watcher.failed(source)
                failed.append(source)
            else:
                sources.append(source)
        if given is not None:
            work = [(source, given) for source in sources]
        else:
            work = _recognised(job, where, sources, failed, watcher)
        return _count(job, where, work, failed, watcher)
    finally:
        for source in sources:
            source.close()


def _opened(paths: Iterable[str]) -> Iterator[Source | SourceError]:
    for path in paths:
        try:
            yield open_source(path)
        except SourceError as error:
            yield error


def _recognised(
    job: Job,
    where: tuple[tuple[str, str, str], ...],
    sources: list[Source],
    failed: list[SourceError],
    watcher: Watcher,
) -> list[tuple[Source, Choice]]:
    from streamstats.engines.recognise import recognise  # not needed with a pattern

    settled, unread = recognise(sources, job.by, where, job.sum)
    for error in unread:
        watcher.failed(error)
        failed.append(error)
    watcher.recognised(settled)
    return [(item.source, item.choice) for item in settled]


def _count(
    job: Job,
    where: tuple[tuple[str, str, str], ...],
    work: list[tuple[Source, Choice]],
    failed: list[SourceError],
    watcher: Watcher,
) -> Outcome:
    by = work[0][1].by if work else job.by or (WHOLE_LINES,)
    counting = Counting(by, job.sum, job.threads)
    sizes = [source.size for source, _ in work]
    reports: list[tuple[str, str, Report]] = []
    interrupted = False
    before = [0, 0]

    def progress(counted: int, lines: int) -> None:
        watcher.progress(before[0] + counted, before[1] + lines)

    watcher.starts(None if None in sizes else sum(cast("list[int]", sizes)))
    try:
        for source, choice in work:
            report = counting.source(source, choice, progress)
            before[0] += report.bytes
            before[1] += report.lines
            reports.append((source.name, choice.name, report))
            if report.error is not None:
                error = unreadable(source.name, report.error)
                watcher.failed(error)
                failed.append(error)
            if report.interrupted or source.interrupted:
                interrupted = True
                break
    finally:
        watcher.ends()
    names = list(dict.fromkeys(choice.name for _, choice in work)) or [job.pattern or WHOLE_LINES]
    return Outcome(counting.finish(", ".join(names)), reports, failed, interrupted)


def nothing_matched(outcome: Outcome) -> NothingMatched | None:
    """The error where there were lines and not one matched, else None."""
    lines = sum(report.lines for _, _, report in outcome.reports)
    if not lines or any(report.lines > report.unmatched for _, _, report in outcome.reports):
        return None
    from streamstats.patterns.detect import nearest  # only an error needs it

    samples = [(name, *sample) for name, _, report in outcome.reports for sample in report.samples]
    used = outcome.tally.pattern.split(", ")
    overlong = all(report.lines == report.overlong for _, _, report in outcome.reports)
    # Whole lines match any, and lines that are too long none.
    lookup = not overlong and used != [WHOLE_LINES]
    near = nearest([text for _, _, text in samples]) if lookup else []
    return NothingMatched(
        outcome.tally.pattern,
        lines,
        samples[0] if samples else None,
        [(pattern.name, share) for pattern, share in near if pattern.name not in used],
        overlong=overlong,
        summed=outcome.tally.summed,
    )


def count(
    source: Input,
    pattern: str | None = None,
    by: str | Sequence[str] | None = None,
    where: str | Sequence[str] | None = None,
    sum: str | None = None,
    *,
    threads: int | None = None,
) -> Tally:
    """Count the values of a log.

    ``source`` is a path, several paths, a binary file object, or an iterable of bytes whose items
    are lines. ``pattern`` is the name of a pattern, a regular expression with named groups, or
    "line" for whole lines; it is found out of the first lines where it is not given. ``by`` names
    the group or groups to count, ``where`` the conditions that must hold ('status >= 500'), and
    ``sum`` a group whose numbers are added up instead of counting records.

    Raises:
        UsageError: a pattern, group or condition that cannot be used, or a source of text.
        SourceError: a source cannot be read. Nothing is returned then: what is missing could not
            be told from what is not there.
        NothingMatched: there were lines, and not one matched.
    """
    groups = split_groups(by) if isinstance(by, str) else tuple(by or ())
    conditions = [where] if isinstance(where, str) else list(where or ())
    paths = _paths(source)
    if paths is not None:
        outcome = run(Job(paths, pattern, groups, conditions, sum, threads), Watcher())
        if outcome.failed:
            raise outcome.failed[0]
        if outcome.interrupted:
            raise KeyboardInterrupt
    else:
        outcome = _count_object(
            cast("BinaryFile | Iterable[bytes]", source),
            Job((), pattern, groups, conditions, sum, threads),
        )
    error = nothing_matched(outcome)
    if error is not None:
        raise error
    return outcome.tally


def _paths(source: Input) -> list[str] | None:
    """The paths, or None where the source is an object to read from."""
    if isinstance(source, (str, bytes, os.PathLike)):
        return [_path(source)]
    if isinstance(source, (list, tuple)) and source:
        kinds = {isinstance(item, bytes) for item in source}
        if kinds == {False}:
            return [_path(item) for item in source]
        if len(kinds) > 1:
            raise UsageError("a list of sources is either of paths or of lines")
    return None


def _path(path: Path) -> str:
    try:
        text = os.fsdecode(path)
    except TypeError:
        raise UsageError(f"a source is a path, a file object or lines, not {path!r}") from None
    # Only on a command line does a dash stand for standard input.
    return "./-" if text == STDIN else text


def _count_object(source: BinaryFile | Iterable[bytes], job: Job) -> Outcome:
    from streamstats.sources.objects import reader

    name = str(getattr(source, "name", "(lines)"))
    read = _named(reader(source), name)
    where = tuple(condition(text) for text in job.where)
    prefix = b""
    found: Pattern | None
    if job.pattern is None:
        from streamstats.patterns.detect import detect

        while prefix.count(b"\n") < SAMPLE_LINES and len(prefix) < SAMPLE_BYTES:
            part = read()
            if not part:
                break
            prefix += part
        detection = detect(first_lines(prefix[:SAMPLE_BYTES]))
        found = detection.pattern if detection else None
    else:
        found = find(job.pattern)
    choice = choose(found, job.by, where, job.sum)
    counting = Counting(choice.by, job.sum, job.threads)
    report = counting.chunks(name, read, choice, prefix)
    return Outcome(counting.finish(choice.name), [(name, choice.name, report)], [], False)


def _named(read: Callable[[], bytes], name: str) -> Callable[[], bytes]:
    def checked() -> bytes:
        try:
            return read()
        except OSError as error:
            raise unreadable(name, error) from error

    return checked
