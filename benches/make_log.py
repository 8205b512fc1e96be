"""Write the access log that the benchmarks read: combined format, in order of time, seeded.

The same arguments give the same bytes: only the raw output of PCG64 is drawn on, which numpy
keeps stable, and everything else is integer arithmetic. Beside the log stands ``NAME.json``
with its size, its SHA-256 and the true answers, taken from the numbers that the lines were
made of and not from the lines.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import sys
import time
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

import log_words
from log_words import agent_tails, requests, responses

Ints = npt.NDArray[np.int64]

SEED = 20260312
DAY = 86_400
# 2026-03-12T00:00:00Z, so that the log is one whole day in UTC.
MIDNIGHT = 1_773_273_600
CHUNK = 200_000
SHOWN = 20

# SHA-256 by (lines, addresses), to tell when a change of code or of numpy changed the bytes.
KNOWN = {
    (5_000_000, 200_000): "bba1f844d9bb1d9a412f94e42d34f004bf20350e495cd1ce8003b87819e7dcc3",
    (500_000, 20_000): "3c0773b50b51574f7165b4aacf2f7b9acb0ede298fcc7a4725c430c6b55b121e",
}


class Dice:
    """Whole numbers from one seeded stream."""

    def __init__(self, seed: int) -> None:
        self._bits = np.random.PCG64(seed)

    def raw(self, size: int) -> npt.NDArray[np.uint64]:
        """``size`` numbers of 64 bits."""
        drawn: npt.NDArray[np.uint64] = self._bits.random_raw(size)
        return drawn

    def below(self, limit: int, size: int) -> Ints:
        """``size`` numbers from 0 to ``limit`` - 1."""
        return (self.raw(size) % np.uint64(limit)).astype(np.int64)

    def weighted(self, weights: Ints, size: int) -> Ints:
        """``size`` positions in ``weights``, each as likely as its weight."""
        steps = np.cumsum(weights)
        return np.searchsorted(steps, self.below(int(steps[-1]), size), side="right")


def zipf(ranks: int) -> Ints:
    """Weights 1/rank for ranks from 1, as whole numbers."""
    return (np.int64(1) << np.int64(46)) // np.arange(1, ranks + 1, dtype=np.int64)


def addresses(dice: Dice, wanted: int) -> list[bytes]:
    """``wanted`` different IPv4 addresses from the public ranges."""
    seen: dict[bytes, None] = {}
    while len(seen) < wanted:
        for number in dice.raw(wanted).tolist():
            first = number >> 24 & 255
            if not 1 <= first <= 223 or first in (10, 127, 172, 192):
                continue
            text = f"{first}.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"
            seen[text.encode()] = None
            if len(seen) == wanted:
                break
    return list(seen)


def who(dice: Dice, lines: int, count: int) -> Ints:
    """Give the address of each line: a Zipf tail in which each address occurs at least once."""
    drawn = dice.weighted(zipf(count), lines - count)
    every = np.concatenate([drawn, np.arange(count, dtype=np.int64)])
    order = np.argsort(dice.raw(lines), kind="stable")
    shuffled: Ints = every[order]
    return shuffled


def when(dice: Dice, lines: int) -> Ints:
    """Give the second of the day of each line, ascending: quiet at night, busy from noon on."""
    by_hour = [22, 16, 12, 10, 9, 11, 17, 28, 42, 55, 63, 68, 72, 70, 69, 71, 74, 79, 84, 88, 83]
    by_hour += [68, 48, 33]
    weights = np.repeat(np.array(by_hour, dtype=np.int64) * 100, 3600)
    weights += dice.below(900, DAY)
    seconds = dice.weighted(weights, lines)
    seconds.sort()
    return seconds


def stamps(day: int) -> list[bytes]:
    """Give the part of a line from the address to the request, for each second of ``day``."""
    date = time.strftime("%d/%b/%Y", time.gmtime(MIDNIGHT + day * DAY))
    return [
        f' - - [{date}:{s // 3600:02}:{s // 60 % 60:02}:{s % 60:02} +0000] "'.encode()
        for s in range(DAY)
    ]


def objects(table: Sequence[bytes]) -> npt.NDArray[np.object_]:
    """``table`` as an array of Python objects, to be taken from by position."""
    out = np.empty(len(table), dtype=np.object_)
    out[:] = table
    return out


def truth(names: list[bytes], person: Ints, second: Ints) -> dict[str, Any]:
    """Give the true answers: the first addresses by count, with their times and peaks."""
    counts = np.bincount(person, minlength=len(names))
    ranked = sorted(range(len(names)), key=lambda i: (-int(counts[i]), names[i]))
    top = []
    for one in ranked[:SHOWN]:
        times = second[person == one]
        top.append(
            {
                "value": names[one].decode(),
                "count": int(counts[one]),
                "first": MIDNIGHT + int(times[0]),
                "last": MIDNIGHT + int(times[-1]),
                "peak_minute": int(np.bincount(times // 60).max()),
                "peak_second": int(np.bincount(times).max()),
            }
        )
    minute = DAY * 3 // 4 // 60
    inside = person[second // 60 == minute]
    window = np.bincount(inside, minlength=len(names))
    first = sorted(np.flatnonzero(window).tolist(), key=lambda i: (-int(window[i]), names[i]))
    return {
        "distinct": int(np.count_nonzero(counts)),
        "top": top,
        "window": {
            "start": MIDNIGHT + minute * 60,
            "end": MIDNIGHT + minute * 60 + 60,
            "records": len(inside),
            "top": [{"value": names[i].decode(), "count": int(window[i])} for i in first[:SHOWN]],
        },
    }


def write(path: str, lines: int, count: int, days: int) -> dict[str, Any]:
    """Write the log to ``path`` and give the facts that stand beside it."""
    dice = Dice(SEED)
    names = addresses(dice, count)
    person, second = who(dice, lines, count), when(dice, lines)
    asks = requests(dice.raw(60_000).tolist())
    answers = responses(dice.raw(30_000).tolist())
    tails = agent_tails(dice.raw(2_000).tolist())
    asked = dice.weighted(zipf(len(asks)), lines)
    answered = dice.below(len(answers), lines)
    # An address keeps its browser; one line in 16 comes from another one behind the same address.
    own = (person * 2_654_435_761 % 4_294_967_291) % len(tails)
    tail = np.where(dice.below(16, lines) == 0, dice.below(len(tails), lines), own)

    columns = [objects(names), objects(asks), objects(answers), objects(tails)]
    digest, size = hashlib.sha256(), 0
    with open(path + ".part", "wb") as out:
        for day in range(days):
            clock = objects(stamps(day))
            for start in range(0, lines, CHUNK):
                part = slice(start, start + CHUNK)
                pieces = np.empty((len(person[part]), 5), dtype=np.object_)
                pieces[:, 0] = columns[0][person[part]]
                pieces[:, 1] = clock[second[part]]
                pieces[:, 2] = columns[1][asked[part]]
                pieces[:, 3] = columns[2][answered[part]]
                pieces[:, 4] = columns[3][tail[part]]
                text = b"".join(pieces.ravel().tolist())
                digest.update(text)
                size += len(text)
                out.write(text)
    facts = {
        "recipe": recipe(),
        "seed": SEED,
        "lines": lines * days,
        "days": days,
        "addresses": count,
        "bytes": size,
        "sha256": digest.hexdigest(),
        **truth(names, person, second),
    }
    with open(path + ".json", "w", encoding="utf-8") as out_facts:
        json.dump(facts, out_facts, indent=1)
        out_facts.write("\n")
    os.replace(path + ".part", path)
    return facts


def digest_of(path: str) -> str:
    """Give the SHA-256 of a file."""
    with open(path, "rb") as source:
        return hashlib.file_digest(source, "sha256").hexdigest()


def recipe() -> str:
    """Give what the bytes depend on beside the arguments: the text of the two programs."""
    return digest_of(__file__)[:16] + digest_of(log_words.__file__)[:16]


def standing(path: str, lines: int, count: int, days: int) -> dict[str, Any] | None:
    """Give the facts of a log that is already there and is the one asked for, else None."""
    try:
        with open(path + ".json", encoding="utf-8") as source:
            facts: dict[str, Any] = json.load(source)
        asked = (recipe(), SEED, lines * days, days, count, os.path.getsize(path))
        keys = ("recipe", "seed", "lines", "days", "addresses", "bytes")
        if asked != tuple(facts.get(key) for key in keys):
            return None
        # Reading 10 GB again costs more than it tells: only the day's log is read in full.
        return facts if days > 1 or digest_of(path) == facts["sha256"] else None
    except (OSError, ValueError):
        return None


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("path")
    parser.add_argument("--lines", type=int, default=5_000_000, help="lines of one day")
    parser.add_argument("--addresses", type=int, default=200_000)
    parser.add_argument("--days", type=int, default=1, help="the same day again, dated onwards")
    given = parser.parse_args()
    facts = standing(given.path, given.lines, given.addresses, given.days)
    made = facts is None
    if facts is None:
        facts = write(given.path, given.lines, given.addresses, given.days)
    known = KNOWN.get((given.lines, given.addresses)) if given.days == 1 else None
    if known is not None and known != facts["sha256"]:
        warning = f"SHA-256 {facts['sha256']}, recorded is {known}: not the log of other runs"
        print(f"{given.path}: {warning}", file=sys.stderr)
    print(
        f"{given.path}: {facts['bytes']:,} bytes, {facts['lines']:,} lines, "
        f"{facts['distinct']:,} addresses, {'made' if made else 'already there'}"
    )


if __name__ == "__main__":
    main()
