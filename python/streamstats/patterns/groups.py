"""Names of groups, as people write them: names, numbers, and paths into objects.

A path is keys divided by dots, ``[0]`` for an item, and quotes around a key that has dots, brackets
or quotes in it: ``request.headers.host``, ``tags[0]``, ``"a.b".c``, ``a["b.c"]``. The core reads
them by the same rules (``crates/core/src/shape/json/path.rs``).
"""

from __future__ import annotations

from streamstats.errors import UsageError

Step = str | int


def split_groups(text: str) -> tuple[str, ...]:
    """Split ``GROUP[,GROUP...]`` at its commas, but for those in quotes and brackets.

    Raises:
        UsageError: a group without a name, or one named twice.
    """
    groups = tuple(part.strip() for part in (_parts(text) if '"' in text else text.split(",")))
    if not all(groups):
        raise UsageError(f"a group is missing in '{text}'", hint="write --by ip,status")
    for position, group in enumerate(groups):
        if group in groups[:position]:
            raise UsageError(f"group '{group}' stands twice in '{text}'")
    return groups


def steps(path: str) -> list[Step]:
    """The keys, and the numbers of items, that a path leads through.

    Raises:
        UsageError: it cannot be read.
    """
    found: list[Step] = []
    rest = path
    while True:
        if rest.startswith('"'):
            key, rest = _quoted(rest, path)
            found.append(key)
        else:
            end = min((at for at in (rest.find("."), rest.find("[")) if at >= 0), default=len(rest))
            item = not end and not found and rest.startswith("[")
            if not end and not item:
                raise _wrong(path, 'a key is empty; put "" where that is meant')
            if not item:
                found.append(rest[:end])
            rest = rest[end:]
        while rest.startswith("["):
            if rest.startswith('["'):
                key, rest = _quoted(rest[1:], path)
                found.append(key)
                if not rest.startswith("]"):
                    raise _wrong(path, "a bracket is not closed")
                rest = rest[1:]
            else:
                number, closed, rest = rest[1:].partition("]")
                if not closed:
                    raise _wrong(path, "a bracket is not closed")
                if not (number.isascii() and number.isdigit()):
                    raise _wrong(path, "in brackets stands a whole number, or a key in quotes")
                found.append(int(number))
        if not rest:
            return found
        if not rest.startswith("."):
            raise _wrong(path, "behind a quote or a bracket stands a dot")
        rest = rest[1:]


def spell(path: list[Step]) -> str:
    """The one way in which the core writes a path."""
    text = ""
    for step in path:
        if isinstance(step, int):
            text += f"[{step}]"
            continue
        text += "." if text else ""
        if step and not any(sign in '.[]"\\,' or sign <= " " for sign in step):
            text += step
        else:
            text += '"' + "".join(map(_escaped, step)) + '"'
    return text


def flat(path: str) -> str:
    """A path without its quotes: a key with dots then reads like keys in keys."""
    if '"' not in path:
        return path
    text = ""
    for step in steps(path):
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else step
    return text


def bare(name: str) -> str:
    """The name of a column without the quotes around it, if it has any."""
    quoted = len(name) >= 2 and name[0] == name[-1] == '"'
    return _decoded(name[1:-1]) if quoted else name


def _parts(text: str) -> list[str]:
    parts, start, quoted, escaped = [], 0, False, False
    for at, sign in enumerate(text):
        if escaped:
            escaped = False
        elif quoted and sign == "\\":
            escaped = True
        elif sign == '"':
            quoted = not quoted
        elif sign == "," and not quoted:
            parts.append(text[start:at])
            start = at + 1
    return [*parts, text[start:]]


def _quoted(text: str, path: str) -> tuple[str, str]:
    """The key in quotes that ``text`` begins with, and what stands behind it."""
    escaped = False
    for at in range(1, len(text)):
        if escaped:
            escaped = False
        elif text[at] == "\\":
            escaped = True
        elif text[at] == '"':
            return _decoded(text[1:at]), text[at + 1 :]
    raise _wrong(path, "a quote is not closed")


def _decoded(inside: str) -> str:
    if "\\" not in inside:
        return inside
    import json

    try:
        return str(json.loads(f'"{inside}"', strict=False))
    except ValueError:
        return inside


def _escaped(sign: str) -> str:
    if sign in '"\\':
        return "\\" + sign
    return f"\\u{ord(sign):04x}" if sign < " " else sign


def _wrong(path: str, reason: str) -> UsageError:
    return UsageError(
        f"'{path}' is no path: {reason}", 'write it like request.host, tags[0] or "a.b".c'
    )
