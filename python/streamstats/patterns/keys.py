"""The keys that the first lines of a log hold, and which of them is meant."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from streamstats.errors import UnknownKey, UsageError
from streamstats.patterns.groups import bare, flat, spell, steps

if TYPE_CHECKING:
    from collections.abc import Sequence

    from streamstats.patterns.compile import Shaped

#: A key that at least this share of the lines has, in hundredths, is one that "the lines have".
SHARE = 90

#: What people mostly want to count of a record, in this order; small letters, no ``_`` and ``-``.
USUAL = (
    *("remoteaddr", "remoteip", "remotehost", "clientip", "clientaddr", "clientaddress"),
    *("clienthost", "cip", "client", "sourceip", "sourceipaddress", "sourceaddress", "srcip"),
    *("src", "idorigh", "ip", "ipaddr", "ipaddress", "peer", "addr", "address"),
    *("user", "username", "userid", "host", "hostname", "level", "loglevel", "severity", "status"),
)

#: What a time is called where it has a usual name.
TIMES = ("time", "ts", "timestamp", "@timestamp", "date", "datetime", "eventtime")

#: So many keys are named to people.
_NAMED = 6


class Seen(NamedTuple):
    """What the first lines hold."""

    lines: int
    #: How many of them have the shape.
    matched: int
    #: For each key, as the core calls it, how many lines have it; in order of appearance.
    keys: dict[str, int]
    #: Paths can lead into a value.
    nested: bool

    def share(self, key: str) -> float:
        """In how many of the matching lines it is, in hundredths."""
        inside = key if key in self.keys else next(iter(self._inside(key)), key)
        return 100 * self.keys.get(inside, 0) / max(1, self.matched)

    def find(self, name: str) -> str | None:
        """The key that is meant by what was written, as the core takes it.

        A dotted name may be a path, one key with dots in it, or anything between the two.

        Raises:
            UsageError: a path that cannot be read.
        """
        if not self.nested:
            if name in self.keys:
                return name
            return bare(name) if bare(name) in self.keys else None
        path = spell(steps(name))
        if path in self.keys or self._inside(path):
            return path
        one = spell([name])
        if one in self.keys:
            return one
        alike = [key for key in self.keys if '"' in key and flat(key) == flat(path)]
        return alike[0] if alike else None

    def first(self, names: Sequence[str]) -> str | None:
        """The first of some keys that nearly all lines have; else the one that most lines have."""
        found = [key for key in map(self.find, names) if key is not None]
        for key in found:
            if self.share(key) >= SHARE:
                return key
        return max(found, key=self.share, default=None)

    def usual(self, names: Sequence[str]) -> list[str]:
        """The keys at depth one that are called so, in the order of ``names``; nearly all lines
        have them. Case, ``_`` and ``-`` do not count.
        """
        plain: dict[str, str] = {}
        for key in self.keys:
            if self.share(key) >= SHARE:
                plain.setdefault(_plain(key), key)
        return [plain[name] for name in map(_plain, names) if name in plain]

    def named(self) -> list[str]:
        """Some keys to name to people: those that most lines have."""
        names = [key for key in self.keys if not key.isdecimal()] or list(self.keys)
        return sorted(names, key=lambda key: -self.keys[key])[:_NAMED]

    def unknown(self, name: str, source: str) -> UnknownKey:
        """The error for a key that none of the lines has."""
        return UnknownKey(name, self._near(name), self.named(), self.lines, source)

    def _inside(self, path: str) -> list[str]:
        if not self.nested:
            return []
        return [key for key in self.keys if key.startswith((path + ".", path + "["))]

    def _near(self, name: str) -> list[str]:
        import difflib  # only an error needs it

        lower = {key.lower(): key for key in self.keys}
        last = name.lower().rpartition(".")[2]
        # "host" is not near "request.headers.host" in letters, and yet it is what is meant.
        near = [low for low in lower if low.rpartition(".")[2] == last]
        near += [
            low for low in difflib.get_close_matches(name.lower(), lower, 3, 0.6) if low not in near
        ]
        near += [low for low in lower if last in low and low not in near]
        return [lower[low] for low in near[:3]]


def observe(shape: Shaped, lines: Sequence[bytes], names: Sequence[str], *, nested: bool) -> Seen:
    """Look at some lines. ``names`` are those of the columns, and their numbers."""
    keys = dict.fromkeys(names, 0)
    matched = 0
    for line in lines:
        found = shape.match(line)
        if found is None:
            continue
        matched += 1
        for key in found:
            keys[key] = keys.get(key, 0) + 1
    return Seen(len(lines), matched, keys, nested)


def settled(seen: Seen, name: str, source: str, unseen: list[str] | None) -> str:
    """The key that is meant. One that no line has is an error, or put into ``unseen``.

    Raises:
        UsageError: a path that cannot be read (``UnknownKey``: no line has it).
    """
    key = seen.find(name)
    if key is not None:
        return key
    if unseen is None:
        raise seen.unknown(name, source)
    unseen.append(name)
    return spell(steps(name)) if seen.nested else bare(name)


def no_default(seen: Seen, title: str) -> UsageError:
    """The error where nothing says what is counted."""
    names = seen.named()
    first = next((name for name in seen.usual(USUAL)), names[0] if names else "KEY")
    has = f": the lines have {', '.join(names)}" if names else ""
    return UsageError(f"{title} does not say what to count{has}", f"add --by {quoted(first)}")


def quoted(key: str) -> str:
    """A key as a shell takes it."""
    plain = all(sign.isalnum() or sign in "._-@/" for sign in key)
    return key if plain else f"'{key}'"


def _plain(key: str) -> str:
    return "".join(sign for sign in key.lower() if sign not in '_-."')
