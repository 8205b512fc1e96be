"""Settles what to take out of the lines of each source, where its first lines have to say it."""

from __future__ import annotations

from typing import NamedTuple

from streamstats.errors import SourceError, UnknownGroup, UsageError
from streamstats.patterns.detect import Detection, detect, is_plain
from streamstats.patterns.resolve import Asked, Choice, choose

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from streamstats.engines.kinds import LeftOut
    from streamstats.patterns.model import Pattern
    from streamstats.patterns.shaped import Reading
    from streamstats.sources.files import Source


class Looked(NamedTuple):
    """A source, its first lines, and what was found in them."""

    source: Source
    lines: list[bytes]
    detection: Detection | None


class Recognised(NamedTuple):
    """What was settled for one source."""

    source: Source
    choice: Choice
    detection: Detection | None
    """None where no pattern was found, where one was given, and for an empty source."""
    note: str = ""
    """What people may wonder about, without the name of the source."""


def recognise(
    sources: Sequence[Source], asked: Asked, given: Pattern | None = None
) -> tuple[list[Recognised], list[SourceError], list[LeftOut]]:
    """Look at the first lines of each source, to find a pattern or to read with the one ``given``,
    which has a shape.

    A source in which no pattern is found is read with that of the first one in which one is: of a
    set of rotated logs, an odd one is then reported for its lines, and not counted as text. Where
    none is found in any, whole lines are counted. The sources that could not be read come back as
    errors, and those that were found in a folder and are of another kind as left out.

    Raises:
        UsageError: the sources are of different kinds, so that their values are not alike; or a
            group is asked for, and no pattern was found that could have it.
        UnknownGroup: the pattern that was found has not that group.
        UnknownKey: the first lines have not that key.
    """
    samples: list[tuple[Source, list[bytes]]] = []
    failed: list[SourceError] = []
    for source in sources:
        try:
            samples.append((source, source.sample()))
        except SourceError as error:
            failed.append(error)
    names = asked.names()
    found = [
        Looked(source, lines, None if given else detected(lines, source.name, names))
        for source, lines in samples
    ]
    left: list[LeftOut] = []
    if given is None and any(source.found for source in sources):
        from streamstats.engines.kinds import sort_out  # not needed for what was named

        found, left = sort_out(found, asked)
    fallback = next((detection.pattern for _, _, detection in found if detection), None)
    settled: list[Recognised] = []
    for source, lines, detection in found:
        pattern = detection.pattern if detection else given or fallback
        try:
            choice, note = settle(pattern, lines, asked, source.name, firm=given is not None)
        except UnknownGroup as error:
            if pattern is not None:
                raise
            raise _unrecognised(source.name, lines, error.group) from None
        if not lines and settled and pattern is settled[0].choice.pattern:
            choice = settled[0].choice
        whole = pattern is not None and choice.pattern is None
        settled.append(Recognised(source, choice, None if whole else detection, note))
    _alike(settled)
    return settled, failed, left


def detected(lines: Sequence[bytes], name: str, names: Sequence[str]) -> Detection | None:
    """The pattern that the first lines of a source show. ``names`` are the groups asked for."""
    found = detect(lines)
    if found is None and (names or name.lower().endswith((".csv", ".tsv"))):
        from streamstats.patterns.shapes import separated  # plain lines never get here

        found = separated(lines, name, names)
    return found


def settle(
    pattern: Pattern | None, lines: Sequence[bytes], asked: Asked, name: str, *, firm: bool
) -> tuple[Choice, str]:
    """What to take out of the lines of one source, and a note.

    ``firm`` says that somebody gave the pattern. Then a key that the first lines have not may
    come later, and something has to say what is counted; else whole lines will do.

    Raises:
        UsageError: as ``recognise`` does.
    """
    if pattern is None or not pattern.shape:
        by, where, summed, numbers, time_field = asked
        return choose(pattern, by, where, summed, numbers, time_field=time_field), ""
    from streamstats.patterns.keys import no_default
    from streamstats.patterns.shaped import choose_shaped, reading, whole

    read = reading(pattern, lines, asked.names())
    unseen: list[str] | None = [] if firm else None
    choice = choose_shaped(read, asked, name, unseen)
    if choice is None:
        if firm or asked.names():
            raise no_default(read.seen, f"pattern '{pattern.name}'")
        return choose(None), whole(read)
    if choice.time is None:
        choice = choice._replace(time=_time(read, choice, lines))
    note = ""
    if unseen:
        error = read.seen.unknown(unseen[0], name)
        note = f"{error.message.partition(': ')[2]}; {error.hint}"
    return choice, note


def _time(read: Reading, choice: Choice, lines: Sequence[bytes]) -> str | None:
    """The key of the time: what the pattern names, or one of a usual name that can be read."""
    from streamstats.patterns.shaped import times
    from streamstats.sources.stamps import ambiguous, recognised, stamps_of

    for key in times(read):
        stamps = stamps_of(choice._replace(time=key), lines)
        if stamps and (
            (choice.pattern is not None and choice.pattern.time)
            or recognised(stamps, None)
            or ambiguous(stamps, None)
        ):
            return key
    return None


def _unrecognised(source: str, lines: Sequence[bytes], group: str) -> UsageError:
    plain = not lines or is_plain(lines[0])
    reason = "its lines are plain text" if plain else "its format was not recognised"
    return UsageError(
        f"{source}: there is no group '{group}', since {reason}",
        "say with -p how a line reads; 'streamstats patterns list' shows what is known",
    )


def _alike(settled: Sequence[Recognised]) -> None:
    kinds = {item.choice.by: item for item in settled}
    if len(kinds) < 2:
        return
    first, second = list(kinds.values())[:2]
    named = [
        f"{item.source.name} reads as '{item.choice.name}' ({','.join(item.choice.by)})"
        for item in (first, second)
    ]
    raise UsageError(
        f"these sources count different things: {named[0]}, {named[1]}",
        "say with --by which group to count, with -p how to read all, or run them one by one",
    )
