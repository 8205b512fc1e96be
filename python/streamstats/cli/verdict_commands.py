"""The subcommands about verdicts: what each takes, and its help."""

from __future__ import annotations

from collections.abc import Iterable

from streamstats.cli.definition import OTHER, Command, Flag, Operand

_SHARED = (
    *("--pattern", "--by", "--geoip", "--where", "--recursive", "--include", "--exclude"),
    *("--start", "--end", "--window", "--relative-to", "--tz", "--time-format", "--time-field"),
    *("--day-first", "--month-first", "--lateness", "--no-seek", "--multiline"),
    *("--ascii", "--color", "--threads", "--memory-limit", "--no-progress"),
)
"""Flags of the main job that mean the same here."""

_FAILURE = Flag(
    ("--failure",),
    "when a record counts as a failure, instead of what the pattern says",
    metavar="'GROUP OP VALUE'",
    text="A condition as `--where` takes it: `--failure 'status >= 500'`.",
)


def verdict_commands(flags: Iterable[Flag]) -> tuple[Command, Command]:
    """``explain`` and ``suspects``, with the shared ones among the ``flags`` of the main job."""
    shared = tuple(
        flag._replace(heading=OTHER, advanced=False)
        for flag in flags
        if any(name in _SHARED for name in flag.names)
    )
    json = Flag(("--json",), "the same as --format json", means=("--format", "json"))
    explain = Command(
        "explain",
        "the verdict on a value: is it hostile, since when, and how do we know",
        "Each VALUE, an address or whatever else is counted, gets a verdict with its evidence, "
        "since when, a timeline, what it asked for, and a few of its lines. The first argument "
        "that is a file begins the FILEs; `--value` names a VALUE that is a file, too. With "
        "several groups in `--by` a VALUE has commas between them. Without VALUE the worst "
        "suspects are explained. Exit status 1 where a VALUE does not occur, with the nearest.",
        operands=(Operand("VALUE-or-FILE", "values, then files; - is standard input", "*"),),
        flags=(
            Flag(("--value",), "a VALUE; may be repeated", metavar="VALUE", repeat=True),
            Flag(
                ("-n", "--top"),
                "without VALUE, explain the N worst suspects",
                metavar="N",
                least=1,
                default=3,
            ),
            Flag(
                ("--reverse-names",),
                "ask the name servers what addresses are called",
                text="Whoever runs them then knows that somebody looks. Waits 3 seconds at most.",
            ),
            _FAILURE,
            *shared,
            Flag(("--format",), "the form of the output", choices=("text", "json"), default="text"),
            json,
        ),
        module="explain",
    )
    suspects = Command(
        "suspects",
        "all values that are hostile or unusual, worst first",
        "A line for each value whose verdict is above *nothing unusual*, with the strongest "
        "reason. Exit status 0 when there are some and 1 when there are none, so that it can "
        "stand in a script. `--format plain` prints values alone, for `ipset`, `nft` or fail2ban: "
        "those with a hostile pattern, since what is only unusual is no reason to shut anybody "
        "out; `--verdict unusual` prints the others too.",
        operands=(Operand("FILE", "a log; - is standard input", number="*", completes="file"),),
        flags=(
            Flag(
                ("--verdict",),
                "the mildest verdict listed (unusual; with --format plain hostile)",
                choices=("hostile", "unusual"),
            ),
            Flag(
                ("--roll-up",),
                "also prefixes that are abnormal when their members are not",
                text=(
                    "The narrowest prefix of addresses (/24, /16, /48 of IPv6) with at least five "
                    "failing members, half of all, at five different keys, and far more members "
                    "than others. Members that are suspects by themselves are left out."
                ),
            ),
            Flag(
                ("-n", "--top"),
                "show the first N; 0 shows all",
                metavar="N",
                least=0,
                text="The text layout shows 20 when this is not given.",
            ),
            _FAILURE,
            *shared,
            Flag(
                ("--format",),
                "the form of the output",
                choices=("text", "plain", "json"),
                default="text",
            ),
            json,
        ),
        module="suspects",
    )
    return explain, suspects
