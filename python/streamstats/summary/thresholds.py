"""Where evidence begins: all numbers that a verdict rests on, in one place, with their sources.

They are round and general. None was fitted to a log; docs/verdicts.md shows what they give on logs
with labels, each of them left out in turn.
"""

from __future__ import annotations

from typing import NamedTuple


class Thresholds(NamedTuple):
    """Where evidence begins."""

    records: int = 5
    """Fewer are too little data, unless what they show is an attack whatever its number."""
    values: int = 10
    """With fewer values in a log nobody can be compared with them."""
    probe_keys: int = 5
    """Distinct failing keys in ten minutes: the best single sign on 13 labelled logs."""
    fails: int = 5
    """Failures before their share is looked at. fail2ban bans at 5 as well (``maxretry``)."""
    fails_keys: int = 3
    """Distinct failing keys of requests before failing and bursting are hostile together: a broken
    client asks for one or two missing files over and over. Of logins one account is enough."""
    level: float = 0.99
    """Of the interval around a share of failures."""
    fails_times: float = 2.0
    """The lower bound is above so many times the population's share,"""
    fails_more: float = 0.1
    """and above it by this. Benign traffic is spread 8 to 16 times wider than a binomial on five
    real logs, so a small p alone says nothing."""
    q: float = 0.01
    """Benjamini-Hochberg; not a promise of how many are false, since the lines of a value are not
    independent."""
    z: float = 3.5
    """Modified z-score: Iglewicz and Hoaglin (1993) call what is further out potential outliers."""
    burst: int = 10
    """Records in a minute before they are a burst."""
    volume: int = 10
    """Records before they are many, however few others have."""
    breadth: int = 10
    """Distinct keys per active minute before they are many."""
    repetition: int = 10
    """Records of one key before it is repeated."""
    repetition_share: float = 0.5
    """The part of a value's records that its top key has when it is repeated."""
    logins: int = 5
    """Failed logins without a good one that are guessing, whoever else fails."""
    gaps: int = 20
    """Pauses before their regularity is worth a word,"""
    regular: float = 0.1
    """and the coefficient of variation below which they are regular."""
    most_fail: float = 0.5
    """When a larger part of the values fails more often than not, comparing with them is turned
    upside down."""
    scripts: int = 2
    """Distinct missing scripts, asked for by somebody who got nothing else, that are unusual."""


THRESHOLDS = Thresholds()
"""Those that are used when nobody says otherwise."""
