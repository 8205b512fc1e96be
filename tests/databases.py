"""Databases that have the same table of bicycles, and what tests of them share."""

from __future__ import annotations

import os
import re
import subprocess
import sysconfig
from collections import Counter
from pathlib import Path
from typing import NamedTuple

from sqlalchemy.engine import Engine

import servers
from streamstats.sources.database.sample import Sample

ROWS = 500_000
FRAMES = ("steel", "carbon", "aluminium", "titanium")
IN_STOCK = "in_stock = 1"

COMMAND = os.path.join(sysconfig.get_path("scripts"), "streamstats")

SLOW = {
    "sqlite": "(WITH RECURSIVE s(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s) "
    "SELECT count(*) FROM s) > 0",
    "mariadb": "SLEEP(5) = 0",
    "postgresql": "pg_sleep(5) IS NOT NULL",
}
"""What takes longer than it may."""


class Database(NamedTuple):
    """A database that has ``bicycle``."""

    kind: str
    url: str
    engine: Engine
    server: servers.Running | None = None

    def log(self) -> str:
        """What the server was asked, where it writes that down."""
        assert self.server is not None
        name = {"mariadb": "general.log", "postgresql": "log"}[self.kind]
        return (self.server.folder / name).read_text("utf-8", "replace")


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


def chi_square(counts: Counter[int], slices: int) -> float:
    expected = sum(counts.values()) / slices
    return sum((counts[at] - expected) ** 2 / expected for at in range(slices))


def make(database: Database, *statements: str) -> None:
    """Run statements, each table anew."""
    with database.engine.begin() as connection:
        for statement in statements:
            name = re.match(r"CREATE (TABLE|VIEW) (\S+)", statement)
            if name:
                connection.exec_driver_sql(f"DROP {name[1]} IF EXISTS {name[2]}")
            connection.exec_driver_sql(statement)


def statements(log: str) -> list[str]:
    """The statements in a piece of a log of MariaDB or PostgreSQL."""
    found = re.findall(r"(?:Query\t|statement: |execute \S+: )(.*)", log.replace("\n\t", " "))
    joined = re.sub(r"\n(?=FROM|WHERE|ORDER|\s*LIMIT)", " ", log)
    more = re.findall(r"(?:Query\t|statement: |execute \S+: )(.*)", joined)
    return [*found, *more]
