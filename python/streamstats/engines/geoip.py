"""Whom an address belongs to, by MaxMind databases: ``--by ip/asn``, ``--by ip/country``.

Addresses are counted first and looked up afterwards, each distinct one once. No database comes
with the package.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from streamstats.errors import SourceError, UsageError, printable
from streamstats.patterns.resolve import rolled_up

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Protocol

    from streamstats.patterns.rollup import Rollup
    from streamstats.tally import Tally

    class Reader(Protocol):
        """What is used of a reader of maxminddb."""

        def get(self, address: str) -> object:
            """The record of a network. Raises ValueError for an address that it cannot hold."""


UNKNOWN = b"(unknown)"
"""An address that the databases do not know."""

_KEPT = 1 << 16
"""So many addresses are remembered, for values of several groups."""

_WHAT = {"asn": "AS", "country": "country"}

#: Words in the types of databases that tell what is asked for. A database whose type has none of
#: all these words may tell anything.
_TYPES = {
    "asn": ("asn", "isp", "enterprise"),
    "country": ("country", "city", "enterprise", "location"),
}


class Database(NamedTuple):
    """One that is open."""

    path: str
    type: str
    """What it says of itself: ``GeoLite2-Country``."""
    reader: Reader

    def tells(self, what: str) -> bool:
        """Whether it may know what is asked for."""
        own = self.type.lower()
        known = any(word in own for words in _TYPES.values() for word in words)
        return not known or any(word in own for word in _TYPES[what])


class Networks:
    """The databases of one run."""

    def __init__(self, databases: Sequence[Database]) -> None:
        self._databases = databases

    def resolved(self, tally: Tally, rollups: Sequence[Rollup | None]) -> Tally:
        """The tally with addresses replaced by what the databases say of them.

        Raises SourceError for a database that turns out to be damaged.
        """
        change: dict[int, Callable[[bytes], bytes]] = {}
        for at, found in enumerate(rollups):
            if found is not None and found.database:
                change[at] = self._of(found.database)
        return tally.renamed(change) if change else tally

    def _of(self, what: str) -> Callable[[bytes], bytes]:
        from ipaddress import ip_address

        from maxminddb import InvalidDatabaseError

        databases = [each for each in self._databases if each.tells(what)]
        read = _asn if what == "asn" else _country

        @lru_cache(_KEPT)
        def name(text: bytes) -> bytes:
            try:
                address = str(ip_address(text.decode("ascii")))
            except ValueError:
                return text  # no address, and counted as it is
            for database in databases:
                try:
                    found = read(database.reader.get(address))
                except ValueError:
                    continue  # one of IPv4 alone, and an IPv6 address
                except InvalidDatabaseError:
                    raise _damaged(database.path) from None
                if found:
                    return found.encode("utf-8", "replace")
            return UNKNOWN

        return name


def networks(by: Sequence[str], paths: Sequence[str]) -> Networks | None:
    """The databases that the groups of ``by`` need, open; None where they need none.

    Raises:
        UsageError: there is none that tells what is asked for, or no package to read it.
        SourceError: a database cannot be read.
    """
    asked = [
        (name, found.database)
        for name, found in zip(by, rolled_up(by), strict=False)
        if found is not None and found.database
    ]
    if not asked:
        return None
    name, what = asked[0]
    if not paths:
        raise UsageError(
            f"'{printable(name)}' needs a database that tells the {_WHAT[what]} of an address",
            "name one in MaxMind's form with --geoip PATH",
        )
    try:
        import maxminddb
    except ImportError:
        raise UsageError(
            f"'{printable(name)}' needs the package maxminddb, which is not installed",
            "pip install 'streamstats-logs[geoip]'",
        ) from None
    databases = []
    for path in paths:
        try:
            reader = maxminddb.open_database(path)
            databases.append(Database(path, reader.metadata().database_type, reader))
        except OSError as error:
            raise SourceError(path, error.strerror or str(error)) from None
        except (maxminddb.InvalidDatabaseError, ValueError):
            raise _damaged(path) from None
    for name, what in asked:
        if not any(each.tells(what) for each in databases):
            first = databases[0]
            raise UsageError(
                f"{printable(first.path)} is of type '{printable(first.type)}', and does not tell "
                f"the {_WHAT[what]} that '{printable(name)}' needs",
                "name another database with --geoip; it may be given several times",
            )
    return Networks(databases)


def _damaged(path: str) -> SourceError:
    return SourceError(path, "is no database in MaxMind's form, or is damaged")


def _asn(record: object) -> str:
    """``AS64496 Example Ltd``; as MaxMind's GeoLite2-ASN or as IPinfo has it."""
    if not isinstance(record, dict):
        return ""
    number = record.get("autonomous_system_number", record.get("asn"))
    if number is None:
        return ""
    text = str(number)
    text = text if text.upper().startswith("AS") else f"AS{text}"
    owner = record.get("autonomous_system_organization") or record.get("as_name")
    return f"{text} {owner}" if isinstance(owner, str) and owner else text


def _country(record: object) -> str:
    """The two letters of ISO 3166; as MaxMind's, DB-IP's or IPinfo's databases have it."""
    if not isinstance(record, dict):
        return ""
    for key in ("country", "registered_country", "country_code"):
        found = record.get(key)
        if isinstance(found, dict):
            found = found.get("iso_code")
        if isinstance(found, str) and found:
            return found
    return ""
