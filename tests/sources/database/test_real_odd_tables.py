"""Tables that are made in ways of one database only: indexes, keys, types, schemas."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import create_engine

from databases import Database, command, ids, make
from streamstats.errors import ConditionError, PlanRefused, UnknownTable
from streamstats.sources.database import random_rows

# One process starts the servers, and all that need them run there.
pytestmark = pytest.mark.xdist_group("databases")


def test_partitions_and_tables_that_inherit(postgresql: Database) -> None:
    make(
        postgresql,
        "DROP TABLE IF EXISTS parted",
        "CREATE TABLE parted (id int PRIMARY KEY, k int) PARTITION BY RANGE (id)",
        "CREATE TABLE parted_1 PARTITION OF parted FOR VALUES FROM (0) TO (5000)",
        "CREATE TABLE parted_2 PARTITION OF parted FOR VALUES FROM (5000) TO (20000)",
        "INSERT INTO parted SELECT id, id FROM bicycle WHERE id < 10000",
        "DROP TABLE IF EXISTS parent CASCADE",
        "CREATE TABLE parent (id int PRIMARY KEY)",
        "CREATE TABLE child () INHERITS (parent)",
        "INSERT INTO child SELECT id FROM bicycle WHERE id < 1000",
        "ANALYZE",
    )
    sample = random_rows(postgresql.engine, "parted", 20)
    assert (sample.strategy, sample.uniform, len(sample)) == ("keys", True, 20)
    assert sample.cost.rows <= 40
    # The parent's index knows nothing of the child's rows.
    inherited = random_rows(postgresql.engine, "parent", 20)
    assert (inherited.strategy, inherited.table_rows) == ("tablesample", 999)


def test_indexes_that_are_not_for_all_rows_or_not_of_columns(postgresql: Database) -> None:
    make(
        postgresql,
        "CREATE TABLE indexed (k int, d date, t text)",
        "INSERT INTO indexed SELECT in_stock, date_available, frame FROM bicycle WHERE id < 20000",
        "CREATE INDEX indexed_partial ON indexed (k, d) WHERE k = 1",
        "CREATE INDEX indexed_expression ON indexed (lower(t), d)",
        "CREATE INDEX indexed_hash ON indexed USING hash (t)",
        "CREATE INDEX indexed_invalid ON indexed (d, k)",
        "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'indexed_invalid'::regclass",
        "ANALYZE indexed",
    )
    for where in ("k = 0", "t = 'steel'", "d = '2020-01-01'"):
        with pytest.raises(PlanRefused) as caught:
            random_rows(postgresql.engine, "indexed", 5, where=where, strategy="order")
        assert "CREATE INDEX" in str(caught.value)


def test_a_column_with_a_collation_and_json(postgresql: Database) -> None:
    """The inspector reads JSON of the catalogue, while values of JSON are shown as they are."""
    make(
        postgresql,
        'CREATE TABLE sorted (name text COLLATE "C", j jsonb, id int PRIMARY KEY)',
        "INSERT INTO sorted VALUES ('a', '{\"b\": [1]}', 1)",
        "ANALYZE sorted",
    )
    engine = create_engine(postgresql.engine.url, pool_size=1, max_overflow=0)
    for _ in range(2):  # the second time by the same connection
        assert random_rows(engine, "sorted", 1).rows == [("a", '{"b": [1]}', 1)]
    with engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT j FROM sorted").scalar() == {"b": [1]}
    engine.dispose()


def test_an_engine_without_transactions(postgresql: Database) -> None:
    """What is read is read in one all the same, so that limits hold."""
    engine = create_engine(postgresql.engine.url, isolation_level="AUTOCOMMIT")
    sample = random_rows(engine, "bicycle", 5, where="in_stock = 1")
    assert len(sample) == 5
    with engine.connect() as connection:
        assert connection.exec_driver_sql("SHOW statement_timeout").scalar() == "0"
        assert connection.exec_driver_sql("SHOW transaction_read_only").scalar() == "off"
    engine.dispose()


def test_values_without_an_end(postgresql: Database) -> None:
    """Infinity and NaN are ends that no point lies between; what is inside of them is drawn."""
    make(
        postgresql,
        "CREATE TABLE endless (id int, t timestamp, n numeric)",
        "INSERT INTO endless SELECT id, timestamp '2024-01-01' + id * interval '1 min', id FROM "
        "bicycle WHERE id < 20000",
        "INSERT INTO endless VALUES (0, 'infinity', 'NaN'), (0, '-infinity', NULL)",
        "CREATE INDEX endless_t ON endless (t)",
        "CREATE INDEX endless_n ON endless (n)",
        "ANALYZE endless",
    )
    for column in ("t", "n"):
        places = set()
        for seed in range(10):
            sample = random_rows(
                postgresql.engine,
                "endless",
                10,
                where=f"{column} IS NOT NULL",
                strategy="range",
                seed=seed,
            )
            places |= {row[0] * 10 // 20_000 for row in sample.rows}
        assert places == set(range(10))


@pytest.mark.parametrize("kind", ["sqlite", "mariadb", "postgresql"])
def test_keys_that_are_no_integers(kind: str, request: pytest.FixtureRequest) -> None:
    """Random digits of base 16 have an order that points can be drawn in."""
    database: Database = request.getfixturevalue(kind)
    digest = {
        "sqlite": "printf('%08x', (id * 2654435761) & 0xffffffff)",
        "mariadb": "MD5(id)",
        "postgresql": "MD5(id::text)",
    }[kind]
    whole = {"sqlite": " WITHOUT ROWID"}.get(kind, "")
    make(
        database,
        f"CREATE TABLE digests (name varchar(40) PRIMARY KEY, n int){whole}",
        f"INSERT INTO digests SELECT {digest}, id FROM bicycle WHERE id <= 20000",
        "ANALYZE TABLE digests" if kind == "mariadb" else "ANALYZE digests",
    )
    first = set()
    for seed in range(6):
        sample = random_rows(database.engine, "digests", 40, seed=seed)
        assert sample.strategy == "range"
        assert len({row[0] for row in sample.rows}) == 40
        assert sample.cost.rows <= 600
        first |= {row[0][0] for row in sample.rows}
    assert first == set("0123456789abcdef")


def test_uuids(postgresql: Database, mariadb: Database) -> None:
    make(
        postgresql,
        "CREATE TABLE uuids (id uuid PRIMARY KEY, n int)",
        "INSERT INTO uuids SELECT MD5(id::text)::uuid, id FROM bicycle WHERE id <= 20000",
        "ANALYZE uuids",
    )
    sample = random_rows(postgresql.engine, "uuids", 40)
    assert sample.strategy == "range"
    assert len({str(row[0])[0] for row in sample.rows}) >= 10
    assert all(isinstance(row[0], UUID) for row in sample.rows)
    # MariaDB has UUIDs in another order than they are written in, so points would mean nothing.
    make(
        mariadb,
        "CREATE TABLE uuids (id uuid PRIMARY KEY, n int)",
        "INSERT INTO uuids SELECT UUID(), id FROM bicycle WHERE id <= 20000",
        "ANALYZE TABLE uuids",
    )
    for seed in range(4):
        sample = random_rows(mariadb.engine, "uuids", 10, seed=seed)
        assert sample.strategy == "offset"
        assert sample.cost.rows <= 2060


def test_descending_partial_and_ignored_indexes_of_mariadb(mariadb: Database) -> None:
    make(
        mariadb,
        "CREATE TABLE downwards (id int PRIMARY KEY, k int, d date, t text, "
        "KEY downwards_kd (k, d DESC), KEY downwards_kt (k, t(3)), KEY hidden (d) IGNORED)",
        "INSERT INTO downwards SELECT id, in_stock, date_available, frame FROM bicycle "
        "WHERE id <= 20000",
        "ANALYZE TABLE downwards",
    )
    where = "k = 1 AND d > '2020-03-01'"
    for strategy in ("order", "offset", "range"):
        sample = random_rows(mariadb.engine, "downwards", 20, where=where, strategy=strategy)
        assert len(set(ids(sample))) == 20
        assert all((row[1], str(row[2]) > "2020-03-01") == (1, True) for row in sample.rows)
        assert sample.cost.rows <= 2200
    with pytest.raises(PlanRefused, match="no index answers d"):
        random_rows(mariadb.engine, "downwards", 5, where="d = '2020-03-01'", strategy="order")


def test_zero_dates_and_times_of_more_than_a_day(mariadb: Database, tmp_path: Path) -> None:
    with mariadb.engine.begin() as connection:
        for statement in (
            "SET SESSION sql_mode = ''",
            "DROP TABLE IF EXISTS zeros",
            "CREATE TABLE zeros (id int PRIMARY KEY, d date, t time, y year, KEY zeros_d (d))",
            "INSERT INTO zeros SELECT id, IF(id < 3000, '0000-00-00', date_available), "
            "SEC_TO_TIME(id * 10 - 100000), 2000 + id %% 50 FROM bicycle WHERE id <= 20000",
            "ANALYZE TABLE zeros",
        ):
            connection.exec_driver_sql(statement)
    for where in ("d = '0000-00-00'", "d >= '0000-00-00'", "d > '2016-01-01'", "y = 2005"):
        for strategy in (None, "range"):
            if where.startswith("y") and strategy:
                continue
            sample = random_rows(mariadb.engine, "zeros", 20, where=where, strategy=strategy)
            assert len(set(ids(sample))) == 20
    times = [("id = 20000", "27:46:40"), ("id = 1", "-27:46:30")]
    for where, time in times:
        arguments = (mariadb.url, "zeros", "--rows", "--where", where, "--format", "csv")
        done = command(*arguments, "--no-cache", home=tmp_path)
        assert f",{time},20" in done.stdout
    with pytest.raises(ConditionError, match="holds dates or times"):
        random_rows(mariadb.engine, "zeros", 5, where="d > 'yesterdayish'")


def test_kinds_of_tables_of_sqlite(sqlite: Database) -> None:
    make(
        sqlite,
        "CREATE TABLE numbered (rowid text, oid int, v int)",
        "INSERT INTO numbered SELECT 'r', id, id FROM bicycle WHERE id <= 5000",
        "CREATE TABLE negative (id INTEGER PRIMARY KEY)",
        "INSERT INTO negative SELECT -id FROM bicycle WHERE id <= 5000",
        "CREATE TABLE largest (id INTEGER PRIMARY KEY)",
        "INSERT INTO largest SELECT 9223372036854775807 - id FROM bicycle WHERE id <= 5000",
        "CREATE TABLE rowless (id INTEGER PRIMARY KEY, k int) WITHOUT ROWID",
        "INSERT INTO rowless SELECT id, id % 2 FROM bicycle WHERE id <= 5000",
        "CREATE TABLE caseless (id INTEGER PRIMARY KEY, name text, d int)",
        "INSERT INTO caseless SELECT id, 'Steel', id FROM bicycle WHERE id <= 5000",
        "CREATE INDEX caseless_name ON caseless (name COLLATE NOCASE, d)",
    )
    rows = {"numbered": 5000, "negative": 5000, "largest": 5000, "rowless": None}
    for table, count in rows.items():
        sample = random_rows(sqlite.engine, table, 20)
        assert (sample.strategy, sample.table_rows) == ("keys", count)
        assert len(set(sample.rows)) == 20
    huge = random_rows(sqlite.engine, "largest", 5, where="id > 99999999999999999999999")
    assert (len(huge), huge.complete) == (0, True)
    # Its index has another order than the column.
    with pytest.raises(PlanRefused, match="sorts"):
        random_rows(sqlite.engine, "caseless", 5, where="name = 'Steel'", strategy="order")
    with pytest.raises(UnknownTable, match=r"did you mean 'main\.bicycle'"):
        random_rows(sqlite.engine, "main.bycicle", 5)


def test_an_index_all_of_whose_columns_are_fixed(database: Database) -> None:
    make(
        database,
        "CREATE TABLE fixed (k int, d date)",
        "INSERT INTO fixed SELECT in_stock, date_available FROM bicycle WHERE id <= 20000",
        "INSERT INTO fixed VALUES (NULL, NULL), (NULL, NULL)",
        "CREATE INDEX fixed_k ON fixed (k)",
        "ANALYZE TABLE fixed" if database.kind == "mariadb" else "ANALYZE fixed",
    )
    sample = random_rows(database.engine, "fixed", 20, where="k = 1", strategy="offset")
    assert {row[0] for row in sample.rows} == {1}
    assert sample.cost.rows <= 2100
    nulls = random_rows(database.engine, "fixed", 20, where="k IS NULL", strategy="order")
    assert (len(nulls), nulls.complete) == (2, True)


def test_names_of_schemas(postgresql: Database, mariadb: Database) -> None:
    make(
        postgresql,
        "CREATE SCHEMA IF NOT EXISTS depot",
        "DROP TABLE IF EXISTS depot.wheels",
        "CREATE TABLE depot.wheels (id int PRIMARY KEY)",
    )
    for name in ("depot.wheel", "depo.wheels"):
        with pytest.raises(UnknownTable, match=r"did you mean 'depot\.wheels'"):
            random_rows(postgresql.engine, name, 5)
    with pytest.raises(UnknownTable, match=r"did you mean 'shop\.bicycle'"):
        random_rows(mariadb.engine, "shop.bycicle", 5)
    assert not random_rows(postgresql.engine, "pg_catalog.pg_class", 5).cost.exact


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"where_sql": "frme = 'steel'"}, r"(?i)column.*frme"),
        ({"where_sql": "frame LIKE 's"}, r"(?i)syntax|unrecognized|unterminated"),
        ({"where_sql": "nosuch(frame)"}, r"(?i)function.*nosuch"),
    ],
)
def test_sql_that_the_database_cannot_read(
    database: Database, options: dict[str, Any], reason: str
) -> None:
    with pytest.raises(ConditionError, match=reason) as caught:
        random_rows(database.engine, "bicycle", 5, **options)
    assert "--where-sql takes" in str(caught.value)
    assert "id IN (" not in str(caught.value)


def test_a_value_that_postgresql_refuses(postgresql: Database) -> None:
    with pytest.raises(ConditionError, match="2020-13-45") as caught:
        random_rows(postgresql.engine, "bicycle", 5, where="date_available = '2020-13-45'")
    assert caught.value.exit_status == 2


def test_raw_sql_ends_no_transaction(database: Database) -> None:
    """It is at the user's own risk, but a statement is one statement."""
    make(
        database,
        "CREATE TABLE victim (id int PRIMARY KEY, in_stock int)",
        "INSERT INTO victim VALUES (1, 1)",
    )
    for evil in ("1 = 1); COMMIT; DROP TABLE victim; SELECT (1", "1=1); COMMIT; DROP TABLE victim"):
        for strategy in (None, "keys", "full"):
            with pytest.raises((ConditionError, PlanRefused, Exception)) as caught:
                random_rows(
                    database.engine, "victim", 1, where_sql=evil, strategy=strategy, force=True
                )
            assert re.search(r"(?i)syntax|statement|command", str(caught.value))
    assert len(random_rows(database.engine, "victim", 1)) == 1


def test_contradictions_and_repetitions(database: Database) -> None:
    nothing = random_rows(database.engine, "bicycle", 5, where="in_stock = 1 AND in_stock = 0")
    assert (len(nothing), nothing.complete, nothing.cost.rows) == (0, True, 0)
    twice = random_rows(
        database.engine, "bicycle", 5, where="in_stock = 1 AND in_stock = 1", strategy="order"
    )
    assert (len(twice), twice.where) == (5, "in_stock = 1")
    half = random_rows(database.engine, "bicycle", 5, where=["in_stock = 1", "id >= 7"])
    assert len(half) == 5
    assert all(row[0] >= 7 and row[2] == Decimal(1) for row in half.rows)
