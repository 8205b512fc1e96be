"""Draws rows: what is known of the table, which ways there are, and the first that is cheap."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from random import Random
from typing import TYPE_CHECKING, Any, NamedTuple

from streamstats.errors import ConditionError, PlanRefused, UsageError
from streamstats.sources.database.advice import create_index
from streamstats.sources.database.cache import Cache, no_cache
from streamstats.sources.database.candidates import candidates
from streamstats.sources.database.connect import Misread
from streamstats.sources.database.know import column, know
from streamstats.sources.database.prepared import Prepared, prepared
from streamstats.sources.database.query import Query
from streamstats.sources.database.sample import Examined, Planned, Sample
from streamstats.sources.database.scope import Scope
from streamstats.sources.database.session import Session
from streamstats.sources.database.strategies import SOME_KEYS, STRATEGIES, chain
from streamstats.sources.database.strategies.base import Drawing, Drawn, Refused, Unsuitable
from streamstats.sources.database.table import Column, Index, Table
from streamstats.sources.database.url import of_engine
from streamstats.sources.database.values import contradiction, converted
from streamstats.sources.database.verdict import bound, refusal
from streamstats.sources.database.where import HINT, IS_NOT_NULL, IS_NULL, parse_all

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.engine import Engine

    from streamstats.sources.database.plans.model import Plan
    from streamstats.sources.database.session import Rows
    from streamstats.sources.database.strategies.base import Option, Strategy
    from streamstats.sources.database.url import Address

_ALONG = ("order", "offset", "range")
"""Strategies that read along an index which answers the filter."""

METHODS = ("bernoulli", "system")


class Wish(NamedTuple):
    """What is wanted, and what it may cost."""

    table: str
    n: int
    columns: tuple[str, ...] = ()
    """() for all."""
    where: tuple[str, ...] = ()
    where_sql: str | None = None
    strategy: str | None = None
    overfetch: int = 5
    max_offset: int = 2000
    max_examined: int = 10_000
    timeout: float = 2.0
    method: str = "bernoulli"
    force: bool = False
    variety: int = 16
    seed: int | None = None


def random_rows(
    engine: Engine,
    table: str,
    n: int,
    *,
    columns: Sequence[str] = (),
    where: str | Sequence[str] = (),
    where_sql: str | None = None,
    strategy: str | None = None,
    overfetch: int = 5,
    max_offset: int = 2000,
    max_examined: int = 10_000,
    timeout: float = 2.0,
    method: str = "bernoulli",
    force: bool = False,
    cache: Cache | None = None,
    variety: int = 16,
    seed: int | None = None,
) -> Sample:
    """Draw ``n`` rows of a table at random, as cheaply as its indexes allow.

    ``table`` may be ``schema.table``. ``columns`` are all where none is named. ``where`` holds
    comparisons joined by AND (``"in_stock = 1 AND frame = 'steel'"``), parsed and bound; all of
    several must hold. ``where_sql`` is raw SQL that is pasted as it stands. ``strategy`` is one of
    ``order``, ``offset``, ``range``, ``keys``, ``tablesample`` and ``full``; None takes what suits.

    Every query is explained first, and not run where its plan scans, sorts, or reads more than
    ``max_examined`` rows, unless ``force``. Statements only read, and take ``timeout`` seconds at
    most each. ``overfetch`` times ``n`` rows are read to pick of; ``max_offset`` bounds offsets.
    With a ``cache`` (``streamstats.sources.database.open_cache``) points and offsets are drawn from
    ``variety`` sets, so that draws repeat and the cache answers. ``seed`` makes a draw repeatable.

    Raises:
        UnknownTable, UnknownColumn: there is none; the nearest are named.
        ConditionError: ``where`` cannot be read, or compares with what the column cannot hold.
        UsageError: a strategy or a number that cannot be.
        PlanRefused: no way of drawing is cheap; nothing was read.
        SourceError: the database is away, refuses, or took too long. The connection is closed.
    """
    wish = Wish(
        table,
        n,
        tuple(columns),
        (where,) if isinstance(where, str) else tuple(where),
        where_sql,
        strategy,
        overfetch,
        max_offset,
        max_examined,
        timeout,
        method,
        force,
        variety,
        seed,
    )
    return draw(engine, of_engine(engine.url), wish, cache or no_cache())


def draw(engine: Engine, address: Address, wish: Wish, cache: Cache) -> Sample:
    """As ``random_rows``, at an address. Raises as that does."""
    with Session(engine, address, wish.timeout) as session, _filter(wish):
        return _Draw(session, wish, cache).sample()


class Explained(NamedTuple):
    """One way of drawing, its queries and their plans; nothing of it was run."""

    strategy: str
    way: str
    """Along which index, or why the strategy does not suit."""
    plans: tuple[Planned, ...]
    refused: str | None
    """Why it would not be run; None where it would."""


class Outline(NamedTuple):
    """What ``--explain`` shows."""

    table: Table
    where: str
    ways: tuple[Explained, ...]
    index: str | None  # type: ignore[assignment]  # hides tuple.index: it is the word
    """The CREATE INDEX that would help, where no way is cheap that reads along an index."""
    notes: tuple[str, ...]

    @property
    def indexes(self) -> list[str]:
        """Each with its columns."""
        return [
            f"{'primary key' if index.primary else index.name} ({', '.join(index.columns)})"
            for index in self.table.indexes
        ]


def outline(engine: Engine, address: Address, wish: Wish) -> Outline:
    """All ways, with their plans and costs. Nothing but EXPLAIN is run. Raises as ``draw`` does."""
    with Session(engine, address, wish.timeout) as session, _filter(wish):
        return _Draw(session, wish, no_cache()).outline()


@contextmanager
def _filter(wish: Wish) -> Iterator[None]:
    """What the database finds wrong with the filter is wrong use, not a database that is away."""
    try:
        yield
    except Misread as error:
        if wish.where_sql is not None:
            hint = "--where-sql takes a condition in the SQL of this very database"
            raise ConditionError(wish.where_sql, error.reason, hint) from None
        raise ConditionError(" AND ".join(wish.where), error.reason, HINT) from None


class _Draw:
    """One draw."""

    def __init__(self, session: Session, wish: Wish, cache: Cache) -> None:
        _check(wish)
        self.session = session
        self.wish = wish
        self.cache = cache
        self.dice = Random(wish.seed)
        self.planned: list[Planned] = []
        self.state: str | None = None
        self.places = 0
        self.passing: dict[tuple[str, str], tuple[int | None]] = {}
        self.rows = 0
        """What the limits of all queries that were run add up to."""
        conditions = parse_all(text for text in wish.where if text.strip())
        table = self._table()
        # Said twice it is one: what an index answers once it would be held against again.
        settled = tuple(
            dict.fromkeys(
                condition._replace(column=column(table, condition.column).name)
                for condition in conditions
            )
        )
        for condition in settled:
            if condition.operator not in (IS_NULL, IS_NOT_NULL):
                converted(column(table, condition.column), condition, session.server)
        self.contradiction = contradiction(table, settled, session.server)
        asked = (column(table, name).name for name in wish.columns)
        names = tuple(dict.fromkeys(asked)) or table.visible
        self.scope = Scope(
            *(table, names, settled, wish.where_sql),
            *(session.server, session.engine.dialect),
        )
        n = min(wish.n, wish.max_examined)
        self.drawing = Drawing(
            scope=self.scope,
            candidates=candidates(table, settled),
            n=n,
            overfetch=max(1, min(wish.overfetch, wish.max_examined // n)),
            max_offset=wish.max_offset,
            max_examined=wish.max_examined,
            method=wish.method,
            forced=wish.force,
            dice=self.dice,
            place=self._place,
            fetch=self._fetch,
            passing=self._passing,
        )

    def sample(self) -> Sample:
        """The first way that suits and is cheap. Raises PlanRefused."""
        if self.contradiction is not None:
            both = " and ".join(map(str, self.contradiction))
            return self._sample("none", Drawn([], f"{both} cannot both hold", True, True))
        tried: list[tuple[str, str]] = []
        for strategy in self._chain():
            try:
                options = strategy.options(self.drawing)
            except Unsuitable as error:
                if strategy is not SOME_KEYS:
                    tried.append((strategy.name, str(error)))
                continue
            self.dice.shuffle(options)
            for option in options:
                try:
                    drawn = strategy.draw(self.drawing, option)
                except Unsuitable as error:
                    if strategy is SOME_KEYS:
                        continue  # it comes again, with patience
                    way = f"along {option}: " if option.candidate is not None else ""
                    tried.append((strategy.name, f"{way}{error}"))
                    continue
                return self._sample(strategy.name, drawn)
        raise self._refused(tried)

    def _sample(self, strategy: str, drawn: Drawn) -> Sample:
        read = drawn.rows
        return Sample(
            rows=self.dice.sample(read, min(self.drawing.n, len(read))),
            columns=self.scope.columns,
            table=self.scope.table.title,
            where=self.scope.where,
            strategy=strategy,
            how=drawn.how,
            # Some of all there are, picked here, are as even as can be.
            uniform=drawn.uniform or drawn.complete,
            complete=drawn.complete and len(read) <= self.drawing.n,
            table_rows=self.scope.table.rows,
            plan=self.planned,
            cost=self._examined(len(read)),
            cached=not self.session.opened,
            notes=(*drawn.notes, *self._notes()),
        )

    def _examined(self, read: int) -> Examined:
        counted = self.session.examined()
        # Of some tables, such as its own catalogue, a server counts nothing.
        if counted is None or (read and self.rows and not counted):
            return Examined(self.rows, False)
        return Examined(counted, True)

    def outline(self) -> Outline:
        """Every way of every strategy."""
        ways: list[Explained] = []
        for strategy in self._strategies():
            try:
                options = strategy.options(self.drawing)
            except Unsuitable as error:
                ways.append(Explained(strategy.name, str(error), (), str(error)))
                continue
            ways += [self._explained(strategy, option) for option in options]
        along = [way for way in ways if way.refused is None and way.strategy in _ALONG]
        index = None if along else create_index(self.scope, self.session.engine.dialect)
        return Outline(self.scope.table, self.scope.where, tuple(ways), index, self._notes())

    def _explained(self, strategy: Strategy, option: Option) -> Explained:
        plans: list[Planned] = []
        refused: str | None = None
        try:
            for query in strategy.outline(self.drawing, option):
                ready = prepared(query.statement, self.session.engine.dialect)
                self.session.steer(query.steered)
                plan = self.session.plan(ready)
                plans.append(self._planned(ready, plan, bound(query, plan)))
                refused = refused or refusal(query, plan, self.wish.max_examined)
        except Unsuitable as error:
            refused = str(error)
        return Explained(strategy.name, str(option), tuple(plans), refused)

    def _strategies(self) -> list[Strategy]:
        asked = self.wish.strategy
        return [STRATEGIES[asked]] if asked is not None else list(STRATEGIES.values())

    def _chain(self) -> list[Strategy]:
        wish = self.wish
        return chain(wish.strategy, filtered=self.scope.filtered, forced=wish.force)

    def _table(self) -> Table:
        """From the cache where it is there: a draw that is there too then opens no connection."""
        parts = ("table", self.session.address.identity, self.wish.table)
        found = self.cache.get(*parts)
        if found is not None:
            return _restored(found)
        table = know(self.session, self.wish.table)
        self.cache.set(table, *parts)
        return table

    def _place(self) -> Random:
        """Of a bounded number of states while there is a cache; others when what it holds ends.

        One state for all that is drawn along the way: each with a number of its own would make a
        power of their number out of it, and no draw would ever repeat.
        """
        if not self.cache.used:
            return self.dice
        if self.state is None:
            now = int(time.time() // self.cache.seconds)
            self.state = f"{now} {self.dice.randrange(self.wish.variety)}"
        self.places += 1
        return Random(f"{self.state} {self.places}")

    def _fetch(self, query: Query) -> Rows:
        ready = prepared(query.statement, self.session.engine.dialect)
        parts = ("rows", self.session.address.identity, ready.sql, ready.values)
        found = self.cache.get(*parts) if query.kept else None
        if found is not None:
            return [tuple(row) for row in found]
        self.session.steer(query.steered)
        plan = self.session.plan(ready)
        most = bound(query, plan)
        planned = self._planned(ready, plan, most)
        reason = refusal(query, plan, self.wish.max_examined)
        if reason is not None and not (self.wish.force and plan.possible):
            raise Refused(reason)
        self.planned.append(planned)
        self.session.count()
        rows = self.session.rows(ready)
        self.rows += most if most is not None else self.scope.table.rows or 0
        if query.kept:
            self.cache.set(rows, *parts)
        return rows

    def _passing(self, query: Query) -> int | None:
        ready = prepared(query.statement, self.session.engine.dialect)
        known = self.passing.get((ready.sql, str(ready.values)))
        if known is not None:
            return known[0]
        parts = ("passing", self.session.address.identity, ready.sql, ready.values)
        found = self.cache.get(*parts)
        if found is None:
            found = [self.session.plan(ready).passing]
            self.cache.set(found, *parts)
        count: int | None = found[0]
        self.passing[ready.sql, str(ready.values)] = (count,)
        return count

    def _planned(self, query: Prepared, plan: Plan, most: int | None) -> Planned:
        return Planned(query.shown, str(plan), plan.cost, most)

    def _notes(self) -> tuple[str, ...]:
        notes = []
        if self.wish.where_sql is not None:
            notes.append("--where-sql is run as it was given: nothing in it is checked or bound")
        if self.wish.force:
            notes.append("--force: plans were not held against any limit")
        if self.drawing.n < self.wish.n:
            notes.append(
                f"at most {self.drawing.n:,} rows can be drawn with --max-examined "
                f"{self.wish.max_examined:,}"
            )
        if self.cache.warning:
            notes.append(self.cache.warning)
        return tuple(notes)

    def _refused(self, tried: Sequence[tuple[str, str]]) -> PlanRefused:
        index = create_index(self.scope, self.session.engine.dialect)
        advice = []
        if self.scope.table.view:
            advice.append("sample the tables that it is made of")
        advice.append("--force runs it all the same, --explain shows all plans")
        return PlanRefused(self.scope.table.title, self._reasons(tried), index, advice)

    def _reasons(self, tried: Sequence[tuple[str, str]]) -> list[str]:
        """Each reason once, with the strategies that it holds for; what is best known first."""
        if self.wish.strategy is not None:
            return [reason for _, reason in tried]
        alike: dict[str, list[str]] = {}
        for name, reason in tried:
            # Nobody has asked for what there is not.
            if name != "tablesample" or self.scope.server.samples:
                alike.setdefault(reason, []).append(name)
        ordered = sorted(alike.items(), key=lambda item: -len(item[1]))
        return [f"{', '.join(names)}: {reason}" for reason, names in ordered]


def _check(wish: Wish) -> None:
    if wish.strategy is not None and wish.strategy not in STRATEGIES:
        names = ", ".join(STRATEGIES)
        raise UsageError(f"there is no strategy '{wish.strategy}'", f"there are {names}")
    if wish.method not in METHODS:
        raise UsageError(f"there is no method '{wish.method}'", f"there are {', '.join(METHODS)}")
    for name, value, least in (
        ("the number of rows", wish.n, 1),
        ("overfetch", wish.overfetch, 1),
        ("max_offset", wish.max_offset, 0),
        ("max_examined", wish.max_examined, 1),
        ("variety", wish.variety, 1),
    ):
        if value < least:
            raise UsageError(f"{name} is at least {least}, not {value}")
    if not wish.timeout > 0:
        raise UsageError("a time limit is longer than nothing")


def _restored(found: Any) -> Table:
    name, schema, columns, indexes, rows, pages, view = found
    return Table(
        name,
        schema,
        tuple(Column(*each) for each in columns),
        tuple(
            Index(known, tuple(own), unique, primary, tuple(implied), whole)
            for known, own, unique, primary, implied, whole in indexes
        ),
        rows,
        pages,
        view,
    )
