"""Each kind of evidence: where it begins, what it says, what keeps it silent."""

from __future__ import annotations

import math

import pytest
from scipy import stats
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import proportion_confint

from streamstats.summary.baseline import Baseline, baseline
from streamstats.summary.evidence import (
    breadth,
    burst,
    company,
    fails,
    identity,
    regularity,
    repetition,
    signature,
    success,
    volume,
)
from streamstats.summary.evidence import probe as probing
from streamstats.summary.evidence.model import CONTEXT, HOSTILE, UNUSUAL, When
from streamstats.summary.facts import Company, Facts, Gaps
from summary.judged import (
    CRAWLER,
    LOGIN,
    MINUTE,
    PLAIN,
    TEN_MINUTES,
    crowd,
    population,
    probe,
    sign,
)

USUAL = baseline(population(crowd()))
LOGINS = baseline(population(crowd(), "logins"))


def among(facts: Facts, others: list[Facts] | None = None) -> Baseline:
    """What is usual where this value is one of the crowd."""
    return baseline(population([facts, *(crowd() if others is None else others)]))


def test_probe_begins_with_five_keys() -> None:
    assert probing.probe(PLAIN._replace(probe=probe(4)), USUAL) is None
    found = probing.probe(PLAIN._replace(probe=probe(10)), USUAL)
    assert found is not None
    assert (found.bearing, found.strength) == (HOSTILE, 2)
    assert found.text() == (
        f"asked for 10 different paths in vain within 10 minutes from {TEN_MINUTES}: "
        r"/a, /b{}, /\x1b[31m"
    )
    assert found.words[0] == When(TEN_MINUTES)


def test_probe_says_when_it_is_an_estimate_and_what_a_key_is() -> None:
    about = probe(70)._replace(exact=False)
    found = probing.probe(LOGIN._replace(probe=about), LOGINS)
    assert found is not None
    assert found.sentence.startswith("tried about 70 different accounts in vain")


def test_a_crawler_that_follows_dead_links_is_unusual() -> None:
    found = probing.probe(PLAIN._replace(probe=probe(9), agents=CRAWLER), USUAL)
    assert found is not None
    assert found.bearing == UNUSUAL
    assert "crawler" in found.sentence


def test_fails_has_the_figures_of_scipy_and_statsmodels() -> None:
    facts = PLAIN._replace(records=30, fails=24)
    others = crowd()
    usual = among(facts, others)
    found = fails.fails(facts, usual)
    assert found is not None
    shares = [(item.fails or 0) / item.records for item in [facts, *others]]
    p0 = sum(shares) / len(shares)
    low, high = proportion_confint(24, 30, alpha=0.01, method="beta")
    every = [(item.records, item.fails or 0) for item in [facts, *others]]
    p = [float(stats.binom.sf(k - 1, n, p0)) if k >= 5 else 1.0 for n, k in every]
    q = multipletests(p, method="fdr_bh")[1][0]
    figures = found.figures
    assert figures["population"] == pytest.approx(p0)
    assert (figures["low"], figures["high"]) == pytest.approx((low, high))
    assert figures["log10_p"] == pytest.approx(math.log10(p[0]))
    assert figures["log10_q"] == pytest.approx(math.log10(q))
    assert found.strength == pytest.approx(low / max(2 * p0, p0 + 0.1))
    assert found.bearing == UNUSUAL


@pytest.mark.parametrize(
    ("records", "failed", "there"),
    [(30, 24, True), (4, 4, False), (200, 26, False), (5, 5, True)],
)
def test_fails_takes_five_and_a_large_difference(records: int, failed: int, there: bool) -> None:
    facts = PLAIN._replace(records=records, fails=failed)
    assert (fails.fails(facts, among(facts)) is not None) == there


def test_fails_is_silent_where_most_fail() -> None:
    down = [item._replace(fails=item.records) for item in crowd()]
    facts = PLAIN._replace(records=50, fails=50)
    usual = among(facts, down)
    assert usual.inverted
    assert fails.fails(facts, usual) is None


def test_fails_needs_somebody_to_compare_with_and_a_predicate() -> None:
    facts = PLAIN._replace(records=50, fails=50)
    assert fails.fails(facts, among(facts, crowd(3))) is None
    assert fails.fails(PLAIN._replace(fails=None), USUAL) is None


def test_success_of_logins_is_guessing() -> None:
    facts = LOGIN._replace(records=50, fails=50)
    found = success.success(facts, LOGINS)
    assert found is not None
    assert (found.bearing, found.strength) == (HOSTILE, 2)
    assert found.text().startswith("none of 50 logins succeeded; 100% of the values succeed")
    assert success.success(facts._replace(fails=49), LOGINS) is None
    assert success.success(facts._replace(records=4, fails=4), LOGINS) is None
    assert success.success(facts._replace(fails=None), LOGINS) is None


def test_success_of_requests_is_unusual_unless_most_fail() -> None:
    facts = PLAIN._replace(records=50, fails=50)
    found = success.success(facts, USUAL)
    assert found is not None
    assert found.bearing == UNUSUAL
    down = among(facts, [item._replace(fails=item.records) for item in crowd()])
    found = success.success(facts, down)
    assert found is not None
    assert found.bearing == CONTEXT


def test_burst_is_a_robust_z_of_peaks() -> None:
    facts = PLAIN._replace(peak_minute=90, peak_second=12, peak_minute_at=MINUTE)
    usual = among(facts)
    found = burst.burst(facts, usual)
    assert found is not None
    assert usual.minute is not None
    assert usual.second is not None
    assert found.figures["z_minute"] == pytest.approx(usual.minute.z(90))
    assert found.figures["z_second"] == pytest.approx(usual.second.z(12))
    larger = max(usual.minute.z(90), usual.second.z(12))
    assert found.strength == pytest.approx(larger / 3.5)
    assert "90 requests within a minute from" in found.text()
    assert "never have more than 2 a minute" in found.text()
    assert burst.burst(facts._replace(peak_minute=9), usual) is None
    assert burst.burst(PLAIN._replace(peak_minute=0, peak_second=0), usual) is None


def test_a_burst_beside_equal_peaks_has_no_infinite_figure() -> None:
    flat = [item._replace(peak_minute=1, peak_second=1) for item in crowd()]
    facts = PLAIN._replace(peak_minute=50, peak_second=50, peak_minute_at=None)
    found = burst.burst(facts, baseline(population(flat)))
    assert found is not None
    assert found.strength == 10
    assert found.figures["z_minute"] is None
    assert found.words == ()


def test_volume_ranks_and_never_accuses() -> None:
    facts = PLAIN._replace(records=2000)
    found = volume.volume(facts, among(facts))
    assert found is not None
    assert found.bearing == UNUSUAL
    assert found.figures["rank"] == 1
    assert "rank 1 of 41" in found.text()
    usual = among(facts)
    mild = volume.volume(PLAIN._replace(records=11), usual)
    assert mild is not None
    assert mild.bearing == CONTEXT
    assert volume.volume(PLAIN._replace(records=9), usual) is None
    assert volume.volume(facts, among(facts, crowd(2))) is None


def test_breadth_counts_keys_per_active_minute() -> None:
    facts = PLAIN._replace(records=400, keys=300, active_minutes=3)
    found = breadth.breadth(facts, among(facts))
    assert found is not None
    assert found.figures["per_minute"] == 100
    assert found.bearing == UNUSUAL
    assert breadth.breadth(facts._replace(active_minutes=100), USUAL) is None
    assert breadth.breadth(facts._replace(active_minutes=0), USUAL) is None


def test_repetition_takes_half_of_the_records() -> None:
    facts = PLAIN._replace(records=500, top_key=b"/\xff", top_key_records=490)
    found = repetition.repetition(facts, among(facts))
    assert found is not None
    assert found.words == (b"/\xff",)
    assert "490 times the same path, 98.0% of its requests" in found.text()
    assert repetition.repetition(facts._replace(records=5000), USUAL) is None
    assert repetition.repetition(facts._replace(top_key=None), USUAL) is None


def test_regularity_is_context() -> None:
    found = regularity.regularity(PLAIN._replace(gaps=Gaps(60, 300.0, 0.02)), USUAL)
    assert found is not None
    assert (found.bearing, found.strength) == (CONTEXT, 5)
    assert "every 300 s, give or take 2%" in found.text()
    assert regularity.regularity(PLAIN._replace(gaps=Gaps(60, 300.0, 0.5)), USUAL) is None
    assert regularity.regularity(PLAIN._replace(gaps=Gaps(3, 300.0, 0.0)), USUAL) is None
    assert regularity.regularity(PLAIN._replace(gaps=Gaps(60, 0.0, 0.0)), USUAL) is None


@pytest.mark.parametrize(
    ("agents", "distinct", "says"),
    [
        (CRAWLER, 1, "declares itself a crawler"),
        (((b"curl/8.5.0", 3),), 1, "calls itself a program: curl/8.5.0"),
        (((b"-", 3),), 1, "does not say what it is"),
        (((b"Mozilla/5.0 (X11)", 3), (b"curl/8", 1)), 2, "goes by 2 agents, mostly Mozilla"),
        (((b"Mozilla/5.0 (X11)", 3),), 1, "calls itself Mozilla/5.0 (X11)"),
        ((*CRAWLER, (b"curl/8", 1)), 2, "(and 1 other agent)"),
    ],
)
def test_identity(agents: tuple[tuple[bytes, int], ...], distinct: int, says: str) -> None:
    found = identity.identity(PLAIN._replace(agents=agents, agents_distinct=distinct), USUAL)
    assert found is not None
    assert found.bearing == CONTEXT
    assert says in found.text()


def test_identity_needs_an_agent() -> None:
    assert identity.identity(PLAIN._replace(agents=()), USUAL) is None
    assert identity.identity(LOGIN, LOGINS) is None


@pytest.mark.parametrize(
    ("agent", "crawls"),
    [
        (b"Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", True),
        (b"Sogou web spider/4.0", True),
        (b"Mozilla/5.0 (compatible; Yahoo! Slurp)", True),
        (b"facebookexternalhit/1.1", True),
        (b"Mozilla/5.0 (Linux; Android 4.4; CUBOT X9)", True),  # a telephone: the price of names
        (b"Mozilla/5.0 (Windows NT 10.0) Chrome/120.0 Safari/537.36", False),
        (b"Debian APT-HTTP/1.3 (1.0.1ubuntu2)", False),
        (b"bottle/0.12", False),
        (b"-", False),
    ],
)
def test_who_declares_to_be_a_crawler(agent: bytes, crawls: bool) -> None:
    assert (identity.declared(PLAIN._replace(agents=((agent, 1),))) is not None) == crawls


def test_a_crawler_says_so_most_of_the_time() -> None:
    rarely = (CRAWLER[0][0], 1)
    assert identity.declared(PLAIN._replace(agents=((b"x", 9), rarely))) is None
    assert identity.declared(PLAIN._replace(agents=())) is None


def test_company_is_context() -> None:
    near = Company("192.0.2.0/24", 5, 3, 2)
    found = company.company(PLAIN._replace(company=near), USUAL)
    assert found is not None
    assert (found.bearing, found.strength) == (CONTEXT, 3)
    assert found.text() == (
        "5 other values in 192.0.2.0/24, 2 with a hostile pattern and 3 that mostly fail"
    )
    quiet = company.company(PLAIN._replace(company=near._replace(failing=0, hostile=0)), USUAL)
    assert quiet is not None
    assert quiet.text().endswith("none that stands out")
    assert company.company(PLAIN, USUAL) is None


@pytest.mark.parametrize(
    ("grades", "agents", "bearing"),
    [
        (("attack",), PLAIN.agents, HOSTILE),
        (("attack",), CRAWLER, HOSTILE),
        (("probe",), PLAIN.agents, HOSTILE),
        (("probe",), CRAWLER, UNUSUAL),
        (("login",), PLAIN.agents, HOSTILE),
        (("login", "success"), PLAIN.agents, None),
        (("success",), PLAIN.agents, None),
        (("hint",), PLAIN.agents, CONTEXT),
        ((), PLAIN.agents, None),
    ],
)
def test_signatures_by_grade(
    grades: tuple[str, ...], agents: tuple[tuple[bytes, int], ...], bearing: str | None
) -> None:
    signs = tuple(sign(grade, grade) for grade in grades)
    found = signature.signature(PLAIN._replace(records=1, signatures=signs, agents=agents), USUAL)
    assert (None if found is None else found.bearing) == bearing


def test_a_signature_says_what_it_saw_and_counts_kinds() -> None:
    signs = (
        sign("probe", "search", 7),
        sign("attack", "thing"),
        sign("probe", "third"),
        sign("probe", "fourth"),
    )
    found = signature.signature(PLAIN._replace(signatures=signs), USUAL)
    assert found is not None
    assert found.strength == 5
    assert found.text() == (
        "shows a thing (1 record: GET /x HTTP/1.1); a search (7 records: GET /x HTTP/1.1); "
        "a third (1 record: GET /x HTTP/1.1); 1 other kind"
    )


def test_missing_scripts_are_unusual_of_who_got_nothing_else() -> None:
    signs = (sign("hint", "script_name", 6),)
    facts = PLAIN._replace(records=6, fails=6, failing_keys=2, signatures=signs)
    found = signature.signature(facts, USUAL)
    assert found is not None
    assert found.bearing == UNUSUAL
    assert found.text().endswith("and for nothing that is there")
    found = signature.signature(facts._replace(fails=5), USUAL)
    assert found is not None
    assert found.bearing == CONTEXT
