"""How much memory a run may take when nobody says."""

from __future__ import annotations

import os

_CGROUPS = ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes")
"""Where version 2 and version 1 tell the limit of the group that a container has."""

APPROXIMATE = 64 << 20
"""``--approximate`` takes so many bytes where no limit is given."""


LEAST = 1 << 20
"""Values get so many bytes whatever the limit: with less, not one might be kept."""


def budget(limit: int | None, *, approximate: bool, timed: bool = False) -> int:
    """How many bytes values may take: the ``limit``, or what is usual. Times take half of it."""
    if limit is not None:
        return max(LEAST, limit // 2 if timed else limit)
    return min(APPROXIMATE, default_limit()) if approximate else default_limit()


def default_limit() -> int:
    """Half of what the machine has, or of what its control group allows, in bytes."""
    return min(_machine(), *map(_told, _CGROUPS)) // 2


def _machine() -> int:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")


def _told(path: str) -> int:
    try:
        with open(path, encoding="ascii") as file:
            return int(file.read())
    except (OSError, ValueError):
        # No such group, or one without a limit, which is called "max".
        return 1 << 62
