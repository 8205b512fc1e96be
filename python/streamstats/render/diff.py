"""What changed between two logs, for people: a table for each group, the surest change first."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from streamstats.render.colour import BOLD, DIM, OUTLIER, paint
from streamstats.render.escape import shown, shown_name
from streamstats.render.instants import Clock, Short, short
from streamstats.render.kinds import Kinds
from streamstats.render.look import Look
from streamstats.render.numbers import number, plural
from streamstats.render.table import Column, plain
from streamstats.render.width import cut, display_width
from streamstats.summary.change import KINDS, Change, Compared, Diff, Side

_SECOND = 1_000_000_000
_EMPTY = "(empty)"
_INDENT = 2

_NARROWEST = 20
"""A terminal narrower than this is written to as if it were this wide."""

_CAVEAT = 1.5
"""Values that differ so many times as far as independent lines would are spoken of."""

_ONE = 0.995
"""A ratio above this, and below 1, is shown as 1."""

_GROWN = 1.5
"""Where all has changed by more than this, that of a value may be no news."""

_UNITS = {
    "rates": "records per second",
    "shares": "the shares of all records",
    "counts": "bare counts",
}

_COLOURS = {"new": OUTLIER, "risen": OUTLIER, "gone": "36", "fallen": "36"}


def render_diff(diff: Diff, look: Look) -> Iterator[str]:
    """The two sides, then the changes of each group. Lines end in a line feed."""
    if look.width:
        look = look._replace(width=max(_NARROWEST, look.width))
    yield from _head(diff, look)
    clock = _clock(diff)
    for group in diff.groups:
        if group.changed:
            yield "\n"
            yield from _group(group, clock, look)
    still = [_names(group, look) for group in diff.groups if not group.changed]
    if still:
        yield "\n"
        yield from _wrapped("nothing changed in " + ", ".join(still), look)
    if diff.changed:
        yield "\n"
        yield from _caveat(diff, look)


def times(ratio: float, unicode: bool = True) -> str:
    """A ratio as people say it: ``×12``, and ``÷12`` for one below 1."""
    if math.isinf(ratio) or ratio <= 0:
        endless = "∞" if unicode else "inf"
        return (("×" if unicode else "x") if ratio else ("÷" if unicode else "/")) + endless
    # What rounds to 1 has not fallen.
    above = ratio > _ONE
    sign = ("×" if unicode else "x") if above else ("÷" if unicode else "/")
    value = max(ratio, 1.0) if above else 1 / ratio
    return sign + (number(round(value)) if value >= 99.5 else f"{value:.3g}")


def chance(value: float) -> str:
    """A probability: two digits, and ``<1e-300`` for what is no number any more."""
    if value == 0:
        return "<1e-300"
    return f"{value:.2g}" if value >= 1e-4 else f"{value:.0e}".replace("e-0", "e-")


def _head(diff: Diff, look: Look) -> Iterator[str]:
    zone = Clock(diff.zone) if diff.zone is not None else None
    named = diff.before.name != diff.after.name
    for label, side in (("before", diff.before), ("after", diff.after)):
        yield from _wrapped(f"{label:<6}  " + ", ".join(_side(side, named, zone, look)), look, 8)
    changed = times(diff.total.value, look.unicode)
    low, high = (times(bound, look.unicode) for bound in (diff.total.low, diff.total.high))
    text = f"Compared are {_UNITS[diff.measure]}"
    if diff.measure == "shares" and zone is None:
        text += ", since there are no times"
    text += f". All records together: {changed} ({low} to {high})"
    if diff.measure == "rates" and abs(math.log(diff.total.value)) > math.log(_GROWN):
        text += "; --compare shares shows what changed besides"
    yield from _wrapped(text + ".", look)


def _side(side: Side, named: bool, clock: Clock | None, look: Look) -> list[str]:
    parts = [shown_name(side.name, True, not look.unicode)] if named else []
    if clock is not None and side.start is not None and side.end is not None:
        from streamstats.render.timed import from_to

        parts.append(from_to(clock, side.start, side.end))
    parts.append(plural(side.records, "record"))
    if side.seconds:
        parts.append(f"{number(side.records / side.seconds)}/s")
    return parts


def _clock(diff: Diff) -> Short | None:
    """How the instants of values are written: all alike."""
    known = [
        instant
        for group in diff.groups
        for change in group.changes
        for instant in (change.first, change.last)
        if instant is not None
    ]
    if diff.zone is None or not known:
        return None
    return short(Clock(diff.zone), min(known), max(known), _SECOND)


def _group(group: Compared, clock: Short | None, look: Look) -> Iterator[str]:
    counts = [f"{number(n)} {kind}" for kind, n in zip(KINDS, group.counts, strict=True) if n]
    title = paint(_names(group, look), BOLD, look.colour)
    rest = f"{number(group.changed)} of {plural(group.values, 'value')} changed"
    rest += f": {', '.join(counts)}"
    if look.width:
        rest = cut(rest, max(0, look.width - display_width(_names(group, look)) - 2), _dots(look))
    yield f"{title}  {rest}".rstrip() + "\n"
    yield from _table(group, clock, look)
    more = group.changed - len(group.changes)
    if more:
        text = f"{' ' * _INDENT}{_dots(look)} {plural(more, 'more change')}"
        yield paint(text, DIM, look.colour) + "\n"


def _table(group: Compared, clock: Short | None, look: Look) -> Iterator[str]:
    columns = [Column(shown_name(name, True, not look.unicode)) for name in group.by]
    columns += [
        Column("before", right=True),
        Column("after", right=True),
        Column("change", right=True),
        Column("at least", right=True, expendable=2),
        Column("99% interval", right=True, expendable=4),
        Column("q", right=True, expendable=1),
    ]
    if clock is not None:
        columns.append(Column("seen", expendable=3, right=True))
    kinds = Kinds(len(group.by))
    kinds.see(group.changes)
    rows = [_cells(change, clock, kinds, look) for change in group.changes]
    if clock is not None and not any(row[-1] for row in rows):
        columns.pop()
        rows = [row[:-1] for row in rows]
    natural = [
        max(display_width(column.header), *(display_width(row[at]) for row in rows))
        for at, column in enumerate(columns)
    ]
    room = max(1, look.width - _INDENT) if look.width else 0
    widths = plain(columns, natural, room)
    header = [column.header for column in columns]
    yield _line(header, columns, widths, look, [DIM] * len(columns))
    inks = [""] * len(columns)
    for change, row in zip(group.changes, rows, strict=True):
        inks[len(group.by) + 2] = _COLOURS[change.kind]
        yield _line(row, columns, widths, look, inks)


def _cells(change: Change, clock: Short | None, kinds: Kinds, look: Look) -> list[str]:
    cells = []
    for at, group in enumerate(change.groups):
        text = shown(group, True, not look.unicode)[0] if group else _EMPTY
        cells.append(f'"{text}"' if kinds.quotes(change, at) else text)
    word = change.kind if change.kind in ("new", "gone") else times(change.ratio, look.unicode)
    nearest = change.low if change.low > 1 else change.high
    low, high = change.low, change.high
    if high < 1:
        low, high = high, low
    cells += [number(change.before), number(change.after), word, times(nearest, look.unicode)]
    cells.append(f"{times(low, look.unicode)} to {times(high, look.unicode)}")
    cells.append(chance(change.q))
    if clock is not None:
        seen = ""
        if change.kind == "new" and change.first is not None:
            seen = f"since {clock.text(change.first)}"
        elif change.kind == "gone" and change.last is not None:
            seen = f"until {clock.text(change.last)}"
        cells.append(seen)
    return cells


def _line(
    cells: Sequence[str],
    columns: Sequence[Column],
    widths: Sequence[int],
    look: Look,
    inks: Sequence[str],
) -> str:
    parts: list[str] = []
    for cell, column, width, ink in zip(cells, columns, widths, inks, strict=True):
        if not width:
            continue
        text = cell if column.right else cut(cell, width, _dots(look))
        blanks = " " * (width - display_width(text))
        text = paint(text, ink, look.colour) if ink else text
        gap = " " * (column.gap if parts else _INDENT)
        parts.append(gap + (blanks + text if column.right else text + blanks))
    return "".join(parts).rstrip(" ") + "\n"


def _caveat(diff: Diff, look: Look) -> Iterator[str]:
    """What q and the order mean, and what they do not."""
    text = (
        "The surest change first: by the least that its 99% interval allows. q is the share of "
        "false discoveries (Benjamini-Hochberg over all values of a group) if lines were "
        "independent. They come in runs, so that more are false"
    )
    spread = [group for group in diff.groups if group.changed and group.dispersion is not None]
    worst = max(spread, key=lambda group: group.dispersion or 0.0, default=None)
    if worst is not None and (worst.dispersion or 0.0) >= _CAVEAT:
        factor = number(round(worst.dispersion or 0))
        text += f": here the counts of {_names(worst, look)} vary {factor} times as much"
    yield from _wrapped(text + ".", look, code=DIM)
    known = [group.approximation for group in diff.groups if group.approximation is not None]
    if known:
        errors = [each.error for each in known]
        most = None if None in errors else max(error for error in errors if error is not None)
        limit = "an unknown number of" if most is None else f"{number(most)}"
        yield from _wrapped(
            f"Not all values fitted into memory: a value with at most {limit} records may look new "
            "or gone.",
            look,
            code=DIM,
        )


def _names(group: Compared, look: Look) -> str:
    return ", ".join(shown_name(name, True, not look.unicode) for name in group.by)


def _wrapped(text: str, look: Look, indent: int = 0, code: str = "") -> Iterator[str]:
    """The text on lines of the width, broken at blanks."""
    if not look.width:
        yield (paint(text, code, look.colour) if code else text) + "\n"
        return
    line = ""
    for word in text.split(" "):
        if line.strip() and display_width(line) + 1 + display_width(word) > look.width:
            yield (paint(line, code, look.colour) if code else line) + "\n"
            line = " " * indent + cut(word, max(1, look.width - indent), _dots(look))
        else:
            line = f"{line} {word}" if line else word
    yield (paint(line, code, look.colour) if code else line) + "\n"


def _dots(look: Look) -> str:
    return "…" if look.unicode else "..."
