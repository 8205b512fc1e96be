"""``streamstats fields``: what can be counted in a log."""

from __future__ import annotations

import os
import shlex
import sys
from types import SimpleNamespace
from typing import TYPE_CHECKING

from streamstats.cli.commands import FIELDS
from streamstats.cli.count import write
from streamstats.cli.main import complain
from streamstats.cli.parser import command_help, parse_command
from streamstats.errors import SourceError, printable
from streamstats.render.fields import Page, Shown, render_fields, render_fields_json

if TYPE_CHECKING:
    from collections.abc import Sequence

    from streamstats.engines.fields import Field, Fields
    from streamstats.render.look import Look

_PROG = "streamstats fields"

_FEW = (2, 1000)
"""A field with so many distinct values makes a table that people can read."""


def run(argv: Sequence[str]) -> int:
    """Show what can be counted in the files that ``argv`` names; return the exit status.

    Raises:
        StreamstatsError: wrong use, or no file can be read.
    """
    arguments = SimpleNamespace(**parse_command(FIELDS, _PROG, argv))
    if arguments.help:
        sys.stdout.write(command_help(FIELDS, _PROG))
        return 0
    from streamstats.engines.fields import fields
    from streamstats.engines.opening import Search

    found = fields(
        arguments.files,
        arguments.pattern,
        arguments.lines or None,
        Search(arguments.recursive, arguments.include, arguments.exclude),
    )
    page = Page(
        found.name,
        found.files,
        found.lines,
        found.matched,
        [Shown(*field) for field in found.fields],
        found.more,
        suggestions(found, [*_search(arguments), *arguments.files]),
    )
    if arguments.format == "json":
        import json

        write(render_fields_json(page, json.dumps))
    elif not found.fields:
        complain("streamstats: nothing to look at: no line has a field")
    else:
        write(render_fields(page, _look()))
    for name, others in found.left.items():
        files = f"{printable(others[0])}" + (f" and {len(others) - 1} more" if others[1:] else "")
        kind = f"'{name}'" if name else "no known format"
        complain(f"left out {files}, of {kind}; name one to look at it")
    for error in found.failed:
        complain(f"streamstats: {error}")
    if found.failed:
        return SourceError.exit_status
    return 0 if found.fields else 1


def _search(arguments: SimpleNamespace) -> list[str]:
    """The flags about folders, as they were given."""
    globs = [("--include", glob) for glob in arguments.include]
    globs += [("--exclude", glob) for glob in arguments.exclude]
    given = [part for pair in globs for part in pair]
    return ["-r", *given] if arguments.recursive else given


def suggestions(found: Fields, files: Sequence[str]) -> list[str]:
    """One or two commands that count something of what was found."""
    ready = [field for field in found.fields if 10 * field.lines >= 9 * found.matched]
    by_name = {field.name: field for field in ready}
    first = found.counted[0] if found.counted else ""
    if first not in by_name:
        first = min(ready, key=_dullness).name if ready else ""
    if not first:
        return []
    rest = [field for field in ready if field.name != first and _dullness(field) == 0]
    begin = ["streamstats", *(["-p", found.given] if found.given else [])]
    shown = list(files)
    commands = [shlex.join([*begin, "--by", first, *shown])]
    if rest:
        second = min(rest, key=lambda field: field.distinct).name
        commands.append(shlex.join([*begin, "--by", f"{first},{second}", *shown]))
    return commands


def _dullness(field: Field) -> int:
    least, most = _FEW
    # What differs in nearly every line, a time or a message, is not for counting.
    dull = not least <= field.distinct <= most or 2 * field.distinct > field.lines
    return field.distinct or 1 if dull else 0


def _look() -> Look:
    from streamstats.render.look import decide

    terminal = sys.stdout.isatty()
    columns = os.get_terminal_size(1).columns if terminal else None
    return decide(os.environ, terminal=terminal, columns=columns, encoding=sys.stdout.encoding)
