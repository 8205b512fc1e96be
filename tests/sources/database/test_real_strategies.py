"""How rows are drawn: from SQLite, MariaDB and PostgreSQL with 500 thousand rows each."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from databases import IN_STOCK, ROWS, Database, chi_square, ids, make
from streamstats.errors import PlanRefused
from streamstats.sources.database import random_rows

# One process starts the servers, and all that need them run there.
pytestmark = pytest.mark.xdist_group("databases")


@pytest.mark.parametrize(
    ("strategy", "where", "used", "most"),
    [
        ("order", IN_STOCK, "order", 100),
        ("order", "", "order", 100),
        ("offset", IN_STOCK, "offset", 2100),
        # MariaDB reads the rows of a UNION once more, out of a table of its own.
        ("range", IN_STOCK, "range", 300),
        ("range", "in_stock = 0 AND date_available >= '2020-02-02'", "range", 300),
        ("range", "", "keys", 60),
        ("keys", "", "keys", 60),
        ("keys", "frame = 'steel'", "keys", 402),
        (None, "", "keys", 60),
        (None, IN_STOCK, "keys", 110),
        # Too few of the rows pass for random keys, and the planners of two servers know it.
        (None, "in_stock = 1 AND date_available < '2015-02-01'", "range", 420),
        (None, "frame = 'steel' AND in_stock != 1", "keys", 1602),
    ],
)
def test_strategies(
    database: Database, strategy: str | None, where: str, used: str, most: int
) -> None:
    sample = random_rows(database.engine, "bicycle", 20, strategy=strategy, where=where)
    assert sample.strategy == used
    assert len(set(ids(sample))) == 20
    assert sample.cost.rows <= most
    assert sample.cost.exact == (database.kind != "sqlite")
    assert sample.uniform == (used == "keys")
    assert 0.9 * ROWS <= (sample.table_rows or 0) <= 1.1 * ROWS
    for identity, frame, in_stock, day in sample.rows:
        assert frame == ("steel", "carbon", "aluminium", "titanium")[identity % 4]
        assert IN_STOCK not in where or in_stock == 1
        assert "<" not in where or str(day) < "2015-02-01"
        assert "frame" not in where or (frame, in_stock) == ("steel", in_stock)
        assert ">=" not in where or str(day) >= "2020-02-02"
    assert all(planned.most is not None for planned in sample.plan)


def test_max_examined_bounds_a_draw(database: Database) -> None:
    sample = random_rows(database.engine, "bicycle", 30, where=IN_STOCK, max_examined=60)
    assert len(sample) == 30
    # Two tries of 60 rows; MariaDB reads them once more, and looks for the end of each window.
    assert sample.cost.rows <= 2 * (60 * 2 + 30) + 2
    refused = {"strategy": "range", "where": IN_STOCK, "max_examined": 10}
    few = random_rows(database.engine, "bicycle", 30, **refused)  # type: ignore[arg-type]
    assert len(few) == 10
    assert any("at most 10 rows" in note for note in few.notes)


def test_random_keys_are_even(database: Database) -> None:
    """Chi-square over 20 slices of the table: beyond 43.8 one in a thousand even draws is."""
    slices: Counter[int] = Counter()
    for seed in range(12):
        sample = random_rows(database.engine, "bicycle", 200, strategy="keys", seed=seed)
        slices.update((identity - 1) * 20 // ROWS for identity in ids(sample))
    assert chi_square(slices, 20) < 43.8
    assert len(slices) == 20


def test_a_range_reaches_all_of_the_index(database: Database) -> None:
    years: Counter[str] = Counter()
    slices: Counter[int] = Counter()
    for seed in range(12):
        sample = random_rows(
            database.engine, "bicycle", 40, strategy="range", where=IN_STOCK, seed=seed
        )
        years.update(str(row[3])[:4] for row in sample.rows)
        slices.update((identity - 1) * 20 // ROWS for identity in ids(sample))
        # Of its indexes only those that end with the key have a place in the middle of a day.
        assert bool(sample.notes) == (database.kind == "postgresql")
    assert set(years) >= {str(year) for year in range(2015, 2024)}
    assert len(slices) == 20


def test_crowds_are_told_with_the_index_that_ends_them(postgresql: Database) -> None:
    """Many bicycles have the same day, and PostgreSQL's index has no order among them."""
    sample = random_rows(postgresql.engine, "bicycle", 20, strategy="range", where=IN_STOCK)
    (note,) = sample.notes
    found = re.match(r"about (\d+) rows share each date_available", note)
    assert found
    assert 60 <= int(found[1]) <= 110
    assert note.endswith(
        "CREATE INDEX bicycle_in_stock_date_available_id ON bicycle (in_stock, date_available, id)"
    )
    # N x overfetch x points are 2,000.
    assert sample.cost.rows <= 320
    make(
        postgresql,
        "CREATE TABLE keyed (id int PRIMARY KEY, in_stock int NOT NULL, date_available date)",
        "CREATE INDEX keyed_all ON keyed (in_stock, date_available, id)",
        "INSERT INTO keyed SELECT id, in_stock, date_available FROM bicycle WHERE id <= 200000",
        "ANALYZE keyed",
    )
    keyed = random_rows(postgresql.engine, "keyed", 20, strategy="range", where=IN_STOCK)
    assert keyed.notes == ()
    assert "in both date_available and id" in keyed.how


def test_entries_of_an_index_count_as_rows(postgresql: Database) -> None:
    """PostgreSQL need not look at rows of which the index has all that is asked for."""
    sample = random_rows(postgresql.engine, "bicycle", 50, columns=["id"], strategy="keys")
    assert sample.cost.exact
    assert 50 <= sample.cost.rows <= 90


def test_many_rows_with_few_values(database: Database) -> None:
    """Values that no point hits: each of the crowds is found, and what is inside of them too."""
    rest = "%" if database.kind == "sqlite" else "%%"
    make(
        database,
        "CREATE TABLE stepped (id int PRIMARY KEY, price numeric(10,2), stock int NOT NULL)",
        "CREATE INDEX stepped_price ON stepped (stock, price)",
        f"INSERT INTO stepped SELECT id, (id {rest} 9) * 1000.5, 1 FROM bicycle WHERE id <= 40000",
        "ANALYZE TABLE stepped" if database.kind == "mariadb" else "ANALYZE stepped",
    )
    slices: Counter[int] = Counter()
    for seed in range(12):
        sample = random_rows(
            database.engine, "stepped", 40, strategy="range", where="stock = 1", seed=seed
        )
        assert len(set(ids(sample))) == 40
        slices.update((identity - 1) * 20 // 40_000 for identity in ids(sample))
    assert len(slices) == 20


def test_the_same_cost_whatever_the_size(database: Database) -> None:
    make(
        database,
        "CREATE TABLE small (id int PRIMARY KEY, in_stock int NOT NULL, date_available date)",
        "CREATE INDEX small_stock ON small (in_stock, date_available)",
        "INSERT INTO small SELECT id, in_stock, date_available FROM bicycle WHERE id <= 20000",
        "ANALYZE TABLE small" if database.kind == "mariadb" else "ANALYZE small",
    )
    costs = [
        random_rows(database.engine, name, 40, strategy="range", where=IN_STOCK).cost.rows
        for name in ("small", "bicycle")
    ]
    # Tries of 200 rows: one bound for both, though one table is 25 times the other.
    assert max(costs) <= 2 * (200 * 2 + 40) + 4


def test_gaps_and_crowds_never_leave_a_range_empty(database: Database) -> None:
    make(
        database,
        "CREATE TABLE crowd (id int PRIMARY KEY, n int)",
        "CREATE INDEX crowd_n ON crowd (n)",
        "INSERT INTO crowd SELECT id, CASE WHEN id <= 500 THEN 1 WHEN id <= 1000 THEN 1000000 "
        "ELSE 5 END FROM bicycle WHERE id <= 1001",
    )
    for seed in range(20):
        sample = random_rows(
            database.engine, "crowd", 30, strategy="range", where="n >= 0", seed=seed
        )
        assert len(set(ids(sample))) == 30


def test_a_sparse_key_and_nulls(database: Database) -> None:
    make(
        database,
        "CREATE TABLE sparse (id INTEGER PRIMARY KEY, price numeric(10,2), bought timestamp NULL)",
        "CREATE INDEX sparse_price ON sparse (price, id)",
        "INSERT INTO sparse SELECT id * 100000, id * 1.25, NULL FROM bicycle WHERE id <= 2000",
        "INSERT INTO sparse SELECT -id, NULL, NULL FROM bicycle WHERE id <= 100",
        "ANALYZE TABLE sparse" if database.kind == "mariadb" else "ANALYZE sparse",
    )
    with pytest.raises(PlanRefused, match="id is not dense"):
        random_rows(database.engine, "sparse", 20, strategy="keys")
    sample = random_rows(database.engine, "sparse", 20)
    assert sample.strategy == "range"
    assert len(set(ids(sample))) == 20
    nulls = random_rows(database.engine, "sparse", 20, where="price IS NULL", strategy="order")
    assert len(nulls) == 20
    assert all(row[1] is None for row in nulls.rows)
    tally = random_rows(database.engine, "sparse", 2100, columns=["bought"]).tally("bought")
    assert [(row.kinds, row.count) for row in tally] == [(("null",), 2100)]


def test_tablesample(postgresql: Database) -> None:
    slices: Counter[int] = Counter()
    for seed in range(10):
        sample = random_rows(postgresql.engine, "bicycle", 200, strategy="tablesample", seed=seed)
        assert sample.uniform
        assert "pages read" in sample.how
        slices.update((identity - 1) * 20 // ROWS for identity in ids(sample))
    assert chi_square(slices, 20) < 43.8
    system = random_rows(postgresql.engine, "bicycle", 50, strategy="tablesample", method="system")
    assert not system.uniform
    assert len(system) == 50
    with pytest.raises(PlanRefused, match="BERNOULLI reads all"):
        random_rows(postgresql.engine, "bicycle", 5, strategy="tablesample", max_examined=1000)
