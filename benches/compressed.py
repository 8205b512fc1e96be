"""Measures counting a compressed log beside decompressors that do nothing else; writes a page.

    python benches/compressed.py          gzip and zstd of the 1 GB log, xz, bzip2 and lz4 of 100 MB

What is compared is the whole process: ours decodes, cuts lines, matches and counts them; a peer
decodes and throws the bytes away. Answers and rounds are those of run.py. The page goes to
docs/benchmarks-compressed.md, or where ``--page`` says.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
from typing import NamedTuple

from answers import FORMS, check, truth_of
from fetch import fetch
from inputs import Input, ready
from machine import facts_of_machine, own_version
from measure import Figure, Noise, answer_of, rounds, run_once, two_cores
from peers import FILE, filled, version_of
from places import ROOT, Places, places
from table import MEGA, QUIET, cell, rows, seconds

OURS = "streamstats"
PLAIN = "streamstats, not compressed"
REACH = 1.1
ROUNDS = 7

HEAD = """\
# Compressed logs

Written by `make bench` (benches/compressed.py). Do not edit: run it again.

The address of a combined log is counted while it is decoded. Beside it stand decompressors
alone, whose output goes nowhere. Whole processes from a warm page cache, start-up included; the
commands take turns, each round in the reverse order of the one before; the median counts. Counts
are checked before anything is timed.
"""

# Reads a decoder of Python to its end, in steps of 128 KiB into one buffer.
DRAIN = "\nroom = bytearray(1 << 17)\nwhile read(room): pass"


class Kind(NamedTuple):
    """A compression: the log it is made of, what makes it, and the decompressors by name."""

    name: str
    log: str
    made_by: list[str]
    peers: dict[str, list[str]]
    judged: bool


def python(at: Places, code: str) -> list[str]:
    """Give a command that runs code on the Python of the peers, ``read`` made ready by it."""
    return [at.python, "-c", "import sys\n" + code + DRAIN, FILE]


def kinds(at: Places) -> list[Kind]:
    """Give all of them."""
    rapid = [os.path.join(os.path.dirname(at.python), "rapidgzip"), "-d", "-c"]
    gzips = {
        "igzip (ISA-L)": ["igzip", "-d", "-c", FILE],
        "ISA-L through Python": python(
            at, "from isal import igzip\nread = igzip.open(sys.argv[1]).readinto"
        ),
        "zlib-ng through Python": python(
            at, "from zlib_ng import gzip_ng\nread = gzip_ng.open(sys.argv[1]).readinto"
        ),
        "rapidgzip, 1 thread": [*rapid, "-P", "1", FILE],
        "rapidgzip, 2 threads": [*rapid, "-P", "2", FILE],
        "libdeflate-gunzip, into memory": ["libdeflate-gunzip", "-c", FILE],
        "gzip": ["gzip", "-dc", FILE],
    }
    zstds = {
        "zstandard through Python": python(
            at,
            "import zstandard\nfile = open(sys.argv[1], 'rb')\n"
            "reader = zstandard.ZstdDecompressor().stream_reader(file, read_size=1 << 17)\n"
            "read = reader.readinto",
        ),
        "zstd": ["zstd", "-q", "-dc", FILE],
    }
    return [
        Kind("gzip", "log", ["gzip", "-6c"], gzips, True),
        Kind("zstd", "log", ["zstd", "-q", "-3c"], zstds, True),
        Kind("xz", "small", ["xz", "-2c"], {"xz": ["xz", "-dc", FILE]}, False),
        Kind("bzip2", "small", ["bzip2", "-c"], {"bzip2": ["bzip2", "-dc", FILE]}, False),
        Kind("lz4", "small", ["lz4", "-c"], {"lz4": ["lz4", "-dc", FILE]}, False),
    ]


def packed(given: Input, kind: Kind) -> Input:
    """Give the log in this compression, made when it is missing or older."""
    path = f"{given.path}.{kind.name}"
    if not os.path.exists(path) or os.path.getmtime(path) < os.path.getmtime(given.path):
        with open(given.path, "rb") as plain, open(path + ".part", "wb") as sink:
            subprocess.run(kind.made_by, stdin=plain, stdout=sink, check=True)
        os.replace(path + ".part", path)
    return given._replace(path=path)


def ours(at: Places) -> list[str]:
    """Give our command."""
    return [at.streamstats, "-p", "combined", "-n", "20", "--format", "tsv", "--no-time", FILE]


def measured(at: Places, kind: Kind, plain: Input, count: int) -> tuple[list[str], list[str]]:
    """One compression: the row of what was to be reached, and its section."""
    given = packed(plain, kind)
    out, nowhere = os.path.join(at.data, "answer"), os.path.join(at.data, "nowhere")
    if not os.path.islink(nowhere):
        os.symlink(os.devnull, nowhere)
    commands = {OURS: filled(ours(at), given.path), PLAIN: filled(ours(at), plain.path)}
    first, left = {}, {}
    for name, argv in commands.items():
        first[name], answer = answer_of(argv, out)
        check(FORMS["tsv"](answer), truth_of(plain.facts, "count"))
    for name, command in kind.peers.items():
        argv = filled(command, given.path)
        if shutil.which(argv[0]) is None:
            left[name] = "not installed"
            continue
        sample = run_once(argv, nowhere)
        if sample.status == 0:
            commands[name], first[name] = argv, sample
        else:
            left[name] = f"status {sample.status}"
    noise = Noise()
    figures = rounds(commands, first, count, nowhere, say)
    others = noise.share()
    return verdict(kind, figures), section(kind, given, figures, left, others)


def verdict(kind: Kind, figures: dict[str, Figure]) -> list[str]:
    """Ours beside the fastest decompressor alone."""
    alone = {name: figures[name].median for name in kind.peers if name in figures}
    if not alone:
        return [kind.name, "no peer was measured", "cannot be told"]
    best = min(alone, key=lambda name: alone[name])
    ratio = figures[OURS].median / alone[best]
    told = f"{ratio:.2f} times {best} ({seconds(figures[OURS].median)} to {seconds(alone[best])} s)"
    word = ("yes" if ratio <= REACH else "**no**") if kind.judged else "not asked"
    return [f"{kind.name}: at most {REACH} times the fastest decompressor alone", told, word]


def section(
    kind: Kind, given: Input, figures: dict[str, Figure], left: dict[str, str], others: float
) -> list[str]:
    """Give the figures of one compression, fastest first."""
    size = os.path.getsize(given.path) / MEGA
    body = []
    for name in sorted(figures, key=lambda one: figures[one].median):
        one = figures[name]
        shown = f"**{name}**" if name == OURS else cell(name)
        span = f"{seconds(one.lowest)} to {seconds(one.highest)}"
        ratio = f"{one.median / figures[OURS].median:.2f}"
        numbers = [seconds(one.median), span, seconds(one.cpu), f"{one.memory / MEGA:,.0f}", ratio]
        body.append([shown, *numbers])
    heading = ["command", "seconds", "lowest to highest", "CPU seconds", "MB", "× streamstats"]
    plain = given.facts["bytes"] / MEGA
    by = " ".join(kind.made_by)
    out = [f"## {kind.name}", "", f"{size:,.0f} MB, {plain:,.0f} MB decoded; made by `{by}`.", ""]
    out += rows(heading, body, 1)
    if others > QUIET:
        share = f"{others * 100:.0f} of 100"
        out += ["", f"The machine was not quiet: other processes used {share} of its cores' time."]
    for name, reason in left.items():
        out += ["", f"Left out: {name}: {reason}"]
    return out


def versions(at: Places) -> str:
    """What was measured, in a line."""
    asked = {name: version_of(at, name) for name in ("isal", "zlib-ng", "rapidgzip", "zstandard")}
    asked |= {name: [name, "--version"] for name in ("igzip", "gzip", "zstd", "xz", "lz4")}
    told = []
    for name, command in asked.items():
        if shutil.which(command[0]) is None:
            continue
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        lines = (done.stdout or done.stderr).splitlines()
        if done.returncode == 0 and lines:
            told.append(f"{name} {lines[0].removeprefix(name).strip(' *')}")
    return "; ".join(told)


def real_time() -> list[str]:
    """What to know of the figures where `chrt` keeps other work of the machine away."""
    if os.sched_getscheduler(0) not in (os.SCHED_FIFO, os.SCHED_RR):
        return []
    return ["", "All commands ran at real-time priority, because the machine had other work to do."]


def say(text: str) -> None:
    """Say what is being done, on standard error."""
    print(text, file=sys.stderr, flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("--only", metavar="NAME", action="append", help="a compression")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--no-fetch", action="store_true", help="measure with what is there")
    parser.add_argument("--home", help="instead of .bench")
    parser.add_argument("--page", default=os.path.join(ROOT, "docs", "benchmarks-compressed.md"))
    told = parser.parse_args()
    at = places(told.home, None)
    at.make()
    if not told.no_fetch:
        fetch(at, False)
    facts = facts_of_machine(two_cores())
    done = [
        measured(at, kind, ready(at, kind.log), told.rounds)
        for kind in kinds(at)
        if not told.only or kind.name in told.only
    ]
    page = [
        *HEAD.rstrip("\n").split("\n"),
        "",
        f"{facts['processor']}, {facts['cores']} cores, {facts['memory']} of memory, "
        f"{facts['system']}, {facts['python']}. streamstats {own_version(at)}; {versions(at)}.",
        *real_time(),
        "",
        *rows(["to reach", "measured", "reached"], [row for row, _ in done], 3),
    ]
    for _, lines in done:
        page += ["", *lines]
    with open(told.page + ".new", "w", encoding="utf-8") as sink:
        sink.write("\n".join(page) + "\n")
    os.replace(told.page + ".new", told.page)


if __name__ == "__main__":
    main()
