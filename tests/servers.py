"""Real servers for tests and benchmarks: on loopback, in temporary folders, without rights.

Each is started from Debian's packages, as the user that its package made where we are root, and is
stopped when its block ends, whatever happens in it. Where a server is not installed, ``reason``
says so.
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

PASSWORD = "s3cret/pass@word"
"""Of the user that the tests are: with signs that a URL has to escape."""

PATIENCE = 60
"""Seconds until a server has to answer."""


class Kind(NamedTuple):
    """A kind of server: Debian's package, the programs it needs, the user it runs as."""

    package: str
    programs: tuple[str, ...]
    user: str


KINDS = {
    "mariadb": Kind("mariadb-server", ("mariadbd", "mariadb-install-db"), "mysql"),
    "postgresql": Kind("postgresql", ("initdb", "postgres"), "postgres"),
    "memcached": Kind("memcached", ("memcached",), "memcache"),
    "redis": Kind("redis-server", ("redis-server",), "redis"),
}


class Running(NamedTuple):
    """A server that answers."""

    port: int
    folder: Path
    process: subprocess.Popen[bytes]


def program(name: str) -> str | None:
    """Where a program is; Debian keeps those of PostgreSQL out of the way."""
    own = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    return str(own[-1]) if own else shutil.which(name, path=f"{os.environ['PATH']}:/usr/sbin")


def reason(kind: str) -> str | None:
    """Why a server cannot be started; None where it can."""
    known = KINDS[kind]
    missing = [name for name in known.programs if program(name) is None]
    if missing:
        return f"{missing[0]} is not there: apt-get install {known.package}"
    return None


@contextmanager
def mariadb(*options: str) -> Iterator[Running]:
    """MariaDB, whose user ``tester`` may read and write the database ``shop``."""
    with _folder("mariadb") as folder:
        data = folder / "data"
        install = ["--no-defaults", f"--datadir={data}", "--skip-test-db"]
        install.append("--auth-root-authentication-method=normal")
        _do("mariadb", "mariadb-install-db", install, folder)
        port = _port()
        path = folder / "s.sock"
        arguments = [
            *("--no-defaults", f"--datadir={data}", f"--port={port}", f"--socket={path}"),
            *("--bind-address=127.0.0.1", "--skip-log-bin", "--innodb-flush-log-at-trx-commit=0"),
            *("--innodb-buffer-pool-size=512M", "--skip-name-resolve", *options),
        ]
        make = (
            "CREATE DATABASE shop CHARACTER SET utf8mb4; "
            f"CREATE USER tester@'127.0.0.1' IDENTIFIED BY '{PASSWORD}'; "
            "GRANT ALL ON shop.* TO tester@'127.0.0.1';"
        )

        def answers() -> bool:
            import pymysql

            try:
                root = pymysql.connect(unix_socket=str(path), user="root")
            except pymysql.Error:
                return False
            with root, root.cursor() as cursor:
                for statement in filter(None, map(str.strip, make.split(";"))):
                    cursor.execute(statement)
            return True

        with _running(
            "mariadb", "mariadbd", arguments, folder, port=port, answers=answers
        ) as running:
            yield running


@contextmanager
def postgresql(*options: str) -> Iterator[Running]:
    """PostgreSQL, whose user ``tester`` owns the database ``shop``."""
    with _folder("postgresql") as folder:
        data = folder / "data"
        secret = folder / "password"
        secret.write_text(PASSWORD, "utf-8")
        _own(secret, "postgresql")
        given = ["-D", str(data), "-U", "tester", "--no-sync", "--encoding=UTF8", "--locale=C"]
        given += [f"--pwfile={secret}", "--auth=scram-sha-256"]
        _do("postgresql", "initdb", given, folder)
        port = _port()
        settings = [
            *("listen_addresses=127.0.0.1", f"port={port}", f"unix_socket_directories={folder}"),
            *("fsync=off", "shared_buffers=256MB", *options),
        ]
        arguments = ["-D", str(data), *(part for each in settings for part in ("-c", each))]

        def answers() -> bool:
            import psycopg

            try:
                made = psycopg.connect(
                    host="127.0.0.1", port=port, user="tester", password=PASSWORD, dbname="postgres"
                )
            except psycopg.OperationalError:
                return False
            with made:
                made.autocommit = True
                made.execute("CREATE DATABASE shop")
            return True

        with _running(
            "postgresql", "postgres", arguments, folder, port=port, answers=answers
        ) as running:
            yield running


@contextmanager
def memcached() -> Iterator[Running]:
    """A memcached."""
    with _folder("memcached") as folder:
        port = _port()
        arguments = ["-l", "127.0.0.1", "-p", str(port), "-U", "0", "-m", "16"]
        with _running("memcached", "memcached", arguments, folder, port=port) as running:
            yield running


@contextmanager
def redis() -> Iterator[Running]:
    """Redis, which keeps nothing."""
    with _folder("redis") as folder:
        port = _port()
        arguments = ["--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(folder)]
        with _running("redis", "redis-server", arguments, folder, port=port) as running:
            yield running


@contextmanager
def _folder(kind: str) -> Iterator[Path]:
    path = Path(tempfile.mkdtemp(prefix=f"streamstats-{kind}-"))
    _own(path, kind)
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


def _own(path: Path, kind: str) -> None:
    if os.getuid() == 0:
        shutil.chown(path, *_user(kind))


def _user(kind: str) -> tuple[str, str]:
    """User and group that a server runs as where we are root."""
    for name in (KINDS[kind].user, "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        import grp

        return name, grp.getgrgid(entry.pw_gid).gr_name
    raise LookupError("there is no user to run a server as")


def _rights(kind: str) -> dict[str, object]:
    if os.getuid() != 0:
        return {}
    user, group = _user(kind)
    return {"user": user, "group": group, "extra_groups": []}


def _command(kind: str, name: str, arguments: Sequence[str]) -> list[str]:
    path = program(name)
    assert path is not None, reason(kind)
    return [path, *arguments]


def _leash() -> list[str]:
    """Has the kernel stop a server whose starter is killed, and cannot stop it any more."""
    setpriv = shutil.which("setpriv")
    return [setpriv, "--pdeathsig", "TERM"] if setpriv else []


def _do(kind: str, name: str, arguments: Sequence[str], folder: Path) -> None:
    done = subprocess.run(
        _command(kind, name, arguments),
        cwd=folder,
        capture_output=True,
        check=False,
        timeout=PATIENCE,
        **_rights(kind),  # type: ignore[call-overload]
    )
    assert done.returncode == 0, done.stderr.decode("utf-8", "replace")


@contextmanager
def _running(
    kind: str,
    name: str,
    arguments: Sequence[str],
    folder: Path,
    *,
    port: int,
    answers: Callable[[], bool] | None = None,
) -> Iterator[Running]:
    log = folder / "log"
    with open(log, "wb") as out:
        process: subprocess.Popen[bytes] = subprocess.Popen(
            [*_leash(), *_command(kind, name, arguments)],
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            **_rights(kind),  # type: ignore[call-overload]
        )
    try:
        until = time.monotonic() + PATIENCE
        while not (_listens(port) and (answers is None or answers())):
            alive = process.poll() is None and time.monotonic() < until
            assert alive, f"{name} did not start:\n{log.read_text('utf-8', 'replace')[-3000:]}"
            time.sleep(0.05)
        yield Running(port, folder, process)
    finally:
        stop(process)


def stop(process: subprocess.Popen[bytes]) -> None:
    """Stop a server: politely, and then not."""
    if process.poll() is None:
        # PostgreSQL waits for its clients on SIGTERM, and ends them on SIGINT.
        process.send_signal(signal.SIGINT if "postgres" in str(process.args) else signal.SIGTERM)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(20)


def _port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0
