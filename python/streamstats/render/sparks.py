"""A row of numbers as a row of blocks, one column each."""

from __future__ import annotations

from collections.abc import Sequence

_BLOCKS = "▁▂▃▄▅▆▇█"
_ASCII = ".:-=+*#"


def spark(counts: Sequence[int], unicode: bool = True) -> str:
    """One block for each count, as high as its part of the largest: ⌈count / largest · 8⌉ eighths.

    A count of nought is a blank, and whatever is more shows at least the lowest block. Without
    Unicode there are seven marks (``.:-=+*#``), from little to much.
    """
    marks = _BLOCKS if unicode else _ASCII
    largest, levels = max(counts, default=0), len(marks)
    # (n - 1) // largest is the ceiling of n / largest, less the one that indices begin below.
    return "".join(
        [marks[(count * levels - 1) // largest] if count > 0 else " " for count in counts]
    )


def squeezed(counts: Sequence[int], width: int) -> list[int]:
    """Counts in at most so many steps, each the sum of as many."""
    step = max(1, -(-len(counts) // max(1, width)))
    # From the end, so that the newest step is a whole one less seldom than the oldest.
    first = len(counts) % step
    sums = [sum(counts[:first])] if first else []
    return sums + [sum(counts[at : at + step]) for at in range(first, len(counts), step)]
