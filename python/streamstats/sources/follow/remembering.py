"""All files that are followed, and what became of them: renamed, deleted, cut off, copied.

Each byte is given out once. What makes that hold:

* A file that was renamed or deleted stays open, and is read on; so no line is lost that was written
  before its writer noticed. It is let go of when there are ``KEPT`` younger ones of its path.
* A file that appears is known by its inode where it is one of those.
* A file that was cut off begins anew. What was written to it just before may be in a copy that was
  made first (``copytruncate`` of logrotate): a file beside it that holds the same up to the place
  to which it was read. The rest of that is given out, and its beginning is not.
* A file that appears and holds what another one holds is such a copy in the making, and waits:
  until the other one is cut off, or the two differ, or it stays short for ``PATIENCE`` seconds.

What nobody can know is lost: contents that came and went between two looks.
"""

from __future__ import annotations

import os
import resource
import stat
import time
from typing import NamedTuple

from streamstats.sources.compressed import SNIFFED, foreign, sniff
from streamstats.sources.follow.finding import Finding
from streamstats.sources.follow.identity import Key, Print
from streamstats.sources.follow.reading import Part, Tracked

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

KEPT = 8
"""So many files that had a path before are held open."""

MOST = 20_000
"""So many files are held open in all, where the limit of the process allows it,"""

SPARE = 100
"""less so many that are needed besides."""

PATIENCE = 5.0
"""So many seconds may a copy pause, and so long is one looked for."""


class Cut(NamedTuple):
    """A file that was cut off, and what it held."""

    path: str
    print: Print
    position: int
    """Up to here it was given out."""
    since: float


class Waiting(NamedTuple):
    """A file that may be a copy in the making."""

    file: Tracked
    original: Tracked
    size: int
    since: float


def most_files() -> int:
    """How many files may be held open: the limit of the process is raised as far as it may be."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MOST + SPARE
    if hard != resource.RLIM_INFINITY:
        wanted = min(wanted, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    return max(1, wanted - SPARE)


class Ledger:
    """What is followed. ``look`` gives out what was added since the last time."""

    def __init__(self, finding: Finding) -> None:
        self._finding = finding
        self._files: dict[Key, Tracked] = {}
        self._waiting: dict[Key, Waiting] = {}
        self._passed: dict[Key, int] = {}
        """Files that are not followed, and their size when they were looked at."""
        self._cuts: list[Cut] = []
        self._begun = False
        self._most = 0
        self.failed: list[tuple[str, OSError]] = []
        """What cannot be read, once for each path; whoever reads this clears it."""
        self.beyond = ""
        """The first file that is not followed, since too many are."""
        self.passed: list[str] = []
        """What is compressed and came later, so that it was counted before: cleared likewise."""
        self.copies: list[tuple[str, str]] = []
        """What was taken for a copy in the end, and of what: nothing of it was counted."""
        self._told: set[str] = set()

    @property
    def files(self) -> list[Tracked]:
        """All that are held open, in the order in which they came."""
        return list(self._files.values())

    def pass_over(self, path: str) -> None:
        """Do not follow a file that is there now."""
        key, size = self._key(path), self._size(path)
        if key is not None and size is not None:
            self._passed[key] = size

    def look(self) -> Iterator[Part]:
        """The lines that came since. Count each part before you ask for the next one."""
        for file in self.files:
            yield from self._poll(file)
        now = time.monotonic()
        names: dict[Key, str] = {}
        for path in self._finding.paths():
            found = self._key(path)
            if found is not None:
                names.setdefault(found, path)
        for file in self.files:
            file.retired = file.key not in names
            file.path = names.get(file.key, file.path)
        for key, path in names.items():
            if key not in self._files and key not in self._waiting:
                self._open(path, key, now)
        yield from self._settle(now)
        self._cuts = [cut for cut in self._cuts if now - cut.since < PATIENCE]
        # What was found just now has lines already.
        for file in self.files:
            if file.scanned == 0:
                yield from self._poll(file)
        self._begun = True
        yield from self._let_go()

    def rest(self) -> Iterator[Part]:
        """What stands behind the last line end of each file, at the very end."""
        for waiting in list(self._waiting.values()):
            self.copies.append((waiting.file.path, waiting.original.path))
            waiting.file.close()
        self._waiting.clear()
        for file in self.files:
            try:
                if not file.is_cut(file.size()):
                    part = file.rest()
                    if part is not None:
                        yield part
            except OSError as error:
                self._fail(file.path, error)

    def close(self) -> None:
        """Let go of all."""
        for file in [*self._files.values(), *(each.file for each in self._waiting.values())]:
            file.close()
        self._files.clear()
        self._waiting.clear()

    def _poll(self, file: Tracked) -> Iterator[Part]:
        try:
            size = file.size()
            if file.scanned and file.is_cut(size):
                yield from self._cut(file)
            part = file.part()
            if part is not None:
                yield part
        except OSError as error:
            self._fail(file.path, error)

    def _cut(self, file: Tracked) -> Iterator[Part]:
        cut = Cut(file.path, file.print, file.position, time.monotonic())
        for waiting in [each for each in self._waiting.values() if each.original is file]:
            if self._is_copy(waiting.file.fd, cut.print):
                copy = self._waiting.pop(waiting.file.key).file
                break
        else:
            found = self._beside(cut)
            if found is None:
                file.restart()
                self._cuts.append(cut)
                return
            copy = found
        file.restart()
        file.lost -= cut.position
        yield from self._adopt(copy, cut)

    def _adopt(self, copy: Tracked, cut: Cut) -> Iterator[Part]:
        """Go on in a copy where the original was left."""
        copy.print, copy.position = cut.print, cut.position
        self._files[copy.key] = copy
        yield from self._poll(copy)
        # A copy is whole; nobody will end its last line.
        part = copy.rest()
        if part is not None:
            yield part

    def _beside(self, cut: Cut) -> Tracked | None:
        """A copy of a file, in its folder, with a longer name that begins as its own."""
        folder, name = os.path.split(cut.path)
        try:
            others = sorted(other for other in os.listdir(folder or ".") if other.startswith(name))
        except OSError:
            return None
        for other in others:
            path = os.path.join(folder, other)
            key = self._key(path)
            if other == name or key is None or key in self._files or key in self._waiting:
                continue
            copy = self._opened(path, key)
            if copy is not None:
                if self._is_copy(copy.fd, cut.print):
                    return copy
                copy.close()
        return None

    def _is_copy(self, fd: int, before: Print) -> bool:
        try:
            return os.fstat(fd).st_size >= before.position > 0 and before.fits(fd)
        except OSError:
            return False

    def _open(self, path: str, key: Key, now: float) -> None:
        if self._passed.get(key) == self._size(path):
            return
        if len(self._files) >= self._most:
            self._most = most_files()
            if len(self._files) >= self._most:
                self.beyond = self.beyond or path
                return
        file = self._opened(path, key)
        if file is None:
            return
        size = file.size()
        if self._begun and self._is_compressed(file):
            # What logrotate compresses was counted when it was text.
            self._passed[key] = size
            self.passed.append(path)
            file.close()
            return
        original = self._original(file, size) if self._begun else None
        if original is not None:
            self._waiting[key] = Waiting(file, original, size, now)
            return
        self._files[key] = file

    def _original(self, file: Tracked, size: int) -> Tracked | None:
        """The file that this one may be a copy of."""
        for other in self.files:
            if other.scanned and other.print.begins(file.fd, size):
                return other
        return None

    def _settle(self, now: float) -> Iterator[Part]:
        """Decide on what may be a copy, and look for copies of what was cut off."""
        for key, waiting in list(self._waiting.items()):
            file, original, before, since = waiting
            try:
                size, whole = file.size(), original.size()
                if original.is_cut(whole):
                    # The next look goes into that.
                    continue
            except OSError:
                continue
            cut = next((cut for cut in self._cuts if self._is_copy(file.fd, cut.print)), None)
            if cut is not None:
                self._cuts.remove(cut)
                del self._waiting[key]
                yield from self._adopt(file, cut)
            elif size > whole:
                # A copy is never longer than what it is a copy of.
                del self._waiting[key]
                self._files[key] = file
            elif size >= original.scanned > 0 and original.print.fits(file.fd):
                # Whole, and the original goes on: all of it has been counted there, or will be.
                self._waiting[key] = Waiting(file, original, size, now)
            elif size > original.scanned or not original.print.begins(file.fd, size):
                # They differ.
                del self._waiting[key]
                self._files[key] = file
            elif size != before:
                self._waiting[key] = Waiting(file, original, size, now)
            elif now - since >= PATIENCE:
                del self._waiting[key]
                self._files[key] = file
        for cut in list(self._cuts):
            copy = self._beside(cut)
            if copy is not None:
                self._cuts.remove(cut)
                yield from self._adopt(copy, cut)

    def _let_go(self) -> Iterator[Part]:
        """Of each path keep the youngest that had it."""
        retired: dict[str, list[Tracked]] = {}
        for file in self.files:
            if file.retired:
                retired.setdefault(file.path, []).append(file)
        for files in retired.values():
            for file in files[:-KEPT]:
                part = None
                try:
                    part = file.rest() if not file.is_cut(file.size()) else None
                except OSError as error:
                    self._fail(file.path, error)
                if part is not None:
                    yield part
                del self._files[file.key]
                file.close()

    def _key(self, path: str) -> Key | None:
        try:
            status = os.stat(path)
        except (OSError, ValueError):
            return None
        return (status.st_dev, status.st_ino) if stat.S_ISREG(status.st_mode) else None

    def _size(self, path: str) -> int | None:
        try:
            return os.stat(path).st_size
        except OSError:
            return None

    def _opened(self, path: str, key: Key) -> Tracked | None:
        try:
            fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        except OSError as error:
            if not isinstance(error, FileNotFoundError):
                self._fail(path, error)
            return None
        status = os.fstat(fd)
        if (status.st_dev, status.st_ino) != key:
            # It was replaced between two looks at it; the next look sees that.
            os.close(fd)
            return None
        return Tracked(path, fd, key)

    def _is_compressed(self, file: Tracked) -> bool:
        head = os.pread(file.fd, SNIFFED, 0)
        return sniff(head) is not None or foreign(head) is not None

    def _fail(self, path: str, error: OSError) -> None:
        if path not in self._told:
            self._told.add(path)
            self.failed.append((path, error))
