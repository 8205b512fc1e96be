"""Which group of a pattern plays which part when values are judged.

A pattern may say so itself (``key``, ``agent``, ``login``, ``request``, ``failure``); where it does
not, the usual names of groups do.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from streamstats.patterns.groups import flat

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from streamstats.patterns.model import Pattern

REQUESTS = "requests"
LOGINS = "logins"

#: Names of what a request is about, the best first; written without signs and capitals.
_PATHS = (
    "path", "requesturi", "uri", "requesturl", "url", "requestpath", "csuristem", "urlpath",
    "urloriginal", "httpurl", "requesttarget", "uristem", "csuri", "request", "target",
)  # fmt: skip
_ACCOUNTS = (
    "user", "username", "account", "accountname", "login", "targetusername", "principal",
    "principalemail", "useremail", "email", "csusername", "remoteuser", "logname",
)  # fmt: skip
_AGENTS = (
    "agent", "useragent", "httpuseragent", "csuseragent", "requestuseragent", "useragentoriginal",
    "callersupplieduseragent", "uagent", "clientagent",
)  # fmt: skip
_STATUSES = (
    "status", "statuscode", "scstatus", "responsestatus", "httpstatus", "downstreamstatus",
    "responsestatuscode", "httpresponsestatuscode", "originstatus", "responsecode",
    "responsestatuscode", "httpstatuscode",
)  # fmt: skip
_METHODS = (
    "method", "requestmethod", "csmethod", "httpmethod", "httprequestmethod", "verb",
)  # fmt: skip
_REQUESTS = ("request", "requestline")
#: Groups that make a log one of logins, beside an account and where there is no path.
_OUTCOMES = ("result", "outcome", "action", "failure", "eventoutcome", "success")


class Roles(NamedTuple):
    """Who plays which part. Groups are written as the pattern writes them; None for nobody."""

    #: ``requests``, ``logins``, or empty for anything else.
    kind: str
    #: What a record is about: the path of a request, the account of a login.
    key: str | None
    #: What the client calls itself.
    agent: str | None
    #: The status of a request.
    status: str | None
    #: The groups that signatures of requests are matched against, joined by blanks.
    request: tuple[str, ...]
    #: The same for signatures of logins. Groups that a record does not have are left out.
    login: tuple[str, ...]
    #: When a record counts as a failure, as ``--where`` takes it; empty for never.
    failure: str

    @property
    def groups(self) -> tuple[str, ...]:
        """All groups that are read, each once."""
        named = (self.key, self.agent, self.status, *self.request, *self.login)
        return tuple(dict.fromkeys(name for name in named if name is not None))


def roles(pattern: Pattern | None, groups: Sequence[str], by: Iterable[str] = ()) -> Roles:
    """Cast the ``groups`` that lines of ``pattern`` have; ``by`` are those that are counted.

    What is counted plays no key: counting paths, a path has no paths.
    """
    counted = set(by)
    named: dict[str, str] = {}
    for group in groups:
        for name in _names(group):
            named.setdefault(name, group)

    def first(names: Sequence[str]) -> str | None:
        found = (named[name] for name in names if name in named)
        return next((group for group in found if group not in counted), None)

    def given(names: Sequence[str]) -> tuple[str, ...]:
        by_flat = {flat(group): group for group in groups}
        return tuple(by_flat[name] for name in names if name in by_flat)

    said = pattern.key if pattern is not None else ()
    asked = given(said)
    path, account = first(_PATHS), first(_ACCOUNTS)
    login = given(pattern.login) if pattern is not None else ()
    outcome = any(name in named for name in _OUTCOMES)
    status = first(_STATUSES)
    kind = ""
    if login or (account and outcome and not path):
        kind = LOGINS
    elif path is not None and (status is not None or first(_METHODS) is not None):
        kind = REQUESTS
    key = next((group for group in asked if group not in counted), None)
    if key is None:
        key = account if kind == LOGINS else path
    agents = given(pattern.agent) if pattern is not None else ()
    request: tuple[str, ...] = ()
    if kind == REQUESTS:
        request = given(pattern.request) if pattern is not None else ()
        request = request or _request(named, path)
    failure = pattern.failure if pattern is not None else ""
    if not failure and kind == REQUESTS and status is not None:
        failure = f"{status} >= 400"
    return Roles(
        kind=kind,
        key=key,
        agent=agents[0] if agents else first(_AGENTS),
        status=status,
        request=request,
        login=login,
        failure=failure,
    )


def _request(named: dict[str, str], path: str | None) -> tuple[str, ...]:
    """The whole first line of a request, or the method and the path."""
    whole = next((named[name] for name in _REQUESTS if name in named), None)
    if whole is not None:
        return (whole,)
    method = next((named[name] for name in _METHODS if name in named), None)
    return tuple(group for group in (method, path) if group is not None)


def _names(group: str) -> tuple[str, ...]:
    """The names under which a group is known: all of it, then its last key."""
    whole = flat(group)
    last = whole.rsplit(".", 1)[-1] if "." in whole.strip(".") else whole
    return tuple(dict.fromkeys((_plain(whole), _plain(last))))


def _plain(name: str) -> str:
    import re

    return re.sub(r"\[\d+\]$|[^a-z0-9]", "", name.lower().removesuffix("[0]"))
