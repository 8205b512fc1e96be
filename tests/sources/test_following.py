"""What is counted is what was written, whatever becomes of the files in the meantime."""

from __future__ import annotations

import os
import tempfile
from collections import Counter
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from rotating import STEPS, Model
from streamstats.engines.follow import Following, Wanted
from streamstats.engines.once import Job, Watcher
from streamstats.engines.regroup import regroup

SIGN = r"^(?P<first>.)(?P<rest>.*)$"


class Counted(Model):
    """The same, with all that stands between the files and the numbers."""

    def __init__(self, folder: Path, *, glob: bool) -> None:
        super().__init__(folder, glob=glob)
        self.ledger.close()
        asked = [str(folder / "*.log*")] if glob else [str(path) for path in self.paths]
        job = Job(asked, SIGN, by=("first",), threads=1)
        self.following = Following(job, Wanted(wait=True), Watcher())

    def look(self) -> None:
        self.following.look()
        self.unseen = [not path.exists() or not path.stat().st_size for path in self.paths]

    def end(self) -> None:
        self.look()
        self.look()
        self.following.finish()
        self.written += [text for text in self.open if text]
        for writer in self.writers:
            if writer is not None:
                os.close(writer)

    def counts(self) -> dict[bytes, int | float]:
        return {row.value: row.count for row in self.following.tally().summary().rows}


@given(steps=STEPS, glob=st.booleans(), turned=st.integers(0, 40))
@settings(deadline=None)
def test_what_is_counted_is_what_was_written(
    steps: list[tuple[object, ...]], glob: bool, turned: int
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        model = Counted(Path(folder), glob=glob)
        lost = 0
        for number in model.run(steps):
            if number == turned:
                lost = regroup(model.following, ("rest",), lambda _: True)
        by = (slice(1, None), slice(0, 1))[model.following.ways.by == ("first",)]
        expected = Counter(text[by] for text in model.written if text)
        counted = model.counts()
        model.following.close()
        if not lost:
            assert counted == expected
        # What was cut off before the group was changed cannot be counted again.
        assert all(count <= expected[value] for value, count in counted.items())
