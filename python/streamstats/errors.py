"""What can go wrong, and the exit status that it means.

::

    StreamstatsError                 2
    ├── UsageError                   2   wrong use: a flag, a name, a group, a condition
    │   ├── PatternError             2   a regular expression that cannot be used; shows the place
    │   ├── UnknownPattern           2   no pattern of that name; names the nearest
    │   ├── UnknownGroup             2   the pattern has no such group; names those it has
    │   ├── UnknownKey               2   no line has such a key; names the nearest
    │   ├── UnknownTable             2   the database has no such table; names the nearest
    │   ├── UnknownColumn            2   the table has no such column; names the nearest
    │   └── ConditionError           2   --where that cannot be read
    ├── PlanRefused                  2   a query that would cost the database too much; was not run
    ├── WhenError                    2   a time, a duration, a window or a zone that cannot be
    │                                    read; lives in times/error.py
    ├── LibraryError                 2   the user's pattern file is broken or cannot be written
    ├── SourceError                  3   an input cannot be read
    └── NothingMatched               1   no line matched the pattern; shows the first line

Every text says what happened, where, and what to do next. It may have several lines; the first
is enough to know what is wrong. No text holds control characters, whatever the input held.
"""

from __future__ import annotations

from collections.abc import Sequence

_ROOM = 72
"""Columns for a regular expression above its carets, or for a line that did not match."""

_BESIDE = 12
"""So much of what stands before a marked part is shown beside it, however long that is."""


class StreamstatsError(Exception):
    """Anything that streamstats refuses or cannot do; ``str()`` is the text for the user."""

    exit_status = 2

    def __init__(self, message: str, hint: str | None = None) -> None:
        self.message = message
        self.hint = hint
        super().__init__(message if hint is None else f"{message}\n{hint}")

    def __reduce__(self) -> tuple[object, ...]:
        # The arguments of a subclass are not those of Exception, which is what pickle goes by.
        return _restored, (type(self), self.args, self.__dict__)


class UsageError(StreamstatsError):
    """Wrong use: something in the arguments cannot be meant."""


class PatternError(UsageError):
    """A regular expression cannot be used. ``start`` and ``end`` are byte offsets in it."""

    def __init__(
        self, message: str, regex: str, start: int, end: int, hint: str | None = None
    ) -> None:
        place = caret_lines(regex, start, end)
        super().__init__(message, place if hint is None else f"{place}\n{hint}")
        self.regex = regex
        self.start = start
        self.end = end


class UnknownPattern(UsageError):
    """There is no pattern of that name."""

    def __init__(self, name: str, nearest: Sequence[str] = ()) -> None:
        hint = (
            f"did you mean {_listed(nearest, 'or')}?"
            if nearest
            else "'streamstats patterns list' shows all names"
        )
        super().__init__(f"there is no pattern '{printable(name)}'", hint)
        self.name = name
        self.nearest = tuple(nearest)


class UnknownGroup(UsageError):
    """The pattern has no group of that name."""

    def __init__(self, group: str, groups: Sequence[str], pattern: str) -> None:
        hint = (
            f"it has {_listed(groups, 'and')}"
            if groups
            else "it has no groups; write one as (?P<name>...)"
        )
        super().__init__(f"pattern '{printable(pattern)}' has no group '{printable(group)}'", hint)
        self.group = group
        self.groups = tuple(groups)
        self.pattern = pattern


class UnknownKey(UsageError):
    """None of the first lines has that key."""

    def __init__(
        self, key: str, near: Sequence[str], keys: Sequence[str], lines: int, source: str
    ) -> None:
        which = "the first line" if lines == 1 else f"none of the first {lines:,} lines"
        has = "has no" if lines == 1 else "has"
        if near:
            hint = f"did you mean {_listed(near, 'or')}? "
        else:
            hint = f"there are {_listed(keys, 'and')}; " if keys else ""
        shown = printable(source)
        super().__init__(
            f"{shown}: {which} {has} '{printable(key)}'",
            f"{hint}'streamstats fields {'FILE' if shown.startswith('(') else shown}' shows all",
        )
        self.key = key
        self.near = tuple(near)


class UnknownTable(UsageError):
    """The database has no table of that name."""

    def __init__(
        self, table: str, database: str, near: Sequence[str], tables: int, schema: str | None = None
    ) -> None:
        if near:
            hint = f"did you mean {_listed(near, 'or')}?"
        else:
            which = f"the schema '{printable(schema)}'" if schema else "it"
            hint = f"{which} has {tables:,} others" if tables else f"{which} has no tables at all"
        shown = printable(database)
        super().__init__(f"{shown}: there is no table '{printable(table)}'", hint)
        self.table = table
        self.near = tuple(near)


class UnknownColumn(UsageError):
    """The table has no column of that name."""

    def __init__(
        self, column: str, table: str, near: Sequence[str], columns: Sequence[str]
    ) -> None:
        if near:
            hint = f"did you mean {_listed(near, 'or')}?"
        else:
            hint = f"it has {_listed(columns, 'and')}"
        super().__init__(f"table '{printable(table)}' has no column '{printable(column)}'", hint)
        self.column = column
        self.table = table
        self.near = tuple(near)


class ConditionError(UsageError):
    """A ``--where`` cannot be read."""

    def __init__(
        self,
        condition: str,
        reason: str,
        hint: str = "write it as 'GROUP OP VALUE', where OP is =, !=, <, <=, >, >=, ~ or !~",
    ) -> None:
        super().__init__(
            f"cannot read the condition '{printable(condition)}': {printable(reason)}", hint
        )
        self.condition = condition
        self.reason = reason


class PlanRefused(StreamstatsError):
    """The plan of a query says that it would cost the database too much; it was not run.

    ``reasons`` has one for each query that was thought of. ``index`` is the statement that makes an
    index which would help, where one would.
    """

    def __init__(
        self, table: str, reasons: Sequence[str], index: str | None, advice: Sequence[str]
    ) -> None:
        below = [printable(reason) for reason in reasons[1:]]
        if index is not None:
            below.append(f"an index that would help: {printable(index)}")
        below += advice
        first = printable(reasons[0])
        super().__init__(
            f"{printable(table)}: refused, nothing was read: {first}", "\n".join(below) or None
        )
        self.table = table
        self.reasons = tuple(reasons)
        self.index = index


class LibraryError(StreamstatsError):
    """The file of the user's own patterns is broken, or cannot be read or written."""

    def __init__(self, path: str, reason: str, hint: str | None = None) -> None:
        super().__init__(f"{printable(path)}: {reason}", hint)
        self.path = path
        self.reason = reason


class SourceError(StreamstatsError):
    """An input cannot be read, wholly or from some place on. Other inputs go on."""

    exit_status = 3

    def __init__(self, path: str, reason: str, hint: str | None = None) -> None:
        super().__init__(f"{printable(path)}: {reason}", hint)
        self.path = path
        self.reason = reason


class NothingMatched(StreamstatsError):
    """Not one line matched the pattern.

    ``first`` is where and what the first line was: (source, line number, its first bytes).
    ``nearest`` are the patterns that match most of the sampled lines, with their share of them;
    a share of 0 is that of a pattern which gets far into a line. ``overlong``: the lines were too
    long to be looked at. ``summed`` is the group in which a number had to stand.
    """

    exit_status = 1

    def __init__(
        self,
        pattern: str,
        lines: int,
        first: tuple[str, int, bytes] | None = None,
        nearest: Sequence[tuple[str, float]] = (),
        *,
        overlong: bool = False,
        summed: str | None = None,
    ) -> None:
        below = []
        if first is not None:
            path, line, text = first
            sample = _clipped(printable(text.decode("utf-8", "surrogateescape")))
            below.append(f"first: {printable(path)}:{line}: {sample}")
        if nearest:
            names = ", ".join(
                f"{name} ({share:.0%} of the lines)" if share else name for name, share in nearest
            )
            below.append(f"patterns that come nearest: {names}")
        elif overlong:
            below.append("a line ends with a line feed; tr can make one of another sign")
        elif first is not None:
            below.append("'streamstats patterns list' shows the patterns there are")
        if overlong:
            which = "the line is" if lines == 1 else f"all {lines:,} lines are"
            message = f"{which} longer than 1 MiB, and not looked at"
        else:
            which = "the line does not match" if lines == 1 else f"none of {lines:,} lines matched"
            message = f"{which} '{_clipped(printable(pattern))}'"
        if summed is not None and not overlong:
            # A line may also have been passed over for an amount that is no number.
            message += f" with a number in '{printable(summed)}'"
        super().__init__(message, "\n".join(below) or None)
        self.pattern = pattern
        self.lines = lines
        self.first = first
        self.nearest = tuple(nearest)


def _restored(
    kind: type[StreamstatsError], args: tuple[object, ...], state: dict[str, object]
) -> StreamstatsError:
    error = kind.__new__(kind, *args)
    error.__dict__.update(state)
    return error


def printable(text: str) -> str:
    r"""``text`` with everything that is not printable escaped, as ``\xNN`` or ``\uNNNN``."""
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() else _escaped(ord(char)) for char in text)


def caret_lines(regex: str, start: int, end: int) -> str:
    """Two indented lines: the regular expression, and carets below its bytes start to end.

    A long expression is cut to the part around the place. An empty place gets one caret.
    """
    raw = regex.encode("utf-8", "surrogateescape")
    start = min(max(start, 0), len(raw))
    end = min(max(end, start), len(raw))

    def text(part: bytes) -> str:
        return printable(part.decode("utf-8", "replace"))

    before, inside, after = text(raw[:start]), text(raw[start:end]), text(raw[end:])
    room = _ROOM - min(len(before), _BESIDE) - bool(after)
    if len(inside) > room:
        # The sign for what is left out stands for what comes behind the part as well.
        inside = inside[: room - 1] + "…"
        after = ""
    spare = _ROOM - len(inside)
    if len(before) + len(after) > spare:
        left = max(spare // 2, spare - len(after), _BESIDE)
        if len(before) > left:
            before = "…" + before[len(before) - left + 1 :]
        right = spare - len(before)
        if len(after) > right:
            after = after[: right - 1] + "…" if right > 0 else ""
    carets = "^" * max(1, _columns(inside))
    return f"  {before}{inside}{after}\n  {' ' * _columns(before)}{carets}"


def _escaped(code: int) -> str:
    if 0xDC80 <= code < 0xDD00:
        return f"\\x{code - 0xDC00:02x}"
    if code < 0x80:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def _columns(text: str) -> int:
    if text.isascii():
        return len(text)
    from unicodedata import combining, east_asian_width

    return sum(
        0 if combining(char) else 2 if east_asian_width(char) in "WF" else 1 for char in text
    )


def _clipped(text: str) -> str:
    return text if len(text) <= _ROOM else text[: _ROOM - 1] + "…"


def _listed(names: Sequence[str], last: str) -> str:
    quoted = [f"'{printable(name)}'" for name in names]
    if len(quoted) == 1:
        return quoted[0]
    return f"{', '.join(quoted[:-1])} {last} {quoted[-1]}"
