"""What is said of a sample: how it was drawn, what that cost, and what it is worth."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from streamstats.render.colour import BOLD, DIM, paint
from streamstats.render.escape import shown_name
from streamstats.render.look import Look
from streamstats.render.numbers import plural
from streamstats.summary.model import Row, SampleFacts, Summary


def head(facts: SampleFacts, look: Look) -> Iterator[str]:
    """Three lines, and an empty one."""
    for at, line in enumerate(sentences(facts, look)):
        yield paint(line, DIM if at else BOLD, look.colour) + "\n"
    yield "\n"


def sentences(facts: SampleFacts, look: Look) -> list[str]:
    """What was drawn, how and at what cost, and what it is worth."""
    ascii = not look.unicode
    table = shown_name(facts.table, True, ascii)
    where = f" where {shown_name(facts.where, True, ascii)}" if facts.where else ""
    many = facts.table_rows
    rows = "nobody knows how many" if many is None else f"about {many:,}"
    first = f"{plural(facts.drawn, 'row')} of {rows} in {table}{where}, by {facts.strategy}"
    if facts.complete:
        passing = " that pass the filter" if facts.where else ""
        which = "the only row" if facts.drawn == 1 else f"all {plural(facts.drawn, 'row')}"
        first = f"{which} of {table}{where}, by {facts.strategy}"
        worth = f"not a sample: there are no other rows{passing}"
    elif facts.uniform:
        worth = "uniform: each row was as likely as any other; 95% intervals of shares are Wilson's"
    else:
        worth = (
            "not uniform: some rows were likelier than others, so shares have no interval; only "
            "random keys and BERNOULLI are even"
        )
    return [first, f"{shown_name(facts.how, True, ascii)}; {cost(facts)}", worth]


def cost(facts: SampleFacts) -> str:
    """How many rows the server read."""
    if facts.cached:
        return "from the cache, the database was not asked"
    exactly = "" if facts.exact else "at most "
    return f"the server examined {exactly}{plural(facts.examined, 'row')}"


def interval(summary: Summary, row: Row, ascii: bool) -> str:
    """The interval of a share: ``12.1–18.3%``."""
    low, high = summary.interval(row)
    return f"{low:.1%}"[:-1] + ("-" if ascii else "–") + f"{high:.1%}"


def json_members(facts: SampleFacts, text: Callable[[str], str]) -> str:
    """What is inside the object of JSON."""

    def name(told: str) -> str:
        return text(shown_name(told, False))

    rows = "null" if facts.table_rows is None else str(facts.table_rows)
    flags = {
        "uniform": facts.uniform,
        "complete": facts.complete,
        "examined_exact": facts.exact,
        "cached": facts.cached,
    }
    parts = [
        f'"table": {name(facts.table)}, "where": {name(facts.where)}',
        f'"strategy": {name(facts.strategy)}, "how": {name(facts.how)}',
        f'"rows": {facts.drawn}, "table_rows": {rows}, "examined": {facts.examined}',
        *(f'"{flag}": {"true" if held else "false"}' for flag, held in flags.items()),
    ]
    return ", ".join(parts)
