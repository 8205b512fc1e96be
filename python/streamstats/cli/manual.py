"""The man page, written from the tables in ``flags``: ``streamstats manual``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from streamstats.cli.commands import MANUAL
from streamstats.cli.definition import Command, Flag
from streamstats.cli.flags import HELP_FLAG, MAIN
from streamstats.cli.help import ENVIRONMENT, EXAMPLES, EXIT_STATUS
from streamstats.cli.parser import command_help, parse_command, sentence, usage

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

FILES: tuple[tuple[str, str], ...] = (
    ("~/.streamstats/patterns.toml", "your own patterns; see docs/patterns-file.md"),
)


def run(argv: Sequence[str]) -> int:
    """Print the man page; ``argv`` is what follows ``manual``."""
    import sys  # not wanted by those who only make the page

    arguments = parse_command(MANUAL, "streamstats manual", argv)
    if arguments["help"]:
        sys.stdout.write(command_help(MANUAL, "streamstats manual"))
    else:
        from streamstats.tally import VERSION

        sys.stdout.write(page(VERSION))
    return 0


def page(version: str) -> str:
    """The page in the macros of man(7)."""
    return "".join(f"{line}\n" for line in _lines(version))


def _lines(version: str) -> Iterator[str]:
    yield f'.TH STREAMSTATS 1 "" "streamstats {_plain(version)}" "User Commands"'
    yield ".SH NAME"
    yield f"streamstats \\- {_plain(MAIN.help)}"
    yield ".SH SYNOPSIS"
    yield f".B {_plain(usage(MAIN, 'streamstats'))}"
    for command in MAIN.commands:
        for action in command.commands or (command,):
            prog = " ".join(("streamstats", command.name) + ((action.name,) * (action != command)))
            yield ".br"
            yield f".B {_plain(usage(action, prog))}"
    yield ".SH DESCRIPTION"
    yield from _text(MAIN.text)
    yield ".SH FLAGS"
    for heading in dict.fromkeys(flag.heading for flag in MAIN.flags):
        yield f".SS {_plain(heading)}"
        for flag in MAIN.flags:
            if flag.heading == heading:
                yield from _flag(flag)
    yield ".SH COMMANDS"
    yield from _text(
        "A first argument equal to one of these names is the command; a file of that name is "
        "written `./patterns`."
    )
    for command in MAIN.commands:
        yield from _command(command, f"streamstats {command.name}")
    yield ".SH EXIT STATUS"
    for status, meaning in EXIT_STATUS:
        yield from _entry(str(status), sentence(meaning))
    yield ".SH ENVIRONMENT"
    for name, meaning in ENVIRONMENT:
        yield from _entry(name, sentence(meaning))
    yield ".SH FILES"
    for name, meaning in FILES:
        yield from _entry(name, sentence(meaning))
    yield ".SH EXAMPLES"
    yield ".nf"
    for example, note in EXAMPLES:
        yield f"{_plain(example)}" + (f"    # {_plain(note)}" if note else "")
    yield ".fi"


def _command(command: Command, prog: str) -> Iterator[str]:
    yield f".SS {_plain(prog)}"
    yield from _text(f"{sentence(command.help)} {command.text}".strip())
    for flag in command.flags:
        yield from _flag(flag)
    for action in command.commands:
        yield from _entry(
            usage(action, f"{prog} {action.name}"), f"{sentence(action.help)} {action.text}"
        )
        if action.flags:
            yield ".RS"
            for flag in action.flags:
                if flag is not HELP_FLAG:
                    yield from _flag(flag)
            yield ".RE"


def _flag(flag: Flag) -> Iterator[str]:
    names = ", ".join(f"\\fB{_plain(name)}\\fR" for name in flag.names)
    value = f" \\fI{_plain(flag.value)}\\fR" if flag.value else ""
    default = "" if flag.default is None else f" The default is `{flag.default}`."
    yield ".TP"
    yield names + value
    yield from _text(f"{sentence(flag.help)} {flag.text}".strip() + default)


def _entry(name: str, text: str) -> Iterator[str]:
    yield ".TP"
    yield f".B {_plain(name)}"
    yield from _text(text.strip())


def _text(text: str) -> Iterator[str]:
    """Running text; what stands between backticks is bold."""
    parts = text.split("`")
    roff = "".join(
        f"\\fB{_plain(part)}\\fR" if position % 2 else _plain(part)
        for position, part in enumerate(parts)
    )
    yield f"\\&{roff}" if roff[:1] in (".", "'") else roff


def _plain(text: str) -> str:
    """Escape what roff would read as its own."""
    escaped = text.replace("\\", "\\e").replace("-", "\\-").replace('"', "\\(dq")
    return escaped.replace("'", "\\(aq").replace("~", "\\(ti").replace("^", "\\(ha")
