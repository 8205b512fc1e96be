"""The scan core, in Rust (crates/py). Counting releases the GIL.

A *key* is the bytes under which a value is counted: the value itself, or, where several groups are
counted together, what ``join`` makes of them. A line is bytes without its end.
"""

import builtins
from collections.abc import Callable, Sequence
from typing import Final, final

__all__ = [
    "MAX_LINE",
    "Counter",
    "Decoder",
    "Facts",
    "Numbers",
    "Order",
    "Pattern",
    "PatternSyntax",
    "Population",
    "Profile",
    "Report",
    "Scan",
    "Shape",
    "Signatures",
    "Tally",
    "Time",
    "TimeAmbiguous",
    "TimeSyntax",
    "TimeUnknown",
    "__version__",
    "check_letters",
    "join",
    "parse_stamp",
    "recognise_time",
    "sniff",
    "split",
]

__version__: Final[str]
MAX_LINE: Final[int]
"""A line of more bytes than this is not looked at, and counts as unmatched."""

@final
class PatternSyntax(ValueError):
    """A regular expression that does not compile.

    ``args`` are the message, and the first byte and one past the last byte of the place.
    """

@final
class Pattern:
    """A regular expression over bytes; the class of `crates/core/src/pattern`."""

    def __new__(cls, regex: str) -> Pattern:
        """Compile. Raises PatternSyntax."""

    @property
    def regex(self) -> str: ...
    @property
    def groups(self) -> list[str]:
        """The groups in order of their number; one without a name is called by its number."""

    @property
    def plan(self) -> str:
        """``steps`` or ``automaton``."""

    def match(self, line: bytes) -> dict[str, bytes | None] | None:
        """What each group caught; None for a group that took no part, and for no match."""

    def matches(self, lines: Sequence[bytes]) -> int:
        """How many of the lines match."""

    def reach(self, line: bytes) -> tuple[int, int, int]:
        """How many bytes a match could be built on, and the part of ``regex`` that failed there."""

@final
class TimeSyntax(ValueError):
    """Letters that are no way of writing times; ``args`` are the message and the place."""

@final
class TimeUnknown(ValueError):
    """Times that are written in no known way; ``args`` are the message and a sample."""

@final
class TimeAmbiguous(ValueError):
    """Day and month could change places; ``args`` are a sample and its two readings."""

@final
class Time:
    """How times are read, and which are wanted. Instants are nanoseconds since 1970 UTC."""

    def __new__(
        cls,
        letters: str,
        zone: str,
        reference: int,
        start: int | None = ...,
        end: int | None = ...,
    ) -> Time:
        """``zone`` is an IANA name or ``localtime``; ``reference`` the latest instant that a stamp
        without a year can mean. Raises TimeSyntax, and ValueError for an unknown zone.
        """

    @property
    def name(self) -> str: ...
    @property
    def has_zone(self) -> bool:
        """Whether a stamp may name its zone."""

    def reads(self, stamps: Sequence[bytes]) -> int:
        """How many of the stamps can be read."""

    def parse(self, stamp: bytes) -> int | None:
        """The instant of a stamp."""

@final
class Shape:
    """How lines hold groups, other than by a regular expression; `crates/core/src/shape`."""

    def __new__(
        cls,
        kind: str,
        delimiter: bytes | None = ...,
        quoting: bool = ...,
        names: Sequence[bytes] | None = ...,
    ) -> Shape:
        """``kind`` is "lines", "json", "logfmt", "blanks", "w3c", "zeek", or "separated", which
        alone has a ``delimiter`` of one byte. ``names`` are those of the header of a separated
        file; a first record that reads so is skipped. Raises ValueError.
        """

    def match(self, line: bytes) -> dict[str, bytes | None] | None:
        """What each key holds, called as ``by`` takes it; None for a line of another shape."""

    def kinds(self, line: bytes) -> dict[str, str] | None:
        """Of which kind each key is: see ``split``."""

    def matches(self, lines: Sequence[bytes]) -> int:
        """How many of the lines have the shape."""

@final
class Decoder:
    """Compressed bytes, decoded: members, frames or streams one after another, to the last."""

    def __new__(
        cls,
        fd: int,
        encoding: str,
        prefix: bytes = ...,
        start: int | None = ...,
        stop: int | None = ...,
        expected: tuple[int, int] | None = ...,
    ) -> Decoder:
        """Decode ``prefix``, and then what the descriptor gives, which is duplicated.

        With ``start`` or ``stop`` those bytes of a file are read and its position is let alone;
        otherwise the descriptor is read on from where it stands, and may be a pipe. ``encoding`` is
        what ``sniff`` says, or "deflate" or "plain", as zip archives have them. ``expected`` are
        the CRC-32 and the length of the decoded bytes, where an archive says them. Raises
        """

    def read(self, size: int) -> bytes:
        """So many decoded bytes; fewer at the end and before an error, none at the end.

        Raises OSError for a stream that is cut off, damaged, followed by what is no further member,
        or too large for bounded memory, once all before that has been given, and then always.
        """

    @property
    def consumed(self) -> int:
        """How many compressed bytes have been decoded."""

@final
class Profile:
    """What can be counted in lines of one shape; `crates/core/src/profile.rs`."""

    def __new__(cls, shape: Pattern | Shape | None) -> Profile:
        """Of nothing yet."""

    def feed(self, data: bytes, most: int | None = ...) -> bool:
        """Look at the next bytes, up to ``most`` lines in all; whether so many have been seen."""

    def finish(self) -> None:
        """The file ends here; what comes next begins another."""

    @property
    def lines(self) -> int: ...
    @property
    def matched(self) -> int:
        """How many lines have the shape."""

    @property
    def more(self) -> bool:
        """There are more keys than are kept."""

    def keys(
        self,
    ) -> list[tuple[bytes, int, int, bool, int, tuple[bytes, bytes] | None, list[bytes]]]:
        """Of each key, in order of appearance: its name; how many lines have it; how many distinct
        values it has, and whether that is exact; how many lines hold a number, and the least and
        the largest as they are written; its first distinct values, clipped.
        """

@final
class Signatures:
    """Known forms of attack, compiled together."""

    def __new__(
        cls, signatures: Sequence[tuple[str, Sequence[str], bool, str, bool]]
    ) -> Signatures:
        """Each is an expression; where it is looked for, "request", "agent", "login" or "status";
        whether it counts only in a failure; how the status has to begin; and whether it is no
        attack, but what is asked for in passing and, where it fails, no attempt. They are known by
        their place, from 0.

        Raises PatternSyntax for an expression, and where there are more than 128; ValueError for
        another target.
        """

_Gathered = tuple[
    str | None,
    str | None,
    str | None,
    Sequence[str],
    Sequence[str],
    tuple[str, str, str] | None,
    Signatures | None,
]
"""The groups of the key, the agent and the status, those that make a request and a login, the
condition of a failure, and known attacks."""

@final
class Facts:
    """What one value did. Instants are nanoseconds since 1970 UTC; without times, what is of times
    is empty or 0.
    """

    @property
    def key(self) -> bytes: ...
    @property
    def records(self) -> int: ...
    @property
    def fails(self) -> int: ...
    @property
    def span(self) -> tuple[int, int] | None:
        """The first instant and the last."""

    @property
    def peak(self) -> tuple[int, int]:
        """The fullest bucket, and its records."""

    @property
    def minute(self) -> tuple[int, int]:
        """The first bucket of the fullest minute of the calendar, and the records of that."""

    @property
    def minutes(self) -> int:
        """How many minutes have records."""

    @property
    def keys(self) -> int:
        """Distinct keys."""

    @property
    def keys_exact(self) -> bool:
        """Whether that is exact; else ``top_records`` is a lower bound."""

    @property
    def top_key(self) -> bytes | None:
        """The most frequent key, where its text is kept."""

    @property
    def top_records(self) -> int: ...
    @property
    def failing(self) -> int:
        """Distinct keys that failed."""

    @property
    def failing_exact(self) -> bool: ...
    @property
    def probe(self) -> tuple[int, int, bool, list[bytes]] | None:
        """The ten minutes in which most distinct keys failed: their number since 1970, how many
        keys, whether that is exact, and some of them.
        """

    @property
    def gaps(self) -> tuple[int, int, int]:
        """Of the pauses between records, in buckets (0 inside of one): how many, their sum, and the
        sum of their squares.
        """

    @property
    def agents(self) -> list[tuple[bytes, int]]:
        """The most frequent agents, with their records."""

    @property
    def agents_distinct(self) -> int: ...
    @property
    def hits(self) -> list[tuple[int, int, int, bytes | None]]:
        """Signatures: number, records, the instant of the first, and its text where it is kept."""

@final
class Population:
    """What all values together did: spectra of pairs (figure, how many values have it)."""

    @property
    def fails(self) -> int: ...
    @property
    def counts(self) -> list[tuple[int, int]]: ...
    @property
    def minutes(self) -> list[tuple[int, int]]:
        """Of the records in the fullest minute."""

    @property
    def buckets(self) -> list[tuple[int, int]]:
        """Of the records in the fullest bucket."""

    @property
    def breadth(self) -> list[tuple[int, int]]:
        """Of the distinct keys for each minute with records, rounded."""

    @property
    def repetition(self) -> list[tuple[int, int]]:
        """Of the records with the most frequent key."""

    @property
    def trials(self) -> list[tuple[int, int, int]]:
        """Records, failures, and how many values have both."""

@final
class Scan:
    """What to take out of each line."""

    def __new__(
        cls,
        shape: Pattern | Shape | None,
        by: Sequence[str],
        where: Sequence[tuple[str, str, str]] = ...,
        sum: str | None = ...,
        numbers: tuple[str, bool] | None = ...,
        time: tuple[str, Time] | None = ...,
        multiline: bool = ...,
        gather: _Gathered | None = ...,
        prefixes: Sequence[tuple[int, int] | None] = ...,
        arrival: bool = ...,
    ) -> Scan:
        """``shape`` None means whole lines, whose only group is called ``line``.

        ``where`` holds (group, operator, value). Raises PatternSyntax for the expression of a
        condition, and ValueError for a group or an operator that does not exist. ``numbers`` is
        the group whose numbers are described, and whether for each value too; without it ``by``
        has to name a group. ``time`` is the
        group of the time, and how it is read. With ``multiline`` lines that have not the shape go
        on with the record before. ``gather`` names the groups that tell what a value did; then
        neither sums nor numbers can be asked for. ``prefixes`` says for each group of ``by`` how
        many bits of IPv4 and of IPv6 addresses are kept; without it, and for None, they are let
        be. With ``arrival``, and without ``time``, a record is counted at the instant that
        ``arrived`` was told last.
        """

    def arrived(self, instant: int) -> None:
        """The lines that are counted next came in at this instant."""

    def last_record(self, lines: builtins.bytes) -> int:
        """Where the last record of some lines begins, of a scan that is ``multiline``: 0 where that
        is the first one. Behind all whole lines where there is more than a record may have.
        """

    def seek(self, fd: int, size: int, lateness: int) -> tuple[int, int, int, bool] | None:
        """Where in a file the window of the scan is: start, stop, how often the file was looked
        into, and whether records were seen that are more than ``lateness`` nanoseconds behind the
        newest one before them, so that all of it has to be read. None without times.
        """

@final
class Report:
    """What was found in one source."""

    @property
    def bytes(self) -> int: ...
    @property
    def lines(self) -> int: ...
    @property
    def unmatched(self) -> int:
        """Lines that did not match, the overlong ones among them."""

    @property
    def overlong(self) -> int:
        """Lines of more than MAX_LINE bytes."""

    @property
    def records(self) -> int:
        """Matched lines for which all conditions hold."""

    @property
    def samples(self) -> list[tuple[int, builtins.bytes]]:
        """The first lines that did not match: number from 1, and how the line begins."""

    @property
    def undated(self) -> int:
        """Lines that match, and whose time cannot be read. They are not counted."""

    @property
    def undated_samples(self) -> list[tuple[int, builtins.bytes]]: ...
    @property
    def not_numbers(self) -> int:
        """Unmatched lines that match, but hold no number where one is to be described."""

    @property
    def out_of_order(self) -> int:
        """Records that are earlier than the one before."""

    @property
    def leaned(self) -> bool:
        """A stamp in an hour that happens twice was read without knowing the record before it."""

    @property
    def folded(self) -> bool:
        """Stamps without a year went through more than one, and were all taken for the last."""

    @property
    def interrupted(self) -> bool:
        """Ctrl-C ended it; what was counted until then stays counted."""

    @property
    def error(self) -> OSError | None:
        """Reading ended in this; what was read before it stays counted."""

@final
class Counter:
    """Counts sources, one after another, on several threads, into one tally."""

    def __new__(
        cls,
        threads: int | None = ...,
        summing: bool = ...,
        width: int | None = ...,
        numbers: bool | None = ...,
        conduct: bool = ...,
    ) -> Counter:
        """``summing``: whether the scans have a ``sum``; ``numbers``: whether they describe those
        of each value, None where they describe none; ``conduct``: whether they ``gather``. All
        processors when no number is given.
        """

    def budget(self, bytes: int) -> None:
        """Bound the memory: where all that is kept would take more, counts become lower bounds, and
        ``Tally.approximation`` says of how much. To be told before anything is counted, since there
        may be room for fewer threads only.
        """

    def close_behind(self, lateness: int) -> None:
        """Let buckets that lie more than ``lateness`` behind the newest be closed when memory is
        short. For a counter on one thread.
        """

    def file(
        self,
        scan: Scan,
        fd: int,
        start: int,
        stop: int,
        progress: Callable[[int, int], object] | None = ...,
    ) -> Report:
        """Count the bytes ``start`` to ``stop`` of a file that can be read at any place.

        ``progress`` is called some 25 times a second with the bytes and lines so far. Raises
        what it raises, and OSError when ``fd`` is not open.
        """

    def stream(
        self,
        scan: Scan,
        fd: int,
        prefix: bytes,
        progress: Callable[[int, int], object] | None = ...,
    ) -> Report:
        """Count ``prefix``, and then all that can be read from ``fd``. Raises as ``file`` does."""

    def decoded(
        self,
        jobs: Sequence[tuple[Scan, Decoder, bytes]],
        progress: Callable[[int, int], object] | None = ...,
    ) -> list[Report]:
        """Count what decoders give, several at once, each behind a prefix that it gave before.
        ``progress`` is told the compressed bytes, and the lines.
        """

    def chunks(self, scan: Scan, read: Callable[[], bytes], prefix: bytes) -> Report:
        """Count ``prefix``, and then what ``read`` returns until that is empty.

        Raises what ``read`` raises; what was read before stays counted.
        """

    def finish(self) -> Tally:
        """The tally of all; the counter cannot be used after it."""

@final
class Tally:
    """All that has been counted."""

    @property
    def records(self) -> int: ...
    @property
    def total(self) -> int | float:
        """The sum of all counts, exact whatever was left out."""

    @property
    def approximation(self) -> tuple[int | float | None, float, float] | None:
        """None where all counts are exact. Else: a true count is at most so much more than the one
        held, and a value that is not held has none above it (None where amounts below zero were
        added up, and nothing can be said); about how many distinct values there were; and the
        standard error of that, relative to it.
        """

    @property
    def summing(self) -> bool: ...
    def __len__(self) -> int:
        """How many distinct values there are."""

    @property
    def timed(self) -> bool: ...
    @property
    def late(self) -> int:
        """Records that came too late for their bucket; where there are some, peaks are lower
        bounds.
        """

    @property
    def width(self) -> int:
        """How wide a bucket of time is, in nanoseconds."""

    @property
    def span(self) -> tuple[int, int] | None:
        """The first and the last instant."""

    def numbers(self) -> tuple[Numbers, int, list[int]] | None:
        """Those of all records, how many records have none, and how many had no unit, one of time,
        one of data. None where none are described.
        """

    def numbers_of(self, key: bytes) -> Numbers | None:
        """Those of one value; None where it has none, or they are not kept."""

    def timeline(self) -> list[tuple[int, int]]:
        """Pairs (bucket, records) of all values, in order; bucket b begins at b * width."""

    def merge(self, other: Tally) -> None:
        """Add another. Raises ValueError for itself, and where only one has sums."""

    def limit(self, bytes: int) -> None:
        """Keep to so many bytes for values from the next merge on, as ``Counter.budget`` does."""

    def forget(self, before: int) -> None:
        """Forget how the records before this bucket were distributed over time. They still count,
        and of each value the first and last instant and the fullest bucket are kept.
        """

    @property
    def runs(self) -> int:
        """How many pairs of a value and a bucket are kept."""

    def within(self, start: int, stop: int) -> Tally:
        """The records in buckets from ``start`` to before ``stop`` alone. Raises ValueError where
        times are not kept, or more than counts.
        """

    def get(self, key: bytes) -> tuple[int, int | float] | None:
        """The records and the count of a key; the count is the sum where amounts are added up."""

    def spectrum(self) -> list[tuple[int | float, int]]:
        """Pairs (count, how many values have it), ascending."""

    def order(
        self,
        sort: str = ...,
        reverse: bool = ...,
        outside: tuple[float, float] | None = ...,
        limit: int | None = ...,
        width: int = ...,
        also: Sequence[bytes] = ...,
    ) -> Order:
        """Order the values by ``count``, largest first, or by ``value``; ties by value.

        ``outside`` chooses the values with a count below the first or above the second of its
        numbers. ``limit`` keeps the first ones.
        """

    def pairs(self, other: Tally) -> list[tuple[int, int, int]]:
        """Triples (records here, records there, how many values have them), ascending."""

    def paired(
        self, other: Tally, pairs: Sequence[tuple[int, int]], limit: int
    ) -> list[tuple[bytes, int, int, tuple[int, int] | None, tuple[int, int] | None]]:
        """The first values that have one of these pairs of records, in the order of the pairs and
        then of the values: key, records here and there, first and last instant here and there.
        """

    def renamed(self, rename: Callable[[bytes], bytes]) -> Tally:
        """The same records counted under what ``rename`` gives for each key. Where values had been
        left out, nothing can be said of the error any more. Raises what ``rename`` raises.
        """

    def population(self, minute: int) -> Population:
        """What all values together did; a minute is so many buckets. Raises ValueError where that
        was not gathered.
        """

    def wanted(
        self,
        minute: int,
        *,
        records: int | None = ...,
        per_minute: int | None = ...,
        per_bucket: int | None = ...,
        trials: set[tuple[int, int]] = ...,
        probe: int | None = ...,
        repetition: int | None = ...,
        breadth: int | None = ...,
        signed: bool = ...,
    ) -> Order:
        """The values that reach at least one of these figures, have records and failures as one of
        ``trials``, or any signature; those with most records first. Raises as ``population`` does.
        """

    def facts(self, key: bytes, minute: int, most: int) -> Facts | None:
        """What one value did, with at most so many examples; None where it did not occur. Raises as
        ``population`` does.
        """

    def buckets(self, key: bytes) -> list[tuple[int, int]]:
        """The buckets of a value with their records, in order; [] without times."""

    def life(self, key: bytes, width: int) -> tuple[int, int, int, int] | None:
        """Of one value the first and the last instant, in nanoseconds, the first bucket of its
        fullest ``width`` in a row, and their records; None where it did not occur or times are not
        kept.
        """

    def arrow_stream(self, by: Sequence[str], requested_schema: object = ...) -> object:
        """A capsule ``arrow_array_stream`` of the values, ordered by count, largest first."""

@final
class Numbers:
    """Numbers of all records or of one value, in billionths of seconds, of bytes, or of one."""

    ERROR: Final[float]
    """The bound of the relative error of binned numbers."""

    @property
    def exact(self) -> bool:
        """Whether each number is known, and not only its bin."""

    @property
    def moments(self) -> tuple[int, int, int, int, tuple[int, int]]:
        """Count, least, largest, sum, lower and higher 128 bits of the sum of the squares."""

    def at(self, rank: int) -> int:
        """The number at a rank, from 0 for the least; 0 where there is none."""

    def around(self, thousandths: int) -> tuple[int, int]:
        """The two numbers between which a quantile lies; of binned ones twice the one of the
        nearest rank.
        """

    def counts(self, edges: Sequence[int]) -> list[int]:
        """How many are below the first of the edges, between each two, and from the last one on."""

@final
class Order:
    """Some values of a tally, in order; of no use once the tally has changed."""

    def __len__(self) -> int: ...
    @property
    def chosen(self) -> int:
        """How many values were chosen, those beyond the limit included."""

    @property
    def total(self) -> int | float:
        """The sum of the counts of all chosen."""

    def lives(self, start: int, stop: int, width: int) -> list[tuple[int, int, int, int]]:
        """First and last instant, and of the fullest ``width`` buckets in a row the first bucket
        and the records, of some values.
        """

    def partial(self, start: int, stop: int) -> list[bool]:
        """Whether times and numbers of some values may cover a part of their records only, since
        others were forgotten when memory was short.
        """

    def sparks(self, start: int, stop: int, begin: int, step: int, steps: int) -> list[list[int]]:
        """The records of some values in ``steps`` steps of ``step`` buckets from ``begin`` on."""

    def numbers(
        self, start: int, stop: int, thousandths: Sequence[int], edges: Sequence[int]
    ) -> list[
        tuple[
            tuple[int, int, int, int, tuple[int, int]],
            bool,
            list[tuple[int, int]],
            list[int],
        ]
        | None
    ]:
        """Of some values the moments of their numbers, whether they are exact, the two around each
        quantile, and how many are between the edges (nothing where there is none).
        """

    def facts(self, start: int, stop: int, minute: int, most: int) -> list[Facts]:
        """What the values from ``start`` to before ``stop`` did: see ``Tally.facts``."""

    def slice(self, start: int, stop: int) -> list[tuple[bytes, int, int | float]]:
        """(key, records, count) of some. Raises RuntimeError when the tally has changed."""

def sniff(head: bytes) -> str | None:
    """How a stream that begins so is compressed: "gzip", "bzip2", "xz", "zstd", "lz4" or not.

    64 bytes are enough.
    """

def split(key: bytes, groups: int) -> list[tuple[str, bytes]]:
    """The kind and the text of each of the ``groups`` that a key was made of.

    A kind is "text", "number", "boolean", "null", "nested" or "missing"; the text of what is
    missing is ``(missing)``.
    """

def join(groups: Sequence[tuple[str, bytes]]) -> bytes:
    """The key under which groups of these kinds and texts are counted together."""

def recognise_time(stamps: Sequence[bytes], day_first: bool | None = None) -> str:
    """The letters of the way of writing that reads nearly all stamps.

    Raises TimeUnknown where there is none, and TimeAmbiguous.
    """

def parse_stamp(text: str, zone: str, now: int, day_first: bool | None = None) -> int | None:
    """The instant of a text that is a stamp as a whole, None where it is none or ambiguous."""

def check_letters(letters: str) -> None:
    """Raises TimeSyntax for what is no way of writing times."""
