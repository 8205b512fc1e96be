"""A log that is followed through many rotations: memory stays, no line is lost. For `make soak`.

    python tests/soak_follow.py [SECONDS]      600 without

Ever new values are written, some 20,000 lines a second with the time of now, and every few seconds
the log is renamed, or copied and cut off. Resident memory is looked at all the time: after the
first third it may grow by a few MB. At the end as many lines have to be counted as were written.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import sysconfig
import tempfile
import time

from soak_stream import resident

COMMAND = os.path.join(sysconfig.get_path("scripts"), "streamstats")
LIMIT_MB = 32
GROWTH_MB = 8
PATTERN = r"^(?P<time>\d+) (?P<value>\S+)$"
BATCH = 1000
_APPEND = os.O_WRONLY | os.O_APPEND | os.O_CREAT


class Log:
    """A log that is written and rotated."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.lines = 0
        self._rotations = 0
        self._file = os.open(path, _APPEND)

    def write(self) -> None:
        """Write some lines: new values, and some that come again."""
        now = int(time.time())
        names = (n if n % 4 else n % 1000 for n in range(self.lines, self.lines + BATCH))
        os.write(self._file, b"".join(b"%d value-%x\n" % (now, name) for name in names))
        self.lines += BATCH

    def rotate(self) -> None:
        """By renaming, or by copying and cutting off, in turns; two old ones are kept."""
        self._rotations += 1
        old = f"{self.path}.{self._rotations}"
        if self._rotations % 2:
            os.rename(self.path, old)
            os.close(self._file)
            self._file = os.open(self.path, _APPEND)
        else:
            shutil.copyfile(self.path, old)
            os.truncate(self.path, 0)
        gone = f"{self.path}.{self._rotations - 2}"
        if os.path.exists(gone):
            os.remove(gone)


def main() -> int:
    """Write, rotate, look at the memory, and compare the count at the end."""
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 600.0
    with tempfile.TemporaryDirectory() as folder:
        log = Log(os.path.join(folder, "app.log"))
        out = os.path.join(folder, "out")
        run = [COMMAND, "-f", log.path, "-p", PATTERN, "-n", "1", "--format", "json"]
        with open(out, "wb") as answer:
            ours = subprocess.Popen(
                [*run, "--last", "30s", "--memory-limit", f"{LIMIT_MB}M"], stdout=answer
            )
        begun = rotated = time.monotonic()
        early = late = 0.0
        while (passed := time.monotonic() - begun) < seconds and ours.poll() is None:
            log.write()
            now = resident(ours.pid)
            if passed < seconds / 3:
                early = max(early, now)
            else:
                late = max(late, now)
            time.sleep(0.05)
            if time.monotonic() - rotated > 3:
                log.rotate()
                rotated = time.monotonic()
        time.sleep(2)
        ours.send_signal(signal.SIGINT)
        ours.wait()
        with open(out, encoding="utf-8") as answer:
            counted = json.load(answer)["source"]["lines"]
    print(
        f"{early:.1f} MB in the first third of {seconds:.0f} s, {late:.1f} MB at most after; "
        f"{log.lines:,} lines written, {counted:,} counted"
    )
    steady = 0 < late <= early + GROWTH_MB
    return 0 if ours.returncode in (0, 1) and steady and counted == log.lines else 1


if __name__ == "__main__":
    sys.exit(main())
