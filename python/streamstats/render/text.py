"""The layout people get by default: values, counts, shares, bars, and Some Statsy Things."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from streamstats.render.bars import bar
from streamstats.render.colour import BAR, BOLD, DIM, OUTLIER, OUTLIER_BAR, paint
from streamstats.render.escape import shown, shown_name
from streamstats.render.look import Look
from streamstats.render.numbers import amount, decimals, number, percent, plural
from streamstats.render.table import GAP, Column, fit, spread
from streamstats.render.width import cut, display_width, pad
from streamstats.summary.model import Summary
from streamstats.summary.moments import share

TYPE_CHECKING = False
if TYPE_CHECKING:
    from streamstats.render.described import Described  # each is loaded by runs that have it
    from streamstats.render.kinds import Kinds
    from streamstats.render.timed import Timed
    from streamstats.summary.model import Row

    More = Timed | Described
    """What gives a table more columns."""

EMPTY = "(empty)"
LABELS = 10
"""Columns of the statistics' names, as in the original."""

_EXACT = ("total", "outliers")
"""Statistics without a mark whatever was left out; outliers are those among the values held."""

NARROWEST = 20
"""A terminal narrower than this is written to as if it were this wide."""


def render(summary: Summary, look: Look) -> Iterator[str]:
    """The values as a table with bars, then the statistics. Lines end in a line feed."""
    if look.width:
        look = look._replace(width=max(NARROWEST, look.width))
    extra: More | None = None
    if summary.sample is not None:
        from streamstats.render.sampled import head as drawn

        yield from drawn(summary.sample, look)
    if summary.time is not None:
        from streamstats.render.timed import Timed, head

        extra = Timed(summary.time, look.unicode)
        yield from head(summary, summary.time, look)
    if summary.numbers is not None:
        from streamstats.render.described import Described, block

        extra = Described(look.unicode)
    if summary.rows:
        yield from _table(summary, look, extra)
    elif summary.stats.count:
        yield paint("no outliers", DIM, look.colour) + "\n"
    if summary.more_values:
        more = _more(summary, look)
        if look.width:
            more = cut(more, look.width, _ellipsis(look))
        yield paint(more, DIM, look.colour) + "\n"
    if summary.by or summary.numbers is None:
        yield "\n"
    if summary.numbers is not None:
        yield from block(summary, summary.numbers, look)
    else:
        yield from _statistics(summary, look)
    yield from _error(summary, look)


def about(summary: Summary, look: Look) -> str:
    """What stands before a number that is not exact: nothing where all are."""
    if summary.approximation is None:
        return ""
    return "≈" if look.unicode else "~"


def _columns(summary: Summary, look: Look, extra: More | None) -> list[Column]:
    def name(text: str) -> str:
        return shown_name(text, True, not look.unicode)

    columns = [Column(name(group)) for group in summary.by]
    mark = about(summary, look)
    columns.append(Column(mark + name(summary.summed or "count"), right=True))
    if summary.summed is not None:
        columns.append(Column("records", right=True, expendable=1))
    columns.append(Column("share", right=True, expendable=2))
    if _ranged(summary, extra):
        columns.append(Column("95%", right=True, expendable=3))
    columns.append(Column("", right=True, gap=1))
    if extra is not None:
        columns[-2] = columns[-2]._replace(expendable=extra.share)
        if summary.summed is not None:
            columns[-3] = columns[-3]._replace(expendable=extra.records)
        columns += extra.columns()
    return columns


def _ranged(summary: Summary, extra: More | None) -> bool:
    """Whether there is a column with the intervals of the shares."""
    return extra is None and summary.intervals


def _interval(summary: Summary, row: Row, look: Look) -> str:
    from streamstats.render.sampled import interval

    return interval(summary, row, not look.unicode)


class _Measure(NamedTuple):
    """What a table must know of all its rows before it writes the first."""

    places: int
    """Decimals of the counts."""
    largest: int | float
    """The largest count, whatever its sign: the full bar."""
    widths: list[int]
    kinds: Kinds | None
    """What is shown beside text, if anything is."""


def _measure(
    summary: Summary, columns: Sequence[Column], look: Look, extra: More | None
) -> _Measure:
    """Go through the rows. They are not held: there may be millions of them."""
    groups = [display_width(column.header) for column in columns[: len(summary.by)]]
    low: int | float = math.inf
    high: int | float = -math.inf
    records, ints, whole = 0, True, True
    plain, mixed = ("text",) * len(groups), False
    for row in summary.rows:
        if row.kinds and row.kinds != plain:
            mixed = True
        for at, group in enumerate(row.groups):
            width = display_width(_value(group, look))
            groups[at] = max(groups[at], width)
        low, high = min(low, row.count), max(high, row.count)
        records = max(records, row.records)
        if extra is not None:
            extra.see(row)
        if not isinstance(row.count, int):
            ints, whole = False, whole and row.count.is_integer()
    kinds: Kinds | None = None
    if mixed:
        from streamstats.render.kinds import Kinds

        kinds = Kinds(len(groups))
        kinds.see(summary.rows)
        for row in summary.rows:
            cells = map(display_width, _groups(row, look, kinds))
            groups = [max(pair) for pair in zip(groups, cells, strict=True)]
    largest = max(abs(low), abs(high))
    places = 0 if whole else decimals(largest)
    numbers = [[number(records)]] if summary.summed is not None else []
    if ints and low >= 0:
        # Of whole numbers the extremes are the widest.
        total = summary.stats.total
        numbers.insert(0, [amount(high, places)])
        numbers.append([percent(share(end, total)) for end in (low, high)])
    else:
        longest = ["", ""]
        for row in summary.rows:
            longest[0] = max(longest[0], amount(row.count, places), key=len)
            longest[1] = max(longest[1], percent(row.share), key=len)
        numbers = [longest[:1], *numbers, longest[1:]]
    if _ranged(summary, extra):
        numbers.append([_interval(summary, row, look) for row in summary.rows] or [""])
    widths = [
        max(display_width(column.header), *(len(text) for text in texts))
        for column, texts in zip(columns[len(groups) :], numbers, strict=False)
    ]
    widths = [*groups, *widths, len(summary.marked) or len(summary.rule.mark)]
    if extra is not None:
        more = zip(columns[len(widths) :], extra.widths(), strict=False)
        widths += [max(len(column.header), width) for column, width in more]
    return _Measure(places, largest, widths, kinds)


def _table(summary: Summary, look: Look, extra: More | None) -> Iterator[str]:
    columns = _columns(summary, look, extra)
    places, largest, natural, kinds = _measure(summary, columns, look, extra)
    sparks, heading = 0, ""
    if extra is None:
        widths, bars = fit(columns, natural, look.width)
    else:
        widths, sparks, bars = spread(columns, natural, extra.steps, look.width)
        header = columns.pop().header
        if sparks >= len(header):
            heading = " " * (GAP - 1) + paint(header, DIM, look.colour)
    ellipsis = _ellipsis(look)
    gaps = [column.gap if at else 0 for at, column in enumerate(columns)]
    flush = [column.right for column in columns]

    def line(cells: Sequence[str], code: str, last: str) -> str:
        parts: list[str] = []
        for gap, width, right, cell in zip(gaps, widths, flush, cells, strict=True):
            if not width:
                continue
            text, columns_taken = cell, display_width(cell)
            if columns_taken > width and not right:
                text = cut(cell, width, ellipsis)
                columns_taken = display_width(text)
            blanks = " " * (width - columns_taken)
            dim = DIM if text is EMPTY else ""
            painted = paint(text, code or dim, look.colour) if code or dim else text
            parts.append(" " * gap + (blanks + painted if right else painted + blanks))
        return ("".join(parts) + (" " + last if last else "")).rstrip(" ") + "\n"

    yield line([column.header for column in columns], DIM, heading)
    for row in summary.rows:
        cells = _groups(row, look, kinds)
        cells.append(amount(row.count, places))
        if summary.summed is not None:
            cells.append(number(row.records))
        cells.append(percent(row.share))
        if _ranged(summary, extra):
            cells.append(_interval(summary, row, look))
        cells.append(row.marks if summary.marked else summary.rule.mark if row.outlier else "")
        drawn = bar(row.count, largest, bars, look.unicode)
        colour = OUTLIER_BAR if row.outlier else BAR
        last = paint(drawn, colour, look.colour)
        if extra is not None:
            cells += extra.cells(row)
            if sparks:
                blocks = extra.spark(row, sparks)
                after = " " * (sparks - len(blocks) + 1) + last if last else ""
                last = " " * (GAP - 1) + paint(blocks, colour, look.colour) + after
        yield line(cells, OUTLIER if row.outlier else "", last)


def _value(group: bytes, look: Look) -> str:
    return shown(group, True, not look.unicode)[0] if group else EMPTY


def _groups(row: Row, look: Look, kinds: Kinds | None) -> list[str]:
    cells = [_value(group, look) for group in row.groups]
    if kinds is None:
        return cells
    return [f'"{cell}"' if kinds.quotes(row, at) else cell for at, cell in enumerate(cells)]


def _ellipsis(look: Look) -> str:
    return "…" if look.unicode else "..."


def _more(summary: Summary, look: Look) -> str:
    dots = _ellipsis(look)
    values = plural(summary.more_values, "more value")
    if summary.summed is None:
        return f"{dots} {values}, {plural(summary.more_count, 'record')}"
    name = shown_name(summary.summed, True, not look.unicode)
    return f"{dots} {values}, {number(summary.more_count)} {name}"


def _statistics(summary: Summary, look: Look) -> Iterator[str]:
    stats = summary.stats
    if summary.summed is None:
        total_note, mean_note = "records", "records per value"
    else:
        name = shown_name(summary.summed, True, not look.unicode)
        total_note, mean_note = name, f"{name} per value"
    outlier_note = f"{summary.rule.mark} {summary.rule.says}" if stats.outliers else ""
    legend: list[tuple[str, int | float, str]] = [
        (mark.sign, count, mark.says) for mark, count in summary.marked
    ]
    if legend:
        outlier_note = "values with a mark" if len(legend) > 1 else " ".join(legend.pop()[::2])
    lines: list[tuple[str, int | float, str]] = [
        ("count", stats.count, "distinct values"),
        ("outliers", stats.outliers, outlier_note),
        *legend,
        ("maximum", stats.maximum, ""),
        ("minimum", stats.minimum, ""),
        ("stdev", stats.stdev, ""),
        ("total", stats.total, total_note),
        ("mean", stats.mean, mean_note),
        ("median", stats.median, ""),
    ]
    mark = about(summary, look)
    exact = {*_EXACT, *(label for label, _, _ in legend)}
    texts = [number(value) if label in exact else mark + number(value) for label, value, _ in lines]
    before = max(len(_whole(text)) for text in texts)
    after = max(len(text) - len(_whole(text)) for text in texts)
    room = look.width - (LABELS + 2 + before + after + 2)
    yield paint("Some Statsy Things", BOLD, look.colour) + "\n"
    for (label, value, wanted), text in zip(lines, texts, strict=True):
        aligned = f"{'':{before - len(_whole(text))}}{text}"
        note = wanted if not look.width or room >= display_width(wanted) else ""
        if note:
            aligned = pad(aligned, before + after + 2)
        strong = label == "outliers" and value and not math.isnan(value)
        if strong:
            aligned = aligned.replace(text, paint(text, OUTLIER, look.colour), 1)
        yield f"{label:>{LABELS}}  {aligned}{paint(note, DIM, look.colour)}\n"


def _error(summary: Summary, look: Look) -> Iterator[str]:
    """What the marks say."""
    known = summary.approximation
    if known is None:
        return
    if known.error is None:
        said = "not all values fitted into memory; with amounts below zero no error can be stated"
    else:
        said = (
            f"not all values fitted into memory: counts are at most {number(known.error)} too low, "
            "and no value with more is missing"
        )
    distinct = f"; distinct values within {percent(2 * known.distinct_error)} (2 standard errors)"
    mark = about(summary, look)
    yield paint(f"{mark} {said}{distinct}", DIM, look.colour) + "\n"
    if summary.time is not None or summary.numbers is not None:
        part = f"what has {mark} beside a value may cover a part of its records only"
        yield paint(f"{mark} {part}", DIM, look.colour) + "\n"


def _whole(text: str) -> str:
    """The part of a number before its decimal point, by which numbers are aligned."""
    return text.partition(".")[0]
