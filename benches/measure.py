"""Run whole processes and say what they took: time, CPU time, largest resident memory.

The rounds alternate: each round runs every command once, every other round in reverse, so that
a slow minute of the machine falls on all of them. The median of the rounds counts.
"""

from __future__ import annotations

import os
import resource
import signal
import statistics
import subprocess
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

# Commands slower than this many seconds run in every other round only.
SLOW = 4.0
TIMEOUT = 600.0


class Sample(NamedTuple):
    """One run. Seconds, seconds, bytes, exit status."""

    wall: float
    cpu: float
    memory: int
    status: int


class Figure(NamedTuple):
    """What all runs of one command say."""

    median: float
    lowest: float
    highest: float
    cpu: float
    memory: int
    runs: int

    @classmethod
    def of(cls, samples: list[Sample]) -> Figure:
        """Give the median of time and CPU time, the largest memory."""
        walls = [sample.wall for sample in samples]
        return cls(
            statistics.median(walls),
            min(walls),
            max(walls),
            statistics.median(sample.cpu for sample in samples),
            max(sample.memory for sample in samples),
            len(samples),
        )

    def as_dict(self) -> dict[str, Any]:
        return self._asdict()


class CommandError(Exception):
    """A command that ended badly: its status and the end of what it said."""


def two_cores() -> int:
    """Keep this process and its children on two cores where there are more; gives how many."""
    cores = sorted(os.sched_getaffinity(0))[:2]
    os.sched_setaffinity(0, cores)
    return len(cores)


def run_once(argv: list[str], out: str, timeout: float = TIMEOUT) -> Sample:
    """Run a command with nothing on standard input and its output in the file ``out``.

    CPU time and memory are those of the command and of all that it waited for: the sum, and the
    largest single process. Linux carries the memory of the process that starts another over to
    it, so that nothing reads as less than this program itself, some 20 MB.
    """
    # A PYTHONPATH or PYTHONDONTWRITEBYTECODE of ours would change what starting takes.
    env = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    env["LC_ALL"] = "C.UTF-8"
    with open(out, "wb") as sink, open(out + ".err", "wb") as errors:
        begun = time.perf_counter()
        child = subprocess.Popen(
            argv,
            stdin=subprocess.DEVNULL,
            stdout=sink,
            stderr=errors,
            env=env,
            start_new_session=True,
        )
        late = threading.Timer(timeout, os.killpg, (child.pid, signal.SIGKILL))
        late.start()
        try:
            _, status, used = os.wait4(child.pid, 0)
            taken = time.perf_counter() - begun
        except BaseException:
            os.killpg(child.pid, signal.SIGKILL)
            raise
        finally:
            late.cancel()
    child.returncode = os.waitstatus_to_exitcode(status)
    cpu = used.ru_utime + used.ru_stime
    return Sample(taken, cpu, used.ru_maxrss * 1024, child.returncode)


def answer_of(argv: list[str], out: str) -> tuple[Sample, str]:
    """Run a command and give what it printed.

    Raises CommandError when its status is not 0.
    """
    sample = run_once(argv, out)
    if sample.status != 0:
        with open(out + ".err", encoding="utf-8", errors="replace") as source:
            said = source.read().strip().splitlines()
        raise CommandError(f"status {sample.status}: {said[-1][:200] if said else 'no word'}")
    with open(out, encoding="utf-8", errors="replace") as source:
        return sample, source.read()


def busy() -> float:
    """CPU seconds that all processes of the machine used since it started."""
    with open("/proc/stat", encoding="ascii") as source:
        fields = [int(word) for word in source.readline().split()[1:9]]
    user, nice, system, _idle, _wait, irq, soft, steal = fields
    ticks: int = os.sysconf("SC_CLK_TCK")
    return (user + nice + system + irq + soft + steal) / ticks


def own_cpu() -> float:
    """CPU seconds of this process and its children."""
    total = 0.0
    for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN):
        used = resource.getrusage(who)
        total += used.ru_utime + used.ru_stime
    return total


class Noise:
    """How much of the machine other processes used meanwhile."""

    def __init__(self) -> None:
        self._begun, self._busy, self._own = time.perf_counter(), busy(), own_cpu()

    def share(self) -> float:
        """Their CPU time as a share of all cores' time, 0 to 1."""
        others = (busy() - self._busy) - (own_cpu() - self._own)
        span = time.perf_counter() - self._begun
        return max(0.0, others / (span * (os.cpu_count() or 1)))


def rounds(
    commands: Mapping[str, list[str]],
    first: Mapping[str, Sample],
    count: int,
    out: str,
    say: Callable[[str], None],
) -> dict[str, Figure]:
    """Run every command ``count`` times in turn; the slow ones half as often, at least 3 times.

    ``first`` holds an earlier run of each, which tells which are slow.
    """
    samples: dict[str, list[Sample]] = {name: [] for name in commands}
    for number in range(count):
        names = list(commands)
        if number % 2:
            names.reverse()
        for name in names:
            left, done = count - number, len(samples[name])
            if first[name].wall > SLOW and number % 2 and left > 3 - done:
                continue
            sample = run_once(commands[name], out)
            if sample.status != 0:
                raise CommandError(f"{name}: status {sample.status} in round {number + 1}")
            samples[name].append(sample)
        say(f"round {number + 1} of {count}")
    return {name: Figure.of(found) for name, found in samples.items()}
