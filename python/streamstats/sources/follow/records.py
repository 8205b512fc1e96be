"""Records of several lines, held back until they are whole.

What is written comes in lines, and a record may take several of them: in CSV, whose fields may hold
line ends in quotes, and where lines that begin no record go on with the one before. A record whose
end does not come is given out as it is, after a while.
"""

from __future__ import annotations

import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

LONGEST = 1 << 20
"""So many bytes are held back at the most: a record has not more."""

PATIENCE = 2.0
"""So many seconds is the end of a record waited for."""


class Held:
    """Holds back the record that is being written."""

    def __init__(self, end: Callable[[bytes], int]) -> None:
        """``end`` says where the last whole record of some bytes ends."""
        self._end = end
        self.held = b""
        """What came of it so far."""
        self._since = 0.0

    def whole(self, data: bytes) -> bytes:
        """What came before and now, up to the end of the last record that is whole."""
        data = self.held + data
        end = self._end(data)
        rest = data[end:]
        if rest != self.held:
            self._since = time.monotonic()
        self.held = rest
        return data[:end] + (self.rest() if len(rest) > LONGEST else b"")

    @property
    def is_overdue(self) -> bool:
        """Whether something is held back that nobody has added to for a while."""
        return bool(self.held) and time.monotonic() - self._since > PATIENCE

    def rest(self) -> bytes:
        """What is held back, for good."""
        rest, self.held = self.held, b""
        return rest


def quoted_end(data: bytes) -> int:
    """Behind the last line end that is in no quotes, where these stand in pairs; two of them in a
    field are a pair.
    """
    end, odd = len(data), data.count(b'"') & 1
    while True:
        at = data.rfind(b"\n", 0, end)
        odd ^= data.count(b'"', at + 1, end) & 1
        if at < 0 or not odd:
            return at + 1
        end = at
