r"""The blocks of README.md and of the pages in docs run, and give what the pages show.

How a block is marked:

=============  =================================================================================
```console     ``$ `` begins a command for bash, a ``\`` at its end goes on in the next line; below
               it stands what the command prints, standard error included, at 80 columns. A line
               of three dots stands for lines that are left out. The exit status has to be 0.
```sh          commands whose output does not matter; each block has to end with status 0
```pycon       a session with Python, as doctest reads it
others         are shown, not run: text, toml, json
=============  =================================================================================

A line ``<!-- not run: REASON -->`` before a block keeps it from being run. The blocks of a page run
one after another in one folder, which has ``examples/access.log`` in it; home is another one. The
sessions of a page are one session, after its commands.

``STREAMSTATS_UPDATE_CASES=1`` writes what was got into the pages, as it does for the golden cases.
"""

from __future__ import annotations

import difflib
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tomllib
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parent.parent
PAGES = (
    *(
        "README.md",
        "docs/tutorial.md",
        "docs/python.md",
        "docs/files.md",
        "docs/diff.md",
        "docs/recipes.md",
    ),
    "docs/sample.md",
)
PAPERS = (*PAGES, "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md")
LINKED = ("index", "dependencies", "times", "timestamps", "patterns-file", "shapes")
RUN = ("console", "sh", "pycon")
SHOWN = ("text", "toml", "json")
SCRIPTS = sysconfig.get_path("scripts")
UPDATE = os.environ.get("STREAMSTATS_UPDATE_CASES") == "1"
DOTS = "...\n"

BLOCK = re.compile(
    r"(?P<kept><!-- not run: [^\n]+ -->\n)?^```(?P<kind>\w*)\n(?P<body>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)
COMMAND = re.compile(
    r"^\$ (?P<command>(?:[^\n]*\\\n)*[^\n]*)\n(?P<output>(?:(?!\$ )[^\n]*\n)*)", re.M
)


class Block(NamedTuple):
    """A fenced block that is run."""

    kind: str
    body: str
    line: int
    """Of the page, where the block begins."""


def blocks(page: str) -> list[Block]:
    """The blocks of a page that are run."""
    text = (ROOT / page).read_text("utf-8")
    found = []
    for match in BLOCK.finditer(text):
        kind, line = match["kind"], text.count("\n", 0, match.start("body")) + 1
        assert kind in RUN + SHOWN, f"{page}:{line}: a block is marked '{kind}'"
        if kind in RUN and not match["kept"]:
            found.append(Block(kind, match["body"], line))
    return found


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where a page runs."""
    (tmp_path / "home").mkdir()
    (tmp_path / "page" / "examples").mkdir(parents=True)
    shutil.copy(ROOT / "examples" / "access.log", tmp_path / "page" / "examples")
    return tmp_path / "page"


def bash(command: str, folder: Path) -> tuple[int, str]:
    """The exit status of a command and all that it prints."""
    home = folder.parent / "home"
    environment = {
        "COLUMNS": "80",
        "HOME": str(home),
        "LC_ALL": "C.UTF-8",
        "PATH": f"{SCRIPTS}:{os.environ['PATH']}",
        "TZ": "UTC",
    }
    done = subprocess.run(
        ["bash", "-c", command],
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=60,
        check=False,
    )
    return done.returncode, done.stdout.decode("utf-8").replace(str(home), "~")


@pytest.mark.parametrize("page", PAGES)
def test_page(page: str, folder: Path) -> None:
    """Every block of a page runs, and gives what the page shows."""
    faults = []
    changed = (ROOT / page).read_text("utf-8")
    for block in blocks(page):
        where = f"{page}:{block.line}"
        if block.kind == "sh":
            status, output = bash(f"set -e\n{block.body}", folder)
            if status:
                faults.append(f"{where}: exit status {status}\n{output}")
        if block.kind == "console":
            got, wrong = console(block.body, folder)
            changed = changed.replace(block.body, got, 1)
            faults += [f"{where}: {fault}" for fault in wrong]
    if UPDATE:
        (ROOT / page).write_text(changed, "utf-8")
        return
    assert not faults, "\n".join(faults)


def console(body: str, folder: Path) -> tuple[str, list[str]]:
    """The block with what was got in it, and what was wrong."""
    parts, faults = [], []
    commands = list(COMMAND.finditer(body))
    assert "".join(match[0] for match in commands) == body, (
        f"a block begins with no command: {body}"
    )
    for match in commands:
        status, output = bash(f"set -o pipefail\n{match['command']}", folder)
        if output and not output.endswith("\n"):
            output += "\n"
        if status:
            faults.append(f"{match['command']} ends with {status}")
        expected = match["output"].splitlines(keepends=True)
        got = shortened(output.splitlines(keepends=True), expected)
        if got != expected:
            faults.append(f"{match['command']}\n{''.join(difflib.unified_diff(expected, got))}")
        parts.append(f"$ {match['command']}\n{''.join(got)}")
    return "".join(parts), faults


def shortened(got: list[str], expected: list[str]) -> list[str]:
    """The output, with dots where the page has some."""
    if DOTS not in expected:
        return got
    before = expected.index(DOTS)
    after = len(expected) - before - 1
    assert DOTS not in expected[before + 1 :], "lines are left out in two places"
    assert before + after, "all lines are left out"
    assert before + after < len(got), "no line is left out"
    return [*got[:before], DOTS, *(got[-after:] if after else [])]


@pytest.mark.parametrize("page", PAGES)
def test_sessions(page: str, folder: Path) -> None:
    """Every session with Python gives what the page shows."""
    sessions = [block for block in blocks(page) if block.kind == "pycon"]
    (folder / "session.txt").write_text("\n".join(block.body for block in sessions), "utf-8")
    shutil.copy(folder / "examples" / "access.log", folder)
    python = f"{sys.executable} -m doctest -o ELLIPSIS session.txt"
    status, output = bash(python, folder)
    assert status == 0, output


@pytest.mark.parametrize("page", [*PAPERS, *(f"docs/{name}.md" for name in LINKED)])
def test_links_lead_somewhere(page: str) -> None:
    """Every link to a file of the project leads to one, and to a heading that is there."""
    text = BLOCK.sub("", (ROOT / page).read_text("utf-8"))
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if target.startswith("https://"):
            continue
        name, _, heading = target.partition("#")
        path = (ROOT / page).parent / name if name else ROOT / page
        assert path.exists(), f"{page}: {target}"
        if heading:
            headings = re.findall(r"^#+ (.+)$", path.read_text("utf-8"), re.MULTILINE)
            assert heading in [anchor(text) for text in headings], f"{page}: {target}"


def anchor(heading: str) -> str:
    """The name by which a heading is linked to."""
    return re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-")


@pytest.mark.parametrize("page", PAPERS)
def test_targets_are_in_the_makefile(page: str) -> None:
    """Whatever a paper says of ``make`` can be made."""
    makefile = (ROOT / "Makefile").read_text("utf-8")
    targets = set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))
    named = set(re.findall(r"(?:`|^ *)make ([a-z-]+)", (ROOT / page).read_text("utf-8"), re.M))
    assert named <= targets


def test_the_layout_is_what_is_there() -> None:
    """Every path in the layout of ARCHITECTURE.md is there, and every module is in it."""
    text = (ROOT / "ARCHITECTURE.md").read_text("utf-8")
    layout = text.partition("## The layout")[2].partition("```text\n")[2].partition("```")[0]
    folders: list[str] = []
    told = set()
    for line in layout.splitlines():
        indent = len(line) - len(line.lstrip())
        names = re.split(r"  +", line.strip())[0].split()
        del folders[indent // 2 :]
        for name in names:
            path = ROOT.joinpath(*folders, name)
            assert path.exists(), f"{path.relative_to(ROOT)} is in the layout"
            told.add(path.relative_to(ROOT).as_posix().rstrip("/"))
        if len(names) == 1 and names[0].endswith("/"):
            folders.append(names[0])
    package = ROOT / "python" / "streamstats"
    modules = [*package.rglob("*.py"), *(ROOT / "crates").glob("*/src/**/*.rs")]
    for module in modules:
        known = module.stem in ("__init__", "mod", "lib", "tests")
        assert known or module.relative_to(ROOT).as_posix() in told, f"{module} is not told"


def test_every_dependency_has_its_reason() -> None:
    """Each dependency has a line in docs/dependencies.md, and no other has one."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    wanted = [
        *project["build-system"]["requires"],
        *project["project"]["dependencies"],
        *(item for extra in project["project"]["optional-dependencies"].values() for item in extra),
    ]
    names = {re.split(r"[<>=!~;\[ ]", item)[0] for item in wanted}
    for manifest in ROOT.glob("crates/*/Cargo.toml"):
        crate = tomllib.loads(manifest.read_text("utf-8"))
        for table in ("dependencies", "dev-dependencies", "build-dependencies"):
            names |= set(crate.get(table, {}))
    text = (ROOT / "docs" / "dependencies.md").read_text("utf-8")
    explained = set(re.findall(r"^\| `([\w-]+)` \|", text, re.MULTILINE))
    assert explained == names - {"streamstats-core"}
