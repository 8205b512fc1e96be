"""Names of groups, as people write them."""

from __future__ import annotations

from streamstats.errors import UsageError


def split_groups(text: str) -> tuple[str, ...]:
    """Split ``GROUP[,GROUP...]`` at its commas.

    Raises:
        UsageError: a group without a name, or one named twice.
    """
    groups = tuple(part.strip() for part in text.split(","))
    if not all(groups):
        raise UsageError(f"a group is missing in '{text}'", hint="write --by ip,status")
    for position, group in enumerate(groups):
        if group in groups[:position]:
            raise UsageError(f"group '{group}' stands twice in '{text}'")
    return groups
