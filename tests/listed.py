"""Ordered values as the core would give them, from a plain list."""

from __future__ import annotations


class Listed:
    """The first ``limit`` of some values that are in order already; remembers what was asked."""

    def __init__(self, values: list[tuple[bytes, int, int | float]], limit: int = 0) -> None:
        self.chosen = len(values)
        self.total = sum(count for _, _, count in values)
        self.values = values[:limit] if limit else values
        self.asked: list[tuple[int, int]] = []

    def __len__(self) -> int:
        return len(self.values)

    def slice(self, start: int, stop: int, /) -> list[tuple[bytes, int, int | float]]:
        self.asked.append((start, stop))
        return self.values[start:stop]
