"""What keys and failures are called in the log at hand."""

from __future__ import annotations

from typing import NamedTuple

from streamstats.summary.facts import Population


class Words(NamedTuple):
    """The nouns and verbs of sentences."""

    key: str
    keys: str
    tried: str
    record: str
    records: str
    failed: str

    @classmethod
    def of(cls, population: Population) -> Words:
        """Those of a log of logins, of requests, or of anything."""
        if population.kind == "logins":
            return cls("account", "accounts", "tried", "login", "logins", "failed")
        if population.kind == "requests":
            return cls("path", "paths", "asked for", "request", "requests", "failed")
        name = population.key_group or "key"
        return cls(f"'{name}'", f"values of '{name}'", "tried", "record", "records", "failed")
