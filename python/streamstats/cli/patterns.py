"""``streamstats patterns``: list, show, add, remove and test."""

from __future__ import annotations

import sys
from types import SimpleNamespace
from typing import TYPE_CHECKING

from streamstats.cli.commands import PATTERNS
from streamstats.cli.definition import Command
from streamstats.cli.parser import command_help, parse_command, wants_help
from streamstats.errors import SourceError, UsageError, caret_lines, printable
from streamstats.patterns.compile import Shaped
from streamstats.patterns.groups import split_groups
from streamstats.patterns.known import built_in, every
from streamstats.patterns.model import GIVEN, YOURS, Pattern

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from streamstats.patterns.resolve import Choice

_PROG = "streamstats patterns"

#: The longest line that ``test`` reads, in bytes: the same as the main job.
_LONGEST = 1024 * 1024


def run(argv: Sequence[str]) -> int:
    """Do what ``argv``, the words after ``patterns``, asks for; return the exit status.

    Raises:
        StreamstatsError: what the action refuses or cannot do.
    """
    actions = {action.name: action for action in PATTERNS.commands}
    if not argv or argv[0] not in actions:
        if wants_help(argv):
            sys.stdout.write(command_help(PATTERNS, _PROG))
            return 0
        names = ", ".join(actions)
        what = f"there is no '{_PROG} {argv[0]}'" if argv else f"{_PROG} does nothing by itself"
        raise UsageError(what, f"say which: {names}; see {_PROG} --help")
    action = actions[argv[0]]
    prog = f"{_PROG} {action.name}"
    arguments = SimpleNamespace(**parse_command(action, prog, argv[1:]))
    if arguments.help:
        sys.stdout.write(command_help(action, prog))
        return 0
    return _do(action, arguments)


def _do(action: Command, arguments: SimpleNamespace) -> int:
    if action.name == "list":
        sys.stdout.writelines(names() if arguments.names else listing(_width()))
    elif action.name == "show":
        sys.stdout.writelines(shown(_named(arguments.name)))
    elif action.name == "add":
        sys.stdout.writelines(_add(arguments))
    elif action.name == "remove":
        sys.stdout.writelines(_remove(arguments.name))
    else:
        return _test(arguments)
    return 0


def names() -> Iterator[str]:
    """All names, the user's first, one a line."""
    from streamstats.patterns.known import outlines

    for pattern in outlines():
        yield f"{printable(pattern.name)}\n"


def listing(width: int) -> Iterator[str]:
    """All patterns with what they count, the user's first, in ``width`` columns."""
    from streamstats.patterns.user import path
    from streamstats.render.width import cut, pad

    patterns = every()
    shadowed = built_in()
    first = max(len(printable(name)) for name in patterns) + 2
    second = max(len(_counts(pattern)) for pattern in patterns.values()) + 2
    heading = ""
    for pattern in patterns.values():
        title = f"yours, in {path()}" if pattern.origin == YOURS else "built in"
        if title != heading:
            yield f"{title}\n" if not heading else f"\n{title}\n"
            heading = title
        text = printable(pattern.description)
        if pattern.origin == YOURS and pattern.name in shadowed:
            text = "shadows the built-in of this name" + (f": {text}" if text else "")
        row = f"  {pad(printable(pattern.name), first)}{pad(_counts(pattern), second)}{text}"
        yield f"{cut(row, width).rstrip()}\n"


def shown(pattern: Pattern) -> Iterator[str]:
    """One pattern with everything that is known of it."""
    from streamstats.patterns.resolve import choose

    choice = choose(pattern)
    groups = getattr(choice.compiled, "groups", [])
    origin = pattern.origin
    if origin == YOURS and pattern.name in built_in():
        origin += ", shadows the built-in of this name"
    rows = [
        ("name", [pattern.name]),
        ("origin", [origin]),
        ("description", [pattern.description]),
        ("shape", [pattern.shape]),
        ("requires", [" and ".join(name.replace("|", " or ") for name in pattern.require)]),
        ("counts", [" or ".join(pattern.default) if pattern.shape else " and ".join(choice.by)]),
        ("groups", [", ".join(groups)]),
        ("time in", [" or ".join(pattern.time_field)]),
        ("time", list(pattern.time)),
        ("failure", [pattern.failure]),
        ("regex", [pattern.regex]),
        ("samples", list(pattern.samples)),
    ]
    for title, texts in rows:
        for position, text in enumerate(filter(None, texts)):
            yield f"{title if position == 0 else '':<13}{printable(text)}\n"


def tested(choice: Choice, lines: Sequence[tuple[str, bytes]], width: int) -> Iterator[str]:
    """What each group catches in each line, and how far the pattern gets where it does not match.

    ``lines`` are pairs of where the line stands, and the line without its end.
    """
    from streamstats.render.escape import shown as escaped
    from streamstats.render.width import cut

    compiled = choice.compiled
    if compiled is None:
        return
    matched = 0
    for place, line in lines:
        groups = compiled.match(line)
        column = max((len(group) for group in groups or ()), default=0)
        if groups is None:
            yield f"{place}: does not match\n"
            yield from _failure(choice, line)
            continue
        matched += 1
        yield f"{place}: matches\n"
        for group, value in groups.items():
            text = "(not in this line)" if value is None else escaped(value, control=True)[0]
            mark = "*" if group in choice.by else " "
            yield f"{cut(f'  {mark} {group:<{column}}  {text}', width).rstrip()}\n"
    named = "the pattern" if choice.pattern is None else _called(choice.pattern)
    noun = "line matches" if len(lines) == 1 else f"lines match{'es' if matched == 1 else ''}"
    yield f"\n{matched} of {len(lines)} {noun} {named}; * is counted\n"


def _failure(choice: Choice, line: bytes) -> Iterator[str]:
    compiled = choice.compiled
    if compiled is None or isinstance(compiled, Shaped):
        return
    reached, start, end = compiled.reach(line)
    text = line.decode("utf-8", "surrogateescape")
    if reached < len(line):
        yield f"{caret_lines(text, reached, reached)}\n"
        yield f"  at byte {reached + 1} the pattern cannot go on; this part of it fails:\n"
    else:
        yield f"{caret_lines(text, reached, reached)}\n"
        yield "  the line ends before the pattern does; this part of it fails:\n"
    yield f"{caret_lines(compiled.regex, start, end)}\n"


def _named(name: str) -> Pattern:
    from streamstats.patterns.resolve import named

    return named(name)


def _add(arguments: SimpleNamespace) -> Iterator[str]:
    from streamstats.patterns import user

    pattern = Pattern(
        name=arguments.name,
        regex=arguments.regex,
        description=arguments.description or "",
        default=split_groups(arguments.default) if arguments.default else (),
        time=(arguments.time,) if arguments.time else (),
        origin=GIVEN,
    )
    if arguments.time and arguments.time != "auto":
        from streamstats.sources.stamps import check_letters

        check_letters(arguments.time, "--time")
    user.add(pattern, replace=arguments.replace)
    yield f"saved '{pattern.name}' in {printable(user.path())}\n"
    if pattern.name in built_in():
        yield "it shadows the built-in of this name\n"


def _remove(name: str) -> Iterator[str]:
    from streamstats.patterns import user

    user.remove(name)
    yield f"removed '{printable(name)}' from {printable(user.path())}\n"
    if name in built_in():
        yield "the built-in of this name is used again\n"


def _test(arguments: SimpleNamespace) -> int:
    from streamstats.patterns.resolve import choose, find

    pattern = find(arguments.name)
    if pattern is None:
        raise UsageError("'line' stands for whole lines, and matches any", "name a pattern")
    choice = choose(pattern)
    most = arguments.lines
    if arguments.file is None:
        if not pattern.samples:
            raise UsageError(
                f"{_called(pattern)} has no samples to try", "name a file, or - for standard input"
            )
        chosen = pattern.samples[: most or None]
        lines = [
            (f"sample {number}", sample.encode("utf-8", "surrogateescape"))
            for number, sample in enumerate(chosen, 1)
        ]
    else:
        lines = list(_read(arguments.file, most))
    if not lines:
        sys.stderr.write(f"{printable(arguments.file)}: no lines to try\n")
        return 1
    sys.stdout.writelines(tested(choice, lines, _width()))
    compiled = choice.compiled
    return int(any(compiled is None or compiled.match(line) is None for _, line in lines))


def _read(file: str, most: int) -> Iterator[tuple[str, bytes]]:
    """The first ``most`` lines (0: all), without their ends; of a very long one the beginning."""
    import contextlib

    place = "-" if file == "-" else printable(file)
    try:
        with contextlib.ExitStack() as stack:
            stdin = sys.stdin.buffer
            source = stdin if file == "-" else stack.enter_context(open(file, "rb"))
            number = 0
            while not most or number < most:
                line = source.readline(_LONGEST)
                if not line:
                    return
                number += 1
                rest = line
                while rest and not rest.endswith(b"\n"):
                    rest = source.readline(_LONGEST)
                yield f"{place}:{number}", line.removesuffix(b"\n").removesuffix(b"\r")
    except OSError as error:
        raise SourceError(file, (error.strerror or "cannot be read").lower()) from None


def _counts(pattern: Pattern) -> str:
    if pattern.shape:
        return printable(pattern.default[0] if pattern.default else "--by KEY")
    if pattern.default:
        return printable(",".join(pattern.default))
    from streamstats.errors import StreamstatsError
    from streamstats.patterns.resolve import choose

    try:
        return printable(",".join(choose(pattern).by))
    except StreamstatsError:
        return "(broken)"


def _called(pattern: Pattern) -> str:
    return "the pattern" if pattern.origin == GIVEN else f"'{pattern.name}'"


def _width() -> int:
    import shutil

    return shutil.get_terminal_size().columns if sys.stdout.isatty() else 200
