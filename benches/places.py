"""Where the benchmarks keep what they build and write: ``.bench`` in the root of the project."""

from __future__ import annotations

import os
from typing import NamedTuple

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
BENCHES = os.path.dirname(os.path.abspath(__file__))


class Places(NamedTuple):
    """Paths under one folder, and the command that is measured."""

    home: str
    streamstats: str

    @property
    def data(self) -> str:
        return os.path.join(self.home, "data")

    @property
    def python(self) -> str:
        """Python of the peers: not the one that streamstats runs on."""
        return os.path.join(self.home, "venv", "bin", "python")

    @property
    def tools(self) -> str:
        return os.path.join(self.home, "tools", "bin")

    @property
    def results(self) -> str:
        return os.path.join(self.home, "results.json")

    @property
    def own_python(self) -> str:
        """The Python that streamstats runs on, whose bare start is the yardstick."""
        return os.path.join(os.path.dirname(self.streamstats), "python")

    def make(self) -> None:
        """Create the folders; the one for all is ignored by git from within."""
        for folder in (self.home, self.data):
            os.makedirs(folder, exist_ok=True)
        ignore = os.path.join(self.home, ".gitignore")
        if not os.path.exists(ignore):
            with open(ignore, "w", encoding="utf-8") as out:
                out.write("*\n")


def places(home: str | None, streamstats: str | None) -> Places:
    """Give the places for the arguments of the command line, or the usual ones."""
    return Places(
        os.path.abspath(home or os.environ.get("STREAMSTATS_BENCH") or f"{ROOT}/.bench"),
        os.path.abspath(streamstats or f"{ROOT}/.venv/bin/streamstats"),
    )
