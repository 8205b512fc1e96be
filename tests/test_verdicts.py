"""docs/verdicts.md is what ``make verdicts`` gives, and says that the rules are better."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from streamstats.summary.baseline import baseline
from streamstats.summary.verdict import HOSTILE_PATTERN, judge
from test_facts import failed_request, gathered, of_access, plain

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "verdicts.md"

HOSTILE = "**hostile pattern** (`hostile`)"
REFERENCE = "*reference*: that, or failing more and bursting"


def cells(rule: str) -> list[tuple[int, int]]:
    """Precision and recall in hundredths, of each log and of all."""
    (row,) = (
        line for line in PAGE.read_text("utf-8").splitlines() if line.startswith(f"| {rule} |")
    )
    return [(int(a), int(b)) for a, b in re.findall(r"(\d+) % and (\d+) %", row)]


def test_verdicts_are_better_than_the_reference_on_every_log() -> None:
    found, known = cells(HOSTILE), cells(REFERENCE)
    assert len(found) == len(known) == 4
    for (precision, recall), (least, few) in zip(found, known, strict=True):
        assert precision >= least
        assert recall > few


@pytest.mark.corpus
def test_the_page_is_what_is_measured(data: Path) -> None:
    found = subprocess.run(
        [sys.executable, str(ROOT / "benches" / "verdicts.py"), str(data)],
        env={**os.environ, "PYTHONPATH": str(ROOT / "tests")},
        capture_output=True,
        text=True,
        check=True,
    )
    assert found.stdout == PAGE.read_text("utf-8")


@pytest.mark.corpus
@pytest.mark.parametrize("name", ["almhuette2019", "webhawk2021"])
def test_the_core_finds_whom_the_page_finds(data: Path, name: str) -> None:
    path = data / "labelled" / f"{name}.log"
    known, population = plain(path.read_bytes().split(b"\n"), "combined", failed_request, of_access)
    usual = baseline(population)
    hostile = {v for v, facts in known.items() if judge(facts, usual).verdict == HOSTILE_PATTERN}
    ours = gathered(path, "combined").suspects
    assert {i.facts.value for i in ours if i.verdict.verdict == HOSTILE_PATTERN} == hostile
