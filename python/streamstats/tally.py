"""The public tally: all that has been counted so far."""

from __future__ import annotations

from typing import NamedTuple

from streamstats import _core
from streamstats.errors import UsageError
from streamstats.summary.distribution import describe
from streamstats.summary.model import Approximation, SampleFacts, SourceFacts, TimeFacts
from streamstats.summary.moments import add
from streamstats.summary.outliers import CLASSIC
from streamstats.summary.summarise import Clocked, Numbered, life, summarise

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import tzinfo

    from streamstats.conduct import Conduct
    from streamstats.patterns.roles import Roles
    from streamstats.summary.marks import Mark
    from streamstats.summary.model import Life, Row, Summary
    from streamstats.summary.numbers import NumberStats
    from streamstats.summary.outliers import Rule


VERSION = _core.__version__
"""Of the package: the core and the rest are one."""


SORTS = ("count", "value", "rate", "peak", "first", "last")
"""What values can be ordered by; all but the first two need times."""

NUMBER_SORTS = ("p50", "p95", "p99", "max")
"""What values whose numbers are described can be ordered by, too."""

SECOND = 1_000_000_000

TIMELINE_STEPS = 1000
"""The timeline of a summary has at most so many steps."""


class Times(NamedTuple):
    """How the times of a tally were read. Instants and durations are in nanoseconds."""

    zone: tzinfo
    """In which instants are shown."""
    per: int
    """How long the stretch is whose records make a peak."""
    sliding: bool
    """Whether that stretch may begin anywhere, or only where a bucket does."""
    start: int | None
    """The window that was asked for, half-open; None where it is open."""
    end: int | None
    undated: int = 0
    """Lines whose time could not be read; they are not counted."""
    out_of_order: int = 0
    """Records that are earlier than the one before."""


class PairedValue(NamedTuple):
    """A value and its records in two tallies. Instants are nanoseconds since 1970 UTC."""

    groups: tuple[bytes, ...]
    kinds: tuple[str, ...]
    before: int
    after: int
    first: int | None
    """In either tally; None where times are not kept."""
    last: int | None


class Tally:
    """Per distinct value how many records it has, and the sum of their amounts if one was asked.

    Made by ``streamstats.count``. Two tallies of the same kind merge into one, in any order, with
    the same result. A tally can be handed to whatever takes an Arrow stream:
    ``polars.DataFrame(tally)``, ``pyarrow.table(tally)``, ``duckdb.sql("from tally")``.
    """

    __slots__ = (
        *("_core", "by", "not_numbers", "numbered", "pattern", "roles", "sample", "source"),
        *("summed", "times"),
    )

    def __init__(
        self,
        core: _core.Tally,
        *,
        pattern: str,
        by: tuple[str, ...],
        summed: str | None,
        source: SourceFacts,
        times: Times | None = None,
        numbered: str | None = None,
        not_numbers: int = 0,
        roles: Roles | None = None,
    ) -> None:
        self._core = core
        self.pattern = pattern
        """Its name, "line" for whole lines, or the regular expression."""
        self.by = by
        """The groups that are counted, together where there are several."""
        self.summed = summed
        """The group whose numbers are added up; None where records are counted."""
        self.source = source
        """What was read."""
        self.times = times
        """How times were read; None where they were not."""
        self.numbered = numbered
        """The group whose numbers are described; None where there is none."""
        self.not_numbers = not_numbers
        """Lines that matched but held another text there; they count as unmatched."""
        self.sample: SampleFacts | None = None
        """How the records were drawn from a database; None where nothing was drawn."""
        self.roles = roles
        """Which groups told what values did; None where that was not gathered."""

    def __len__(self) -> int:
        """How many distinct values there are."""
        return len(self._core)

    def __iter__(self) -> Iterator[Row]:
        """All values, the largest count first, ties by value."""
        return iter(self.summary().rows)

    def __repr__(self) -> str:
        return f"<Tally of {len(self)} values in {self.records} records>"

    @property
    def records(self) -> int:
        """How many records have been counted."""
        return self._core.records

    @property
    def span(self) -> tuple[int, int] | None:
        """The first and the last instant, in nanoseconds since 1970 UTC; None without times."""
        return self._core.span if self.times is not None else None

    @property
    def approximation(self) -> Approximation | None:
        """What counts lack, under a limit of memory; None where all are exact."""
        found = self._core.approximation
        return None if found is None else Approximation(*found)

    @property
    def late(self) -> int:
        """Records that came too late for their bucket of time, under a limit of memory. Where there
        are some, peaks are lower bounds.
        """
        return self._core.late

    def get(self, *groups: bytes | None, kinds: tuple[str, ...] = ()) -> int | float:
        """The count of one value, 0 where it did not occur.

        A value of several groups is given as so many arguments; None is a key that is missing. A
        text stands for all that reads so, be it text, a number or something else of JSON; with
        ``kinds``, those of a ``Row``, for that alone. Raises UsageError where their number is not
        that of ``by``.
        """
        found = (self._core.get(key) for key in self._keys(groups, kinds))
        return add(count for _, count in filter(None, found))

    def holds(self, *groups: bytes | None, kinds: tuple[str, ...] = ()) -> bool:
        """Whether a value occurred, however small its count is. Takes it as ``get`` does."""
        return any(self._core.get(key) is not None for key in self._keys(groups, kinds))

    @property
    def conduct(self) -> Conduct | None:
        """What values did; None where that was not gathered."""
        if self.roles is None:
            return None
        from streamstats.conduct import Conduct  # only verdicts need it

        split = _split if len(self.by) > 1 else _single

        def named(key: bytes) -> tuple[bytes, tuple[bytes, ...]]:
            groups = split(key)[0]
            return b" ".join(groups), groups

        return Conduct(self._core, self.roles, named)

    def keys(self, groups: tuple[bytes | None, ...]) -> list[bytes]:
        """The keys under which the core counts what reads so: ``get`` says why there are several.

        Raises UsageError where their number is not that of ``by``.
        """
        return [key for key in self._keys(groups) if self._core.get(key) is not None]

    def _keys(self, groups: tuple[bytes | None, ...], kinds: tuple[str, ...] = ()) -> list[bytes]:
        if len(groups) != len(self.by):
            raise UsageError(f"a value consists of {len(self.by)} groups, not {len(groups)}")
        if kinds:
            known = zip(groups, kinds, strict=True)
            # What names a kind alone has no text of its own: a row has one to be shown.
            parts = [(kind, b"" if kind in _BARE else text or b"") for text, kind in known]
            return [_core.join(parts)]
        from itertools import product

        return [_core.join(each) for each in product(*map(_readings, groups))]

    def buckets_of(
        self, *groups: bytes | None, kinds: tuple[str, ...] = ()
    ) -> list[tuple[int, int]]:
        """When the records of one value occurred: pairs of the instant at which a bucket begins, in
        nanoseconds, and the records in it; [] where it did not occur, or times were not read.

        Takes a value, and raises UsageError, as ``get`` does.
        """
        counts: dict[int, int] = {}
        for key in self._keys(groups, kinds):
            for bucket, records in self._core.buckets(key):
                counts[bucket] = counts.get(bucket, 0) + records
        width = self._core.width
        return [(bucket * width, counts[bucket]) for bucket in sorted(counts)]

    def life_of(self, *groups: bytes | None, kinds: tuple[str, ...] = ()) -> Life | None:
        """When the records of one value occurred; None where there are none, or no times. Where
        several values read so, it is that of the first of ``get``'s.

        Takes a value, and raises UsageError, as ``get`` does.
        """
        _, clocked = self._facts(0)
        for key in self._keys(groups, kinds):
            found, counted = self._core.life(key, self._row), self._core.get(key)
            if found is not None and counted is not None and clocked is not None:
                return life(found, counted[0], clocked)
        return None

    @property
    def numbers(self) -> NumberStats | None:
        """What is known of the numbers of all records; None where none are described."""
        return self._numbers(False)[0]

    def numbers_of(self, *groups: bytes | None) -> NumberStats | None:
        """The same of one value; None where it has none. Only of a tally made with ``by``.

        Where several read so, as text and as a number, it is the first of ``get``'s that has some.
        Raises UsageError as ``get`` does.
        """
        from streamstats.summary.numbers import QUANTILES, describe

        whole = self.numbers
        found = (self._core.numbers_of(key) for key in self._keys(groups))
        core = next((each for each in found if each is not None), None)
        if whole is None or core is None:
            return None
        around = [(part, core.around(part)) for part in QUANTILES]
        return describe(core.moments, core.exact, around, error=core.ERROR, unit=whole.unit)

    def _numbers(self, log: bool) -> tuple[NumberStats | None, Numbered | None]:
        """Those of all records, and how to describe those of each value if they are kept."""
        known = self._core.numbers() if self.numbered is not None else None
        if known is None:
            return None, None
        from streamstats.summary.numbers import of_all  # not needed without numbers

        core, absent, units = known
        stats, edges = of_all(
            core, absent, units, group=self.numbered or "", log=log, error=core.ERROR
        )
        stats = stats._replace(not_numbers=self.not_numbers)
        return stats, Numbered(stats, edges, core.ERROR) if self.by else None

    def merge(self, other: Tally) -> None:
        """Add another tally to this one.

        Raises UsageError where the two count different groups, and for a tally and itself.
        """
        if (self.by, self.summed, self.numbered) != (other.by, other.summed, other.numbered):
            raise UsageError("these tallies count different groups, and cannot be merged")
        if (self.times is None, self._core.width) != (other.times is None, other._core.width):
            raise UsageError("these tallies keep times in different ways, and cannot be merged")
        if other is self:
            raise UsageError("a tally cannot be merged with itself")
        self._core.merge(other._core)
        self.not_numbers += other.not_numbers
        if self.times is not None and other.times is not None:
            self.times = self.times._replace(
                undated=self.times.undated + other.times.undated,
                out_of_order=self.times.out_of_order + other.times.out_of_order,
            )
        if self.sample is not None or other.sample is not None:
            # Of draws together nobody knows how likely a row was.
            known = self.sample or other.sample
            drawn = sum(each.drawn for each in (self.sample, other.sample) if each is not None)
            assert known is not None
            self.sample = known._replace(how="several draws", drawn=drawn, uniform=False)
        if other.pattern not in self.pattern.split(", "):
            self.pattern = f"{self.pattern}, {other.pattern}"
        mine, theirs = self.source, other.source
        self.source = SourceFacts(
            mine.files + theirs.files,
            mine.bytes + theirs.bytes,
            mine.lines + theirs.lines,
            mine.matched + theirs.matched,
            mine.unmatched + theirs.unmatched,
        )

    def renamed(self, change: Mapping[int, Callable[[bytes], bytes]]) -> Tally:
        """The same records with groups of their values changed.

        ``change`` has for the position of a group in ``by`` what makes a new text of the old one.
        Values that become alike are one.
        """
        several = len(self.by)

        def rename(key: bytes) -> bytes:
            parts = _core.split(key, several)
            return _core.join(
                [
                    (kind, change[at](text) if at in change and kind == "text" else text)
                    for at, (kind, text) in enumerate(parts)
                ]
            )

        from copy import copy

        found = copy(self)
        found._core = self._core.renamed(rename)
        return found

    def pairs(self, other: Tally) -> list[tuple[int, int, int]]:
        """Triples (records here, records in the other, how many values have them), ascending.

        Raises UsageError where the two count different groups.
        """
        if self.by != other.by or not self.by:
            raise UsageError("these tallies count different groups, and cannot be compared")
        return self._core.pairs(other._core)

    def paired(
        self, other: Tally, pairs: Sequence[tuple[int, int]], limit: int
    ) -> list[PairedValue]:
        """The first ``limit`` values that have one of these pairs of records, in the order of the
        pairs, and of the values where they share one.
        """
        split = _split if len(self.by) > 1 else _single
        found = self._core.paired(other._core, pairs, limit)
        rows = []
        for key, before, after, *spans in found:
            groups, kinds = split(key)
            known = [span for span in spans if span is not None]
            first = min((span[0] for span in known), default=None)
            last = max((span[1] for span in known), default=None)
            rows.append(PairedValue(groups, kinds, before, after, first, last))
        return rows

    def top(self, n: int) -> Sequence[Row]:
        """The ``n`` values with the largest counts, ties by value."""
        return list(self.summary(top=n).rows) if n > 0 else []

    def summary(
        self,
        *,
        sort: str = "count",
        reverse: bool = False,
        top: int = 0,
        only_outliers: bool = False,
        rule: Rule = CLASSIC,
        sparks: int = 0,
        log_bins: bool = False,
        marks: Sequence[Mark] = (),
        hostile: Mapping[bytes, int] | None = None,
    ) -> Summary:
        """The statistics, and the values in order.

        ``sort`` is "count" (largest first) or "value" (ascending), and of a tally with times also
        "rate" and "peak" (largest first), "first" (earliest first) and "last" (latest first);
        ``reverse`` turns it round. ``top`` keeps the first so many values, 0 all;
        ``only_outliers`` those that ``rule`` marks, or any of ``marks``, where there are some;
        ``hostile`` has the keys of the core that verdicts call so, and their counts. The
        statistics are always those of all values.
        ``log_bins`` makes the bins of the histogram of numbers wider and wider. Where numbers are
        described by value, ``sort`` may also be "p50", "p95", "p99" or "max" (largest first).
        ``sparks`` is in how many steps at the most each value's timeline is given. Raises
        UsageError for another ``sort``.
        """
        orders: tuple[str, ...] = SORTS if self.times is not None else SORTS[:2]
        if self.numbered is not None and self.by:
            orders += NUMBER_SORTS
        if sort not in orders:
            raise UsageError(f"values are sorted by {', '.join(orders)}, not by '{sort}'")
        spectrum = self._core.spectrum() if self.by else []
        described = describe(spectrum, rule)
        marking = None
        if marks:
            from streamstats.summary.marks import marking as marked  # not in the usual run

            marking = marked(marks, spectrum, hostile or {})
        known = self.approximation if self.by else None
        if known is not None:
            from streamstats.summary.approximate import approximate  # few tallies are

            described = approximate(described, spectrum, self._core.total, known)
        numbers, numbered = self._numbers(log_bins)
        order = self._core.order(
            # Over one window the rate is the count.
            "count" if sort == "rate" else sort,
            reverse,
            (marking.outside if marking else described.bounds) if only_outliers else None,
            top if top > 0 else None,
            self._row,
            [*hostile] if only_outliers and marking and hostile else [],
        )
        time, clocked = self._facts(sparks)
        found = summarise(
            described,
            order,
            source=self.source,
            pattern=self.pattern,
            by=self.by,
            split=_split if len(self.by) > 1 else _single,
            summed=self.summed,
            time=time,
            clocked=clocked,
            group=self.numbered,
            numbers=numbers,
            numbered=numbered,
            approximation=known,
            chosen=only_outliers,
            marking=marking,
        )
        found.sample = self.sample
        return found

    @property
    def _row(self) -> int:
        """How many buckets in a row make a peak."""
        return 1 if self.times is None else max(1, self.times.per // self._core.width)

    @property
    def time_facts(self) -> TimeFacts | None:
        """What is known of the times of all records; None where they were not read."""
        return self._facts(0)[0]

    def _facts(self, sparks: int) -> tuple[TimeFacts | None, Clocked | None]:
        if self.times is None:
            return None, None
        from streamstats.summary.rates import widen  # not needed without times

        times, width = self.times, self._core.width
        first, last = self._core.span or (None, None)
        start = times.start if times.start is not None else first
        end = times.end if times.end is not None else last
        seconds = 0.0 if start is None or end is None else max(0, end - start) / SECOND
        buckets = self._core.timeline()
        timeline = widen(buckets, width, TIMELINE_STEPS) if buckets else None
        facts = TimeFacts(
            per=times.per,
            sliding=times.sliding,
            start=times.start,
            end=times.end,
            first=first,
            last=last,
            seconds=seconds,
            timeline=timeline,
            undated=times.undated,
            out_of_order=times.out_of_order,
            zone=times.zone,
        )
        spark = None
        if sparks and buckets:
            begin, length = buckets[0][0], buckets[-1][0] - buckets[0][0] + 1
            step = -(-length // sparks)
            spark = (begin, step, -(-length // step))
        return facts, Clocked(width, self._row, spark, seconds)

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        r"""The Arrow PyCapsule interface: columns ``value``, each group where there are several,
        ``count``, and ``records`` where the count is a sum; the largest count first.

        Text that is not UTF-8 has ``\xNN`` for its bytes, and its backslashes doubled.
        https://arrow.apache.org/docs/format/CDataInterface/PyCapsuleInterface.html
        """
        return self._core.arrow_stream(self.by, requested_schema)


_MARK = 1
"""Begins the key of one group that is no text, or needed escaping: ``crates/core/src/value.rs``."""

_TEXT = ("text",)

_BARE = ("missing", "null")
"""Kinds of which there is one value each."""


def _split(key: bytes) -> tuple[tuple[bytes, ...], tuple[str, ...]]:
    parts = _core.split(key, 2)
    return tuple(text for _, text in parts), tuple(kind for kind, _ in parts)


def _single(key: bytes) -> tuple[tuple[bytes, ...], tuple[str, ...]]:
    if not key or key[0] != _MARK:
        return (key,), _TEXT
    kind, text = _core.split(key, 1)[0]
    return (text,), (kind,)


def _readings(group: bytes | None) -> list[tuple[str, bytes]]:
    """Everything that reads so, as the core tells it apart."""
    if group is None:
        return [("missing", b"")]
    readings = [("text", group)]
    if group in (b"true", b"false"):
        readings.append(("boolean", group))
    if group == b"null":
        readings.append(("null", b""))
    if group[:1] in (b"{", b"["):
        readings.append(("nested", group))
    if group[:1].isdigit() or group[:1] == b"-":
        readings.append(("number", group))
    return readings
