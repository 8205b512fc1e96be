"""The main job: arguments to a call of the engine, and what it found to the renderers."""

from __future__ import annotations

import os
import sys

from streamstats.cli.main import INTERRUPTED, complain
from streamstats.cli.parser import Arguments, help_text, parse
from streamstats.cli.times import size, wish
from streamstats.errors import SourceError, StreamstatsError, UsageError, printable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from streamstats.engines.once import Job, Outcome
    from streamstats.render.look import Look
    from streamstats.summary.marks import Mark
    from streamstats.summary.model import Summary

SPARKS = 24
"""A value's timeline is drawn in so many steps at the most."""

TOP = 20
"""So many values are shown to people who do not say how many."""

_SHOWN = 160
"""So many characters of a line that did not match are shown."""

_BATCH = 64 * 1024
"""Output is written in pieces of about so many characters."""


def run(argv: list[str]) -> int:
    """Count; return the exit status. Raises StreamstatsError for wrong use."""
    arguments = parse(argv)
    waiting = not arguments.files and not arguments.recursive and not arguments.version
    if arguments.help or (waiting and _terminal(0)):
        write([help_text()])
        return 0
    if arguments.version:
        from streamstats.tally import VERSION

        write([f"streamstats {VERSION}\n"])
        return 0
    _check_numbers(arguments)
    marks = _marks(arguments)
    from streamstats.cli.watching import Watching
    from streamstats.engines.once import Job, run
    from streamstats.engines.opening import Search

    job = Job(
        arguments.files or ["." if arguments.recursive else "-"],
        arguments.pattern,
        arguments.by,
        arguments.where,
        arguments.sum,
        arguments.threads,
        wish(arguments),
        arguments.numbers,
        Search(arguments.recursive, arguments.include, arguments.exclude),
        arguments.time_field,
        size(arguments.memory_limit),
        arguments.approximate,
        arguments.multiline,
        geoip=tuple(arguments.geoip),
    )
    if any(mark.rule is None for mark in marks):
        from streamstats.engines.roles import Wanted

        job = job._replace(conduct=Wanted())
    outcome = run(job, Watching(progress=not arguments.no_progress))
    if outcome.tally.records or arguments.format != "text":
        _show(outcome, arguments, marks, job)
    return report(outcome, arguments.strict, bool(arguments.where))


def _check_numbers(arguments: Arguments) -> None:
    """Refuse what only makes sense of numbers. Raises UsageError."""
    if arguments.numbers is not None:
        if arguments.classic:
            raise UsageError("--classic has no place for --numbers", "leave one of them out")
        if not arguments.by and arguments.sort in ("p50", "p95", "p99", "max"):
            raise UsageError(
                f"--sort {arguments.sort} orders values, and none are counted",
                "say with --by which group to count",
            )
        return
    for flag, given in (
        ("--log-bins", arguments.log_bins),
        (f"--sort {arguments.sort}", arguments.sort in ("p50", "p95", "p99", "max")),
    ):
        if given:
            raise UsageError(f"{flag} is of numbers", "say with --numbers which group holds them")


def _marks(arguments: Arguments) -> Sequence[Mark]:
    """What ``--rule`` says. Raises UsageError, also for what cannot be had together."""
    if arguments.rule is None:
        return ()
    if arguments.classic:
        raise UsageError("--classic knows only its own rule", "leave out --classic or --rule")
    from streamstats.summary.marks import marks

    found = marks(arguments.rule)
    if any(mark.rule is None for mark in found):
        for flag in ("sum", "numbers"):
            if getattr(arguments, flag) is not None:
                raise UsageError(
                    f"--rule hostile judges what values did, and cannot be had with --{flag}",
                    "leave out one of them",
                )
    return found


def _terminal(fd: int) -> bool:
    try:
        return os.isatty(fd)
    except OSError:
        return False


def _look(arguments: Arguments) -> Look:
    from streamstats.render.look import decide

    terminal = _terminal(1)
    columns = None
    if terminal:
        columns = os.get_terminal_size(1).columns
    return decide(
        os.environ,
        terminal=terminal,
        columns=columns,
        encoding=sys.stdout.encoding if sys.stdout else None,
        color=arguments.color,
        ascii=arguments.ascii,
    )


def _summary(outcome: Outcome, arguments: Arguments, marks: Sequence[Mark], job: Job) -> Summary:
    usual = TOP if arguments.format == "text" and not arguments.classic else 0
    timed_text = arguments.format == "text" and not arguments.classic
    bounded = arguments.memory_limit is not None or arguments.approximate
    return outcome.tally.summary(
        # Of closed buckets only the fullest is kept, so no timeline of a value can be drawn.
        sparks=SPARKS if timed_text and not bounded else 0,
        sort=arguments.sort or ("value" if arguments.classic else "count"),
        reverse=arguments.reverse,
        top=usual if arguments.top is None else arguments.top,
        only_outliers=arguments.outliers,
        log_bins=arguments.log_bins,
        marks=marks,
        hostile=_hostile(outcome, job),
    )


def _hostile(outcome: Outcome, job: Job) -> dict[bytes, int]:
    """The values with a hostile pattern, where that was asked for, and their records."""
    if job.conduct is None or not outcome.tally.records:
        return {}
    from streamstats.engines.judging import Judged

    page = Judged(job, outcome).listed()
    return {item.key: item.facts.records for item in page.found[: page.hostile]}


def _show(outcome: Outcome, arguments: Arguments, marks: Sequence[Mark], job: Job) -> None:
    from streamstats.render import renderer

    render = renderer("classic" if arguments.classic else arguments.format)
    write(render(_summary(outcome, arguments, marks, job), _look(arguments)))


def write(lines: Iterable[str]) -> None:
    """Write lines to standard output. Lone surrogates become the bytes that they stand for."""
    if sys.stdout is None:
        raise OSError(9, "standard output is closed")
    out = sys.stdout.buffer
    pending: list[str] = []
    size = 0
    for line in lines:
        pending.append(line)
        size += len(line)
        if size >= _BATCH:
            out.write("".join(pending).encode("utf-8", "surrogateescape"))
            pending.clear()
            size = 0
    out.write("".join(pending).encode("utf-8", "surrogateescape"))
    out.flush()


def report(outcome: Outcome, strict: bool, where: bool) -> int:
    """Say on standard error what was amiss, and return the exit status."""
    source = outcome.tally.source
    error: StreamstatsError | None = None
    if not outcome.tally.records and not outcome.interrupted:
        error = _nothing(outcome, where)
    if error is not None:
        complain(f"streamstats: {error}")
    elif source.unmatched:
        complain(_unmatched(outcome))
    known = outcome.tally.approximation
    if known is not None:
        limit = "by an unknown amount" if known.error is None else f"by at most {known.error:,}"
        complain(
            f"not all values fitted into memory: counts are too low {limit}; --memory-limit SIZE "
            "allows more"
        )
    if outcome.tally.times is not None:
        _report_times(outcome)
    overlong = sum(report.overlong for _, _, report in outcome.reports)
    # Where all are, the error has said so.
    if 0 < overlong < source.lines:
        lines = "1 line is" if overlong == 1 else f"{overlong:,} lines are"
        complain(f"{lines} longer than 1 MiB and counted as not matching")
    if outcome.interrupted:
        complain(f"interrupted after {source.lines:,} lines; this is what was counted so far")
        return INTERRUPTED
    if outcome.failed:
        return SourceError.exit_status
    if error is not None:
        return 1
    return SourceError.exit_status if strict and source.unmatched else 0


def _nothing(outcome: Outcome, where: bool) -> StreamstatsError | None:
    """Why there is no record, unless that has been said already."""
    from streamstats.engines.once import nothing_matched

    if not outcome.reports:
        if outcome.outside:
            return StreamstatsError("no record in the window")
        return None if outcome.failed else StreamstatsError("nothing to count: no file was found")
    error = nothing_matched(outcome)
    if error is not None:
        return error
    if outcome.tally.source.lines:
        return StreamstatsError(_left_out(outcome, where))
    if outcome.failed:
        return None
    names = ", ".join(printable(name) for name, _, _ in outcome.reports[:3])
    return StreamstatsError(
        f"nothing to count: {names} {'is' if len(outcome.reports) == 1 else 'are'} empty"
    )


def _left_out(outcome: Outcome, where: bool) -> str:
    times, matched = outcome.tally.times, outcome.tally.source.matched
    if times is not None and times.undated == matched:
        return "no line has a time that can be read"
    if times is not None and (times.start is not None or times.end is not None):
        return f"no record in the window{' fulfils the conditions of --where' if where else ''}"
    return "no line fulfils the conditions of --where"


def _report_times(outcome: Outcome) -> None:
    undated = [item for item in outcome.reports if item[2].undated]
    if undated:
        count = sum(report.undated for _, _, report in outcome.reports)
        name, _, report = undated[0]
        line, text = report.undated_samples[0]
        complain(
            f"{count:,} of {outcome.tally.source.lines:,} lines "
            f"{'has' if count == 1 else 'have'} a time that cannot be read; "
            f"first: {_place(outcome, name, line)}: {_clipped(text)}"
        )
    late = outcome.tally.late
    if late:
        complain(
            f"{late:,} {'record' if late == 1 else 'records'} came later than --lateness allows, "
            "counted in totals only: peaks are lower bounds"
        )
    for name, _, report in outcome.reports:
        if report.folded:
            complain(
                f"{printable(name)}: its times have no year and go through more than one; all were "
                "taken for the last"
            )


def _place(outcome: Outcome, name: str, line: int) -> str:
    # Behind what was skipped, lines are not counted from the first one.
    return printable(name) if name in outcome.sought else f"{printable(name)}:{line}"


def _clipped(text: bytes) -> str:
    shown = printable(text.decode("utf-8", "surrogateescape"))
    return shown if len(shown) <= _SHOWN else shown[: _SHOWN - 1] + "…"


def _unmatched(outcome: Outcome) -> str:
    source, summed = outcome.tally.source, outcome.tally.summed or outcome.tally.numbered
    name, pattern, report = next(item for item in outcome.reports if item[2].unmatched)
    pattern_text = f"'{printable(pattern)}'"
    if summed is not None:
        # A line may also have been passed over for an amount that is no number.
        pattern_text += f" with a number in '{printable(summed)}'"
    line, text = report.samples[0]
    return (
        f"{source.unmatched:,} of {source.lines:,} lines did not match {pattern_text}; "
        f"first: {_place(outcome, name, line)}: {_clipped(text)}"
    )
