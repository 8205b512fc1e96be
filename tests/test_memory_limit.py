"""A limit of memory is held, whatever is counted, on however many threads."""

from __future__ import annotations

from pathlib import Path

import pytest

from test_memory import measured

BESIDE = 12
"""MB that a run may take besides its limit and what counting one line takes: stacks of threads, the
tables of patterns and zones, and what the allocator cannot give back."""

PATTERN = r"^(?P<time>\S+) (?P<user>\S+) (?P<ms>\d+)$"

# Ever new values, values with some numbers each, and values with many numbers each.
KINDS = {"new": "n", "some": "int(rand() * 30000)", "many": "int(rand() * 2000)"}

LINES = """
BEGIN { srand(4); for (n = 0; n < 1500000; n++) {
    t = int(n / 300)
    printf "2026-03-01T%02d:%02d:%02dZ user-%d %d\\n", t / 3600, t / 60 % 60, t % 60, VALUE, \
        exp(rand() * 14)
} }
"""


@pytest.fixture(scope="module")
def floor(tmp_path_factory: pytest.TempPathFactory) -> float:
    """MB of ``echo a | streamstats``."""
    return measured(tmp_path_factory.mktemp("floor"), [], "echo a").megabytes


@pytest.fixture(scope="module", params=KINDS)
def log(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("log")
    program = folder / "lines.awk"
    program.write_text(LINES.replace("VALUE", KINDS[request.param]))
    measured(folder, ["-p", "line"], f"awk -f {program} > {folder / 'log'}")
    return folder / "log"


@pytest.mark.parametrize(
    ("limit", "threads"), [(limit, threads) for limit in (16, 64) for threads in ("1", "8", "64")]
)
@pytest.mark.parametrize(
    "flags",
    [["--no-time"], ["--no-time", "--numbers", "ms"], [], ["--numbers", "ms"]],
    ids=["plain", "numbers", "times", "both"],
)
def test_a_limit_is_held(
    floor: float, log: Path, limit: int, threads: str, flags: list[str]
) -> None:
    run = ["-p", PATTERN, "--by", "user", "--memory-limit", f"{limit}M", "--threads", threads]
    ran = measured(log.parent, [*run, *flags, "--format", "csv", "-n", "20", str(log)])
    assert ran.status == 0
    assert ran.stdout.count("\n") == 21
    assert ran.megabytes - floor <= limit + BESIDE
