"""Whether the plan of a query is cheap enough to run it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from streamstats.sources.database.plans.model import Plan, Step
    from streamstats.sources.database.query import Query


def bound(query: Query, plan: Plan) -> int | None:
    """How many rows it reads at most; None where nothing says."""
    if plan.full is not None or plan.sort or query.most is None:
        return plan.rows
    if query.limited or plan.rows is None:
        # What the planner thinks is no limit.
        return query.most
    return max(plan.rows, query.most)


def refusal(query: Query, plan: Plan, max_examined: int) -> str | None:
    """Why it is not run; None where it may be.

    A plan without a scan, a sort and a filter on the way reads what the limit of the query says,
    whatever the planner estimates: it cannot know how soon a limit ends it.
    """
    if not plan.known:
        return "no plan of this database can be read here, so nobody knows what the query costs"
    if not plan.possible:
        return "the database finds no way along the index"
    full = plan.full
    if full is not None:
        about = f" of about {full.rows:,} rows" if full.rows is not None else ""
        return f"the plan has a full scan of {full.table}{about}"
    if plan.sort:
        return f"the plan sorts: {plan.sort}"
    dear = _in_vain(query, plan)
    if dear is not None:
        return dear
    most = bound(query, plan)
    if most is None:
        return "nothing says how many rows the query reads"
    if most > max_examined:
        return f"it reads up to {most:,} rows, more than the {max_examined:,} of --max-examined"
    return None


def _in_vain(query: Query, plan: Plan) -> str | None:
    """Rows would be read and let go, and no limit counts those."""
    if query.sampled:
        return None
    if query.lookup:
        other = next(
            (
                step
                for step in plan.steps
                if step.index not in query.lookup and not _finds(step, query.by)
            ),
            None,
        )
        along = f"along {other.index}" if other is not None and other.index else "otherwise"
        return f"the plan reads {along}, not by the key" if other is not None else None
    if query.most is None:
        return "it reads rows until enough have passed the filter, however many that takes"
    for step in plan.steps:
        looked_up = step.terms is None or all(f"{name}=?" in step.terms for name in query.fixed)
        if step.index in query.free and not (step.walk or step.filtered or step.gathered):
            continue
        if step.gathered:
            along = f" along {step.index}" if step.index else ""
            return f"the plan gathers all that is found{along} before it gives any"
        # SQLite does not tell what it lets go, but what it looks up.
        unseen = query.where and step.walk and step.terms is not None
        if step.filtered or unseen or (query.fixed and step.walk) or not looked_up:
            along = f" along {step.index}" if step.index else ""
            return f"the plan filters as it reads{along}, and no limit counts what it lets go"
    return None


def _finds(step: Step, column: str | None) -> bool:
    """Whether PostgreSQL says that it looks up values of a column."""
    if step.found is None or column is None:
        return False
    names = (column, '"' + column.replace('"', '""') + '"')
    return any(step.found.startswith(f"({name} = ") for name in names)
