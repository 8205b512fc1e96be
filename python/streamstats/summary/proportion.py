"""How far the share of a sample can be from the share of all."""

from __future__ import annotations

import math

Z95 = 1.959963984540054
"""The standard normal distribution has 95 in 100 of its mass within so much of its mean."""


def wilson(count: int, total: int) -> tuple[float, float]:
    """Between which shares the true one lies, 95 times in 100: Wilson's score interval.

    ``count`` of ``total`` records drawn at random and each as likely as any other have a value. The
    interval is ``(p + z²/2n ± z √(p(1-p)/n + z²/4n²)) / (1 + z²/n)``, within 0 and 1 also for
    shares of none and of all. E. B. Wilson, Probable inference, the law of succession, and
    statistical inference, JASA 22 (1927). That rows are drawn without putting them back makes
    the true interval a little narrower.
    """
    if total <= 0:
        return 0.0, 1.0
    share = count / total
    z2 = Z95 * Z95 / total
    middle = share + z2 / 2
    spread = Z95 * math.sqrt(share * (1 - share) / total + z2 / (4 * total))
    low, high = (middle - spread) / (1 + z2), (middle + spread) / (1 + z2)
    # Rounding aside, none and all are ends of their intervals.
    return (0.0 if count == 0 else low), (1.0 if count == total else high)
