"""From the values of a row to records of the tally, and to cells that can be shown."""

from __future__ import annotations

import json
import math
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from streamstats.patterns.compile import compile_shape
from streamstats.patterns.groups import spell
from streamstats.patterns.known import named
from streamstats.patterns.resolve import Choice
from streamstats.sources.counting import Counting
from streamstats.summary.model import SampleFacts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from streamstats.sources.database.sample import Sample
    from streamstats.tally import Tally

Cell = tuple[str, bytes]
"""The kind of a value, "text", "number", "boolean", "null" or "nested", and how it is written."""

_ESCAPES = {code: f"\\u{code:04x}".encode() for code in range(0x20)} | {
    0x22: b'\\"',
    0x5C: b"\\\\",
}


def cell(value: Any) -> Cell:
    """How a value is shown and counted."""
    if value is None:
        return "null", b""
    if isinstance(value, bool):
        return "boolean", b"true" if value else b"false"
    if isinstance(value, int):
        return "number", _digits(value)
    if isinstance(value, float):
        return ("number", repr(value).encode()) if math.isfinite(value) else _text(value)
    if isinstance(value, Decimal):
        # Not with an exponent, and not shortened: 12.50 stays what the database said.
        few = value.is_finite() and abs(value.adjusted()) < 100
        return ("number", format(value, "f").encode()) if few else _text(value)
    if isinstance(value, (bytes, bytearray, memoryview)):
        return "text", bytes(value)
    if isinstance(value, (list, dict, tuple)):
        try:
            return "nested", json.dumps(value, default=str, allow_nan=False).encode()
        except (TypeError, ValueError, RecursionError):
            return _text(value)
    if isinstance(value, timedelta):
        return "text", _hours(value).encode()
    return _text(value)


def _hours(value: timedelta) -> str:
    """As MariaDB writes a TIME, which may have more hours than a day."""
    sign, value = ("-", -value) if value < timedelta() else ("", value)
    minutes, seconds = divmod(value.days * 86_400 + value.seconds, 60)
    rest = f".{value.microseconds:06}" if value.microseconds else ""
    return f"{sign}{minutes // 60:02}:{minutes % 60:02}:{seconds:02}{rest}"


def tally(sample: Sample, by: Sequence[str], total: str | None, numbers: str | None) -> Tally:
    """Count the values of some columns of a sample. Its columns hold all that are named."""
    wanted = [name for name in dict.fromkeys((*by, total, numbers)) if name is not None]
    places = [sample.columns.index(name) for name in wanted]
    keys = [_quoted(name.encode("utf-8", "surrogateescape")) for name in wanted]
    lines = []
    for row in sample.rows:
        parts = []
        for place, key in zip(places, keys, strict=True):
            kind, text = cell(row[place])
            parts.append(key + b":" + _json(kind, text))
        lines.append(b"{" + b",".join(parts) + b"}\n")
    waiting = iter([b"".join(lines), b""])
    choice = Choice(
        "json",
        named("json"),
        compile_shape("json"),
        tuple(spell([name]) for name in by),
        (),
        None if total is None else spell([total]),
        None if numbers is None else spell([numbers]),
    )
    counting = Counting(tuple(by), total, 1, numbered=numbers)
    counting.chunks(sample.table, lambda: next(waiting), choice)
    found = counting.finish("rows")
    found.sample = facts(sample)
    return found


def facts(sample: Sample) -> SampleFacts:
    """What the output says of a sample."""
    return SampleFacts(
        sample.table,
        sample.where,
        sample.strategy,
        sample.how,
        len(sample.rows),
        sample.uniform,
        sample.complete,
        sample.table_rows,
        sample.cost.rows,
        sample.cost.exact,
        sample.cached,
    )


def _text(value: Any) -> Cell:
    return "text", str(value).encode("utf-8", "surrogateescape")


def _digits(value: int) -> bytes:
    try:
        return str(value).encode()
    except ValueError:  # of more digits than Python writes
        return hex(value).encode()


def _json(kind: str, text: bytes) -> bytes:
    if kind == "text":
        return _quoted(text)
    return b"null" if kind == "null" else text


def _quoted(text: bytes) -> bytes:
    # By hand, since a value need not be UTF-8, and the core takes bytes as they are.
    if any(byte < 0x20 or byte in b'"\\' for byte in text):
        text = b"".join(_ESCAPES.get(byte) or bytes((byte,)) for byte in text)
    return b'"' + text + b'"'
