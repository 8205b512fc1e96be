"""How much memory a run may take when nobody says."""

from __future__ import annotations

import os

APPROXIMATE = 64 << 20
"""``--approximate`` takes so many bytes where no limit is given."""

LEAST = 1 << 20
"""All that is kept gets so many bytes whatever the limit: with less, not one value might be."""

_NONE = 1 << 62


def budget(limit: int | None, *, approximate: bool) -> int:
    """How many bytes all that is kept may take: the ``limit``, or what is usual."""
    if limit is not None:
        return max(LEAST, limit)
    return min(APPROXIMATE, default_limit()) if approximate else default_limit()


def default_limit() -> int:
    """Half of what the machine has, or of what its control group allows, in bytes."""
    return min(_machine(), group_limit()) // 2


def _machine() -> int:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")


def group_limit(proc: str = "/proc/self", mounts: str = "/sys/fs/cgroup") -> int:
    """The least limit of the control groups that this process is in, in bytes; 2**62 without one.

    A group can take no more than the groups around it, so all are asked up to the root: that of the
    process alone is without a limit in a unit of systemd whose slice has one. Inside of a container
    the path may be that of the host, which cannot be seen there; what the container may take then
    stands in the root itself. Version 2: one tree, ``memory.max``. Version 1: the tree ``memory``,
    ``memory.limit_in_bytes``; both may be there. See cgroups(7).
    """
    limit = _NONE
    try:
        with open(f"{proc}/cgroup", encoding="utf-8", errors="surrogateescape") as file:
            groups = [line.rstrip("\n").split(":", 2) for line in file]
    except OSError:
        groups = []
    for group in groups:
        if len(group) < 3:
            continue
        _, controllers, path = group
        if not controllers:
            limit = min(limit, _least(mounts, path, "memory.max"))
            # Where version 1 is in use besides, systemd mounts version 2 here.
            limit = min(limit, _least(f"{mounts}/unified", path, "memory.max"))
        elif "memory" in controllers.split(","):
            limit = min(limit, _least(f"{mounts}/memory", path, "memory.limit_in_bytes"))
    return limit


def _least(mount: str, path: str, name: str) -> int:
    """The least number in the files of that name from the mount down to the group."""
    # A path that leads out of what this process may see begins with "..".
    parts = [part for part in path.split("/") if part not in ("", ".", "..")]
    groups = ["/".join([mount, *parts[:depth]]) for depth in range(len(parts) + 1)]
    return min(_told(f"{group}/{name}") for group in groups)


def _told(path: str) -> int:
    try:
        with open(path, encoding="ascii") as file:
            return int(file.read())
    except (OSError, ValueError):
        # No such group, or one without a limit, which is called "max".
        return _NONE
