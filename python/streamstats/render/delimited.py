"""Comma- and tab-separated values, with a header row.

Rows end in a line feed alone. RFC 4180 says CRLF, but every reader takes a line feed, and the
tools that such output is piped to (cut, sort, awk, join) would keep the carriage return as part
of the last column.

Columns: ``value``, or one for each group when several are counted together; ``count``; ``records``
with ``--sum``; ``share``; of an even sample ``share_low`` and ``share_high``; ``outlier`` (``true``
or ``false``); where there are times ``first``, ``last``, ``mean``, ``active`` (records per second),
``peak``, ``peak_at``. Instants are RFC 3339.
With ``--numbers`` ``numbers`` (how many), ``numbers_minimum``, ``numbers_maximum``,
``numbers_mean``, ``numbers_stdev``, ``p50``, ``p90``, ``p95``, ``p99`` and ``p99.9``, in seconds or
bytes where they have a unit; without ``--by`` there is one row, which has these and ``absent``
(records without a number) alone. What there is no number for is empty.
Where not all values fitted into memory, ``error`` (a count is at most so much too low), and with
times or numbers ``approximate``: whether those of the value cover a part of its records only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from streamstats.render.escape import escapes, shown
from streamstats.render.look import Look
from streamstats.summary.model import Life, Summary

TYPE_CHECKING = False
if TYPE_CHECKING:
    from streamstats.render.instants import Clock  # loaded by runs with times alone
    from streamstats.summary.numbers import NumberStats

NUMBERS = (
    *("numbers", "numbers_minimum", "numbers_maximum", "numbers_mean", "numbers_stdev"),
    *("p50", "p90", "p95", "p99", "p99.9"),
)

TIMES = ("first", "last", "mean", "active", "peak", "peak_at")


def render_csv(summary: Summary, look: Look) -> Iterator[str]:
    r"""CSV as in RFC 4180: quotes around what needs them, quotes inside doubled.

    Bytes that are not UTF-8 are escaped as ``\xNN``; control characters only on a terminal.
    """
    return _rows(summary, ",", csv_cell(look))


def render_tsv(summary: Summary, look: Look) -> Iterator[str]:
    r"""Tab-separated values, one line each whatever the values hold.

    Tab, line feed, carriage return and backslash are written ``\t``, ``\n``, ``\r`` and ``\\``;
    bytes that are not UTF-8 ``\xNN``; on a terminal other control characters are escaped too.
    A backslash is always doubled, so every value can be read back.
    """
    return _rows(summary, "\t", tsv_cell(look))


def csv_cell(look: Look) -> Callable[[bytes], str]:
    """What writes a text as CSV does."""
    return lambda value: _quoted(shown(value, look.terminal)[0])


def tsv_cell(look: Look) -> Callable[[bytes], str]:
    """What writes a text as TSV does."""
    table = {**escapes(look.terminal), 0x5C: "\\\\", 0x09: "\\t", 0x0A: "\\n", 0x0D: "\\r"}
    return lambda value: value.decode("utf-8", "surrogateescape").translate(table)


def _rows(summary: Summary, separator: str, text: Callable[[bytes], str]) -> Iterator[str]:
    if summary.numbers is not None and not summary.by:
        yield separator.join([*NUMBERS, "absent"]) + "\n"
        yield separator.join([*_numbers(summary.numbers), str(summary.numbers.absent)]) + "\n"
        return
    summed = summary.summed is not None
    several = len(summary.by) > 1
    names = [text(name.encode("utf-8", "surrogateescape")) for name in summary.by]
    header = names if several else ["value"]
    header += ["count", "records", "share"] if summed else ["count", "share"]
    if summary.intervals:
        header += ["share_low", "share_high"]
    header.append("outlier")
    clock: Clock | None = None
    if summary.time is not None:
        from streamstats.render.instants import Clock

        clock = Clock(summary.time.zone)
        header += TIMES
    if summary.numbers is not None:
        header += NUMBERS
    known = summary.approximation
    partial = clock is not None or summary.numbers is not None
    if known is not None:
        header.append("error")
        if partial:
            header.append("approximate")
    if summary.marked:
        header.append("marks")
    yield separator.join(header) + "\n"
    for row in summary.rows:
        cells = [text(group) for group in row.groups] if several else [text(row.value)]
        cells.append(repr(row.count))
        if summed:
            cells.append(repr(row.records))
        cells.append(repr(row.share))
        if summary.intervals:
            cells += map(repr, summary.interval(row))
        cells.append("true" if row.outlier else "false")
        if clock is not None:
            cells += _life(row.life, clock)
        if summary.numbers is not None:
            cells += _numbers(row.numbers)
        if known is not None:
            cells.append("" if known.error is None else repr(known.error))
            if partial:
                cells.append("true" if row.partial else "false")
        if summary.marked:
            cells.append(row.marks)
        yield separator.join(cells) + "\n"


def _life(life: Life | None, clock: Clock) -> list[str]:
    if life is None:
        return [""] * len(TIMES)
    return [
        clock.rfc3339(life.first),
        clock.rfc3339(life.last),
        "" if life.mean is None else repr(life.mean),
        "" if life.active is None else repr(life.active),
        str(life.peak),
        clock.rfc3339(life.peak_at),
    ]


def _numbers(stats: NumberStats | None) -> list[str]:
    if stats is None or not stats.count:
        return ["0", *[""] * (len(NUMBERS) - 1)]
    numbers = (stats.minimum, stats.maximum, stats.mean, stats.stdev, *stats.quantiles.values())
    return [str(stats.count), *map(repr, numbers)]


def _quoted(text: str) -> str:
    """A cell of CSV, in quotes where it needs them."""
    # Not the csv module: which characters it quotes differs between versions of Python, and a
    # bare carriage return must be quoted or the row breaks in two.
    if any(char in text for char in ',"\r\n'):
        return '"' + text.replace('"', '""') + '"'
    return text
