"""What random rows of a database cost beside ORDER BY RANDOM(), and how even they are.

Starts MariaDB and PostgreSQL by itself, and makes tables of 500 thousand and 5 million bicycles in
them and in SQLite. Every strategy draws through ``random_rows`` with a connection at hand. Rows
examined are the servers' own counts; of SQLite, which has none, steps of its machine.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import sqlite3
import statistics
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote

from sqlalchemy import create_engine
from sqlalchemy.engine import Engine

from machine import facts_of_machine
from streamstats.sources.database import random_rows
from streamstats.sources.database.cache import Cache
from streamstats.sources.database.servers import sqlite as ours
from streamstats.sources.database.session import Session

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "tests"))

import servers  # noqa: E402 - lives beside the tests, which start the same

SIZES = (500_000, 5_000_000)
N = 20
OVERFETCH = 5
ROUNDS = 15
DRAWS = 2000
SLICES = 20
IN_STOCK = "in_stock = 1"
KINDS = ("SQLite", "MariaDB", "PostgreSQL")


loads: list[float] = []
"""Averages over a minute, ours included, from time to time."""


class Way(NamedTuple):
    """One strategy, as it is measured."""

    title: str
    options: dict[str, Any]
    kinds: tuple[str, ...] = KINDS
    repeats: int = ROUNDS


WAYS = (
    Way("order", {"strategy": "order", "where": IN_STOCK}),
    Way("offset", {"strategy": "offset", "where": IN_STOCK}),
    Way("range", {"strategy": "range", "where": IN_STOCK}),
    Way("keys", {"strategy": "keys"}),
    Way("keys, filtered", {"strategy": "keys", "where": IN_STOCK}),
    Way("tablesample bernoulli", {"strategy": "tablesample", "force": True}, ("PostgreSQL",)),
    Way("tablesample system", {"strategy": "tablesample", "method": "system"}, ("PostgreSQL",)),
    Way("ORDER BY RANDOM()", {"strategy": "full", "force": True, "where": IN_STOCK}, repeats=3),
)


class Known(Cache):
    """Keeps what is known of tables, so that draws are measured and not the catalogue."""

    def __init__(self) -> None:
        super().__init__(None, 1)
        self._tables: dict[tuple[object, ...], Any] = {}

    def get(self, *parts: object) -> Any:
        return self._tables.get(parts) if parts[0] == "table" else None

    def set(self, value: object, *parts: object) -> None:
        if parts[0] == "table":
            self._tables[parts] = value


class Clock:
    """Adds up the time that queries take, apart from that of plans and connections."""

    def __init__(self) -> None:
        self.seconds = 0.0
        plain = Session.rows

        def timed(session: Session, statement: Any) -> Any:
            begun = time.perf_counter()
            try:
                return plain(session, statement)
            finally:
                self.seconds += time.perf_counter() - begun

        Session.rows = timed  # type: ignore[method-assign, assignment]


@contextmanager
def databases(home: Path) -> Iterator[dict[str, Engine]]:
    """All three, with both tables."""
    with ExitStack() as stack:
        found = {"SQLite": create_engine(f"sqlite:///{_sqlite(home)}")}
        secret = quote(servers.PASSWORD, "")
        for kind, start, driver in (
            ("MariaDB", servers.mariadb, "mysql+pymysql"),
            ("PostgreSQL", servers.postgresql, "postgresql+psycopg"),
        ):
            reason = servers.reason(kind.lower())
            if reason is not None:
                print(f"{kind} is left out: {reason}", file=sys.stderr)
                continue
            port = stack.enter_context(start()).port
            found[kind] = create_engine(f"{driver}://tester:{secret}@127.0.0.1:{port}/shop")
            _fill(found[kind], kind)
        yield found


def _sqlite(home: Path) -> Path:
    path = home / "shop.db"
    if path.exists():
        return path
    with sqlite3.connect(path) as shop:
        for size in SIZES:
            dice = random.Random(size)
            shop.execute(
                f"CREATE TABLE bicycle_{size} (id INTEGER PRIMARY KEY, frame TEXT, "
                "in_stock INTEGER NOT NULL, date_available DATE)"
            )
            shop.executemany(
                f"INSERT INTO bicycle_{size} (frame, in_stock, date_available) "
                "VALUES (?, ?, date('2015-01-01', ?))",
                (
                    (
                        dice.choice(("steel", "carbon", "aluminium", "titanium")),
                        int(dice.random() < 0.6),
                        f"+{dice.randrange(3650)} days",
                    )
                    for _ in range(size)
                ),
            )
            shop.execute(f"CREATE INDEX stock_{size} ON bicycle_{size} (in_stock, date_available)")
    return path


def _fill(engine: Engine, kind: str) -> None:
    for size in SIZES:
        with engine.begin() as connection:
            if kind == "MariaDB":
                statements = [
                    f"CREATE TABLE bicycle_{size} (id INT PRIMARY KEY, frame VARCHAR(20), in_stock "
                    "TINYINT NOT NULL, date_available DATE, KEY stock (in_stock, date_available))",
                    f"INSERT INTO bicycle_{size} SELECT seq, ELT(1 + FLOOR(RAND(1) * 4), 'steel', "
                    "'carbon', 'aluminium', 'titanium'), RAND(2) < 0.6, DATE '2015-01-01' + "
                    f"INTERVAL FLOOR(RAND(3) * 3650) DAY FROM seq_1_to_{size}",
                    f"ANALYZE TABLE bicycle_{size}",
                ]
            else:
                statements = [
                    f"CREATE TABLE bicycle_{size} (id int PRIMARY KEY, frame text, "
                    "in_stock int NOT NULL, date_available date)",
                    f"INSERT INTO bicycle_{size} SELECT g, (array['steel', 'carbon', 'aluminium', "
                    "'titanium'])[1 + floor(random() * 4)::int], (random() < 0.6)::int, "
                    "date '2015-01-01' + floor(random() * 3650)::int "
                    f"FROM generate_series(1, {size}) g",
                    f"CREATE INDEX stock_{size} ON bicycle_{size} (in_stock, date_available)",
                    f"ANALYZE bicycle_{size}",
                ]
            for statement in statements:
                connection.exec_driver_sql(statement)


def costs(found: dict[str, Engine]) -> list[dict[str, Any]]:
    """Medians of time and of rows examined, of each way on each table; ways take turns."""
    clock = Clock()
    rows = []
    for kind, engine in found.items():
        for size in SIZES:
            known = Known()
            ways = [way for way in WAYS if kind in way.kinds]
            whole: dict[str, list[float]] = {way.title: [] for way in ways}
            alone: dict[str, list[float]] = {way.title: [] for way in ways}
            read: dict[str, list[int]] = {way.title: [] for way in ways}
            for turn in range(-1, ROUNDS):  # the first warms up
                for way in ways if turn % 2 else reversed(ways):
                    if turn >= way.repeats or (turn < 0 and way.repeats < ROUNDS):
                        continue
                    clock.seconds = 0.0
                    begun = time.perf_counter()
                    sample = _draw(engine, size, way, known, seed=turn)
                    took = time.perf_counter() - begun
                    if turn >= 0:
                        whole[way.title].append(took)
                        alone[way.title].append(clock.seconds)
                        read[way.title].append(sample.cost.rows)
            if kind == "SQLite":
                read = {way.title: [_steps(engine, size, way, known)] for way in ways}
            rows += [
                {
                    "kind": kind,
                    "size": size,
                    "way": way.title,
                    "whole": statistics.median(whole[way.title]),
                    "alone": statistics.median(alone[way.title]),
                    "read": statistics.median(read[way.title]),
                }
                for way in ways
            ]
            loads.append(os.getloadavg()[0])
            print(kind, size, "measured", file=sys.stderr)
    return rows


def _draw(engine: Engine, size: int, way: Way, known: Cache, seed: int) -> Any:
    return random_rows(
        engine,
        f"bicycle_{size}",
        N,
        overfetch=OVERFETCH,
        timeout=120,
        cache=known,
        seed=seed,
        **way.options,
    )


def _steps(engine: Engine, size: int, way: Way, known: Cache) -> int:
    """How many instructions SQLite's machine takes for a draw, in tens or thousands."""
    every = 1000 if way.title == "ORDER BY RANDOM()" else 10
    count = 0
    plain, usual = ours.SQLite._late, ours.STEPS

    def counted(server: ours.SQLite) -> int:
        nonlocal count
        count += every
        return plain(server)

    ours.SQLite._late, ours.STEPS = counted, every  # type: ignore[method-assign, assignment]
    try:
        _draw(engine, size, way, known, seed=1)
    finally:
        ours.SQLite._late, ours.STEPS = plain, usual  # type: ignore[method-assign]
    return count


def evenness(found: dict[str, Engine], draws: int) -> list[dict[str, Any]]:
    """Chi-square of the slices of the table, or of the index, that one row a draw comes from."""
    size = SIZES[-1]
    rows = []
    for kind, engine in found.items():
        known = Known()
        for way in WAYS:
            if kind not in way.kinds or way.title == "ORDER BY RANDOM()":
                continue
            if way.title == "tablesample bernoulli":
                continue  # reads every page each time: fewer draws, on the small table
            rows.append(_even(engine, kind, size, way, known=known, draws=draws))
        if kind == "PostgreSQL":
            bernoulli = next(way for way in WAYS if way.title == "tablesample bernoulli")
            some = _even(engine, kind, SIZES[0], bernoulli, known=known, draws=draws // 10)
            rows.append(some)
        loads.append(os.getloadavg()[0])
        print(kind, "drawn", file=sys.stderr)
    return rows


def _even(
    engine: Engine, kind: str, size: int, way: Way, *, known: Cache, draws: int
) -> dict[str, Any]:
    table: Counter[int] = Counter()
    index: Counter[int] = Counter()
    day = time.mktime((2015, 1, 1, 12, 0, 0, 0, 0, 0)) / 86400
    for seed in range(draws):
        sample = _draw(engine, size, way, known, seed=seed)
        identity, _, _, available = sample.rows[0]
        table[(identity - 1) * SLICES // size] += 1
        date = time.strptime(str(available), "%Y-%m-%d")
        days = time.mktime((*date[:3], 12, 0, 0, 0, 0, 0)) / 86400 - day
        index[min(SLICES - 1, int(days * SLICES / 3650))] += 1
    return {
        "kind": kind,
        "way": way.title,
        "draws": draws,
        "table": _chi_square(table, draws),
        "table_slices": len(table),
        "index": _chi_square(index, draws),
        "index_slices": len(index),
    }


def _chi_square(counts: Counter[int], draws: int) -> float:
    expected = draws / SLICES
    return sum((counts[at] - expected) ** 2 / expected for at in range(SLICES))


def page(result: dict[str, Any]) -> Iterator[str]:
    """The page, from what was measured."""
    yield "# Random rows beside ORDER BY RANDOM()\n"
    yield (
        f"Written by `make bench` (benches/sample.py). {N} rows are drawn of `bicycle (id, frame, "
        f"in_stock, date_available, KEY (in_stock, date_available))`, with `--overfetch "
        f"{OVERFETCH}`, from SQLite in a file and from servers on the same machine; all but `keys` "
        f"with `{IN_STOCK}`, which six rows in ten fulfil.\n"
    )
    facts = result["facts"]
    yield "; ".join(f"{name}: {fact}" for name, fact in facts.items()) + ".\n"
    yield (
        "*Queries* is the time of the queries that fetch rows. *Whole* is that of `random_rows`: "
        "with EXPLAIN, the settings of the session and the counters; the engine has a connection "
        "in its pool, and the catalogue has been read before. Medians of "
        f"{ROUNDS} rounds, of ORDER BY RANDOM() of 3, in which the ways take turns; each round has "
        "points of its own. All from one run, during which the average load of the machine was "
        f"{result['load']}.\n"
    )
    yield (
        "Without `--strategy`, this filter is answered by `keys, filtered`, and no filter by "
        "`keys`.\n"
    )
    for kind in KINDS:
        rows = [row for row in result["costs"] if row["kind"] == kind]
        if rows:
            yield from _costs(kind, rows)
    yield "## How even\n"
    yield (
        f"One row of each of so many draws, on the table of {SIZES[-1]:,} rows (BERNOULLI of "
        f"{SIZES[0]:,}): in which of {SLICES} equal slices of the table, and of the dates in the "
        "index, it lies. Of even draws chi-square is beyond 30.1 once in twenty times, and beyond "
        "43.8 once in a thousand.\n"
    )
    yield (
        "| database | strategy | draws | slices of the table | chi-square | slices of the dates | "
        "chi-square |"
    )
    yield "| --- | --- | ---: | ---: | ---: | ---: | ---: |"
    for row in result["evenness"]:
        yield (
            f"| {row['kind']} | {row['way']} | {row['draws']:,} | {row['table_slices']} | "
            f"{row['table']:,.1f} | {row['index_slices']} | {row['index']:,.1f} |"
        )
    yield ""
    yield from _reached(result)


def _costs(kind: str, rows: list[dict[str, Any]]) -> Iterator[str]:
    counted = "steps" if kind == "SQLite" else "rows examined"
    yield f"## {kind}\n"
    yield (
        f"| strategy | rows of the table | {counted} | queries, ms | x less | whole, ms | x less |"
    )
    yield "| --- | ---: | ---: | ---: | ---: | ---: | ---: |"
    for row in rows:
        full = next(
            each
            for each in rows
            if each["size"] == row["size"] and each["way"] == "ORDER BY RANDOM()"
        )
        yield (
            f"| {row['way']} | {row['size']:,} | {row['read']:,.0f} | {1000 * row['alone']:,.2f} | "
            f"{full['alone'] / row['alone']:,.0f} | {1000 * row['whole']:,.1f} | "
            f"{full['whole'] / row['whole']:,.0f} |"
        )
    yield ""


def _reached(result: dict[str, Any]) -> Iterator[str]:
    yield "## What was to be reached\n"
    along = ("order", "offset", "range", "keys", "keys, filtered")
    costs = [row for row in result["costs"] if row["way"] in along]
    servers_only = [row for row in costs if row["kind"] != "SQLite"]
    points = min(40, N)
    most = max(
        (row["read"] for row in servers_only if row["way"] in ("order", "range", "keys")), default=0
    )
    yield (
        f"- Rows examined at most N x overfetch x points and a little, {N * OVERFETCH * points:,} "
        f"here, whatever the size of the table: at most {most:,.0f} without an offset."
    )
    small = {(row["kind"], row["way"]): row["read"] for row in costs if row["size"] == SIZES[0]}
    growth = max(
        row["read"] / small[row["kind"], row["way"]]
        for row in costs
        if row["size"] == SIZES[1] and row["way"] != "offset"
    )
    yield f"- The same for both sizes: at most {growth:.2f} times as many on the larger table."
    for measure, told in (("alone", "queries"), ("whole", "whole calls")):
        least = _least(result["costs"], along, measure)
        ways = "; ".join(f"{kind} {ratio:,.0f}" for kind, ratio in least.items())
        yield f"- 100 times less time than ORDER BY RANDOM() on {SIZES[1]:,} rows, {told}: {ways}."
    spread = [row for row in result["evenness"] if row["way"] == "range"]
    slices = min((row["index_slices"] for row in spread), default=0)
    placed = "; ".join(
        f"{row['kind']} {row['table_slices']} (chi-square {row['table']:,.0f})" for row in spread
    )
    yield (
        f"- `range` spread over all {SLICES} slices: of the dates, along which it reads, it "
        f"reached {slices} at least; of the table {placed}. Dates here have nothing to do with "
        "keys, and many rows share one. The indexes of SQLite and InnoDB end with the key, so a "
        "random one can be gone to. PostgreSQL's does not: half of the points are of the key "
        "there, and the rows at the ends of a date stay likelier than the others, which an index "
        "on (in_stock, date_available, id) ends."
    )


def _least(rows: list[dict[str, Any]], along: tuple[str, ...], measure: str) -> dict[str, float]:
    """Of each database the worst ratio on the large table."""
    found: dict[str, float] = {}
    large = [row for row in rows if row["size"] == SIZES[1]]
    for kind in dict.fromkeys(row["kind"] for row in large):
        own = {row["way"]: row[measure] for row in large if row["kind"] == kind}
        found[kind] = min(own["ORDER BY RANDOM()"] / own[way] for way in along)
    return found


def facts(found: dict[str, Engine]) -> dict[str, str]:
    """The machine, and the versions."""
    told = facts_of_machine(os.cpu_count() or 1)
    for kind, engine in found.items():
        query = "SELECT sqlite_version()" if kind == "SQLite" else "SELECT version()"
        with engine.connect() as connection:
            version = str(connection.exec_driver_sql(query).scalar())
        told[kind] = version.split("-", maxsplit=1)[0].replace("PostgreSQL ", "").split(" ")[0]
    return told


def _others(result: dict[str, Any], part: str, found: dict[str, Engine]) -> list[dict[str, Any]]:
    """What was measured before, of databases that are not measured now."""
    return [row for row in result.get(part, []) if row["kind"] not in found]


def main() -> None:
    """Measure, keep what was measured, and print the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--draws", type=int, default=DRAWS)
    parser.add_argument("--only", choices=("costs", "evenness"), help="the rest as it was before")
    parser.add_argument("--databases", help="JSON: SQLAlchemy's URLs by kind, with both tables")
    arguments = parser.parse_args()
    home = Path(os.environ.get("STREAMSTATS_BENCH", ROOT / ".bench")) / "sample"
    home.mkdir(parents=True, exist_ok=True)
    kept = home / "results.json"
    result: dict[str, Any] = json.loads(kept.read_text("utf-8")) if kept.exists() else {}
    with ExitStack() as stack:
        if arguments.databases:
            urls = json.loads(Path(arguments.databases).read_text("utf-8"))
            found = {kind: create_engine(url) for kind, url in urls.items()}
        else:
            found = stack.enter_context(databases(home))
        result["facts"] = result.get("facts", {}) | facts(found)
        if arguments.only != "evenness":
            result["costs"] = _others(result, "costs", found) + costs(found)
        if arguments.only != "costs":
            result["evenness"] = _others(result, "evenness", found) + evenness(
                found, arguments.draws
            )
        loads.append(os.getloadavg()[0])
        result["load"] = " to ".join(f"{load:.1f}" for load in (min(loads), max(loads)))
        for engine in found.values():
            engine.dispose()
    kept.write_text(json.dumps(result), "utf-8")
    if "costs" in result and "evenness" in result:
        print("\n".join(page(result)))


if __name__ == "__main__":
    main()
