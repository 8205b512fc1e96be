"""Judges the values of sources: counts them, gathers what they did, and weighs it."""

from __future__ import annotations

from streamstats.engines.once import Outcome, run
from streamstats.summary.baseline import baseline
from streamstats.summary.explained import Explanation, Explanations, Suspect, Suspects
from streamstats.summary.facts import Facts
from streamstats.summary.needs import Least, least
from streamstats.summary.rates import widen
from streamstats.summary.verdict import HOSTILE_PATTERN, IS_UNUSUAL, VERDICTS, general, judge

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from streamstats.conduct import Conduct
    from streamstats.engines.once import Job, Watcher
    from streamstats.summary.baseline import Baseline
    from streamstats.summary.facts import Company
    from streamstats.summary.model import TimeFacts, Timeline
    from streamstats.summary.onset import Onset
    from streamstats.summary.rollup import Member, Rolled

SECOND = 1_000_000_000

STEPS = 240
"""The timeline of a value has at most so many steps."""

_ABOVE = (HOSTILE_PATTERN, IS_UNUSUAL)


class Judged:
    """The values of some sources, ready to be judged."""

    __slots__ = ("_found", "conduct", "job", "outcome", "time", "usual")

    def __init__(self, job: Job, outcome: Outcome) -> None:
        conduct = outcome.tally.conduct
        assert conduct is not None, "the job gathers"
        self.job = job
        self.outcome = outcome
        self.conduct: Conduct = conduct
        self.time: TimeFacts | None = outcome.tally.time_facts
        """The span and the window; None where times were not read."""
        self.usual: Baseline = baseline(conduct.population(self.time.seconds if self.time else 0.0))
        """What is usual here."""
        self._found: list[Suspect] | None = None

    @property
    def suspects(self) -> list[Suspect]:
        """All values with a verdict above *nothing unusual*, worst first."""
        if self._found is None:
            judged = (
                Suspect(key, facts, judge(facts, self.usual))
                for key, facts in self.conduct.wanted(least(self.usual))
            )
            found = [item for item in judged if item.verdict.verdict in _ABOVE]
            found.sort(key=_badness)
            self._found = found
        return self._found

    def suspect(self, key: bytes) -> Suspect:
        """One value, whatever its verdict; with its company, if it is an address."""
        facts = self.conduct.facts(key)
        assert facts is not None, "the key is one of the tally"
        facts = facts._replace(company=self._company(facts))
        return Suspect(key, facts, judge(facts, self.usual))

    def onset(self, key: bytes) -> Onset | None:
        """Since when the value is as busy as it is; None without times."""
        if self.time is None or self.time.first is None or self.time.last is None:
            return None
        from streamstats.summary.onset import onset

        width = self.conduct.width
        start = self.time.first if self.time.start is None else self.time.start
        end = self.time.last if self.time.end is None else max(start, self.time.end - 1)
        return onset(self.conduct.buckets(key), start // width, end // width, width)

    def timeline(self, key: bytes) -> Timeline | None:
        """The records of a value as time went by, over the span of the log; None without times."""
        if self.time is None or self.time.first is None or self.time.last is None:
            return None
        width = self.conduct.width
        ends = [(self.time.first // width, 0), (self.time.last // width, 0)]
        return widen([*self.conduct.buckets(key), *ends], width, STEPS)

    def rolled(self) -> list[Rolled]:
        """The narrowest prefixes that are abnormal when their members are not."""
        from streamstats.summary.rollup import roll_up

        return roll_up(self._members())

    def _members(self) -> Iterator[Member]:
        from streamstats.summary.evidence.identity import declared
        from streamstats.summary.rollup import Member

        hostile = {item.key for item in self.suspects if item.verdict.verdict == HOSTILE_PATTERN}
        for key, facts in self.conduct.wanted(Least(records=1)):
            yield Member(
                facts.value,
                2 * (facts.fails or 0) > facts.records,
                facts.probe.examples if facts.probe is not None else (),
                key in hostile,
                declared(facts) is not None,
            )

    def _company(self, facts: Facts) -> Company | None:
        from streamstats.engines.company import company

        return company(self.conduct, facts, self._is_hostile)

    def _is_hostile(self, facts: Facts) -> bool:
        return judge(facts, self.usual).verdict == HOSTILE_PATTERN

    def explained(self, keys: Sequence[bytes], *, names: bool = False) -> Explanations:
        """These values, at length. Reads the sources once more, where that can be done; with
        ``names`` asks the name servers what addresses are called.
        """
        from streamstats.engines.passages import passages, repeatable, tops

        suspects = [self.suspect(key) for key in keys]
        again = repeatable(self.job.paths)
        found = tops(self, suspects) if again else {}
        called: dict[bytes, str] = {}
        if names:
            from streamstats.engines.names import reverse_names
            from streamstats.summary.rollup import packed

            values_of = [item.facts.value for item in suspects]
            called = reverse_names([value for value in values_of if packed(value) is not None])
        records = self.usual.population.records
        values = tuple(
            Explanation(
                item.facts,
                item.verdict,
                item.facts.records / records,
                self.usual.rank(item.facts.records),
                self.onset(item.key),
                self.timeline(item.key),
                tuple(found.get(item.key, ())),
                tuple(passages(self, item)) if again else (),
                called.get(item.facts.value),
            )
            for item in suspects
        )
        tally = self.outcome.tally
        return Explanations(
            tally.by, tally.pattern, tally.source, self.time, self.usual.population, values
        )

    def listed(self, *, roll_up: bool = False) -> Suspects:
        """All suspects, and with ``roll_up`` the prefixes that are abnormal."""
        found = self.suspects
        tally = self.outcome.tally
        hostile = sum(item.verdict.verdict == HOSTILE_PATTERN for item in found)
        return Suspects(
            tally.by,
            tally.pattern,
            tally.source,
            self.time,
            self.usual.population,
            found,
            hostile,
            tuple(general(self.usual)),
            tuple(self.rolled()) if roll_up else None,
        )


def _badness(item: Suspect) -> tuple[int, float, float, bytes]:
    verdict = item.verdict
    return (VERDICTS.index(verdict.verdict), -verdict.weight, -item.facts.records, item.key)


def judged(job: Job, watcher: Watcher) -> Judged | None:
    """Count and gather; None where there was no record.

    Raises as ``once.run`` does.
    """
    outcome = run(job, watcher)
    return Judged(job, outcome) if outcome.tally.records else None
