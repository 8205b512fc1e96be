"""How many columns of a terminal a text takes, and making it fit.

wcwidth is imported only for text that is not ASCII: its tables cost more than the whole start.
"""

from __future__ import annotations


def display_width(text: str) -> int:
    """Columns that ``text`` takes; wide characters take two, combining ones none."""
    if text.isascii():
        return len(text)
    from wcwidth import wcswidth, wcwidth

    width = wcswidth(text)
    return width if width >= 0 else sum(max(0, wcwidth(char)) for char in text)


def pad(text: str, width: int, right: bool = False) -> str:
    """``text`` filled up with blanks to ``width`` columns, flush right if asked."""
    blanks = " " * (width - display_width(text))
    return blanks + text if right else text + blanks


def cut(text: str, width: int, ellipsis: str = "…") -> str:
    """``text`` in at most ``width`` columns, with its middle left out when it is too long.

    Both ends stay, the start a little longer: the start of a path says where, its end says what.
    A character is never parted from the marks that combine with it.
    """
    if width <= 0:
        return ""
    if display_width(text) <= width:
        return text
    room = width - display_width(ellipsis)
    if room < 2:
        return _head(text, width)
    head = _head(text, (room + 1) // 2)
    tail = _tail(text[len(head) :], room - display_width(head))
    result = head + ellipsis + tail
    while display_width(result) > width and tail:
        tail = tail[1:]
        result = head + ellipsis + tail
    return result


def _head(text: str, width: int) -> str:
    if text.isascii():
        return text[:width]
    from wcwidth import wcwidth

    taken = 0
    for at, char in enumerate(text):
        taken += max(0, wcwidth(char))
        if taken > width:
            return _fitting(text[:at], width)
    return _fitting(text, width)


def _fitting(text: str, width: int) -> str:
    # A variation selector can make the character before it wider than it is alone.
    while display_width(text) > width:
        text = text[:-1]
    return text


def _tail(text: str, width: int) -> str:
    if text.isascii():
        return text[len(text) - width :] if width > 0 else ""
    from wcwidth import wcwidth

    taken = 0
    start = len(text)
    for at in range(len(text) - 1, -1, -1):
        columns = max(0, wcwidth(text[at]))
        taken += columns
        if taken > width:
            break
        if columns:
            start = at
    return text[start:]
