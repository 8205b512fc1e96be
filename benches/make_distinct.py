"""Write lines that are all different: 12 hexadecimal digits each, in an order that looks random.

Line i is a mix of i that no two numbers share (multiplications by odd numbers and shifted
exclusive-ors, modulo 2**48), so that nothing need be shuffled or held in memory.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import sys
from typing import Any

import numpy as np
import numpy.typing as npt

SEED = 0x51EA5EED
CHUNK = 1_000_000
WIDTH = 12

# SHA-256 by number of lines, to tell when a change of code changed the bytes.
KNOWN = {
    20_000_000: "7fb8a923cbd2cfe9f61d283962fb5dd5e61f7a1d7bc4bc905abea04307c9a544",
    2_000_000: "3166f84ff4ac2a68c7281f36fb7f68afce8640caeaf3c20bc9a997883f69d076",
}


FACTORS = ((0x9E3779B97F4B, 23), (0xC2B2AE3D27D5, 25), (0x165667B19E37, 21))
MASK = np.uint64((1 << 48) - 1)


def mixed(numbers: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    """Give a permutation of the numbers below 2**48."""
    value = (numbers + np.uint64(SEED)) & MASK
    for factor, shift in FACTORS:
        value = (value * np.uint64(factor)) & MASK
        value ^= value >> np.uint64(shift)
    return value


def text_of(values: npt.NDArray[np.uint64]) -> bytes:
    """One line of 12 hexadecimal digits for each value."""
    digits = np.frombuffer(b"0123456789abcdef", dtype=np.uint8)
    out = np.empty((len(values), WIDTH + 1), dtype=np.uint8)
    for place in range(WIDTH):
        nibble = (values >> np.uint64(4 * (WIDTH - 1 - place))) & np.uint64(15)
        out[:, place] = digits[nibble.astype(np.intp)]
    out[:, WIDTH] = ord("\n")
    return out.tobytes()


def write(path: str, lines: int) -> dict[str, Any]:
    """Write the file to ``path`` and give the facts that stand beside it."""
    digest, size = hashlib.sha256(), 0
    smallest: list[int] = []
    with open(path + ".part", "wb") as out:
        for start in range(0, lines, CHUNK):
            values = mixed(np.arange(start, min(start + CHUNK, lines), dtype=np.uint64))
            smallest = sorted(smallest + np.sort(values)[:20].tolist())[:20]
            text = text_of(values)
            digest.update(text)
            size += len(text)
            out.write(text)
    facts = {
        "lines": lines,
        "bytes": size,
        "sha256": digest.hexdigest(),
        "distinct": lines,
        # All counts are 1: the answer in order of count, then value, begins with these.
        "top": [{"value": f"{value:0{WIDTH}x}", "count": 1} for value in smallest],
    }
    with open(path + ".json", "w", encoding="utf-8") as out_facts:
        json.dump(facts, out_facts, indent=1)
        out_facts.write("\n")
    os.replace(path + ".part", path)
    return facts


def standing(path: str, lines: int) -> dict[str, Any] | None:
    """Give the facts of a file that is already there and is the one asked for, else None."""
    try:
        with open(path + ".json", encoding="utf-8") as source:
            facts: dict[str, Any] = json.load(source)
        with open(path, "rb") as source_bytes:
            found = hashlib.file_digest(source_bytes, "sha256").hexdigest()
    except (OSError, ValueError):
        return None
    return facts if facts.get("lines") == lines and facts.get("sha256") == found else None


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("path")
    parser.add_argument("--lines", type=int, default=20_000_000)
    given = parser.parse_args()
    facts = standing(given.path, given.lines)
    made = facts is None
    if facts is None:
        facts = write(given.path, given.lines)
    known = KNOWN.get(given.lines)
    if known is not None and known != facts["sha256"]:
        warning = f"SHA-256 {facts['sha256']}, recorded is {known}: not the file of other runs"
        print(f"{given.path}: {warning}", file=sys.stderr)
    print(f"{given.path}: {facts['bytes']:,} bytes, {'made' if made else 'already there'}")


if __name__ == "__main__":
    main()
