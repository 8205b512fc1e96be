"""The command starts in the time of a bare Python and little more."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig

COMMAND = os.path.join(sysconfig.get_path("scripts"), "streamstats")


def seconds(command: list[str]) -> float:
    """What one run takes of the processor: unlike the time by the clock, no affair of others."""
    before = os.times()
    subprocess.run(command, input=b"a\n", capture_output=True, check=True)
    after = os.times()
    return (after.children_user + after.children_system) - (
        before.children_user + before.children_system
    )


def test_one_line_costs_at_most_60_ms_more_than_python() -> None:
    # The least of several is what a run takes when nothing else is in the caches' way.
    bare = min(seconds([sys.executable, "-c", "pass"]) for _ in range(12))
    full = min(seconds([COMMAND]) for _ in range(12))
    assert full - bare <= 0.060
