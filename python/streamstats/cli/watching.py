"""What people are told on standard error while a job runs."""

from __future__ import annotations

import sys
import time

from streamstats.cli.main import complain
from streamstats.engines.once import Watcher
from streamstats.errors import printable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.progress import Progress, TaskID

    from streamstats.engines.kinds import LeftOut
    from streamstats.engines.recognise import Recognised
    from streamstats.errors import SourceError
    from streamstats.patterns.resolve import Choice

_GROUPS = 3
"""So many patterns of files that are left out are named, and so many files that were searched."""

PATIENCE = 0.5
"""Work that is done within so many seconds shows no progress."""


class Watching(Watcher):
    """Notes and errors as lines; progress on a terminal."""

    def __init__(self, *, progress: bool) -> None:
        self._wanted = progress and sys.stderr is not None and sys.stderr.isatty()
        self._started = 0.0
        self._size: int | None = None
        self._progress: Progress | None = None
        self._task: TaskID | None = None
        self._sought = 0

    def recognised(self, sources: Sequence[Recognised]) -> None:
        """One line for each pattern that was found."""
        for item in sources:
            if item.note:
                self.say(f"{printable(item.source.name)}: {item.note}")
        by_pattern: dict[str, list[Recognised]] = {}
        for item in sources:
            if item.detection is not None:
                by_pattern.setdefault(item.choice.name, []).append(item)
        for name, items in by_pattern.items():
            lines = sum(item.detection.lines for item in items if item.detection)
            matched = sum(item.detection.matched for item in items if item.detection)
            files = printable(items[0].source.name)
            if len(items) > 1:
                files += f" and {len(items) - 1:,} more"
            first = "the line" if lines == 1 else f"the first {lines:,} lines"
            choice = items[0].choice
            share = 100 * matched // lines
            self.say(f"{files}: '{name}' matches {share}% of {first}{self.taken(choice)}")

    def taken(self, choice: Choice) -> str:
        """What is done with a pattern that was found."""
        return (
            f"; counting {', '.join(choice.by)}" if choice.by else f"; describing {choice.numbers}"
        )

    def say(self, text: str) -> None:
        """Write a line."""
        complain(text)

    def passed(self, names: Sequence[str]) -> None:
        """One line."""
        self.say(f"passed over {_files(names, 'that is not text', 'that are not text')}")

    def left_out(self, groups: Sequence[LeftOut], counted: Sequence[Recognised]) -> None:
        """One line for each pattern, and not more than a few."""
        # Of a shape the keys are known by what is counted only.
        taken = {
            group
            for item in counted
            for group in (*item.choice.by, *getattr(item.choice.compiled, "groups", ()))
        }
        for group in groups[:_GROUPS]:
            if group.pattern is None:
                unknown = "of no known format"
                self.say(f"left out {_files(group.names, unknown, unknown)}; -p line counts lines")
                continue
            what = f"that read as '{group.pattern}'"
            one = what.replace("that read", "that reads")
            text = f"left out {_files(group.names, one, what)}"
            if group.by and not taken.intersection(group.by):
                them = "it" if len(group.names) == 1 else "them"
                text += f"; --by {','.join(group.by)} counts {them}"
            self.say(text)
        rest = groups[_GROUPS:]
        if rest:
            names = [name for group in rest for name in group.names]
            self.say(
                f"left out {_files(names, 'of another kind', 'of other kinds')}; "
                "name one to count it"
            )

    def outside(self, names: Sequence[str]) -> None:
        """One line."""
        self.say(f"skipped {_files(names, 'outside the window', 'outside the window')}")

    def failed(self, error: SourceError) -> None:
        """One line."""
        self.ends()
        self.say(f"streamstats: {error}")

    def packed(self, names: Sequence[str]) -> None:
        """One line."""
        complain(f"passed over {_files(names, 'that is compressed', 'that are compressed')}")

    def copies(self, pairs: Sequence[tuple[str, str]]) -> None:
        """One line for each."""
        from streamstats.render.live import copy_of  # only where something is followed

        for copy, original in pairs:
            self.say(copy_of(copy, original))

    def untimed(self, reason: str) -> None:
        """One line."""
        self.say(reason)

    def sought(self, name: str, skipped: int, size: int, disordered: bool) -> None:
        """One line for each of the first files."""
        file = printable(name)
        self._sought += 1
        if self._sought > _GROUPS:
            return
        if disordered:
            self.say(f"{file}: not in the order of time; all {size:,} bytes were read")
        elif skipped:
            self.say(f"{file}: went straight to the window; {skipped:,} of {size:,} bytes skipped")

    def starts(self, size: int | None) -> None:
        """The clock of the progress starts."""
        self._started = time.monotonic()
        self._size = size

    def progress(self, counted: int, lines: int) -> None:
        """Bytes, share, lines a second and time left, once the work has lasted a while."""
        if not self._wanted or time.monotonic() - self._started < PATIENCE:
            return
        if self._progress is None:
            self._progress = _bar(self._size)
            self._task = self._progress.add_task("", total=self._size, rate="")
            self._progress.start()
        rate = lines / (time.monotonic() - self._started)
        if self._task is not None:
            self._progress.update(self._task, completed=counted, rate=f"{rate:,.0f} lines/s")

    def ends(self) -> None:
        """The progress goes, without a trace."""
        if self._progress is not None:
            self._progress.stop()
            self._progress = None


def _files(names: Sequence[str], one: str, several: str) -> str:
    if len(names) == 1:
        return f"1 file {one} ({printable(names[0])})"
    return f"{len(names):,} files {several} ({printable(names[0])}, …)"


def _bar(size: int | None) -> Progress:
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        DownloadColumn,
        Progress,
        TaskProgressColumn,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    rate = TextColumn("{task.fields[rate]}")
    console = Console(stderr=True)
    if size is None:
        return Progress(
            DownloadColumn(), rate, TimeElapsedColumn(), console=console, transient=True
        )
    return Progress(
        DownloadColumn(),
        BarColumn(),
        TaskProgressColumn(),
        rate,
        TimeRemainingColumn(),
        console=console,
        transient=True,
    )
