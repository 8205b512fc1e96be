"""What ``--help``, the man page and the reference say beside the flags themselves."""

from __future__ import annotations

from streamstats.cli.definition import OTHER
from streamstats.cli.flags import COUNTED, SHOWN

#: The rows of ``--help``: flags that share a row, and what it says about them.
HELP: tuple[tuple[str, tuple[tuple[tuple[str, ...], str], ...]], ...] = (
    (
        COUNTED,
        (
            (("--pattern",), "how a line reads (else found out), or `line`"),
            (("--by",), "what to count, instead of the pattern's own"),
            (("--where",), "only records for which it holds; repeatable"),
            (("--sum", "--numbers"), "add up a number; describe one: quantiles"),
            (("--recursive", "--time"), "folders; each line is [TIME] VALUE: rates"),
            (("--start", "--end"), "from, up to then: -S --since, -U --until"),
            (("--window", "--tz"), "both; the zone of times"),
        ),
    ),
    (
        SHOWN,
        (
            (("--top",), "the first N values (20), 0 for all"),
            (("--sort", "--reverse"), "count, value, rate, peak, first, last, p99"),
            (("--per",), "the bucket of a peak: 1s, 1m, 1h30m"),
            (("--outliers", "--rule"), "only outliers; the rule: mad, hostile, all"),
            (("--classic",), "the original layout"),
            (("--format", "--json"), "text, json, ndjson, csv, tsv or markdown"),
            (("--ascii", "--color"), "bars of |; auto, always or never"),
            (("--follow", "--retry"), "go on as logs grow; wait for them"),
        ),
    ),
    (
        OTHER,
        ((("--strict", "--version", "--help"), "status 3 if a line did not match"),),
    ),
)

#: How a value is called in ``--help``, where its choices or its name are too long.
BRIEF = {
    "--format": "FORMAT",
    "--color": "HOW",
    "--rule": "RULE",
    "--sort": "KEY",
    "--start": "WHEN",
    "--end": "WHEN",
}

EXAMPLES: tuple[tuple[str, str], ...] = (
    ("awk '{print $1}' access.log | streamstats", "whole lines"),
    ("streamstats access.log --by path --where 'status >= 500'", "what fails"),
    ("streamstats access.log --since '1h ago' --sort peak", "who bursts"),
    ("streamstats access.log", "the format is found out"),
    ("streamstats access.log --window 'yesterday 14:00..yesterday 15:00' --per 1m", ""),
    ("streamstats -f access.log --last 5m", "live"),
    ("streamstats -p '^(?P<user>\\S+) .* (?P<ms>\\d+)ms' app.log --by user --sum ms", ""),
)

#: So many of the examples stand in ``--help``.
EXAMPLES_IN_HELP = 1

EXIT_STATUS: tuple[tuple[int, str], ...] = (
    (0, "done"),
    (1, "no record was counted"),
    (2, "wrong use: a flag, a pattern, a group or a time"),
    (3, "an input could not be read; with --strict also: a line did not match"),
    (70, "a fault of its own; please report it"),
    (130, "interrupted; what was counted so far is shown"),
)

ENVIRONMENT: tuple[tuple[str, str], ...] = (
    ("STREAMSTATS_HOME", "the folder of your own patterns, instead of ~/.streamstats"),
    ("NO_COLOR", "when set and not empty, no colour unless --color always is given"),
    ("STREAMSTATS_DATABASE_PASSWORD", "the password for `sample`, where the URL has none"),
    ("TZ", "the machine's zone, for times that name none, unless --tz is given"),
    ("STREAMSTATS_DEBUG", "when set and not empty, a fault of its own shows where it is"),
    ("COLUMNS", "the width to use instead of the terminal's"),
)
