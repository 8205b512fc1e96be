"""The works: the command of streamstats, the yardsticks, and what is to be reached."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from inputs import path_of, words_of
from measure import Figure
from peers import FILE, SHOWN, filled, shell
from places import Places

Figures = dict[str, Figure]

OURS = "streamstats"
START = "python3 -c pass"
MEGA, GIGA = 1e6, 1e9


class Verdict(NamedTuple):
    """What was measured against one row to reach. ``reached`` is None when it cannot be told."""

    reach: str
    measured: str
    reached: bool | None


class Work(NamedTuple):
    """One work. Commands are by name; ``data`` names the input, ``form`` how ours answers.

    ``sides`` are further commands timed in the same rounds, without an answer to check.
    """

    name: str
    title: str
    data: str
    ours: list[str]
    form: str
    sides: dict[str, list[str]]
    rounds: int
    judge: Callable[[Figures, list[str]], list[Verdict]]


def ms(seconds: float) -> str:
    """Milliseconds for short times, seconds for long ones."""
    return f"{seconds * 1000:.0f} ms" if seconds < 1 else f"{seconds:.2f} s"


def fastest(figures: Figures, names: list[str]) -> str | None:
    """Give the fastest of the peers that were measured."""
    there = [name for name in names if name in figures]
    return min(there, key=lambda name: figures[name].median) if there else None


def times_faster(figures: Figures, names: list[str], least: float, reach: str) -> Verdict:
    """Whether ours is ``least`` times as fast as the fastest peer."""
    best = fastest(figures, names)
    if best is None:
        return Verdict(reach, "no peer was measured", None)
    ratio = figures[best].median / figures[OURS].median
    told = f"{ratio:.2f} times as fast as {best}"
    told += f" ({ms(figures[OURS].median)} to {ms(figures[best].median)})"
    return Verdict(reach, told, ratio >= least)


def at_most(ours: float, limit: float, reach: str, how: str) -> Verdict:
    """Whether a time stays within a limit."""
    return Verdict(reach, f"{ms(ours)}; {how} = {ms(limit)}", ours <= limit)


def memory_within(figures: Figures, limit: float, reach: str) -> Verdict:
    """Whether the largest memory of ours stays within ``limit`` bytes."""
    used = figures[OURS].memory
    return Verdict(reach, f"{used / MEGA:.0f} MB", used <= limit)


def judge_count(figures: Figures, names: list[str]) -> list[Verdict]:
    what = "count the address of a combined log from a 1 GB file: "
    limit = 2.5 * figures["wc -l"].median + figures[START].median
    return [
        times_faster(
            figures, names, 4, what + "at least 4 times as fast as the fastest of the peers"
        ),
        at_most(
            figures[OURS].median,
            limit,
            what + "at most 2.5 times `wc -l` plus Python's start",
            "2.5 × `wc -l` + start",
        ),
        memory_within(figures, 90 * MEGA, "memory, for the same: at most 90 MB"),
    ]


def judge_pipe(figures: Figures, names: list[str]) -> list[Verdict]:
    limit = 1.6 * figures["cat | wc -l"].median + figures[START].median
    return [
        at_most(
            figures[OURS].median,
            limit,
            "the same through a pipe: at most 1.6 times `cat f | wc -l` plus start",
            "1.6 × `cat f | wc -l` + start",
        )
    ]


def judge_lines(figures: Figures, names: list[str]) -> list[Verdict]:
    """Never the slower end: the pipe takes what awk and an idle reader take.

    And ours, fed with the same lines by ``cat``, is done before awk is.
    """
    out, start = [], figures[START].median
    alone = figures[OURS].median
    for awk in ("mawk", "gawk"):
        if f"{awk} | streamstats" not in figures:
            continue
        fed, idle = figures[f"{awk} | streamstats"].median, figures[f"{awk} | cat"].median
        null = figures[f"{awk} > /dev/null"].median
        told = f"{ms(fed)}; {awk} into `cat` {ms(idle)}, into /dev/null {ms(null)}; "
        told += f"streamstats on the same lines from `cat` {ms(alone)}"
        reached = fed <= 1.05 * idle + start and alone <= idle
        reach = f"whole lines from the pipe of {awk} '{{print $1}}': never the slower end"
        out.append(Verdict(reach, told, reached))
    return out


def judge_start(figures: Figures, names: list[str]) -> list[Verdict]:
    more = figures[OURS].median - figures["echo a | " + START].median
    reach = "`echo a | streamstats`: at most 60 ms more than `python3 -c pass`"
    return [Verdict(reach, f"{more * 1000:.0f} ms more", more <= 0.060)]


def judge_distinct(figures: Figures, names: list[str]) -> list[Verdict]:
    what = "20 million distinct values of 12 bytes: "
    duck = [name for name in names if name == "DuckDB"]
    return [
        memory_within(figures, 1.6 * GIGA, what + "at most 1.6 GB"),
        times_faster(figures, duck, 1, what + "faster than DuckDB"),
    ]


def judge_minute(figures: Figures, names: list[str]) -> list[Verdict]:
    reach = "per address: count, first, last and peak per minute: at least 5 times the fastest peer"
    return [times_faster(figures, names, 5, reach)]


def judge_second(figures: Figures, names: list[str]) -> list[Verdict]:
    minute = figures["streamstats, per minute"].median
    what = "the same per second: "
    return [
        at_most(
            figures[OURS].median,
            1.5 * minute,
            what + "at most 1.5 times the work per minute",
            "1.5 × per minute",
        ),
        memory_within(figures, 350 * MEGA, what + "memory at most 350 MB"),
    ]


def judge_window(figures: Figures, names: list[str]) -> list[Verdict]:
    ours, start = figures[OURS].median, figures["echo a | streamstats"].median
    day = figures["streamstats, one day"].median
    what = "one minute of a sorted 10 GB file: "
    return [
        at_most(
            ours,
            start + 0.050,
            what + "at most 50 ms more than start-up",
            "`echo a | streamstats` + 50 ms",
        ),
        # Two milliseconds and 5 in 100 are what two runs of one command differ by.
        at_most(
            ours,
            day * 1.05 + 0.002,
            what + "no more than for 1 GB",
            "1 GB (and 5 in 100 for noise)",
        ),
    ]


def works(at: Places, quick: bool, window: tuple[int, int] | None) -> list[Work]:
    """All works. ``window`` is the minute to be sought, in seconds since 1970."""
    log, distinct = ("small", "few") if quick else ("log", "distinct")
    plain, pas = [at.streamstats], [at.own_python, "-c", "pass"]
    top = ["--format", "tsv", "-n", str(SHOWN)]
    timed = [*plain, "-p", "combined", "--format", "json", "-n", str(SHOWN)]
    piped = f'"{at.streamstats}"'
    awks: dict[str, list[str]] = {}
    for awk in ("mawk", "gawk"):
        first = f"LC_ALL=C {awk} '{{print $1}}' \"$1\""
        awks[f"{awk} > /dev/null"] = shell(f"{first} > /dev/null")
        awks[f"{awk} | cat"] = shell(f"{first} | cat > /dev/null")
        awks[f"{awk} | streamstats"] = shell(f"{first} | {piped} --format tsv -n {SHOWN}")
    words = words_of(path_of(at, log))
    out = [
        Work(
            "count",
            "Count the address of a combined log, from a file",
            log,
            [*plain, "-p", "combined", "--no-time", *top, FILE],
            "tsv",
            {"wc -l": ["wc", "-l", FILE], START: pas},
            7,
            judge_count,
        ),
        Work(
            "pipe",
            "The same through a pipe",
            log,
            shell(f'cat "$1" | {piped} -p combined --no-time --format tsv -n {SHOWN}'),
            "tsv",
            {"cat | wc -l": shell('cat "$1" | wc -l'), START: pas},
            7,
            judge_pipe,
        ),
        Work(
            "lines",
            "Whole lines from the pipe of awk (streamstats itself: the same lines from cat)",
            log,
            filled(shell(f'cat "$1" | {piped} --format tsv -n {SHOWN}'), words),
            "tsv",
            {**awks, START: pas},
            5,
            judge_lines,
        ),
        Work(
            "start",
            "One line: what starting takes",
            log,
            ["sh", "-c", f"echo a | {piped}"],
            "none",
            {"echo a | " + START: ["sh", "-c", f'echo a | "{at.own_python}" -c pass']},
            25,
            judge_start,
        ),
        Work(
            "distinct",
            "Lines that are all different, 12 bytes each",
            distinct,
            [*plain, "-p", "line", *top, FILE],
            "tsv",
            {"wc -l": ["wc", "-l", FILE]},
            5,
            judge_distinct,
        ),
        Work(
            "minute",
            "Count, first, last and peak per minute of each address",
            log,
            [*timed, "--per", "1m", FILE],
            "json",
            {"wc -l": ["wc", "-l", FILE], START: pas},
            5,
            judge_minute,
        ),
        Work(
            "second",
            "Count, first, last and peak per second of each address",
            log,
            [*timed, "--per", "1s", FILE],
            "json",
            {"streamstats, per minute": [*timed, "--per", "1m", FILE]},
            5,
            judge_second,
        ),
    ]
    if window is not None:
        start, end = window
        many, one = ("small-days", "small") if quick else ("days", "log")
        # In the long file the minute of the sixth day is sought: the same minute, the same answer.
        far = 5 * 86_400
        out.append(
            Work(
                "window",
                "One minute of a sorted file of 10 days",
                many,
                [*timed, "--start", f"@{start + far}", "--end", f"@{end + far}", FILE],
                "window",
                {
                    "streamstats, one day": filled(
                        [*timed, "--start", f"@{start}", "--end", f"@{end}", FILE],
                        path_of(at, one),
                    ),
                    "echo a | streamstats": ["sh", "-c", f"echo a | {piped}"],
                },
                15,
                judge_window,
            )
        )
    return out
