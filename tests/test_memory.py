"""Hostile input is ordinary input: memory stays bounded, and so does the time."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import time
from pathlib import Path
from typing import NamedTuple

import pytest

COMMAND = os.path.join(sysconfig.get_path("scripts"), "streamstats")
GIB = 1 << 30

# A process begins with the memory of the one that started it, and that of the tests is large. So a
# small one stands between, and tells what its child has used at most.
MEASURE = """
import os, resource, subprocess, sys
status = subprocess.run(sys.argv[2:]).returncode
with open(sys.argv[1], "w") as file:
    file.write(str(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss))
os._exit(status)
"""


class Ran(NamedTuple):
    status: int
    stdout: str
    stderr: str
    megabytes: float
    """The most that was resident."""
    seconds: float


def measured(folder: Path, arguments: list[str], feed: str | None = None) -> Ran:
    """Run the command; ``feed`` is a command whose output it reads."""
    peak = folder / "peak"
    command = [sys.executable, "-c", MEASURE, str(peak), COMMAND, *arguments]
    start = time.monotonic()
    with subprocess.Popen(
        ["sh", "-c", feed or ":"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as source:
        done = subprocess.run(
            command, stdin=source.stdout, capture_output=True, text=True, check=False
        )
    seconds = time.monotonic() - start
    return Ran(done.returncode, done.stdout, done.stderr, int(peak.read_text()) / 1024, seconds)


def test_a_gigabyte_without_an_end_from_a_pipe(tmp_path: Path) -> None:
    ran = measured(tmp_path, ["-p", "line"], f"head -c {GIB} /dev/zero")
    assert ran.status == 1
    assert "the line is longer than 1 MiB, and not looked at" in ran.stderr
    assert ran.megabytes <= 40
    assert ran.seconds <= 10


@pytest.mark.parametrize("threads", ["1", "2", "8"])
def test_a_gigabyte_without_an_end_in_a_file(tmp_path: Path, threads: str) -> None:
    hole = tmp_path / "hole"
    hole.write_bytes(b"a\n")
    os.truncate(hole, GIB)
    ran = measured(tmp_path, ["-p", "line", "--threads", threads, "--format", "csv", str(hole)])
    assert ran.status == 0
    assert "\na,1,1.0," in ran.stdout
    assert "1 line is longer than 1 MiB" in ran.stderr
    assert ran.megabytes <= 60
    assert ran.seconds <= 10


def test_many_lines_that_are_just_too_long(tmp_path: Path) -> None:
    feed = f"head -c {GIB // 4} /dev/zero | tr '\\0' x | fold -w {(1 << 20) + 1}"
    ran = measured(tmp_path, ["-p", "line", "--format", "csv"], feed)
    assert ran.status == 0
    assert ran.stdout.endswith(",1,1.0,false\n"), "the last one is shorter"
    assert "255 lines are longer than 1 MiB" in ran.stderr
    assert ran.megabytes <= 60
    assert ran.seconds <= 10


def test_detection_looks_at_a_little_only(tmp_path: Path) -> None:
    ran = measured(tmp_path, [], f"head -c {GIB // 4} /dev/zero | tr '\\0' ' '")
    assert ran.status == 1
    assert ran.megabytes <= 60
    assert ran.seconds <= 10


def test_two_million_long_values_take_a_few_times_their_size(tmp_path: Path) -> None:
    size = 2_000_000 * 110
    feed = f"seq -w 2000000 | sed 's/^/{'x' * 102}/'"
    ran = measured(tmp_path, ["-p", "line", "-n", "1"], feed)
    assert ran.status == 0
    assert "2,000,000  distinct values" in ran.stdout
    assert ran.megabytes <= 3.5 * size / 1e6
    assert ran.seconds <= 20


def test_rows_are_made_while_they_are_written(tmp_path: Path) -> None:
    ran = measured(tmp_path, ["-p", "line", "--format", "csv"], "seq 300000")
    assert ran.stdout.count("\n") == 300_001
    assert ran.megabytes <= 90


def test_lines_that_do_not_match_are_not_kept(tmp_path: Path) -> None:
    feed = f"yes $(head -c 1000 /dev/zero | tr '\\0' x) | head -c {GIB // 4}"
    ran = measured(tmp_path, ["-p", "combined"], feed)
    assert ran.status == 1
    assert ran.megabytes <= 40
    assert ran.seconds <= 10


@pytest.mark.parametrize(
    "pattern",
    [
        r"^(?P<value>(a|aa)+)$",
        r"^(?P<value>(a*)*)b$",
        r"(?P<value>.*a.*a.*a.*a.*a.*b)",
        r"^(?P<value>(\w+\s?)*)$",
        r"^(?P<value>.*?a.*?a.*?a.*?a.*?c)",
        r"^(?P<value>(?:[^\"\\]|\\.)*\")",
        r"^(?P<value>a{1,50}a{1,50}a{1,50}b)",
    ],
)
def test_no_line_can_hang_a_pattern(tmp_path: Path, pattern: str) -> None:
    feed = "for i in 1 2 3 4; do head -c 1000000 /dev/zero | tr '\\0' a; echo '!'; done"
    ran = measured(tmp_path, ["-p", pattern, "--format", "csv"], feed)
    assert ran.status in (0, 1)
    assert ran.megabytes <= 200
    assert ran.seconds <= 10


def test_only_line_feeds(tmp_path: Path) -> None:
    ran = measured(
        tmp_path, ["-p", "line", "--format", "csv"], "head -c 50000000 /dev/zero | tr '\\0' '\\n'"
    )
    assert ran.stdout.endswith("\n,50000000,1.0,false\n")
    assert ran.megabytes <= 40
    assert ran.seconds <= 10
