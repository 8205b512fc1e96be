"""JSON and NDJSON, written value by value: twenty million values never make one string."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator

from streamstats.render.escape import shown, shown_alike, shown_name, terminal_unsafe
from streamstats.render.look import Look
from streamstats.summary.model import Row, Summary

SCHEMA = 1


def render_json(summary: Summary, look: Look) -> Iterator[str]:
    """One JSON object, with a line for each value."""
    text = _texts(look)
    yield f'{{"schema": {SCHEMA},\n'
    source = summary.source
    files = ", ".join(text(shown_name(name, False)) for name in source.files)
    yield (
        f' "source": {{"files": [{files}], "bytes": {source.bytes}, "lines": {source.lines},'
        f' "matched": {source.matched}, "unmatched": {source.unmatched}}},\n'
    )
    by = ", ".join(text(shown_name(name, False)) for name in summary.by)
    pattern = text(shown_name(summary.pattern, False))
    yield f' "pattern": {{"name": {pattern}, "by": [{by}]}},\n'
    stats = summary.stats
    numbers = (
        ("count", stats.count),
        ("total", stats.total),
        ("mean", stats.mean),
        ("stdev", stats.stdev),
        ("minimum", stats.minimum),
        ("maximum", stats.maximum),
        ("median", stats.median),
        ("outliers", stats.outliers),
    )
    inner = ", ".join(f'"{name}": {json_number(value)}' for name, value in numbers)
    yield f' "stats": {{{inner}}},\n'
    yield ' "values": ['
    before = "\n  "
    for value in _values(summary, text):
        yield before + value
        before = ",\n  "
    yield "]}\n"


def render_ndjson(summary: Summary, look: Look) -> Iterator[str]:
    """One object for each value, on a line of its own, and no line for anything else.

    So ``jq``, ``wc -l`` and a database's import see values only. The objects are those of the
    ``values`` of the JSON layout.
    """
    for value in _values(summary, _texts(look)):
        yield value + "\n"


def json_number(value: int | float) -> str:
    """A number that reads back equal; ``null`` for what JSON has no number for."""
    if isinstance(value, float) and not math.isfinite(value):
        return "null"
    return repr(value)


def _values(summary: Summary, text: Callable[[str], str]) -> Iterator[str]:
    names = [text(shown_name(name, False)) for name in summary.by]
    several = len(names) > 1
    for row in summary.rows:
        yield _value(row, names if several else [], summary.summed is not None, text)


def _value(row: Row, names: list[str], summed: bool, text: Callable[[str], str]) -> str:
    value, escaped = shown(row.value, False)
    parts = [f'{{"value": {text(value)}, "count": {json_number(row.count)}']
    if summed:
        parts.append(f'"records": {row.records}')
    parts.append(f'"share": {json_number(row.share)}')
    parts.append(f'"outlier": {"true" if row.outlier else "false"}')
    if names:
        groups, _ = shown_alike(row.groups, False)
        inner = ", ".join(
            f"{name}: {text(group)}" for name, group in zip(names, groups, strict=True)
        )
        parts.append(f'"groups": {{{inner}}}')
    if escaped:
        parts.append('"escaped": true')
    return ", ".join(parts) + "}"


def _texts(look: Look) -> Callable[[str], str]:
    r"""What writes a JSON string.

    Characters that could act on a terminal are always written as ``\uNNNN``, which reads back as
    the same text; so JSON is safe to look at, wherever it goes.
    """
    from json.encoder import JSONEncoder  # late: the other layouts do without it

    plain = JSONEncoder(ensure_ascii=True).encode
    encode = JSONEncoder(ensure_ascii=not look.unicode).encode
    unsafe = {code: plain(chr(code))[1:-1] for code in terminal_unsafe()}
    unsafe[0x7F] = "\\u007f"  # DEL, which JSON leaves alone even in ASCII

    def text(value: str) -> str:
        written = encode(value)
        return written if written.isprintable() else written.translate(unsafe)

    return text
