"""Measures rules on logs with labels, and writes docs/verdicts.md.

    PYTHONPATH=tests python benches/verdicts.py FOLDER > docs/verdicts.md

FOLDER has ``labelled``, ``loghub`` and ``access`` as CONTRIBUTING.md says of the real logs. Facts
are collected in plain Python (``tests/facts_reference.py``), which a property test holds the core
against, so the table does not depend on what is built.
"""

from __future__ import annotations

import re
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from facts_reference import TEN_MINUTES, Record, collect, records
from streamstats.patterns.known import named
from streamstats.patterns.roles import roles
from streamstats.summary.baseline import Baseline, baseline
from streamstats.summary.evidence.burst import burst
from streamstats.summary.evidence.fails import fails
from streamstats.summary.evidence.model import HOSTILE
from streamstats.summary.evidence.probe import probe
from streamstats.summary.evidence.signature import signature
from streamstats.summary.facts import Facts
from streamstats.summary.moments import moments
from streamstats.summary.outliers import Iqr, Mad, Rule, Stdev
from streamstats.summary.verdict import HOSTILE_PATTERN, IS_UNUSUAL, judge

ATTACK, UNSURE = "attack", "unsure"


class Log(NamedTuple):
    """A log, judged."""

    name: str
    labels: dict[bytes, str]
    found: list[Record]
    facts: dict[bytes, Facts]
    usual: Baseline


Flag = Callable[[Log], set[bytes]]


def by_count(rule: Rule) -> Flag:
    """The values that a rule of counts marks."""

    def flag(log: Log) -> set[bytes]:
        spectrum = log.usual.population.counts
        sums = moments(spectrum)
        assert sums is not None
        bounds = rule.bounds(spectrum, sums)
        return {value for value, facts in log.facts.items() if bounds.mark(facts.records)}

    return flag


def by_facts(test: Callable[[Facts, Baseline], bool]) -> Flag:
    """The values whose facts pass a test."""
    return lambda log: {value for value, facts in log.facts.items() if test(facts, log.usual)}


def plain_probe(log: Log) -> set[bytes]:
    """Five distinct failing keys in ten minutes, whatever they are, crawlers included."""
    buckets: dict[tuple[bytes, int], set[bytes]] = defaultdict(set)
    for item in log.found:
        if item.failed and item.key is not None and item.instant is not None:
            buckets[item.value, item.instant // TEN_MINUTES].add(item.key)
    return {value for (value, _), keys in buckets.items() if len(keys) >= 5}


def failing_bursts(facts: Facts, usual: Baseline) -> bool:
    """Failing more than the population, and bursting."""
    return fails(facts, usual) is not None and burst(facts, usual) is not None


def is_hostile(found: object) -> bool:
    """Whether evidence is there, and hostile."""
    return getattr(found, "bearing", None) == HOSTILE


RULES: dict[str, Flag] = {
    "2 stdev (`stdev`)": by_count(Stdev()),
    "robust z of log counts (`mad`)": by_count(Mad()),
    "fences of log counts (`iqr`)": by_count(Iqr()),
    "failing more, alone": by_facts(lambda facts, usual: fails(facts, usual) is not None),
    "bursting, alone": by_facts(lambda facts, usual: burst(facts, usual) is not None),
    "any 5 failing keys in 10 minutes": plain_probe,
    "*reference*: that, or failing more and bursting": lambda log: (
        plain_probe(log) | by_facts(failing_bursts)(log)
    ),
    "probe (without what is asked for in passing, and crawlers)": by_facts(
        lambda facts, usual: is_hostile(probe(facts, usual))
    ),
    "signature, alone": by_facts(lambda facts, usual: is_hostile(signature(facts, usual))),
    "all but signatures": by_facts(
        lambda facts, usual: judge(facts._replace(signatures=()), usual).verdict == HOSTILE_PATTERN
    ),
    "**hostile pattern** (`hostile`)": by_facts(
        lambda facts, usual: judge(facts, usual).verdict == HOSTILE_PATTERN
    ),
    "hostile pattern or unusual": by_facts(
        lambda facts, usual: judge(facts, usual).verdict in (HOSTILE_PATTERN, IS_UNUSUAL)
    ),
}

SETS = (
    ("almhuette2019", "labelled/almhuette2019.log", "combined"),
    ("webhawk2021", "labelled/webhawk2021.log", "combined"),
    ("openssh", "loghub/OpenSSH_2k.log", "sshd"),
)
ACCESS = ("apache_combined", "nginx_combined", "nginx_crlf")


def of_access(stamp: bytes) -> int | None:
    """``14/Mar/2024:09:26:53 +0100``."""
    try:
        when = datetime.strptime(stamp.decode(), "%d/%b/%Y:%H:%M:%S %z")
    except ValueError:
        return None
    return int(when.timestamp()) * 10**9


def of_syslog(stamp: bytes) -> int | None:
    """``Mar 14 09:26:53``; any year does, since only pauses and buckets are looked at."""
    when = datetime.strptime("2017 " + stamp.decode(), "%Y %b %d %H:%M:%S")
    return int(when.replace(tzinfo=UTC).timestamp()) * 10**9


def failed_request(groups: dict[str, bytes]) -> bool:
    """The failure predicate of ``combined``."""
    return groups["status"].isdigit() and int(groups["status"]) >= 400


def failed_login(groups: dict[str, bytes]) -> bool:
    """The failure predicate of ``sshd``."""
    return re.search(b"Failed|Invalid|Illegal", groups["result"]) is not None


def judged(name: str, path: Path, pattern_name: str, labels: dict[bytes, str]) -> Log:
    """Read a log and collect its facts."""
    pattern = named(pattern_name)
    assert pattern is not None
    parts = roles(pattern, re.findall(r"\?P<(\w+)>", pattern.regex), ("ip",))
    logins = pattern_name == "sshd"
    lines = path.read_bytes().split(b"\n")
    found = list(
        records(
            lines,
            pattern,
            parts,
            "ip",
            failed=failed_login if logins else failed_request,
            instant=of_syslog if logins else of_access,
        )
    )
    facts, population = collect(found, parts, parts.failure)
    return Log(name, labels, found, facts, baseline(population))


def labels_of(path: Path) -> dict[bytes, str]:
    """The label of each value."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return {line.split("\t")[0].encode(): line.split("\t")[1] for line in lines}


class Score(NamedTuple):
    """How a rule did."""

    marked: int
    right: int
    attacks: int

    def text(self) -> str:
        """Precision and recall in hundredths, and what they come from."""
        if not self.marked:
            return f"none of {self.attacks}"
        precision, recall = self.right / self.marked, self.right / self.attacks
        return f"{precision:.0%} and {recall:.0%} ({self.right} of {self.marked})".replace(
            "%", " %"
        )


def score(log: Log, flag: Flag) -> Score:
    """Values that are unsure are not scored; attacks without a record count as missed."""
    marked = {value for value in flag(log) if log.labels.get(value, UNSURE) != UNSURE}
    attacks = {value for value, label in log.labels.items() if label == ATTACK}
    return Score(len(marked), len(marked & attacks), len(attacks))


def together(scores: Iterable[Score]) -> Score:
    """All sets as one."""
    every = list(scores)
    return Score(
        sum(item.marked for item in every),
        sum(item.right for item in every),
        sum(item.attacks for item in every),
    )


def beyond(log: Log, flag: Flag) -> list[str]:
    """What the values asked for that are marked and not labelled as attacks: one request each."""
    shown = []
    for value in flag(log):
        if log.labels.get(value, UNSURE) not in (ATTACK, UNSURE):
            marks = log.facts[value].signatures
            most = max(marks, key=lambda item: item.records) if marks else None
            label = log.labels[value]
            shown.append(f"`{_shown(most.example)}` ({label})" if most else f"({label})")
    return sorted(shown)


def _shown(text: bytes) -> str:
    return text.decode("ascii", "backslashreplace").replace("`", "'")[:80]


def page(folder: Path) -> str:
    """The page, in Markdown."""
    logs = [
        judged(name, folder / path, pattern, labels_of(folder / f"labelled/{name}.labels.tsv"))
        for name, path, pattern in SETS
    ]
    lines = [HEAD.rstrip(), ""]
    names = " | ".join(log.name for log in logs)
    lines += [f"| rule | {names} | all |", "|---" * (len(logs) + 2) + "|"]
    for rule, flag in RULES.items():
        scores = [score(log, flag) for log in logs]
        cells = [item.text() for item in (*scores, together(scores))]
        lines.append(f"| {rule} | {' | '.join(cells)} |")
    hostile = RULES["**hostile pattern** (`hostile`)"]
    lines += ["", AFTER.strip(), ""]
    for log in logs:
        more = beyond(log, hostile)
        lines.append(f"- {log.name}: {'; '.join(more) if more else 'none'}")
    lines += [
        "",
        OTHER.strip(),
        "",
        "| log | values | hostile pattern | unusual | most of them fail |",
    ]
    lines.append("|---|---|---|---|---|")
    for name in ACCESS:
        log = judged(name, folder / f"access/{name}.log", "combined", {})
        verdicts = [judge(facts, log.usual).verdict for facts in log.facts.values()]
        lines.append(
            f"| {name} | {len(verdicts):,} | {verdicts.count(HOSTILE_PATTERN):,} | "
            f"{verdicts.count(IS_UNUSUAL):,} | {'yes' if log.usual.inverted else 'no'} |"
        )
    return "\n".join([*lines, "", TAIL.strip(), ""])


HEAD = """
# Verdicts, measured

How well the rules find attackers, on logs with labels. Made by `make verdicts`; the formulas are in
[statistics.md](statistics.md#evidence-and-verdicts).

Each cell has precision and recall per value: of the values that the rule marks, how many are
labelled as attacks; and of the attacks, how many it marks. In brackets are the numbers that
precision comes from.
"""

AFTER = """
What the labels are worth:

- In the two web logs an attack is a value with a request of a known form, or a scanner's agent.
  Those labels come from a list of forms, as signatures do, so they favour signatures; and they miss
  attackers that the list did not know, which then count against whoever finds them.
- In the log of logins an attack is a value with failed logins only. Two of its attacks never came
  as far as a login, and no rule can mark them.
- Values labelled *bot* declare themselves crawlers, *other* is the rest; both count as wrong when
  marked. *Unsure* values are part of the population and are not scored.
- There are few attacks: a difference of four in a hundred is one value.

What *hostile pattern* marks beyond the labels, one request of each value:
"""

OTHER = """
Three logs without labels, for how much is marked at all. nginx_combined is a server of packages, on
which two missing files make up two thirds of all lines; none of its clients attacks. nginx_crlf is
a small server on the open Internet:
"""

TAIL = """
How the rules came about:

- The thresholds are round and come from the literature, from other tools or from the measurement on
  13 logs that this work began with; none was fitted to one of these sets. Leaving a set out and
  choosing anew on the others gives the same rule. One came from a log above without labels: that
  failing and bursting takes three failing keys to be hostile (`fails_keys`), since clients that ask
  for one or two missing files over and over are broken.
- Signatures are the exception: they were written from general knowledge of attacks, but by people
  who had seen which requests decided the labels of these sets. Then this page was looked at, and
  three changes were made for reasons that hold elsewhere: scripts inside of libraries of Joomla and
  Drupal were added beside those of WordPress; names of scripts of one or two letters were taken
  out, since real sites use them, and so were names of single web shells. Before that *hostile
  pattern* had 71 % and 83 % on almhuette2019, and the same as now on the other two. Rather take
  that as what to expect of a log that nobody here has seen, or less.
- Without any signature the precision is as high, and the recall twice the reference's: see *all but
  signatures*.
- Pictures, styles and what browsers ask every server for do not count as probing, and neither do
  dead links that a declared crawler follows: that is where the reference loses precision.
- Whatever the precision here: the share of attackers among all values differs between logs, and
  with it the precision of any rule.
"""


if __name__ == "__main__":
    where = Path(sys.argv[1])
    if not (where / "labelled").is_dir():
        sys.exit(
            f"no folder {where / 'labelled'}: STREAMSTATS_CORPUS names the one with the real logs"
        )
    print(page(where), end="")
