"""Write lines of which half are all different and half repeat, in an order that looks random.

Of 2 n lines, line 2 i is value i, so that there are n distinct values. Line 2 i + 1 is by turns any
of the values (a mix of i, modulo n) and one of the first 2,000, rank k with a share that falls off
as 1 / k. A value is 12 hexadecimal digits: a mix of its number, which can be undone. So the true
count of every value is known, of those that a tool answers with too.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from make_distinct import CHUNK, FACTORS, MASK, SEED, WIDTH, mixed, text_of

HOT = 2_000

Numbers = npt.NDArray[np.uint64]


def values(distinct: int) -> Iterator[Numbers]:
    """The numbers of the values, line by line, a chunk at a time."""
    ranks = 1 / np.arange(1, HOT + 1)
    shares = np.cumsum(ranks / ranks.sum())
    for start in range(0, distinct, CHUNK):
        turn = np.arange(start, min(start + CHUNK, distinct), dtype=np.uint64)
        mix = mixed(turn)
        rank = np.searchsorted(shares, mix / float(1 << 48)).astype(np.uint64)
        other = np.where(turn % np.uint64(2) == 0, mix % np.uint64(distinct), rank)
        yield np.stack([turn, other], axis=1).reshape(-1)


def truth(distinct: int) -> npt.NDArray[np.uint32]:
    """How many lines each value has, by its number."""
    counts = np.zeros(distinct, dtype=np.uint32)
    for chunk in values(distinct):
        np.add.at(counts, chunk.astype(np.int64), 1)
    return counts


def unmixed(mixes: Numbers) -> Numbers:
    """The numbers that these are mixes of."""
    value = mixes & MASK
    for factor, shift in reversed(FACTORS):
        rest = value >> np.uint64(shift)
        while rest.any():
            value = value ^ rest
            rest = rest >> np.uint64(shift)
        value = (value * np.uint64(pow(factor, -1, 1 << 48))) & MASK
    return (value - np.uint64(SEED)) & MASK


def numbered(texts: npt.NDArray[np.bytes_]) -> Numbers:
    """The numbers of the values that are written so."""
    digits = texts.view(np.uint8).reshape(-1, WIDTH).astype(np.uint64)
    nibbles = digits - np.where(digits >= ord("a"), ord("a") - 10, ord("0")).astype(np.uint64)
    shifts = np.arange(4 * (WIDTH - 1), -1, -4, dtype=np.uint64)
    return unmixed((nibbles << shifts).sum(axis=1, dtype=np.uint64))


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("path")
    parser.add_argument("--distinct", type=int, default=50_000_000)
    given = parser.parse_args()
    with open(given.path + ".part", "wb") as out:
        for chunk in values(given.distinct):
            out.write(text_of(mixed(chunk)))
    os.replace(given.path + ".part", given.path)


if __name__ == "__main__":
    main()
