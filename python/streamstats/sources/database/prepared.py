"""Statements in the words of a database.

Written once, since writing takes longer than many a query; so does planning one for each point.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from streamstats.sources.database.plans.model import PART

if TYPE_CHECKING:
    from sqlalchemy.engine import Dialect


POINT = "streamstats_point"
"""What the values that templates have of their own are called, as rows of a table."""


class Prepared(NamedTuple):
    """A query as its driver takes it."""

    sql: str
    values: Any
    shown: str
    """In a line, with a question mark for each value, whatever its driver writes."""


class Template:
    """A statement that is asked several times, with other values."""

    __slots__ = ("_compiled", "names", "seed", "statement")

    def __init__(self, statement: Any, names: tuple[str, ...], seed: str | None) -> None:
        self.statement = statement
        self.names = names
        """Of the parameters that have a value of their own each time."""
        self.seed = seed
        """A SELECT of no row whose columns have these names and their types; None where a database
        does not join laterally."""
        self._compiled: Any = None

    def compiled(self, dialect: Dialect) -> Any:
        """In the words of a dialect, always the same one."""
        if self._compiled is None:
            self._compiled = _compiled(self.statement, dialect)
        return self._compiled


class Part(NamedTuple):
    """One of several queries that are asked as one."""

    template: Template
    values: dict[str, Any]


Together = tuple[Part, ...]
"""Queries whose rows are all wanted."""


def joinable(dialect: Dialect) -> bool:
    """Whether the values of a query can be told by their places, so that parts can be joined."""
    return dialect.positional or dialect.paramstyle == "pyformat"


def prepared(statement: Any, dialect: Dialect) -> Prepared:
    """A statement, or parts, in the words of a dialect, and the values beside it."""
    if isinstance(statement, tuple):
        return _joined(statement, dialect)
    compiled = _compiled(statement, dialect)
    values = compiled.construct_params()
    if compiled.positional:
        values = tuple(values[name] for name in compiled.positiontup)
    sql = str(compiled)
    return Prepared(sql, values, _shown(sql, dialect.paramstyle))


def _joined(parts: Together, dialect: Dialect) -> Prepared:
    """Each template is written once. It is repeated as text; or joined to its values as to rows of
    a table, so that there is one plan for all of them.
    """
    placed = dialect
    if not dialect.positional:
        placed = copy.copy(dialect)
        placed.paramstyle, placed.positional = "format", True
    texts: list[str] = []
    values: list[Any] = []
    alike: dict[int, list[Part]] = {}
    for part in parts:
        alike.setdefault(id(part.template), []).append(part)
    shown = ""
    for some in alike.values():
        compiled = some[0].template.compiled(placed)
        shown = shown or _shown(str(compiled), placed.paramstyle)
        lateral = some[0].template.seed is not None and len(some) > 1
        for text, own in (_lateral if lateral else _repeated)(some, compiled):
            texts.append(text)
            values += own
    if len(parts) == 1:
        return Prepared(texts[0], tuple(values), shown)
    joined = " UNION ALL ".join(
        f"SELECT * FROM ({text}) AS {PART}_{at}" for at, text in enumerate(texts)
    )
    return Prepared(joined, tuple(values), f"{len(parts)} of these, by UNION ALL: {shown}")


def _repeated(parts: Sequence[Part], compiled: Any) -> Iterator[tuple[str, list[Any]]]:
    for part in parts:
        own = compiled.construct_params(part.values)
        yield str(compiled), [own[name] for name in compiled.positiontup]


def _lateral(parts: Sequence[Part], compiled: Any) -> Iterator[tuple[str, list[Any]]]:
    template = parts[0].template
    marks = ", ".join(["%s"] * len(template.names))
    rows = " UNION ALL ".join([str(template.seed), *[f"SELECT {marks}"] * len(parts)])
    values = [part.values[name] for part in parts for name in template.names]
    shared = compiled.construct_params(parts[0].values)
    places = iter(compiled.positiontup)

    def placed(found: re.Match[str]) -> str:
        if found[0] == "%%":
            return found[0]
        name = next(places)
        if name in template.names:
            return f"{POINT}.{name}"
        values.append(shared[name])
        return found[0]

    text = re.sub("%%|%s", placed, str(compiled))
    yield f"SELECT {PART}.* FROM ({rows}) AS {POINT} CROSS JOIN LATERAL ({text}) AS {PART}", values


def _compiled(statement: Any, dialect: Dialect) -> Any:
    return statement.compile(dialect=dialect, compile_kwargs={"render_postcompile": True})


def _shown(sql: str, style: str) -> str:
    text = " ".join(sql.split())
    if "format" in style:
        text = re.sub(r"%\(\w+\)s(?:::\w+)?|(?<!%)%s(?:::\w+)?", "?", text).replace("%%", "%")
    return re.sub(r"\(\?(?:, \?)+\)", "(?, ...)", text)
