"""Which pattern a log has."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streamstats.patterns.detect import LINES, by_specificity, detect, is_plain, nearest
from streamstats.patterns.known import built_in
from streamstats.patterns.model import Pattern, asks

COMBINED = b'192.0.2.1 - - [14/Mar/2024:09:26:53 +0000] "GET /a HTTP/1.1" 200 1 "-" "curl"'
STRAY = b"this is: [another] thing"


@pytest.fixture(autouse=True)
def _no_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STREAMSTATS_HOME", str(tmp_path))


def test_nine_in_ten_are_enough_and_eight_are_not() -> None:
    found = detect([COMBINED] * 9 + [STRAY])
    assert found is not None
    assert (found.pattern.name, found.matched, found.lines, found.share) == ("combined", 9, 10, 0.9)
    assert detect([COMBINED] * 8 + [STRAY] * 2) is None
    assert detect([COMBINED] * 8 + [STRAY]) is None
    assert detect([COMBINED] * 90 + [STRAY] * 10) is not None
    assert detect([COMBINED] * 89 + [STRAY] * 11) is None


def test_the_stray_lines_may_come_first() -> None:
    assert detect([STRAY] * 10 + [COMBINED] * 90) is not None


def test_only_the_first_lines_count() -> None:
    assert detect([COMBINED] * LINES + [STRAY] * 1000) is not None


def test_line_ends_do_not_count() -> None:
    assert detect([COMBINED + b"\r\n"] * 3) == detect([COMBINED] * 3)


def test_nothing_is_nothing() -> None:
    assert detect([]) is None
    assert detect([b""] * 5) is None
    assert nearest([]) == []
    assert nearest([b""]) == []


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"word",
        b"two words",
        b"192.0.2.1",
        b"192.0.2.1:80 200",
        b"2001:db8::1 404 GET",
        b"10.0.0.0/8 12 -3 4.5% 1,234",
        b"host.example.com alice@example.com x86_64 -",
        b"a\tb\t3",
        b"\xff\xfe\x00",
    ],
)
def test_plain_tokens(line: bytes) -> None:
    if b"-" not in line.split():
        assert is_plain(line)
    assert detect([line] * 10) is None


@pytest.mark.parametrize(
    "line",
    [
        b"2024-03-14 09:26:53 startup archives unpack",
        COMBINED,
        b"Mar 14 09:26:53 host cron[411]: x",
        b"1710404813.589 214 192.0.2.33 TCP_MISS/200 10182 GET http://x/ - NONE/- text/html",
    ],
)
def test_lines_of_logs_are_not_plain(line: bytes) -> None:
    assert not is_plain(line)


def test_a_pattern_that_takes_anything_does_not_take_plain_tokens() -> None:
    anything = [Pattern("any", "^(?P<value>.*)$")]
    assert detect([b"a b"] * 5, anything) is None
    assert detect([STRAY] * 5, anything) is not None


def test_the_more_specific_wins() -> None:
    loose = Pattern("loose", r"^(?P<value>\S+) .*")
    close = Pattern("close", r"^(?P<value>\S+) - - \[.*")
    for patterns in ([loose, close], [close, loose]):
        found = detect([COMBINED], patterns)
        assert found is not None
        assert found.pattern is close
    last = close._replace(name="last", specificity=0)
    found = detect([COMBINED], [last, loose])
    assert found is not None
    assert found.pattern is loose


def test_what_does_not_compile_is_passed_over() -> None:
    found = detect([COMBINED], [Pattern("bad", "^192(" + "x" * 50), *built_in().values()])
    assert found is not None
    assert found.pattern.name == "combined"


def test_asks() -> None:
    assert asks("abc") == 6
    assert asks(r"\[\]") == 4
    assert asks(r"^(?P<name>\S+) (?:[^\]]+)") == 5
    assert asks(".*") == 0
    assert asks(r"\d{4,6}") == 1


def test_nearest_names_what_matches_most_lines() -> None:
    found = nearest([COMBINED] * 3 + [STRAY])
    assert found[0][0].name == "combined"
    assert found[0][1] == 0.75
    assert len(found) <= 3


def test_nearest_names_what_gets_furthest_where_nothing_matches() -> None:
    cut = b'192.0.2.1 - - [14/Mar/2024:09:26:53 +0000] "GET /a HTTP/1.1" oops'
    known = [pattern for name, pattern in built_in().items() if name in ("common", "squid")]
    assert [(pattern.name, share) for pattern, share in nearest([cut], known)] == [("common", 0.0)]
    assert nearest([b"\x00"], known) == []


@pytest.mark.parametrize("name", sorted(built_in()))
def test_samples_are_found_to_be_their_own(name: str) -> None:
    """A log of nothing but a pattern's samples is never taken for a less specific format."""
    pattern = built_in()[name]
    samples = [sample.encode() for sample in pattern.samples]
    assert samples, f"{name} has no samples"
    if pattern.shape and pattern.shape != "json":
        return  # these are told by a header, or not at all
    if not pattern.shape and any(map(is_plain, samples)):
        return
    found = detect(samples)
    assert found is not None
    if pattern.shape:
        assert found.pattern.name == name
        return
    order = [known.name for known in by_specificity(None)]
    assert order.index(found.pattern.name) <= order.index(name)


@given(st.lists(st.binary(max_size=200), max_size=30))
def test_nothing_breaks_it(lines: list[bytes]) -> None:
    found = detect(lines)
    assert found is None or found.share >= 0.9


@given(st.lists(st.from_regex(r"[A-Za-z_]\w*|[0-9]+|([0-9]{1,3}\.){3}[0-9]{1,3}", fullmatch=True)))
def test_words_numbers_and_addresses_are_plain(tokens: list[str]) -> None:
    assert is_plain(" ".join(tokens).encode())


def test_hostile_lines_cost_no_time() -> None:
    begin = time.monotonic()
    for unit in (b"a ", b"1.1:", b"a.", b"::", b"f:", b"\t", b"-"):
        is_plain(unit * 30_000 + b"!")
        is_plain(unit * 30_000)
    assert time.monotonic() - begin < 2
