"""What the core gathers of each value is what a slow and plain reader finds."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import facts_reference
from streamstats.conduct import Conduct
from streamstats.engines.clock import Wish
from streamstats.engines.judging import Judged
from streamstats.engines.once import Job, Watcher, run
from streamstats.engines.roles import Wanted
from streamstats.patterns.compile import compile_regex
from streamstats.patterns.known import named
from streamstats.patterns.roles import roles
from streamstats.summary.facts import Facts, Population
from streamstats.summary.needs import Least
from streamstats.summary.verdict import HOSTILE_PATTERN
from streamstats.times import zone

START = 1_710_408_000
EVERYBODY = Least(records=1)

addresses = st.sampled_from(["192.0.2.1", "192.0.2.2", "198.51.100.7", "2001:db8::5"])
paths = st.sampled_from(
    [
        *("/", "/a", "/b?x=1", "/favicon.ico", "/style.css", "/.env", "/wp-login.php"),
        *("/?file=../../../etc/passwd", "/%2e%2e/%2e%2e/%2e%2e/etc/passwd", "/a%00"),
        *(f"/page{n}" for n in range(12)),
    ]
)
agents = st.sampled_from(["Mozilla/5.0", "-", "curl/8", "sqlmap/1.7", "Googlebot/2.1"])
records = st.tuples(
    addresses,
    st.integers(0, 3000),
    paths,
    st.sampled_from([200, 304, 401, 404, 500]),
    agents,
)


def line(record: tuple[str, int, str, int, str]) -> bytes:
    value, second, path, status, agent = record
    when = datetime.fromtimestamp(START + second, UTC).strftime("%d/%b/%Y:%H:%M:%S +0000")
    return f'{value} - - [{when}] "GET {path} HTTP/1.1" {status} 9 "-" "{agent}"\n'.encode()


def gathered(paths: Sequence[Path], threads: int = 2) -> Conduct:
    job = Job([str(path) for path in paths], "combined", conduct=Wanted(), threads=threads)
    job = job._replace(wish=Wish(zone=zone("UTC")))
    conduct = run(job, Watcher()).tally.conduct
    assert conduct is not None
    return conduct


def plain(lines: Sequence[bytes]) -> tuple[dict[bytes, Facts], Population]:
    pattern = named("combined")
    assert pattern is not None
    groups = compile_regex(pattern.regex).groups
    cast = roles(pattern, groups, ("ip",))

    def instant(stamp: bytes) -> int:
        when = datetime.strptime(stamp.decode(), "%d/%b/%Y:%H:%M:%S %z")
        return int(when.timestamp()) * 1_000_000_000

    found = facts_reference.records(
        lines,
        pattern,
        cast,
        "ip",
        failed=lambda held: int(held["status"]) >= 400,
        instant=instant,
    )
    return facts_reference.collect(found, cast, cast.failure)


def comparable(facts: Facts) -> Facts:
    """Without what may be told in another order, or of equals another one."""
    probe = facts.probe
    if probe is not None:
        few = probe.keys <= facts_reference.SHOWN
        probe = probe._replace(examples=tuple(sorted(probe.examples)) if few else ())
    signs = sorted(sign._replace(example=b"") for sign in facts.signatures)
    gaps = facts.gaps
    if gaps is not None:
        gaps = gaps._replace(mean_s=round(gaps.mean_s, 9), cv=round(gaps.cv, 9))
    return facts._replace(
        probe=probe,
        signatures=tuple(signs),
        gaps=gaps,
        agents=tuple(sorted(facts.agents)),
        top_key=None,
    )


@given(st.lists(records, min_size=1, max_size=120), st.integers(0, 120), st.integers(1, 2))
def test_the_core_finds_what_a_plain_reader_finds(
    tmp_path_factory: pytest.TempPathFactory,
    found: list[tuple[str, int, str, int, str]],
    cut: int,
    threads: int,
) -> None:
    folder = tmp_path_factory.mktemp("conduct")
    lines = [line(record) for record in found]
    # However the lines are split over files, and whoever counts them.
    parts = [lines[:cut], lines[cut:]]
    files = []
    for at, part in enumerate(parts):
        if part:
            files.append(folder / f"{at}.log")
            files[-1].write_bytes(b"".join(part))
    conduct = gathered(files, threads)
    expected, population = plain(lines)
    seen = {facts.value: facts for _, facts in conduct.wanted(EVERYBODY)}
    assert set(seen) == set(expected)
    for value, facts in expected.items():
        assert comparable(seen[value]) == comparable(facts)
        top = seen[value].top_key
        assert top is not None
        records_of_top = sum(
            1 for record in found if record[0].encode() == value and record[2].encode() == top
        )
        assert records_of_top == facts.top_key_records
    whole = conduct.population(population.seconds)
    assert whole._replace(counts=sorted(whole.counts)) == population._replace(
        counts=sorted(population.counts)
    )


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


@pytest.mark.corpus
@pytest.mark.parametrize("name", ["almhuette2019", "webhawk2021"])
def test_labelled_attackers_are_found(data: Path, name: str) -> None:
    """Nine in ten of the attacks that are labelled, and few others: docs/verdicts.md."""
    job = Job([str(data / "labelled" / f"{name}.log")], conduct=Wanted())
    job = job._replace(wish=Wish(zone=zone("UTC")))
    page = Judged(job, run(job, Watcher())).listed()
    table = (data / "labelled" / f"{name}.labels.tsv").read_bytes().splitlines()
    labels = {row.split(b"\t")[0]: row.split(b"\t")[1] for row in table}
    attacks = {value for value, label in labels.items() if label == b"attack"}
    hostile = {item.facts.value for item in page.found if item.verdict.verdict == HOSTILE_PATTERN}
    scored = {value for value in hostile if labels.get(value) in (b"attack", b"bot", b"other")}
    assert len(attacks & hostile) >= 0.9 * len(attacks)
    assert len(attacks & hostile) >= 0.6 * len(scored)
