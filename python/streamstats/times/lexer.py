"""From a text to tokens, in one pass: numbers, words, single marks; blanks only divide."""

from __future__ import annotations

from typing import Final, NamedTuple

from streamstats.times.error import Unread

MAX_TEXT: Final = 200

NUMBER: Final = "number"
WORD: Final = "word"
MARK: Final = "mark"
END: Final = "end"

_DIGITS: Final = "0123456789"


class Token(NamedTuple):
    """kind: NUMBER (ASCII digits), WORD (letters, lower case), MARK (one character) or END.

    glued: no blank stands before it.
    at, stop: offsets in characters, half-open.
    """

    kind: str
    text: str
    glued: bool
    at: int
    stop: int


class Cursor:
    """A place in the tokens. Reading past the end gives the END token."""

    __slots__ = ("_tokens", "place", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        self._tokens = tokens(text)
        self.place = 0

    def peek(self, ahead: int = 0) -> Token:
        return self._tokens[min(self.place + ahead, len(self._tokens) - 1)]

    def take(self, count: int = 1) -> Token:
        token = self.peek()
        self.place += count
        return token

    def number(self, ahead: int = 0) -> bool:
        return self.peek(ahead).kind == NUMBER

    def word(self, ahead: int = 0) -> str:
        """The word there, or an empty text."""
        token = self.peek(ahead)
        return token.text if token.kind == WORD else ""

    def mark(self, text: str, ahead: int = 0, glued: bool = False) -> bool:
        token = self.peek(ahead)
        return token.kind == MARK and token.text in text and (token.glued or not glued)

    def joined(self, ahead: int) -> bool:
        """Whether a number stands there with no blank before it."""
        token = self.peek(ahead)
        return token.kind == NUMBER and token.glued

    def ends(self, ahead: int) -> bool:
        return self.peek(ahead).kind == END

    def done(self) -> bool:
        return self.peek().kind == END


def tokens(text: str) -> list[Token]:
    """Raises Unread for a text of more than MAX_TEXT characters."""
    if len(text) > MAX_TEXT:
        raise Unread(f"it has {len(text)} characters; {MAX_TEXT} are the most")
    found: list[Token] = []
    size = len(text)
    at = 0
    glued = False
    while at < size:
        first = text[at]
        if first.isspace():
            at += 1
            glued = False
            continue
        stop = at + 1
        if first in _DIGITS:
            kind = NUMBER
            while stop < size and text[stop] in _DIGITS:
                stop += 1
        elif first.isalpha():
            kind = WORD
            while stop < size and (text[stop].isalpha() or text[stop] == "_"):
                stop += 1
        else:
            kind = MARK
        found.append(Token(kind, text[at:stop].lower(), glued, at, stop))
        at = stop
        glued = True
    found.append(Token(END, "", glued, size, size))
    return found
