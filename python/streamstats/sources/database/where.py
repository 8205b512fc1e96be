"""The filter: simple comparisons joined by AND, parsed here and never pasted into SQL.

::

    filter     = comparison { AND comparison }
    comparison = column operator value | column IS [NOT] NULL
    operator   = "=" | "!=" | "<>" | "<" | "<=" | ">" | ">="
    value      = number | text in quotes | TRUE | FALSE
    column     = name | name in double quotes or backticks

A quote inside a text is doubled. Keywords are written in either case.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import NamedTuple

from streamstats.errors import ConditionError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

Value = int | Decimal | str | bool | None

HINT = 'write it as "COLUMN OP VALUE AND ...", such as "in_stock = 1 AND frame = \'steel\'"'

OPERATORS = ("=", "!=", "<", "<=", ">", ">=")
IS_NULL = "is null"
IS_NOT_NULL = "is not null"

_DIGITS = 60

_TOKEN = re.compile(
    r"""\s*(?:
        (?P<number>[-+]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]{1,3})?(?![\w.]))
      | (?P<text>'(?:[^']|'')*')
      | (?P<quoted>"(?:[^"]|"")*"|`(?:[^`]|``)*`)
      | (?P<operator><=|>=|<>|!=|==|=|<|>)
      | (?P<word>[^\W\d][\w$]*)
    )""",
    re.VERBOSE,
)


class Condition(NamedTuple):
    """One comparison."""

    column: str
    operator: str
    """One of OPERATORS, IS_NULL or IS_NOT_NULL."""
    value: Value = None

    @property
    def fixes(self) -> bool:
        """Whether it leaves the column one value."""
        return self.operator in ("=", IS_NULL)

    def __str__(self) -> str:
        """As it could be written."""
        name = self.column if _plain(self.column) else '"' + self.column.replace('"', '""') + '"'
        if self.operator in (IS_NULL, IS_NOT_NULL):
            return f"{name} {self.operator.upper()}"
        return f"{name} {self.operator} {written(self.value)}"


class _Token(NamedTuple):
    kind: str
    text: str


def parse(text: str) -> tuple[Condition, ...]:
    """Read a filter.

    Raises:
        ConditionError: it is none; the text says what is wrong where.
    """
    tokens = list(_tokens(text))
    found: list[Condition] = []
    at = 0
    while True:
        condition, at = _comparison(tokens, at, text)
        found.append(condition)
        if at == len(tokens):
            return tuple(found)
        if not _is(tokens[at], "AND"):
            what = tokens[at].text
            reason = f"behind '{condition}' stands AND, not '{what}'"
            if _is(tokens[at], "OR"):
                reason = "comparisons are joined by AND only; OR would need a sample of each side"
            raise ConditionError(text, reason, HINT)
        at += 1


def parse_all(texts: Iterable[str]) -> tuple[Condition, ...]:
    """Read several filters that must all hold. Raises ConditionError."""
    return tuple(condition for text in texts for condition in parse(text))


def written(value: Value) -> str:
    """A value as it could be written in a filter."""
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    return str(value)


def _tokens(text: str) -> Iterable[_Token]:
    at, end = 0, len(text.rstrip())
    while at < end:
        found = _TOKEN.match(text, at)
        if not found or not found.lastgroup:
            rest = text[at:].strip()
            reason = f"'{rest[0]}' has no place here"
            if rest[0] in "'\"`":
                reason = f"the quote {rest[0]} is not closed"
            elif rest[0] == ";":
                reason = "a filter has no ';'"
            raise ConditionError(text, reason, HINT)
        yield _Token(found.lastgroup, found[found.lastgroup])
        at = found.end()


def _comparison(tokens: list[_Token], at: int, text: str) -> tuple[Condition, int]:
    part = tokens[at : at + 4]
    if not part or _is(part[0], "AND"):
        raise ConditionError(text, "a comparison is missing", HINT)
    if part[0].kind not in ("word", "quoted"):
        raise ConditionError(text, f"a column stands first, not {part[0].text}", HINT)
    column = _name(part[0])
    if len(part) == 1:
        raise ConditionError(text, f"behind '{column}' stands an operator", HINT)
    if _is(part[1], "IS"):
        negated = len(part) > 2 and _is(part[2], "NOT")
        last = 2 + negated
        if len(part) <= last or not _is(part[last], "NULL"):
            raise ConditionError(text, "behind IS stands NULL or NOT NULL", HINT)
        return Condition(column, IS_NOT_NULL if negated else IS_NULL), at + last + 1
    if part[1].kind != "operator":
        reason = f"'{part[1].text}' is no operator: there are =, !=, <, <=, > and >="
        raise ConditionError(text, reason, HINT)
    operator = {"<>": "!=", "==": "="}.get(part[1].text, part[1].text)
    if len(part) == 2:
        raise ConditionError(text, f"behind '{column} {operator}' stands a value", HINT)
    return Condition(column, operator, _value(part[2], text)), at + 3


def _value(token: _Token, text: str) -> Value:
    if token.kind == "number":
        if len(token.text) > _DIGITS:
            raise ConditionError(text, f"a number has at most {_DIGITS} digits", HINT)
        whole = re.fullmatch(r"[-+]?\d+", token.text, re.ASCII)
        return int(token.text) if whole else Decimal(token.text)
    if token.kind == "text":
        return token.text[1:-1].replace("''", "'")
    if token.kind == "quoted":
        # In SQL this is a name, but no comparison here has a name on its right.
        return _name(token)
    if _is(token, "TRUE") or _is(token, "FALSE"):
        return _is(token, "TRUE")
    if _is(token, "NULL"):
        raise ConditionError(text, "nothing equals NULL; write IS NULL or IS NOT NULL", HINT)
    if token.kind == "word":
        raise ConditionError(text, f"a text stands in quotes: '{token.text}'", HINT)
    raise ConditionError(text, f"'{token.text}' is no value", HINT)


def _name(token: _Token) -> str:
    if token.kind == "word":
        return token.text
    quote = token.text[0]
    return token.text[1:-1].replace(quote * 2, quote)


def _is(token: _Token, keyword: str) -> bool:
    return token.kind == "word" and token.text.upper() == keyword


def _plain(name: str) -> bool:
    keywords = ("AND", "OR", "IS", "NOT", "NULL", "TRUE", "FALSE")
    return re.fullmatch(r"[^\W\d][\w$]*", name) is not None and name.upper() not in keywords
