"""Time zones: a name of the IANA database, a POSIX rule, or what the machine is set to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from streamstats.times.error import WhenError

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

LOCALTIME = "/etc/localtime"
MAX_NAME = 100


def zone(name: str | None = None) -> ZoneInfo:
    """The zone called `name`; with None, the machine's: TZ, then /etc/localtime, then UTC.

    The name is one of the IANA database, in any case. TZ may also hold a POSIX rule, such as
    `UTC0` or `PST8PDT,M3.2.0,M11.1.0`; as an answer to "which zone" a rule is refused, because
    its `UTC+2` lies west of Greenwich, where nobody expects it. The `key` of the answer is the
    name in the database's own spelling, the rule, or "localtime" for a machine whose zone has no
    name. Raises WhenError with the nearest names.
    """
    if name is None:
        return _machine()
    found = _known(name.strip())
    if found is None:
        raise WhenError("time zone", name, _reason(name), None, _nearest(name.strip()))
    return found


def _known(name: str) -> ZoneInfo | None:
    if not name or len(name) > MAX_NAME or not name.isascii() or not name.isprintable():
        return None
    return _stored(name) or _in_any_case(name)


def _stored(name: str) -> ZoneInfo | None:
    from zoneinfo import ZoneInfo

    try:
        found = ZoneInfo(name)
    except (OSError, ValueError, LookupError):
        return None
    # A file system that knows no case would take `europe/zurich` and keep that as the key.
    return found if name[:1].isupper() or "/" not in name else None


def _in_any_case(name: str) -> ZoneInfo | None:
    from zoneinfo import available_timezones

    lower = name.lower()
    for stored in available_timezones():
        if stored.lower() == lower:
            return _stored(stored)
    return None


def _machine() -> ZoneInfo:
    import os

    setting = os.environ.get("TZ")
    if setting is None:
        return _file(LOCALTIME) or _utc()
    name = setting.removeprefix(":")
    if not name:  # as POSIX has it
        return _utc()
    found = _file(name) if name.startswith("/") else _known(name) or rule(name)
    if found is None:
        reason = f"TZ is set to it, and {_reason(name)}"
        raise WhenError("time zone", name, reason, None, _nearest(name))
    return found


def _file(path: str) -> ZoneInfo | None:
    """The zone of a file, by the name that a link to the database tells, else without one."""
    import os

    _, found, name = os.path.realpath(path).partition("/zoneinfo/")
    if found:
        for prefix in ("posix/", "right/"):
            name = name.removeprefix(prefix)
        stored = _stored(name)
        if stored is not None:
            return stored
    from zoneinfo import ZoneInfo

    try:
        with open(path, "rb") as file:
            return ZoneInfo.from_file(file, key="localtime")
    except (OSError, ValueError, LookupError):
        return None


def _utc() -> ZoneInfo:
    return _stored("UTC") or rule("UTC0")  # type: ignore[return-value]


def rule(text: str) -> ZoneInfo | None:
    """A POSIX TZ rule, read by zoneinfo as the last line of a file of RFC 9636 with no data."""
    from string import ascii_letters

    if text.startswith("<"):
        name, _, rest = text[1:].partition(">")
    else:
        rest = text.lstrip(ascii_letters)
        name = text[: len(text) - len(rest)]
    if len(text) > MAX_NAME or not text.isascii() or not 3 <= len(name) <= 5 or not rest:
        return None
    from io import BytesIO
    from struct import pack
    from zoneinfo import ZoneInfo

    counts = pack(">6L", 0, 0, 0, 0, 1, 4)
    header = b"TZif2" + bytes(15) + counts
    empty = pack(">lbb", 0, 0, 0) + b"UTC\0"
    data = (header + empty) * 2 + b"\n" + text.encode("ascii") + b"\n"
    try:
        return ZoneInfo.from_file(BytesIO(data), key=text)
    except (ValueError, LookupError, OSError):
        return None


def _reason(name: str) -> str:
    from streamstats.times.words import ABBREVIATIONS

    if name.strip().lower() in ABBREVIATIONS:
        return "an abbreviation is no zone of the IANA database; name a city"
    return "there is no such zone in the IANA database"


def _nearest(name: str) -> tuple[str, ...]:
    """Names that end alike or are spelled alike; costs a walk through the database."""
    from difflib import get_close_matches
    from zoneinfo import available_timezones

    cut = name[:MAX_NAME].lower().replace(" ", "_")
    stored = {zone.lower(): zone for zone in sorted(available_timezones())}
    cities = {lower.rpartition("/")[2]: zone for lower, zone in stored.items()}
    found = [stored[match] for match in get_close_matches(cut, stored, 3, 0.6)]
    city = cut.rpartition("/")[2]
    found += [cities[match] for match in get_close_matches(city, cities, 3, 0.75)]
    return tuple(dict.fromkeys(found))[:3] or ("UTC", "Europe/Zurich")
