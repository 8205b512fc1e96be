"""The peers: what each is, how its version is told, how it is asked, how its answer is read.

A command is a list of arguments. ``FILE`` in it stands for the input; in a shell command the
input is ``$1``, so that no path is ever quoted.
"""

from __future__ import annotations

import calendar
import csv
import io
import json
import os
import shutil
import subprocess
import time
from collections.abc import Callable
from typing import NamedTuple

from places import Places
from ways import by_chdb, by_duckdb, by_polars

FILE = "FILE"
SHOWN = 20

# value, count; for the works on time also first, last (seconds since 1970) and peak.
Row = tuple[str | int, ...]
Ways = dict[str, dict[str, list[str]]]


class Peer(NamedTuple):
    """A tool that does the same work. ``ways`` is by work, then by the name of the way."""

    name: str
    source: str
    version: list[str]
    ways: Ways
    answer: Callable[[str], list[Row]]


def shell(text: str) -> list[str]:
    """Make a command of the shell with the input as ``$1``."""
    return ["sh", "-c", text, "sh", FILE]


def tabbed(text: str) -> list[Row]:
    """value, count and further numbers, divided by tabs."""
    rows: list[Row] = []
    for line in text.splitlines():
        value, *numbers = line.split("\t")
        rows.append((value, *map(int, numbers)))
    return rows


def count_first(text: str) -> list[Row]:
    """Count and value, divided by blanks; then first, last and peak for the works on time."""
    rows: list[Row] = []
    for line in text.splitlines():
        count, value, *rest = line.split()
        row: Row = (value, int(count))
        if rest:
            row += (*(instant(stamp) for stamp in rest[:2]), int(rest[2]))
        rows.append(row)
    return rows


def instant(stamp: str) -> int:
    """Seconds since 1970 of an Apache stamp in UTC."""
    return calendar.timegm(time.strptime(stamp, "%d/%b/%Y:%H:%M:%S"))


def of_ag(text: str) -> list[Row]:
    """Read the JSON of angle-grinder."""
    return [(row["ip"], int(row["_count"])) for row in json.loads(text)]


def of_csv(text: str) -> list[Row]:
    """CSV with value and count, with or without a heading."""
    cells = [row for row in csv.reader(io.StringIO(text)) if len(row) > 1 and row[1].isdigit()]
    rows: list[Row] = [(row[0], int(row[1])) for row in cells]
    return rows[:SHOWN]


# A whole answer of one awk: count, sort, first 20.
TALLY = "'{c[$1]++} END {for (k in c) print c[k], k}'"
TIMED = (
    "'{s = substr($4, 2); n = ++b[$1, substr(s, 1, %d)]; if (n > p[$1]) p[$1] = n; "
    "if (!($1 in f)) f[$1] = s; l[$1] = s; c[$1]++} "
    "END {for (k in c) print c[k], k, f[k], l[k], p[k]}'"
)
FIRST = f"LC_ALL=C sort -rn | head -{SHOWN}"


def awk(program: str) -> Ways:
    """Give the works of an awk: first and last by the order of the file, which is that of time."""
    run = f"LC_ALL=C {program}"
    return {
        "count": {"array": shell(f'{run} {TALLY} "$1" | {FIRST}')},
        "pipe": {"array": shell(f'cat "$1" | {run} {TALLY} | {FIRST}')},
        "minute": {"arrays, in the order of the file": shell(f'{run} {TIMED % 17} "$1" | {FIRST}')},
        "second": {"arrays, in the order of the file": shell(f'{run} {TIMED % 20} "$1" | {FIRST}')},
    }


def sorting() -> Ways:
    """Cut the first field, sort it, count what is equal."""
    count = f"LC_ALL=C sort -S 1G | uniq -c | {FIRST}"
    cuts = {"awk": "LC_ALL=C awk '{print $1}' \"$1\"", "cut": "LC_ALL=C cut -d' ' -f1 \"$1\""}
    return {"count": {way: shell(f"{cut} | {count}") for way, cut in cuts.items()}}


def library(at: Places, asked: dict[str, dict[str, str]]) -> Ways:
    """Programs for the Python of the peers."""
    return {
        work: {way: [at.python, "-c", code, FILE] for way, code in ways.items()}
        for work, ways in asked.items()
    }


def version_of(at: Places, package: str) -> list[str]:
    """Give the command that prints the version of a Python package."""
    code = f"import importlib.metadata as m; print(m.version({package!r}))"
    return [at.python, "-c", code]


def peers(at: Places) -> list[Peer]:
    """All peers, whether they are to be had or not."""
    ag, rare, topfew = (os.path.join(at.tools, name) for name in ("agrind", "rare", "topfew"))
    grind = [ag, "-o", "json", "-f", FILE]
    histo = [rare, "--noformat", "--nocolor", "histogram", "-n", str(SHOWN), "--noout"]
    histo += ["--csv", "-", "-e", "{1}"]
    few = [topfew, "-n", str(SHOWN), "-f", "1"]
    return [
        Peer("mawk", "Debian", ["mawk", "-W", "version"], awk("mawk"), count_first),
        Peer("gawk", "Debian", ["gawk", "--version"], awk("gawk -b"), count_first),
        Peer("sort | uniq -c", "coreutils", ["sort", "--version"], sorting(), count_first),
        Peer("DuckDB", "PyPI", version_of(at, "duckdb"), library(at, by_duckdb.WAYS), tabbed),
        Peer("Polars", "PyPI", version_of(at, "polars"), library(at, by_polars.WAYS), tabbed),
        Peer("chdb", "PyPI", version_of(at, "chdb"), library(at, by_chdb.WAYS), tabbed),
        Peer(
            "ag",
            "crates.io",
            [ag, "--version"],
            {
                "count": {
                    "parse": [*grind, '* | parse "* " as ip | count by ip | limit 20'],
                    "parse regex": [
                        *grind,
                        '* | parse regex "^(?P<ip>[^ ]+)" | count by ip | limit 20',
                    ],
                }
            },
            of_ag,
        ),
        Peer(
            "rare",
            "Go modules",
            [rare, "--version"],
            {
                "count": {
                    "regular expression": [*histo, "-m", r"^(\S+)", FILE],
                    "dissect": [*histo, "-d", "%{ip} ", FILE],
                }
            },
            of_csv,
        ),
        Peer(
            "topfew",
            "Go modules",
            ["go", "version", "-m", topfew],
            {
                "count": {"field 1": [*few, FILE]},
                "pipe": {"field 1": shell(f'cat "$1" | "{topfew}" -n {SHOWN} -f 1')},
            },
            count_first,
        ),
    ]


def version(peer: Peer) -> str | None:
    """Give the version that the peer tells, or None when it is not here."""
    if shutil.which(peer.version[0]) is None:
        return None
    done = subprocess.run(
        peer.version, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        return None
    lines = (done.stdout or done.stderr).splitlines()
    if peer.version[0] == "go":
        lines = [line.split()[2] for line in lines if line.split()[:1] == ["mod"]]
    return lines[0].split(",")[0].strip() if lines else None


def filled(command: list[str], path: str) -> list[str]:
    """Give the command with the input in its place."""
    return [path if word == FILE else word for word in command]
