"""Looks what can be counted in sources: their groups or keys."""

from __future__ import annotations

from typing import NamedTuple

from streamstats.engines.opening import Search, opened
from streamstats.errors import SourceError, UsageError, printable
from streamstats.patterns.compile import compile_shape
from streamstats.patterns.resolve import Choice, choose, find
from streamstats.sources.counting import Profile
from streamstats.sources.descriptors import Pool
from streamstats.sources.files import Source, unreadable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from streamstats.patterns.compile import Compiled, Shaped
    from streamstats.patterns.model import Pattern

    Key = tuple[bytes, int, int, bool, int, tuple[bytes, bytes] | None, list[bytes]]

_BLOCK = 1 << 20
_NO_SEARCH = Search()


class Field(NamedTuple):
    """What is known of one group or key."""

    name: str
    lines: int
    """So many have it."""
    distinct: int
    exact: bool
    """Whether ``distinct`` is; otherwise it is an estimate, good to some percent."""
    numbers: int
    """So many lines hold a number in it."""
    range: tuple[str, str] | None
    """The least and the largest number, as they are written; None where most are none."""
    examples: tuple[bytes, ...]
    """The first distinct values, clipped."""


class Fields(NamedTuple):
    """What can be counted in some sources."""

    name: str
    """Of the pattern."""
    files: list[str]
    lines: int
    matched: int
    fields: list[Field]
    more: bool
    """There are more keys than are kept."""
    counted: tuple[str, ...]
    """What the main job would count by itself; () where that is whole lines."""
    given: str | None
    """The ``-p`` that the main job needs to count these, if it does."""
    failed: list[SourceError]
    left: dict[str, list[str]]
    """The files of folders that are of another kind, by its name; "" where none was found."""


def fields(
    paths: Sequence[str], pattern: str | None, lines: int | None, search: Search = _NO_SEARCH
) -> Fields:
    """Look at the first ``lines`` of each path, at all where that is None.

    Raises:
        UsageError: the pattern cannot be used, or the files are of different kinds.
        SourceError: no file can be read.
    """
    given = find(pattern) if pattern is not None else None
    if pattern is not None and given is None:
        raise UsageError("whole lines have no fields", "leave out -p, or use -p fields")
    failed: list[SourceError] = []
    sources: list[Source] = []
    try:
        for source in opened(paths, search, Pool()):
            if isinstance(source, SourceError):
                failed.append(source)
            elif isinstance(source, Source):
                sources.append(source)
        if not sources and failed:
            raise failed[0]
        return _looked(sources, given, lines, failed, pattern)
    finally:
        for source in sources:
            source.close()


def _looked(
    sources: list[Source],
    given: Pattern | None,
    lines: int | None,
    failed: list[SourceError],
    pattern: str | None,
) -> Fields:
    choices = [reading_of(source, given) for source in sources]
    sources, choices, left = _of_a_kind(sources, choices)
    first = next((choice for choice in choices if choice.compiled is not None), None)
    shape: Compiled | Shaped
    needs: str | None
    if first is None or first.compiled is None:
        # Plain text: words by number are what can be asked for.
        shape, name, needs = compile_shape("fields"), "fields", "fields"
    else:
        shape, name, needs = first.compiled, first.name, pattern
    odd = [
        (source, choice)
        for source, choice in zip(sources, choices, strict=True)
        if first is not None and choice.compiled is not None and choice.name != first.name
    ]
    if odd:
        raise UsageError(
            f"{printable(odd[0][0].name)} reads as '{odd[0][1].name}', and not as '{name}'",
            "look at files of different kinds one by one",
        )
    profile = Profile(shape)
    for source in sources:
        read = source.reader()
        try:
            done = profile.lines
            while block := read(_BLOCK):
                if profile.feed(block, None if lines is None else done + lines):
                    break
        except OSError as error:
            failed.append(unreadable(source.name, error))
        profile.finish()
    return Fields(
        name=name,
        files=[source.name for source in sources],
        lines=profile.lines,
        matched=profile.matched,
        fields=[_field(each) for each in profile.keys()],  # noqa: SIM118
        more=profile.more,
        counted=first.by if first is not None else (),
        given=needs,
        failed=failed,
        left=left,
    )


def _of_a_kind(
    sources: list[Source], choices: list[Choice]
) -> tuple[list[Source], list[Choice], dict[str, list[str]]]:
    """Those to look at: all that were named, and of those found in folders the ones of their kind,
    or where none was named of the kind with the most bytes; and the names of the others.
    """
    both = list(zip(sources, choices, strict=True))
    kinds = {id(source): choice.name if choice.compiled else "" for source, choice in both}
    weights: dict[str, int] = {}
    for source in sources:
        if source.found:
            kind = kinds[id(source)]
            weights[kind] = weights.get(kind, 0) + (source.weight or 0)
    named = [kinds[id(source)] for source in sources if not source.found]
    # What has no known format is looked at where there is nothing else.
    known = [kind for kind in (named or weights) if kind]
    if not weights or not known:
        return sources, choices, {}
    wanted = known[0] if named else max(known, key=lambda kind: weights[kind])
    left: dict[str, list[str]] = {}
    for source in sources:
        if source.found and kinds[id(source)] != wanted and source.sample():
            left.setdefault(kinds[id(source)], []).append(source.name)
    gone = {name for names in left.values() for name in names}
    kept = [(source, choice) for source, choice in both if source.name not in gone]
    return [source for source, _ in kept], [choice for _, choice in kept], left


def reading_of(source: Source, given: Pattern | None) -> Choice:
    """How the lines of a source read; what is counted in them need not be clear."""
    from streamstats.engines.recognise import detected
    from streamstats.patterns.shaped import default, reading

    lines = source.sample()
    pattern = given
    if pattern is None:
        detection = detected(lines, source.name, ())
        pattern = detection.pattern if detection else None
    if pattern is None:
        return choose(None)
    if not pattern.shape:
        from streamstats.patterns.compile import compile_regex

        try:
            return choose(pattern)
        except UsageError:
            compiled = compile_regex(pattern.regex)
            return Choice(pattern.name, pattern, compiled, (), (), None)
    read = reading(pattern, lines)
    return Choice(pattern.name, pattern, read.shape, default(read), (), None)


def _field(key: Key) -> Field:
    name, lines, distinct, exact, numbers, span, examples = key
    mostly = span is not None and 10 * numbers >= 9 * lines
    return Field(
        name.decode("utf-8", "surrogateescape"),
        lines,
        distinct,
        exact,
        numbers,
        (span[0].decode(), span[1].decode()) if span is not None and mostly else None,
        tuple(examples),
    )
