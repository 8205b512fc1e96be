"""Runs the command of an alarm, a few at a time, and none for long.

What comes from a log never becomes part of a command: it is handed over as JSON on standard input
and in environment variables.
"""

from __future__ import annotations

import contextlib
import json
import os
import shlex
import shutil
import subprocess
import threading
import time
from collections import deque

from streamstats.errors import UsageError, printable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

TIME_LIMIT = 10.0
"""Seconds that a command may take."""

AT_A_TIME = 4
"""So many commands run at a time;"""

QUEUE = 100
"""and so many wait."""

LONGEST = 64 * 1024
"""A fact of more bytes is in no environment variable: a system takes 128 KiB at most."""

_SAID = 4096
"""So many of the last bytes that a command says are kept,"""

_LINGER = 0.2
"""and they are waited for so many seconds after its end, if something it started goes on."""


def command(text: str) -> list[str]:
    """The words of a command. Raises UsageError where there are none, or it does not exist."""
    try:
        words = shlex.split(text)
    except ValueError as error:
        raise UsageError(f"--run '{printable(text)}': {error}".lower()) from None
    if not words:
        raise UsageError("--run names no command", "write --run './notify.sh --quiet'")
    if shutil.which(words[0]) is None:
        raise UsageError(
            f"--run '{printable(words[0])}': there is no such command",
            "for a line of shell, write --run \"sh -c '...'\"",
        )
    return words


class Runner:
    """Runs a command for each set of facts."""

    def __init__(self, words: Sequence[str], tell: Callable[[str], None]) -> None:
        """``tell`` is told what fails, from any thread."""
        self._words = list(words)
        self._tell = tell
        self._queue: deque[dict[str, object]] = deque()
        self._lock = threading.Lock()
        self._workers: list[threading.Thread] = []
        self._running = 0

    def run(self, facts: dict[str, object]) -> bool:
        """Run it for these as soon as there is room; False where too many wait already."""
        with self._lock:
            if len(self._queue) >= QUEUE:
                return False
            self._queue.append(facts)
            if self._running < AT_A_TIME:
                self._running += 1
                worker = threading.Thread(target=self._work, daemon=True)
                self._workers = [each for each in self._workers if each.is_alive()]
                self._workers.append(worker)
                worker.start()
        return True

    def _work(self) -> None:
        while True:
            with self._lock:
                if not self._queue:
                    self._running -= 1
                    return
                facts = self._queue.popleft()
            try:
                fault = self._one(facts)
            except OSError as error:
                fault = f": {error.strerror or error}"
            if fault:
                self._tell(f"--run: {printable(self._words[0])}{fault}")

    def _one(self, facts: dict[str, object]) -> str:
        """Run it; what was wrong. Raises OSError."""
        # Not a pipe, which a command that does not read would block.
        given = os.memfd_create("facts", os.MFD_CLOEXEC)
        said, writing = os.pipe()
        with open(given, "w+b") as file, open(writing, "wb") as stderr:
            told = _Told(said)
            file.write(json.dumps(facts, ensure_ascii=True).encode() + b"\n")
            file.seek(0)
            process = subprocess.Popen(
                self._words,
                stdin=file,
                stdout=subprocess.DEVNULL,
                stderr=stderr,
                env=os.environ | variables(facts),
                start_new_session=True,
            )
        try:
            status = process.wait(TIME_LIMIT)
        except subprocess.TimeoutExpired:
            _kill(process)
            return f" took longer than {TIME_LIMIT:g} seconds, and was ended"
        if not status:
            return ""
        lines = told.text().strip().splitlines()
        why = f": {printable(lines[-1][:200])}" if lines else ""
        return f" gave status {status}{why}"

    def close(self) -> None:
        """Wait for those that run or wait, no longer than twice what each may take."""
        deadline = time.monotonic() + 2 * TIME_LIMIT
        for worker in self._workers:
            worker.join(max(0.0, deadline - time.monotonic()))


class _Told:
    """The last of what a command writes to standard error, read as it comes."""

    def __init__(self, fd: int) -> None:
        self._fd = fd
        self._last = b""
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def _read(self) -> None:
        with open(self._fd, "rb", buffering=0) as pipe:
            while part := pipe.read(1 << 16):
                self._last = (self._last + part)[-_SAID:]

    def text(self) -> str:
        """It is whole when the command has ended, but for what it started and left behind."""
        self._thread.join(_LINGER)
        return self._last.decode("utf-8", "surrogateescape")


def _kill(process: subprocess.Popen[bytes]) -> None:
    """End a command, with all of its session that is in its group."""
    with contextlib.suppress(OSError):
        os.killpg(process.pid, 9)
    process.wait()


def variables(facts: dict[str, object]) -> dict[str, str]:
    """The facts as environment variables: ``STREAMSTATS_VALUE`` and so on."""
    found = {}
    for name, fact in facts.items():
        if fact is None:
            continue
        text = ",".join(map(str, fact)) if isinstance(fact, list) else str(fact)
        if isinstance(fact, bool):
            text = text.lower()
        if len(text.encode("utf-8", "surrogateescape")) <= LONGEST:
            found[f"STREAMSTATS_{name.upper()}"] = text.replace("\0", "")
    return found
