r"""Showing bytes from strangers.

A value is shown as text. What text cannot say, or what could act on a terminal, is escaped:

* ``\xNN`` is one byte: a byte that is not UTF-8, or a control character below 0x80;
* ``\t``, ``\n`` and ``\r`` are the control characters with well-known names;
* ``\uNNNN`` and ``\UNNNNNNNN`` are characters: C1 controls, bidirectional overrides, line and
  paragraph separators, and characters that have no width and no ink.

A literal backslash is doubled only in a value in which something was escaped.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from streamstats.summary.model import Row

_TERMINAL_UNSAFE = (
    (0x7F, 0x9F),  # DEL and the C1 controls: 0x9b alone starts an escape sequence
    (0xAD, 0xAD),  # soft hyphen
    (0x61C, 0x61C),  # Arabic letter mark
    (0x180E, 0x180E),  # Mongolian vowel separator
    (0x200B, 0x200F),  # zero-width space and joiners, direction marks
    (0x2028, 0x202E),  # line and paragraph separator, direction embedding and override
    (0x2060, 0x206F),  # word joiner, invisible operators, direction isolates
    (0xFEFF, 0xFEFF),  # byte order mark
    (0xFFF9, 0xFFFB),  # interlinear annotation
    (0x13430, 0x1343F),  # hieroglyph joiners
    (0x1BCA0, 0x1BCA3),  # shorthand format controls
    (0x1D173, 0x1D17A),  # musical format controls
    (0xE0000, 0xE007F),  # tags
)
_NAMED = {0x09: "\\t", 0x0A: "\\n", 0x0D: "\\r"}
_INVALID_BYTES = range(0xDC80, 0xDD00)  # where surrogateescape puts bytes that are not UTF-8
_BACKSLASH = ord("\\")

Table = dict[int, str]
_tables: dict[bool, Table] = {}


def escapes(control: bool) -> Table:
    """For ``str.translate``: what is escaped, without the backslash itself.

    Built at the first call: most runs never meet a value that needs it.
    """
    table = _tables.get(control)
    if table is None:
        table = {code: f"\\x{code - 0xDC00:02x}" for code in _INVALID_BYTES}
        if control:
            table.update({code: f"\\x{code:02x}" for code in range(0x20)})
            table.update(_NAMED)
            table.update({code: escaped(code) for code in terminal_unsafe()})
            table[0x7F] = "\\x7f"
        _tables[control] = table
    return table


def terminal_unsafe() -> list[int]:
    """Code points from 0x7f up that must not reach a terminal as they are."""
    return [code for first, last in _TERMINAL_UNSAFE for code in range(first, last + 1)]


def escaped(code: int) -> str:
    r"""One code point as ``\uNNNN``, or ``\UNNNNNNNN`` beyond the basic plane."""
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def shown(value: bytes, control: bool, ascii: bool = False) -> tuple[str, bool]:
    """A value as text, and whether anything in it had to be escaped.

    Bytes that are not UTF-8 are always escaped. ``control`` escapes control characters as well,
    and all else that could act on a terminal. ``ascii`` leaves nothing beyond ASCII.
    """
    text = value.decode("utf-8", "surrogateescape")
    if text.isascii() and (not control or text.isprintable()):
        return text, False
    return _escape(text, control, ascii, forced=False)


def shown_alike(values: tuple[bytes, ...], control: bool) -> tuple[list[str], bool]:
    """Several values of one record: when one needs escaping, all double their backslashes."""
    each = [shown(value, control) for value in values]
    if not any(needed for _, needed in each):
        return [text for text, _ in each], False
    texts = (value.decode("utf-8", "surrogateescape") for value in values)
    return [_escape(text, control, ascii=False, forced=True)[0] for text in texts], True


def shown_row(row: Row) -> str:
    """A value as people see it on a terminal, its groups divided by blanks."""
    if len(row.groups) == 1:
        return shown(row.value, True)[0]
    return " ".join(shown_alike(row.groups, True)[0])


def shown_name(name: str, control: bool, ascii: bool = False) -> str:
    """A name of a file, group or pattern, which may hold bytes that are not UTF-8."""
    return shown(name.encode("utf-8", "surrogateescape"), control, ascii)[0]


def _escape(text: str, control: bool, ascii: bool, forced: bool) -> tuple[str, bool]:
    table = escapes(control)
    safe = text.translate(table)
    needed = safe != text or (ascii and not text.isascii())
    if not needed and not forced:
        return text, False
    if "\\" in text:
        safe = text.translate({**table, _BACKSLASH: "\\\\"})
    if ascii and not safe.isascii():
        safe = "".join(char if char.isascii() else escaped(ord(char)) for char in safe)
    return safe, needed
