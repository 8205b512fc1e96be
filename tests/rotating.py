"""A model of logs that are written, rotated, cut off and deleted while somebody follows them."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from hypothesis import strategies as st

from streamstats.sources.follow.finding import Finding
from streamstats.sources.follow.identity import MARK
from streamstats.sources.follow.reading import Part
from streamstats.sources.follow.remembering import Ledger

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

    def run(self, steps: Sequence[tuple[object, ...]]) -> Iterator[int]:
        """Logs that are there, and then step after step; the number of each before it is done."""
        self.look()
        for at in range(1, WRITERS):
            self.write(at, 1, False)
        self.look()
        for number, (name, *arguments) in enumerate(steps):
            yield number
            getattr(self, str(name))(*arguments)
        self.end()

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
