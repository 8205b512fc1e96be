"""One shot: reads every source to its end, into one tally."""

from __future__ import annotations

from typing import NamedTuple, cast

from streamstats.engines.memory import budget
from streamstats.engines.opening import Passed, Search, opened
from streamstats.errors import NothingMatched, SourceError
from streamstats.patterns.model import WHOLE_LINES
from streamstats.patterns.resolve import Asked, Choice, choose, condition, find
from streamstats.sources.counting import Counting, Report
from streamstats.sources.descriptors import Pool
from streamstats.sources.files import Source, unreadable
from streamstats.tally import Times

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from streamstats.engines.clock import Clock, Wish
    from streamstats.engines.geoip import Networks
    from streamstats.engines.kinds import LeftOut
    from streamstats.engines.recognise import Recognised
    from streamstats.engines.roles import Wanted
    from streamstats.patterns.model import Pattern
    from streamstats.tally import Tally

    Turn = tuple[Source, Choice, Clock | None]
    Progress = Callable[[int, int], None]


_TOGETHER = 16
"""At most so many compressed sources are open at once."""


class Job(NamedTuple):
    """What to count, as it was asked for."""

    paths: Sequence[str]
    pattern: str | None = None
    by: tuple[str, ...] = ()
    where: Sequence[str] = ()
    sum: str | None = None
    threads: int | None = None
    wish: Wish | None = None
    """What was said about times; None where they are not looked at."""
    numbers: str | None = None
    """The group whose numbers are described."""
    search: Search = Search()
    """What to do with folders and archives."""
    time_field: str | None = None
    """The group of the time, where it is not the one that is usual."""
    memory: int | None = None
    """So many bytes may be taken for values; None for half of what there is."""
    approximate: bool = False
    """Little memory will do: counts may be lower bounds."""
    multiline: bool = False
    """Lines that begin no record go on with the one before."""
    conduct: Wanted | None = None
    """What is wanted of the conduct of values; None where it is not gathered."""
    geoip: tuple[str, ...] = ()
    """Databases of networks, for groups such as ``ip/asn``."""


class Outcome(NamedTuple):
    """What came of a job."""

    tally: Tally
    reports: list[tuple[str, str, Report]]
    """Of each source that was read: its name, the pattern's name, what was found."""
    failed: list[SourceError]
    """The sources that could not be read, or not to their end."""
    interrupted: bool
    sought: frozenset[str] = frozenset()
    """The sources that were not read from their beginning, so that lines have no numbers."""
    outside: tuple[str, ...] = ()
    """The sources that were not read, since they have nothing of the window."""


class Watcher:
    """Is told how a job goes. Whoever drives one for people overrides what it wants to show."""

    def recognised(self, sources: Sequence[Recognised]) -> None:
        """The first lines had to be looked at, and this is what was found."""

    def passed(self, names: Sequence[str]) -> None:
        """These were found, and are no text."""

    def left_out(self, groups: Sequence[LeftOut], counted: Sequence[Recognised]) -> None:
        """These were found, and are not of the kind that is counted."""

    def outside(self, names: Sequence[str]) -> None:
        """These are not read: they have nothing of the window."""

    def failed(self, error: SourceError) -> None:
        """A source cannot be read; the others go on."""

    def packed(self, names: Sequence[str]) -> None:
        """These came while others were followed, and are compressed: they were counted before."""

    def copies(self, pairs: Sequence[tuple[str, str]]) -> None:
        """Of these files each was taken for a copy of another one, in the end, and not counted."""

    def untimed(self, reason: str) -> None:
        """The times cannot be read, and are left out."""

    def sought(self, name: str, skipped: int, size: int, disordered: bool) -> None:
        """Only the part of a file is read that holds the window, or all of it after all."""

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
        SourceError: a database that groups need cannot be read.
    """
    networks = networks_of(job)
    with Prepared(job, watcher) as ready:
        job, work, clocks, failed = ready.job, ready.work, ready.clocks, ready.failed
        outcome = _count(job, work, clocks, failed, watcher)
        if clocks is not None and _again(job, work, outcome):
            # An hour that happens twice was met without knowing what came before it.
            in_order = job._replace(threads=1, wish=job.wish and job.wish._replace(seek=False))
            outcome = _count(in_order, work, clocks, failed, watcher)
        if networks is not None and work:
            tally = networks.resolved(outcome.tally, work[0][1].rollups)
            outcome = outcome._replace(tally=tally)
        return outcome._replace(outside=tuple(ready.outside))


class Prepared:
    """The sources of a job, open, in the order in which they are read, and how each reads."""

    def __init__(self, job: Job, watcher: Watcher) -> None:
        """Raises as ``run`` does."""
        self.job = job
        self.failed: list[SourceError] = []
        self.work: list[tuple[Source, Choice]] = []
        self.clocks: list[Clock] | None = None
        """How the times of each are read; None where they are not."""
        self.outside: list[str] = []
        self._sources: list[Source] = []
        self._pool = Pool()
        try:
            self._prepare(watcher)
        except BaseException:
            self.close()
            raise

    def _prepare(self, watcher: Watcher) -> None:
        job = self.job
        where = tuple(condition(text) for text in job.where)
        # What is wrong with a given pattern is said before anything is opened.
        asked = _asked(job) if _is_given(job) else None
        given = None
        if _is_given(job) and not (asked is not None and asked.shape != ""):
            given = choose(asked, job.by, where, job.sum, job.numbers, time_field=job.time_field)
        _open(job, self._pool, self._sources, self.failed, watcher)
        if given is not None:
            work = [(source, given) for source in self._sources]
        else:
            work = _recognised(job, where, self._sources, self.failed, watcher)
        if job.conduct is not None:
            from streamstats.engines.roles import cast_roles  # only verdicts need it

            work = [(source, cast_roles(source, choice, job.conduct)) for source, choice in work]
        job, clocks = _clocks(job, work, watcher)
        if clocks is not None and job.wish is not None:
            from streamstats.engines.order import arrange  # only times tell the order

            work, clocks, self.outside = arrange(work, clocks, job.wish)
            if self.outside:
                watcher.outside(self.outside)
        self.job, self.work, self.clocks = job, work, clocks

    def close(self) -> None:
        """Let go of all of them."""
        for source in self._sources:
            source.close()
        self._pool.close()

    def __enter__(self) -> Prepared:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def networks_of(job: Job) -> Networks | None:
    """The databases that its groups need. Raises UsageError and SourceError."""
    if not any("/" in name for name in job.by):
        return None
    from streamstats.engines.geoip import networks  # few runs look at addresses

    return networks(job.by, job.geoip)


def _open(
    job: Job,
    pool: Pool,
    sources: list[Source],
    failed: list[SourceError],
    watcher: Watcher,
) -> None:
    passed = []
    for item in opened(job.paths, job.search, pool):
        if isinstance(item, Source):
            sources.append(item)
        elif isinstance(item, Passed):
            passed.append(item.name)
        else:
            watcher.failed(item)
            failed.append(item)
    if passed:
        watcher.passed(passed)


def _recognised(
    job: Job,
    where: tuple[tuple[str, str, str], ...],
    sources: list[Source],
    failed: list[SourceError],
    watcher: Watcher,
) -> list[tuple[Source, Choice]]:
    from streamstats.engines.recognise import recognise  # not needed with an expression

    asked = Asked(job.by, where, job.sum, job.numbers, job.time_field)
    given = _asked(job) if _is_given(job) else None
    settled, unread, left = recognise(sources, asked, given)
    for error in unread:
        watcher.failed(error)
        failed.append(error)
    watcher.recognised(settled)
    if left:
        watcher.left_out(left, settled)
    return [(item.source, item.choice) for item in settled]


def _is_given(job: Job) -> bool:
    return job.pattern is not None or (job.wish is not None and job.wish.bracketed)


def _asked(job: Job) -> Pattern | None:
    if job.pattern is not None:
        return find(job.pattern)
    from streamstats.engines.clock import TIMED
    from streamstats.patterns.model import Pattern

    return Pattern("timed", TIMED, default=("value",))


def _clocks(
    job: Job, work: list[tuple[Source, Choice]], watcher: Watcher
) -> tuple[Job, list[Clock] | None]:
    if job.wish is None:
        return job, None
    from streamstats.engines.clock import has_times, in_zone, settle

    if not job.wish.wanted and not has_times(work):
        return job, None
    wish = in_zone(job.wish)
    clocks, reason = settle(work, wish)
    if reason is not None:
        watcher.untimed(reason)
    return job._replace(wish=wish), clocks


def _again(job: Job, work: list[tuple[Source, Choice]], outcome: Outcome) -> bool:
    leaned = any(report.leaned for _, _, report in outcome.reports)
    repeatable = all(source.repeatable for source, _ in work)
    return leaned and not outcome.interrupted and job.threads != 1 and repeatable


def _count(
    job: Job,
    work: list[tuple[Source, Choice]],
    clocks: list[Clock] | None,
    failed: list[SourceError],
    watcher: Watcher,
) -> Outcome:
    by = work[0][1].by if work else job.by or (() if job.numbers else (WHOLE_LINES,))
    wish = job.wish if clocks is not None else None
    width = wish.width if wish else None
    threads, conduct = _threads(job, work, clocks), job.conduct is not None
    counting = Counting(by, job.sum, threads, width, job.numbers, conduct=conduct)
    counting.multiline = job.multiline
    counting.budget(budget(job.memory, approximate=job.approximate))
    if wish is not None and wish.bounded:
        counting.close_behind(wish.late)
    weights = [source.weight for source, _ in work]
    reports: list[tuple[str, str, Report]] = []
    interrupted = False
    sought: set[str] = set()
    before = [0, 0]

    def progress(counted: int, lines: int) -> None:
        watcher.progress(before[0] + counted, before[1] + lines)

    watcher.starts(None if None in weights else sum(cast("list[int]", weights)))
    try:
        for turn in _turns(work, clocks):
            if len(turn) > 1:
                found = _together(counting, turn, progress)
            else:
                source, _, clock = turn[0]
                seek = _seek(job, clock)
                found = [_alone(counting, turn[0], seek, progress)]
                if seek is not None and counting.sought is not None:
                    watcher.sought(source.name, *counting.sought)
                    if counting.sought[0]:
                        sought.add(source.name)
            for (source, choice, _), (report, error) in zip(turn, found, strict=True):
                if report is not None:
                    before[0] += report.bytes if source.weight is None else source.weight
                    before[1] += report.lines
                    reports.append((source.name, choice.name, report))
                    interrupted |= report.interrupted or source.interrupted
                if error is not None:
                    failed.append(unreadable(source.name, error))
                    watcher.failed(failed[-1])
                source.rest()
            if interrupted:
                break
    finally:
        watcher.ends()
    names = list(dict.fromkeys(choice.name for _, choice in work)) or [job.pattern or WHOLE_LINES]
    tally = counting.finish(", ".join(names))
    if wish is not None and wish.zone is not None and clocks is not None:
        start, end = (clocks[0].start, clocks[0].end) if clocks else (None, None)
        tally.times = Times(wish.zone, wish.per, wish.sliding, start, end, *_disorder(reports))
    return Outcome(tally, reports, failed, interrupted, frozenset(sought))


def _turns(work: list[tuple[Source, Choice]], clocks: list[Clock] | None) -> Iterator[list[Turn]]:
    """The sources in the order in which they are counted, with those that are counted together."""
    turn: list[Turn] = []
    for at, (source, choice) in enumerate(work):
        item = (source, choice, clocks[at] if clocks is not None else None)
        if turn and (source.alone or source.interrupted or len(turn) == _TOGETHER):
            yield turn
            turn = []
        turn.append(item)
        if source.alone or source.interrupted:
            yield turn
            turn = []
    if turn:
        yield turn


def _together(
    counting: Counting,
    turn: list[Turn],
    progress: Progress,
) -> list[tuple[Report | None, OSError | None]]:
    try:
        return list(counting.together(turn, progress))
    except OSError:
        # One of them has gone; one by one, the others can be counted.
        return [_alone(counting, item, None, progress) for item in turn]


def _alone(
    counting: Counting, turn: Turn, seek: int | None, progress: Progress
) -> tuple[Report | None, OSError | None]:
    source, choice, clock = turn
    try:
        report = counting.source(source, choice, progress, clock, seek)
    except OSError as error:
        return None, error
    return report, counting.ended_in


def _disorder(reports: list[tuple[str, str, Report]]) -> tuple[int, int]:
    undated, out_of_order = 0, 0
    for _, _, report in reports:
        undated += report.undated
        out_of_order += report.out_of_order
    return undated, out_of_order


def _threads(job: Job, work: list[tuple[Source, Choice]], clocks: list[Clock] | None) -> int | None:
    if job.wish is None or clocks is None:
        return job.threads
    from streamstats.engines.clock import in_order_only

    if job.wish.bounded:
        # A bucket is closed when no record of it can come, from no thread.
        return 1
    for (source, _), clock in zip(work, clocks, strict=True):
        # A file can be read again, should it come to that.
        if not source.repeatable and in_order_only(job.wish, clock):
            return 1
    return job.threads


def _seek(job: Job, clock: Clock | None) -> int | None:
    """How far out of order records may be for a search to be safe, None where none is wanted."""
    if job.wish is None or clock is None or not job.wish.seek:
        return None
    return job.wish.lateness if clock.start is not None or clock.end is not None else None


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
        summed=outcome.tally.summed or outcome.tally.numbered,
    )
