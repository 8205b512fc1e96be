"""A Markdown table (GitHub's kind), with the statistics in a second one.

Values stand in code spans, so that nothing in them becomes a link, a tag or a mention.
"""

from __future__ import annotations

from collections.abc import Iterator

from streamstats.render.escape import shown, shown_name
from streamstats.render.look import Look
from streamstats.render.numbers import number, percent, plural
from streamstats.summary.model import Life, Row, Summary

TYPE_CHECKING = False
if TYPE_CHECKING:
    from streamstats.render.instants import Clock  # loaded by runs with times alone
    from streamstats.summary.numbers import NumberStats


def render(summary: Summary, look: Look) -> Iterator[str]:
    """The values, then Some Statsy Things."""
    if summary.sample is not None:
        from streamstats.render.sampled import sentences

        yield " ".join(f"{span(each)}." for each in sentences(summary.sample, look)) + "\n\n"
    if summary.by or summary.numbers is None:
        yield from _values(summary, look)
    if summary.numbers is not None:
        yield from _described(summary, summary.numbers, look)
        return
    yield "\n**Some Statsy Things**\n\n"
    yield line(["statistic", "value"])
    yield line([":--", "--:"])
    stats = summary.stats
    for name in ("count", "outliers", "maximum", "minimum", "stdev", "total", "mean", "median"):
        yield line([name, number(getattr(stats, name))])
    known = summary.approximation
    if known is not None:
        error = "unknown" if known.error is None else number(known.error)
        yield line(["error of a count, at most", error])


def _values(summary: Summary, look: Look) -> Iterator[str]:
    ascii = not look.unicode
    header = [span(shown_name(name, True, ascii)) for name in summary.by]
    aligned = [":--"] * len(header)
    header.append(span(shown_name(summary.summed, True, ascii)) if summary.summed else "count")
    header += ["records", "share"] if summary.summed else ["share"]
    header += ["95%", "outlier"] if summary.intervals else ["outlier"]
    aligned += ["--:"] * (len(header) - len(aligned) - 1) + [":-:"]
    clock: Clock | None = None
    if summary.time is not None:
        from streamstats.render.instants import Clock

        clock = Clock(summary.time.zone)
        header += ["first", "last", "mean", "active", "peak", "peak_at"]
        aligned += [":--"] * 2 + ["--:"] * 3 + [":--"]
    if summary.numbers is not None:
        header += ["p50", "p95", "p99", "max"]
        aligned += ["--:"] * 4
    yield line(header)
    yield line(aligned)
    for row in summary.rows:
        cells = _cells(row, summary, ascii)
        if clock is not None:
            cells += _life(row.life, clock)
        if summary.numbers is not None:
            from streamstats.render.described import Described

            cells += Described(look.unicode).cells(row)
        yield line(cells)
    if summary.more_values:
        dots = "..." if ascii else "…"
        records = (
            plural(summary.more_count, "record")
            if summary.summed is None
            else f"{number(summary.more_count)} {span(shown_name(summary.summed, True, ascii))}"
        )
        yield f"\n{dots} {plural(summary.more_values, 'more value')}, {records}\n"


def _cells(row: Row, summary: Summary, ascii: bool) -> list[str]:
    cells = [span(shown(group, True, ascii)[0]) if group else "*(empty)*" for group in row.groups]
    cells.append(number(row.count))
    if summary.summed is not None:
        cells.append(number(row.records))
    cells.append(percent(row.share))
    if summary.intervals:
        from streamstats.render.sampled import interval

        cells.append(interval(summary, row, ascii))
    signs = row.marks if summary.marked else summary.rule.mark if row.outlier else ""
    cells.append(f"`{signs}`" if signs else "")
    return cells


def _described(summary: Summary, stats: NumberStats, look: Look) -> Iterator[str]:
    from streamstats.render.described import bins, statistics

    name = span(shown_name(summary.numbered or "", True, not look.unicode))
    yield ("\n" if summary.by else "") + f"**Numbers in {name}**\n\n"
    yield line(["statistic", "value"])
    yield line([":--", "--:"])
    for label, text, note in statistics(stats, look.unicode):
        yield line([label, f"{text} ({note})" if note else text])
    if stats.histogram is not None:
        yield "\n"
        yield line(["numbers", "count", "share"])
        yield line(["--:"] * 3)
        for label, count in bins(stats, stats.histogram, look.unicode):
            share = percent(count / stats.count)
            yield line([label.replace("<", "\\<"), number(count), share])


def _life(life: Life | None, clock: Clock) -> list[str]:
    if life is None:
        return [""] * 6
    return [
        clock.rfc3339(life.first),
        clock.rfc3339(life.last),
        "" if life.mean is None else number(life.mean),
        "" if life.active is None else number(life.active),
        number(life.peak),
        clock.rfc3339(life.peak_at),
    ]


def line(cells: list[str]) -> str:
    """A row of a table."""
    return "| " + " | ".join(cells) + " |\n"


def span(text: str) -> str:
    """A code span: its fence is longer than any run of backticks inside, its pipes escaped."""
    fence = "`"
    while fence in text:
        fence += "`"
    blank = " " if text[:1] in ("`", " ") or text[-1:] in ("`", " ") else ""
    return f"{fence}{blank}{text}{blank}{fence}".replace("|", "\\|")
