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

SOME_KEYS = Keys(patient=False)


def chain(strategy: str | None, *, filtered: bool, forced: bool) -> list[Strategy]:
    """The strategies to try, one after another.

    Where everything is wanted, random keys: they are uniform. Under a filter the same, if it keeps
    so many rows that no more have to be looked up than other strategies read; then what spreads
    over the rows that pass it, before what reads many others in vain.
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
    found = [STRATEGIES[name] for name in names]
    return [SOME_KEYS, *found] if filtered else found
