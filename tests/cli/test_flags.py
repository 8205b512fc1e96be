"""The table of flags, and what is made of it."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from streamstats.cli import completion, manual, parser, reference
from streamstats.cli.definition import Command
from streamstats.cli.flags import COMMANDS, FLAGS, MAIN
from streamstats.cli.help import BRIEF, EXAMPLES, HELP

DOCS = Path(__file__).parent.parent.parent / "docs"


def all_commands(command: Command = MAIN) -> list[Command]:
    """Return ``command`` and all below it."""
    return [command, *(inner for below in command.commands for inner in all_commands(below))]


def test_help_fits_a_screen() -> None:
    lines = parser.help_text().splitlines()
    assert len(lines) <= 23, "a prompt has to fit below it"
    assert max(map(len, lines)) <= 80


def test_help_names_every_flag_that_is_not_advanced() -> None:
    text = parser.help_text()
    assert set(BRIEF) <= {flag.long for flag in FLAGS}
    shown = {name for _, rows in HELP for names, _ in rows for name in names}
    assert shown == {flag.long for flag in FLAGS if not flag.advanced}
    for flag in FLAGS:
        for name in flag.names:
            found = re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", text)
            assert bool(found) == (not flag.advanced), name


def test_arguments_has_an_attribute_for_every_flag() -> None:
    attributes = set(parser.Arguments.__annotations__)
    assert attributes == {flag.dest for flag in FLAGS} | {"files"}
    assert set(vars(parser.parse([]))) == attributes


@pytest.mark.parametrize("command", all_commands(), ids=lambda command: command.name)
def test_no_flag_stands_twice(command: Command) -> None:
    names = [name for flag in command.flags for name in flag.names]
    assert len(names) == len(set(names))
    for flag in command.flags:
        assert flag.long.startswith("--")
        assert len(flag.help) < 80
        assert not flag.help.endswith(".")


def test_examples_are_understood() -> None:
    import shlex

    for example, _ in EXAMPLES:
        words = shlex.split(example.rpartition("| ")[2] if "awk" in example else example)
        assert words[0] == "streamstats"
        parser.parse(words[1:])


def test_commands_have_modules() -> None:
    import importlib

    for command in COMMANDS.values():
        assert callable(importlib.import_module(f"streamstats.cli.{command.module}").run)


def test_the_reference_is_not_stale() -> None:
    written = (DOCS / "reference.md").read_text("utf-8")
    assert written == reference.reference(), (
        "stale: run python -m streamstats.cli.reference docs/reference.md"
    )


def test_the_man_page_has_every_flag_and_no_loose_ends() -> None:
    page = manual.page("1.2.3")
    for command in all_commands():
        for flag in command.flags:
            assert flag.long.replace("-", "\\-") in page
    for line in page.splitlines():
        if not line.startswith("."):
            assert len(re.findall(r"\\f[BI]", line)) == line.count("\\fR"), line
        assert not line.startswith("'")
    assert '"streamstats 1.2.3"' in page


def test_the_man_page_reads_well_in_man() -> None:
    reader = shutil.which("man")
    if reader is None:
        return  # nothing to read it with; the test above holds its form
    process = subprocess.run(
        [reader, "--warnings", "-l", "-"],
        input=manual.page("1.2.3").encode(),
        env={"PATH": "/usr/bin:/bin", "MANWIDTH": "80", "LC_ALL": "C.UTF-8"},
        capture_output=True,
        check=True,
    )
    text = re.sub(".\b", "", process.stdout.decode())
    assert process.stderr == b""
    assert "(?P<name>...)" in re.sub(r"\s+", " ", text)
    assert "--pattern NAME|REGEX" in text


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completions_have_every_flag_and_compile(shell: str) -> None:
    script = completion.script(shell)
    for command in all_commands():
        for flag in command.flags:
            assert (flag.long[2:] if shell == "fish" else flag.long) in script
    program = shutil.which(shell)
    if program is not None:
        subprocess.run([program, "-n"], input=script.encode(), check=True)


def test_the_main_job_imports_nothing_heavy() -> None:
    """What costs milliseconds is not loaded for arguments, whole lines and plain tokens."""
    program = """
import sys
before = set(sys.modules)
from streamstats.cli import parser
from streamstats.patterns import detect, resolve
parser.parse(["-n", "3", "--by", "line", "file"])
resolve.choose(resolve.find("line"))
assert detect.detect([b"192.0.2.1", b"192.0.2.2"]) is None
heavy = {"argparse", "tomllib", "tomlkit", "json", "shutil", "difflib", "inspect", "gettext",
         "dataclasses", "tempfile", "pathlib", "textwrap", "unicodedata", "wcwidth", "rich"}
print(*sorted(heavy & (set(sys.modules) - before)))
"""
    process = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    assert process.stdout.split() == []
