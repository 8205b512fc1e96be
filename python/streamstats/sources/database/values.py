"""The values of a filter, as the columns that they are compared with hold such."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING

from streamstats.errors import ConditionError
from streamstats.sources.database.where import HINT, Condition, Value

if TYPE_CHECKING:
    from streamstats.sources.database.table import Column


def converted(column: Column, condition: Condition) -> Value:
    """The value of a condition as its column holds such. Raises ConditionError."""
    value = condition.value
    if column.kind in ("integer", "number"):
        if isinstance(value, str):
            try:
                number = Decimal(value.strip())
            except InvalidOperation:
                raise _unlike(column, condition, "numbers") from None
            if not number.is_finite():
                raise _unlike(column, condition, "numbers")
            whole = number.as_tuple().exponent == 0
            return int(number) if whole and len(value) < 60 else number
        return int(value) if isinstance(value, bool) else value
    if column.kind == "boolean":
        words = {"1": True, "t": True, "true": True, "0": False, "f": False, "false": False}
        text = str(value).strip().lower()
        if text not in words:
            raise _unlike(column, condition, "TRUE and FALSE")
        return words[text]
    if column.kind == "text" and not isinstance(value, str):
        return str(value)
    return value


def _unlike(column: Column, condition: Condition, what: str) -> ConditionError:
    reason = f"column '{column.name}' ({column.type}) holds {what}"
    return ConditionError(str(condition), reason, HINT)
