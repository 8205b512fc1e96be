"""Every flag of the main job, once: its names, its one line of help, its long text.

The parser, ``--help``, the completions, the man page and docs/reference.md are all made from the
tables below and those in ``commands``, so a flag is added here and nowhere else (and to
``help.HELP`` when ``--help`` shows it).
"""

from __future__ import annotations

from streamstats.cli.commands import COMPLETION, DIFF, FIELDS, MANUAL, PATTERNS, WHEN
from streamstats.cli.definition import OTHER, Command, Flag, Operand
from streamstats.cli.sample_flags import sample
from streamstats.cli.verdict_commands import verdict_commands

COUNTED = "What is counted"
FILES = "Files"
TIMES = "Times"
SHOWN = "What is shown"
RUN = "How it runs"
LIVE = "Following"

FORMATS = ("text", "json", "ndjson", "csv", "tsv", "markdown")

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
            "groups, `(?P<name>...)`. The name `line` stands for whole lines; `json`, `logfmt`, "
            "`csv`, `tsv`, `w3c`, `zeek` and `fields` (words by number) are shapes whose keys "
            "`--by` names. When left out, the "
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
            "`value`, else the only group. A group without a name goes by its number. Where lines "
            "have keys, a group is a path, `request.headers.host` or `tags[0]`, with quotes around "
            "a key that has dots in it, `'\"a.b\".c'`; of columns it is a name of the header, or a "
            "number. `streamstats fields FILE` shows what there is. `ip/24` counts networks in the "
            "place of addresses: so many bits of IPv4, and 48 of IPv6; `ip/48` (above 32) so many "
            "of IPv6, with IPv4 whole; `ip/24/56` says both. Ports, zones and brackets are left "
            "out, addresses mapped into IPv6 are taken for IPv4, and what is no address stays as "
            "it is. `ip/country` and `ip/asn` need `--geoip`."
        ),
    ),
    Flag(
        ("--geoip",),
        "a MaxMind database, for --by ip/country and ip/asn; may be repeated",
        COUNTED,
        metavar="PATH",
        completes="file",
        repeat=True,
        advanced=True,
        text=(
            "A file in MaxMind's form (`.mmdb`), such as GeoLite2-Country or GeoLite2-ASN; none "
            "comes with the program. Addresses are looked up once they are counted; one that the "
            "database does not know counts as `(unknown)`. Needs the package maxminddb: `pip "
            "install 'streamstats-logs[geoip]'`."
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
            "when both sides are numbers, and by bytes otherwise. GROUP may be a path, as in "
            "`--by`. A key that is missing fulfils no condition but `KEY = (missing)`."
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
        ("--numbers",),
        "describe the numbers of this group: quantiles and a histogram",
        COUNTED,
        metavar="GROUP",
        text=(
            "Such as response times or bytes: their count, minimum, maximum, mean, standard "
            "deviation, the quantiles 50, 90, 95, 99 and 99.9 in 100, and a histogram. With `--by` "
            "also for each value; without it no values are counted. A number may have a unit "
            "(`12ms`, `3.4s`, `1m30s`, `1.5KB`, `2MiB`) and commas between thousands; in formats "
            "for machines times are seconds, and data bytes. An empty group or a lone `-` is no "
            "number, and is counted as absent; a line with other text counts as one that did not "
            "match. Quantiles are exact below 10,000 numbers, and then within 0.8 in 100 of "
            "themselves, which `≈` says."
        ),
    ),
    Flag(
        ("--log-bins",),
        "a histogram of numbers in bins of 1, 2, 5, 10, 20, 50 and so on",
        COUNTED,
        advanced=True,
        text="Of bytes the bins are powers of two. For numbers that are spread over several sizes.",
    ),
    Flag(
        ("-r", "--recursive"),
        "count the files of folders, and of the folders in them",
        FILES,
        text=(
            "Files are read in the order of their names; `-r` without a FILE reads the folder one "
            "is in. Hidden files, files that are not text, sockets and pipes are passed over, and "
            "links to folders are not followed. Where the files are of several kinds and no `-p` "
            "says how to read them, the kind with the most bytes is counted, with `--by` all that "
            "have the group; standard error says what was left out. docs/files.md has the rest."
        ),
    ),
    Flag(
        ("--include",),
        "of folders and archives, only files that fit; may be repeated, one must",
        FILES,
        metavar="GLOB",
        repeat=True,
        advanced=True,
        text=(
            "The glob, such as `'*.log*'`, is held against the name of a file and against its path "
            "below the folder. It also says which members of an archive are read."
        ),
    ),
    Flag(
        ("--exclude",),
        "of folders and archives, no files and folders that fit; may be repeated",
        FILES,
        metavar="GLOB",
        repeat=True,
        advanced=True,
        text="Held against names and paths as `--include` is, and stronger than it.",
    ),
    Flag(
        ("-t", "--time"),
        "lines read [TIME] VALUE; rates for each value",
        TIMES,
        text=(
            "Each line is a time in brackets and behind it what is counted, as `awk '{printf "
            '"[%s] %s\\n", substr($4,2), $1}\'` makes them of an access log. Not needed where the '
            "pattern has a group `time`: then rates are shown without being asked for. With `-p` "
            "it demands that the pattern has one."
        ),
    ),
    Flag(
        ("--no-time",),
        "leave times out, also where the pattern has them",
        TIMES,
        advanced=True,
        text="Counting is a little faster then, and takes less memory.",
    ),
    Flag(
        ("-S", "--since", "--start"),
        "count only records from this instant on",
        TIMES,
        metavar="WHEN",
        text=(
            "WHEN is a timestamp as logs write it, or what people say: `now`, `15m ago`, `-1h`, "
            "`yesterday 14:00`, `last monday`, `12:30`, `Mar 1`, `@1253385344`. `streamstats "
            "when` shows what one means, and docs/times.md lists them. A file in order of time is "
            "not read up to there: its place is found by bisection."
        ),
    ),
    Flag(
        ("-U", "--until", "--end"),
        "count only records before this instant",
        TIMES,
        metavar="WHEN",
        text="The instant itself is not part of it any more. WHEN is read as for `--start`.",
    ),
    Flag(
        ("--window",),
        "both in one; either side may be left out",
        TIMES,
        metavar="WHEN..WHEN",
        text="`--window 'yesterday..today'` is `--start yesterday --end today`.",
    ),
    Flag(
        ("--relative-to",),
        "what `now` and `ago` count from: the clock, or the log's last record",
        TIMES,
        choices=("now", "log"),
        default="now",
        advanced=True,
        text=(
            "With `log`, `--start '10 minutes ago'` means the last ten minutes of the log, however "
            "old it is. Only files have an end to look at."
        ),
    ),
    Flag(
        ("--tz",),
        "the zone of times that name none, and in which all are shown",
        TIMES,
        metavar="ZONE",
        text=(
            "A name of the IANA database, such as `Europe/Zurich` or `UTC`. Without it the "
            "machine's: the environment variable `TZ`, else /etc/localtime."
        ),
    ),
    Flag(
        ("--time-format",),
        "how the group `time` is written, where that is not found out",
        TIMES,
        metavar="LETTERS",
        advanced=True,
        text=(
            "strptime letters, such as `%d/%b/%Y:%H:%M:%S %z`, or one of `epoch`, `epoch_ms`, "
            "`epoch_us`, `epoch_ns` and `tai64n`. docs/timestamps.md lists the letters, and what "
            "is known without them."
        ),
    ),
    Flag(
        ("--time-field",),
        "the key or group that holds the time, where that is not found out",
        TIMES,
        metavar="KEY",
        advanced=True,
        text=(
            "For lines with keys (JSON, logfmt, columns) a path or a column as `--by` takes it. "
            "Without it the one that the pattern names, else one that is called `time`, `ts`, "
            "`timestamp`, `@timestamp`, `date`, `datetime` or `eventTime`, in any case, with `_` "
            "and `-` or without, if what it holds can be read as a time."
        ),
    ),
    Flag(
        ("--day-first",),
        "03/04/2026 is the 3rd of April",
        TIMES,
        advanced=True,
        text=(
            "For dates in numbers, in the log and in a WHEN. Where the first lines settle it, as "
            "`27/06/2014` does, it need not be said; where nothing settles it, it must be."
        ),
    ),
    Flag(("--month-first",), "03/04/2026 is the 4th of March", TIMES, advanced=True),
    Flag(
        ("--per",),
        "the length of a bucket, of which the fullest is the peak",
        TIMES,
        metavar="DURATION",
        default="1s",
        text="Any duration: `1s`, `1m`, `90s`, `1h30m`, `7d`, `250ms`.",
    ),
    Flag(
        ("--peak",),
        "buckets by the calendar, or the fullest window wherever it begins",
        TIMES,
        choices=("calendar", "sliding"),
        default="calendar",
        advanced=True,
        text=(
            "With `calendar` buckets begin at multiples of `--per`, counted from 1970-01-01 "
            "00:00 UTC. With `sliding` the peak is the most records in any stretch of that length."
        ),
    ),
    Flag(
        ("--lateness",),
        "how far records may be out of order",
        TIMES,
        metavar="DURATION",
        default="60s",
        advanced=True,
        text=(
            "A record may be so much older than the newest one before it. `--start` and `--end` "
            "find their place in a file only as long as this holds where they look, and read all "
            "of it otherwise."
        ),
    ),
    Flag(
        ("--no-seek",),
        "read all of a file, whatever the window",
        TIMES,
        advanced=True,
        text="For a file that may be out of order by more than `--lateness`.",
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
        "order by count, largest first, or by another column",
        SHOWN,
        choices=(
            *("count", "value", "rate", "peak", "first", "last"),
            *("p50", "p95", "p99", "max"),
        ),
        text=(
            "By count is the default, ties ordered by value; `--classic` orders by value. `rate` "
            "(records per second over the window) and `peak` put the largest first, `first` the "
            "earliest, `last` the latest; these four need times. `p50`, `p95`, `p99` and `max` put "
            "the largest of `--numbers` first, and need `--by`."
        ),
    ),
    Flag(("--reverse",), "the other way round", SHOWN, text="Turns the order of `--sort` round."),
    Flag(
        ("-o", "--outliers"),
        "show only outliers",
        SHOWN,
        text=(
            "An outlier is a value whose count is more than 2 standard deviations (population) "
            "from the mean of all counts, on either side, or what `--rule` marks. The statistics "
            "stay those of all values."
        ),
    ),
    Flag(
        ("--rule",),
        "what marks a value: stdev, mad, iqr, hostile, or all; stdev:3",
        SHOWN,
        metavar="RULE[,RULE...]",
        text=(
            "`stdev` (`*`) is more than 2 standard deviations from the mean, `mad` (`~`) a robust "
            "z of the logarithm beyond 3.5, `iqr` (`~`) a logarithm more than 1.5 interquartile "
            "ranges beyond the quartiles; another number follows a colon, `stdev:3`. `hostile` "
            "(`!`) is the verdict *hostile pattern* of `streamstats suspects`. `all` is "
            "`stdev,mad,hostile`. The statistics tell how many each of them marks, and `-o` shows "
            "whatever is marked. docs/statistics.md has the formulas."
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
        ("-f", "--follow"),
        "count what is there, then what comes; on a terminal as a screen",
        LIVE,
        text=(
            "Files are followed through rotation, whichever way it is done, and a glob in quotes "
            "through the files that fit it at any time. On a terminal there is a full screen, with "
            "the extra `live` installed; anywhere else a block is written every `--interval`, and "
            "a last one at the end: Ctrl-C, or the end of standard input. docs/live.md has the "
            "rest."
        ),
    ),
    Flag(
        ("-F", "--retry"),
        "the same, and wait for files that do not exist yet",
        LIVE,
    ),
    Flag(
        ("--last",),
        "while following, show only the last so much time",
        LIVE,
        metavar="DURATION",
        advanced=True,
        text=(
            "Counts, rates, order and outliers are then of a window that slides: it ends at the "
            "newest record, and as time goes by behind it. Time is that of the log where its lines "
            "tell it, and when they arrived otherwise; it is counted in buckets of `--per`."
        ),
    ),
    Flag(
        ("--interval",),
        "how often a block is written, or the screen drawn",
        LIVE,
        metavar="DURATION",
        default="2s",
        advanced=True,
        text=(
            "Without it a block every two seconds, where something came. With `--format ndjson` a "
            "block is one object on one line, with all that `--format json` has, and `live` for "
            "how it goes; the other formats for machines are written once, at the end."
        ),
    ),
    Flag(
        ("--alarm",),
        "while following, run --run for each value for which this holds",
        LIVE,
        metavar="EXPRESSION",
        repeat=True,
        advanced=True,
        text=(
            "`outlier`, or a comparison (`>`, `>=`, `<`, `<=`, `==`, `!=`) of `count`, `share` "
            "(0 to 1, or `20%`), `rate` (records in a second, now), `rate.mean`, `rate.active` or "
            "`peak` with a number, or with one of all counts, as `stats.mean`: `--alarm "
            "'rate > 50'`. `and`, `or`, `not`, `+ - * /` and parentheses work. May be repeated. A "
            "value raises it once, and again after it did "
            "not hold for a while. Without `--run` it is said on standard error."
        ),
    ),
    Flag(
        ("--run",),
        "the command that an alarm runs",
        LIVE,
        metavar="COMMAND",
        advanced=True,
        text=(
            "Split into words as a shell does, and run without one. Standard input is the facts, "
            "as one object of JSON; environment variables that begin with `STREAMSTATS_` have them "
            "too. It has 10 seconds, and at most 4 run at a time. What fails is said on standard "
            "error."
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
        ("--memory-limit",),
        "count in so much memory; counts may become lower bounds",
        RUN,
        metavar="SIZE",
        advanced=True,
        text=(
            "Such as `512M` or `2G`; without it half of what the machine or the control group has. "
            "Where the values would take more, those with the fewest records are left out, and "
            "counts become lower bounds: `\u2248` marks them, and the output says how much too low "
            "one can be, and about how many distinct values there were. The total stays exact, and "
            "no value with more records than that is missing. Given with times, buckets are closed "
            "once records are `--lateness` beyond them, as soon as the limit is reached; a record "
            "that comes later than that counts in all but the peak, and standard error says so."
        ),
    ),
    Flag(
        ("--approximate",),
        "count in 64 MB, whatever there is",
        RUN,
        advanced=True,
        text="As `--memory-limit 64M`: exact while all values fit, and then within a stated error.",
    ),
    Flag(
        ("--multiline",),
        "lines that begin no record go on with the one before",
        COUNTED,
        advanced=True,
        text=(
            "For stack traces and wrapped messages. A record begins with a line that the pattern "
            "matches, of whole lines with one that begins with a time; a group that reaches to the "
            "end of that line goes on to the end of the record. A record has at most 10,000 lines "
            "or 1 MiB."
        ),
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

SAMPLE = sample(FLAGS)
EXPLAIN, SUSPECTS = verdict_commands(FLAGS)

MAIN = Command(
    "streamstats",
    "count what is in a log: who, how often, and what stands out",
    "Reads each FILE, or standard input when none is named or for `-`; several files are one "
    "tally. What is compressed with gzip, bzip2, xz, zstd or lz4 is decoded, and zip and tar "
    "archives are opened. Shows each value with its count, its share and a bar, marks outliers, "
    "and ends with the statistics of the counts.",
    operands=(Operand("FILE", "a log; - is standard input", number="*", completes="file"),),
    flags=FLAGS,
    commands=(EXPLAIN, SUSPECTS, DIFF, FIELDS, SAMPLE, PATTERNS, WHEN, COMPLETION, MANUAL),
)

#: ``argv[0]`` equal to one of these is the subcommand; a file of that name is ``./patterns``.
COMMANDS: dict[str, Command] = {command.name: command for command in MAIN.commands}
