"""How output looks: decided once, from the environment, the terminal and the user's flags."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

UNLIMITED = 0
"""The width of output that is not a terminal: values are whole, and only bars keep to a measure."""

USUAL_WIDTH = 80
"""Columns, where a terminal does not say."""


class Look(NamedTuple):
    """What a renderer must know about where its text goes."""

    width: int
    """In columns; UNLIMITED when nothing needs to fit."""
    colour: bool
    unicode: bool
    """False: text layouts are pure ASCII."""
    terminal: bool
    """A terminal reads it, so control characters are escaped in every format."""


PLAIN = Look(UNLIMITED, False, True, False)
"""For a file or a pipe."""


def decide(
    environ: Mapping[str, str],
    *,
    terminal: bool,
    columns: int | None = None,
    encoding: str | None = "utf-8",
    color: str = "auto",
    ascii: bool = False,
) -> Look:
    """Decide the look of standard output.

    ``terminal`` is its isatty; ``columns`` is the terminal's own width, None when unknown;
    ``encoding`` is what Python would write. ``color`` is "auto", "always" or "never".

    * width: COLUMNS if it is a positive number, else ``columns``, else 80; when not a terminal
      and without COLUMNS, unlimited.
    * colour: as told; "auto" means on a terminal, unless NO_COLOR is set and not empty
      (https://no-color.org) or TERM is "dumb".
    * unicode: unless ``ascii``, when the locale is UTF-8. The locale is the first of LC_ALL,
      LC_CTYPE and LANG that is not empty; where that names no encoding, ``encoding`` says.
    """
    told = environ.get("COLUMNS", "")
    if told.isascii() and told.isdigit() and int(told) > 0:
        width = int(told)
    elif terminal:
        width = columns or USUAL_WIDTH
    else:
        width = UNLIMITED
    if color == "auto":
        colour = terminal and not environ.get("NO_COLOR") and environ.get("TERM") != "dumb"
    else:
        colour = color == "always"
    return Look(width, colour, not ascii and _utf8(environ, encoding), terminal)


def _utf8(environ: Mapping[str, str], encoding: str | None) -> bool:
    locale = environ.get("LC_ALL") or environ.get("LC_CTYPE") or environ.get("LANG") or ""
    if locale in ("C", "POSIX"):
        return False
    charset = locale.partition(".")[2].partition("@")[0] or encoding or ""
    return charset.lower().replace("-", "").replace("_", "") == "utf8"
