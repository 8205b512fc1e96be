"""Whole records of a log whose fields may hold line ends in quotes, as CSV's do.

What is written comes in lines, and a record may take several of them. Where quotes stand in pairs,
a line end is that of a record; doubled ones within a field are a pair, too. A stray quote would
hold a record back for ever, so what is held back for long is given out as it is.
"""

from __future__ import annotations

import time

LONGEST = 1 << 20
"""So many bytes are held back at the most: a record has not more."""

PATIENCE = 2.0
"""So many seconds is the end of a record waited for."""


class Quotes:
    """Holds back the record that is being written."""

    def __init__(self) -> None:
        self.held = b""
        """What came of it so far."""
        self._since = 0.0

    def whole(self, data: bytes) -> bytes:
        """What came before and now, up to the last line end that is in no quotes."""
        data = self.held + data
        end, odd = len(data), data.count(b'"') & 1
        while True:
            at = data.rfind(b"\n", 0, end)
            odd ^= data.count(b'"', at + 1, end) & 1
            if at < 0 or not odd:
                break
            end = at
        self._hold(data[at + 1 :])
        given = data[: at + 1]
        if len(self.held) > LONGEST:
            given += self.rest()
        return given

    def _hold(self, data: bytes) -> None:
        if data != self.held:
            self._since = time.monotonic()
        self.held = data

    @property
    def is_overdue(self) -> bool:
        """Whether something is held back that nobody has added to for a while."""
        return bool(self.held) and time.monotonic() - self._since > PATIENCE

    def rest(self) -> bytes:
        """What is held back, for good."""
        rest, self.held = self.held, b""
        return rest
