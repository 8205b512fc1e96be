"""Which pattern a log has, from its first lines."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from streamstats.errors import PatternError
from streamstats.patterns.model import Pattern, asks

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from streamstats.patterns.compile import Compiled

#: So many lines are looked at,
LINES = 100
#: and at least this share of them, in hundredths, has to match.
SHARE = 90
#: What gets less far than this into a line and into its own expression has only something optional
#: in front, or takes anything.
NEAR = 0.6
#: A line longer than this matches nothing here, so that a hostile one costs no time.
_LONGEST = 64 * 1024

#: Only words, numbers and addresses between blanks: what ``awk '{print $1, $9}'`` leaves, and no
#: format of a log. A stamp is none of these, and every format with plain words only has one.
_PLAIN = re.compile(
    rb"[ \t]*(?:(?:[A-Za-z_\x80-\xff][\w.@\x80-\xff-]*|[-+]?[\d.,]+%?|[\d.]+(?::\d+|/\d+)?"
    rb"|[\dA-Fa-f]*:[\dA-Fa-f:.]*(?:/\d+)?)(?:[ \t]+|$))*$"
)
_BLANK = re.compile(rb"[ \t]")


class Detection(NamedTuple):
    """The pattern found, and how many of the lines looked at it matches."""

    pattern: Pattern
    matched: int
    lines: int

    @property
    def share(self) -> float:
        """The share of the lines that it matches, 0 to 1."""
        return self.matched / self.lines


def detect(lines: Sequence[bytes], patterns: Iterable[Pattern] | None = None) -> Detection | None:
    """The most specific of ``patterns`` that matches at least 90 in 100 of the first 100 lines.

    Plain tokens are never taken for a format: such a line matches none. None when no pattern
    matches enough, and when there are no lines. ``patterns`` is the whole library when not given;
    one that does not compile is passed over, and is reported when it is asked for by name. JSON,
    logfmt and what says in lines with ``#`` how it reads are found by their shape.

    Raises:
        LibraryError: the user's patterns cannot be read.
    """
    sample = [_text(line) for line in lines[:LINES]]
    if patterns is None and sample and sample[0].lstrip()[:1] in (b"{", b"#"):
        from streamstats.patterns.shapes import announced  # plain lines never get here

        found = announced(sample)
        if found is not None:
            return found
    # All of them may fail but this many, in whole numbers: 90 in 100 of 7 lines is all 7.
    allowed = len(sample) * (100 - SHARE) // 100
    candidates = [line for line in sample if not is_plain(line)]
    if not sample or len(sample) - len(candidates) > allowed:
        return None
    logfmt = patterns is None and candidates[0].count(b"=") > 1
    for pattern in by_specificity(patterns):
        if logfmt and pattern.specificity < 1:
            # What begins with a time says more than pairs do, but not what has one anywhere.
            from streamstats.patterns.shapes import pairs

            logfmt = False
            found = pairs(sample)
            if found is not None:
                return found
        compiled = _compiled(pattern)
        if compiled is None:
            continue
        # Most patterns match none of the first few lines, and need not see the others.
        if not compiled.matches(candidates[: allowed + 1]):
            continue
        matched = compiled.matches(candidates)
        if len(sample) - matched <= allowed:
            return Detection(_whole(pattern, patterns), matched, len(sample))
    return None


def nearest(
    lines: Sequence[bytes], patterns: Iterable[Pattern] | None = None, most: int = 3
) -> list[tuple[Pattern, float]]:
    """Return the patterns that come nearest to the first lines, with the share of them they match.

    For the error when no line matched. At most ``most``, best first. Where none matches any line,
    those that get furthest into the first three, with a share of 0; a pattern that gets no further
    than ``NEAR`` is not near.

    Raises:
        LibraryError: the user's patterns cannot be read.
    """
    sample = [line for line in map(_text, lines[:LINES]) if line and len(line) <= _LONGEST]
    if not sample:
        return []
    ready = [(pattern, _compiled(pattern)) for pattern in by_specificity(patterns)]
    compiled = [(pattern, ready) for pattern, ready in ready if ready is not None]
    shares = [(pattern, ready.matches(sample) / len(sample)) for pattern, ready in compiled]
    matching = [item for item in shares if item[1] > 0]
    if not matching:
        reached = [(pattern, _reached(ready, sample[:3])) for pattern, ready in compiled]
        reached = [item for item in reached if item[1] >= NEAR]
        reached.sort(key=lambda item: -item[1])
        return [(pattern, 0.0) for pattern, _ in reached[:most]]
    return sorted(matching, key=lambda item: -item[1])[:most]


def _reached(compiled: Compiled, sample: Sequence[bytes]) -> float:
    """How far a pattern gets, 0 to 1: in the lines, and in its expression, whichever is less.

    A ``.*`` gets to the end of any line, and so the lines alone say little.
    """
    share = 0.0
    for line in sample:
        byte, start, _ = compiled.reach(line)
        share += min(byte / len(line), start / max(1, len(compiled.regex)))
    return share / len(sample)


def is_plain(line: bytes) -> bool:
    """Whether ``line`` has no blank in it, or only words, numbers and addresses."""
    return len(line) > _LONGEST or not _BLANK.search(line) or _PLAIN.match(line) is not None


def by_specificity(patterns: Iterable[Pattern] | None) -> list[Pattern]:
    """Those with an expression (outlines of the whole library when None), most specific first."""
    if patterns is None:
        from streamstats.patterns.known import outlines  # plain lines never get here

        patterns = outlines()
    expressions = [pattern for pattern in patterns if pattern.regex]
    return sorted(expressions, key=lambda pattern: (-pattern.specificity, -asks(pattern.regex)))


def _whole(pattern: Pattern, patterns: Iterable[Pattern] | None) -> Pattern:
    if patterns is not None:
        return pattern
    from streamstats.patterns.known import named

    return named(pattern.name) or pattern


def _compiled(pattern: Pattern) -> Compiled | None:
    from streamstats.patterns.compile import compile_regex  # plain lines never get here

    try:
        return compile_regex(pattern.regex)
    except PatternError:
        return None


def _text(line: bytes) -> bytes:
    """The line without its end."""
    return line.removesuffix(b"\n").removesuffix(b"\r")
