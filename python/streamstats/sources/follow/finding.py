"""Which files there are to follow: paths, and globs that gain and lose files."""

from __future__ import annotations

import glob
import os
import time

MAGIC = "*?["

QUICK = 0.002
"""A search that takes no more than so many seconds is made each time;"""

SHARE = 10
"""another one not again within so many times as long,"""

LATE = 0.2
"""but within so many seconds."""


def is_glob(path: str) -> bool:
    """Whether the path stands for all files that fit it: no file has that very name."""
    return any(sign in path for sign in MAGIC) and not os.path.lexists(path)


class Finding:
    """Finds the files that were asked for, again and again."""

    def __init__(self, paths: list[str]) -> None:
        try:
            self._at = os.getcwd()
        except OSError:
            self._at = ""  # it was deleted
        self._found: dict[str, tuple[list[str], float]] = {}
        """What fits each glob, and until when that is good enough."""
        self._plain = [path for path in paths if not is_glob(path)]
        self._globs = [path for path in paths if is_glob(path)]

    @property
    def plain(self) -> list[str]:
        """The paths that stand for themselves."""
        return self._plain

    @property
    def globs(self) -> list[str]:
        """The paths that stand for all files that fit them."""
        return self._globs

    def paths(self) -> list[str]:
        """What there is now: first what was named, then what fits the globs, by name."""
        found = dict.fromkeys(self._plain)
        for pattern in self._globs:
            found |= dict.fromkeys(self._fitting(pattern))
        return list(found)

    def _fitting(self, pattern: str) -> list[str]:
        """Going through a large tree takes long, and logs that grow all the time are looked at
        fifty times a second: then what was found a moment ago is good enough.
        """
        found, until = self._found.get(pattern, ([], 0.0))
        begun = time.monotonic()
        if begun < until:
            return found
        found = sorted(glob.glob(pattern, recursive=True))
        took = time.monotonic() - begun
        rest = min(SHARE * took, LATE) if took > QUICK else 0.0
        self._found[pattern] = (found, begun + took + rest)
        return found

    def folders(self) -> list[str]:
        """The folders in which something may appear, as far as they exist."""
        folders = set()
        for path in self._plain:
            whole = self._whole(path)
            folders |= {os.path.dirname(os.path.realpath(whole)), os.path.dirname(whole)}
        for pattern in self._globs:
            top = os.path.dirname(self._whole(pattern))
            # Of ``logs/*/app.log`` the folders that fit are watched, and the one above them.
            while any(sign in top for sign in MAGIC):
                folders.update(glob.glob(top, recursive=True))
                top = os.path.dirname(top)
            folders.add(top)
        return sorted(folder for folder in folders if os.path.isdir(folder))

    def _whole(self, path: str) -> str:
        """From the root; also when the working folder is there no more."""
        return os.path.normpath(os.path.join(self._at or "/", path))
