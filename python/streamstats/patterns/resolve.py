"""What ``-p``, ``--by``, ``--where`` and ``--sum`` mean together: which groups are taken."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from streamstats.errors import ConditionError, UnknownGroup, UnknownPattern, UsageError
from streamstats.patterns.model import GIVEN, WHOLE_LINES, Pattern
from streamstats.patterns.rollup import Rollup, group_of, no_prefix, rollup

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from streamstats.patterns.compile import Compiled, Shaped
    from streamstats.patterns.roles import Roles

#: A condition: group, operator, value.
Condition = tuple[str, str, str]

#: A group: a name, or a path with quotes and brackets, in which anything may stand in quotes.
_QUOTED = r'"(?:[^"\\]|\\.)*"'
_PATH = rf"(?:{_QUOTED}|\[(?:\d+|{_QUOTED})\]|[^\s\"=!<>~\[\]])+"

OPERATORS = ("=", "!=", "<", "<=", ">", ">=", "~", "!~")

#: The group that stands for the timestamp, and is not counted unless ``--by`` names it.
TIME = "time"
VALUE = "value"


class Choice(NamedTuple):
    """What to take out of each line."""

    #: The pattern's name, its expression when it has none, or "line" for whole lines.
    name: str
    #: None for whole lines.
    pattern: Pattern | None
    compiled: Compiled | Shaped | None
    by: tuple[str, ...]
    where: tuple[Condition, ...]
    sum: str | None
    #: The group whose numbers are described. Where nothing is said of ``by``, none is counted then.
    numbers: str | None = None
    #: The group that holds the time; None for none.
    time: str | None = None
    #: What the first header calls the columns, where lines with ``#`` do.
    columns: tuple[str, ...] = ()
    #: How addresses are put together, for each group of ``by``; () where none are.
    rollups: tuple[Rollup | None, ...] = ()
    #: Which groups tell what a value did; None where nobody wants to know.
    roles: Roles | None = None

    @property
    def taken(self) -> tuple[str, ...]:
        """The groups of ``by`` as the core takes them, without what is said about addresses."""
        if not self.rollups:
            return self.by
        return tuple(
            name if found is None else name.removesuffix(found.suffix)
            for name, found in zip(self.by, self.rollups, strict=True)
        )


class Asked(NamedTuple):
    """What was asked for of each line."""

    by: tuple[str, ...] = ()
    where: tuple[Condition, ...] = ()
    sum: str | None = None
    numbers: str | None = None
    time_field: str | None = None

    def names(self) -> tuple[str, ...]:
        """All groups that it names."""
        named = (*map(group_of, self.by), *(group for group, _, _ in self.where))
        return (*named, *filter(None, (self.sum, self.numbers, self.time_field)))


def find(text: str) -> Pattern | None:
    """The pattern that ``-p text`` asks for; None for whole lines.

    A known name is a name; a text that could be a name and is not known is an error, since a
    regular expression without any sign of one has no group to count; all else is an expression.

    Raises:
        UnknownPattern: no pattern has this name.
        LibraryError: the user's file cannot be read.
    """
    if text == WHOLE_LINES:
        return None
    from streamstats.patterns.user import is_name  # whole lines need no library

    if not is_name(text):
        return Pattern(name=text, regex=text)
    return named(text)


def named(name: str) -> Pattern:
    """The pattern of the library or of the user's own that is called ``name``.

    Raises:
        UnknownPattern: there is none; it names the nearest.
        LibraryError: the user's file cannot be read.
    """
    from streamstats.patterns import known

    pattern = known.named(name)
    if pattern is None:
        names = [each.name for each in known.outlines()]
        raise UnknownPattern(name, _nearest(name, [*names, WHOLE_LINES]))
    return pattern


def choose(
    pattern: Pattern | None,
    by: Sequence[str] = (),
    where: Iterable[str | Condition] = (),
    sum: str | None = None,
    numbers: str | None = None,
    *,
    time_field: str | None = None,
) -> Choice:
    """Compile ``pattern`` (None: whole lines) and settle which of its groups are taken.

    What is counted is ``by``, else nothing where ``numbers`` are described, else the pattern's
    default, else the group ``value``, else the only group beside ``time``. Of a pattern with a
    shape ``shaped.choose_shaped`` chooses.

    Raises:
        PatternError: it does not compile.
        UnknownGroup: it has not a group that is asked for.
        ConditionError: a condition cannot be read.
        UsageError: nothing says which group is counted.
    """
    compiled: Compiled | None = None
    title = _title(pattern)
    if pattern is None:
        name, groups = WHOLE_LINES, [WHOLE_LINES]
    elif pattern.shape:
        from streamstats.patterns.compile import compile_shape

        # Nothing is known of its lines here: this is for those who show the pattern itself.
        shape = compile_shape(pattern.shape)
        return Choice(pattern.name, pattern, shape, tuple(by) or pattern.default[:1], (), None)
    else:
        from streamstats.patterns.compile import compile_regex  # whole lines need no expression

        name = pattern.name
        compiled = compile_regex(pattern.regex, "" if pattern.origin == GIVEN else title)
        groups = compiled.groups
    counted = tuple(by)
    if not counted and not numbers:
        counted = _counted(pattern, groups, title)
    conditions = tuple(condition(item) if isinstance(item, str) else item for item in where)
    rollups = rolled_up(counted)
    named = (*map(group_of, counted), *(item[0] for item in conditions))
    for group in (*named, *filter(None, (sum, numbers, time_field))):
        if group not in groups:
            if group in counted and group.rpartition("/")[0] in groups:
                raise no_prefix(group)
            raise UnknownGroup(group, groups, name)
    time = time_field or (TIME if TIME in groups else None)
    return Choice(name, pattern, compiled, counted, conditions, sum, numbers, time, rollups=rollups)


def rolled_up(by: Sequence[str]) -> tuple[Rollup | None, ...]:
    """How addresses are put together, for each group; () where none are.

    Raises:
        UsageError: addresses have not so many bits.
    """
    found = tuple(rollup(name) if "/" in name else None for name in by)
    return found if any(found) else ()


def condition(text: str) -> Condition:
    """Read ``GROUP OP VALUE``, the form of ``--where``.

    Blanks around the operator and at both ends do not count; a value in double quotes is taken as
    it stands between them.

    Raises:
        ConditionError: it has no group or no operator.
        PatternError: the expression after ``~`` does not compile.
    """
    import re

    found = re.fullmatch(rf"\s*({_PATH})\s*(!=|!~|<=|>=|==?|<|>|~)\s*(.*?)\s*", text, re.DOTALL)
    if not found:
        raise ConditionError(text, _unreadable(text))
    group, operator, value = found.groups()
    if len(value) >= 2 and value[0] == value[-1] == '"':
        value = value[1:-1]
    operator = "=" if operator == "==" else operator
    if operator in ("~", "!~"):
        from streamstats.patterns.compile import compile_regex

        compile_regex(value, f"the condition '{group} {operator}'")
    return group, operator, value


def _counted(pattern: Pattern | None, groups: Sequence[str], title: str) -> tuple[str, ...]:
    if pattern is not None and pattern.default:
        return pattern.default
    if VALUE in groups:
        return (VALUE,)
    candidates = [group for group in groups if group != TIME]
    if len(candidates) == 1:
        return (candidates[0],)
    if candidates:
        listed = ", ".join(candidates)
        raise UsageError(
            f"{title} does not say which group to count: it has {listed}",
            f"add --by {candidates[0]}, or call one (?P<value>...)",
        )
    beside = f" beside '{TIME}'" if groups else ""
    raise UsageError(
        f"{title} has no group{beside} to count",
        "put (?P<value>...) around the part to count",
    )


def _title(pattern: Pattern | None) -> str:
    if pattern is None or pattern.origin == GIVEN:
        return "the pattern"
    return f"pattern '{pattern.name}'"


def _nearest(name: str, names: Sequence[str]) -> list[str]:
    import difflib  # only an error needs it

    lower = {known.lower(): known for known in names}
    close = difflib.get_close_matches(name.lower(), lower, 3, 0.6)
    # "apache" is not near "apache_error" in letters, and yet it is what is meant.
    close += [low for low in lower if name.lower() in low and low not in close]
    return [lower[low] for low in close[:3]]


def _unreadable(condition: str) -> str:
    if any(sign in condition for sign in "=<>~"):
        return "the name of a group has to stand before the operator"
    return "there is no operator in it"
