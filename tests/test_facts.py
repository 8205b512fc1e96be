"""The facts that the core gathers, against the slow and plain collector."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facts_reference import Failed, Instant, collect, records
from streamstats.engines.clock import Wish
from streamstats.engines.judging import Judged
from streamstats.engines.once import Job, Watcher, run
from streamstats.engines.roles import Wanted
from streamstats.patterns.known import named
from streamstats.patterns.roles import Roles, roles
from streamstats.summary.baseline import baseline
from streamstats.summary.facts import Facts, Population
from streamstats.summary.needs import least
from streamstats.summary.verdict import HOSTILE_PATTERN, IS_UNUSUAL, judge

ADDRESSES = [b"192.0.2.%d" % last for last in range(1, 6)]
REQUESTS = [
    b"GET / HTTP/1.1",
    b"GET /a HTTP/1.1",
    b"GET /b?c=d HTTP/1.1",
    b"GET /img/x.png HTTP/1.1",
    b"GET /robots.txt HTTP/1.1",
    b"GET /.env HTTP/1.1",
    b"GET /wp-login.php HTTP/1.1",
    b"POST /wp-login.php HTTP/1.1",
    b"GET /%2e%2e/%252e%252e/../etc/passwd HTTP/1.1",
    b"GET /old.php HTTP/1.1",
    b"GET /?q=1%20union%20select%201,2 HTTP/1.1",
    rb"\x16\x03\x01\x02",
    b"-",
    b"",
]
AGENTS = [b"Mozilla/5.0 (X11)", b"curl/8.5.0", b"-", b"sqlmap/1.4", b"Examplebot/1.0"]
ACCOUNTS = [b"root", b"alice", b"bob", b"oracle", b"a from b"]

hits = st.tuples(
    st.sampled_from(ADDRESSES),
    st.integers(0, 3000),
    st.sampled_from(REQUESTS) | st.integers(0, 30).map(lambda n: b"GET /p%d HTTP/1.1" % n),
    st.sampled_from([200, 200, 302, 400, 401, 403, 404, 404, 404, 499, 500]),
    st.sampled_from(AGENTS),
)
logins = st.tuples(
    st.sampled_from(ADDRESSES),
    st.integers(0, 3000),
    st.sampled_from([b"Failed password for", b"Failed password for invalid user", b"Invalid user",
                     b"Accepted password for"]),
    st.sampled_from(ACCOUNTS),
)  # fmt: skip


def access_line(hit: tuple[bytes, int, bytes, int, bytes]) -> bytes:
    address, second, request, status, agent = hit
    when = datetime.fromtimestamp(1_710_000_000 + second, UTC).strftime("%d/%b/%Y:%H:%M:%S +0000")
    return b'%s - - [%s] "%s" %d 5 "-" "%s"' % (address, when.encode(), request, status, agent)


def login_line(item: tuple[bytes, int, bytes, bytes]) -> bytes:
    address, second, what, account = item
    when = datetime.fromtimestamp(1_710_000_000 + second, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return b"%s web1 sshd[1]: %s %s from %s port 9" % (when.encode(), what, account, address)


def of_access(stamp: bytes) -> int | None:
    when = datetime.strptime(stamp.decode(), "%d/%b/%Y:%H:%M:%S %z")
    return int(when.timestamp()) * 10**9


def of_iso(stamp: bytes) -> int | None:
    return int(datetime.fromisoformat(stamp.decode()).timestamp()) * 10**9


def failed_request(groups: dict[str, bytes]) -> bool:
    return int(groups["status"]) >= 400


def failed_login(groups: dict[str, bytes]) -> bool:
    return re.search(b"Failed|Invalid|Illegal", groups["result"]) is not None


def cast(name: str) -> Roles:
    pattern = named(name)
    assert pattern is not None
    return roles(pattern, re.findall(r"\?P<(\w+)>", pattern.regex), ("ip",))


def plain(
    lines: list[bytes], name: str, failed: Failed, instant: Instant
) -> tuple[dict[bytes, Facts], Population]:
    pattern, parts = named(name), cast(name)
    assert pattern is not None
    found = records(lines, pattern, parts, "ip", failed=failed, instant=instant)
    return collect(found, parts, parts.failure)


def gathered(path: Path, name: str, threads: int = 2) -> Judged:
    job = Job([str(path)], name, threads=threads, wish=Wish(), conduct=Wanted())
    return Judged(job, run(job, Watcher()))


def alike(ours: Facts, known: Facts) -> None:
    """The same, but for which of several equals is named."""
    for name in (
        "value", "groups", "records", "fails", "first", "last", "peak_second", "peak_second_at",
        "peak_minute", "peak_minute_at", "active_minutes", "keys", "keys_exact", "top_key_records",
        "failing_keys", "agents_distinct",
    ):  # fmt: skip
        assert getattr(ours, name) == getattr(known, name), name
    assert dict(ours.agents) == dict(known.agents)
    assert [count for _, count in ours.agents] == [count for _, count in known.agents]
    assert (ours.probe is None) == (known.probe is None)
    if ours.probe is not None and known.probe is not None:
        assert ours.probe._replace(examples=()) == known.probe._replace(examples=())
        if known.probe.keys <= 8:
            assert set(ours.probe.examples) == set(known.probe.examples)
    assert (ours.gaps is None) == (known.gaps is None)
    if ours.gaps is not None and known.gaps is not None:
        assert ours.gaps == pytest.approx(known.gaps)
    marks = {item.name: item.records for item in ours.signatures}
    assert marks == {item.name: item.records for item in known.signatures}


def same(path: Path, name: str, lines: list[bytes], failed: Failed, instant: Instant) -> None:
    path.write_bytes(b"\n".join(lines) + b"\n")
    known, population = plain(lines, name, failed, instant)
    ours = gathered(path, name)
    theirs = ours.conduct.population(population.seconds)
    assert theirs._replace(trials=()) == population._replace(trials=())
    assert sorted(theirs.trials) == sorted(population.trials)
    for key in ours.conduct.keys():  # noqa: SIM118
        found = ours.conduct.facts(key)
        assert found is not None
        alike(found, known[found.value])
    # Who is chosen by the core is all that would have had a verdict.
    usual = baseline(population)
    above = {
        value
        for value, facts in known.items()
        if judge(facts, usual).verdict in (HOSTILE_PATTERN, IS_UNUSUAL)
    }
    assert {item.facts.value for item in ours.suspects} == above
    assert above <= {facts.value for _, facts in ours.conduct.wanted(least(usual))}


@given(st.lists(hits, min_size=1, max_size=80))
def test_requests(
    tmp_path_factory: pytest.TempPathFactory, items: list[tuple[bytes, int, bytes, int, bytes]]
) -> None:
    path = tmp_path_factory.mktemp("facts") / "access.log"
    lines = [access_line(item) for item in items]
    same(path, "combined", lines, failed_request, of_access)


@given(st.lists(logins, min_size=1, max_size=60))
def test_logins(
    tmp_path_factory: pytest.TempPathFactory, items: list[tuple[bytes, int, bytes, bytes]]
) -> None:
    path = tmp_path_factory.mktemp("facts") / "auth.log"
    same(path, "sshd", [login_line(item) for item in items], failed_login, of_iso)
