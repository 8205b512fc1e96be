"""Lengths of time and amounts of data for people: `12 ms`, `1.5 kB`."""

from __future__ import annotations

import math
from collections.abc import Sequence

from streamstats.render.numbers import number

Scale = tuple[tuple[float, str], ...]

_TIME: Scale = ((1e-9, "ns"), (1e-6, "µs"), (1e-3, "ms"), (1.0, "s"))
_LONG: Scale = (*_TIME, (60.0, "min"), (3600.0, "h"), (86400.0, "d"))
_DATA: Scale = tuple(
    (1000.0**power, name) for power, name in enumerate(("B", "kB", "MB", "GB", "TB", "PB"))
)
_BINARY: Scale = tuple(
    (1024.0**power, name) for power, name in enumerate(("B", "KiB", "MiB", "GiB", "TiB", "PiB"))
)
_SCALES = {"s": _TIME, "B": _DATA}


def measured(value: int | float, unit: str, unicode: bool = True) -> str:
    """A number in its unit ("s", "B" or "") with four significant digits: ``12.35 ms``, ``1.5 kB``.

    Powers are of 1000. Numbers without a unit are shown as all numbers are.
    """
    if not unit or not math.isfinite(value):
        return number(value)
    # 84 s say more than 1.4 min: there are at least two of a unit that is no power of ten.
    scale = _LONG if unit == "s" and abs(value) >= 120 else _SCALES[unit]
    factor, name = _fitting(scale, value, 2 if scale is _LONG else 1)
    return f"{_digits(value / factor, 4)} {_spelled(name, unicode)}"


def edges_alike(
    edges: Sequence[int | float], unit: str, unicode: bool = True
) -> tuple[list[str], str]:
    """Edges of equal steps, all in the unit that fits the largest, and the name of that unit."""
    if not unit:
        return [_digits(edge, 10) for edge in edges], ""
    largest = max(map(abs, edges))
    factor, name = _fitting(_SCALES[unit], largest)
    return [_digits(edge / factor, 10) for edge in edges], _spelled(name, unicode)


def edges_apart(edges: Sequence[int | float], unit: str, unicode: bool = True) -> list[str]:
    """Edges of growing steps, each in the unit that fits it; of data in powers of 1024."""
    if not unit:
        return [number(edge) for edge in edges]
    scale = _BINARY if unit == "B" else _SCALES[unit]
    texts = []
    for edge in edges:
        factor, name = _fitting(scale, edge)
        texts.append(f"{_digits(edge / factor, 10)} {_spelled(name, unicode)}")
    return texts


def _fitting(scale: Scale, value: int | float, least: int = 1) -> tuple[float, str]:
    """The largest unit of which there are at least so many; the base for nought."""
    if not value:
        return next(item for item in scale if item[0] == 1.0)
    # A thousandth of the last digit more: 0.001 s is 1 ms, whatever its float is.
    fitting = [item for item in scale if abs(value) * (1 + 1e-12) >= item[0] * least]
    return fitting[-1] if fitting else scale[0]


def _digits(value: float, significant: int) -> str:
    if abs(value) >= 10.0**significant:
        return f"{value:,.0f}" if abs(value) < 1e15 else f"{value:.{significant}g}"
    text = f"{value:.{significant}g}"
    return f"{float(text):,g}" if "e" in text else _grouped(text)


def _grouped(text: str) -> str:
    whole, point, part = text.partition(".")
    sign = "-" if whole.startswith("-") else ""
    return f"{sign}{int(whole.lstrip('-')):,}{point}{part}"


def _spelled(name: str, unicode: bool) -> str:
    return name if unicode else name.replace("µ", "u")
