"""From the tables in ``flags`` to parsed arguments, to ``--help``, and to errors of our own.

Written here and not with argparse: that takes 15 ms to start, as long as all else before the first
byte is read, and of what it does only the loop below would be used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NoReturn

from streamstats.cli.definition import Command, Flag, Operand
from streamstats.cli.flags import COMMANDS, HELP_FLAG, MAIN
from streamstats.cli.help import BRIEF, EXAMPLES, EXAMPLES_IN_HELP, HELP
from streamstats.errors import UsageError, printable
from streamstats.patterns.groups import split_groups

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

#: Where the second column of ``--help`` starts.
_COLUMN = 34

#: The flags that mean nothing without times, those with a default left aside.
_NEED_TIMES = ("--time", "--start", "--end", "--window", "--time-format")
_TIMED_ORDERS = ("rate", "peak", "first", "last")


class Arguments:
    """The arguments of the main job, as given: None where a flag is absent.

    ``by`` is split at its commas. ``where`` holds the texts; ``patterns.resolve`` reads them.
    """

    files: list[str]
    pattern: str | None
    by: tuple[str, ...]
    geoip: list[str]
    where: list[str]
    sum: str | None
    numbers: str | None
    log_bins: bool
    time: bool
    no_time: bool
    recursive: bool
    include: list[str]
    exclude: list[str]
    start: str | None
    end: str | None
    window: str | None
    relative_to: str
    tz: str | None
    time_field: str | None
    time_format: str | None
    day_first: bool
    month_first: bool
    per: str
    peak: str
    lateness: str
    no_seek: bool
    top: int | None
    sort: str | None
    reverse: bool
    outliers: bool
    rule: str | None
    format: str
    classic: bool
    ascii: bool
    color: str
    strict: bool
    threads: int | None
    memory_limit: str | None
    approximate: bool
    multiline: bool
    no_progress: bool
    follow: bool
    retry: bool
    last: str | None
    interval: str
    alarm: list[str]
    run: str | None
    version: bool
    help: bool


def parse(argv: Sequence[str]) -> Arguments:
    """Read the arguments of the main job (``argv`` without the program's name).

    Raises:
        UsageError: an unknown flag, a value that is missing or out of range, or flags that
            contradict each other.
    """
    arguments = Arguments()
    arguments.__dict__.update(parse_command(MAIN, MAIN.name, argv))
    by = arguments.__dict__["by"]
    arguments.by = () if by is None else split_groups(by)
    if arguments.classic and arguments.format != "text":
        raise UsageError(
            f"--classic is a layout of text, and cannot be had as {arguments.format}",
            "leave out one of --classic and --format",
        )
    _check_times(arguments)
    return arguments


def parse_command(command: Command, prog: str, argv: Sequence[str]) -> dict[str, Any]:
    """Read the arguments of ``command``: the value of each flag and operand by its ``dest``.

    Flags and operands come in any order. ``--flag VALUE`` and ``--flag=VALUE`` are the same, short
    flags may be put together (``-on5``), and nothing after ``--`` is a flag.

    Raises:
        UsageError: as ``parse`` does.
    """
    values = _defaults(command)
    if wants_help(argv):
        return values | {"help": True}
    see = f"see {prog} --help"
    signed = any(operand.signed for operand in command.operands)
    known = {name: flag for flag in all_flags(command) for name in flag.names}
    waiting = list(reversed(argv))
    operands: list[str] = []
    given: set[Flag] = set()
    while waiting:
        argument = waiting.pop()
        if argument == "--":
            operands += reversed(waiting)
            break
        if not argument.startswith("-") or argument == "-" or (signed and argument[1:2].isdigit()):
            operands.append(argument)
            continue
        if argument.startswith("--"):
            name, joined, value = argument.partition("=")
        else:
            name, value = argument[:2], argument[2:]
            joined = value
        flag = known.get(name)
        if flag is None:
            _unknown(name, command, see)
        if not flag.value:
            if joined and not name.startswith("--"):
                waiting.append(f"-{value}")
            elif joined:
                raise UsageError(f"{name} takes no value", see)
        elif not joined:
            if not waiting or waiting[-1].partition("=")[0] in known:
                raise UsageError(f"{name} needs a value: {flag.value}", see)
            value = waiting.pop()
        given.add(flag)
        _store(values, flag, name, value, see)
    for flag in command.flags:
        if flag.required and flag not in given:
            raise UsageError(f"{flag.long} {flag.value} is missing", see)
    _operands(values, command, operands, see)
    return values


def _check_times(arguments: Arguments) -> None:
    """What is said about times must not contradict itself."""
    one_order(arguments.day_first, arguments.month_first)
    given = vars(arguments)
    if arguments.window is not None:
        for side in ("start", "end"):
            if given[side] is not None:
                raise UsageError(
                    f"--window and --{side} both say where the window is",
                    "write --window START..END, or --start and --end",
                )
    if arguments.no_time:
        needs = [name for name in _NEED_TIMES if given[name.lstrip("-").replace("-", "_")]]
        if arguments.sort in _TIMED_ORDERS:
            needs.append(f"--sort {arguments.sort}")
        if needs:
            raise UsageError(
                f"{needs[0]} needs times, and --no-time leaves them out",
                "leave out one of the two",
            )


def one_order(day_first: bool, month_first: bool) -> bool | None:
    """Whether the day comes first in 03/04/2026; None where nothing is said.

    Raises:
        UsageError: both are said.
    """
    if day_first and month_first:
        raise UsageError(
            "--day-first and --month-first contradict each other", "leave out one of them"
        )
    return True if day_first else False if month_first else None


def wants_help(argv: Sequence[str]) -> bool:
    """Whether help is asked for: it is given whatever else is missing or wrong."""
    for argument in argv:
        if argument == "--":
            return False
        if argument in HELP_FLAG.names:
            return True
    return False


def subcommand(argv: Sequence[str]) -> Command | None:
    """The subcommand that ``argv`` begins with, if any."""
    return COMMANDS.get(argv[0]) if argv else None


def help_text() -> str:
    """The text of ``streamstats --help``: at most 80 columns and 24 lines."""
    by_name = {flag.long: flag for flag in MAIN.flags}
    lines = [
        "Usage: streamstats [FLAG]... [FILE]...         (- or no FILE: standard input)",
        "Count what is in a log: who, how often, and what stands out.",
    ]
    for heading, rows in HELP:
        if heading != HELP[-1][0]:
            lines.append(f"{heading}:")
        for names, text in rows:
            left = ", ".join(_spelled(by_name[name], brief=True) for name in names)
            lines.append(f"  {left:<{_COLUMN - 3}} {text}")
    below = ", ".join(command.name for command in MAIN.commands)
    commands = _wrapped(f"Commands: {below}", 78)
    lines += [commands[0], *(f"  {more}" for more in commands[1:])]
    for example, note in EXAMPLES[:EXAMPLES_IN_HELP]:
        lines.append(f"$ {example}" + (f"   # {note}" if note else ""))
    return "\n".join(lines) + "\n"


def command_help(command: Command, prog: str) -> str:
    """The text of ``--help`` for a subcommand or an action."""
    lines = [f"Usage: {usage(command, prog)}", sentence(command.help)]
    if command.text:
        lines += ["", *_wrapped(command.text.replace("`", ""), 78)]
    rows = [(inner.name, inner.help) for inner in command.commands]
    rows += [(o.metavar, _with_choices(o)) for o in command.operands]
    rows += [(_spelled(flag), flag.help) for flag in all_flags(command)]
    width = max(len(left) for left, _ in rows) + 2
    lines.append("")
    for left, text in rows:
        if width <= _COLUMN:
            lines.append(f"  {left:<{width}}{text}")
        else:
            lines += [f"  {left}", f"      {text}"]
    return "\n".join(lines) + "\n"


def usage(command: Command, prog: str) -> str:
    """How a command is called, in one line."""
    parts = [prog]
    if command.commands and command is not MAIN:
        parts.append("|".join(inner.name for inner in command.commands))
    required = [flag for flag in command.flags if flag.required]
    parts += [_spelled(flag) for flag in required]
    if len(command.flags) > len(required):
        parts.append("[FLAG]...")
    for operand in command.operands:
        form = {"1": "{}", "?": "[{}]", "*": "[{}]...", "+": "{}..."}[operand.number]
        parts.append(form.format(operand.metavar))
    return " ".join(parts)


def sentence(text: str) -> str:
    """Begin with a capital and end with a full stop."""
    return text[:1].upper() + text[1:] + ("" if text.endswith(".") else ".")


def all_flags(command: Command) -> Iterator[Flag]:
    """The flags of a command; each has ``--help``."""
    yield from command.flags
    if HELP_FLAG not in command.flags:
        yield HELP_FLAG


def _spelled(flag: Flag, brief: bool = False) -> str:
    value, names = flag.value, flag.names
    if brief and flag.long in BRIEF:
        value = BRIEF[flag.long]
        # Of several long names the first column has one, and the second tells of the others.
        names = names if len(names) < 3 else names[-1:]
    return ", ".join(names) + (f" {value}" if value else "")


def _with_choices(operand: Operand) -> str:
    return f"{operand.help}: {', '.join(operand.choices)}" if operand.choices else operand.help


def _wrapped(text: str, width: int) -> list[str]:
    import textwrap  # only a subcommand's help needs it

    return textwrap.wrap(text, width, break_long_words=False, break_on_hyphens=False)


def nearest_flag(name: str, command: Command) -> str | None:
    """The flag of ``command`` whose name is most like ``name``, if one is."""
    import difflib  # only an error needs it

    names = [known for flag in all_flags(command) for known in flag.names]
    if name.startswith("--"):
        names = [known for known in names if known.startswith("--")]
    begun = [known for known in names if known.startswith(name)]
    found = begun or difflib.get_close_matches(name.lower(), names, 1, 0.6)
    return found[0] if found else None


def _defaults(command: Command) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for flag in all_flags(command):
        if not flag.means:
            values[flag.dest] = flag.default if flag.value else False
        if flag.repeat:
            values[flag.dest] = []
    for operand in command.operands:
        values[operand.dest] = [] if operand.several else None
    return values


def _store(values: dict[str, Any], flag: Flag, name: str, value: str, see: str) -> None:
    if flag.means:
        values[flag.dest] = flag.means[1]
    elif not flag.value:
        values[flag.dest] = True
    elif flag.choices and value not in flag.choices:
        raise UsageError(f"{name} takes {flag.value}, not '{printable(value)}'", see)
    elif flag.least is not None:
        # Not int() alone, which also takes blanks, signs, underscores and digits of other scripts.
        digits = value.isascii() and value.isdigit() and len(value) < 19
        if not digits or int(value) < flag.least:
            raise UsageError(
                f"{name} takes a whole number from {flag.least}, not '{printable(value)}'", see
            )
        values[flag.dest] = int(value)
    elif flag.repeat:
        values[flag.dest].append(value)
    else:
        values[flag.dest] = value


def _operands(values: dict[str, Any], command: Command, given: list[str], see: str) -> None:
    for operand in command.operands:
        if operand.number == "*" or (operand.several and given):
            values[operand.dest] = given
            return
        if not given:
            if operand.number in ("1", "+"):
                raise UsageError(f"{operand.metavar} is missing", see)
            continue
        value, given = given[0], given[1:]
        if operand.choices and value not in operand.choices:
            choices = "|".join(operand.choices)
            raise UsageError(f"{operand.metavar} is {choices}, not '{printable(value)}'", see)
        values[operand.dest] = value
    if given:
        raise UsageError(f"'{printable(given[0])}' is one argument too many", see)


def _unknown(name: str, command: Command, see: str) -> NoReturn:
    near = nearest_flag(name, command)
    guess = f"; did you mean {near}?" if near else ""
    raise UsageError(f"there is no flag {printable(name)}{guess}", see)
