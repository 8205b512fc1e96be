"""Draws from real databases: SQLite, MariaDB and PostgreSQL with 500 thousand rows each."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sysconfig
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from sqlalchemy import create_engine
from sqlalchemy.pool import NullPool

import servers
from conftest import FRAMES, ROWS, Database  # type: ignore[attr-defined]
from streamstats.errors import PlanRefused, SourceError, UnknownTable
from streamstats.sources.database import open_cache, random_rows
from streamstats.sources.database.connect import Late
from streamstats.sources.database.sample import Sample
from streamstats.sources.database.session import Prepared, Session
from streamstats.sources.database.url import of_engine

# One process starts the servers, and all that need them run there.
pytestmark = pytest.mark.xdist_group("databases")

COMMAND = os.path.join(sysconfig.get_path("scripts"), "streamstats")
IN_STOCK = "in_stock = 1"


def command(*arguments: str, home: Path, **environ: str) -> subprocess.CompletedProcess[str]:
    """A run of the command, in a home of its own."""
    plain = {"HOME": str(home), "PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "TZ": "UTC"}
    return subprocess.run(
        [COMMAND, "sample", *arguments],
        env=plain | environ,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )


def ids(sample: Sample) -> list[int]:
    return [row[sample.columns.index("id")] for row in sample.rows]


@pytest.mark.parametrize(
    ("strategy", "where", "used", "most"),
    [
        ("order", IN_STOCK, "order", 100),
        ("order", "", "order", 100),
        ("offset", IN_STOCK, "offset", 2100),
        # MariaDB reads the rows of a UNION once more, out of a table of its own.
        ("range", IN_STOCK, "range", 300),
        ("range", "in_stock = 0 AND date_available >= '2020-02-02'", "range", 300),
        ("range", "", "keys", 60),
        ("keys", "", "keys", 60),
        ("keys", "frame = 'steel'", "keys", 402),
        (None, "", "keys", 60),
        (None, IN_STOCK, "range", 300),
        (None, "frame = 'steel' AND in_stock != 1", "keys", 1602),
    ],
)
def test_strategies(
    database: Database, strategy: str | None, where: str, used: str, most: int
) -> None:
    sample = random_rows(database.engine, "bicycle", 20, strategy=strategy, where=where)
    assert sample.strategy == used
    assert len(set(ids(sample))) == 20
    assert sample.cost.rows <= most
    assert sample.cost.exact == (database.kind != "sqlite")
    assert sample.uniform == (used == "keys")
    assert 0.9 * ROWS <= (sample.table_rows or 0) <= 1.1 * ROWS
    for identity, frame, in_stock, day in sample.rows:
        assert frame == ("steel", "carbon", "aluminium", "titanium")[identity % 4]
        assert IN_STOCK not in where or in_stock == 1
        assert "frame" not in where or (frame, in_stock) == ("steel", in_stock)
        assert "2020" not in where or str(day) >= "2020-02-02"
    assert all(planned.most is not None for planned in sample.plan)


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"strategy": "full"}, r"the plan (has a full scan of bicycle|sorts)"),
        ({"strategy": "order", "where": "frame = 'steel'"}, "no index answers frame = 'steel'"),
        ({"strategy": "range", "where": "date_available >= '2020-01-01'"}, "no index answers"),
        ({"strategy": "order", "where": "in_stock = 1 AND frame = 'steel'"}, "no index answers"),
        ({"strategy": "order", "where_sql": "frame LIKE 's%'"}, "of raw SQL nobody knows"),
        ({"strategy": "offset", "where": "id = 5"}, "one row at most"),
    ],
)
def test_refused_plans(database: Database, options: dict[str, Any], reason: str) -> None:
    """What is refused has not touched a row: the server's own log says what it was asked."""
    before = len(database.log()) if database.server is not None else 0
    with pytest.raises(PlanRefused, match=reason) as caught:
        random_rows(database.engine, "bicycle", 20, **options)
    assert "--force" in str(caught.value)
    if "frame =" in options.get("where", ""):
        columns = r"frame`?, `?id|in_stock`?, `?frame`?, `?id"
        assert re.search(rf"CREATE INDEX \w+ ON bicycle \(`?({columns})`?\)", str(caught.value))
    if database.server is not None:
        time.sleep(0.2)  # until the log is written
        asked = statements(database.log()[before:])
        touching = [each for each in asked if re.search(r"\bFROM bicycle", each)]
        assert [each for each in touching if not each.startswith("EXPLAIN")] == []
        assert asked, "the log says nothing"


def statements(log: str) -> list[str]:
    """The statements in a piece of a log of MariaDB or PostgreSQL."""
    found = re.findall(r"(?:Query\t|statement: |execute \S+: )(.*)", log.replace("\n\t", " "))
    joined = re.sub(r"\n(?=FROM|WHERE|ORDER|\s*LIMIT)", " ", log)
    more = re.findall(r"(?:Query\t|statement: |execute \S+: )(.*)", joined)
    return [*found, *more]


def test_force_runs_what_is_refused(database: Database) -> None:
    sample = random_rows(
        database.engine, "bicycle", 5, strategy="full", force=True, timeout=20, where=IN_STOCK
    )
    assert sample.strategy == "full"
    assert sample.uniform
    assert sample.cost.rows > 100_000
    assert any("--force" in note for note in sample.notes)


def test_max_examined_bounds_a_draw(database: Database) -> None:
    sample = random_rows(database.engine, "bicycle", 30, where=IN_STOCK, max_examined=60)
    assert len(sample) == 30
    assert sample.cost.rows <= 60 * 2 + 2 + 30  # MariaDB looks for the end of each window
    refused = {"strategy": "range", "where": IN_STOCK, "max_examined": 10}
    few = random_rows(database.engine, "bicycle", 30, **refused)  # type: ignore[arg-type]
    assert len(few) == 10
    assert any("at most 10 rows" in note for note in few.notes)


def test_random_keys_are_even(database: Database) -> None:
    """Chi-square over 20 slices of the table: beyond 43.8 one in a thousand even draws is."""
    slices: Counter[int] = Counter()
    for seed in range(12):
        sample = random_rows(database.engine, "bicycle", 200, strategy="keys", seed=seed)
        slices.update((identity - 1) * 20 // ROWS for identity in ids(sample))
    assert chi_square(slices, 20) < 43.8
    assert len(slices) == 20


def test_a_range_reaches_all_of_the_index(database: Database) -> None:
    years: Counter[str] = Counter()
    slices: Counter[int] = Counter()
    for seed in range(12):
        sample = random_rows(
            database.engine, "bicycle", 40, strategy="range", where=IN_STOCK, seed=seed
        )
        years.update(str(row[3])[:4] for row in sample.rows)
        slices.update((identity - 1) * 20 // ROWS for identity in ids(sample))
    assert set(years) >= {str(year) for year in range(2015, 2024)}
    if database.kind != "postgresql":
        # Its indexes end with the key, so that no row of a day is out of reach.
        assert len(slices) == 20


def chi_square(counts: Counter[int], slices: int) -> float:
    expected = sum(counts.values()) / slices
    return sum((counts[at] - expected) ** 2 / expected for at in range(slices))


def test_the_same_cost_whatever_the_size(database: Database) -> None:
    make(
        database,
        "CREATE TABLE small (id int PRIMARY KEY, in_stock int NOT NULL, date_available date)",
        "CREATE INDEX small_stock ON small (in_stock, date_available)",
        "INSERT INTO small SELECT id, in_stock, date_available FROM bicycle WHERE id <= 20000",
        "ANALYZE TABLE small" if database.kind == "mariadb" else "ANALYZE small",
    )
    costs = [
        random_rows(database.engine, name, 40, strategy="range", where=IN_STOCK).cost.rows
        for name in ("small", "bicycle")
    ]
    assert abs(costs[0] - costs[1]) <= 45  # a window may be empty, and MariaDB counts it


def make(database: Database, *statements: str) -> None:
    """Run statements, each table anew."""
    with database.engine.begin() as connection:
        for statement in statements:
            name = re.match(r"CREATE (TABLE|VIEW) (\S+)", statement)
            if name:
                connection.exec_driver_sql(f"DROP {name[1]} IF EXISTS {name[2]}")
            connection.exec_driver_sql(statement)


def test_tables_that_are_small_empty_or_without_an_index(database: Database) -> None:
    make(
        database,
        "CREATE TABLE few (id int PRIMARY KEY, frame varchar(20))",
        "INSERT INTO few VALUES (3, 'steel'), (7, NULL), (1000, 'carbon')",
        "CREATE TABLE hollow (id int PRIMARY KEY, frame varchar(20))",
        "CREATE TABLE bare (frame varchar(20))",
        "INSERT INTO bare VALUES ('steel')",
        "CREATE VIEW stocked AS SELECT * FROM bicycle WHERE in_stock = 1",
    )
    few = random_rows(database.engine, "few", 20)
    assert sorted(ids(few)) == [3, 7, 1000]
    assert few.complete
    assert few.uniform
    for n in (1, 2, 3):
        assert len(random_rows(database.engine, "few", n)) == n
    nothing = random_rows(database.engine, "hollow", 20)
    assert (len(nothing), nothing.complete) == (0, True)
    if database.kind == "sqlite":
        # Every table of SQLite has a number for its rows.
        assert random_rows(database.engine, "bare", 20).rows == [("steel",)]
    else:
        with pytest.raises(PlanRefused, match="bare has no index") as caught:
            random_rows(database.engine, "bare", 20, strategy="order")
        assert "CREATE INDEX bare_frame ON bare (frame)" in str(caught.value)
    with pytest.raises(PlanRefused, match="stocked is a view"):
        random_rows(database.engine, "stocked", 20)
    with pytest.raises(UnknownTable, match="did you mean 'bicycle'"):
        random_rows(database.engine, "bycicle", 20)


def test_a_filter_that_matches_nothing_or_few(database: Database) -> None:
    for where in ("in_stock = 9", "id = 0", "in_stock = 1 AND date_available > '2999-01-01'"):
        sample = random_rows(database.engine, "bicycle", 20, where=where)
        assert (len(sample), sample.complete) == (0, True)
        assert sample.cost.rows <= 110
    one = random_rows(database.engine, "bicycle", 20, where="id = 77")
    assert ids(one) == [77]
    assert one.complete
    none = random_rows(database.engine, "bicycle", 20, where="frame = 'wood'", max_examined=900)
    assert (len(none), none.complete) == (0, False)
    assert "900 random keys of id looked up, 0 are there and pass" in none.how


def test_a_sparse_key_and_nulls(database: Database) -> None:
    make(
        database,
        "CREATE TABLE sparse (id INTEGER PRIMARY KEY, price numeric(10,2), bought timestamp NULL)",
        "CREATE INDEX sparse_price ON sparse (price, id)",
        "INSERT INTO sparse SELECT id * 100000, id * 1.25, NULL FROM bicycle WHERE id <= 2000",
        "INSERT INTO sparse SELECT -id, NULL, NULL FROM bicycle WHERE id <= 100",
        "ANALYZE TABLE sparse" if database.kind == "mariadb" else "ANALYZE sparse",
    )
    with pytest.raises(PlanRefused, match="id is not dense"):
        random_rows(database.engine, "sparse", 20, strategy="keys")
    sample = random_rows(database.engine, "sparse", 20)
    assert sample.strategy == "range"
    assert len(set(ids(sample))) == 20
    nulls = random_rows(database.engine, "sparse", 20, where="price IS NULL", strategy="order")
    assert len(nulls) == 20
    assert all(row[1] is None for row in nulls.rows)
    tally = random_rows(database.engine, "sparse", 2100, columns=["bought"]).tally("bought")
    assert [(row.kinds, row.count) for row in tally] == [(("null",), 2100)]


def test_gaps_and_crowds_never_leave_a_range_empty(database: Database) -> None:
    make(
        database,
        "CREATE TABLE crowd (id int PRIMARY KEY, n int)",
        "CREATE INDEX crowd_n ON crowd (n)",
        "INSERT INTO crowd SELECT id, CASE WHEN id <= 500 THEN 1 WHEN id <= 1000 THEN 1000000 "
        "ELSE 5 END FROM bicycle WHERE id <= 1001",
    )
    for seed in range(20):
        sample = random_rows(
            database.engine, "crowd", 30, strategy="range", where="n >= 0", seed=seed
        )
        assert len(set(ids(sample))) == 30


HOSTILE = "\x1b[31mred\x1b[0m\n\u202e'; DROP TABLE bicycle; --"


def test_hostile_names_and_contents(database: Database, tmp_path: Path) -> None:
    column = 'we"ird `col; %s :x ?'
    table = "tab'le; %d :y"
    quotes = "`" if database.kind == "mariadb" else '"'

    def quoted(name: str) -> str:
        return quotes + name.replace(quotes, quotes * 2) + quotes

    with database.engine.begin() as connection:
        doubled = [quoted(name).replace("%", "%%") for name in (table, column)]
        if database.kind == "sqlite":
            doubled = [quoted(name) for name in (table, column)]
        connection.exec_driver_sql(f"DROP TABLE IF EXISTS {doubled[0]}")
        connection.exec_driver_sql(
            f"CREATE TABLE {doubled[0]} (id int PRIMARY KEY, {doubled[1]} varchar(80), n int)"
        )
        index = f"CREATE INDEX hostile_{database.kind} ON {doubled[0]} ({doubled[1]}, n)"
        connection.exec_driver_sql(index)
        mark = "?" if database.kind == "sqlite" else "%s"
        for n in range(5):
            connection.exec_driver_sql(
                f"INSERT INTO {doubled[0]} VALUES ({n}, {mark}, {n})", (HOSTILE,)
            )
    written = HOSTILE.replace("'", "''")
    where = f"\"{column.replace(chr(34), chr(34) * 2)}\" = '{written}'"
    for strategy in ("order", "range", "keys"):
        sample = random_rows(database.engine, table, 3, where=where, strategy=strategy)
        assert {row[1] for row in sample.rows} == {HOSTILE}
    for more in (["--rows"], ["--by", f'"{column.replace(chr(34), chr(92) + chr(34))}"']):
        for format in ("text", "json") if "--rows" in more else ("csv", "markdown"):
            arguments = [database.url, table, *more, "--where", where, "--format", format]
            done = command(*arguments, home=tmp_path)
            assert done.returncode == 0, done.stderr
            assert "red" in done.stdout
            if format != "csv":
                assert "\x1b" not in done.stdout + done.stderr
                assert "\u202e" not in done.stdout + done.stderr


def test_every_format_of_counts_as_of_a_log(database: Database, tmp_path: Path) -> None:
    arguments = (database.url, "bicycle", "-n", "400", "--by", "frame", "--no-cache")
    done = command(*arguments, "--json", home=tmp_path)
    assert done.returncode == 0, done.stderr
    page = json.loads(done.stdout)
    assert {value["value"] for value in page["values"]} == set(FRAMES)
    assert sum(value["count"] for value in page["values"]) == 400
    for value in page["values"]:
        low, high = value["interval"]
        assert low < value["share"] < high
    assert page["sample"]["uniform"] is True
    assert page["sample"]["rows"] == 400
    if database.kind != "sqlite":
        return  # the same from here on
    for format in ("text", "ndjson", "csv", "tsv", "markdown"):
        done = command(*arguments, "--format", format, home=tmp_path)
        assert (done.returncode, "steel" in done.stdout) == (0, True)
    done = command(*arguments, "--classic", home=tmp_path)
    assert "Some Statsy Things" in done.stdout
    assert "uniform" in done.stderr
    done = command(*arguments[:2], "--numbers", "id", "--by", "frame", home=tmp_path)
    assert "p99" in done.stdout


def test_explain_runs_nothing(database: Database, tmp_path: Path) -> None:
    before = len(database.log()) if database.server is not None else 0
    arguments = (database.url, "bicycle", "-n", "50", "--explain", "--where", IN_STOCK)
    done = command(*arguments, "--json", home=tmp_path)
    assert done.returncode == 0, done.stderr
    ways = json.loads(done.stdout)["ways"]
    would = {way["strategy"] for way in ways if way["refused"] is None}
    assert would >= {"order", "offset", "range", "keys"}
    assert "full" not in would
    if database.server is not None:
        time.sleep(0.2)
        asked = statements(database.log()[before:])
        touching = [each for each in asked if re.search(r"\bFROM bicycle", each)]
        assert touching
        assert [each for each in touching if not each.startswith("EXPLAIN")] == []
    done = command(*arguments, home=tmp_path)
    assert (
        "along stock_date (in_stock fixed, by date_available), downwards: would run" in done.stdout
    )


def test_sessions_only_read(database: Database) -> None:
    engine = database.engine
    for statement in ("DELETE FROM bicycle", "UPDATE bicycle SET frame = 'x'"):
        with (
            pytest.raises(SourceError, match=r"(?i)read.?only"),
            Session(engine, of_engine(engine.url), 2) as session,
        ):
            session.rows(Prepared(statement, ()))
    with engine.begin() as connection:
        # The engine is as it was.
        connection.exec_driver_sql("DELETE FROM bicycle WHERE id < 0")


SLOW = {
    "sqlite": "(WITH RECURSIVE s(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s) "
    "SELECT count(*) FROM s) > 0",
    "mariadb": "SLEEP(5) = 0",
    "postgresql": "pg_sleep(5) IS NOT NULL",
}


def test_a_query_that_takes_too_long(database: Database) -> None:
    begun = time.monotonic()
    with pytest.raises(Late, match=r"longer than 0\.3 s"):
        random_rows(
            database.engine,
            "bicycle",
            5,
            where_sql=SLOW[database.kind],
            strategy="full",
            force=True,
            timeout=0.3,
        )
    assert time.monotonic() - begun < 4
    assert len(random_rows(database.engine, "bicycle", 5)) == 5


@pytest.mark.parametrize("kind", ["mariadb", "postgresql"])
def test_a_connection_that_is_killed_half_way(kind: str, request: pytest.FixtureRequest) -> None:
    database: Database = request.getfixturevalue(kind)
    caught: list[Exception] = []

    def slow() -> None:
        engine = create_engine(database.engine.url, poolclass=NullPool)
        try:
            random_rows(
                engine,
                "bicycle",
                5,
                where_sql=SLOW[kind],
                strategy="full",
                force=True,
                timeout=20,
            )
        except Exception as error:
            caught.append(error)

    thread = threading.Thread(target=slow)
    thread.start()
    until = time.monotonic() + 10
    while (victim := sleeping(database)) is None and time.monotonic() < until:
        time.sleep(0.05)
    assert victim is not None
    with database.engine.begin() as connection:
        kill = {"mariadb": "KILL", "postgresql": "SELECT pg_terminate_backend"}[kind]
        connection.exec_driver_sql(f"{kill} {victim}" if kind == "mariadb" else f"{kill}({victim})")
    thread.join(10)
    assert [type(error) for error in caught] == [SourceError]
    assert "connection was" in str(caught[0])
    assert servers.PASSWORD not in str(caught[0])
    assert sleeping(database) is None


def sleeping(database: Database) -> int | None:
    """The connection that runs a slow query."""
    query = {
        "mariadb": "SELECT id FROM information_schema.processlist WHERE info LIKE '%%SLEEP(5)%%' "
        "AND id != CONNECTION_ID()",
        "postgresql": "SELECT pid FROM pg_stat_activity WHERE state = 'active' AND "
        "query LIKE '%%pg_sleep%%' AND pid != pg_backend_pid()",
    }[database.kind]
    with database.engine.begin() as connection:
        found = connection.exec_driver_sql(query, ()).scalar()
        return None if found is None else int(found)


@pytest.mark.parametrize("kind", ["mariadb", "postgresql"])
def test_passwords(kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    """From the URL, from the environment, from the clients' own files; and in no output."""
    database: Database = request.getfixturevalue(kind)
    assert database.server is not None
    port = database.server.port
    secret, coded = servers.PASSWORD, quote(servers.PASSWORD, "")
    scheme = "mysql" if kind == "mariadb" else "postgresql"
    bare = f"{scheme}://tester@127.0.0.1:{port}/shop"
    draw = ("bicycle", "-n", "5", "--rows")
    variable = "MYSQL_PWD" if kind == "mariadb" else "PGPASSWORD"
    assert command(database.url, *draw, home=tmp_path).returncode == 0
    assert command(bare, *draw, home=tmp_path, **{variable: secret}).returncode == 0
    generic = {"STREAMSTATS_DATABASE_PASSWORD": secret}
    assert command(bare, *draw, home=tmp_path, **generic).returncode == 0
    wrong = command(bare, *draw, "--no-cache", home=tmp_path)
    assert wrong.returncode == 3
    assert "refuses the user or the password" in wrong.stderr
    if kind == "mariadb":
        own = tmp_path / ".my.cnf"
        own.write_text(f'[client]\npassword = "{secret}"\n', "utf-8")
    else:
        own = tmp_path / ".pgpass"
        own.write_text(f"127.0.0.1:{port}:shop:tester:{secret}\n", "utf-8")
    own.chmod(0o600)
    assert command(bare, *draw, "--no-cache", home=tmp_path).returncode == 0
    own.unlink()
    for url in (
        database.url.replace(coded, f"{coded}x"),
        database.url.replace("/shop", "/nowhere"),
        database.url.replace(str(port), "1"),
    ):
        done = command(url, *draw, "--no-cache", home=tmp_path)
        assert done.returncode == 3
        assert "Traceback" not in done.stderr
        assert secret not in done.stderr + done.stdout
        assert coded not in done.stderr + done.stdout


def test_the_list_of_processes_holds_no_password(mariadb: Database, tmp_path: Path) -> None:
    arguments = [mariadb.url, "bicycle", "--rows", "--force", "--strategy", "full"]
    arguments += ["--where-sql", SLOW["mariadb"], "--timeout", "1s"]
    process = subprocess.Popen(
        [COMMAND, "sample", *arguments],
        env={"HOME": str(tmp_path), "PATH": os.environ["PATH"]},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        coded = quote(servers.PASSWORD, "").encode()
        until = time.monotonic() + 10
        shown = b""
        while time.monotonic() < until and b"***" not in shown and process.poll() is None:
            shown = Path(f"/proc/{process.pid}/cmdline").read_bytes()
            time.sleep(0.01)
        assert b"tester:" + b"*" * len(coded) + b"@127.0.0.1" in shown
        assert coded not in shown
    finally:
        process.kill()
        process.wait()


def test_tablesample(postgresql: Database) -> None:
    slices: Counter[int] = Counter()
    for seed in range(10):
        sample = random_rows(postgresql.engine, "bicycle", 200, strategy="tablesample", seed=seed)
        assert sample.uniform
        assert "pages read" in sample.how
        slices.update((identity - 1) * 20 // ROWS for identity in ids(sample))
    assert chi_square(slices, 20) < 43.8
    system = random_rows(postgresql.engine, "bicycle", 50, strategy="tablesample", method="system")
    assert not system.uniform
    assert len(system) == 50
    with pytest.raises(PlanRefused, match="BERNOULLI reads all"):
        random_rows(postgresql.engine, "bicycle", 5, strategy="tablesample", max_examined=1000)


def test_times_that_python_has_no_word_for(postgresql: Database, mariadb: Database) -> None:
    make(
        postgresql,
        "CREATE TABLE odd (id int PRIMARY KEY, at timestamptz, d date, j jsonb, a int[])",
        "INSERT INTO odd VALUES (1, 'infinity', '-infinity', '{\"a\": [1]}', '{1,2}'), "
        "(2, '4713-01-01 00:00:00 BC', 'infinity', '1', NULL)",
        "CREATE INDEX odd_at ON odd (at)",
    )
    sample = random_rows(postgresql.engine, "odd", 10, strategy="order")
    assert {str(row[2]) for row in sample.rows} == {"-infinity", "infinity"}
    assert {row[3] for row in sample.rows} == {'{"a": [1]}', "1"}
    with mariadb.engine.begin() as connection:
        connection.exec_driver_sql("SET SESSION sql_mode = ''")
        connection.exec_driver_sql("DROP TABLE IF EXISTS odd")
        connection.exec_driver_sql("CREATE TABLE odd (id int PRIMARY KEY, d date, t time)")
        connection.exec_driver_sql("INSERT INTO odd VALUES (1, '0000-00-00', '-100:00:01')")
    (row,) = random_rows(mariadb.engine, "odd", 10).rows
    assert row[0] == 1


def test_other_databases_of_the_server(postgresql: Database) -> None:
    make(
        postgresql,
        "CREATE SCHEMA IF NOT EXISTS depot",
        "CREATE TABLE depot.wheels (id int PRIMARY KEY, size int)",
        "INSERT INTO depot.wheels SELECT g, g FROM generate_series(1, 50) g",
        "ANALYZE depot.wheels",
    )
    sample = random_rows(postgresql.engine, "depot.wheels", 10)
    assert (sample.table, len(sample), sample.table_rows) == ("depot.wheels", 10, 50)


@pytest.fixture
def memcached() -> Iterator[servers.Running]:
    if (reason := servers.reason("memcached")) is not None:
        pytest.skip(reason)
    with servers.memcached() as running:
        yield running


@pytest.fixture
def redis() -> Iterator[servers.Running]:
    if (reason := servers.reason("redis")) is not None:
        pytest.skip(reason)
    with servers.redis() as running:
        yield running


@pytest.mark.parametrize("kind", ["disk", "memcached", "redis"])
def test_caches(
    kind: str, request: pytest.FixtureRequest, tmp_path: Path, mariadb: Database
) -> None:
    """The same draw comes from the cache, without a word to the database."""
    url = str(tmp_path / "cache")
    server: servers.Running | None = None
    if kind != "disk":
        server = request.getfixturevalue(kind)
        url = f"{kind}://127.0.0.1:{server.port}"
    drawn = []
    for _ in range(30):
        cache = open_cache(url, 600)
        drawn.append(
            random_rows(mariadb.engine, "bicycle", 20, where=IN_STOCK, cache=cache, variety=2)
        )
        cache.close()
        assert cache.warning is None
    assert not drawn[0].cached
    assert sum(sample.cached for sample in drawn) >= 20
    repeated = next(sample for sample in drawn if sample.cached)
    assert (repeated.cost.rows, repeated.plan) == (0, [])
    assert len(set(ids(repeated))) == 20
    # Of what was read once other rows are picked.
    assert len({tuple(ids(sample)) for sample in drawn}) > 2
    if server is not None:
        servers.stop(server.process)
        cache = open_cache(url, 600)
        sample = random_rows(mariadb.engine, "bicycle", 20, where=IN_STOCK, cache=cache)
        assert len(sample) == 20
        assert not sample.cached
        assert any("is not used" in note for note in sample.notes)
