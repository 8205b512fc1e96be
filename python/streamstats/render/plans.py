"""What ``streamstats sample --explain`` shows: every way of drawing, with its plan and its cost."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from streamstats.render.colour import BOLD, DIM, paint
from streamstats.render.escape import shown_name
from streamstats.render.look import Look
from streamstats.render.numbers import number, plural
from streamstats.render.structured import SCHEMA, json_number, texts


class Step(NamedTuple):
    """One query of a way."""

    sql: str
    plan: str
    cost: float | None
    most: int | None
    """How many rows it reads at most, where that is known."""


class Way(NamedTuple):
    """One way of drawing."""

    strategy: str
    along: str
    steps: Sequence[Step]
    refused: str | None
    """Why it would not be run; None where it would."""


class Plans(NamedTuple):
    """All of them."""

    table: str
    rows: int | None
    where: str
    indexes: Sequence[str]
    ways: Sequence[Way]
    index: str | None  # type: ignore[assignment]  # hides tuple.index: it is the word
    """A statement that makes an index which would help."""


def render_plans(page: Plans, look: Look) -> Iterator[str]:
    """For people: the table, its indexes, and a block for each way."""
    ascii = not look.unicode

    def name(text: str) -> str:
        return shown_name(text, True, ascii)

    rows = "an unknown number of rows" if page.rows is None else f"about {plural(page.rows, 'row')}"
    where = f" where {name(page.where)}" if page.where else ""
    yield paint(f"{name(page.table)}{where}: {rows}", BOLD, look.colour) + "\n"
    for index in page.indexes:
        yield f"  {name(index)}\n"
    for way in page.ways:
        yield "\n"
        good = way.refused is None
        said = "would run" if good else "refused"
        if not way.steps:
            yield f"{paint(way.strategy, BOLD, look.colour)}: {said}: {name(way.refused or '')}\n"
            continue
        yield f"{paint(way.strategy, BOLD, look.colour)} along {name(way.along)}: {said}\n"
        for step in way.steps:
            cost = "" if step.cost is None else f", cost {number(step.cost)}"
            most = "any number of rows"
            if step.most is not None:
                most = f"{plural(step.most, 'row')} at most"
            yield f"  {name(step.plan)}: {most}{cost}\n"
            yield paint(f"    {name(step.sql)}", DIM, look.colour) + "\n"
        if not good:
            yield f"  {name(way.refused or '')}\n"
    if page.index is not None:
        yield f"\nan index that would help: {name(page.index)}\n"


def render_plans_json(page: Plans, look: Look) -> Iterator[str]:
    """The same as one object."""
    encode = texts(look)

    def text(told: str) -> str:
        return encode(shown_name(told, False))

    rows = "null" if page.rows is None else str(page.rows)
    index = "null" if page.index is None else text(page.index)
    indexes = ", ".join(map(text, page.indexes))
    yield (
        f'{{"schema": {SCHEMA},\n "table": {text(page.table)}, "rows": {rows},'
        f' "where": {text(page.where)},\n "indexes": [{indexes}],\n "create_index": {index},\n'
        ' "ways": ['
    )
    before = "\n  "
    for way in page.ways:
        steps = ", ".join(_step(step, text) for step in way.steps)
        refused = "null" if way.refused is None else text(way.refused)
        yield (
            f'{before}{{"strategy": {text(way.strategy)}, "along": {text(way.along)},'
            f' "refused": {refused}, "queries": [{steps}]}}'
        )
        before = ",\n  "
    yield "]}\n"


def _step(step: Step, text: Callable[[str], str]) -> str:
    cost = "null" if step.cost is None else json_number(step.cost)
    most = "null" if step.most is None else str(step.most)
    return f'{{"sql": {text(step.sql)}, "plan": {text(step.plan)}, "cost": {cost}, "most": {most}}}'
