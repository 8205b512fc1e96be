"""Walking folders."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from streamstats.errors import SourceError
from streamstats.sources.folders import Globs, walk


def found(folder: Path, globs: Globs | None = None) -> list[str]:
    return [
        os.path.relpath(path, folder) if isinstance(path, str) else str(path)
        for path in walk(str(folder), globs or Globs())
    ]


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    for name in ("b.log", "a.log", "in/c.log", "in/deep/d.log.1", ".hidden", ".git/config"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
    return tmp_path


def test_in_order_and_without_what_is_hidden(tree: Path) -> None:
    assert found(tree) == ["a.log", "b.log", "in/c.log", "in/deep/d.log.1"]


def test_links(tree: Path) -> None:
    (tree / "in" / "up").symlink_to("..")
    (tree / "z").symlink_to("a.log")
    (tree / "gone").symlink_to("nowhere")
    os.link(tree / "b.log", tree / "zz")
    os.mkfifo(tree / "pipe")
    assert found(tree) == ["a.log", "b.log", "in/c.log", "in/deep/d.log.1"]


@pytest.mark.parametrize(
    ("globs", "expected"),
    [
        (Globs(["*.log"]), ["a.log", "b.log", "in/c.log"]),
        (Globs(["in/*"]), ["in/c.log", "in/deep/d.log.1"]),
        (Globs(["*.log"], ["a*"]), ["b.log", "in/c.log"]),
        (Globs((), ["in"]), ["a.log", "b.log"]),
        (Globs((), ["in/deep"]), ["a.log", "b.log", "in/c.log"]),
        (Globs([".hid*"]), [".hidden"]),
        (Globs(["A.LOG"]), []),
    ],
)
def test_globs(tree: Path, globs: Globs, expected: list[str]) -> None:
    assert found(tree, globs) == expected


def test_a_folder_that_cannot_be_read(tmp_path: Path) -> None:
    [error] = walk(str(tmp_path / "nowhere"), Globs())
    assert isinstance(error, SourceError)
