"""Rows as bytes and back, for a cache that others may write to: JSON, and never pickle."""

from __future__ import annotations

import base64
import json
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

_TAG = "~"
"""An object with this key holds a value that JSON has no word for: [kind, text]."""


def encode(rows: Any) -> bytes:
    """Rows, or anything else made of values, lists and names. What has no form becomes its text."""
    return json.dumps(rows, default=_other, ensure_ascii=True, separators=(",", ":")).encode()


def decode(data: bytes) -> Any:
    """What ``encode`` was given, with lists for tuples. Raises ValueError for anything else."""
    try:
        return json.loads(data.decode("ascii"), object_hook=_back)
    except (ArithmeticError, KeyError, RecursionError, TypeError, UnicodeDecodeError) as error:
        raise ValueError(f"not written here: {error}") from None


def _other(value: Any) -> dict[str, list[str]]:
    kind, text = _named(value)
    return {_TAG: [kind, text]}


def _named(value: Any) -> tuple[str, str]:
    if isinstance(value, (bytes, bytearray, memoryview)):
        return "bytes", base64.b85encode(bytes(value)).decode("ascii")
    if isinstance(value, Decimal):
        return "decimal", str(value)
    if isinstance(value, datetime):
        return "datetime", value.isoformat()
    if isinstance(value, date):
        return "date", value.isoformat()
    if isinstance(value, timedelta):
        parts = (value.days, value.seconds, value.microseconds)
        return "timedelta", ",".join(map(str, parts))
    if isinstance(value, UUID):
        return "uuid", str(value)
    return "text", str(value)


def _back(found: dict[str, Any]) -> Any:
    if set(found) != {_TAG}:
        return found
    kind, text = found[_TAG]
    if kind == "bytes":
        return base64.b85decode(text)
    if kind == "decimal":
        return Decimal(text)
    if kind == "datetime":
        return datetime.fromisoformat(text)
    if kind == "date":
        return date.fromisoformat(text)
    if kind == "timedelta":
        days, seconds, microseconds = map(int, text.split(","))
        return timedelta(days, seconds, microseconds)
    return UUID(text) if kind == "uuid" else str(text)
