"""Passwords leave the list of processes."""

from __future__ import annotations

import subprocess
import sys

import pytest

SHOWS = """
import sys
from streamstats.cli.concealed import conceal
conceal(sys.argv[1:])
sys.stdout.write(open("/proc/self/cmdline").read().replace("\\0", " "))
sys.stdout.write("|" + " ".join(sys.argv[1:]))
"""


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("mysql://u:s3cret@h/d", "mysql://u:******@h/d"),
        ("mysql://u:s3:cret@h/d", "mysql://u:*******@h/d"),
        ("redis://:s3cret@h/0", "redis://:******@h/0"),
        ("mysql://u@h/d?password=s3cret&a=1", "mysql://u@h/d?password=******&a=1"),
        ("mysql://u@h/d", "mysql://u@h/d"),
        ("plain", "plain"),
    ],
)
def test_in_the_list_of_processes(given: str, shown: str) -> None:
    command = [sys.executable, "-c", SHOWS, "sample", given, "bicycle"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    seen, _, kept = done.stdout.rpartition("|")
    assert seen.endswith(f" sample {shown} bicycle ")
    # The program itself still has it.
    assert kept == f"sample {given} bicycle"
