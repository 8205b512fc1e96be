"""Times as the core reads them: how they are written, and what they mean."""

from __future__ import annotations

from streamstats import _core
from streamstats.errors import PatternError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from streamstats.patterns.resolve import Choice


class Stamps:
    """A way of writing times, in strptime letters, and what is needed to read them."""

    def __init__(
        self,
        letters: str,
        zone_key: str,
        reference: int,
        start: int | None = None,
        end: int | None = None,
        *,
        what: str = "--time-format",
    ) -> None:
        """``reference`` is the latest instant of a stamp without a year; ``start`` and ``end``
        bound what is wanted, half-open; all in nanoseconds since 1970 UTC. ``what`` begins the
        message of an error.

        Raises:
            PatternError: the letters cannot be used; it shows the place.
        """
        try:
            self.core = _core.Time(letters, zone_key, reference, start, end)
        except _core.TimeSyntax as error:
            message, position = error.args
            raise PatternError(
                f"{what}: {message}",
                letters,
                position,
                position + 1,
                "write it in the letters of strptime, or as epoch, epoch_ms, epoch_us, epoch_ns "
                "or tai64n",
            ) from None

    @property
    def has_zone(self) -> bool:
        """Whether a stamp may name its zone."""
        return self.core.has_zone

    def reads(self, stamps: Sequence[bytes]) -> int:
        """How many of the stamps can be read."""
        return self.core.reads(stamps)

    def parse(self, stamp: bytes) -> int | None:
        """The instant of one stamp, None where it is none."""
        return self.core.parse(stamp)


def check_letters(letters: str, what: str) -> None:
    """Raise PatternError, whose message begins with ``what``, for letters that cannot be used."""
    Stamps(letters, "UTC", 0, what=what)


def recognised(stamps: Sequence[bytes], day_first: bool | None) -> str | None:
    """The letters of the way of writing that reads nearly all of these stamps, if one does."""
    try:
        return _core.recognise_time(stamps, day_first)
    except (_core.TimeUnknown, _core.TimeAmbiguous):
        return None


def ambiguous(stamps: Sequence[bytes], day_first: bool | None) -> tuple[str, str, str] | None:
    """The first stamp that tells, and its two readings, where day and month could change places."""
    try:
        _core.recognise_time(stamps, day_first)
    except _core.TimeAmbiguous as error:
        sample, day, month = error.args
        return sample.decode("utf-8", "replace"), day, month
    except _core.TimeUnknown:
        return None
    return None


def stamps_of(choice: Choice, lines: Iterable[bytes]) -> list[bytes]:
    """The texts of the group of the time in those of the lines that match."""
    compiled, group = choice.compiled, choice.time
    if compiled is None or group is None:
        return []
    from streamstats.patterns.shaped import DATE_TIME, header

    if choice.pattern is not None and choice.pattern.shape in ("csv", "tsv"):
        from streamstats.patterns.separated import records

        lines = records(list(lines))
    columns = choice.columns
    found = []
    for line in lines:
        text = line.removesuffix(b"\n").removesuffix(b"\r")
        if columns and text.startswith(b"#"):
            columns = header(text) or columns
            continue
        groups = compiled.match(text)
        if groups is None:
            continue
        if columns:
            # The core knows the columns of a line alone by their numbers.
            groups |= dict(zip(columns, list(groups.values()), strict=False))
        stamp = groups.get(group)
        if stamp is None and group == DATE_TIME:
            stamp = b" ".join(groups.get(part) or b"" for part in ("date", "time"))
        # The first record may be what the columns are called.
        if stamp and stamp != group.encode("utf-8", "surrogateescape"):
            found.append(stamp)
    return found
