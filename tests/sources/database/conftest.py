"""Databases with the same table of bicycles: SQLite in a file, and real servers where there are."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from sqlalchemy import create_engine, text

import servers
from databases import ROWS, Database


def _url(driver: str, port: int) -> str:
    return f"{driver}://tester:{quote(servers.PASSWORD, '')}@127.0.0.1:{port}/shop"


def _needs(kind: str) -> None:
    reason = servers.reason(kind)
    if reason is not None:
        pytest.skip(reason)


@pytest.fixture(scope="session")
def mariadb() -> Iterator[Database]:
    """MariaDB with 500 thousand bicycles, which logs every statement."""
    _needs("mariadb")
    with servers.mariadb("--general-log=1", "--general-log-file=../general.log") as server:
        url = _url("mysql", server.port)
        engine = create_engine(url.replace("mysql:", "mysql+pymysql:"))
        with engine.begin() as connection:
            for statement in (
                "CREATE TABLE bicycle (id INT PRIMARY KEY AUTO_INCREMENT, frame VARCHAR(20), "
                "in_stock TINYINT NOT NULL, date_available DATE, "
                "KEY stock_date (in_stock, date_available))",
                "INSERT INTO bicycle SELECT seq, ELT(1 + seq % 4, 'steel', 'carbon', 'aluminium', "
                "'titanium'), RAND(2) < 0.6, DATE '2015-01-01' + INTERVAL FLOOR(RAND(3) * 3650) "
                f"DAY FROM seq_1_to_{ROWS}",
                "ANALYZE TABLE bicycle",
            ):
                connection.execute(text(statement))
        yield Database("mariadb", url, engine, server)
        engine.dispose()


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Database]:
    """PostgreSQL with the same, which logs every statement."""
    _needs("postgresql")
    with servers.postgresql("log_statement=all") as server:
        url = _url("postgresql", server.port)
        engine = create_engine(url.replace("postgresql:", "postgresql+psycopg:"))
        with engine.begin() as connection:
            for statement in (
                "CREATE TABLE bicycle (id int PRIMARY KEY, frame text, in_stock int NOT NULL, "
                "date_available date)",
                "INSERT INTO bicycle SELECT g, (array['steel', 'carbon', 'aluminium', 'titanium'])"
                "[1 + g % 4], (random() < 0.6)::int, date '2015-01-01' + floor(random() * 3650)"
                f"::int FROM generate_series(1, {ROWS}) g",
                "CREATE INDEX stock_date ON bicycle (in_stock, date_available)",
                "ANALYZE bicycle",
            ):
                connection.execute(text(statement))
        yield Database("postgresql", url, engine, server)
        engine.dispose()


@pytest.fixture(scope="session")
def sqlite_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """SQLite with the same."""
    path = tmp_path_factory.mktemp("sqlite") / "shop.db"
    with sqlite3.connect(path) as database:
        database.executescript(
            f"""
            CREATE TABLE bicycle (id INTEGER PRIMARY KEY, frame TEXT, in_stock INTEGER NOT NULL,
                date_available DATE);
            WITH RECURSIVE seq(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM seq WHERE n < {ROWS})
            INSERT INTO bicycle SELECT n,
                CASE n % 4 WHEN 0 THEN 'steel' WHEN 1 THEN 'carbon' WHEN 2 THEN 'aluminium'
                ELSE 'titanium' END, abs(random()) % 10 < 6,
                date('2015-01-01', '+' || (abs(random()) % 3650) || ' days') FROM seq;
            CREATE INDEX stock_date ON bicycle (in_stock, date_available);
            """
        )
    return path


@pytest.fixture(scope="session")
def sqlite(sqlite_file: Path) -> Iterator[Database]:
    """It as a database."""
    engine = create_engine(f"sqlite:///{sqlite_file}")
    yield Database("sqlite", f"sqlite:///{sqlite_file}", engine)
    engine.dispose()


@pytest.fixture(params=["sqlite", "mariadb", "postgresql"])
def database(request: pytest.FixtureRequest) -> Database:
    """Each of them."""
    found: Database = request.getfixturevalue(request.param)
    return found
