"""docs/reference.md, written from the tables in ``flags``.

``python -m streamstats.cli.reference docs/reference.md`` writes it; a test holds the file
against ``reference()``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from streamstats.cli.definition import Command, Flag
from streamstats.cli.flags import MAIN
from streamstats.cli.help import ENVIRONMENT, EXAMPLES, EXIT_STATUS
from streamstats.cli.parser import sentence, usage

if TYPE_CHECKING:
    from collections.abc import Iterator

_TOP = """\
# Command reference

Made from the definitions in `cli/flags.py` by `python -m streamstats.cli.reference`; the man page
(`streamstats manual`), `--help` and the completions come from the same place."""


def reference() -> str:
    """The text of docs/reference.md."""
    return "".join(f"{line}\n" for line in _lines())


def write(path: str) -> None:
    """Write the reference to ``path``.

    Raises:
        OSError: the file cannot be written.
    """
    with open(path, "w", encoding="utf-8") as file:
        file.write(reference())


def _lines() -> Iterator[str]:
    yield _TOP
    yield from ("", "## streamstats", "", *_code(usage(MAIN, "streamstats")), "", MAIN.text)
    for heading in dict.fromkeys(flag.heading for flag in MAIN.flags):
        yield from ("", f"### {heading}", "")
        for flag in MAIN.flags:
            if flag.heading == heading:
                yield _flag(flag)
    yield from ("", "### Examples", "")
    yield from _code(*(f"{line}    # {note}" if note else line for line, note in EXAMPLES))
    yield from ("", "### Exit status", "", "| status | meaning |", "|---|---|")
    yield from (f"| {status} | {meaning} |" for status, meaning in EXIT_STATUS)
    yield from ("", "### Environment", "", "| variable | meaning |", "|---|---|")
    yield from (f"| `{name}` | {meaning} |" for name, meaning in ENVIRONMENT)
    yield from (
        "",
        "## Commands",
        "",
        "A first argument equal to one of these names is the command; a file of that name is "
        "written `./patterns`.",
    )
    for command in MAIN.commands:
        yield from _command(command, f"streamstats {command.name}", "###")


def _command(command: Command, prog: str, depth: str) -> Iterator[str]:
    yield from ("", f"{depth} {prog}", "", *_code(usage(command, prog)), "")
    yield f"{sentence(command.help)} {command.text}".strip()
    if command.flags:
        yield ""
        for flag in command.flags:
            yield _flag(flag)
    for action in command.commands:
        yield from _command(action, f"{prog} {action.name}", depth + "#")


def _flag(flag: Flag) -> str:
    value = f" {flag.value}" if flag.value else ""
    default = "" if flag.default is None else f" Default: `{flag.default}`."
    text = f"{sentence(flag.help)} {flag.text}".strip()
    names = ", ".join(f"`{name}{value}`" for name in flag.names)
    return f"- {names}: {text}{default}"


def _code(*lines: str) -> Iterator[str]:
    yield from (f"    {line}" for line in lines)


if __name__ == "__main__":
    import sys

    write(sys.argv[1])
