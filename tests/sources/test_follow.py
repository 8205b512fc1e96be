"""What is written is given out once, whatever becomes of the files."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streamstats.sources.follow import remembering
from streamstats.sources.follow.finding import Finding
from streamstats.sources.follow.identity import MARK
from streamstats.sources.follow.reading import Part, Tracked
from streamstats.sources.follow.remembering import KEPT, Ledger
from streamstats.sources.follow.streams import LONGEST, Flow

WRITERS = 3


class Model:
    """Some logs in a folder, their writers, and a ledger that follows them."""

    def __init__(self, folder: Path, *, glob: bool) -> None:
        self.folder = folder
        names = [folder / f"{name}.log" for name in range(WRITERS)]
        self.paths = names
        asked = [str(folder / "*.log*")] if glob else [str(path) for path in names]
        self.ledger = Ledger(Finding(asked))
        self.writers: list[int | None] = [None] * WRITERS
        self.open: list[bytes] = [b""] * WRITERS
        """The line that each writer is in."""
        self.written: list[bytes] = []
        self.given: list[bytes] = []
        self.rotations = 0
        self.line = 0
        self.unseen = [True] * WRITERS
        """Nothing of what a log holds now was looked at."""

    def write(self, at: int, lines: int, long: bool) -> None:
        writer = self.writers[at]
        if writer is None:
            flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT
            writer = self.writers[at] = os.open(self.paths[at], flags)
            self.unseen[at] = True
        for _ in range(lines):
            self._line(writer, self.open[at], long)
            self.open[at] = b""

    def _line(self, writer: int, begun: bytes, long: bool) -> None:
        self.line += 1
        text = b"%d" % self.line + b"." * (MARK if long else 3)
        os.write(writer, text + b"\n")
        self.written.append(begun + text)

    def half(self, at: int) -> None:
        writer = self.writers[at]
        if writer is not None:
            self.line += 1
            text = b"%d-" % self.line
            os.write(writer, text)
            self.open[at] += text

    def look(self) -> None:
        self._take(self.ledger.look())
        self.unseen = [not path.exists() or not path.stat().st_size for path in self.paths]

    def _take(self, parts: Iterable[Part]) -> None:
        for part in parts:
            data = part.data
            if data is None:
                data = os.pread(part.file.fd, part.stop - part.start, part.start)
            assert len(data) == part.stop - part.start
            self.given += data.splitlines()

    def _away(self, at: int) -> bool:
        """Before contents go away, some of them have to have been seen: nobody can read what is
        gone, and a copy is known by what was seen of the original.
        """
        if self.writers[at] is None or not self.paths[at].exists():
            return False
        if self.unseen[at]:
            self.look()
        return True

    def rename(self, at: int, late: int) -> None:
        if self._away(at):
            self.rotations += 1
            self.paths[at].rename(f"{self.paths[at]}.{self.rotations}")
            self._leave(at, late)

    def delete(self, at: int, late: int) -> None:
        if self._away(at):
            self.paths[at].unlink()
            self._leave(at, late)

    def _leave(self, at: int, late: int) -> None:
        """The writer writes on for a while, ends its line, and opens the file anew."""
        writer = self.writers[at]
        assert writer is not None
        for _ in range(late + bool(self.open[at])):
            self._line(writer, self.open[at], False)
            self.open[at] = b""
        os.close(writer)
        self.writers[at] = None

    def copy_and_cut(self, at: int, looked: bool) -> None:
        """As logrotate does it; the line that the writer is in comes apart."""
        if self._away(at):
            self.rotations += 1
            shutil.copyfile(self.paths[at], f"{self.paths[at]}.{self.rotations}")
            if looked:
                self.look()
            os.truncate(self.paths[at], 0)
            self._apart(at)
            self.unseen[at] = True

    def cut(self, at: int) -> None:
        """Nothing can tell what was cut off before it was read."""
        if self._away(at):
            writer = self.writers[at]
            assert writer is not None
            if self.open[at]:
                self._line(writer, self.open[at], False)
                self.open[at] = b""
            self.look()
            os.truncate(self.paths[at], 0)
            self.unseen[at] = True

    def _apart(self, at: int) -> None:
        if self.open[at]:
            self.written.append(self.open[at])
            self.open[at] = b""

    def end(self) -> None:
        self.look()
        self.look()
        self._take(self.ledger.rest())
        self.written += [text for text in self.open if text]
        self.ledger.close()
        for writer in self.writers:
            if writer is not None:
                os.close(writer)


AT = st.integers(0, WRITERS - 1)
FEW = st.integers(0, 3)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("write"), AT, st.integers(1, 4), st.booleans()),
        st.tuples(st.just("half"), AT),
        st.tuples(st.just("look")),
        st.tuples(st.just("rename"), AT, FEW),
        st.tuples(st.just("delete"), AT, FEW),
        st.tuples(st.just("copy_and_cut"), AT, st.booleans()),
        st.tuples(st.just("cut"), AT),
    ),
    max_size=40,
)


@given(steps=STEPS, glob=st.booleans())
@settings(deadline=None)
def test_every_line_is_given_once(steps: list[tuple[object, ...]], glob: bool) -> None:
    with tempfile.TemporaryDirectory() as folder:
        model = Model(Path(folder), glob=glob)
        model.look()
        for at in range(1, WRITERS):
            model.write(at, 1, False)
        model.look()
        for name, *arguments in steps:
            getattr(model, str(name))(*arguments)
        model.end()
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
