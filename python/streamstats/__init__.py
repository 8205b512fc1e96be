"""Count what is in a log: who, how often, and what stands out.

    >>> import streamstats
    >>> tally = streamstats.count("access.log", "combined")
    >>> for row in tally.top(3):
    ...     print(row.value.decode(), row.count)

``count`` makes a ``Tally``; ``Tally.summary()`` has the statistics. Errors are those of
``streamstats.errors``, below ``StreamstatsError``.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from streamstats.engines.call import count
    from streamstats.engines.diff import diff
    from streamstats.engines.verdicts import explain, suspects
    from streamstats.errors import StreamstatsError
    from streamstats.summary.change import Change, Compared, Diff
    from streamstats.summary.explained import Explanation, Explanations, Suspect, Suspects
    from streamstats.summary.model import Row, SourceFacts, Stats, Summary
    from streamstats.tally import Tally

__all__ = [
    "Change",
    "Compared",
    "Diff",
    "Explanation",
    "Explanations",
    "Row",
    "SourceFacts",
    "Stats",
    "StreamstatsError",
    "Summary",
    "Suspect",
    "Suspects",
    "Tally",
    "count",
    "diff",
    "explain",
    "suspects",
]

_HOMES = {
    "count": "streamstats.engines.call",
    "diff": "streamstats.engines.diff",
    "explain": "streamstats.engines.verdicts",
    "suspects": "streamstats.engines.verdicts",
    "Explanation": "streamstats.summary.explained",
    "Explanations": "streamstats.summary.explained",
    "Suspect": "streamstats.summary.explained",
    "Suspects": "streamstats.summary.explained",
    "Change": "streamstats.summary.change",
    "Compared": "streamstats.summary.change",
    "Diff": "streamstats.summary.change",
    "StreamstatsError": "streamstats.errors",
    "Row": "streamstats.summary.model",
    "SourceFacts": "streamstats.summary.model",
    "Stats": "streamstats.summary.model",
    "Summary": "streamstats.summary.model",
    "Tally": "streamstats.tally",
}


def __getattr__(name: str) -> object:
    # The command imports this package too, and starts sooner when nothing comes along.
    if name not in _HOMES:
        raise AttributeError(f"module 'streamstats' has no attribute '{name}'")
    from importlib import import_module

    value = getattr(import_module(_HOMES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return __all__
