"""What values did goes through shards and mergers; and the calls from Python that judge it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

import streamstats
from streamstats.conduct import Conduct
from streamstats.engines.clock import Wish
from streamstats.engines.once import Job, Watcher, run
from streamstats.engines.roles import Wanted
from streamstats.errors import StreamstatsError, UnknownGroup, UsageError
from streamstats.summary.needs import Least
from streamstats.summary.verdict import HOSTILE_PATTERN, NOTHING_UNUSUAL
from streamstats.times import zone

EXAMPLE = Path(__file__).parent.parent / "examples" / "access.log"
ATTACKER = b"203.0.113.66"


def gathered(paths: Sequence[Path], threads: int = 2) -> Conduct:
    job = Job([str(path) for path in paths], "combined", conduct=Wanted(), threads=threads)
    job = job._replace(wish=Wish(zone=zone("UTC")))
    conduct = run(job, Watcher()).tally.conduct
    assert conduct is not None
    return conduct


def test_many_values_go_through_the_shards_and_keep_what_they_did(tmp_path: Path) -> None:
    """More values than a thread keeps for itself, each with its failures, keys and signatures."""
    log = tmp_path / "many.log"
    values = 900_000
    with log.open("w") as file:
        for n in range(values):
            status, path = (404, "/.env") if n % 9 == 0 else (200, "/")
            file.write(
                f"10.{n >> 16}.{n >> 8 & 255}.{n & 255} - - [14/Mar/2024:09:26:{n % 60:02} +0000] "
                f'"GET {path} HTTP/1.1" {status} 9 "-" "x"\n'
            )
        file.writelines(
            f'10.0.0.9 - - [14/Mar/2024:09:30:00 +0000] "GET /p{n} HTTP/1.1" 404 9 "-" "y"\n'
            for n in range(2000)
        )
    conduct = gathered([log])
    population = conduct.population(1.0)
    assert population.values == values
    assert population.fails == values // 9 + 2000
    facts = conduct.facts(b"10.0.0.9")
    assert facts is not None
    assert (facts.records, facts.fails) == (2001, 2001)
    assert facts.agents == ((b"y", 2000), (b"x", 1))
    # More keys in ten minutes than are kept one by one: an estimate, within six standard errors.
    assert facts.probe is not None
    assert not facts.probe.exact
    assert abs(facts.probe.keys - 2001) < 6 * 0.0325 * 2001
    assert [sign.records for sign in facts.signatures] == [1]
    signed = sum(1 for _ in conduct.wanted(Least(probe_keys=None, signatures=True)))
    assert signed == values // 9


def test_suspects_from_python() -> None:
    page = streamstats.suspects(EXAMPLE, tz="UTC")
    assert page.by == ("ip",)
    assert page.found[0].facts.value == ATTACKER
    assert page.hostile == sum(item.verdict.verdict == HOSTILE_PATTERN for item in page.found)
    assert page.rolled is None
    fewer = streamstats.suspects([EXAMPLE], where="status < 400", tz="UTC")
    assert fewer.hostile < page.hostile
    none = streamstats.suspects(EXAMPLE, failure="status >= 600", tz="UTC")
    assert all(item.facts.fails == 0 for item in none.found)
    assert streamstats.suspects(EXAMPLE, roll_up=True).rolled is not None


def test_explain_from_python() -> None:
    page = streamstats.explain(ATTACKER, EXAMPLE, tz="UTC")
    (item,) = page.values
    assert item.verdict.verdict == HOSTILE_PATTERN
    assert item.rank == 1
    assert item.onset is not None
    assert item.onset.first_seen
    assert item.timeline is not None
    assert sum(item.timeline.counts) == item.facts.records
    assert [top.group for top in item.tops] == ["path", "status", "agent"]
    lines = EXAMPLE.read_bytes().split(b"\n")
    assert len(item.lines) > 2
    for passage in item.lines:
        assert lines[passage.line - 1] == passage.text
        assert passage.text.startswith(ATTACKER + b" ")
    both = streamstats.explain([(b"203.0.113.67", b"200")], EXAMPLE, by="ip,status")
    assert both.values[0].verdict.verdict == NOTHING_UNUSUAL
    assert streamstats.explain([], EXAMPLE, top=2).values[0].facts.value == ATTACKER
    assert streamstats.explain(b"nobody", EXAMPLE).values == ()


def test_what_cannot_be_judged() -> None:
    with pytest.raises(UnknownGroup, match="nothing"):
        streamstats.suspects(EXAMPLE, failure="nothing = 1")
    with pytest.raises(UsageError, match="2 groups, not 1"):
        streamstats.explain(ATTACKER, EXAMPLE, by="ip,status")
    with pytest.raises(StreamstatsError, match="no record"):
        streamstats.suspects(EXAMPLE, where="status = 999")
    with pytest.raises(StreamstatsError, match="No such file"):
        streamstats.suspects("nowhere.log")
