"""The values of a filter, as the columns that they are compared with hold such."""

from __future__ import annotations

import math
import re
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING
from uuid import UUID

from streamstats.errors import ConditionError
from streamstats.sources.database.where import HINT, Condition, Value

if TYPE_CHECKING:
    from collections.abc import Sequence

    from streamstats.sources.database.servers import Server
    from streamstats.sources.database.table import Column, Table

LARGE = 60
"""Numbers of more digits are left as they are."""


def converted(column: Column, condition: Condition, server: Server) -> Value:
    """The value of a condition as its column holds such.

    Raises:
        ConditionError: no column of that type holds anything like it.
    """
    value = condition.value
    if column.kind in ("integer", "number"):
        number = _number(column, condition)
        if server.typed and column.kind == "integer":
            return _whole(column, condition, number)
        return number
    if column.kind == "boolean":
        words = {"1": True, "t": True, "true": True, "0": False, "f": False, "false": False}
        text = str(value).strip().lower()
        if text not in words:
            raise _unlike(column, condition, "TRUE and FALSE")
        return words[text]
    like = isinstance(value, str) and re.match(server.times, value)
    if column.kind == "time" and server.typed and not like:
        raise _unlike(column, condition, "dates or times, as texts: '2026-01-31'")
    if column.kind == "uuid":
        try:
            return str(UUID(str(value)))
        except ValueError:
            raise _unlike(column, condition, "UUIDs") from None
    if column.kind == "text" and not isinstance(value, str):
        return str(value)
    return value


def contradiction(
    table: Table, conditions: Sequence[Condition], server: Server
) -> tuple[Condition, Condition] | None:
    """Two conditions that give a column two different numbers, so that no row passes both.

    Not of texts: two that are written otherwise may be equal to the database.
    """
    held: dict[str, tuple[Condition, Value]] = {}
    for condition in conditions:
        column = table.column(condition.column)
        if condition.operator != "=" or column is None:
            continue
        if column.kind in ("integer", "number", "boolean"):
            value = converted(column, condition, server)
            other, before = held.setdefault(condition.column, (condition, value))
            if before != value:
                return other, condition
    return None


def _number(column: Column, condition: Condition) -> int | Decimal:
    given = condition.value
    if isinstance(given, (bool, int)):
        return int(given)
    try:
        value = Decimal(str(given).strip())
    except InvalidOperation:
        raise _unlike(column, condition, "numbers") from None
    if not value.is_finite():
        raise _unlike(column, condition, "numbers")
    # An integer finds its place in an index where 7.0 may not.
    whole = abs(value.adjusted()) < LARGE and value == value.to_integral_value()
    number: int | Decimal = int(value) if whole else value
    return number


def _whole(column: Column, condition: Condition, number: int | Decimal) -> int:
    """The integer that bounds the same integers."""
    if not -(1 << 64) < number < 1 << 64:
        raise _unlike(column, condition, "no number so large")
    if isinstance(number, int):
        return number
    if condition.operator in ("=", "!="):
        raise _unlike(column, condition, "whole numbers")
    return math.floor(number) if condition.operator in (">", "<=") else math.ceil(number)


def _unlike(column: Column, condition: Condition, what: str) -> ConditionError:
    reason = f"column '{column.name}' ({column.type}) holds {what}"
    return ConditionError(str(condition), reason, HINT)
