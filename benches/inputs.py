"""The files that the works read: made when they are missing, with their true answers."""

from __future__ import annotations

import json
import os
import subprocess
from typing import Any, NamedTuple

from places import BENCHES, Places


class Input(NamedTuple):
    """A file and the facts that its maker wrote beside it."""

    path: str
    facts: dict[str, Any]


# Name: the file, the program that writes it, its arguments.
MADE: dict[str, tuple[str, str, list[str]]] = {
    "log": ("access.log", "make_log.py", []),
    "small": ("access-small.log", "make_log.py", ["--lines", "500000", "--addresses", "20000"]),
    "days": ("access-10-days.log", "make_log.py", ["--days", "10"]),
    "small-days": (
        "access-small-10-days.log",
        "make_log.py",
        ["--lines", "500000", "--addresses", "20000", "--days", "10"],
    ),
    "distinct": ("distinct.txt", "make_distinct.py", []),
    "few": ("distinct-small.txt", "make_distinct.py", ["--lines", "2000000"]),
}


def path_of(at: Places, name: str) -> str:
    """Where the input of this name stands."""
    return os.path.join(at.data, MADE[name][0])


def words_of(path: str) -> str:
    """Where the first fields of a log stand, one a line."""
    return path + ".words"


def ready(at: Places, name: str) -> Input:
    """Give the input of this name, made if need be. Reading it through warms the page cache."""
    path, (_, program, arguments) = path_of(at, name), MADE[name]
    subprocess.run(
        [at.python, "-B", os.path.join(BENCHES, program), path, *arguments],
        check=True,
        env={**os.environ, "OPENBLAS_NUM_THREADS": "1"},
    )
    with open(path + ".json", encoding="utf-8") as source:
        facts: dict[str, Any] = json.load(source)
    return Input(path, facts)


def words(path: str) -> str:
    """Write the first fields of a log as a file of lines, when it is missing or older."""
    out = words_of(path)
    if not os.path.exists(out) or os.path.getmtime(out) < os.path.getmtime(path):
        with open(out + ".part", "wb") as sink:
            subprocess.run(["cut", "-d", " ", "-f", "1", path], check=True, stdout=sink)
        os.replace(out + ".part", out)
    return out
