"""Which of the sources that were found are counted together, when they are of several kinds."""

from __future__ import annotations

from typing import NamedTuple

from streamstats.errors import UsageError
from streamstats.patterns.resolve import Asked
from streamstats.sources.rotated import set_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from streamstats.engines.recognise import Looked
    from streamstats.patterns.model import Pattern

    Kind = tuple[str, ...]


class LeftOut(NamedTuple):
    """Sources of one pattern that are not counted."""

    pattern: str | None
    """None for those in which none was found."""
    by: tuple[str, ...]
    """What would be counted in them."""
    names: list[str]
    weight: int


def sort_out(looked: Sequence[Looked], asked: Asked) -> tuple[list[Looked], list[LeftOut]]:
    """Those to count: all that were named, and of those that were found the ones of their kind.

    Sources that have not the groups that are ``asked`` for are left out. Where none was named, the
    kind is that with the most bytes. Sources in which no pattern was found are counted only where
    there is no other.
    """
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
    kinds = {id(item): _kind(item, asked) for item in known}
    weights: dict[Kind | None, int] = {}
    for item in known:
        if item.lines:
            kind = kinds[id(item)]
            weights[kind] = weights.get(kind, 0) + (item.source.weight or 0)
    wanted: Kind | None
    if named:
        wanted = next((_kind(item, asked) for item in named if item.detection is not None), None)
    else:
        known_kinds = [kind for kind in weights if kind is not None]
        wanted = max(known_kinds, key=lambda kind: weights[kind]) if known_kinds else None
    kept = {id(item.source) for item in named}
    left = []
    for item in known:
        if kinds[id(item)] == wanted or not item.lines:
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


def _kind(item: Looked, asked: Asked) -> Kind | None:
    """What would be counted in a source, None where that is nothing."""
    from streamstats.engines.recognise import settle  # it needs this module

    pattern = _pattern(item)
    if pattern is None:
        return None
    try:
        choice, _ = settle(pattern, item.lines, asked, item.source.name, firm=False)
    except UsageError:
        return None
    return choice.by if choice.pattern is not None else None


def _grouped(left: Iterable[Looked]) -> list[LeftOut]:
    groups: dict[str | None, LeftOut] = {}
    for item in left:
        pattern = _pattern(item)
        name = pattern.name if pattern is not None else None
        if name not in groups:
            groups[name] = LeftOut(name, _kind(item, Asked()) or (), [], 0)
        group = groups[name]
        group.names.append(item.source.name)
        groups[name] = group._replace(weight=group.weight + (item.source.weight or 0))
    return sorted(groups.values(), key=lambda group: (group.pattern is None, -group.weight))
