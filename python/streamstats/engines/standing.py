"""How values stand while logs are followed: their rows, and how fast they come now."""

from __future__ import annotations

from typing import NamedTuple

from streamstats.render.escape import shown_row

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from streamstats.engines.follow import Following
    from streamstats.summary.marks import Mark
    from streamstats.summary.model import Row, Summary
    from streamstats.tally import Tally

SECOND = 1_000_000_000

NOW = 5 * SECOND
"""The rate now is that of the last so much time."""

LOOKED = 100_000
"""At most so many values are looked through for those that fit."""

SORTS = ("count", "rate", "peak", "first", "last", "value")


class Standing(NamedTuple):
    """One value."""

    row: Row
    rate: float | None
    """Records in a second, now; None where sums are counted, whose parts are not kept."""


class Standings(NamedTuple):
    """All of it, as it is now."""

    summary: Summary
    rows: list[Standing]
    chosen: int | None
    """How many values fit what was asked for; None where there were too many to look through."""


class View(NamedTuple):
    """What somebody wants to see."""

    sort: str = "count"
    reverse: bool = False
    last: int | None = None
    """Only the last so many nanoseconds."""
    outliers: bool = False
    text: str = ""
    """Only values in which this occurs, in small or capital letters."""
    skip: int = 0
    limit: int = 100
    sparks: int = 0
    marks: Sequence[Mark] = ()
    """What marks outliers; () for the classic rule."""


def stand(following: Following, view: View) -> Standings:
    """The values that are wanted, in order.

    Hold ``following.lock`` for as long as the summary is used.
    """
    whole = following.tally(view.last)
    recent = following.lately(NOW) if is_counted(following) else None
    summary = _summary(whole, view)
    wanted = _fitting(summary, view)
    if view.sort == "rate" and recent is not None:
        wanted = _by_rate(wanted, recent, view)
    rows: list[Standing] = []
    seen = 0
    complete = True
    for row in wanted:
        if seen >= view.skip and len(rows) < view.limit:
            rows.append(Standing(row, _rate(recent, row)))
        seen += 1
        if len(rows) >= view.limit and not (view.text or view.sort == "rate"):
            complete = False
            break
    plain = not view.text and not view.outliers
    chosen = summary.stats.count if plain else summary.stats.outliers if not view.text else seen
    if view.text and summary.stats.count > LOOKED and complete:
        return Standings(summary, rows, None)
    return Standings(summary, rows, chosen)


def is_counted(following: Following) -> bool:
    """Whether records are counted, so that it is known how many came of late."""
    return following.job.sum is None and following.job.numbers is None


def _summary(tally: Tally, view: View) -> Summary:
    rate = view.sort == "rate"
    return tally.summary(
        sort="count" if rate else view.sort,
        reverse=view.reverse and not rate,
        only_outliers=view.outliers,
        sparks=view.sparks,
        marks=view.marks,
    )


def _fitting(summary: Summary, view: View) -> Iterator[Row]:
    text = view.text.casefold()
    for at, row in enumerate(summary.rows):
        if text and at >= LOOKED:
            return
        if not text or text in shown_row(row).casefold():
            yield row


def _by_rate(rows: Iterator[Row], recent: Tally, view: View) -> Iterator[Row]:
    """Those that came of late, the fastest first, and then the others as they stand.

    Only the first ``LOOKED`` are put in order.
    """
    from itertools import islice

    some = list(islice(rows, LOOKED))
    some.sort(key=lambda row: _records(recent, row), reverse=not view.reverse)
    return iter(some)


def exact(row: Row) -> tuple[str, ...]:
    """Of which kind each group of a value is: 1 and "1" of JSON are two values."""
    return row.kinds or ("text",) * len(row.groups)


def _records(recent: Tally, row: Row) -> int | float:
    return recent.get(*row.groups, kinds=exact(row))


def _rate(recent: Tally | None, row: Row) -> float | None:
    if recent is None:
        return None
    return _records(recent, row) / (NOW / SECOND)
