"""Imports go one way, few may import the core, and the main job loads nothing it does not need."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "python" / "streamstats"
SCRIPTS = sysconfig.get_path("scripts")

#: Who may import the core.
CORE = ("conduct.py", "patterns/compile.py", "tally.py", "sources/", "times/stamps.py")

#: What the main job has no use for on plain lines, and would pay for in milliseconds.
HEAVY = (
    *("argparse", "json", "csv", "tomllib", "tomlkit", "rich", "wcwidth", "inspect"),
    *("dataclasses", "pathlib", "logging", "importlib.metadata", "importlib.resources"),
    *("difflib", "textwrap", "shutil", "subprocess", "tempfile", "unicodedata", "decimal"),
    *("fractions", "statistics", "threading", "socket", "email", "datetime", "random", "pickle"),
    *("streamstats.patterns.known", "streamstats.patterns.user", "streamstats.cli.patterns"),
    *("streamstats.render.structured", "streamstats.render.classic", "streamstats.sources.objects"),
)


def imported(source: str, package: str) -> set[str]:
    """Every module that the text of a module of ``package`` may mean by its imports."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            parts = package.split(".")
            above = ".".join(parts[: len(parts) - node.level + 1]) if node.level else ""
            module = ".".join(part for part in (above, node.module) if part)
            names.add(module)
            names.update(f"{module}.{alias.name}" for alias in node.names)
    return names


def package_of(path: Path) -> str:
    return ".".join(path.parent.relative_to(PACKAGE.parent).parts)


def importers(name: str) -> list[str]:
    return sorted(
        str(path.relative_to(PACKAGE))
        for path in PACKAGE.rglob("*.py")
        if name in imported(path.read_text("utf-8"), package_of(path))
    )


def test_imports_go_one_way() -> None:
    command = [os.path.join(SCRIPTS, "lint-imports"), "--no-cache"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 broken" in done.stdout


def test_the_contract_names_every_part_of_the_package() -> None:
    text = (ROOT / "pyproject.toml").read_text("utf-8")
    parts = {path.stem for path in PACKAGE.glob("*.py")} | {
        path.name for path in PACKAGE.iterdir() if path.is_dir() and list(path.glob("*.py"))
    }
    missing = [part for part in parts - {"__init__"} if f"streamstats.{part}" not in text]
    assert missing == []


def test_who_imports_the_core() -> None:
    found = importers("streamstats._core")
    assert set(CORE) - set(found) == {"sources/"}
    assert [path for path in found if not path.startswith(CORE)] == []


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("import streamstats._core", "streamstats._core"),
        ("from streamstats import _core", "streamstats._core"),
        ("from streamstats._core import Tally", "streamstats._core"),
        ("def f():\n    from .. import _core as c", "streamstats._core"),
        ("from . import files", "streamstats.sources.files"),
    ],
)
def test_no_way_of_importing_is_overlooked(source: str, name: str) -> None:
    assert name in imported(source, "streamstats.sources")


def loaded(code: str) -> set[str]:
    """The modules that are loaded after ``code``, beyond those of a bare interpreter."""
    end = "; sys.stdout.flush(); sys.stderr.write('\\n'.join(sys.modules))"
    modules: list[set[str]] = []
    for each in ("pass", code):
        command = [sys.executable, "-c", f"import sys; {each}{end}"]
        done = subprocess.run(command, input=b"a\n", capture_output=True, check=True)
        modules.append(set(done.stderr.decode().split("\n")))
    return modules[1] - modules[0]


@pytest.mark.parametrize("arguments", [[], ["-p", "line"], ["-n", "3", "--sort", "value"]])
def test_the_main_job_starts_with_little(arguments: list[str]) -> None:
    found = loaded(f"from streamstats.cli.main import main; main({arguments!r})")
    assert "streamstats.cli.count" in found
    assert "streamstats._core" in found
    heavy = {name for name in found if name in HEAVY or name.split(".")[0] in HEAVY}
    assert heavy == set()


def test_help_needs_no_core() -> None:
    found = loaded("from streamstats.cli.main import main; main(['--help'])")
    assert "streamstats.cli.parser" in found
    assert "streamstats._core" not in found
