"""Expressions over what is known of a value: ``rate > 50 and (outlier or share >= 5%)``.

From what binds least to what binds most: ``or``, ``and``, ``not``, a comparison, ``+`` and ``-``,
``*`` and ``/``. Names are those of the JSON layout; ``rate`` is the rate now. A comparison with
what is not known does not hold.
"""

from __future__ import annotations

import operator
import re
from typing import NamedTuple

from streamstats.errors import UsageError, printable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    Number = float | None
    Known = Mapping[str, Number]

NUMBERS = ("count", "share", "rate", "rate.mean", "rate.active", "peak")
"""What is known of one value,"""

OF_ALL = tuple(
    f"stats.{name}"
    for name in ("count", "total", "mean", "stdev", "minimum", "maximum", "median", "outliers")
)
"""and of the counts of all."""

FLAG = "outlier"

DEEPEST = 50
"""Parentheses within parentheses,"""

LONGEST = 200
"""and so many numbers, names and signs in all: it is read and reckoned by recursion."""

_TOKEN = re.compile(
    r"\s*(?:(?P<number>\d+(?:\.\d+)?%?)|(?P<name>[A-Za-z_][A-Za-z_.]*)|(?P<sign>>=|<=|==|!=|[-+*/()<>]))"
)

_COMPARE: dict[str, Callable[[float, float], bool]] = {
    ">": operator.gt, ">=": operator.ge, "<": operator.lt, "<=": operator.le,
    "==": operator.eq, "!=": operator.ne,
}  # fmt: skip


class Figure(NamedTuple):
    """A number: one that stands there, one that has a name, or two that are reckoned with."""

    sign: str
    """``number``, ``name``, or one of ``+ - * /``."""
    number: float = 0.0
    name: str = ""
    sides: tuple[Figure, ...] = ()

    def of(self, known: Known) -> float | None:
        """What it is of a value; None where that is not known."""
        if self.sign == "number":
            return self.number
        if self.sign == "name":
            return known.get(self.name)
        left, right = (side.of(known) for side in self.sides)
        if left is None or right is None:
            return None
        if self.sign == "/":
            return left / right if right else None
        return {"+": left + right, "-": left - right, "*": left * right}[self.sign]

    def names(self) -> set[str]:
        """All names in it."""
        inner: set[str] = set()
        return inner.union(*(side.names() for side in self.sides)) | ({self.name} - {""})


class Condition(NamedTuple):
    """What holds of a value, or does not."""

    sign: str
    """``outlier``, ``not``, ``and``, ``or``, or a comparison."""
    parts: tuple[Condition, ...] = ()
    sides: tuple[Figure, ...] = ()

    def holds(self, known: Known, outlier: bool) -> bool:
        """Whether it holds of a value."""
        if self.sign == FLAG:
            return outlier
        if self.sign == "not":
            return not self.parts[0].holds(known, outlier)
        if self.sign in ("and", "or"):
            every = all if self.sign == "and" else any
            return every(part.holds(known, outlier) for part in self.parts)
        left, right = (side.of(known) for side in self.sides)
        return left is not None and right is not None and _COMPARE[self.sign](left, right)

    def names(self) -> set[str]:
        """All names in it."""
        inner: set[str] = set()
        of_parts = (part.names() for part in self.parts)
        return inner.union(*of_parts, *(side.names() for side in self.sides))


class _Wrong(Exception):
    """It cannot be read; ``args`` are the place and, where there is one, the reason."""


def condition(text: str, flag: str) -> Condition:
    """Read an expression that was given with a flag. Raises UsageError."""
    try:
        return _Reader(text).whole()
    except _Wrong as wrong:
        place, reason = wrong.args
        rest = printable(text[place:].strip()[:40])
        at = f"at '{rest}'" if rest else "at its end"
        raise UsageError(
            f"{flag} '{printable(text)}' cannot be read {at}{reason and ': ' + reason}",
            f"write 'outlier', or compare {', '.join(NUMBERS[:-1])} or {NUMBERS[-1]} with a number "
            f"or with {OF_ALL[2]}: {flag} 'rate > 50 and share >= 5%'",
        ) from None


class _Reader:
    """Reads by descent, one method for each strength of binding."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens: list[tuple[str, str, int]] = []
        at = 0
        while text[at:].strip():
            match = _TOKEN.match(text, at)
            if match is None:
                raise _Wrong(at + len(text[at:]) - len(text[at:].lstrip()), "")
            if len(self._tokens) == LONGEST:
                raise _Wrong(match.start(), f"it has more than {LONGEST} parts")
            kind = match.lastgroup or ""
            self._tokens.append((kind, match[kind], match.start(kind)))
            at = match.end()
        self._at = 0
        self._depth = 0

    def whole(self) -> Condition:
        found = self._condition(self._or())
        if self._at < len(self._tokens):
            raise _Wrong(self._place(), "")
        return found

    def _peek(self) -> str:
        return self._tokens[self._at][1] if self._at < len(self._tokens) else ""

    def _place(self) -> int:
        return self._tokens[self._at][2] if self._at < len(self._tokens) else len(self._text)

    def _take(self, *texts: str) -> str:
        found = self._peek()
        if found and found in texts:
            self._at += 1
            return found
        return ""

    def _or(self) -> Condition | Figure:
        return self._joined("or", lambda: self._joined("and", self._not))

    def _joined(self, word: str, part: Callable[[], Condition | Figure]) -> Condition | Figure:
        first = part()
        if self._peek() != word:
            return first
        parts = [self._condition(first)]
        while self._take(word):
            parts.append(self._condition(part()))
        return Condition(word, tuple(parts))

    def _not(self) -> Condition | Figure:
        turned = 0
        while self._take("not"):
            turned += 1
        found = self._comparison()
        return Condition("not", (self._condition(found),)) if turned % 2 else found

    def _comparison(self) -> Condition | Figure:
        place = self._place()
        left = self._sum()
        sign = self._take(*_COMPARE)
        if not sign:
            return left
        at = self._place()
        sides = (self._figure(left, place), self._figure(self._sum(), at))
        # A share is a part of one, as in JSON; who writes 5 means something else.
        if any(side == Figure("name", name="share") for side in sides):
            other = next((each for each in sides if each.sign == "number"), None)
            if other is not None and other.number > 1:
                raise _Wrong(place, f"a share is 1 at most, write {other.number:g}%")
        return Condition(sign, sides=sides)

    def _sum(self) -> Condition | Figure:
        return self._reckoned(("+", "-"), lambda: self._reckoned(("*", "/"), self._atom))

    def _reckoned(
        self, signs: tuple[str, ...], part: Callable[[], Condition | Figure]
    ) -> Condition | Figure:
        place = self._place()
        found = part()
        while sign := self._take(*signs):
            at = self._place()
            found = Figure(sign, sides=(self._figure(found, place), self._figure(part(), at)))
        return found

    def _atom(self) -> Condition | Figure:
        place = self._place()
        if self._take("("):
            self._depth += 1
            if self._depth > DEEPEST:
                raise _Wrong(place, "too many parentheses")
            found = self._or()
            if not self._take(")"):
                raise _Wrong(self._place(), "a parenthesis is not closed")
            self._depth -= 1
            return found
        if self._at == len(self._tokens):
            raise _Wrong(place, "")
        kind, text, _ = self._tokens[self._at]
        if kind == "sign" and text == "-":
            self._at += 1
            return Figure("-", sides=(Figure("number"), self._figure(self._atom(), place)))
        self._at += 1
        if kind == "number":
            percent = text.endswith("%")
            return Figure("number", float(text.rstrip("%")) / (100 if percent else 1))
        if text == FLAG:
            return Condition(FLAG)
        if kind == "name" and text in (*NUMBERS, *OF_ALL):
            return Figure("name", name=text)
        raise _Wrong(place, "")

    def _condition(self, found: Condition | Figure) -> Condition:
        if isinstance(found, Condition):
            return found
        raise _Wrong(self._place(), "it is a number, and has to be compared")

    def _figure(self, found: Condition | Figure, place: int) -> Figure:
        if isinstance(found, Figure):
            return found
        raise _Wrong(place, "a number was expected")
