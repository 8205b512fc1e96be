"""The record of a pattern, and reading one from its TOML table."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from streamstats.errors import LibraryError

if TYPE_CHECKING:
    from collections.abc import Mapping

BUILT_IN = "built-in"
YOURS = "yours"
GIVEN = "given"

#: The specificity of a pattern that does not say.
USUAL = 1

#: The name that stands the whole line, without a pattern.
WHOLE_LINES = "line"

#: How lines can hold groups, other than by an expression: what ``shape`` takes.
SHAPES = ("json", "logfmt", "csv", "tsv", "w3c", "zeek", "fields")

#: Stands for a class or an anchor while ``asks`` counts.
_ONE = "\x01"
_compiled: list[tuple[re.Pattern[str], str]] = []


class Pattern(NamedTuple):
    """A regular expression with named groups, or a shape with keys; and how its time is written."""

    name: str
    #: Empty where there is a ``shape``.
    regex: str
    description: str = ""
    #: The groups that are counted when nobody says otherwise: all together, or, with a shape, the
    #: first that the lines have.
    default: tuple[str, ...] = ()
    #: How the group ``time`` is written; several formats are tried in order.
    time: tuple[str, ...] = ()
    #: When a record counts as a failure: a condition as ``--where`` takes it.
    failure: str = ""
    #: Lines that match, and lines that must not.
    samples: tuple[str, ...] = ()
    rejects: tuple[str, ...] = ()
    #: Detection tries patterns in falling order of this, and of ``asks`` among equals.
    specificity: int = USUAL
    #: ``BUILT_IN``, ``YOURS`` (from patterns.toml) or ``GIVEN`` (on the command line).
    origin: str = GIVEN
    #: One of SHAPES, or empty.
    shape: str = ""
    #: The keys that may hold the time of a shape; the first that the lines have is read.
    time_field: tuple[str, ...] = ()
    #: The keys that nearly all lines have; ``a|b`` for either.
    require: tuple[str, ...] = ()
    #: What a record is about, what the client calls itself, and the groups that known forms of
    #: attack are looked for in: of requests, of logins. The first that the lines have is taken of
    #: the first two. Without them the usual names play these parts (``roles``).
    key: tuple[str, ...] = ()
    agent: tuple[str, ...] = ()
    request: tuple[str, ...] = ()
    login: tuple[str, ...] = ()


def read_table(name: str, table: object, origin: str, path: str) -> Pattern:
    """Make a pattern of a TOML table of the file ``path``.

    Raises:
        LibraryError: not a table, neither ``regex`` nor ``shape``, or a value of the wrong type.
    """
    where = (path, name)
    if not isinstance(table, dict):
        raise LibraryError(
            path, f"'{name}' is not a table", f"write [{name}] and below it regex = '...'"
        )
    regex = _text(table, "regex", where)
    shape = _text(table, "shape", where)
    if shape and shape not in SHAPES:
        raise LibraryError(
            path, f"pattern '{name}': there is no shape '{shape}'", f"one of {', '.join(SHAPES)}"
        )
    if regex and shape:
        raise LibraryError(
            path, f"pattern '{name}' has a regex and a shape", "leave one of the two lines out"
        )
    if not regex and not shape:
        raise LibraryError(path, f"pattern '{name}' has no regex", "add a line regex = '...' to it")
    given = table.get("specificity", USUAL)
    if not isinstance(given, int):
        raise LibraryError(
            path, f"pattern '{name}': specificity is not a whole number", "write specificity = 1"
        )
    return Pattern(
        name=name,
        regex=regex,
        description=_text(table, "description", where),
        default=_texts(table, "default", where),
        time=_texts(table, "time", where),
        failure=_text(table, "failure", where),
        samples=_texts(table, "samples", where),
        rejects=_texts(table, "rejects", where),
        specificity=given,
        origin=origin,
        shape=shape,
        time_field=_texts(table, "time_field", where),
        require=_texts(table, "require", where),
        key=_texts(table, "key", where),
        agent=_texts(table, "agent", where),
        request=_texts(table, "request", where),
        login=_texts(table, "login", where),
    )


@lru_cache(512)
def asks(regex: str) -> int:
    """How much a regular expression asks of a line: 2 for a literal, 1 for a class or an anchor.

    A rough order and no more: what may be anything (``.``) asks nothing, and all branches of an
    alternation are added up.
    """
    for expression, instead in _steps():
        regex = expression.sub(instead, regex)
    return 2 * len(regex) - regex.count(_ONE)


def _steps() -> list[tuple[re.Pattern[str], str]]:
    # Substitutions that end with one sign for each part that asks something: a hundred patterns
    # are put in order whenever a format is found out.
    if not _compiled:
        _compiled.extend(
            (re.compile(expression), instead)
            for expression, instead in (
                (r"\\[^\W_]", _ONE),
                (r"\\.", "L"),
                (r"\[\^?\]?[^\]]*\]", _ONE),
                (r"\(\?P?<\w+>|\(\?[a-zA-Z-]*[:)]|\{\d*,?\d*\}|[().|?*+]", ""),
                (r"[\^$]", _ONE),
            )
        )
    return _compiled


def _text(table: Mapping[str, object], key: str, where: tuple[str, str]) -> str:
    value = table.get(key, "")
    if not isinstance(value, str):
        path, name = where
        raise LibraryError(path, f"pattern '{name}': {key} is not a text", f"write {key} = '...'")
    return value


def _texts(table: Mapping[str, object], key: str, where: tuple[str, str]) -> tuple[str, ...]:
    value = table.get(key, ())
    if isinstance(value, str):
        return (value,)
    if not isinstance(value, (list, tuple)) or not all(isinstance(item, str) for item in value):
        path, name = where
        raise LibraryError(
            path,
            f"pattern '{name}': {key} is neither a text nor a list of texts",
            f"write {key} = '...' or {key} = ['...', '...']",
        )
    return tuple(value)
