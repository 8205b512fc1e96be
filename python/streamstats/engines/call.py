"""The call from Python: ``streamstats.count``."""

from __future__ import annotations

import os
from typing import cast

from streamstats.engines.memory import budget
from streamstats.engines.once import Job, Outcome, Watcher, networks_of, nothing_matched, run
from streamstats.engines.opening import Search
from streamstats.errors import UsageError
from streamstats.patterns.groups import split_groups
from streamstats.patterns.resolve import Asked, choose, condition, find
from streamstats.sources.counting import Counting
from streamstats.sources.files import (
    SAMPLE_BYTES,
    SAMPLE_LINES,
    STDIN,
    first_lines,
    unreadable,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from streamstats.engines.clock import Wish
    from streamstats.sources.objects import BinaryFile
    from streamstats.tally import Tally

    Path = str | bytes | os.PathLike[str] | os.PathLike[bytes]
    Input = Path | Sequence[Path] | BinaryFile | Iterable[bytes]


def count(
    source: Input,
    pattern: str | None = None,
    by: str | Sequence[str] | None = None,
    where: str | Sequence[str] | None = None,
    sum: str | None = None,
    *,
    numbers: str | None = None,
    time: bool = False,
    start: str | None = None,
    end: str | None = None,
    per: str = "1s",
    tz: str | None = None,
    threads: int | None = None,
    recursive: bool = False,
    include: str | Sequence[str] | None = None,
    exclude: str | Sequence[str] | None = None,
    time_field: str | None = None,
    multiline: bool = False,
    memory_limit: int | None = None,
    approximate: bool = False,
    geoip: str | Sequence[str] | None = None,
) -> Tally:
    """Count the values of a log.

    ``source`` is a path, several paths, a binary file object, or an iterable of bytes whose items
    are lines. ``pattern`` is the name of a pattern, a regular expression with named groups, or
    "line" for whole lines; it is found out of the first lines where it is not given. ``by`` names
    the group or groups to count, ``where`` the conditions that must hold ('status >= 500'), and
    ``sum`` a group whose numbers are added up instead of counting records.

    ``numbers`` names a group whose numbers are described, which may have units ('12ms', '1.5KB'):
    ``tally.numbers`` has their statistics and quantiles, and so has each row where ``by`` is given.
    Without ``by`` no values are counted then.

    With ``time``, or with ``start`` or ``end``, the group ``time`` of the pattern is read: rows
    then have a ``life`` with first, last, rates, and the peak of records in ``per``; and only
    records in ``[start, end)`` are counted, which are times as the command takes them. ``tz`` is
    the zone of stamps that name none and of the rows, the machine's by default. Only paths can be
    read so. ``time_field`` is the key that holds the time, where it has no usual name.

    What is compressed is decoded, and the members of zip and tar archives are counted, too. With
    ``recursive`` a path may be a folder, whose files are read: those that fit a glob of
    ``include``, where there is one, and none of ``exclude``. Where they are of several kinds and
    no pattern is given, the kind with the most bytes is counted; ``tally.source.files`` names them.

    With ``multiline``, lines that begin no record go on with the one before. Values take at most
    ``memory_limit`` bytes, by default half of what there is, and with ``approximate`` 64 MB; where
    they do not fit, ``tally.approximation`` says what counts lack.

    A group of addresses is counted by prefix as ``ip/24`` or ``ip/24/48`` (IPv4 and IPv6), and as
    ``ip/asn`` or ``ip/country`` by what MaxMind databases at the paths ``geoip`` say.

    Raises:
        UsageError: a pattern, group or condition that cannot be used, or a source of text.
        SourceError: a source cannot be read. Nothing is returned then: what is missing could not
            be told from what is not there.
        NothingMatched: there were lines, and not one matched.
    """
    groups = split_groups(by) if isinstance(by, str) else tuple(by or ())
    conditions = texts(where)
    paths = _paths(source)
    if paths is not None:
        timed = time or start is not None or end is not None
        wish = wish_of(start, end, per, tz) if timed else None
        if wish is not None and (memory_limit is not None or approximate):
            wish = wish._replace(bounded=True)
        search = Search(recursive, texts(include), texts(exclude))
        job = Job(
            paths, pattern, groups, conditions, sum, threads, wish, numbers, search, time_field
        )
        job = job._replace(memory=memory_limit, approximate=approximate, multiline=multiline)
        job = job._replace(geoip=tuple(texts(geoip)))
        outcome = run(job, Watcher())
        if outcome.failed:
            raise outcome.failed[0]
        if outcome.interrupted:
            raise KeyboardInterrupt
    else:
        if time or start is not None or end is not None:
            raise UsageError("times are read from paths only", "name the file instead")
        outcome = _count_object(
            cast("BinaryFile | Iterable[bytes]", source),
            Job(
                (),
                pattern,
                groups,
                conditions,
                sum,
                threads,
                numbers=numbers,
                memory=memory_limit,
                approximate=approximate,
                multiline=multiline,
                geoip=tuple(texts(geoip)),
            ),
        )
    error = nothing_matched(outcome)
    if error is not None:
        raise error
    return outcome.tally


def wish_of(start: str | None, end: str | None, per: str, tz: str | None) -> Wish:
    """What is wanted of times. Raises WhenError for what cannot be read."""
    from streamstats.engines.clock import Wish
    from streamstats.times import between, duration, zone

    where = zone(tz)

    def window(now: int) -> tuple[int | None, int | None]:
        found = between(start, end, now, where)
        return found.start, found.end

    bounded = start is not None or end is not None
    return Wish(
        zone=where,
        wanted=True,
        window=window if bounded else None,
        per=max(1, duration(per)),
    )


def texts(given: str | Sequence[str] | None) -> Sequence[str]:
    """One text, or several, or none, as a list."""
    return [given] if isinstance(given, str) else list(given or ())


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


def paths_of_source(source: Path | Sequence[Path]) -> list[str]:
    """The paths that a source names. Raises UsageError for anything else."""
    paths = _paths(source)
    if not paths:
        raise UsageError("a file is named by its path", "count what is none with streamstats.count")
    return paths


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
    networks = networks_of(job)
    prefix = b""
    asked = Asked(job.by, where, job.sum, job.numbers)
    found = find(job.pattern) if job.pattern is not None else None
    if job.pattern is None or (found is not None and found.shape):
        from streamstats.engines.recognise import detected, settle

        while prefix.count(b"\n") < SAMPLE_LINES and len(prefix) < SAMPLE_BYTES:
            part = read()
            if not part:
                break
            prefix += part
        lines = first_lines(prefix[:SAMPLE_BYTES])
        if job.pattern is None:
            detection = detected(lines, name, asked.names())
            found = detection.pattern if detection else None
        choice, _ = settle(found, lines, asked, name, firm=job.pattern is not None)
    else:
        choice = choose(found, job.by, where, job.sum, job.numbers)
    counting = Counting(choice.by, job.sum, job.threads, numbered=job.numbers)
    counting.budget(budget(job.memory, approximate=job.approximate))
    counting.multiline = job.multiline
    report = counting.chunks(name, read, choice, prefix)
    tally = counting.finish(choice.name)
    if networks is not None:
        tally = networks.resolved(tally, choice.rollups)
    return Outcome(tally, [(name, choice.name, report)], [], False)


def _named(read: Callable[[], bytes], name: str) -> Callable[[], bytes]:
    def checked() -> bytes:
        try:
            return read()
        except OSError as error:
            raise unreadable(name, error) from error

    return checked
