"""The clock that the tests of times share, and how they say an instant."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

UTC = ZoneInfo("UTC")
ZURICH = ZoneInfo("Europe/Zurich")
# A Wednesday, 17:36:30.25 in Zurich.
NOW = 1_795_624_590_250_000_000


def ns(text: str, zone: ZoneInfo = ZURICH) -> int:
    """`2026-11-25 17:36:30` in the zone, or with an offset, in nanoseconds since 1970."""
    whole, _, part = text.partition(".")
    stamp = datetime.fromisoformat(whole)
    if stamp.tzinfo is None:
        stamp = stamp.replace(tzinfo=zone)
    return int(stamp.timestamp()) * 10**9 + int(part.ljust(9, "0") or 0)
