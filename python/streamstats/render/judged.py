"""Verdicts as JSON: of values that were explained, and of all suspects."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from typing import Any

from streamstats.render.escape import shown, shown_name
from streamstats.render.evidence import sentence
from streamstats.render.instants import Clock
from streamstats.render.look import PLAIN, Look
from streamstats.summary.evidence.model import Evidence
from streamstats.summary.explained import Explanation, Explanations, Suspects
from streamstats.summary.facts import Facts, Population
from streamstats.summary.model import TimeFacts, Timeline
from streamstats.summary.onset import Onset
from streamstats.summary.verdict import Verdict

SCHEMA = 1
SECOND = 1_000_000_000


def render_explain_json(page: Explanations, look: Look) -> Iterator[str]:
    """One object with all that is known."""
    clock = _clock(page.time)
    found = {**_head(page, clock), "values": [_explained(item, clock) for item in page.values]}
    yield _dumped(found, look) + "\n"


def render_suspects_json(page: Suspects, top: int, look: Look) -> Iterator[str]:
    """One object; the suspects in a list, worst first, a line for each."""
    clock = _clock(page.time)
    head = {**_head(page, clock), "hostile": page.hostile, "suspects": len(page.found)}
    head["caveats"] = list(page.caveats)
    if page.rolled is not None:
        head["prefixes"] = [
            {
                "prefix": item.prefix,
                "members": item.members,
                "failing": item.failing,
                "failing_keys": item.keys,
                "flagged": item.flagged,
                "z": _number(item.z),
                "fleet": item.fleet,
                "values": [_text(value) for value in item.values],
                "keys": [_text(key) for key in item.examples],
                "sentence": item.sentence,
            }
            for item in page.rolled
        ]
    yield _dumped(head, look)[:-1] + ', "values": ['
    before = "\n  "
    for suspect in page.found[:top] if top else page.found:
        yield before + _dumped(_value(suspect.facts, suspect.verdict, clock), look)
        before = ",\n  "
    yield "]}\n"


def _head(page: Explanations | Suspects, clock: Clock | None) -> dict[str, Any]:
    source, time = page.source, page.time
    found: dict[str, Any] = {
        "schema": SCHEMA,
        "source": {
            "files": [shown_name(name, False) for name in source.files],
            "bytes": source.bytes,
            "lines": source.lines,
            "matched": source.matched,
            "unmatched": source.unmatched,
        },
        "pattern": {
            "name": shown_name(page.pattern, False),
            "by": [shown_name(name, False) for name in page.by],
        },
    }
    if time is not None and clock is not None:
        found["time"] = {
            "first": _instant(time.first, clock),
            "last": _instant(time.last, clock),
            "start": _instant(time.start, clock),
            "end": _instant(time.end, clock),
            "seconds": time.seconds,
        }
    return found | {"population": _population(page.population)}


def _population(population: Population) -> dict[str, Any]:
    return {
        "values": population.values,
        "records": population.records,
        "fails": population.fails if population.failure else None,
        "failure": population.failure or None,
        "kind": population.kind or None,
        "key": population.key_group,
        "agent": population.agent_group,
    }


def _explained(item: Explanation, clock: Clock | None) -> dict[str, Any]:
    return {
        **_value(item.facts, item.verdict, clock),
        "share": item.share,
        "rank": item.rank,
        "name": None if item.name is None else shown_name(item.name, False),
        "since": _onset(item.onset, clock),
        "timeline": _timeline(item.timeline, clock),
        "groups": [
            {
                "group": shown_name(top.group, False),
                "distinct": top.distinct,
                "values": [
                    {"value": _text(text), "records": records} for text, records in top.texts
                ],
            }
            for top in item.tops
        ],
        "lines": [
            {
                "file": shown_name(line.file, False),
                "line": line.line,
                "text": _text(line.text),
                "why": line.why,
            }
            for line in item.lines
        ],
    }


def _value(facts: Facts, verdict: Verdict, clock: Clock | None) -> dict[str, Any]:
    found: dict[str, Any] = {"value": _text(facts.value)}
    if len(facts.groups) > 1:
        found["parts"] = [_text(group) for group in facts.groups]
    found |= {
        "verdict": verdict.verdict,
        "records": facts.records,
        "fails": facts.fails,
        "keys": {"distinct": facts.keys, "exact": facts.keys_exact},
        "failing_keys": facts.failing_keys,
        "evidence": [_evidence(item, clock) for item in verdict.evidence],
        "caveats": list(verdict.caveats),
        "signatures": [
            {"name": s.name, "grade": s.grade, "records": s.records, "example": _text(s.example)}
            for s in facts.signatures
        ],
        "agents": [{"value": _text(agent), "records": n} for agent, n in facts.agents],
    }
    if clock is not None:
        found |= {
            "first": _instant(facts.first, clock),
            "last": _instant(facts.last, clock),
            "peak_second": facts.peak_second,
            "peak_second_at": _instant(facts.peak_second_at, clock),
            "peak_minute": facts.peak_minute,
            "peak_minute_at": _instant(facts.peak_minute_at, clock),
            "active_minutes": facts.active_minutes,
        }
        if facts.probe is not None:
            found["probe"] = {
                "start": _instant(facts.probe.start_ns, clock),
                "seconds": facts.probe.width_ns / SECOND,
                "keys": facts.probe.keys,
                "exact": facts.probe.exact,
                "examples": [_text(key) for key in facts.probe.examples],
            }
    return found


def _evidence(item: Evidence, clock: Clock | None) -> dict[str, Any]:
    return {
        "name": item.name,
        "bearing": item.bearing,
        "strength": _number(item.strength),
        "sentence": sentence(item, clock, PLAIN),
        "figures": _figures(item.figures),
    }


def _figures(figures: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: _number(value) if isinstance(value, float) else value
        for name, value in figures.items()
    }


def _onset(onset: Onset | None, clock: Clock | None) -> dict[str, Any] | None:
    if onset is None or clock is None:
        return None
    return {
        "start": _instant(onset.start, clock),
        "end": _instant(onset.end, clock),
        "resolution_seconds": onset.width / SECOND,
        "records": onset.records,
        "rate_inside": onset.inside,
        "rate_outside": onset.outside,
        "log_likelihood_ratio": _number(onset.ratio),
        "first_seen": onset.first_seen,
        "from_start": onset.from_start,
        "clear": onset.clear,
    }


def _timeline(timeline: Timeline | None, clock: Clock | None) -> dict[str, Any] | None:
    if timeline is None or clock is None:
        return None
    return {
        "start": _instant(timeline.start, clock),
        "step_seconds": timeline.step / SECOND,
        "counts": list(timeline.counts),
    }


def _clock(time: TimeFacts | None) -> Clock | None:
    return None if time is None else Clock(time.zone)


def _instant(ns: int | None, clock: Clock) -> str | None:
    return None if ns is None else clock.rfc3339(ns)


def _text(value: bytes) -> str:
    return shown(value, False)[0]


def _number(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _dumped(found: object, look: Look) -> str:
    # What a terminal must not get is beyond ASCII, or escaped in JSON anyway.
    return json.dumps(found, ensure_ascii=look.terminal or not look.unicode)
