"""Settles which groups of each source tell what its values did."""

from __future__ import annotations

from typing import NamedTuple

from streamstats.errors import UnknownGroup
from streamstats.patterns.resolve import condition
from streamstats.patterns.roles import roles

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from streamstats.patterns.resolve import Choice
    from streamstats.sources.files import Source


class Wanted(NamedTuple):
    """What was said about the conduct of values."""

    failure: str | None = None
    """When a record counts as a failure, as ``--where`` takes it; None: as the pattern says."""


def cast_roles(source: Source, choice: Choice, wanted: Wanted) -> Choice:
    """The choice, with the roles that its groups play.

    Raises:
        ConditionError: the failure is no condition.
        UnknownGroup: it is one on a group that lines do not have.
    """
    groups = _groups(source, choice)
    cast = roles(choice.pattern, groups, choice.by)
    if wanted.failure is not None:
        group, operator, value = condition(wanted.failure)
        if group not in groups:
            raise UnknownGroup(group, list(groups), choice.name)
        cast = cast._replace(failure=f'{group} {operator} "{value}"')
    return choice._replace(roles=cast)


def _groups(source: Source, choice: Choice) -> Sequence[str]:
    if choice.pattern is None or choice.compiled is None:
        return choice.by
    if not choice.pattern.shape:
        from streamstats.patterns.compile import compile_regex

        return compile_regex(choice.pattern.regex).groups
    from streamstats.patterns.shaped import reading

    return list(reading(choice.pattern, source.sample()).seen.keys)
