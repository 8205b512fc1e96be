"""Which groups of a log tell what changed in it, where nobody says which."""

from __future__ import annotations

import os
import stat

from streamstats.engines.fields import reading_of
from streamstats.engines.opening import opened
from streamstats.errors import SourceError
from streamstats.patterns.keys import TIMES
from streamstats.patterns.resolve import TIME, find
from streamstats.patterns.roles import roles
from streamstats.sources.counting import Profile
from streamstats.sources.descriptors import Pool
from streamstats.sources.files import STDIN, Source

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from streamstats.engines.once import Job
    from streamstats.patterns.model import Pattern

MOST = 8
"""So many groups are compared; each takes a pass over the log."""

_LINES = 5000
_BYTES = 1 << 20
"""So much of the beginning of each file is looked at."""

_FILES = 4
"""So many files of each side are looked at."""

_SHARE = 0.5
"""In so many lines a group has to be."""

_NUMBERS = 20
"""A group of more distinct numbers measures something, and names nothing."""

#: What besides status, path and agent mostly tells what changed; small letters, no ``_`` and ``-``.
_TELLING = (
    *("level", "loglevel", "severity", "error", "exception", "method", "route", "endpoint"),
    *("action", "eventname", "user", "username", "host", "hostname", "vhost", "service"),
    *("program", "logger", "module", "component", "message", "result", "country"),
)


def telling(jobs: Sequence[Job]) -> list[tuple[str, ...]]:
    """The groups to compare, each on its own: what is counted by itself, and up to seven more that
    name something: those of a usual name first, then those with the fewest distinct values.

    Nothing but the first where a source can be read only once. Raises UsageError as ``run`` does.
    """
    paths = list(dict.fromkeys(path for job in jobs for path in job.paths))
    if not all(map(is_repeatable, paths)):
        return [()]
    job = jobs[0]
    given = find(job.pattern) if job.pattern is not None else None
    if job.pattern is not None and given is None:
        return [()]
    profile: Profile | None = None
    counted: tuple[str, ...] = ()
    pattern: Pattern | None = None
    pool = Pool()
    left: dict[str, int] = {}
    for path in paths:
        for item in opened([path], job.search, pool):
            if not isinstance(item, Source):
                continue
            try:
                left[path] = left.get(path, _FILES) - 1
                if left[path] < 0:
                    break
                head = item.head(_LINES, _BYTES)
                choice = reading_of(item, given)
            except SourceError:
                continue  # said when it is counted
            finally:
                item.close()
            if choice.compiled is None:
                continue
            if profile is None:
                profile, counted = Profile(choice.compiled), choice.by
                pattern = choice.pattern
            profile.feed(head[: head.rfind(b"\n") + 1] or head, None)
            profile.finish()
    pool.close()
    if profile is None:
        return [()]
    return _chosen(profile, counted, job.time_field, pattern)


def is_repeatable(path: str) -> bool:
    """Whether it can be read more than once; so can what is not there."""
    if path == STDIN:
        return False
    try:
        mode = os.stat(path).st_mode
    except OSError:
        return True
    return stat.S_ISREG(mode) or stat.S_ISDIR(mode)


def _chosen(
    profile: Profile, counted: tuple[str, ...], time_field: str | None, pattern: Pattern | None
) -> list[tuple[str, ...]]:
    least = _SHARE * profile.matched
    keys = [
        (name.decode("utf-8", "surrogateescape"), lines, distinct, numbers)
        for name, lines, distinct, _, numbers, *_ in profile.keys()  # noqa: SIM118
    ]
    cast = roles(pattern, [name for name, *_ in keys], counted)
    # Of a request its path and its method tell more than all of it does.
    whole = set(cast.request) - {cast.key} if len(cast.request) == 1 else set()
    first = [name for name in (cast.status, cast.key, cast.agent) if name is not None]
    ranked: list[tuple[int, int, int, str]] = []
    for at, (name, lines, distinct, numbers) in enumerate(keys):
        plain = _plain(name)
        if name in (*counted, *whole, time_field, TIME) or plain in TIMES:
            continue
        if lines < least or distinct < 2 or 2 * distinct > max(lines, 20):
            continue
        if 2 * numbers >= lines and distinct > _NUMBERS:
            continue
        if name in first:
            rank = first.index(name)
        else:
            usual = _TELLING.index(plain) if plain in _TELLING else len(_TELLING)
            rank = len(first) + usual
        ranked.append((rank, distinct, at, name))
    ranked.sort()
    own = [counted] if counted else []
    return [*own, *((name,) for *_, name in ranked)][:MOST] or [()]


def _plain(name: str) -> str:
    last = name.rpartition(".")[2]
    return "".join(sign for sign in last.lower() if sign not in '_-"')
