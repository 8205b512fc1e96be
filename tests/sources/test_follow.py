"""What is written is given out once, whatever becomes of the files."""

from __future__ import annotations

import os
import tempfile
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rotating import STEPS, Model
from streamstats.sources.follow import remembering
from streamstats.sources.follow.finding import Finding
from streamstats.sources.follow.reading import Part, Tracked
from streamstats.sources.follow.remembering import KEPT, Ledger
from streamstats.sources.follow.streams import LONGEST, Flow


@given(steps=STEPS, glob=st.booleans())
@settings(deadline=None)
def test_every_line_is_given_once(steps: list[tuple[object, ...]], glob: bool) -> None:
    with tempfile.TemporaryDirectory() as folder:
        model = Model(Path(folder), glob=glob)
        for _ in model.run(steps):
            pass
        assert Counter(model.given) == Counter(model.written)


@pytest.fixture
def logs(tmp_path: Path) -> Path:
    return tmp_path


def lines(parts: Iterable[Part]) -> list[bytes]:
    found: list[bytes] = []
    for part in parts:
        assert part.data is not None
        found += part.data.splitlines()
    return found


def test_a_copy_in_the_making_waits(logs: Path) -> None:
    ledger = Ledger(Finding([str(logs / "*")]))
    log, copy = logs / "a.log", logs / "a.log.1"
    log.write_bytes(b"one\ntwo\nthree\n")
    assert lines(ledger.look()) == [b"one", b"two", b"three"]
    copy.write_bytes(b"one\nt")
    assert lines(ledger.look()) == []
    copy.write_bytes(b"one\ntwo\nthree\nfour\n")
    with log.open("ab") as file:
        file.write(b"four\n")
    assert lines(ledger.look()) == [b"four"]
    assert lines(ledger.look()) == []
    os.truncate(log, 0)
    with log.open("ab") as file:
        file.write(b"five\n")
    assert lines(ledger.look()) == [b"five"]
    assert lines(ledger.look()) == []
    ledger.close()


def test_a_log_that_only_begins_like_another_is_read(
    logs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger = Ledger(Finding([str(logs / "*")]))
    (logs / "a.log").write_bytes(b"start\na\n")
    assert lines(ledger.look()) == [b"start", b"a"]
    (logs / "b.log").write_bytes(b"start\n")
    assert lines(ledger.look()) == []
    monkeypatch.setattr(remembering, "PATIENCE", 0.0)
    assert lines(ledger.look()) == [b"start"]
    (logs / "c.log").write_bytes(b"start\nc\n")
    assert lines(ledger.look()) == [b"start", b"c"]
    ledger.close()


def test_a_file_that_is_written_anew_behind_the_old_place_is_seen(logs: Path) -> None:
    log = logs / "a.log"
    ledger = Ledger(Finding([str(log)]))
    log.write_bytes(b"one\n")
    assert lines(ledger.look()) == [b"one"]
    inode = log.stat().st_ino
    with log.open("r+b") as file:
        file.truncate()
        file.write(b"other\nlines\n")
    assert log.stat().st_ino == inode
    assert lines(ledger.look()) == [b"other", b"lines"]
    ledger.close()


def test_what_is_compressed_later_was_counted_before(logs: Path) -> None:
    import gzip

    log = logs / "a.log"
    ledger = Ledger(Finding([str(logs / "a.log*")]))
    log.write_bytes(b"one\n")
    assert lines(ledger.look()) == [b"one"]
    (logs / "a.log.1.gz").write_bytes(gzip.compress(b"one\n"))
    log.unlink()
    assert lines(ledger.look()) == []
    assert ledger.passed == [str(logs / "a.log.1.gz")]
    ledger.close()


def test_not_all_old_files_stay_open(logs: Path) -> None:
    log = logs / "a.log"
    ledger = Ledger(Finding([str(log)]))
    for number in range(KEPT + 5):
        log.write_bytes(b"%d\n" % number)
        assert lines(ledger.look()) == [b"%d" % number]
        log.rename(logs / f"old.{number}")
    list(ledger.look())
    assert len(ledger.files) == KEPT
    ledger.close()


def test_the_folder_of_a_file_that_does_not_exist_is_watched(logs: Path) -> None:
    (logs / "x1").mkdir()
    finding = Finding([str(logs / "a.log"), str(logs / "x*" / "b.log")])
    assert finding.folders() == sorted([str(logs), str(logs / "x1")])
    assert finding.paths() == [str(logs / "a.log")]
    (logs / "x1" / "b.log").touch()
    assert finding.paths() == [str(logs / "a.log"), str(logs / "x1" / "b.log")]


def test_a_long_line_is_not_looked_through_again(logs: Path) -> None:
    log = logs / "a.log"
    log.write_bytes(b"x" * 100_000)
    fd = os.open(log, os.O_RDONLY)
    status = log.stat()
    file = Tracked(str(log), fd, (status.st_dev, status.st_ino))
    assert file.part() is None
    assert file.scanned == 100_000
    with log.open("ab") as more:
        more.write(b"y\nz")
    part = file.part()
    assert part is not None
    assert (part.start, part.stop) == (0, 100_002)
    rest = file.rest()
    assert rest is not None
    assert rest.data == b"z"
    file.close()


def test_a_stream_gives_whole_lines() -> None:
    reader, writer = os.pipe()
    flow = Flow("pipe", reader, own=True)
    assert flow.read() == b""
    os.write(writer, b"one\ntw")
    assert flow.read() == b"one\n"
    os.write(writer, b"o\nth")
    assert flow.read() == b"two\n"
    assert flow.rest() == b"th"
    os.write(writer, b"ree")
    os.close(writer)
    assert flow.read() == b"ree"
    assert flow.ended
    flow.close()


def test_a_stream_without_line_ends_takes_no_more_memory_than_a_line_may(tmp_path: Path) -> None:
    path = tmp_path / "zeros"
    path.write_bytes(bytes(3 * LONGEST))
    with path.open("rb") as file:
        flow = Flow("zeros", file.fileno())
        read = [flow.read() for _ in range(5)]
        assert sum(map(len, read)) == 3 * LONGEST
        assert max(map(len, read)) <= 2 * LONGEST
        assert flow.ended
