"""From the text of a regular expression to a pattern that matches lines.

The only module of ``patterns`` that imports the core.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from streamstats import _core
from streamstats.errors import PatternError

if TYPE_CHECKING:
    from collections.abc import Sequence

#: The core's compiled pattern, for those who may not import the core.
Compiled = _core.Pattern
#: The same of what has another shape.
Shaped = _core.Shape

_shapes: dict[str, Shaped] = {}


def compile_regex(regex: str, title: str = "") -> Compiled:
    """Compile ``regex``. Messages begin with ``title``, when there is one.

    Raises:
        PatternError: it does not compile. The message shows the place; for look-around and
            back-references it says why they are refused: with them the time for one line would
            no longer be linear in its length, and the lines come from strangers.
    """
    place = _not_utf8(regex)
    if place is not None:
        message = "a byte that is not UTF-8"
        hint = f"write it as \\x{ord(regex[place]) - 0xDC00:02x}"
        start = len(regex[:place].encode("utf-8"))
        raise PatternError(_titled(title, message), regex, start, start + 1, hint)
    try:
        return _pattern(regex)
    except _core.PatternSyntax as error:
        message, start, end = error.args
        raise PatternError(
            _titled(title, message), regex, start, end, _hint(regex, start)
        ) from None


@lru_cache(512)
def _pattern(regex: str) -> Compiled:
    # Each of thousands of files is tried against the whole library.
    return _core.Pattern(regex)


def compile_shape(shape: str) -> Shaped:
    """How lines of a shape hold their groups; for ``csv`` and ``tsv`` columns by number."""
    if shape not in _shapes:
        if shape in ("csv", "tsv"):
            _shapes[shape] = columns(b"," if shape == "csv" else b"\t")
        else:
            _shapes[shape] = _core.Shape("blanks" if shape == "fields" else shape)
    return _shapes[shape]


def columns(delimiter: bytes, names: Sequence[bytes] | None = None) -> Shaped:
    """Columns, with the names of a header where there is one."""
    return _core.Shape("separated", delimiter, True, names)


def _hint(regex: str, start: int) -> str:
    part = regex.encode("utf-8", "surrogateescape")[start:]
    if part.startswith((b"(?=", b"(?!", b"(?<=", b"(?<!")):
        return "match what stands there as a part of the pattern, and count a group beside it"
    if part.startswith((b"(?P=", b"P=", b"(?>", b"\\k")) or part[1:2].isdigit():
        return "write out what may stand there; --where compares a group with a value"
    return "the syntax is that of RE2 and Rust's regex; a literal sign is written \\( or [(]"


def _titled(title: str, message: str) -> str:
    return f"{title}: {message}" if title else message


def _not_utf8(regex: str) -> int | None:
    """Where the first byte stands that the command line could not decode."""
    try:
        regex.encode("utf-8")
    except UnicodeEncodeError as error:
        return error.start
    return None
