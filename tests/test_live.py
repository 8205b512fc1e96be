"""Following, from the first look to the last: what is counted, how soon, and at what cost."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streamstats.engines import sliding
from streamstats.engines.clock import Wish
from streamstats.engines.follow import Following, Wanted
from streamstats.engines.latest import latest
from streamstats.engines.once import Job, Watcher
from streamstats.engines.regroup import Cancelled, regroup
from streamstats.errors import UsageError
from streamstats.sources.follow import remembering, waiting
from streamstats.sources.follow.remembering import KEPT
from streamstats.times import zone

SECOND = 1_000_000_000
BEGIN = 1_700_000_000
UTC = zone("UTC")
PATTERN = r"^(?P<time>\d+) (?P<ip>\S+) (?P<path>\S+)$"


@pytest.fixture
def made() -> Iterator[Callable[..., Following]]:
    """Makes what follows some paths, and lets go of it."""
    all_made: list[Following] = []

    def make(
        *paths: Path | str,
        last: int | None = None,
        pattern: str | None = None,
        wish: Wish | None = None,
    ) -> Following:
        job = Job([str(path) for path in paths], pattern, wish=wish or Wish(zone=UTC))
        all_made.append(Following(job, Wanted(True, last), Watcher()))
        return all_made[-1]

    yield make
    for following in all_made:
        following.close()


def counts(following: Following, last: int | None = None) -> dict[bytes, int | float]:
    with following.lock:
        return {row.value: row.count for row in following.tally(last).summary().rows}


def add(path: Path, *lines: str) -> None:
    with path.open("a") as file:
        file.writelines(f"{line}\n" for line in lines)


@pytest.mark.parametrize("watched", [True, False])
def test_new_lines_are_counted_within_a_quarter_of_a_second(
    tmp_path: Path,
    made: Callable[..., Following],
    watched: bool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    if not watched:
        monkeypatch.setattr(waiting, "is_remote", lambda _: True)
    log = tmp_path / "log"
    add(log, "a")
    following = made(log)
    following.look()
    took = []
    for _ in range(10):
        timer = threading.Timer(0.15, add, (log, "b"))
        timer.start()
        while not following.step(5):
            pass
        took.append(time.time() - log.stat().st_mtime)
    assert sorted(took)[8] < 0.25
    assert counts(following) == {b"a": 1, b"b": 10}


def test_waiting_takes_no_time_of_the_processor(
    tmp_path: Path, made: Callable[..., Following]
) -> None:
    log = tmp_path / "log"
    add(log, "a")
    following = made(log)
    following.look()
    following.step(0.1)
    before, begun = time.process_time(), time.monotonic()
    while time.monotonic() - begun < 2:
        following.step(0.5)
    assert time.process_time() - before < 0.1


@given(
    batches=st.lists(
        st.lists(st.tuples(st.integers(0, 100), st.sampled_from("abc")), max_size=20), max_size=5
    ),
    last=st.integers(1, 120),
)
def test_a_window_has_the_records_of_its_time(
    tmp_path_factory: pytest.TempPathFactory,
    batches: list[list[tuple[int, str]]],
    last: int,
) -> None:
    log = tmp_path_factory.mktemp("window") / "log"
    add(log, f"{BEGIN} a /")
    job = Job([str(log)], PATTERN, ("ip",), wish=Wish(zone=UTC))
    following = Following(job, Wanted(), Watcher())
    try:
        records = [(BEGIN, "a")]
        for batch in batches:
            add(log, *(f"{BEGIN + second} {value} /" for second, value in batch))
            records += [(BEGIN + second, value) for second, value in batch]
            following.look()
            following.tally()
            newest = max(second for second, _ in records)
            # No time goes by in the test.
            following.sliding.end = lambda newest: newest  # type: ignore[method-assign]
            inside = Counter(value for second, value in records if second >= newest - last)
            assert counts(following, last * SECOND) == {k.encode(): n for k, n in inside.items()}
            everything = Counter(value for _, value in records)
            assert counts(following) == {k.encode(): n for k, n in everything.items()}
    finally:
        following.close()


def test_lines_without_a_time_have_that_of_their_arrival(
    tmp_path: Path, made: Callable[..., Following]
) -> None:
    log = tmp_path / "log"
    add(log, "a")
    following = made(log)
    before = time.time_ns()
    following.look()
    time.sleep(1.2)
    add(log, "b")
    following.look()
    with following.lock:
        rows = {row.value: row.life for row in following.tally().summary().rows}
    first, second = rows[b"a"], rows[b"b"]
    assert first is not None
    assert second is not None
    assert before <= first.first
    assert second.first - first.first >= 1.1 * SECOND
    following.sliding.end = lambda newest: newest  # type: ignore[method-assign]
    assert counts(following, 1) == {b"b": 1}
    assert following.pace().lag is None


def test_a_record_of_the_future_does_not_empty_the_window(
    tmp_path: Path, made: Callable[..., Following]
) -> None:
    log = tmp_path / "log"
    now = int(time.time())
    add(log, f"{now - 5} a /", f"{now + 10**6} b /")
    following = made(log, pattern=PATTERN.replace("ip", "value"))
    following.look()
    assert counts(following, 300 * SECOND) == {b"a": 1, b"b": 1}


def test_what_is_kept_of_times_is_bounded(
    tmp_path: Path, made: Callable[..., Following], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sliding, "_RUNS", 1000)
    log = tmp_path / "log"
    following = made(log, pattern=r"^(?P<time>\d+) (?P<value>\S+)$")
    for step in range(20):
        add(log, *(f"{BEGIN + step * 100 + n} v{n % 10}" for n in range(100) for _ in range(3)))
        following.look()
        following.tally()
        assert following.growing is not None
        assert following.growing.runs <= 1000
    found = counts(following)
    assert sum(found.values()) == 6000
    with following.lock:
        (row, *_) = following.tally().summary(top=1).rows
    assert row.life is not None
    assert (row.life.first, row.life.peak) == (BEGIN * SECOND, 3)


def test_another_group_is_counted_from_the_beginning_through_rotations(
    tmp_path: Path, made: Callable[..., Following]
) -> None:
    log = tmp_path / "log"
    job_lines = [f"1000 {n % 3} /{n % 5}" for n in range(50)]
    add(log, *job_lines)
    following = made(log, pattern=PATTERN.replace("(?P<path>", "(?P<value>"))
    following.look()
    assert following.ways.by == ("value",)
    log.rename(tmp_path / "log.1")
    add(log, "1001 x /9")
    following.look()

    def more(part: float) -> bool:
        # What comes while it is counted anew is counted too.
        if part == 1 and not (tmp_path / "late").exists():
            (tmp_path / "late").touch()
            add(log, "1002 late /9")
            following.look()
        return True

    assert regroup(following, ("ip",), more) == 0
    assert counts(following) == {b"0": 17, b"1": 17, b"2": 16, b"x": 1, b"late": 1}
    add(log, "1003 x /9")
    following.look()
    assert counts(following)[b"x"] == 2
    row = next(row for row in following.tally().summary().rows if row.value == b"x")
    assert latest(following, row, 5) == [b"1003 x /9", b"1001 x /9"]
    assert latest(following, row, 1) == [b"1003 x /9"]
    with pytest.raises(UsageError):
        regroup(following, ("nothing",), more)
    with pytest.raises(Cancelled):
        regroup(following, ("value",), lambda _: False)
    assert following.growing is not None
    assert following.growing.by == ("ip",)


def test_the_bytes_that_another_group_lacks_are_told(
    tmp_path: Path, made: Callable[..., Following]
) -> None:
    log = tmp_path / "log"
    add(log, "1000 a /")
    following = made(log, pattern=PATTERN.replace("(?P<path>", "(?P<value>"))
    following.look()
    size = log.stat().st_size
    with log.open("r+") as file:
        file.truncate()
    following.look()
    add(log, "1001 b /")
    following.look()
    assert regroup(following, ("ip",), lambda _: True) == size
    assert counts(following) == {b"b": 1}


def test_files_that_are_let_go_of_are_forgotten(
    tmp_path: Path, made: Callable[..., Following]
) -> None:
    log = tmp_path / "log"
    following = made(log, pattern="line")
    for number in range(KEPT + 6):
        add(log, f"line {number}")
        following.look()
        log.rename(tmp_path / f"old.{number}")
    following.look()
    assert len(following.ways_of) == len(following.ledger.files) == KEPT
    # How the first one read is known for good.
    assert len(following.ways.settled) <= KEPT + 1
    assert following.lines == KEPT + 6


def test_of_a_short_log_only_what_is_in_the_window_is_read(
    tmp_path: Path, made: Callable[..., Following]
) -> None:
    log = tmp_path / "log"
    add(log, *(f"{BEGIN + n} v{n % 3}" for n in range(50_000)))
    wish = Wish(zone=UTC, wanted=True, window=lambda _: ((BEGIN + 49_990) * SECOND, None))
    following = made(log, pattern=r"^(?P<time>\d+) (?P<value>\S+)$", wish=wish)
    following.look()
    add(log, f"{BEGIN + 50_000} new")
    following.look()
    assert following.lines < 25_000
    assert sum(counts(following).values()) == 11


def test_files_beyond_what_can_be_held_open_are_told_of(
    tmp_path: Path, made: Callable[..., Following], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(remembering, "most_files", lambda: 5)
    for number in range(8):
        add(tmp_path / f"{number}.log", f"line {number}")
    following = made(str(tmp_path / "*.log"), pattern="line")
    following.look()
    following.look()
    assert following.lines == 5
    (error,) = following.failed
    assert str(error).startswith(f"{tmp_path}/5.log: is not followed, nor are others")
