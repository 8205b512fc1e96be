"""Settles what to take out of the lines of each source, when nobody said how they read."""

from __future__ import annotations

from typing import NamedTuple

from streamstats.errors import SourceError, UnknownGroup, UsageError
from streamstats.patterns.detect import Detection, detect, is_plain
from streamstats.patterns.resolve import Choice, choose

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from streamstats.engines.kinds import LeftOut
    from streamstats.patterns.resolve import Condition
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
    """None where no pattern was found, and for an empty source."""


def recognise(
    sources: Sequence[Source],
    by: tuple[str, ...],
    where: tuple[Condition, ...],
    sum: str | None,
    numbers: str | None = None,
) -> tuple[list[Recognised], list[SourceError], list[LeftOut]]:
    """Look at the first lines of each source.

    A source in which no pattern is found is read with that of the first one in which one is: of a
    set of rotated logs, an odd one is then reported for its lines, and not counted as text. Where
    none is found in any, whole lines are counted. The sources that could not be read come back as
    errors, and those that were found in a folder and are of another kind as left out.

    Raises:
        UsageError: the sources are of different kinds, so that their values are not alike; or a
            group is asked for, and no pattern was found that could have it.
        UnknownGroup: the pattern that was found has not that group.
    """
    samples: list[tuple[Source, list[bytes]]] = []
    failed: list[SourceError] = []
    for source in sources:
        try:
            samples.append((source, source.sample()))
        except SourceError as error:
            failed.append(error)
    found = [Looked(source, lines, detect(lines)) for source, lines in samples]
    left: list[LeftOut] = []
    if any(source.found for source in sources):
        from streamstats.engines.kinds import sort_out  # not needed for what was named

        found, left = sort_out(found, lambda pattern: choose(pattern, by, where, sum, numbers))
    fallback = next((detection.pattern for _, _, detection in found if detection), None)
    settled = []
    for source, lines, detection in found:
        pattern = detection.pattern if detection else fallback
        try:
            choice = choose(pattern, by, where, sum, numbers)
        except UnknownGroup as error:
            if pattern is not None:
                raise
            raise _unrecognised(source, lines, error.group) from None
        settled.append(Recognised(source, choice, detection))
    _alike(settled)
    return settled, failed, left


def _unrecognised(source: Source, lines: Sequence[bytes], group: str) -> UsageError:
    plain = not lines or is_plain(lines[0])
    reason = "its lines are plain text" if plain else "its format was not recognised"
    return UsageError(
        f"{source.name}: there is no group '{group}', since {reason}",
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
