"""Measure what a limit of memory costs and whether it is held; write docs/benchmarks-bounded.md.

    python benches/bounded.py                          100 million lines, 50 million values, 64 MB
    python benches/bounded.py --distinct 5000000       a tenth; the page goes to standard output

The answer is checked against the true count of every value. The exit status is 1 when it is wrong
or the limit is not held.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from typing import NamedTuple

from machine import facts_of_machine, own_version
from measure import Sample, run_once, two_cores
from places import BENCHES, ROOT, Places, places

USUAL = 50_000_000
LIMIT_MB = 64
PROGRAM_MB = 40
"""What the program may take besides its limit."""

HEAD = """\
# Bounded memory

Written by `make bench` (benches/bounded.py). Do not edit: run it again.

Half of the lines are all different; of the other half each second one repeats any of the values,
and the rest are 2,000 values whose share falls off as 1 / rank. The true count of every value is
known, and each value of the answer is compared with it: all that are held are written, with `-n 0`.
Memory is the largest resident size of the whole process.
"""


class Checked(NamedTuple):
    """What the answer says, beside the truth."""

    total: int
    lines: int
    distinct: int
    true_distinct: int
    standard_error: float
    error: int
    """So much too low a count may be, says the answer,"""
    worst: int
    """and so much too low the worst one is; a count that is too high makes it negative."""
    held: int
    above: int
    """Values with more records than the error,"""
    missing: int
    """and how many of those the answer lacks."""

    @property
    def deviation(self) -> float:
        """How far off the estimate of distinct values is, in standard errors."""
        return abs(self.distinct / self.true_distinct - 1) / self.standard_error

    @property
    def right(self) -> bool:
        bounded = 0 <= self.worst <= self.error and not self.missing
        return self.total == self.lines and bounded and self.deviation <= 3


def made(at: Places, distinct: int) -> str:
    """The file of lines, made once."""
    path = os.path.join(at.data, f"skewed-{distinct}")
    if not os.path.exists(path):
        maker = [at.python, os.path.join(BENCHES, "make_skewed.py"), path]
        subprocess.run([*maker, "--distinct", str(distinct)], check=True)
    return path


def checked(answer: str, distinct: int) -> Checked:
    """Compare an answer in JSON with the truth."""
    import numpy as np  # only now: a process starts with the memory of the one that started it

    from make_skewed import numbered, truth

    with open(answer, encoding="ascii") as source:
        said = json.load(source)
    rows = said["values"]
    numbers = numbered(np.array([row["value"] for row in rows], dtype=np.bytes_)).astype(np.int64)
    counts = np.array([row["count"] for row in rows], dtype=np.int64)
    true = truth(distinct)
    off = true[numbers].astype(np.int64) - counts
    worst = int(off.min()) if off.min() < 0 else int(off.max())
    above = np.flatnonzero(true > said["error"])
    return Checked(
        total=said["stats"]["total"],
        lines=2 * distinct,
        distinct=said["stats"]["count"],
        true_distinct=distinct,
        standard_error=said["distinct_error"],
        error=said["error"],
        worst=worst,
        held=len(rows),
        above=len(above),
        missing=len(np.setdiff1d(above, numbers)),
    )


def page(at: Places, size: int, exact: Sample | None, run: Sample, found: Checked) -> str:
    """Give the page as Markdown."""
    facts = facts_of_machine(2)
    megabytes = run.memory / 2**20
    most = LIMIT_MB + PROGRAM_MB
    words = {True: "yes", False: "**no**"}
    rows = [
        (
            f"at most {LIMIT_MB} MB and {PROGRAM_MB} MB of program",
            f"{megabytes:.1f} MB",
            megabytes <= most,
        ),
        ("the total is exact", f"{found.total:,}", found.total == found.lines),
        (
            f"no count too high, none more than the stated {found.error:,} too low",
            f"of {found.held:,} values the worst is {found.worst:,} too low",
            0 <= found.worst <= found.error,
        ),
        (
            f"all {found.above:,} values with more than {found.error:,} records are there",
            f"{found.missing:,} missing",
            not found.missing,
        ),
        (
            f"distinct values within 3 standard errors ({found.standard_error:.2%} each)",
            f"{found.distinct:,}, off by {found.deviation:.2f}",
            found.deviation <= 3,
        ),
    ]
    lines = [
        HEAD,
        f"{found.lines:,} lines ({size / 1e6:,.0f} MB), {found.true_distinct:,} distinct values, "
        f"`--memory-limit {LIMIT_MB}M`: {run.wall:.1f} s, {run.cpu:.1f} s of CPU.",
        "",
        "| to reach | measured | reached |",
        "| --- | --- | --- |",
        *(f"| {reach} | {measured} | {words[reached]} |" for reach, measured, reached in rows),
        "",
    ]
    if exact is not None:
        lines += [
            f"Without a limit, exact: {exact.wall:.1f} s, {exact.cpu:.1f} s of CPU, "
            f"{exact.memory / 2**20:,.0f} MB.",
            "",
        ]
    lines.append(
        f"{facts['processor']}, {facts['cores']} cores, {facts['memory']} of memory, "
        f"{facts['system']}, {facts['python']}. streamstats {own_version(at)}."
    )
    return "\n".join(lines) + "\n"


def main() -> int:
    text = (__doc__ or "").split("\n\n")
    parser = argparse.ArgumentParser(description=text[0])
    parser.add_argument("--distinct", type=int, default=USUAL, help="half the number of lines")
    parser.add_argument("--page", default=os.path.join(ROOT, "docs", "benchmarks-bounded.md"))
    given = parser.parse_args()
    at = places(None, None)
    at.make()
    two_cores()
    path = made(at, given.distinct)
    out = os.path.join(at.data, "bounded.json")
    plain = [at.streamstats, "-p", "line", "--json", "--threads", "2"]
    run = run_once([*plain, "-n", "0", "--memory-limit", f"{LIMIT_MB}M", path], out)
    exact = run_once([*plain, "-n", "1", "--memory-limit", "64G", path], out + ".exact")
    if run.status:
        raise SystemExit(f"streamstats: status {run.status}")
    found = checked(out, given.distinct)
    written = page(at, os.path.getsize(path), exact if not exact.status else None, run, found)
    if given.distinct == USUAL:
        with open(given.page, "w", encoding="utf-8") as sink:
            sink.write(written)
    else:
        print(written, end="")
    held = run.memory <= (LIMIT_MB + PROGRAM_MB) << 20
    return 0 if found.right and held else 1


if __name__ == "__main__":
    sys.exit(main())
