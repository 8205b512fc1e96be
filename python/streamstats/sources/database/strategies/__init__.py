"""The ways of drawing rows, each a class behind one interface."""

from __future__ import annotations

from streamstats.sources.database.strategies.base import Strategy
from streamstats.sources.database.strategies.full import Full
from streamstats.sources.database.strategies.keys import Keys
from streamstats.sources.database.strategies.offset import Offset
from streamstats.sources.database.strategies.order import Order
from streamstats.sources.database.strategies.spread import Range
from streamstats.sources.database.strategies.tablesample import TableSample

STRATEGIES: dict[str, Strategy] = {
    each.name: each for each in (Order(), Offset(), Range(), Keys(), TableSample(), Full())
}


def chain(strategy: str | None, *, filtered: bool, forced: bool) -> list[Strategy]:
    """The strategies to try, one after another.

    Where everything is wanted, random keys: they are uniform. Under a filter what spreads over the
    rows that pass it, before what reads others in vain.
    """
    if strategy == "range":
        # Of a dense integer key random keys are the cheapest points there are.
        return [STRATEGIES["keys"], STRATEGIES["range"]] if not filtered else [STRATEGIES["range"]]
    if strategy is not None:
        return [STRATEGIES[strategy]]
    names = ["range", "offset", "order", "keys", "tablesample"]
    if not filtered:
        names = ["keys", "range", "offset", "order", "tablesample"]
    if forced:
        names.append("full")
    return [STRATEGIES[name] for name in names]
