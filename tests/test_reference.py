"""The core counts as the plain reference does, whatever the lines and wherever they come from."""

from __future__ import annotations

import io
import os
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import reference
import streamstats
from streamstats.errors import NothingMatched

Condition = tuple[str, str, str]


class Task(NamedTuple):
    """What to count."""

    regex: str | None
    by: tuple[str, ...]
    where: tuple[Condition, ...] = ()
    sum: str | None = None

    def reference(self, data: bytes) -> reference.Counted:
        """The right answer."""
        return reference.count(data, *self)

    def taken(self, source: Any, threads: int = 2) -> streamstats.Tally | None:
        """The package's answer; None where no line matched."""
        try:
            return streamstats.count(
                source,
                self.regex or "line",
                self.by,
                [f'{group} {op} "{value}"' for group, op, value in self.where],
                self.sum,
                threads=threads,
            )
        except NothingMatched:
            return None


def check(task: Task, data: bytes, tally: streamstats.Tally | None) -> None:
    expected = task.reference(data)
    if expected.lines and expected.lines == expected.unmatched:
        assert tally is None
        return
    assert tally is not None
    assert values(tally) == plain(expected.values)
    assert tally.records == sum(records for records, _ in expected.values.values())
    assert tally.source.lines == expected.lines
    assert tally.source.unmatched == expected.unmatched
    assert tally.source.matched == expected.lines - expected.unmatched
    for groups, (_, amount) in expected.values.items():
        assert tally.get(*groups) == (int(amount) if amount.denominator == 1 else float(amount))


def values(tally: streamstats.Tally) -> dict[tuple[bytes, ...], tuple[int, int | float]]:
    return {row.groups: (row.records, row.count) for row in tally}


def plain(counted: reference.Values) -> dict[tuple[bytes, ...], tuple[int, int | float]]:
    return {groups: (records, float(amount)) for groups, (records, amount) in counted.items()}


# Where lines come from


@contextmanager
def file_of(data: bytes) -> Iterator[str]:
    with tempfile.NamedTemporaryFile() as file:
        file.write(data)
        file.flush()
        yield file.name


@contextmanager
def pipe_of(data: bytes, step: int) -> Iterator[str]:
    """The path of a pipe into which the data are written, so many bytes at a time."""
    read, write = os.pipe()

    def fill() -> None:
        with os.fdopen(write, "wb", buffering=0) as into:
            for start in range(0, len(data), step):
                into.write(data[start : start + step])

    filling = threading.Thread(target=fill)
    filling.start()
    try:
        yield f"/dev/fd/{read}"
    finally:
        os.close(read)
        filling.join()


class Dribble(io.RawIOBase):
    """A file object that gives a few bytes at a time."""

    def __init__(self, data: bytes, step: int) -> None:
        self._rest = io.BytesIO(data)
        self._step = step

    def read(self, size: int = -1) -> bytes:
        return self._rest.read(min(self._step, size) if size >= 0 else self._step)


# What they are


def classes() -> st.SearchStrategy[str]:
    atom = st.sampled_from([r"\S", r"[^ ]", r"\d", r"\w", r'[^"]', ".", "[a-c]", "[ab1]", r"[^\]]"])
    times = st.sampled_from(["+", "*", "+?", "*?", "{1,3}", "{2}", "?", ""])
    return st.builds(str.__add__, atom, times)


def field(name: str) -> st.SearchStrategy[str]:
    inside = st.one_of(classes(), st.just("a|b|ab"), st.just("GET|POST"), st.just(r"\d+|-"))
    shapes = ["(?P<{}>{})", '"(?P<{}>{})"', r"\[(?P<{}>{})\]", "(?:x(?P<{}>{}))?", " ?(?P<{}>{})"]
    return st.builds(lambda shape, part: shape.format(name, part), st.sampled_from(shapes), inside)


@st.composite
def regexes(draw: st.DrawFn) -> str:
    """Fields ``a``, ``b`` and ``n`` with signs between, as most patterns of logs are."""
    gap = st.sampled_from([" ", " +", r"\s", "", '"', " - ", r"\S* "])
    amount = r"(?P<n>\d+|-)" if draw(st.booleans()) else draw(field("n"))
    parts = [draw(field("a")), draw(gap), draw(field("b")), draw(gap), amount]
    begin = draw(st.sampled_from(["^", "^", "^", "", "^x?"]))
    return begin + "".join(parts) + draw(st.sampled_from(["", "", "$", " "]))


def lines() -> st.SearchStrategy[bytes]:
    words = [b"a", b"b", b"ab", b"1", b"22", b"-", b"GET", b'"', b"[", b"]", b"x", b"\xff", b"."]
    words += [b" ", b" ", b" ", b"-3.5", b"1e3", b"0.0000000005", b"\r", b"\0", b"\1", b"404"]
    word = st.sampled_from(words)
    return st.lists(word, max_size=12).map(b"".join)


def texts() -> st.SearchStrategy[bytes]:
    end = st.sampled_from([b"\n", b"\n", b"\r\n"])
    whole = st.lists(st.tuples(lines(), end).map(b"".join), max_size=30).map(b"".join)
    return st.builds(bytes.__add__, whole, st.one_of(st.just(b""), lines()))


def conditions(groups: Sequence[str]) -> st.SearchStrategy[tuple[Condition, ...]]:
    compared = st.tuples(
        st.sampled_from(groups),
        st.sampled_from(["=", "!=", "<", "<=", ">", ">="]),
        st.sampled_from(["a", "b", "1", "22", "-", "1e3", "-3.5", "", "x"]),
    )
    searched = st.tuples(
        st.sampled_from(groups),
        st.sampled_from(["~", "!~"]),
        st.sampled_from(["a", "^a", r"\d$", "a|b", r"^\S*$", ""]),
    )
    return st.lists(st.one_of(compared, searched), max_size=2).map(tuple)


@st.composite
def tasks(draw: st.DrawFn) -> Task:
    if draw(st.integers(0, 4)) == 0:
        where = draw(conditions(["line"]))
        return Task(None, ("line",), where, draw(st.sampled_from([None, "line"])))
    by = draw(st.permutations(["a", "b", "n"]))[: draw(st.integers(1, 3))]
    where = draw(conditions(["a", "b", "n"]))
    return Task(draw(regexes()), tuple(by), where, draw(st.sampled_from([None, None, "n", "b"])))


@given(tasks(), texts(), st.integers(1, 3))
def test_file(task: Task, data: bytes, threads: int) -> None:
    with file_of(data) as path:
        check(task, data, task.taken(path, threads))


@given(tasks(), texts(), st.integers(1, 40))
def test_pipe(task: Task, data: bytes, step: int) -> None:
    with pipe_of(data, step) as path:
        check(task, data, task.taken(path))


@given(tasks(), texts(), st.integers(1, 40))
def test_file_object(task: Task, data: bytes, step: int) -> None:
    check(task, data, task.taken(Dribble(data, step)))


@given(tasks(), st.lists(lines(), max_size=30), st.booleans())
def test_iterable(task: Task, items: list[bytes], ended: bool) -> None:
    data = b"".join(item + b"\n" for item in items)
    check(task, data, task.taken(item + b"\n" * ended for item in items))


@given(tasks(), st.lists(texts(), max_size=5), st.randoms(use_true_random=False))
def test_any_split_merges_into_the_same_tally(task: Task, parts: list[bytes], random: Any) -> None:
    # A carriage return is part of a line that has no line feed behind it, so each part gets one.
    parts = [part if part.endswith(b"\n") else part + b"\n" for part in parts]
    whole = b"".join(parts)
    found = [task.taken(io.BytesIO(part)) for part in parts]
    tallies = [tally for tally in found if tally is not None]
    random.shuffle(tallies)
    while len(tallies) > 1:
        first = tallies.pop(random.randrange(len(tallies)))
        tallies[random.randrange(len(tallies))].merge(first)
    expected = task.reference(whole)
    if not tallies:
        assert expected.lines == expected.unmatched
        return
    assert values(tallies[0]) == plain(expected.values)
    together = task.taken(io.BytesIO(whole))
    assert together is not None
    assert list(tallies[0]) == list(together)
    assert tallies[0].summary().stats == together.summary().stats


@settings(max_examples=20)
@given(
    st.lists(st.integers(0, 200_000), min_size=1, max_size=12),
    st.sampled_from([b"\n", b"\r\n"]),
    st.booleans(),
)
def test_long_lines(sizes: list[int], end: bytes, ended: bool) -> None:
    data = end.join(b"%d " % (at % 3) + b"x" * size for at, size in enumerate(sizes))
    data += end * ended
    task = Task(r"^(?P<value>\d) (?P<rest>x*)$", ("value", "rest"))
    with file_of(data) as path:
        check(task, data, task.taken(path))
    with pipe_of(data, 70_000) as path:
        check(task, data, task.taken(path))


@pytest.mark.parametrize("make", [io.BytesIO, lambda data: [data]])
def test_lines_around_the_longest(make: Callable[[bytes], Any]) -> None:
    longest = reference.MAX_LINE
    sizes = [longest - 1, longest, longest + 1, longest + 2, 5]
    for end in (b"\n", b"\r\n"):
        data = b"".join(b"z" * size + end for size in sizes)
        task = Task(None, ("line",))
        check(task, data, task.taken(make(data)))
        with file_of(data) as path:
            check(task, data, task.taken(path))
