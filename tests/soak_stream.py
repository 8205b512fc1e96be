"""A stream of ever new values with times: memory has to stay where it is. For `make soak`.

    python tests/soak_stream.py [SECONDS]      180 without

Lines are made as fast as they are read, a second of the log each 200 lines. Resident memory is
looked at all the time: after the first third, when all is as large as it gets, it may grow by a
few MB.
"""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import time

COMMAND = os.path.join(sysconfig.get_path("scripts"), "streamstats")
LIMIT_MB = 32
GROWTH_MB = 4
LINES = r"""
BEGIN { for (n = 0; ; n++) printf "%d value-%x %d\n", 1700000000 + n / 200, n, n % 5000 }
"""
PATTERN = r"^(?P<time>\d+) (?P<value>\S+) (?P<ms>\d+)$"


def resident(process: int) -> float:
    """MB of a process."""
    with open(f"/proc/{process}/statm", encoding="ascii") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


def main() -> int:
    """Feed the command, and look at its memory."""
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 180.0
    run = [COMMAND, "-p", PATTERN, "--by", "value", "--numbers", "ms", "-n", "1"]
    with (
        subprocess.Popen(["awk", LINES], stdout=subprocess.PIPE) as feed,
        subprocess.Popen(
            [*run, "--memory-limit", f"{LIMIT_MB}M"], stdin=feed.stdout, stdout=subprocess.DEVNULL
        ) as ours,
    ):
        begun = time.monotonic()
        early, late = 0.0, 0.0
        while (passed := time.monotonic() - begun) < seconds and ours.poll() is None:
            now = resident(ours.pid)
            early, late = (
                (max(early, now), late) if passed < seconds / 3 else (early, max(late, now))
            )
            time.sleep(0.2)
        feed.kill()
    print(
        f"{early:.1f} MB in the first third of {seconds:.0f} s, {late:.1f} MB at most from then on"
    )
    return 0 if ours.returncode == 0 and 0 < late <= early + GROWTH_MB else 1


if __name__ == "__main__":
    sys.exit(main())
