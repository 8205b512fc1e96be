"""Check that an answer is the true one, before anything is timed.

The truth is what the makers of the inputs wrote beside them. Values that share the last count
shown may come in any order and any choice; all counts, and every value above the last count,
must agree.
"""

from __future__ import annotations

import datetime
import json
from typing import Any

from peers import SHOWN, Row


class AnswerError(Exception):
    """An answer that is not the true one, with the first difference."""


def truth_of(facts: dict[str, Any], work: str) -> list[Row]:
    """Give the true rows of a work."""
    if work == "window":
        return [(row["value"], row["count"]) for row in facts["window"]["top"]]
    if work in ("minute", "second"):
        return [
            (row["value"], row["count"], row["first"], row["last"], row[f"peak_{work}"])
            for row in facts["top"]
        ]
    return [(row["value"], row["count"]) for row in facts["top"]]


def check(rows: list[Row], truth: list[Row]) -> None:
    """Raise AnswerError where ``rows`` is not ``truth``."""
    if len(rows) < len(truth):
        raise AnswerError(f"{len(rows)} values, {len(truth)} expected")
    rows = rows[: len(truth)]
    found, expected = sorted(int(row[1]) for row in rows), sorted(int(row[1]) for row in truth)
    if found != expected:
        raise AnswerError(f"counts {found[::-1][:3]}…, expected {expected[::-1][:3]}…")
    least = expected[0]
    above = {row for row in rows if int(row[1]) > least}
    wanted = {row for row in truth if int(row[1]) > least}
    if above != wanted:
        raise AnswerError(f"{sorted(above - wanted)[:1]}, expected {sorted(wanted - above)[:1]}")


def epoch(text: str) -> int:
    """Seconds since 1970 of an RFC 3339 instant."""
    return int(datetime.datetime.fromisoformat(text).timestamp())


def of_tsv(text: str) -> list[Row]:
    """Give the rows of ``streamstats --format tsv``: by the names in its first line."""
    heading, *lines = text.splitlines()
    names = heading.split("\t")
    value, count = names.index("value"), names.index("count")
    cells = [line.split("\t") for line in lines]
    rows: list[Row] = [(row[value], int(row[count])) for row in cells]
    return rows[:SHOWN]


def of_json(text: str) -> list[Row]:
    """Give the rows of ``streamstats --format json`` with times."""
    rows: list[Row] = []
    for row in json.loads(text)["values"][:SHOWN]:
        times = (epoch(row["first"]), epoch(row["last"]), int(row["rate"]["peak"]))
        rows.append((row["value"], int(row["count"]), *times))
    return rows


def of_window(text: str) -> list[Row]:
    """Give the rows of ``streamstats --format json``, value and count only."""
    return [(row["value"], int(row["count"])) for row in json.loads(text)["values"][:SHOWN]]


FORMS = {"tsv": of_tsv, "json": of_json, "window": of_window}
