"""Counts two sides, group after group, and compares them."""

from __future__ import annotations

from typing import NamedTuple

from streamstats.engines.once import Job, Outcome, Watcher, nothing_matched, run
from streamstats.engines.telling import is_repeatable, telling
from streamstats.errors import SourceError, StreamstatsError, UsageError, printable
from streamstats.summary.change import (
    MEASURES,
    Change,
    Compared,
    Diff,
    Q,
    Ratio,
    Side,
    changes,
    dispersion,
    expected_share,
    kind_of,
    probability,
    rate_ratio,
)
from streamstats.tally import SECOND, Tally

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence


_BUCKET = 1000 * 86_400 * SECOND
"""One bucket takes less memory than many, and nobody asks for peaks."""


class Sides(NamedTuple):
    """The two jobs that are compared, and what to call them."""

    before: Job
    after: Job
    names: tuple[str, str]
    windows: tuple[str, str] = ("", "")
    """How people said them, where the same files are compared."""


class Compare(NamedTuple):
    """How they are compared."""

    by: Sequence[tuple[str, ...]] = ()
    """Each in turn; () for the groups that tell something."""
    measure: str | None = None
    """One of MEASURES; None for rates where there are times, else shares."""
    q: float = Q
    top: int = 0
    """So many changes of each group are given; 0 for all."""


class Result(NamedTuple):
    """What came of it."""

    diff: Diff
    outcomes: tuple[Outcome, Outcome]
    """Of the first group."""
    failed: tuple[SourceError, ...]
    """The sources that could not be read, or not to their end."""
    only_first: bool
    """A source can be read only once, so that one group alone was compared."""


def compare(sides: Sides, how: Compare, watcher: Watcher) -> Result:
    """Compare two jobs, group after group.

    Raises:
        UsageError: a pattern, group, condition or window cannot be used, or rates are asked for
            where there are no times.
        StreamstatsError: a side has no record.
        KeyboardInterrupt: counting was interrupted; what was counted is not comparable.
    """
    jobs = (sides.before, sides.after)
    groups = list(how.by) or telling(jobs)
    once = not all(is_repeatable(path) for job in jobs for path in job.paths)
    if once and len(groups) > 1:
        raise UsageError(
            "a stream is read once, and several groups are compared one after another",
            "name one group, or a file",
        )
    found: list[Compared] = []
    first: tuple[Outcome, Outcome] | None = None
    measure = how.measure
    for by in groups:
        outcomes = _counted(sides, by, watcher if first is None else Watcher())
        if first is None:
            first = outcomes
            measure = measure_of(how.measure, outcomes[0].tally, outcomes[1].tally)
        tallies = outcomes[0].tally, outcomes[1].tally
        found.append(compared(*tallies, measure or "counts", q=how.q, top=how.top))
    assert first is not None
    diff = together(first[0].tally, first[1].tally, found, measure or "counts", sides.names)
    return Result(
        diff._replace(where=tuple(sides.before.where)),
        first,
        tuple(error for outcome in first for error in outcome.failed),
        once and not how.by,
    )


def measure_of(asked: str | None, before: Tally, after: Tally) -> str:
    """What is compared. Raises UsageError for rates where there are no times."""
    if asked is not None and asked not in MEASURES:
        raise UsageError(f"what is compared is one of {', '.join(MEASURES)}, not '{asked}'")
    lengths = _seconds(before), _seconds(after)
    timed = all(length is not None and length > 0 for length in lengths)
    if asked == "rates" and not timed:
        raise UsageError(
            "rates need times, and the records of one side have none, or all the same",
            "compare shares or counts",
        )
    return asked or ("rates" if timed else "shares")


def compared(before: Tally, after: Tally, measure: str, *, q: float = Q, top: int = 0) -> Compared:
    """What changed in the values of two tallies. Raises UsageError where they do not fit."""
    pairs = before.pairs(after)
    share = _share(before, after, measure)
    found = changes(pairs, share, q)
    counts = dict.fromkeys(("new", "gone", "risen", "fallen"), 0)
    for each in found:
        counts[kind_of(each.before, each.after, each.ratio.value)] += each.values
    by_pair = {(each.before, each.after): each for each in found}
    changed = sum(counts.values())
    rows = before.paired(after, list(by_pair), top or changed)
    made = []
    for row in rows:
        of = by_pair[row.before, row.after]
        made.append(
            Change(
                before.by,
                row.groups[0] if len(row.groups) == 1 else b" ".join(row.groups),
                row.groups,
                row.kinds,
                kind_of(row.before, row.after, of.ratio.value),
                row.before,
                row.after,
                *of.ratio,
                probability(of.log_p),
                probability(of.log_q),
                row.first,
                row.last,
            )
        )
    known = [each for each in (before.approximation, after.approximation) if each is not None]
    return Compared(
        before.by,
        sum(values for *_, values in pairs),
        len(before),
        len(after),
        changed,
        (counts["new"], counts["gone"], counts["risen"], counts["fallen"]),
        dispersion(pairs, share),
        tuple(made),
        max(known, key=lambda each: float("inf") if each.error is None else each.error)
        if known
        else None,
    )


def together(
    before: Tally,
    after: Tally,
    groups: Sequence[Compared],
    measure: str,
    names: tuple[str, str],
) -> Diff:
    """What came of the groups, as one."""
    sides = _side(before, names[0]), _side(after, names[1])
    exposed = "rates" if measure == "rates" else "counts"
    total = rate_ratio(before.records, after.records, _share(before, after, exposed))
    ordered = sorted(groups, key=lambda group: -_surest(group))
    zone = before.times.zone if before.times is not None else None
    return Diff(*sides, measure, total, before.pattern, tuple(ordered), zone)


def _surest(group: Compared) -> float:
    if not group.changes:
        return 0.0
    first = group.changes[0]
    return Ratio(first.ratio, first.low, first.high).sure


def _side(tally: Tally, name: str) -> Side:
    time = tally.summary(top=1).time
    start = end = None
    if time is not None:
        start = time.start if time.start is not None else time.first
        end = time.end if time.end is not None else time.last
    source = tally.source
    return Side(
        name,
        tuple(source.files),
        tally.records,
        start,
        end,
        _seconds(tally),
        source.lines,
        source.unmatched,
    )


def _seconds(tally: Tally) -> float | None:
    if tally.times is None:
        return None
    times, span = tally.times, tally.span
    start = times.start if times.start is not None else span and span[0]
    end = times.end if times.end is not None else span and span[1]
    return None if start is None or end is None else (end - start) / SECOND


def _share(before: Tally, after: Tally, measure: str) -> float:
    if measure == "rates":
        lengths = _seconds(before), _seconds(after)
        return expected_share(lengths[0] or 0.0, lengths[1] or 0.0)
    if measure == "shares":
        return expected_share(before.records, after.records)
    return 0.5


def _counted(sides: Sides, by: tuple[str, ...], watcher: Watcher) -> tuple[Outcome, Outcome]:
    outcomes = []
    for job, name, window in zip(sides[:2], sides.names, sides.windows, strict=True):
        wish = job.wish and job.wish._replace(per=_BUCKET)
        outcome = run(job._replace(by=by, wish=wish), watcher)
        if outcome.interrupted:
            raise KeyboardInterrupt
        error = nothing_matched(outcome)
        if error is not None:
            raise error
        if not outcome.tally.records:
            if outcome.failed:
                raise outcome.failed[0]
            inside = f" in {printable(window)}" if window else ""
            conditions = " that fulfils the conditions of --where" if job.where else ""
            raise _Nothing(f"{printable(name)} has no record{inside}{conditions}")
        outcomes.append(outcome)
    return outcomes[0], outcomes[1]


class _Nothing(StreamstatsError):
    """A side is empty."""

    exit_status = 1
