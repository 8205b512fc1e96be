"""The subcommands: what each takes, and its help."""

from __future__ import annotations

from streamstats.cli.definition import Command, Flag, Operand

SHELLS = ("bash", "zsh", "fish")

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

FIELDS = Command(
    "fields",
    "show what can be counted in a log",
    "For each group of the pattern, or key of the lines: its share of the lines, how many distinct "
    "values it has, three of them, and the range where they are numbers. Ends with commands to "
    "try. Reads all of each FILE; memory stays bounded, and `≈` marks what is an estimate.",
    operands=(Operand("FILE", "a log; - is standard input", number="+", completes="file"),),
    flags=(
        Flag(
            ("-p", "--pattern"),
            "how a line reads, where it is not found out",
            metavar="NAME|REGEX",
            completes="pattern",
        ),
        Flag(
            ("-n", "--lines"),
            "look at the first N lines; 0 looks at all",
            metavar="N",
            least=0,
            default=0,
        ),
        Flag(
            ("-r", "--recursive"),
            "look at the files of folders, and of the folders in them",
            text=(
                "Where the files are of several kinds and no `-p` says how to read them, those of "
                "the kind with the most bytes are looked at; standard error says what was left out."
            ),
        ),
        Flag(
            ("--include",),
            "of folders and archives, only files that fit; may be repeated, one must",
            metavar="GLOB",
            repeat=True,
        ),
        Flag(
            ("--exclude",),
            "of folders and archives, no files and folders that fit; may be repeated",
            metavar="GLOB",
            repeat=True,
        ),
        Flag(("--format",), "the form of the output", choices=("text", "json"), default="text"),
    ),
    module="fields",
)

DIFF = Command(
    "diff",
    "show what changed between two logs, or two windows of one",
    "Values that are new, gone, risen and fallen, each with the ratio of its rates and how sure "
    "that is; the surest change first. Compares two FILEs (or folders, or globs in quotes), or "
    "with --before and --after two windows of the FILEs. Where one window is left out, it is all "
    "before, or after, the other one. Without --by the groups that tell something are compared "
    "in turn: what is counted by itself, status, path and so on. Exit status 0 when something "
    "changed, 1 when nothing did.",
    operands=(
        Operand(
            "FILE", "a log, a folder or a glob in quotes; - is standard input", "+", (), "file"
        ),
    ),
    flags=(
        Flag(
            ("--before",),
            "the window to compare with",
            metavar="WHEN..WHEN",
            text="As `--window` takes it: `--before 13:00..14:00 --after 14:00..14:10`.",
        ),
        Flag(("--after",), "the window in which something may have changed", metavar="WHEN..WHEN"),
        Flag(
            ("--by",),
            "the group, or combination of groups, to compare; may be repeated",
            metavar="GROUP[,GROUP...]",
            repeat=True,
            text="As in the main job; repeated, each is compared on its own.",
        ),
        Flag(
            ("--where",),
            "keep only records for which this holds; may be repeated, all must hold",
            metavar="'GROUP OP VALUE'",
            repeat=True,
        ),
        Flag(
            ("--compare",),
            "records per second, shares of all records, or bare counts",
            choices=("rates", "shares", "counts"),
            text=(
                "Without it rates where there are times, so that windows of unequal length can be "
                "compared, and shares where there are none. With shares, a value has not changed "
                "when it grew as all did."
            ),
        ),
        Flag(
            ("--q",),
            "how large the q of a change may be (0.01)",
            metavar="Q",
            text=(
                "q is the share of false discoveries among the changes up to this one, if lines "
                "were independent, which they are not: read it as an order and not as a promise."
            ),
        ),
        Flag(
            ("-n", "--top"),
            "show the first N changes of each group (10); 0 shows all",
            metavar="N",
            least=0,
            text="Formats for machines have all when this is not given.",
        ),
        Flag(
            ("-p", "--pattern"),
            "how a line reads, where it is not found out",
            metavar="NAME|REGEX",
            completes="pattern",
        ),
        Flag(
            ("--geoip",),
            "a MaxMind database, for `--by ip/country` and `ip/asn`; may be repeated",
            metavar="PATH",
            completes="file",
            repeat=True,
        ),
        Flag(("-t", "--time"), "each line is [TIME] VALUE"),
        Flag(("--multiline",), "lines that begin no record go on with the one before"),
        Flag(
            ("--relative-to",),
            "what `now` and `ago` count from: the clock, or the log's last record",
            choices=("now", "log"),
            default="now",
        ),
        Flag(
            ("--tz",),
            "the zone of times that name none, and in which all are shown",
            metavar="ZONE",
        ),
        Flag(("--time-format",), "how times are written, in strptime letters", metavar="LETTERS"),
        Flag(("--time-field",), "the key or group that holds the time", metavar="KEY"),
        Flag(("--day-first",), "03/04/2026 is the 3rd of April"),
        Flag(("--month-first",), "03/04/2026 is the 4th of March"),
        Flag(
            ("--format",),
            "the form of the output",
            choices=("text", "json", "ndjson", "csv", "tsv", "markdown"),
            default="text",
        ),
        Flag(("--json",), "the same as --format json", means=("--format", "json")),
        Flag(("--ascii",), "no characters beyond ASCII"),
        Flag(
            ("--color",),
            "when to use colour",
            choices=("auto", "always", "never"),
            default="auto",
        ),
        Flag(("--threads",), "count on N threads", metavar="N", least=1),
        Flag(("--no-progress",), "show no progress"),
    ),
    module="diff",
)

WHEN = Command(
    "when",
    "show what a WHEN means",
    "A line for each EXPRESSION: the instant, the same in seconds since 1970, its weekday and its "
    "distance from now; or the start and the end of a WHEN..WHEN. Exit status 2 when one cannot be "
    "read.",
    operands=(
        Operand("EXPRESSION", "such as 'yesterday 14:00', -1h, or '10:00..noon'", "+", signed=True),
    ),
    flags=(
        Flag(
            ("--tz",),
            "the zone of times that name none, and in which all are shown",
            metavar="ZONE",
        ),
        Flag(("--day-first",), "03/04/2026 is the 3rd of April"),
        Flag(("--month-first",), "03/04/2026 is the 4th of March"),
        Flag(("--now",), "what relative times count from, instead of the clock", metavar="WHEN"),
    ),
    module="when",
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
