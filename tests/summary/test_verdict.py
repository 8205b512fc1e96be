"""What evidence adds up to."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streamstats.summary.baseline import baseline
from streamstats.summary.evidence.model import BEARINGS, HOSTILE
from streamstats.summary.facts import Facts, Population
from streamstats.summary.needs import least
from streamstats.summary.thresholds import Thresholds
from streamstats.summary.verdict import (
    HOSTILE_PATTERN,
    IS_UNUSUAL,
    NOTHING_UNUSUAL,
    TOO_LITTLE_DATA,
    VERDICTS,
    Verdict,
    judge,
)
from summary.judged import CRAWLER, LOGIN, MINUTE, PLAIN, crowd, population, probe, sign

BURSTING = PLAIN._replace(
    records=90, fails=80, failing_keys=4, peak_minute=80, peak_second=9, peak_minute_at=MINUTE
)


def verdict(facts: Facts, others: list[Facts] | None = None, kind: str = "requests") -> Verdict:
    every = [facts, *(crowd() if others is None else others)]
    return judge(facts, baseline(population(every, kind)))


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        (PLAIN, NOTHING_UNUSUAL),
        (PLAIN._replace(records=4), TOO_LITTLE_DATA),
        (PLAIN._replace(records=1, signatures=(sign("attack"),)), HOSTILE_PATTERN),
        (PLAIN._replace(records=1, signatures=(sign("hint"),)), TOO_LITTLE_DATA),
        (PLAIN._replace(records=9, fails=9, probe=probe(9)), HOSTILE_PATTERN),
        (PLAIN._replace(records=9, fails=9, probe=probe(9), agents=CRAWLER), IS_UNUSUAL),
        (PLAIN._replace(records=5000), IS_UNUSUAL),
        (BURSTING, HOSTILE_PATTERN),
        (BURSTING._replace(failing_keys=2), IS_UNUSUAL),
        (BURSTING._replace(agents=CRAWLER), IS_UNUSUAL),
        (BURSTING._replace(fails=0), IS_UNUSUAL),
    ],
)
def test_verdicts(facts: Facts, expected: str) -> None:
    assert verdict(facts).verdict == expected


def test_guessing_one_account_is_hostile() -> None:
    guess = LOGIN._replace(records=5, fails=5)
    assert verdict(guess, kind="logins").verdict == HOSTILE_PATTERN
    assert verdict(guess._replace(fails=4), kind="logins").verdict == NOTHING_UNUSUAL
    # A good login does not excuse failing far more than others, and in a burst.
    assert verdict(BURSTING._replace(failing_keys=1), kind="logins").verdict == HOSTILE_PATTERN


def test_evidence_comes_strongest_first() -> None:
    found = verdict(BURSTING._replace(probe=probe(30), signatures=(sign("probe"),)))
    order = [(BEARINGS.index(item.bearing), -item.strength) for item in found.evidence]
    assert order == sorted(order)
    led = [item for item in found.evidence if item.bearing == HOSTILE]
    assert led[0].name == "probe"
    assert {item.name for item in led} == {"probe", "signature", "fails", "burst"}
    assert found.weight == pytest.approx(sum(item.strength for item in led))


def test_nothing_has_no_weight() -> None:
    assert verdict(PLAIN).weight == 0


def test_where_most_fail_it_says_so_and_leans_on_what_was_sent() -> None:
    down = [item._replace(fails=item.records) for item in crowd()]
    found = verdict(BURSTING, down)
    assert found.verdict == IS_UNUSUAL
    assert any("turned upside down" in said for said in found.caveats)
    assert verdict(BURSTING._replace(probe=probe(9)), down).verdict == HOSTILE_PATTERN


def test_caveats() -> None:
    assert any("8 to 16 times" in said for said in verdict(BURSTING).caveats)
    assert any("too few to compare" in said for said in verdict(PLAIN, []).caveats)
    nothing = [item._replace(fails=None) for item in crowd()]
    said = verdict(PLAIN._replace(fails=None), nothing).caveats
    assert any("--failure" in text for text in said)
    assert any(
        "nobody has checked" in text for text in verdict(PLAIN._replace(agents=CRAWLER)).caveats
    )
    assert verdict(PLAIN).caveats == ()
    assert not any("false discover" in text for text in verdict(BURSTING).caveats)


def test_an_empty_population_is_judged_without_fault() -> None:
    empty = Population(0, 0, 0, [], [], [], (), [], [], 0.0, "", None, None)
    found = judge(PLAIN._replace(fails=None), baseline(empty))
    assert found.verdict == NOTHING_UNUSUAL


people = st.builds(
    lambda records, fails, peak, keys: PLAIN._replace(
        records=records,
        fails=min(fails, records),
        peak_minute=min(peak, records),
        peak_second=1,
        keys=min(keys, records),
    ),
    st.integers(1, 60),
    st.integers(0, 60),
    st.integers(1, 30),
    st.integers(1, 30),
)
signs = st.lists(
    st.sampled_from(["attack", "probe", "login", "success", "hint"]).map(sign), max_size=2
)
anybody = st.builds(
    lambda base, found, keys, agents, top: base._replace(
        signatures=tuple(found),
        probe=probe(keys) if keys else None,
        failing_keys=keys,
        agents=agents,
        top_key_records=min(top, base.records),
    ),
    people,
    signs,
    st.integers(0, 9),
    st.sampled_from([PLAIN.agents, CRAWLER]),
    st.integers(1, 60),
)


@given(st.lists(people, max_size=30), st.lists(people, max_size=30), st.integers(5, 50))
def test_traffic_of_others_never_clears_a_probe(
    before: list[Facts], more: list[Facts], keys: int
) -> None:
    facts = PLAIN._replace(records=keys, fails=keys, probe=probe(keys), failing_keys=keys)
    assert verdict(facts, before).verdict == HOSTILE_PATTERN
    quiet = [item._replace(fails=0) for item in more]
    after = verdict(facts, [*before, *quiet])
    assert after.verdict == HOSTILE_PATTERN
    assert after.evidence[0].name == "probe"


@given(anybody, st.lists(people, max_size=40), st.sampled_from(["requests", "logins", ""]))
def test_every_verdict_has_what_it_needs(facts: Facts, others: list[Facts], kind: str) -> None:
    usual = baseline(population([facts, *others], kind))
    found = judge(facts, usual)
    assert found.verdict in VERDICTS
    if found.verdict in (HOSTILE_PATTERN, IS_UNUSUAL):
        assert found.evidence
        assert found.weight > 0
    # Who lacks all that is needed may be left out by whoever collects.
    needs = least(usual)

    def reaches(figure: float, floor: int | None) -> bool:
        return floor is not None and figure >= floor

    # The core has distinct keys per active minute in whole keys.
    breadth = int(facts.keys / facts.active_minutes + 0.5) if facts.active_minutes else 0
    enough = (
        reaches(facts.records, needs.records)
        or reaches(facts.peak_minute, needs.minute_peak)
        or reaches(facts.peak_second, needs.second_peak)
        or (facts.records, facts.fails) in needs.trials
        or (facts.probe is not None and reaches(facts.probe.keys, needs.probe_keys))
        or reaches(facts.top_key_records, needs.repetition)
        or reaches(breadth, needs.breadth)
        or (needs.signatures and len(facts.signatures) > 0)
    )
    if not enough:
        assert found.verdict in (NOTHING_UNUSUAL, TOO_LITTLE_DATA)
    for item in found.evidence:
        assert item.text()
        assert item.sentence.count("{}") == len(item.words)


def test_thresholds_may_be_others() -> None:
    facts = PLAIN._replace(probe=probe(6))
    usual = baseline(population([facts, *crowd()]), Thresholds(probe_keys=7))
    assert judge(facts, usual).verdict == NOTHING_UNUSUAL
