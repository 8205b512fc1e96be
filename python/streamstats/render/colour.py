"""The few colours in use: ANSI's own sixteen, so that they follow the terminal's theme."""

from __future__ import annotations

DIM = "2"
BOLD = "1"
OUTLIER = "1;31"
BAR = "36"
OUTLIER_BAR = "31"


def paint(text: str, code: str, on: bool) -> str:
    """``text`` in a colour, if colour is on and there is any text."""
    return f"\033[{code}m{text}\033[0m" if on and text else text
