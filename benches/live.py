"""Measure following: lines in a second, lag, and what the screen costs; docs/benchmarks-live.md.

    python benches/live.py [FILE]        the page goes to standard output; FILE is a combined log

Peers are logtop and angle-grinder (`agrind`), where benches/fetch.py could get them. Each reads the
same stream from `cat`, pinned to one processor, with `cat` on the other; the commands take turns.
"""

from __future__ import annotations

import json
import os
import pty
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from datetime import UTC, datetime
from typing import NamedTuple

from places import places

COMMAND = os.path.join(os.path.dirname(sys.executable), "streamstats")

ROUNDS = 3

LINES = 2_000_000

SECONDS = 10.0


class Reached(NamedTuple):
    """A figure beside what was asked for."""

    asked: str
    measured: str
    reached: bool


def say(text: str) -> None:
    """Say what is being done."""
    print(text, file=sys.stderr, flush=True)


def addresses(path: str, lines: int) -> None:
    """A combined log of so many lines, with 10,000 addresses of which a few are frequent."""
    import random

    some = random.Random(7)
    names = [f"10.{n >> 8 & 255}.{n & 255}.{n * 7 & 255}" for n in range(10_000)]
    weights = [1 / (n + 1) for n in range(10_000)]
    with open(path, "w", encoding="ascii") as log:
        for begin in range(0, lines, 10_000):
            stamp = datetime.fromtimestamp(1_700_000_000 + begin // 1000, UTC)
            text = stamp.strftime("%d/%b/%Y:%H:%M:%S +0000")
            log.writelines(
                f'{name} - - [{text}] "GET /{some.randrange(99)} HTTP/1.1" 200 512 "-" "curl/8"\n'
                for name in some.choices(names, weights, k=10_000)
            )


def timed(command: str) -> float:
    """Seconds that a line of shell takes."""
    begin = time.monotonic()
    subprocess.run(["bash", "-c", command], check=True, stdout=subprocess.DEVNULL)
    return time.monotonic() - begin


def streams(log: str, lines: int) -> list[tuple[str, str, float]]:
    """Of each command its kind, its name, and millions of lines in a second."""
    first = log + ".first"
    subprocess.run(f"cut -d' ' -f1 {log} > {first}", shell=True, check=True)
    one, other = "taskset -c 0", "taskset -c 1"
    ours = f"{one} {COMMAND} -f --threads 1 --interval 1s"
    commands = {
        ("the address of a combined log", "streamstats -f"): (log, f"{ours} --no-time -p combined"),
        ("the same with times", "streamstats -f"): (log, f"{ours} -p combined"),
        ("whole lines", "streamstats -f"): (first, f"{ours} -p line"),
    }
    if shutil.which("agrind"):
        parse = '* | parse regex "^(?P<ip>[^ ]+)" | count by ip'
        commands["the address of a combined log", "agrind"] = (log, f"{one} agrind '{parse}'")
        commands["whole lines", "agrind"] = (first, f"{one} agrind '{parse}'")
    if shutil.which("logtop"):
        commands["whole lines", "logtop"] = (first, f"{one} logtop -i 1 -l '%7d %4f %s\\n'")
    took: dict[tuple[str, str], list[float]] = {key: [] for key in commands}
    for round in range(ROUNDS):
        order = list(commands.items())
        for key, (path, command) in order if round % 2 == 0 else reversed(order):
            try:
                took[key].append(timed(f"{other} cat {path} | {command} 2>/dev/null"))
                say(f"{key[1]}, {key[0]}: {took[key][-1]:.2f} s")
            except subprocess.CalledProcessError as error:
                say(f"{key[1]}, {key[0]}: status {error.returncode}")
    os.remove(first)
    return [
        (kind, name, lines / statistics.median(times) / 1e6)
        for (kind, name), times in took.items()
        if times
    ]


def writer(path: str, rate: int, stop: threading.Event) -> threading.Thread:
    """Write so many lines in a second, in hundredths of it, each with its time."""

    def write() -> None:
        with open(path, "ab", buffering=0) as log:
            due = time.monotonic()
            while not stop.is_set():
                stamp = datetime.now(UTC).isoformat()
                line = f"{stamp} GET /index.html 200 {{}}\n"
                log.write("".join(line.format(n % 500) for n in range(rate // 100)).encode())
                due += 0.01
                time.sleep(max(0.0, due - time.monotonic()))

    thread = threading.Thread(target=write)
    thread.start()
    return thread


PATTERN = r"^(?P<time>\S+) \S+ \S+ \S+ (?P<value>\S+)"


def lag(folder: str, rate: int) -> list[float]:
    """The seconds between the newest record and the moment at which an object was written."""
    path = os.path.join(folder, "lag.log")
    open(path, "w").close()
    stop = threading.Event()
    ours = [COMMAND, "-f", path, "-p", PATTERN, "--format", "ndjson", "--interval", "100ms"]
    process = subprocess.Popen([*ours, "-n", "1"], stdout=subprocess.PIPE)
    thread = writer(path, rate, stop)
    timer = threading.Timer(SECONDS, process.send_signal, [signal.SIGINT])
    timer.start()
    assert process.stdout is not None
    found = [json.loads(line)["live"] for line in process.stdout]
    stop.set()
    thread.join()
    os.remove(path)
    # The first looks come before the first line, and at the end the writer had gone.
    return [live["lag"] for live in found[10:-1] if live["lag"] is not None]


def processor_seconds(pid: int) -> float:
    """What a process has used until now."""
    with open(f"/proc/{pid}/stat", encoding="ascii") as file:
        fields = file.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def cost(folder: str, rate: int, arguments: list[str], *, screen: bool) -> float:
    """The share of a processor that following takes, with the screen or with blocks."""
    path = os.path.join(folder, "cost.log")
    open(path, "w").close()
    stop = threading.Event()
    thread = writer(path, rate, stop)
    argv = [COMMAND, "-f", path, "-p", PATTERN, *arguments]
    if screen:
        pid, fd = pty.fork()
        if pid == 0:
            os.environ.update(TERM="xterm-256color", COLUMNS="80", LINES="24")
            os.execv(COMMAND, argv)
        threading.Thread(target=drain, args=(fd,), daemon=True).start()
    else:
        pid = subprocess.Popen(argv, stdout=subprocess.DEVNULL).pid
    time.sleep(4)
    before, begin = processor_seconds(pid), time.monotonic()
    time.sleep(SECONDS)
    share = (processor_seconds(pid) - before) / (time.monotonic() - begin)
    os.kill(pid, signal.SIGTERM)
    os.waitpid(pid, 0)
    stop.set()
    thread.join()
    os.remove(path)
    return share


def drain(fd: int) -> None:
    """Read what is drawn, as a terminal does."""
    try:
        while os.read(fd, 1 << 16):
            pass
    except OSError:
        return


def main() -> None:
    """Measure, and write the page."""
    os.environ["PATH"] = places(None, None).tools + os.pathsep + os.environ["PATH"]
    with tempfile.TemporaryDirectory() as folder:
        if len(sys.argv) > 1:
            log = sys.argv[1]
            with open(log, "rb") as file:
                lines = sum(1 for _ in file)
        else:
            log, lines = os.path.join(folder, "access.log"), LINES
            addresses(log, lines)
        rates = streams(log, lines)
        lags = lag(folder, 100_000)
        say(f"lag: {statistics.median(lags) * 1000:.0f} ms, at most {max(lags) * 1000:.0f} ms")
        drawn = cost(folder, 1000, ["--interval", "100ms"], screen=True)
        seldom = cost(folder, 1000, ["--interval", "60s"], screen=True)
        say(f"screen: {drawn:.1%}, drawn once a minute {seldom:.1%}")
    ours = {kind: rate for kind, name, rate in rates if name == "streamstats -f"}
    slowest = min(ours.values())
    middle, worst = statistics.median(lags) * 1000, max(lags) * 1000
    reached = [
        Reached(
            "1 million lines a second on one processor",
            f"{slowest:.2f} million, the slowest of the works below",
            slowest >= 1,
        ),
        Reached(
            "lag under 300 ms at 100 thousand lines a second",
            f"{middle:.0f} ms, at most {worst:.0f} ms",
            worst < 300,
        ),
        Reached(
            "the screen under 5 % of a processor at 10 redraws a second",
            f"{drawn - seldom:.1%} (all of the process {drawn:.1%})",
            drawn - seldom < 0.05,
        ),
    ]
    print("# Benchmarks: live\n\nWritten by `make bench`. Do not edit: run it again.\n")
    print("| to reach | measured | reached |\n| --- | --- | --- |")
    for row in reached:
        print(f"| {row.asked} | {row.measured} | {'yes' if row.reached else '**no**'} |")
    print(
        f"\nA stream of {lines:,} lines from `cat` on one processor, counted on the other, with a "
        f"block every second; the median of {ROUNDS} rounds in turns.\n"
    )
    print("| work | command | million lines a second | × streamstats |")
    print("| --- | --- | ---: | ---: |")
    for kind, name, rate in sorted(rates):
        print(f"| {kind} | `{name}` | {rate:.2f} | {rate / ours[kind]:.2f} |")
    absent = [name for name in ("agrind", "logtop", "rare") if shutil.which(name) is None]
    if absent:
        print(f"\nNot there to be measured: {', '.join(absent)}.")
    print(
        "\nThe lag is the time between the newest record and the moment at which a block with it "
        "is written. What the screen costs is the difference between a screen of 80 columns and 24 "
        "lines drawn ten times a second, with 500 values and 1,000 lines a second, and the same "
        "drawn once a minute."
    )


if __name__ == "__main__":
    main()
