"""The files of a folder, and of the folders in it."""

from __future__ import annotations

import os
import stat
from fnmatch import fnmatchcase
from typing import NamedTuple

from streamstats.errors import SourceError
from streamstats.sources.files import unreadable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

#: Zip archives that hold a program or a document, and no logs.
NO_LOGS = (
    *(".jar", ".war", ".ear", ".apk", ".whl", ".egg", ".xpi"),
    *(".docx", ".xlsx", ".pptx", ".odt", ".ods", ".odp", ".epub"),
)


class Globs(NamedTuple):
    """Which of the files that are found are wanted."""

    include: Sequence[str] = ()
    exclude: Sequence[str] = ()

    def wanted(self, path: str) -> bool:
        """Whether a file is; ``path`` is relative to where it was looked for."""
        if self.excluded(path):
            return False
        return not self.include or _fits(path, self.include)

    def excluded(self, path: str) -> bool:
        """Whether a file or a folder is left out by name."""
        return _fits(path, self.exclude)

    def hidden(self, path: str) -> bool:
        """Whether it is hidden, and no --include that begins with a dot asks for it."""
        name = os.path.basename(path)
        return name.startswith(".") and not _fits(
            path, [glob for glob in self.include if os.path.basename(glob).startswith(".")]
        )


def _fits(path: str, globs: Sequence[str]) -> bool:
    name = os.path.basename(path)
    return any(fnmatchcase(name, glob) or fnmatchcase(path, glob) for glob in globs)


def is_folder(path: str) -> bool:
    """Whether a path is that of a folder."""
    try:
        return stat.S_ISDIR(os.stat(path).st_mode)
    except (OSError, ValueError):
        return False


def walk(folder: str, globs: Globs) -> Iterator[str | SourceError]:
    """The paths of the regular files, in order of their names; an error for what cannot be read.

    A link to a file stands for it, a link to a folder is not followed, and a file that has
    several names is found once.
    """
    seen: set[tuple[int, int]] = set()
    waiting = [""]
    while waiting:
        below = waiting.pop()
        place = os.path.join(folder, below) if below else folder
        try:
            with os.scandir(place) as entries:
                found = sorted(entries, key=lambda entry: entry.name)
        except OSError as error:
            yield unreadable(place, error)
            continue
        inner = []
        for entry in found:
            path = os.path.join(below, entry.name)
            if globs.hidden(path) or globs.excluded(path):
                continue
            try:
                if entry.is_dir(follow_symlinks=False):
                    inner.append(path)
                    continue
                if not entry.is_file() or not globs.wanted(path):
                    continue
                status = entry.stat()
            except OSError as error:
                yield unreadable(os.path.join(folder, path), error)
                continue
            if (status.st_dev, status.st_ino) not in seen:
                seen.add((status.st_dev, status.st_ino))
                yield os.path.join(folder, path) if folder != "." else path
        waiting += reversed(inner)
