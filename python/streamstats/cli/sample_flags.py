"""The subcommand ``sample``: flags of its own, and those that it shares with the main job."""

from __future__ import annotations

from streamstats.cli.definition import Command, Flag, Operand

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

STRATEGIES = ("order", "offset", "range", "keys", "tablesample", "full")

_SHARED = (
    *("--log-bins", "--top", "--sort", "--reverse", "--outliers", "--format", "--json"),
    *("--classic", "--ascii", "--color"),
)

_OWN = (
    Flag(("-n", "--size"), "draw N rows", metavar="N", least=1, default=100),
    Flag(
        ("--by",),
        "the column or columns whose values are counted, as of a log",
        metavar="COLUMN[,COLUMN...]",
    ),
    Flag(("--rows",), "show the rows themselves"),
    Flag(("--sum",), "add up this column instead of counting rows", metavar="COLUMN"),
    Flag(
        ("--numbers",),
        "describe the numbers of this column: quantiles and a histogram",
        metavar="COLUMN",
    ),
    Flag(
        ("--where",),
        "draw of the rows for which this holds; may be repeated",
        metavar="'COLUMN OP VALUE AND ...'",
        repeat=True,
    ),
    Flag(("--where-sql",), "the same in SQL, at your own risk: it is pasted", metavar="SQL"),
    Flag(
        ("--explain",),
        "show all ways of drawing, their plans and costs, and run nothing",
    ),
    Flag(("--strategy",), "how to draw; what suits is taken", choices=STRATEGIES),
    Flag(
        ("--method",),
        "of TABLESAMPLE: all pages read, or some pages whole",
        choices=("bernoulli", "system"),
        default="bernoulli",
    ),
    Flag(("--overfetch",), "read so many times N rows to pick of", metavar="K", least=1, default=5),
    Flag(("--max-offset",), "the largest offset", metavar="N", least=0, default=2000),
    Flag(
        ("--max-examined",),
        "refuse a query that reads more rows",
        metavar="N",
        least=1,
        default=10_000,
    ),
    Flag(("--timeout",), "the time that a query may take", metavar="DURATION", default="2s"),
    Flag(("--force",), "run whatever the plans say"),
    Flag(
        ("--cache",),
        "where draws are kept: memcached://HOST, redis://HOST/0, or a folder",
        metavar="URL|FOLDER",
        completes="file",
    ),
    Flag(("--no-cache",), "ask the database in any case"),
    Flag(("--cache-ttl",), "how long they are kept", metavar="DURATION", default="5m"),
    Flag(
        ("--variety",),
        "draw points from so many sets, so that draws repeat",
        metavar="N",
        least=1,
        default=16,
    ),
)

_TEXT = (
    "Draws random rows along the indexes of TABLE, without a scan and without a sort: every query "
    "is explained first, and refused where its plan is dear; the index that would help is named. "
    "Counts the values of --by as those of a log, or shows the rows. URL is one of "
    "`sqlite:///FILE`, `mysql://USER@HOST/DATABASE`, `postgresql://USER@HOST/DATABASE`; a password "
    "comes from it, from STREAMSTATS_DATABASE_PASSWORD, MYSQL_PWD or PGPASSWORD, or from ~/.my.cnf "
    "or ~/.pgpass. docs/sample.md has the rest."
)


def sample(flags: Sequence[Flag]) -> Command:
    """The subcommand, with some of the flags of the main job."""
    shared = []
    for name in _SHARED:
        flag = next(flag for flag in flags if name in flag.names)
        if name == "--top":
            flag = flag._replace(names=("--top",))
        elif name == "--sort":
            # Rows have no times here.
            kept = tuple(each for each in flag.choices if each in _ORDERS)
            flag = flag._replace(choices=kept)
        shared.append(flag)
    return Command(
        "sample",
        "draw random rows of a database, cheaply, and count them",
        _TEXT,
        operands=(
            Operand("URL", "the database"),
            Operand("TABLE", "a table, or SCHEMA.TABLE"),
        ),
        flags=(*_OWN, *shared),
        module="sample",
    )


_ORDERS = ("count", "value", "p50", "p95", "p99", "max")
