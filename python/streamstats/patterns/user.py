"""The user's own patterns: ``patterns.toml`` in ``~/.streamstats`` or ``$STREAMSTATS_HOME``.

A change is written to a temporary file in the same folder, flushed to the disk, and renamed over
the old one, under a lock: a crash leaves the old file or the new, and of two changes at the same
time neither is lost.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from streamstats.errors import LibraryError, UnknownGroup, UsageError
from streamstats.patterns.model import SHAPES, WHOLE_LINES, YOURS, Pattern, read_table

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager

    from tomlkit import TOMLDocument

_FILE = "patterns.toml"
_SIGNS = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_")

#: Names with a meaning of their own, now or announced.
RESERVED = (WHOLE_LINES, *SHAPES)


def path() -> str:
    """Where the file is, or would be."""
    home = os.environ.get("STREAMSTATS_HOME") or os.path.join("~", ".streamstats")
    return os.path.join(os.path.expanduser(home), _FILE)


def load() -> dict[str, Pattern]:
    """The user's patterns by name, in the order of the file; empty when there is no file.

    Raises:
        LibraryError: the file cannot be read, is not TOML, or a table in it is no pattern.
    """
    file = path()
    try:
        with open(file, "rb") as opened:
            content = opened.read()
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise _unusable(file, "read", error) from None
    import tomllib  # most people have no file

    try:
        tables = tomllib.loads(content.decode("utf-8"))
    except ValueError as error:  # TOMLDecodeError and UnicodeDecodeError are both of this kind
        raise _broken(file, content, error) from None
    return {name: read_table(name, table, YOURS, file) for name, table in tables.items()}


def add(pattern: Pattern, replace: bool = False) -> None:
    """Save ``pattern`` in the file, behind those that are there.

    Raises:
        UsageError: the name cannot be used or is taken, the expression does not compile
            (``PatternError``), or no group of it can be counted.
        LibraryError: the file cannot be read or written. The file is then as it was.
    """
    check_name(pattern.name)
    from streamstats.patterns.resolve import TIME, choose  # resolve looks patterns up here

    choice = choose(pattern)
    if pattern.time and choice.time is None:
        raise UnknownGroup(TIME, getattr(choice.compiled, "groups", ()), pattern.name)
    import tomlkit  # only a change needs it

    table = tomlkit.table()
    if pattern.description:
        table["description"] = pattern.description
    table["regex"] = _literal(pattern.regex)
    for key, texts in (("default", pattern.default), ("time", pattern.time)):
        if texts:
            table[key] = _literal(texts[0]) if len(texts) == 1 else list(texts)
    with _locked():
        document = _document()
        if pattern.name in document and not replace:
            raise UsageError(
                f"there is a pattern '{pattern.name}' in {path()}",
                f"use --replace, or streamstats patterns remove {pattern.name}",
            )
        if pattern.name in document:
            document[pattern.name] = table
        else:
            if document.as_string().strip():
                document.add(tomlkit.nl())
            document[pattern.name] = table
        _write(document.as_string())


def remove(name: str) -> None:
    """Take the pattern ``name`` out of the file.

    Raises:
        UsageError: no such pattern of the user's.
        LibraryError: the file cannot be read or written.
    """
    with _locked():
        document = _document()
        if name not in document:
            from streamstats.patterns.known import built_in

            if name in built_in():
                raise UsageError(
                    f"'{name}' is built in, and cannot be removed",
                    f"shadow it: streamstats patterns add {name} --regex ...",
                )
            yours = ", ".join(document)
            raise UsageError(
                f"there is no pattern '{name}' in {path()}",
                f"it has {yours}" if yours else "it has none",
            )
        del document[name]
        _write(document.as_string())


def check_name(name: str) -> None:
    """Refuse a name that ``-p`` could not tell from an expression, or that is taken.

    Raises:
        UsageError: letters, digits, ``-`` and ``_`` make a name, and it begins with no ``-``.
    """
    if not name or not _SIGNS.issuperset(name) or name.startswith("-"):
        raise UsageError(
            f"'{name}' cannot be the name of a pattern",
            "a name is made of letters, digits, - and _, and begins with no -",
        )
    if name in RESERVED:
        raise UsageError(f"the name '{name}' has a meaning of its own", "take another name")


def is_name(text: str) -> bool:
    """Whether ``text`` is made of the signs of a name."""
    return bool(text) and _SIGNS.issuperset(text)


def _document() -> TOMLDocument:
    load()  # what the reader refuses is not written over
    import tomlkit

    try:
        with open(path(), encoding="utf-8", newline="") as opened:
            return tomlkit.parse(opened.read())
    except FileNotFoundError:
        return tomlkit.document()


def _write(content: str) -> None:
    import tempfile

    target = os.path.realpath(path())  # a link stays, and the file behind it changes
    folder = os.path.dirname(target)
    temporary = ""
    try:
        handle, temporary = tempfile.mkstemp(prefix=f".{_FILE}.", dir=folder)
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            file.write(content)
            file.flush()
            os.fchmod(file.fileno(), _mode(target))
            os.fsync(file.fileno())
        os.rename(temporary, target)
        _flush_folder(folder)
    except OSError as error:
        if temporary and os.path.exists(temporary):
            os.unlink(temporary)
        raise _unusable(path(), "written", error) from None


def _mode(target: str) -> int:
    try:
        return os.stat(target).st_mode & 0o7777
    except FileNotFoundError:
        mask = os.umask(0)  # the only way to read it is to set it
        os.umask(mask)
        return 0o666 & ~mask


def _flush_folder(folder: str) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _locked() -> AbstractContextManager[None]:
    import contextlib
    import fcntl

    @contextlib.contextmanager
    def lock() -> Iterator[None]:
        # The lock has a file of its own, since the rename puts a new file in the place of the old.
        target = os.path.realpath(path())
        try:
            os.makedirs(os.path.dirname(target), exist_ok=True)
            name = os.path.join(os.path.dirname(target), f".{_FILE}.lock")
            handle = os.open(name, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
        except OSError as error:
            raise _unusable(path(), "written", error) from None
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)

    return lock()


def _literal(text: str) -> object:
    """A TOML string that shows a regular expression as it is typed, where TOML allows it."""
    import tomlkit

    plain = text.isprintable()
    return tomlkit.string(text, literal=plain and "'" not in text)


def _unusable(file: str, what: str, error: OSError) -> LibraryError:
    return LibraryError(
        file,
        f"cannot be {what}: {error.strerror}",
        "STREAMSTATS_HOME names the folder that holds it",
    )


def _broken(file: str, content: bytes, error: ValueError) -> LibraryError:
    """The error for a file that is not TOML, with the place as editors write it."""
    if isinstance(error, UnicodeDecodeError):
        line = content.count(b"\n", 0, error.start) + 1
        column = error.start - (content.rfind(b"\n", 0, error.start) + 1) + 1
        what = "not UTF-8"
    else:
        import re

        text = str(error)
        found = re.search(r" \(at (?:line (\d+), column (\d+)|end of document)\)$", text)
        what = text[: found.start()] if found else text
        if found and found.group(1):
            line, column = int(found.group(1)), int(found.group(2))
        else:
            line, column = content.count(b"\n") + 1, len(content) - content.rfind(b"\n")
        what = what[:1].lower() + what[1:]
    return LibraryError(
        f"{file}:{line}:{column}",
        what,
        "mend the file there, or move it away; streamstats patterns add writes a new one",
    )
