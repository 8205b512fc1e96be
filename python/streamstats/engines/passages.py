"""A second look at the sources, for a few values: what else they say, and telling lines."""

from __future__ import annotations

import os
import re
from collections import Counter

from streamstats.engines.once import Prepared, Watcher, run
from streamstats.errors import StreamstatsError
from streamstats.patterns.resolve import TIME
from streamstats.sources.files import STDIN
from streamstats.sources.stamps import Stamps, stamps_of
from streamstats.summary.explained import Passage, Top

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from streamstats.engines.clock import Clock
    from streamstats.engines.judging import Judged
    from streamstats.engines.once import Job
    from streamstats.patterns.resolve import Choice
    from streamstats.patterns.roles import Roles
    from streamstats.sources.files import Source
    from streamstats.summary.explained import Suspect
    from streamstats.summary.facts import Facts

GROUPS = 5
"""So many other groups are looked at,"""
TOP = 5
"""and of each so many texts are told."""
LINES = 6
"""So many lines are shown of a value."""
CANDIDATES = 100_000
"""So many lines of a value are looked at, in the order of the sources."""

_BLOCK = 1 << 20
_LONGEST = 1 << 20


def repeatable(paths: Sequence[str]) -> bool:
    """Whether all of them can be read once more: none is a pipe or standard input."""
    return all(path != STDIN and (os.path.isfile(path) or os.path.isdir(path)) for path in paths)


def tops(judged: Judged, suspects: Sequence[Suspect]) -> dict[bytes, list[Top]]:
    """Of each value what its records hold in the groups that tell most; by key."""
    job, tally = judged.job, judged.outcome.tally
    groups = _others(tally.by, judged.conduct.roles, judged)
    if not groups or not suspects:
        return {}
    again = job._replace(
        by=(*tally.by, *groups),
        where=[*job.where, *_conditions(tally.by, [item.facts for item in suspects])],
        pattern=job.pattern,
        conduct=None,
    )
    try:
        found = run(again, Watcher()).tally
    except StreamstatsError:
        # A group that only the first lines seemed to have; what is known without it stands.
        return {}
    wanted = {item.facts.groups: item.key for item in suspects}
    counted: dict[bytes, list[Counter[bytes]]] = {}
    for row in found.summary().rows:
        key = wanted.get(row.groups[: len(tally.by)])
        if key is not None:
            counters = counted.setdefault(key, [Counter() for _ in groups])
            for counter, text in zip(counters, row.groups[len(tally.by) :], strict=True):
                counter[text] += row.records
    return {
        key: [
            Top(group, len(counter), tuple(_most(counter)))
            for group, counter in zip(groups, counters, strict=True)
        ]
        for key, counters in counted.items()
    }


def _most(counter: Counter[bytes]) -> list[tuple[bytes, int]]:
    return sorted(counter.items(), key=lambda item: (-item[1], item[0]))[:TOP]


def _others(by: Sequence[str], roles: Roles, judged: Judged) -> list[str]:
    """The groups that tell most: key, status, agent, then what else there is."""
    told = [roles.key, roles.status, roles.agent]
    whole = roles.key is not None and len(roles.request) == 1
    rest = () if whole else (*roles.request, *roles.login)
    found = [name for name in (*told, *rest) if name is not None and name not in by]
    if not found:
        found = [name for name in _groups(judged.job) if name not in by and name != TIME]
    return list(dict.fromkeys(found))[:GROUPS]


def _groups(job: Job) -> Sequence[str]:
    """The groups of the expression with which the first source reads."""
    with Prepared(job, Watcher()) as ready:
        for _, choice in ready.work:
            return getattr(choice.compiled, "groups", ())
    return ()


def _conditions(by: Sequence[str], facts: Sequence[Facts]) -> list[str]:
    """That a record is of one of these values, group by group."""
    conditions = []
    for at, group in enumerate(by):
        texts = {item.groups[at] for item in facts}
        if "/" in group or b"(missing)" in texts:
            # A prefix is not what stands in the line.
            continue
        # Byte by byte, since a value is no expression and need not be text.
        each = ("".join(f"\\x{byte:02x}" for byte in text) for text in sorted(texts))
        conditions.append(f"{group} ~ ^(?:{'|'.join(each)})$")
    return conditions


def passages(judged: Judged, suspect: Suspect) -> list[Passage]:
    """A handful of lines of a value: the first, those of attacks and of probing, the last."""
    facts, by = suspect.facts, judged.outcome.tally.by
    reasons = _reasons(facts)
    found: dict[str, Passage] = {}
    last: Passage | None = None
    with Prepared(judged.job, Watcher()) as ready:
        left = CANDIDATES
        for at, (source, choice) in enumerate(ready.work):
            clock = ready.clocks[at] if ready.clocks is not None else None
            for passage, groups in _lines(source, choice, clock, by, facts.groups):
                left -= 1
                if not found:
                    found["first"] = passage._replace(why="first")
                last = passage
                for why, text in reasons:
                    if why not in found and any(text == group for group in groups):
                        found[why] = passage._replace(why=why)
                        break
                if left <= 0:
                    break
            if left <= 0:
                last = None
                break
    if last is not None and last not in (item._replace(why="") for item in found.values()):
        found["last"] = last._replace(why="last")
    unlike: dict[tuple[str, int], Passage] = {}
    for item in found.values():
        unlike.setdefault((item.file, item.line), item)
    return list(unlike.values())[:LINES]


def _reasons(facts: Facts) -> list[tuple[str, bytes]]:
    """What a line may hold that tells something, and why it does."""
    signs = [(item.says, item.example) for item in facts.signatures if item.grade != "success"]
    tried = [("tried in vain", key) for key in (facts.probe.examples if facts.probe else ())[:1]]
    repeated = facts.top_key is not None and facts.top_key_records > 1
    often = [("most often", facts.top_key or b"")] if repeated else []
    return [*signs[: LINES - 3], *tried, *often]


def _lines(
    source: Source,
    choice: Choice,
    clock: Clock | None,
    by: Sequence[str],
    wanted: tuple[bytes, ...],
) -> Iterator[tuple[Passage, list[bytes]]]:
    """The lines of a source whose value is the one that is wanted, and what their groups hold."""
    compiled = choice.compiled
    if compiled is None:
        return
    needle = max((_plain(part) for part in wanted), key=len, default=b"")
    stamps = _stamps(choice, clock)
    try:
        for number, line in _containing(source, needle):
            groups = compiled.match(line)
            if groups is None:
                continue
            held = tuple(groups.get(group) or b"" for group in by)
            if not all(
                text == value or "/" in group
                for text, value, group in zip(held, wanted, by, strict=True)
            ):
                continue
            if stamps is not None and not _inside(choice, line, stamps, clock):
                continue
            texts = [text for text in groups.values() if text is not None]
            if choice.roles is not None:
                texts.append(_joined(groups, choice.roles.request))
                texts.append(_joined(groups, choice.roles.login))
            yield Passage(source.name, number, line, ""), texts
    except OSError:
        # It was said when it was counted.
        return


def _joined(groups: dict[str, bytes | None], names: Sequence[str]) -> bytes:
    return b" ".join(part for name in names if (part := groups.get(name)))


def _stamps(choice: Choice, clock: Clock | None) -> Stamps | None:
    if clock is None or choice.time is None or (clock.start is None and clock.end is None):
        return None
    return Stamps(*clock)


def _inside(choice: Choice, line: bytes, stamps: Stamps, clock: Clock | None) -> bool:
    found = stamps_of(choice, [line])
    instant = stamps.parse(found[0]) if found else None
    if instant is None or clock is None:
        return False
    return (clock.start is None or instant >= clock.start) and (
        clock.end is None or instant < clock.end
    )


def _plain(text: bytes) -> bytes:
    """The longest part of a text that stands in a line as it is, whatever escapes that has."""
    return max(re.findall(rb"[A-Za-z0-9._:-]+", text), key=len, default=b"")


def _containing(source: Source, needle: bytes) -> Iterator[tuple[int, bytes]]:
    """The lines in which ``needle`` stands, without their ends, and their numbers."""
    read = source.reader()
    before, rest = 0, b""
    while block := read(_BLOCK):
        block = rest + block if rest else block
        cut = block.rfind(b"\n") + 1
        if not cut:
            rest = block if len(block) <= _LONGEST else b""
            continue
        rest = block[cut:]
        yield from _in_block(block[:cut], needle, before)
        before += block.count(b"\n", 0, cut)
    if rest:
        yield from _in_block(rest, needle, before)


def _in_block(block: bytes, needle: bytes, before: int) -> Iterator[tuple[int, bytes]]:
    at, number, counted = 0, before, 0
    while (hit := block.find(needle, at)) >= 0:
        begin = block.rfind(b"\n", 0, hit) + 1
        end = block.find(b"\n", hit)
        end = len(block) if end < 0 else end
        number += block.count(b"\n", counted, begin)
        counted = begin
        yield number + 1, block[begin:end].removesuffix(b"\r")
        at = end + 1
        if at > len(block):
            break
