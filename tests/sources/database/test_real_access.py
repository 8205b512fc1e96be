"""Passwords of real servers, and real caches."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

import servers
from databases import COMMAND, IN_STOCK, SLOW, Database, command, ids
from streamstats.sources.database import open_cache, random_rows

# One process starts the servers, and all that need them run there.
pytestmark = pytest.mark.xdist_group("databases")


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


def test_so_many_sets_of_points_as_the_variety_says(mariadb: Database, tmp_path: Path) -> None:
    """Points, and the keys beside them, are drawn together: two sets, not two times two."""
    cache = open_cache(str(tmp_path / "cache"), 600)
    asked = []
    for _ in range(30):
        sample = random_rows(
            *(mariadb.engine, "bicycle", 20),
            where=IN_STOCK,
            strategy="range",
            cache=cache,
            variety=2,
        )
        asked.append(sum(planned.plan.count("range along") for planned in sample.plan))
    cache.close()
    assert sum(map(bool, asked)) == 2


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
