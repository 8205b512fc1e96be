"""What people say about time: instants, durations, windows, zones, and how they are written.

    when("yesterday 14:00", now, zone("Europe/Zurich"))    nanoseconds since 1970
    duration("1h30m")                                      nanoseconds
    window("2 hours ago..now", now, tz)                    [start, end)

`now` is given by the caller: the clock, or a log's last instant. All instants are nanoseconds
since 1970-01-01T00:00:00Z that fit 64 bits. Whatever cannot be read raises WhenError.
"""

from __future__ import annotations

from streamstats.times.duration import duration, spell
from streamstats.times.error import WhenError
from streamstats.times.reading import ParseStamp, Reading, read, when
from streamstats.times.window import Window, between, window
from streamstats.times.written import distance, rfc3339, short
from streamstats.times.zones import zone

__all__ = [
    "ParseStamp",
    "Reading",
    "WhenError",
    "Window",
    "between",
    "distance",
    "duration",
    "read",
    "rfc3339",
    "short",
    "spell",
    "when",
    "window",
    "zone",
]
