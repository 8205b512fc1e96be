"""What changed between two logs, for machines: JSON, NDJSON, CSV, TSV, Markdown.

CSV and TSV have a row for each change: ``by`` (the groups, joined by commas), ``value``, ``change``
(new, gone, risen, fallen), ``before``, ``after`` (records), ``ratio``, ``low``, ``high`` (its
interval of 99 %), ``p``, ``q``, ``first``, ``last`` (RFC 3339, empty without times). A ratio of a
new value is ``inf``; in JSON ``null``, which has no number for it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from streamstats.render.delimited import csv_cell, tsv_cell
from streamstats.render.diff import chance, times
from streamstats.render.escape import shown, shown_alike, shown_name
from streamstats.render.instants import Clock
from streamstats.render.look import Look
from streamstats.render.markdown import line, span
from streamstats.render.numbers import number, plural
from streamstats.render.structured import SCHEMA, json_number, texts
from streamstats.summary.change import KINDS, Change, Compared, Diff, Side

COLUMNS = (
    *("by", "value", "change", "before", "after", "ratio", "low", "high", "p", "q"),
    *("first", "last"),
)

Text = Callable[[str], str]


def render_json(diff: Diff, look: Look) -> Iterator[str]:
    """One JSON object, with a line for each change."""
    text = texts(look)
    clock = Clock(diff.zone) if diff.zone is not None else None
    yield f'{{"schema": {SCHEMA},\n'
    for label, side in (("before", diff.before), ("after", diff.after)):
        yield f' "{label}": {_side(side, clock, text)},\n'
    pattern = text(shown_name(diff.pattern, False))
    where = ", ".join(text(shown_name(each, False)) for each in diff.where)
    yield f' "pattern": {pattern}, "where": [{where}], "compared": "{diff.measure}",\n'
    total = ", ".join(
        f'"{name}": {json_number(value)}'
        for name, value in zip(("ratio", "low", "high"), diff.total, strict=True)
    )
    yield f' "total": {{{total}}}, "changed": {diff.changed},\n "groups": ['
    before = "\n  "
    for group in diff.groups:
        yield before + _group(group, text)
        inner = "\n    "
        for change in group.changes:
            yield inner + _change(change, clock, text)
            inner = ",\n    "
        yield "]}"
        before = ",\n  "
    yield "]}\n"


def render_ndjson(diff: Diff, look: Look) -> Iterator[str]:
    """One object for each change, on a line of its own."""
    text = texts(look)
    clock = Clock(diff.zone) if diff.zone is not None else None
    for group in diff.groups:
        for change in group.changes:
            yield _change(change, clock, text) + "\n"


def render_csv(diff: Diff, look: Look) -> Iterator[str]:
    """A row for each change."""
    return _rows(diff, ",", csv_cell(look))


def render_tsv(diff: Diff, look: Look) -> Iterator[str]:
    """The same, divided by tabs."""
    return _rows(diff, "\t", tsv_cell(look))


def render_markdown(diff: Diff, look: Look) -> Iterator[str]:
    """A table for each group in which something changed."""
    ascii = not look.unicode
    clock = Clock(diff.zone) if diff.zone is not None else None
    yield line(["", "before", "after"])
    yield line([":--", "--:", "--:"])
    sides = (diff.before, diff.after)
    yield line(["what", *(span(shown_name(side.name, True, ascii)) for side in sides)])
    yield line(["records", *(number(side.records) for side in sides)])
    if clock is not None:
        for name in ("start", "end"):
            instants = (getattr(side, name) for side in sides)
            yield line([name, *(clock.rfc3339(at) if at is not None else "" for at in instants)])
    for group in diff.groups:
        names = ", ".join(span(shown_name(name, True, ascii)) for name in group.by)
        if not group.changed:
            yield f"\nNothing changed in {names}.\n"
            continue
        changed = f"{number(group.changed)} of {plural(group.values, 'value')} changed"
        yield f"\n**{names}**: {changed}\n\n"
        header = [span(shown_name(name, True, ascii)) for name in group.by]
        aligned = [":--"] * len(header) + ["--:", "--:", ":--", "--:", "--:", "--:"]
        header += ["before", "after", "change", f"ratio of {diff.measure}", "99% interval", "q"]
        yield line(header)
        yield line(aligned)
        for change in group.changes:
            cells = [
                span(shown(part, True, ascii)[0]) if part else "*(empty)*" for part in change.groups
            ]
            low, high = times(change.low, look.unicode), times(change.high, look.unicode)
            cells += [number(change.before), number(change.after), change.kind]
            cells += [times(change.ratio, look.unicode), f"{low} to {high}", chance(change.q)]
            yield line(cells)
        more = group.changed - len(group.changes)
        if more:
            yield f"\n{'...' if ascii else '…'} {plural(more, 'more change')}\n"


def _side(side: Side, clock: Clock | None, text: Text) -> str:
    files = ", ".join(text(shown_name(name, False)) for name in side.files)
    start, end = (
        "null" if clock is None or at is None else f'"{clock.rfc3339(at)}"'
        for at in (side.start, side.end)
    )
    length = "null" if side.seconds is None else json_number(side.seconds)
    return (
        f'{{"name": {text(shown_name(side.name, False))}, "files": [{files}], '
        f'"records": {side.records}, "lines": {side.lines}, "unmatched": {side.unmatched}, '
        f'"start": {start}, "end": {end}, "seconds": {length}}}'
    )


def _group(group: Compared, text: Text) -> str:
    """The object of a group, up to its changes."""
    by = ", ".join(text(shown_name(name, False)) for name in group.by)
    spread = "null" if group.dispersion is None else json_number(group.dispersion)
    counts = ", ".join(f'"{kind}": {n}' for kind, n in zip(KINDS, group.counts, strict=True))
    known = ""
    if group.approximation is not None:
        error = group.approximation.error
        known = f' "approximate": true, "error": {"null" if error is None else json_number(error)},'
    return (
        f'{{"by": [{by}], "values": {group.values}, "before": {group.before}, '
        f'"after": {group.after}, "changed": {group.changed}, {counts},{known} '
        f'"dispersion": {spread}, "changes": ['
    )


def _change(change: Change, clock: Clock | None, text: Text) -> str:
    value, escaped = shown(change.value, False)
    by = [text(shown_name(name, False)) for name in change.by]
    parts = [f'{{"by": [{", ".join(by)}], "value": {text(value)}, "change": "{change.kind}"']
    parts.append(f'"before": {change.before}, "after": {change.after}')
    for name in ("ratio", "low", "high", "p", "q"):
        parts.append(f'"{name}": {json_number(getattr(change, name))}')
    if clock is not None:
        for name in ("first", "last"):
            at = getattr(change, name)
            parts.append(f'"{name}": ' + ("null" if at is None else f'"{clock.rfc3339(at)}"'))
    if len(by) > 1:
        groups, _ = shown_alike(change.groups, False)
        inner = ", ".join(f"{name}: {text(group)}" for name, group in zip(by, groups, strict=True))
        parts.append(f'"groups": {{{inner}}}')
    if any(kind != "text" for kind in change.kinds):
        kinds = [f'"{kind}"' for kind in change.kinds]
        parts.append(f'"kind": [{", ".join(kinds)}]' if len(by) > 1 else f'"kind": {kinds[0]}')
    if escaped:
        parts.append('"escaped": true')
    return ", ".join(parts) + "}"


def _rows(diff: Diff, separator: str, text: Callable[[bytes], str]) -> Iterator[str]:
    clock = Clock(diff.zone) if diff.zone is not None else None
    yield separator.join(COLUMNS) + "\n"
    for group in diff.groups:
        by = text(",".join(group.by).encode("utf-8", "surrogateescape"))
        for change in group.changes:
            cells = [by, text(change.value), change.kind, str(change.before), str(change.after)]
            cells += [repr(getattr(change, name)) for name in ("ratio", "low", "high", "p", "q")]
            for at in (change.first, change.last):
                cells.append("" if clock is None or at is None else clock.rfc3339(at))
            yield separator.join(cells) + "\n"


RENDERERS: dict[str, Callable[[Diff, Look], Iterator[str]]] = {
    "json": render_json,
    "ndjson": render_ndjson,
    "csv": render_csv,
    "tsv": render_tsv,
    "markdown": render_markdown,
}
