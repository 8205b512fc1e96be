"""Measures JSON lines and CSV beside peers; writes a table.

Whole processes, start-up included, from a warm page cache; within a work the commands take turns,
each round in the reverse order of the one before, and the median counts. Counts are checked first.
"""

from __future__ import annotations

import os
import random
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parent.parent
OURS = str(ROOT / ".venv" / "bin" / "streamstats")
PYTHON = sys.executable
HOME = Path(os.environ.get("STREAMSTATS_BENCH", ROOT / ".bench")) / "any-log"
AGENT = "Mozilla/5.0 (X11; Linux x86_64; rv:109.0) Gecko/20100101 Firefox/115.0"
LINES = int(os.environ.get("LINES_OF_ANY_LOG", "3500000"))
ROUNDS = 5


class Work(NamedTuple):
    """One work: the commands by name, ours first, and what is to be reached."""

    title: str
    reach: str
    commands: dict[str, list[str]]


def addresses(dice: random.Random) -> list[str]:
    """The values: 200,000 addresses."""
    return [".".join(str(dice.randrange(1, 255)) for _ in range(4)) for _ in range(200_000)]


def json_lines(lines: int) -> Iterator[str]:
    """Objects as nginx writes them."""
    dice = random.Random(1)
    ips = addresses(dice)
    for n in range(lines):
        yield (
            f'{{"time": {1700000000 + n // 100}, "remote_ip": "{dice.choice(ips)}", '
            f'"remote_user": "-", "request": "GET /static/{n % 9973}/page.html HTTP/1.1", '
            f'"response": {dice.choice((200, 200, 304, 404))}, "bytes": {n % 99991}, '
            f'"referrer": "-", "agent": "{AGENT}", "ok": true}}\n'
        )


def csv_lines(lines: int) -> Iterator[str]:
    """The same in columns."""
    dice = random.Random(2)
    ips = addresses(dice)
    yield "time,remote_ip,remote_user,request,response,bytes,agent\n"
    for n in range(lines):
        yield (
            f"{1700000000 + n // 100},{dice.choice(ips)},-,GET /static/{n % 9973}/page.html,"
            f'{dice.choice((200, 200, 304, 404))},{n % 99991},"{AGENT}, like any other"\n'
        )


def made(name: str, lines: Iterator[str]) -> str:
    """A file of these lines, made once."""
    path = HOME / name
    if not path.exists():
        HOME.mkdir(parents=True, exist_ok=True)
        with open(path.with_suffix(".part"), "w", encoding="utf-8") as file:
            file.writelines(lines)
        path.with_suffix(".part").rename(path)
    return str(path)


def python(code: str, *args: str) -> list[str]:
    """A command that runs a few lines of Python."""
    return [PYTHON, "-c", code, *args]


def duckdb(source: str) -> str:
    """DuckDB on two threads: the first 20 values."""
    return (
        "import duckdb,sys; duckdb.sql('set threads=2'); "
        f'rows = duckdb.sql("select remote_ip, count(*) n from {source} '
        'group by 1 order by n desc, 1 limit 20").fetchall(); '
        "print('\\n'.join(f'{v}\\t{n}' for v, n in rows))"
    )


def polars(scan: str) -> str:
    """Polars, lazily."""
    return (
        "import os; os.environ['POLARS_MAX_THREADS'] = '2'; import polars as pl, sys; "
        f"rows = {scan}.group_by('remote_ip').len().sort(['len', 'remote_ip'], "
        "descending=[True, False]).head(20).collect().rows(); "
        "print('\\n'.join(f'{v}\\t{n}' for v, n in rows))"
    )


def works() -> list[Work]:
    """All of them."""
    objects = made("objects.ndjson", json_lines(LINES))
    table = made("table.csv", csv_lines(LINES * 3 // 2))
    tail = ["-n", "20", "--format", "tsv", "--no-time"]
    schema = "{'remote_ip': pl.String}"
    return [
        Work(
            "JSON lines: count one key",
            "at least 2.5 times as fast as the fastest peer",
            {
                "streamstats": [OURS, "-p", "json", "--by", "remote_ip", *tail, objects],
                "DuckDB": python(
                    duckdb(
                        "read_json('" + objects + "', format='newline_delimited', "
                        "columns={remote_ip: 'VARCHAR'})"
                    )
                ),
                "Polars": python(polars(f"pl.scan_ndjson('{objects}', schema={schema})")),
            },
        ),
        Work(
            "CSV: count one column by name",
            "at least as fast as the fastest peer",
            {
                "streamstats": [OURS, "-p", "csv", "--by", "remote_ip", *tail, table],
                "DuckDB": python(duckdb("read_csv('" + table + "')")),
                "Polars": python(polars(f"pl.scan_csv('{table}')")),
            },
        ),
    ]


def seconds(command: list[str]) -> float:
    """How long a run takes."""
    begun = time.perf_counter()
    subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
    return time.perf_counter() - begun


def counts(command: list[str]) -> list[list[str]]:
    """The values and counts that a command prints."""
    run = subprocess.run(command, capture_output=True, text=True, check=True)
    rows = [line.split("\t")[:2] for line in run.stdout.splitlines()]
    return [row for row in rows if row[0] != "value"]


def main() -> None:
    """Measure, and print the table."""
    print("# JSON and CSV beside peers\n")
    print("Written by `make bench` (benches/any_log.py). Medians of whole processes, in seconds.\n")
    for work in works():
        there = dict(work.commands)
        answers = {name: counts(command) for name, command in there.items()}
        assert len({str(answer) for answer in answers.values()}) == 1, work.title
        figures: dict[str, list[float]] = {name: [] for name in there}
        for turn in range(ROUNDS):
            order = list(there) if turn % 2 == 0 else list(reversed(there))
            for name in order:
                figures[name].append(seconds(there[name]))
        medians = {name: statistics.median(times) for name, times in figures.items()}
        size = os.path.getsize(work.commands["streamstats"][-1]) / 1e6
        print(f"## {work.title}\n\n{size:,.0f} MB. To reach: {work.reach}.\n")
        print("| command | seconds | lowest to highest | x streamstats |")
        print("| --- | ---: | ---: | ---: |")
        for name, median in medians.items():
            low, high = min(figures[name]), max(figures[name])
            ratio = median / medians["streamstats"]
            print(f"| {name} | {median:.3f} | {low:.3f} to {high:.3f} | {ratio:.2f} |")
        print(flush=True)


if __name__ == "__main__":
    main()
