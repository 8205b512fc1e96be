"""In which order sources are read, and which of them have nothing of the window."""

from __future__ import annotations

from streamstats.engines.clock import first_instant
from streamstats.sources.rotated import Span, order, outside

TYPE_CHECKING = False
if TYPE_CHECKING:
    from streamstats.engines.clock import Clock, Wish
    from streamstats.patterns.resolve import Choice
    from streamstats.sources.files import Source

    Work = list[tuple[Source, Choice]]


def arrange(work: Work, clocks: list[Clock], wish: Wish) -> tuple[Work, list[Clock], list[str]]:
    """The sources in the order in which to read them, with their clocks, and the names of those
    that need not be read.
    """
    start, end = (clocks[0].start, clocks[0].end) if clocks else (None, None)
    seeking = wish.seek and (start is not None or end is not None)
    if len(work) < 2 and not (seeking and any(not source.searchable for source, _ in work)):
        return work, clocks, []
    spans = [
        Span(source.name, first_instant(source, choice, clock))
        for (source, choice), clock in zip(work, clocks, strict=True)
    ]
    places = order(spans)
    skip = [False] * len(places)
    if seeking:
        skip = outside([spans[at] for at in places], start, end, wish.lateness)
    # In a file that can be read at any place the window is searched for.
    skip = [
        skipped and not work[at][0].searchable for at, skipped in zip(places, skip, strict=True)
    ]
    names = [work[at][0].name for at, skipped in zip(places, skip, strict=True) if skipped]
    kept = [at for at, skipped in zip(places, skip, strict=True) if not skipped]
    in_turn = iter(sorted(at for at in kept if work[at][0].sequential))
    kept = [next(in_turn) if work[at][0].sequential else at for at in kept]
    return [work[at] for at in kept], [clocks[at] for at in kept], names
