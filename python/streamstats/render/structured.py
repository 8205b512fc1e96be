"""JSON and NDJSON, written value by value: twenty million values never make one string."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator

from streamstats.render.escape import shown, shown_alike, shown_name, terminal_unsafe
from streamstats.render.look import Look
from streamstats.summary.model import Approximation, Life, Row, Summary, TimeFacts

TYPE_CHECKING = False
if TYPE_CHECKING:
    from streamstats.render.instants import Clock  # loaded by runs with times alone
    from streamstats.summary.numbers import NumberStats

SCHEMA = 1
SECOND = 1_000_000_000


def render_json(summary: Summary, look: Look) -> Iterator[str]:
    """One JSON object, with a line for each value."""
    text = texts(look)
    time = summary.time
    yield f'{{"schema": {SCHEMA},\n'
    source = summary.source
    files = ", ".join(text(shown_name(name, False)) for name in source.files)
    timed = f', "undated": {time.undated}, "out_of_order": {time.out_of_order}' if time else ""
    yield (
        f' "source": {{"files": [{files}], "bytes": {source.bytes}, "lines": {source.lines},'
        f' "matched": {source.matched}, "unmatched": {source.unmatched}{timed}}},\n'
    )
    by = ", ".join(text(shown_name(name, False)) for name in summary.by)
    pattern = text(shown_name(summary.pattern, False))
    yield f' "pattern": {{"name": {pattern}, "by": [{by}]}},\n'
    if summary.sample is not None:
        from streamstats.render.sampled import json_members

        yield f' "sample": {{{json_members(summary.sample, text)}}},\n'
    if summary.approximation is not None:
        known = summary.approximation
        yield (
            f' "approximate": true, "error": {_error(known)},'
            f' "distinct_error": {json_number(known.distinct_error)},\n'
        )
    if time is not None:
        yield from _times(time)
    if summary.numbers is not None:
        group = text(shown_name(summary.numbered or "", False))
        whole = _numbers(summary.numbers, True)
        yield f' "numbers": {{"group": {group}, {whole}}}{"," if summary.by else "}"}\n'
        if not summary.by:
            return
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
    if summary.marked:
        rules = ", ".join(
            f'{{"rule": "{mark.name}", "sign": "{mark.sign}", "says": {text(mark.says)}, '
            f'"values": {count}}}'
            for mark, count in summary.marked
        )
        yield f' "rules": [{rules}],\n'
    yield ' "values": ['
    before = "\n  "
    for value in _values(summary, text):
        yield before + value
        before = ",\n  "
    yield "]}\n"


def render_ndjson(summary: Summary, look: Look) -> Iterator[str]:
    """One object for each value, on a line of its own, and no line for anything else.

    So ``jq``, ``wc -l`` and a database's import see values only. The objects are those of the
    ``values`` of the JSON layout. Where only numbers are described, one line has their object.
    """
    text = texts(look)
    if summary.numbers is not None and not summary.by:
        group = text(shown_name(summary.numbered or "", False))
        yield f'{{"group": {group}, {_numbers(summary.numbers, True)}}}\n'
    for value in _values(summary, text):
        yield value + "\n"


def _error(known: Approximation) -> str:
    return "null" if known.error is None else json_number(known.error)


def json_number(value: int | float) -> str:
    """A number that reads back equal; ``null`` for what JSON has no number for."""
    if isinstance(value, float) and not math.isfinite(value):
        return "null"
    return repr(value)


def seconds(length: int) -> str:
    """Nanoseconds as a number of seconds: ``60``, ``0.25``."""
    whole, part = divmod(length, SECOND)
    return str(whole) if not part else f"{whole}.{part:09}".rstrip("0")


def _values(summary: Summary, text: Callable[[str], str]) -> Iterator[str]:
    names = [text(shown_name(name, False)) for name in summary.by]
    several = len(names) > 1
    time = summary.time
    clock = None if time is None else _clock(time)
    per = "" if time is None else seconds(time.per)
    marks = {mark.sign: mark.name for mark, _ in summary.marked}
    for row in summary.rows:
        value = _value(row, names if several else [], summary.summed is not None, text, marks)
        if summary.intervals:
            low, high = summary.interval(row)
            value += f', "interval": [{json_number(low)}, {json_number(high)}]'
        if clock is not None:
            value += _life(row.life, clock, per)
        if summary.numbers is not None:
            some = row.numbers
            value += ', "numbers": '
            value += "null" if some is None else f"{{{_numbers(some, False)}}}"
        if summary.approximation is not None:
            value += f', "error": {_error(summary.approximation)}'
        if row.partial:
            value += ', "approximate": true'
        yield value + "}"


def _value(
    row: Row,
    names: list[str],
    summed: bool,
    text: Callable[[str], str],
    marks: dict[str, str],
) -> str:
    """The object of a row, not closed yet."""
    value, escaped = shown(row.value, False)
    parts = [f'{{"value": {text(value)}, "count": {json_number(row.count)}']
    if summed:
        parts.append(f'"records": {row.records}')
    parts.append(f'"share": {json_number(row.share)}')
    parts.append(f'"outlier": {"true" if row.outlier else "false"}')
    if marks:
        signed = ", ".join(f'"{marks[sign]}"' for sign in row.marks)
        parts.append(f'"marks": [{signed}]')
    if names:
        groups, _ = shown_alike(row.groups, False)
        inner = ", ".join(
            f"{name}: {text(group)}" for name, group in zip(names, groups, strict=True)
        )
        parts.append(f'"groups": {{{inner}}}')
    if any(kind != "text" for kind in row.kinds):
        kinds = [f'"{kind}"' for kind in row.kinds]
        parts.append(f'"kind": [{", ".join(kinds)}]' if names else f'"kind": {kinds[0]}')
    if escaped:
        parts.append('"escaped": true')
    return ", ".join(parts)


def _clock(time: TimeFacts) -> Clock:
    from streamstats.render.instants import Clock

    return Clock(time.zone)


def _times(time: TimeFacts) -> Iterator[str]:
    clock = _clock(time)
    start, end = (
        "null" if instant is None else f'"{clock.rfc3339(instant)}"'
        for instant in (time.start, time.end)
    )
    yield f' "window": {{"start": {start}, "end": {end}}},\n'
    line = time.timeline
    if line is None or not line.counts:
        yield ' "timeline": null,\n'
        return
    per, begin = seconds(line.step), clock.rfc3339(line.start)
    counts = ", ".join(map(str, line.counts))
    yield f' "timeline": {{"per": {per}, "start": "{begin}", "counts": [{counts}]}},\n'


def _life(life: Life | None, clock: Clock, per: str) -> str:
    if life is None:
        return ', "first": null, "last": null, "rate": null'
    mean, active = (
        "null" if rate is None else json_number(rate) for rate in (life.mean, life.active)
    )
    return (
        f', "first": "{clock.rfc3339(life.first)}", "last": "{clock.rfc3339(life.last)}"'
        f', "rate": {{"mean": {mean}, "active": {active}, "peak": {life.peak}'
        f', "peak_at": "{clock.rfc3339(life.peak_at)}", "per": {per}}}'
    )


def _numbers(stats: NumberStats, whole: bool) -> str:
    """What is inside the object of some numbers: of all records, or of one value."""
    quantiles = ", ".join(
        f'"{which:g}": {json_number(value)}' for which, value in stats.quantiles.items()
    )
    known = stats.count > 0
    numbers = (
        ("minimum", stats.minimum),
        ("maximum", stats.maximum),
        ("total", stats.total),
        ("mean", stats.mean),
        ("stdev", stats.stdev),
    )
    parts = [f'"count": {stats.count}']
    if whole:
        unit = f'"{stats.unit}"' if stats.unit else "null"
        mixed = ', "mixed": true' if stats.mixed else ""
        parts.append(
            f'"absent": {stats.absent}, "not_numbers": {stats.not_numbers}, "unit": {unit}{mixed}'
        )
    parts += [f'"{name}": {json_number(value) if known else "null"}' for name, value in numbers]
    exact = "true" if stats.exact else "false"
    parts.append(f'"quantiles": {{{quantiles}}}, "exact": {exact}, "error": {stats.error!r}')
    if whole and stats.histogram is not None:
        shown = stats.histogram
        edges = ", ".join(map(json_number, shown.edges))
        parts.append(
            f'"histogram": {{"log": {"true" if shown.log else "false"}, "edges": [{edges}],'
            f' "counts": [{", ".join(map(str, shown.counts))}],'
            f' "less": {shown.less}, "more": {shown.more}}}'
        )
    return ", ".join(parts)


def texts(look: Look) -> Callable[[str], str]:
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
