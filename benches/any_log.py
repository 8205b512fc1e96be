"""Measures JSON lines and CSV beside peers; writes a table.

Whole processes, start-up included, from a warm page cache; within a work the commands take turns,
each round in the reverse order of the one before, and the median counts. Counts are checked first.
"""

from __future__ import annotations

import os
import random
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from answers import AnswerError, check
from fetch import fetch
from machine import facts_of_machine
from measure import CommandError, Noise, Sample, answer_of, rounds, two_cores
from peers import Row, peers, version
from places import places

ROOT = Path(__file__).parent.parent
OURS = str(ROOT / ".venv" / "bin" / "streamstats")
PYTHON = sys.executable
HOME = Path(os.environ.get("STREAMSTATS_BENCH", ROOT / ".bench")) / "any-log"
AGENT = "Mozilla/5.0 (X11; Linux x86_64; rv:109.0) Gecko/20100101 Firefox/115.0"
LINES = int(os.environ.get("LINES_OF_ANY_LOG", "3500000"))
ROUNDS = 5


SHOWN = 20
TOOLS = places(None, None).tools


class Work(NamedTuple):
    """One work: the commands by name, ours first, and what is to be reached.

    A peer that is asked in several ways has several names here, ``peer: way``.
    """

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


def chdb(source: str) -> str:
    """ClickHouse inside of Python, on two threads."""
    return (
        'import chdb, sys; sys.stdout.write(str(chdb.query("select remote_ip, count() n from '
        f"{source} group by 1 order by n desc, 1 limit 20 settings max_threads=2\", 'TSV')))"
    )


def shell(text: str, *args: str) -> list[str]:
    """A command of the shell, with its files as ``$1`` and so on."""
    return ["sh", "-c", text, "sh", *args]


def sorted_by_count(program: str, *args: str) -> list[str]:
    """Values, one a line, that others count and order."""
    count = "LC_ALL=C sort -S 1G | uniq -c | LC_ALL=C sort -k1,1rn -k2,2 | head -20"
    return shell(f"{program} | {count} | awk '{{print $2 \"\\t\" $1}}'", *args)


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
                "DuckDB: read_json": python(
                    duckdb(
                        "read_json('" + objects + "', format='newline_delimited', "
                        "columns={remote_ip: 'VARCHAR'})"
                    )
                ),
                "DuckDB: read_ndjson_objects": python(
                    duckdb(
                        "(select json->>'remote_ip' remote_ip from "
                        f"read_ndjson_objects('{objects}'))"
                    )
                ),
                "Polars: scan_ndjson": python(
                    polars(f"pl.scan_ndjson('{objects}', schema={schema})")
                ),
                "Polars: lines, json_path_match": python(
                    polars(
                        f"pl.scan_lines('{objects}', name='l').select("
                        "remote_ip=pl.col('l').str.json_path_match('$.remote_ip'))"
                    )
                ),
                "chdb: JSONEachRow": python(
                    chdb(f"file('{objects}', JSONEachRow, 'remote_ip String')")
                ),
                "chdb: JSONExtractString": python(
                    chdb(
                        "(select JSONExtractString(l, 'remote_ip') remote_ip from "
                        f"file('{objects}', LineAsString, 'l String'))"
                    )
                ),
                "angle-grinder": [
                    f"{TOOLS}/agrind",
                    "-o",
                    "format={remote_ip}\t{_count}",
                    "-f",
                    objects,
                    "* | json | count by remote_ip | sort by _count desc, remote_ip | limit 20",
                ],
                "jq": sorted_by_count('jq -r .remote_ip "$1"', objects),
            },
        ),
        Work(
            "CSV: count one column by name",
            "at least as fast as the fastest peer",
            {
                "streamstats": [OURS, "-p", "csv", "--by", "remote_ip", *tail, table],
                "DuckDB: read_csv": python(duckdb("read_csv('" + table + "')")),
                "DuckDB: read_csv, all text": python(
                    duckdb("read_csv('" + table + "', all_varchar=true)")
                ),
                "Polars: scan_csv": python(polars(f"pl.scan_csv('{table}')")),
                "Polars: scan_csv, all text": python(
                    polars(f"pl.scan_csv('{table}', infer_schema=False)")
                ),
                "chdb: CSVWithNames": python(chdb(f"file('{table}', CSVWithNames)")),
                "xan": shell(
                    f'{TOOLS}/xan frequency -s remote_ip -l 20 "$1" | '
                    "tail -n +2 | cut -d , -f 2,3 | tr , '\\t'",
                    table,
                ),
                "xsv": sorted_by_count(f'{TOOLS}/xsv select remote_ip "$1" | tail -n +2', table),
            },
        ),
    ]


def counts(text: str) -> list[Row]:
    """The values and counts that a command prints, the first 20."""
    cells = [line.split("\t") for line in text.splitlines()]
    rows: list[Row] = [(row[0], int(row[1])) for row in cells if row[0] != "value"]
    return rows[:SHOWN]


def checked(work: Work, out: str) -> tuple[dict[str, Sample], dict[str, str]]:
    """Run every command once: those that can be measured, and why the others cannot."""
    first: dict[str, Sample] = {}
    left: dict[str, str] = {}
    truth: list[Row] = []
    for name, command in work.commands.items():
        program = command[2].split()[0] if command[0] == "sh" else command[0]
        if not shutil.which(program):
            left[name] = "not installed"
            continue
        try:
            sample, text = answer_of(command, out)
        except CommandError as error:
            left[name] = str(error).replace(str(HOME), "")
            continue
        if "alone" not in name:
            try:
                truth = truth or counts(text)
                check(counts(text), truth)
            except (AnswerError, ValueError, IndexError) as error:
                left[name] = f"wrong answer: {error}"
                continue
        first[name] = sample
    return first, left


def best_ways(first: dict[str, Sample]) -> list[str]:
    """The fastest way of each peer."""
    best: dict[str, str] = {}
    for name, sample in first.items():
        peer = name.split(":")[0]
        if peer not in best or sample.wall < first[best[peer]].wall:
            best[peer] = name
    return list(best.values())


def show(work: Work, out: str) -> None:
    """Measure a work, and print its table."""
    first, left = checked(work, out)
    chosen = {name: work.commands[name] for name in best_ways(first)}
    noise = Noise()
    figures = rounds(chosen, first, ROUNDS, out, lambda _: None)
    others = noise.share()
    size = os.path.getsize(work.commands["streamstats"][-1]) / 1e6
    own = figures["streamstats"].median
    print(f"## {work.title}\n\n{size:,.0f} MB. To reach: {work.reach}.\n")
    print("| command | seconds | lowest to highest | x streamstats |")
    print("| --- | ---: | ---: | ---: |")
    for name, figure in figures.items():
        spread = f"{figure.lowest:.3f} to {figure.highest:.3f}"
        print(f"| {name} | {figure.median:.3f} | {spread} | {figure.median / own:.2f} |")
    slower = [f"{name} {first[name].wall:.2f} s" for name in first if name not in figures]
    if slower:
        print(f"\nSlower ways, one run each: {'; '.join(slower)}.")
    print(f"\n{len(left)} commands left out", "".join(f"; {n}: {why}" for n, why in left.items()))
    if others > 0.05:
        print(f"\nThe machine was not quiet: others used {others:.0%} of its cores' time.")
    print(flush=True)


def main() -> None:
    """Measure, and print the page."""
    at = places(None, None)
    at.make()
    fetch(at, retry=False)
    facts = facts_of_machine(two_cores())
    told = {peer.name: version(peer) for peer in peers(at)}
    versions = [f"{name} {text}" for name, text in told.items() if text]
    print("# JSON and CSV beside peers\n")
    print("Written by `make bench` (benches/any_log.py). Medians of whole processes, in seconds.\n")
    print(f"{', '.join(facts.values())}. {'; '.join(versions)}.\n")
    wanted = sys.argv[1:]
    with tempfile.TemporaryDirectory() as folder:
        for work in works():
            if not wanted or any(word in work.title for word in wanted):
                show(work, os.path.join(folder, "out"))


if __name__ == "__main__":
    main()
