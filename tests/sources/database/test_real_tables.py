"""Tables of all sorts, in real databases."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from databases import FRAMES, Database, command, ids, make
from streamstats.errors import PlanRefused, UnknownTable
from streamstats.sources.database import random_rows

# One process starts the servers, and all that need them run there.
pytestmark = pytest.mark.xdist_group("databases")

HOSTILE = "\x1b[31mred\x1b[0m\n\u202e'; DROP TABLE bicycle; --"


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
        # Nothing in SQLite knows how few pass, so it is tried.
        assert sample.cost.rows <= (210 if database.kind == "sqlite" else 110)
    one = random_rows(database.engine, "bicycle", 20, where="id = 77")
    assert ids(one) == [77]
    assert one.complete
    none = random_rows(database.engine, "bicycle", 20, where="frame = 'wood'", max_examined=900)
    assert (len(none), none.complete) == (0, False)
    assert "900 random keys of id looked up, 0 are there and pass" in none.how


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
