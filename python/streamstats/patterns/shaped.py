"""What is taken out of lines that have a shape: JSON, logfmt, columns, words.

Unlike with an expression, which says its groups itself, the first lines have to be looked at: which
keys they have, what the header of the columns says.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from streamstats.patterns.compile import compile_shape
from streamstats.patterns.groups import bare, split_groups
from streamstats.patterns.keys import SHARE, TIMES, USUAL, Seen, observe, settled
from streamstats.patterns.resolve import Asked, Choice, rolled_up
from streamstats.patterns.rollup import no_prefix

if TYPE_CHECKING:
    from collections.abc import Sequence

    from streamstats.patterns.compile import Shaped
    from streamstats.patterns.model import Pattern

#: The date and the time of the W3C format stand in two columns; the core puts them together.
DATE_TIME = "date-time"

#: Shapes whose columns lines with ``#`` name, and the beginning of those.
HEADED = {"w3c": b"#fields:", "zeek": b"#fields"}


class Reading(NamedTuple):
    """How one source holds its keys, as its first lines show."""

    pattern: Pattern
    shape: Shaped
    seen: Seen
    #: What the first header calls the columns, where lines with ``#`` do.
    columns: tuple[str, ...] = ()


def reading(pattern: Pattern, lines: Sequence[bytes], asked: Sequence[str] = ()) -> Reading:
    """Look at the first lines of a source. ``asked`` are names of columns that are asked for."""
    kind = pattern.shape
    if kind in ("csv", "tsv"):
        from streamstats.patterns.separated import dialect, records

        lines = records(lines)
        written = dialect(lines, b"\t" if kind == "tsv" else None, [bare(name) for name in asked])
        shape = written.compile()
        names = written.names or ()
        numbers = tuple(str(number + 1) for number in range(written.width))
        seen = observe(shape, lines[1:] if names else lines, (*names, *numbers), nested=False)
        return Reading(pattern, shape, _counted(seen))
    shape = compile_shape(kind)
    if kind in HEADED:
        headers = [names for names in map(header, lines) if names]
        names = tuple(dict.fromkeys(name for names in headers for name in names))
        dated = (DATE_TIME,) if {"date", "time"} <= set(names) else ()
        data = [line for line in lines if not line.startswith(b"#")]
        seen = observe(shape, data, (*names, *dated), nested=False)
        return Reading(pattern, shape, _counted(seen), headers[0] if headers else ())
    return Reading(pattern, shape, observe(shape, lines, (), nested=kind == "json"))


def choose_shaped(
    read: Reading, asked: Asked, source: str, unseen: list[str] | None = None
) -> Choice | None:
    """Settle which keys are taken; None where nothing says which one to count.

    A key that none of the first lines has is an error, unless there is an ``unseen`` to put it in.
    The time is left to those who can read times.

    Raises:
        UsageError: a path that cannot be read (``UnknownKey``: no line has it).
    """
    pattern, seen = read.pattern, read.seen

    def key(name: str) -> str:
        if pattern.shape == "fields" and name.isdecimal():
            return name  # later lines may have more words than the first
        if _is_no_prefix(seen, name):
            raise no_prefix(name)
        if seen.matched == 0:
            return settled(seen, name, source, [])
        return settled(seen, name, source, unseen)

    rollups = rolled_up(asked.by)
    by = tuple(
        key(name) if found is None else key(found.group) + found.suffix
        for name, found in zip(asked.by, rollups or [None] * len(asked.by), strict=True)
    )
    if not by and asked.numbers is None:
        by = default(read)
        if not by:
            return None
    where = tuple((key(group), operator, value) for group, operator, value in asked.where)
    return Choice(
        name=pattern.name,
        pattern=pattern,
        compiled=read.shape,
        by=by,
        where=where,
        sum=None if asked.sum is None else key(asked.sum),
        numbers=None if asked.numbers is None else key(asked.numbers),
        time=None if asked.time_field is None else key(asked.time_field),
        columns=read.columns,
        rollups=rollups,
    )


def _is_no_prefix(seen: Seen, name: str) -> bool:
    """Whether a key is there and what stands behind it is neither a prefix nor a key."""
    group, slash, _ = name.rpartition("/")
    bare_group = bool(slash and group) and not name.endswith(('"', "]"))
    return bare_group and seen.find(name) is None and seen.find(group) is not None


def default(read: Reading) -> tuple[str, ...]:
    """What is counted when nobody says: the pattern's own, else a key of a usual name."""
    pattern, seen = read.pattern, read.seen
    for text in pattern.default:
        names = split_groups(text)
        keys = [seen.find(name) for name in names]
        if all(found is not None and seen.share(found) >= SHARE for found in keys):
            return tuple(found for found in keys if found is not None)
    if pattern.default:
        found = seen.first([name for name in pattern.default if "," not in name])
        if found is not None:
            return (found,)
    return tuple(seen.usual(USUAL)[:1])


def times(read: Reading) -> list[str]:
    """The keys that may hold the time, the likeliest first."""
    found = [read.seen.find(name) for name in read.pattern.time_field]
    return list(dict.fromkeys(key for key in (*found, *read.seen.usual(TIMES)) if key is not None))


def requires(pattern: Pattern, seen: Seen) -> bool:
    """Whether nearly all lines have what the pattern requires."""
    for names in pattern.require:
        keys = [seen.find(name) for name in names.split("|")]
        if sum(seen.share(key) for key in keys if key is not None) < SHARE:
            return False
    return True


def whole(read: Reading) -> str:
    """What to tell those whose lines are counted whole, since no key is a usual one."""
    what = {"json": "JSON objects", "logfmt": "logfmt"}.get(read.pattern.shape, "columns")
    return f"the lines are {what}: --by KEY counts one of: {', '.join(read.seen.named())}"


def header(line: bytes) -> tuple[str, ...]:
    """The columns that a line with ``#`` names; () for any other line."""
    if not line.startswith(b"#"):
        return ()
    begin = next((begin for begin in HEADED.values() if line.lower().startswith(begin)), None)
    if begin is None:
        return ()
    return tuple(line[len(begin) :].decode("utf-8", "surrogateescape").split())


def _counted(seen: Seen) -> Seen:
    """Columns that have names are known by numbers as well, and each record has them all."""
    return seen._replace(keys=dict.fromkeys(seen.keys, seen.matched))
