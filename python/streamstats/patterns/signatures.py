"""Known forms of attack: what ``signatures.toml`` says, as records.

The core matches all expressions at once, record by record; ``Facts.signatures`` has what it found,
and ``summary/evidence/signature.py`` judges it.
"""

from __future__ import annotations

import os
from functools import lru_cache
from typing import NamedTuple

#: What the texts of a record are, that a signature can be matched against.
TARGETS = ("request", "agent", "login", "status")

#: What one record with a signature is worth; ``signatures.toml`` says what each means.
GRADES = ("attack", "probe", "login", "success", "hint", "background")


class Known(NamedTuple):
    """A known form of attack."""

    name: str
    #: What it means, in a few words.
    says: str
    #: One of GRADES.
    grade: str
    #: In the dialect of the core, over bytes.
    regex: str
    #: Which of TARGETS it is matched against; one match is enough.
    on: tuple[str, ...] = ("request",)
    #: It counts only when the record failed and has no signature of grade ``background``; so in a
    #: log without failures it never does.
    failed: bool = False
    #: It counts only when the status of the record begins with this.
    status: str = ""
    samples: tuple[str, ...] = ()
    rejects: tuple[str, ...] = ()


@lru_cache(1)
def known() -> tuple[Known, ...]:
    """All signatures, in the order of the file."""
    import tomllib  # only runs that judge get here

    path = os.path.join(os.path.dirname(__file__), "signatures.toml")
    with open(path, "rb") as file:
        tables = tomllib.load(file)
    return tuple(
        Known(
            name=name,
            says=table["says"],
            grade=table["grade"],
            regex=table["regex"],
            on=tuple(table.get("on", ("request",))),
            failed=table.get("failed", table["grade"] == "probe"),
            status=table.get("status", ""),
            samples=tuple(table.get("samples", ())),
            rejects=tuple(table.get("rejects", ())),
        )
        for name, table in tables.items()
    )


def decoded(text: bytes) -> bytes:
    """``text`` with its percent signs decoded twice, as what is hidden from a filter is encoded.

    The core does the same to what it matches (``crates/core/src/facts``).
    """
    for _ in range(2):
        if b"%" not in text:
            break
        text = _once(text)
    return text


def _once(text: bytes) -> bytes:
    head, *parts = text.split(b"%")
    found = [head]
    for part in parts:
        try:
            # int() takes blanks and signs, which are no hexadecimal digits.
            found.append(
                bytes((int(part[:2], 16),)) + part[2:]
                if part[:2].isalnum() and len(part) > 1
                else b"%" + part
            )
        except ValueError:
            found.append(b"%" + part)
    return b"".join(found)
