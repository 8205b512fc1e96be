"""What is not run, and what is ended: plans, writing, time limits, connections that are lost."""

from __future__ import annotations

import json
import re
import threading
import time
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine
from sqlalchemy.pool import NullPool, QueuePool

import servers
from databases import IN_STOCK, SLOW, Database, command, statements
from streamstats.errors import ConditionError, PlanRefused, SourceError, UnknownTable
from streamstats.sources.database import random_rows
from streamstats.sources.database.connect import Late
from streamstats.sources.database.prepared import Prepared
from streamstats.sources.database.session import Session
from streamstats.sources.database.url import of_engine

# One process starts the servers, and all that need them run there.
pytestmark = pytest.mark.xdist_group("databases")


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


@pytest.mark.parametrize("kind", ["mariadb", "postgresql"])
def test_every_query_was_explained_before(kind: str, request: pytest.FixtureRequest) -> None:
    """By the server's own log: whatever touched the table had been asked for its plan."""
    database: Database = request.getfixturevalue(kind)
    before = len(database.log())
    for strategy in ("order", "offset", "range", "keys", None):
        for where in ("", IN_STOCK, "in_stock = 1 AND date_available < '2015-02-01'", "id < 50"):
            random_rows(database.engine, "bicycle", 20, strategy=strategy, where=where)
    time.sleep(0.2)  # until the log is written
    explained: set[str] = set()
    run = 0
    for each in statements(database.log()[before:]):
        plain = re.sub(r"^EXPLAIN (\(FORMAT JSON\) |FORMAT=JSON )?", "", each)
        if not re.search(r"\bFROM bicycle\b", plain):
            continue
        if plain != each:
            explained.add(plain)
            continue
        assert plain in explained
        run += 1
    assert run >= 20


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


def test_force_runs_what_is_refused(database: Database) -> None:
    sample = random_rows(
        database.engine, "bicycle", 5, strategy="full", force=True, timeout=20, where=IN_STOCK
    )
    assert sample.strategy == "full"
    assert sample.uniform
    assert sample.cost.rows > 100_000
    assert any("--force" in note for note in sample.notes)


def test_sessions_only_read(database: Database) -> None:
    engine = database.engine
    for statement in ("DELETE FROM bicycle", "UPDATE bicycle SET frame = 'x'"):
        with (
            pytest.raises(SourceError, match=r"(?i)read.?only"),
            Session(engine, of_engine(engine.url), 2) as session,
        ):
            session.rows(Prepared(statement, (), statement))
    with engine.begin() as connection:
        # The engine is as it was.
        connection.exec_driver_sql("DELETE FROM bicycle WHERE id < 0")


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


def test_connections_go_back_to_their_pool_whatever_happens(database: Database) -> None:
    engine = create_engine(database.engine.url, poolclass=QueuePool, pool_size=1, max_overflow=0)
    pool = engine.pool
    assert isinstance(pool, QueuePool)
    wrong: list[tuple[type[Exception], dict[str, Any]]] = [
        (PlanRefused, {"strategy": "full"}),
        (ConditionError, {"where_sql": "nothing = 1"}),
        (UnknownTable, {"table": "nowhere"}),
        (Late, {"strategy": "full", "force": True, "where_sql": SLOW[database.kind]}),
    ]
    for error, options in wrong:
        table = options.pop("table", "bicycle")
        with pytest.raises(error):
            random_rows(engine, table, 5, timeout=0.3, **options)
        assert pool.checkedout() == 0
        # It is as good as new: not read-only, without a limit, with values as they were.
        with engine.begin() as connection:
            connection.exec_driver_sql("DELETE FROM bicycle WHERE id < 0")
            found = connection.exec_driver_sql("SELECT date_available FROM bicycle WHERE id = 5")
            assert isinstance(found.scalar(), str if database.kind == "sqlite" else date)
    engine.dispose()


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
