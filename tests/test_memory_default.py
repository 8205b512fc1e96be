"""How much memory a run may take when nobody says: control groups, in folders made for it."""

from __future__ import annotations

from pathlib import Path

import pytest

from streamstats.engines.memory import APPROXIMATE, LEAST, budget, default_limit, group_limit

NONE = 1 << 62


def limited(folder: Path, groups: str, files: dict[str, str]) -> int:
    (folder / "proc").mkdir()
    (folder / "proc" / "cgroup").write_text(groups)
    for name, text in files.items():
        path = folder / "groups" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return group_limit(str(folder / "proc"), str(folder / "groups"))


@pytest.mark.parametrize(
    ("groups", "files", "limit"),
    [
        # A unit with MemoryMax=.
        (
            "0::/system.slice/stats.service\n",
            {"system.slice/memory.max": "max\n", "system.slice/stats.service/memory.max": "300\n"},
            300,
        ),
        # A slice allows less than the unit in it.
        (
            "0::/a.slice/b.slice/c.service\n",
            {
                "a.slice/memory.max": "200\n",
                "a.slice/b.slice/memory.max": "max\n",
                "a.slice/b.slice/c.service/memory.max": "900\n",
            },
            200,
        ),
        # A container sees its own group as the root.
        ("0::/\n", {"memory.max": "500\n"}, 500),
        # The path is that of the host, and cannot be seen.
        ("0::/../../docker/1234\n", {"memory.max": "500\n"}, 500),
        # Version 1, with others.
        (
            "3:cpu,cpuacct:/x\n9:memory:/user/1\n0::/\n",
            {
                "memory/memory.limit_in_bytes": "9223372036854771712\n",
                "memory/user/memory.limit_in_bytes": "800\n",
                "memory/user/1/memory.limit_in_bytes": "700\n",
                "cpu,cpuacct/x/memory.limit_in_bytes": "1\n",
            },
            700,
        ),
        # Version 1 beside version 2.
        (
            "9:memory:/m\n0::/u\n",
            {"memory/m/memory.limit_in_bytes": "700\n", "unified/u/memory.max": "600\n"},
            600,
        ),
        ("0::/name:with:colons\n", {"name:with:colons/memory.max": "400\n"}, 400),
        ("0::/a\n", {"a/memory.max": "max\n"}, NONE),
        ("0::/a\n", {"a/memory.max": "nonsense\n"}, NONE),
        ("nonsense\n\n", {}, NONE),
    ],
)
def test_the_least_limit_up_the_tree(
    tmp_path: Path, groups: str, files: dict[str, str], limit: int
) -> None:
    assert limited(tmp_path, groups, files) == limit


def test_where_there_are_no_groups(tmp_path: Path) -> None:
    assert group_limit(str(tmp_path), str(tmp_path)) == NONE


def test_what_is_said_goes_first() -> None:
    assert budget(5 << 20, approximate=True) == 5 << 20
    assert budget(10, approximate=False) == LEAST
    assert budget(None, approximate=True) == min(APPROXIMATE, default_limit())
    assert budget(None, approximate=False) == default_limit()
