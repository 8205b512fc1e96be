"""The public tally: all that has been counted so far."""

from __future__ import annotations

from streamstats import _core
from streamstats.errors import UsageError
from streamstats.summary.distribution import describe
from streamstats.summary.model import SourceFacts
from streamstats.summary.outliers import CLASSIC
from streamstats.summary.summarise import summarise

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from streamstats.summary.model import Row, Summary
    from streamstats.summary.outliers import Rule


VERSION = _core.__version__
"""Of the package: the core and the rest are one."""


class Tally:
    """Per distinct value how many records it has, and the sum of their amounts if one was asked.

    Made by ``streamstats.count``. Two tallies of the same kind merge into one, in any order, with
    the same result. A tally can be handed to whatever takes an Arrow stream:
    ``polars.DataFrame(tally)``, ``pyarrow.table(tally)``, ``duckdb.sql("from tally")``.
    """

    __slots__ = ("_core", "by", "pattern", "source", "summed")

    def __init__(
        self,
        core: _core.Tally,
        *,
        pattern: str,
        by: tuple[str, ...],
        summed: str | None,
        source: SourceFacts,
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

    def get(self, *groups: bytes) -> int | float:
        """The count of one value, 0 where it did not occur.

        A value of several groups is given as so many arguments. Raises UsageError where their
        number is not that of ``by``.
        """
        if len(groups) != len(self.by):
            raise UsageError(f"a value consists of {len(self.by)} groups, not {len(groups)}")
        found = self._core.get(groups[0] if len(groups) == 1 else _core.join(groups))
        return 0 if found is None else found[1]

    def merge(self, other: Tally) -> None:
        """Add another tally to this one.

        Raises UsageError where the two count different groups, and for a tally and itself.
        """
        if (self.by, self.summed) != (other.by, other.summed):
            raise UsageError("these tallies count different groups, and cannot be merged")
        if other is self:
            raise UsageError("a tally cannot be merged with itself")
        self._core.merge(other._core)
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
    ) -> Summary:
        """The statistics, and the values in order.

        ``sort`` is "count" (largest first) or "value" (ascending), and ``reverse`` turns it round.
        ``top`` keeps the first so many values, 0 all; ``only_outliers`` those that ``rule`` marks.
        The statistics are always those of all values. Raises UsageError for another ``sort``.
        """
        if sort not in ("count", "value"):
            raise UsageError(f"values are sorted by count or by value, not by '{sort}'")
        described = describe(self._core.spectrum(), rule)
        order = self._core.order(
            sort, reverse, described.bounds if only_outliers else None, top if top > 0 else None
        )
        return summarise(
            described,
            order,
            source=self.source,
            pattern=self.pattern,
            by=self.by,
            split=_split if len(self.by) > 1 else None,
            summed=self.summed,
        )

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        r"""The Arrow PyCapsule interface: columns ``value``, each group where there are several,
        ``count``, and ``records`` where the count is a sum; the largest count first.

        Text that is not UTF-8 has ``\xNN`` for its bytes, and its backslashes doubled.
        https://arrow.apache.org/docs/format/CDataInterface/PyCapsuleInterface.html
        """
        return self._core.arrow_stream(self.by, requested_schema)


def _split(key: bytes) -> tuple[bytes, ...]:
    return tuple(_core.split(key))
