"""Which of the sources that were found are counted together, when they are of several kinds."""

from __future__ import annotations

from typing import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from streamstats.engines.recognise import Looked
    from streamstats.patterns.model import Pattern


class LeftOut(NamedTuple):
    """Sources of one pattern that are not counted."""

    pattern: str | None
    """None for those in which none was found."""
    by: tuple[str, ...]
    """What would be counted in them."""
    names: list[str]
    weight: int


def sort_out(looked: Sequence[Looked], by: tuple[str, ...]) -> tuple[list[Looked], list[LeftOut]]:
    """Those to count: all that were named, and of those that were found the ones of their kind.

    Where none was named, the kind is that with the most bytes; with ``by``, every source that has
    these groups is of it. Sources in which no pattern was found are of a kind only where there is
    no other.
    """
    from streamstats.sources.rotated import set_of

    named = [item for item in looked if not item.source.found]
    found = [item for item in looked if item.source.found]
    if not found:
        return list(looked), []
    # A file with odd first lines is read as the others of its rotated set are.
    siblings = {set_of(item.source.name): item for item in found if item.detection is not None}
    known = [
        item if item.detection is not None else _as(item, siblings.get(set_of(item.source.name)))
        for item in found
    ]
    weights: dict[tuple[str, ...] | None, int] = {}
    for item in known:
        if item.lines:
            kind = _kind(item, by)
            weights[kind] = weights.get(kind, 0) + (item.source.weight or 0)
    wanted: tuple[str, ...] | None
    if named:
        wanted = _kind(next(filter(_pattern, named), None), by)
    else:
        kinds = [kind for kind in weights if kind is not None]
        wanted = max(kinds, key=lambda kind: weights[kind]) if kinds else None
    kept = {id(item.source) for item in named}
    left = []
    for item in known:
        if _kind(item, by) == wanted or not item.lines:
            kept.add(id(item.source))
        else:
            left.append(item)
    by_source = {id(item.source): item for item in (*named, *known)}
    counted = [by_source[id(item.source)] for item in looked if id(item.source) in kept]
    return counted, _grouped(left)


def _as(item: Looked, sibling: Looked | None) -> Looked:
    return item if sibling is None else item._replace(detection=sibling.detection)


def _pattern(item: Looked) -> Pattern | None:
    return item.detection.pattern if item.detection is not None else None


def _kind(item: Looked | None, by: tuple[str, ...]) -> tuple[str, ...] | None:
    """What would be counted in a source, None where that is nothing."""
    from streamstats.engines.recognise import settle
    from streamstats.errors import UsageError
    from streamstats.patterns.resolve import Asked

    pattern = None if item is None else _pattern(item)
    if item is None or pattern is None:
        return None
    try:
        choice, _ = settle(pattern, item.lines, Asked(by), item.source.name, firm=False)
    except UsageError:
        return None
    return choice.by if choice.pattern is not None else None


def _grouped(left: Iterable[Looked]) -> list[LeftOut]:
    groups: dict[str | None, LeftOut] = {}
    for item in left:
        pattern = _pattern(item)
        name = pattern.name if pattern is not None else None
        if name not in groups:
            groups[name] = LeftOut(name, _kind(item, ()) or (), [], 0)
        group = groups[name]
        group.names.append(item.source.name)
        groups[name] = group._replace(weight=group.weight + (item.source.weight or 0))
    return sorted(groups.values(), key=lambda group: (group.pattern is None, -group.weight))
