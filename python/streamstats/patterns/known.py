"""The built-in patterns, and all patterns together.

The library is some hundred tables of TOML, and to read all of them takes longer than to count a
small log. So a pattern is read from its own table alone, and detection takes no more of the others
than their expressions. A test holds the short ways against the whole.
"""

from __future__ import annotations

import os
import re

from streamstats.patterns.model import BUILT_IN, USUAL, Pattern, read_table

_FOLDER = os.path.join(os.path.dirname(__file__), "library")
_HEAD = re.compile(r"^\[([\w-]+)\]", re.MULTILINE)
_REGEX = re.compile(r"^regex = '''(.*)'''$", re.MULTILINE)
_SHAPE = re.compile(r'^shape = "(\w+)"$', re.MULTILINE)
_SPECIFICITY = re.compile(r"^specificity = (-?\d+)", re.MULTILINE)

_tables: dict[str, str] = {}
_read: dict[str, Pattern] = {}


def built_in() -> dict[str, Pattern]:
    """Every pattern that comes with the program, by name, in the order of their files."""
    return {name: _pattern(name) for name in _texts()}


def named(name: str) -> Pattern | None:
    """Return the user's pattern of this name, else the built-in one, else None.

    Raises:
        LibraryError: the user's file cannot be read.
    """
    from streamstats.patterns import user

    return user.load().get(name) or (_pattern(name) if name in _texts() else None)


def every() -> dict[str, Pattern]:
    """All patterns by name, the user's first; one of the user's shadows a built-in.

    Raises:
        LibraryError: the user's file cannot be read.
    """
    from streamstats.patterns import user

    yours = user.load()
    return yours | {name: p for name, p in built_in().items() if name not in yours}


def outlines() -> list[Pattern]:
    """What ``every`` has; of the built-in ones only name, regex, shape and specificity are filled.

    Raises:
        LibraryError: the user's file cannot be read.
    """
    from streamstats.patterns import user

    yours = user.load()
    return [*yours.values(), *(_outline(name) for name in _texts() if name not in yours)]


def of_shape(shape: str) -> list[Pattern]:
    """Every pattern of a shape, whole, the most specific first; of those, what requires most.

    Raises:
        LibraryError: the user's file cannot be read.
    """
    from streamstats.patterns import user

    yours = user.load()
    built_in = (outline for outline in map(_outline, _texts()) if outline.name not in yours)
    found = [pattern for pattern in yours.values() if pattern.shape == shape]
    found += [_pattern(outline.name) for outline in built_in if outline.shape == shape]
    return sorted(found, key=lambda pattern: (-pattern.specificity, -len(pattern.require)))


def _texts() -> dict[str, str]:
    """Return the TOML text of each built-in pattern, its header included."""
    if not _tables:
        for file_name in sorted(os.listdir(_FOLDER)):
            if file_name.endswith(".toml"):
                with open(os.path.join(_FOLDER, file_name), encoding="utf-8") as file:
                    content = file.read()
                heads = list(_HEAD.finditer(content))
                ends = [head.start() for head in heads[1:]] + [len(content)]
                for head, end in zip(heads, ends, strict=True):
                    _tables[head.group(1)] = content[head.start() : end]
    return _tables


def _pattern(name: str) -> Pattern:
    if name not in _read:
        import tomllib  # a run with whole lines never gets here

        table = tomllib.loads(_texts()[name])[name]
        _read[name] = read_table(name, table, BUILT_IN, _FOLDER)
    return _read[name]


def _outline(name: str) -> Pattern:
    text = _texts()[name]
    regex = _REGEX.search(text)
    shape = _SHAPE.search(text)
    if regex is None and shape is None:
        return _pattern(name)
    given = _SPECIFICITY.search(text)
    specificity = int(given.group(1)) if given else USUAL
    return Pattern(
        name,
        regex.group(1) if regex else "",
        specificity=specificity,
        origin=BUILT_IN,
        shape=shape.group(1) if shape and not regex else "",
    )
