"""Opens what was named: files, the members of archives, and the files of folders."""

from __future__ import annotations

from typing import NamedTuple

from streamstats.errors import SourceError
from streamstats.sources.files import STDIN, Source, open_source

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from streamstats.sources.descriptors import Pool
    from streamstats.sources.folders import Globs


class Search(NamedTuple):
    """What to do with folders, and which of the files found there and in archives are wanted."""

    recursive: bool = False
    include: Sequence[str] = ()
    exclude: Sequence[str] = ()

    @property
    def globs(self) -> Globs:
        """The globs."""
        from streamstats.sources.folders import Globs  # few runs have a folder

        return Globs(self.include, self.exclude)


class Passed(NamedTuple):
    """A file that is no log."""

    name: str


def opened(
    paths: Sequence[str], search: Search, pool: Pool
) -> Iterator[Source | SourceError | Passed]:
    """The sources that paths stand for, with an error for each that cannot be read.

    Files that are not text are passed over where nobody named them.
    """
    for path in paths:
        if search.recursive and path != STDIN and _is_folder(path):
            from streamstats.sources.folders import walk  # few runs have a folder

            for found in walk(path, search.globs):
                if isinstance(found, SourceError):
                    yield found
                else:
                    yield from _file(found, search, pool, named=False)
        else:
            yield from _file(path, search, pool, named=True)


def _is_folder(path: str) -> bool:
    from streamstats.sources.folders import is_folder

    return is_folder(path)


def _file(
    path: str, search: Search, pool: Pool, *, named: bool
) -> Iterator[Source | SourceError | Passed]:
    from streamstats.sources.archives import archive, members

    try:
        source, head = open_source(path, pool)
    except SourceError as error:
        # A compression that is not known is as good as any other file that is no log.
        yield error if named or error.hint is None else Passed(path)
        return
    kind = archive(head)
    if kind is None:
        if named or not _is_binary(head):
            source.found = not named
            yield source
        else:
            source.close()
            yield Passed(path)
        return
    if not named and _is_document(path):
        source.close()
        yield Passed(path)
        return
    globs = search.globs
    for member in members(source, kind):
        if isinstance(member, Source) and member is not source:
            inside = member.name[len(source.name) + 1 :]
            wanted = globs.wanted(inside) if named else not globs.excluded(inside)
            if not wanted:
                continue
            try:
                # A member that nobody named: as with a file of a folder.
                if _is_binary(member.head(1, 1024)):
                    yield Passed(member.name)
                    continue
            except SourceError as error:
                yield error
                continue
        yield member


def _is_binary(head: bytes) -> bool:
    return b"\0" in head


def _is_document(path: str) -> bool:
    from streamstats.sources.folders import NO_LOGS

    return path.lower().endswith(NO_LOGS)
