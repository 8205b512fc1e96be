"""Ctrl-C ends a scan at once, and what was counted until then is shown."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import sysconfig
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

COMMAND = os.path.join(sysconfig.get_path("scripts"), "streamstats")

SOON = 0.1
"""A scan is to stop within so many seconds."""

TRIES = 8
"""The machine may be busy: that it can stop so soon is shown by one of so many."""


class Stopped(NamedTuple):
    status: int
    stdout: str
    stderr: str
    seconds: float
    """From the signal to the end of the process."""


def interrupt(
    command: list[str], feed: bytes | None, after: float, keep: tuple[int, ...] = ()
) -> Stopped:
    """Run a command, write ``feed`` into its standard input, which stays open, and press Ctrl-C."""
    process = subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        pass_fds=keep,
    )
    assert process.stdin is not None
    if feed:
        process.stdin.write(feed)
        process.stdin.flush()
    # Not always at the same place between two looks for signals.
    time.sleep(after + random.uniform(0, 0.1))
    assert process.poll() is None, "it ended by itself"
    start = time.monotonic()
    process.send_signal(signal.SIGINT)
    # Waiting with a time limit would look only every 50 ms.
    late = threading.Timer(20, process.kill)
    late.start()
    process.wait()
    seconds = time.monotonic() - start
    late.cancel()
    stdin, process.stdin = process.stdin, None
    stdout, stderr = process.communicate()
    stdin.close()
    return Stopped(process.returncode, stdout.decode(), stderr.decode(), seconds)


@pytest.fixture(autouse=True)
def heeded() -> Iterator[None]:
    """Where the tests run in the background, Ctrl-C is ignored, and children would inherit that."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def soon(run: Callable[[], Stopped]) -> Iterator[Stopped]:
    """Each run, until one has stopped soon enough."""
    times = []
    for _ in range(TRIES):
        stopped = run()
        times.append(stopped.seconds)
        yield stopped
        if stopped.seconds <= SOON:
            return
    pytest.fail(f"it took {min(times):.3f} s to stop")


@pytest.fixture
def endless(tmp_path: Path) -> Path:
    """A file of a few lines and a hole of 64 GB behind them, which takes many seconds to read."""
    path = tmp_path / "endless.log"
    path.write_bytes(b"a\nb\na\n")
    os.truncate(path, 64 << 30)
    return path


@pytest.mark.parametrize("threads", ["1", "2"])
def test_a_file(endless: Path, threads: str) -> None:
    command = [COMMAND, "-p", "line", "--threads", threads, "--format", "csv", str(endless)]
    for stopped in soon(lambda: interrupt(command, None, 0.6)):
        assert stopped.status == 130
        assert stopped.stdout.startswith("value,count,share,outlier\na,2,")
        assert "interrupted after " in stopped.stderr
        assert stopped.stderr.endswith("this is what was counted so far\n")
        assert "Traceback" not in stopped.stderr


@pytest.mark.parametrize("pattern", [["-p", "line"], []])
def test_a_pipe_that_stays_open(pattern: list[str]) -> None:
    # Without a pattern it is still waiting for the first hundred lines.
    command = [COMMAND, *pattern, "--format", "csv"]
    for stopped in soon(lambda: interrupt(command, b"a\nb\na\nhalf a li", 0.6)):
        assert stopped.status == 130
        assert stopped.stdout.startswith("value,count,share,outlier\na,2,")
        assert "interrupted after " in stopped.stderr
        assert "Traceback" not in stopped.stderr


def test_what_was_cut_off_in_a_pipe_is_no_line() -> None:
    stopped = interrupt([COMMAND, "-p", "line", "--format", "csv"], b"a\nb\na\nhalf a li", 0.6)
    assert "half" not in stopped.stdout
    assert "interrupted after 3 lines; this is" in stopped.stderr


def test_a_pipe_that_never_ends() -> None:
    with subprocess.Popen(["yes"], stdout=subprocess.PIPE) as yes:
        assert yes.stdout is not None
        end = yes.stdout.fileno()
        command = [COMMAND, "-p", "line", f"/dev/fd/{end}"]
        for stopped in soon(lambda: interrupt(command, None, 0.6, (end,))):
            assert stopped.status == 130
            assert "Some Statsy Things" in stopped.stdout
        yes.kill()


def test_before_anything_was_counted() -> None:
    stopped = interrupt([COMMAND, "-p", "line"], None, 0.6)
    assert stopped.status == 130
    assert "Traceback" not in stopped.stderr
    assert stopped.stdout == ""


CALL = """
import os, signal, sys, threading, time
import streamstats
signal.signal(signal.SIGINT, signal.default_int_handler)
pressed = []
def press():
    pressed.append(time.monotonic())
    os.kill(os.getpid(), signal.SIGINT)
threading.Timer(0.4, press).start()
try:
    streamstats.count({source}, "line")
except KeyboardInterrupt:
    print(time.monotonic() - pressed[0])
"""


@pytest.mark.parametrize("source", ["sys.argv[1]", "'/dev/fd/0'", "iter(lambda: b'x' * 100, b'')"])
def test_a_call(endless: Path, source: str) -> None:
    seconds = []
    for _ in range(TRIES):
        with subprocess.Popen(["sleep", "30"], stdout=subprocess.PIPE) as silent:
            done = subprocess.run(
                [sys.executable, "-c", CALL.format(source=source), str(endless)],
                stdin=silent.stdout,
                capture_output=True,
                text=True,
                timeout=20,
                check=False,
            )
            silent.kill()
        assert done.stderr == ""
        seconds.append(float(done.stdout))
        if seconds[-1] <= SOON:
            return
    pytest.fail(f"it took {min(seconds):.3f} s to stop")


def test_a_progress_that_raises_ends_the_scan(endless: Path) -> None:
    from streamstats import _core

    def progress(counted: int, lines: int) -> None:
        raise ZeroDivisionError

    counter = _core.Counter()
    scan = _core.Scan(None, ["line"])
    with endless.open("rb") as file, pytest.raises(ZeroDivisionError):
        counter.file(scan, file.fileno(), 0, 64 << 30, progress)
