"""What the core gathers of each value: the roles of groups, and the known forms of attack."""

from __future__ import annotations

from functools import lru_cache

from streamstats import _core
from streamstats.patterns.resolve import condition
from streamstats.patterns.signatures import known

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from streamstats.patterns.roles import Roles

    Gathered = tuple[
        str | None,
        str | None,
        str | None,
        Sequence[str],
        Sequence[str],
        tuple[str, str, str] | None,
        _core.Signatures | None,
    ]


def gathered(roles: Roles) -> Gathered:
    """The roles as the core takes them.

    Raises ConditionError where the failure is no condition.
    """
    failure = condition(roles.failure) if roles.failure else None
    return (
        roles.key,
        roles.agent,
        roles.status,
        roles.request,
        roles.login,
        failure,
        signatures(),
    )


@lru_cache(1)
def signatures() -> _core.Signatures:
    """All known forms of attack, compiled; known by their place in ``patterns.signatures``."""
    return _core.Signatures(
        [
            (item.regex, item.on, item.failed, item.status, item.grade == "background")
            for item in known()
        ]
    )
