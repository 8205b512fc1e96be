"""URLs: the driver, the password, what is shown, and what tells databases apart."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from streamstats.errors import SourceError, UsageError
from streamstats.sources.database.url import address


@pytest.mark.parametrize(
    ("text", "driver", "shown"),
    [
        ("mysql://u:secret@h/shop", "mysql+pymysql", "mysql://u@h/shop"),
        ("mariadb://u:se%2Fcret@h:7/shop", "mariadb+pymysql", "mariadb://u@h:7/shop"),
        ("postgres://u:secret@h/shop", "postgresql+psycopg", "postgresql://u@h/shop"),
        ("postgresql+psycopg://h/shop", "postgresql+psycopg", "postgresql://h/shop"),
        ("sqlite:///shop.db", "sqlite", "sqlite:///shop.db"),
        ("sqlite:////tmp/a\x1b.db", "sqlite", "sqlite:////tmp/a\\x1b.db"),
        ("mysql://u@h/s?ssl_passphrase=secret&a=1", "mysql+pymysql", "mysql://u@h/s?a=1"),
    ],
)
def test_what_a_url_means(text: str, driver: str, shown: str) -> None:
    found = address(text, {})
    assert found.url.drivername == driver
    assert found.shown == shown
    assert "secret" not in found.identity
    assert "secret" not in found.scrub("no secret, no se/cret, no se%2Fcret").replace(
        "no secret", ""
    )


def test_passwords_of_the_environment() -> None:
    environ = {"MYSQL_PWD": "m", "STREAMSTATS_DATABASE_PASSWORD": "s"}
    assert address("mysql://u@h/s", environ).url.password == "s"
    assert address("mysql://u@h/s", {"MYSQL_PWD": "m"}).url.password == "m"
    assert address("mysql://u:own@h/s", environ).url.password == "own"
    assert address("postgresql://u@h/s", {"MYSQL_PWD": "m"}).url.password is None
    assert address("sqlite:///s.db", environ).url.password is None


@pytest.mark.parametrize(
    ("text", "error", "says"),
    [
        ("", UsageError, "not the URL of a database"),
        ("shop.db", UsageError, "not the URL of a database"),
        ("mysql://u:secret@h:port/s", UsageError, "not the URL of a database"),
        ("sqlite://", UsageError, "names no file"),
        ("sqlite:///:memory:", UsageError, "names no file"),
        ("nosuch://u:secret@h/s", UsageError, "no kind of database 'nosuch'"),
        ("mysql+mysqldb://u:secret@h/s", SourceError, "MySQLdb is not installed"),
    ],
)
def test_what_is_no_url(text: str, error: type[Exception], says: str) -> None:
    with pytest.raises(error, match=says) as caught:
        address(text, {})
    assert "secret" not in str(caught.value)


def test_a_file_that_was_written_is_another_database(tmp_path: Path) -> None:
    path = tmp_path / "shop.db"
    path.write_bytes(b"a")
    before = address(f"sqlite:///{path}", {}).identity
    assert address(f"sqlite:///{path}", {}).identity == before
    path.write_bytes(b"ab")
    assert address(f"sqlite:///{path}", {}).identity != before
    os.chdir(tmp_path)
    assert address("sqlite:///shop.db", {}).identity.startswith(str(tmp_path))
