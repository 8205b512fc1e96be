"""What a value needs to have before its verdict can be above *nothing unusual*.

Judging takes some hundred microseconds, and most values of a log have nothing to judge. So whoever
collects is told the least figures that matter, and leaves the other values out. Nothing is lost by
it: a test holds that all that are left out would have had no verdict.
"""

from __future__ import annotations

import math
from typing import NamedTuple

from streamstats.summary.baseline import Baseline
from streamstats.summary.proportions import clopper_pearson

TYPE_CHECKING = False
if TYPE_CHECKING:
    from streamstats.summary.robust import Scale


class Least(NamedTuple):
    """One of these figures is enough for a value to be looked at; None where it does not matter."""

    records: int | None = None
    minute_peak: int | None = None
    second_peak: int | None = None
    trials: frozenset[tuple[int, int]] = frozenset()
    """Records and failures that a value has."""
    probe_keys: int | None = None
    repetition: int | None = None
    """Records with one key."""
    breadth: int | None = None
    """Distinct keys per active minute."""
    signatures: bool = True


def least(usual: Baseline) -> Least:
    """The least figures that matter beside this population."""
    limits = usual.thresholds
    # A burst takes ten records in the minute, whatever the second says.
    bursts = _least(usual.minute, limits.burst, limits.z)
    if usual.second is not None and usual.minute is not None:
        bursts = min(bursts or math.inf, max(limits.burst, usual.second.least(limits.z)))
    return Least(
        records=_whole(_least(usual.volume, limits.volume, limits.z)),
        minute_peak=_whole(bursts),
        trials=_trials(usual),
        probe_keys=limits.probe_keys,
        repetition=_whole(_least(usual.repetition, limits.repetition, limits.z)),
        # The core rounds to whole keys.
        breadth=_whole(_least(usual.breadth, limits.breadth, limits.z), rounded=True),
    )


def _least(scale: Scale | None, floor: float, z: float) -> float | None:
    return None if scale is None else max(floor, scale.least(z))


def _whole(number: float | None, *, rounded: bool = False) -> int | None:
    if number is None or math.isinf(number):
        return None
    # A hair lower, since a rounding error must not leave out who lies on the line.
    number *= 1 - 1e-9
    return max(1, math.floor(number + 0.5) if rounded else math.ceil(number))


def _trials(usual: Baseline) -> frozenset[tuple[int, int]]:
    """Records and failures with which a share of failures, or never succeeding, is evidence."""
    limits, share = usual.thresholds, usual.share
    line = max(limits.fails_times * share, share + limits.fails_more)
    logins = usual.population.kind == "logins"
    found = set()
    for n, k, _ in usual.population.trials:
        never = k == n and n >= (limits.logins if logins else limits.fails)
        if (never and (logins or not usual.inverted)) or (
            k >= limits.fails
            and not usual.inverted
            and k > n * line
            and clopper_pearson(k, n, limits.level).low > line
        ):
            found.add((n, k))
    return frozenset(found)
