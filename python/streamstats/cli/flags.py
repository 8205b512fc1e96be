"""Every flag and subcommand, once: its names, its one line of help, its long text.

The parser, ``--help``, the completions, the man page and docs/reference.md are all made from the
tables below, so a flag is added here and nowhere else (and to ``HELP`` when ``--help`` shows it).
"""

from __future__ import annotations

from typing import NamedTuple

COUNTED = "What is counted"
SHOWN = "What is shown"
RUN = "How it runs"
OTHER = "Other"

FORMATS = ("text", "json", "ndjson", "csv", "tsv", "markdown")
SHELLS = ("bash", "zsh", "fish")


class Flag(NamedTuple):
    """One flag. ``metavar`` is empty for a switch, which takes no value."""

    names: tuple[str, ...]
    help: str
    heading: str = OTHER
    metavar: str = ""
    choices: tuple[str, ...] = ()
    default: str | int | None = None
    #: What a shell offers as its value: "file", "pattern" or "" for nothing.
    completes: str = ""
    repeat: bool = False
    #: The least whole number that it takes; None when it takes text.
    least: int | None = None
    #: A switch that stands for ``--flag=value`` names both here: ("--format", "json").
    means: tuple[str, str] | None = None
    #: Advanced flags stand in the manual only.
    advanced: bool = False
    required: bool = False
    text: str = ""

    @property
    def long(self) -> str:
        """The name by which messages call it."""
        return self.names[-1]

    @property
    def dest(self) -> str:
        """The attribute that holds its value."""
        return (self.means[0] if self.means else self.long).lstrip("-").replace("-", "_")

    @property
    def value(self) -> str:
        """Its value as shown in help: the choices, or the metavar; "" for a switch."""
        return "|".join(self.choices) if self.choices else self.metavar


class Operand(NamedTuple):
    """An argument without a dash. ``number`` is "1", "?" (may be left out) or "*" (any)."""

    metavar: str
    help: str
    number: str = "1"
    choices: tuple[str, ...] = ()
    completes: str = ""

    @property
    def dest(self) -> str:
        """The attribute that holds its value."""
        return self.metavar.lower() + ("s" if self.number == "*" else "")


class Command(NamedTuple):
    """The command itself, a subcommand, or an action of a subcommand."""

    name: str
    help: str
    text: str = ""
    operands: tuple[Operand, ...] = ()
    flags: tuple[Flag, ...] = ()
    commands: tuple[Command, ...] = ()
    #: The module below ``streamstats.cli`` whose ``run(argv) -> int`` does it.
    module: str = ""


HELP_FLAG = Flag(("-h", "--help"), "show this help and exit", OTHER)

FLAGS: tuple[Flag, ...] = (
    Flag(
        ("-p", "--pattern"),
        "how a line reads: a name from the library, or a regular expression",
        COUNTED,
        metavar="NAME|REGEX",
        completes="pattern",
        text=(
            "A name known to `streamstats patterns list`, or a regular expression with named "
            "groups, `(?P<name>...)`. The name `line` stands for whole lines. When left out, the "
            "first 100 lines of each file are tried against the library; the most specific "
            "pattern that matches at least 90 in 100 of them is used, and standard error says "
            "which. Otherwise whole lines are counted. Look-around and back-references are "
            "refused: with them the time for a line would no longer be linear in its length."
        ),
    ),
    Flag(
        ("--by",),
        "the group or groups to count, instead of the pattern's own",
        COUNTED,
        metavar="GROUP[,GROUP...]",
        text=(
            "Count the values of this group of the pattern; with several groups, separated by "
            "commas, their combinations. Without it: the pattern's default, else the group called "
            "`value`, else the only group. A group without a name goes by its number."
        ),
    ),
    Flag(
        ("--where",),
        "keep only records for which this holds; may be repeated, all must hold",
        COUNTED,
        metavar="'GROUP OP VALUE'",
        repeat=True,
        text=(
            "OP is one of `=`, `!=`, `<`, `<=`, `>`, `>=`, `~` (the value is a regular expression "
            "found anywhere in the group) and `!~` (it is not found). The comparison is numeric "
            "when both sides are numbers, and by bytes otherwise."
        ),
    ),
    Flag(
        ("--sum",),
        "add up this numeric group instead of counting records",
        COUNTED,
        metavar="GROUP",
        text=(
            "The count of a value becomes the sum of this group over its records. A lone `-` is 0, "
            "as access logs write it. A line whose group is no number counts as one that did not "
            "match."
        ),
    ),
    Flag(
        ("-n", "--top"),
        "show the first N values; 0 shows all",
        SHOWN,
        metavar="N",
        least=0,
        text=(
            "The text layout shows 20 when this is not given, and says how many more there are; "
            "the other formats and `--classic` show all."
        ),
    ),
    Flag(
        ("--sort",),
        "order by count, largest first, or by value",
        SHOWN,
        choices=("count", "value"),
        text="By count is the default, ties ordered by value; `--classic` orders by value.",
    ),
    Flag(("--reverse",), "the other way round", SHOWN, text="Turns the order of `--sort` round."),
    Flag(
        ("-o", "--outliers"),
        "show only outliers",
        SHOWN,
        text=(
            "An outlier is a value whose count is more than 2 standard deviations (population) "
            "from the mean of all counts, on either side. The statistics stay those of all values."
        ),
    ),
    Flag(
        ("--format",),
        "the form of the output",
        SHOWN,
        choices=FORMATS,
        default="text",
        text=(
            "`text` is for people. `json` is one object, `ndjson` one object a line for each "
            "value, `csv`, `tsv` and `markdown` are tables."
        ),
    ),
    Flag(("--json",), "the same as --format json", SHOWN, means=("--format", "json")),
    Flag(
        ("--classic",),
        "the original layout: bars, then Some Statsy Things",
        SHOWN,
        text=(
            "Prints the layout of the original program byte for byte: every value, ordered by "
            "value, with a bar of `|` that is 40 wide for the whole total, the count, and `*` for "
            "an outlier."
        ),
    ),
    Flag(
        ("--ascii",),
        "draw bars with | instead of Unicode blocks",
        SHOWN,
        text="Also chosen without being asked when the terminal's encoding is not UTF-8.",
    ),
    Flag(
        ("--color",),
        "when to use colour",
        SHOWN,
        choices=("auto", "always", "never"),
        default="auto",
        text=(
            "`auto` uses colour when standard output is a terminal and the environment variable "
            "`NO_COLOR` is not set."
        ),
    ),
    Flag(
        ("--strict",),
        "exit with status 3 when a line did not match",
        RUN,
        text=(
            "Lines that do not match are counted and reported, and do not change the exit status "
            "unless this is given."
        ),
    ),
    Flag(
        ("--threads",),
        "count on N threads",
        RUN,
        metavar="N",
        least=1,
        advanced=True,
        text="Without it as many as there are processors for this process to run on.",
    ),
    Flag(
        ("--no-progress",),
        "show no progress",
        RUN,
        advanced=True,
        text=(
            "Progress is shown on standard error, only on a terminal, and only for work that "
            "lasts over half a second."
        ),
    ),
    Flag(("--version",), "show the version and exit", OTHER),
    HELP_FLAG,
)

_NAME = Operand("NAME", "a pattern's name", completes="pattern")

PATTERNS = Command(
    "patterns",
    "list, show, add, remove and test patterns",
    "Built-in patterns come with the program. Your own are kept in `~/.streamstats/patterns.toml`; "
    "the environment variable `STREAMSTATS_HOME` names another folder. A pattern of yours shadows "
    "a built-in one of the same name, and takes part in detection.",
    module="patterns",
    commands=(
        Command(
            "list",
            "list all patterns, yours first",
            flags=(Flag(("--names",), "names alone, one a line"),),
        ),
        Command(
            "show",
            "show one pattern: expression, groups, samples",
            operands=(_NAME,),
        ),
        Command(
            "add",
            "save a pattern of your own",
            "Nothing is written when the expression does not compile or has no group to count. "
            "Comments and order of the file stay as they are.",
            operands=(Operand("NAME", "letters, digits, - and _"),),
            flags=(
                Flag(
                    ("--regex",),
                    "the regular expression, with named groups",
                    metavar="REGEX",
                    required=True,
                ),
                Flag(
                    ("--default",),
                    "the group or groups counted when --by is not given",
                    metavar="GROUP[,GROUP...]",
                ),
                Flag(("--description",), "what it is for, in a line", metavar="TEXT"),
                Flag(
                    ("--time",),
                    "how the group `time` is written, in strptime letters",
                    metavar="FORMAT",
                ),
                Flag(("--replace",), "replace a pattern of yours that has this name"),
            ),
        ),
        Command("remove", "remove a pattern of your own", operands=(_NAME,)),
        Command(
            "test",
            "show what each group catches in the first lines",
            "For a line that does not match it shows how far the pattern got. Without FILE the "
            "pattern's own samples are tried; - is standard input. Exit status 1 when a line did "
            "not match.",
            operands=(
                Operand("NAME", "a pattern's name, or a regular expression", completes="pattern"),
                Operand("FILE", "a log", number="?", completes="file"),
            ),
            flags=(
                Flag(
                    ("-n", "--lines"),
                    "try the first N lines; 0 tries all",
                    metavar="N",
                    least=0,
                    default=10,
                ),
            ),
        ),
    ),
)

COMPLETION = Command(
    "completion",
    "print the completions for a shell",
    'bash: `eval "$(streamstats completion bash)"` in ~/.bashrc. zsh: `streamstats completion '
    "zsh > ~/.zfunc/_streamstats`, in a folder of $fpath. fish: `streamstats completion fish > "
    "~/.config/fish/completions/streamstats.fish`.",
    operands=(Operand("SHELL", "the shell", choices=SHELLS),),
    module="completion",
)

MANUAL = Command(
    "manual",
    "print the man page",
    "Read it with `streamstats manual | man -l -`, or save it as streamstats.1 in a man1 folder.",
    module="manual",
)

MAIN = Command(
    "streamstats",
    "count what is in a log: who, how often, and what stands out",
    "Reads each FILE, or standard input when none is named or for `-`; several files are one "
    "tally. Shows each value with its count, its share and a bar, marks outliers, and ends with "
    "the statistics of the counts.",
    operands=(Operand("FILE", "a log; - is standard input", number="*", completes="file"),),
    flags=FLAGS,
    commands=(PATTERNS, COMPLETION, MANUAL),
)

#: ``argv[0]`` equal to one of these is the subcommand; a file of that name is ``./patterns``.
COMMANDS: dict[str, Command] = {command.name: command for command in MAIN.commands}

#: The rows of ``--help``: flags that share a row, and what it says about them.
HELP: tuple[tuple[str, tuple[tuple[tuple[str, ...], str], ...]], ...] = (
    (
        COUNTED,
        (
            (("--pattern",), "how a line reads; found out when left out;"),
            ((), "`line`: whole lines"),
            (("--by",), "what to count, instead of the pattern's own"),
            (("--where",), "only records for which it holds; repeatable"),
            (("--sum",), "add up a number instead of counting records"),
        ),
    ),
    (
        SHOWN,
        (
            (("--top",), "the first N values (20), 0 for all"),
            (("--sort", "--reverse"), "their order"),
            (("--outliers", "--classic"), "only outliers; the original layout"),
            (("--format",), "text, json, ndjson, csv, tsv or markdown"),
            (("--json", "--ascii"), "--format json; bars of |"),
            (("--color",), "colour; auto: on a terminal"),
        ),
    ),
    (
        OTHER,
        (
            (("--strict",), "exit status 3 when a line did not match"),
            (("--help", "--version"), "this help; the version"),
        ),
    ),
)

EXAMPLES: tuple[tuple[str, str], ...] = (
    ("streamstats access.log", "the format is found out"),
    ("awk '{print $1}' access.log | streamstats", "whole lines"),
    ("streamstats access.log --by path --where 'status >= 500'", "what fails"),
    ("streamstats -p '^(?P<user>\\S+) .* (?P<ms>\\d+)ms' app.log --by user --sum ms", ""),
)

EXIT_STATUS: tuple[tuple[int, str], ...] = (
    (0, "done"),
    (1, "no record was counted"),
    (2, "wrong use: a flag, a pattern or a group"),
    (3, "an input could not be read; with --strict also: a line did not match"),
    (130, "interrupted; what was counted so far is shown"),
)

ENVIRONMENT: tuple[tuple[str, str], ...] = (
    ("STREAMSTATS_HOME", "the folder of your own patterns, instead of ~/.streamstats"),
    ("NO_COLOR", "when set and not empty, no colour unless --color always is given"),
    ("COLUMNS", "the width to use instead of the terminal's"),
)
