"""That features of a cut-off are the same whatever came later, for any rows; and that rows never multiply."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import duckdb
from hypothesis import given, settings
from hypothesis import strategies as st

from meshlake.boosting.aggregates import Columns, aggregated
from meshlake.boosting.features_sql import Hop, Source, features_sql, same_sql
from meshlake.discovery.join_written import DIGITS
from meshlake.engines.trino.dialect import Relation, transpile
from meshlake.types.tree import Scalar

if TYPE_CHECKING:
    from collections.abc import Sequence

ORDERS = {
    **{"who": Scalar.INTEGER, "day": Scalar.DATE, "price": Scalar.INTEGER},
    **{"state": Scalar.VARCHAR, "shipped": Scalar.DATE},
}
CUTOFFS = (date(2024, 3, 1), date(2024, 6, 1))
ORDER = st.tuples(
    st.integers(1, 3),
    st.dates(date(2023, 1, 1), date(2024, 12, 31)),
    st.one_of(st.none(), st.integers(-50, 50)),
    st.sampled_from(["new", "used", None]),
    st.one_of(st.none(), st.integers(0, 90)),
)


def orders(name: str = "orders") -> Source:
    columns = Columns(("price",), (), (("state", ("new", "used")),), ("shipped",), ("price",))
    alias = f'"{name}"'
    known = f"CASE WHEN {alias}.shipped < {{cutoff}} THEN DATE_DIFF('day', {alias}.day, {alias}.shipped) END"
    cells = (("price", f"{alias}.price"), ("state", f"{alias}.state"), ("shipped", known))
    hop = Hop("orders", alias, f"{{asked}}.who = {alias}.who", "day")
    features = tuple(aggregated(name, columns, is_dated=True, about="orders"))
    return Source(name, "who = orders.who", ("who",), (hop,), cells, features, is_lookup=False)


def made(
    rows: Sequence[tuple[object, ...]], until: date | None = None
) -> dict[tuple[object, ...], tuple[object, ...]]:
    with duckdb.connect() as connection:
        connection.execute(
            "CREATE TABLE orders (who INTEGER, day DATE, price INTEGER, state VARCHAR, shipped DATE)"
        )
        connection.execute(
            "CREATE TABLE labels AS SELECT * FROM range(1, 4) AS ids (who), (VALUES "
            + ", ".join(f"(DATE '{each}')" for each in CUTOFFS)
            + ") AS days (cutoff)"
        )
        for who, day, price, state, later in rows:
            shipped = None if later is None else day + timedelta(days=later)  # type: ignore[operator]
            if until is None or day < until:  # type: ignore[operator]
                kept = None if shipped is not None and until is not None and shipped >= until else shipped
                connection.execute(
                    "INSERT INTO orders VALUES (?, ?, ?, ?, ?)", [who, day, price, state, kept]
                )
        found = connection.execute(features_sql("labels", "cutoff", ["who", "cutoff"], [orders()])).fetchall()
    assert len(found) == 6
    return {row[:2]: row[2:] for row in found}


@given(st.lists(ORDER, max_size=25))
@settings(max_examples=25, deadline=None)
def test_taking_away_all_that_came_later_changes_no_feature(rows: list[tuple[object, ...]]) -> None:
    everything = made(rows)
    for cutoff in CUTOFFS:
        earlier = made(rows, until=cutoff)
        assert {key: row for key, row in everything.items() if key[1] == cutoff} == {
            key: row for key, row in earlier.items() if key[1] == cutoff
        }


def test_features_are_what_their_names_say() -> None:
    day = CUTOFFS[0]
    rows = [(1, day - timedelta(days=n), n, "new" if n < 50 else "used", 5) for n in (1, 3, 60, 100)]
    found = dict(zip([each.name for each in orders().features], made(rows)[1, day], strict=True))
    expected = {
        "orders_count": 4,
        "orders_count_7d": 2,
        "orders_count_91d": 3,
        "orders_days_since_last": 1,
        "orders_days_since_first": 100,
        "orders_mean_gap_days": 33.0,
        "orders_price_mean": 41.0,
        "orders_price_sum_28d": 4.0,
        "orders_price_last": 1.0,
        "orders_price_kinds": 4,
        "orders_state_is_used_share": 0.5,
        "orders_state_last": "new",
        "orders_shipped_open_count": 2,
        "orders_shipped_mean_days": 5.0,
    }
    assert {name: found[name] for name in expected} == expected
    assert made([])[1, day][0] == 0


def test_ids_that_are_written_differently_are_brought_to_one_form() -> None:
    with duckdb.connect() as connection:
        for one, other, written, are_alike in (
            ("12", "'C-00012'", DIGITS.told, False),
            ("12", "'12'", "", False),
            ("12", "12", "", True),
        ):
            same = same_sql(one, other, written, are_alike=are_alike)
            assert connection.execute(f"SELECT {same}").fetchone() == (True,)


def test_a_table_may_be_called_as_a_word_of_sql_and_is_said_to_trino() -> None:
    select = features_sql("labels", "cutoff", ["who"], [orders("order"), orders("group")])
    with duckdb.connect() as connection:
        connection.execute(
            "CREATE TABLE orders (who INTEGER, day DATE, price INTEGER, state VARCHAR, shipped DATE)"
        )
        connection.execute("CREATE TABLE labels (who INTEGER, cutoff DATE)")
        assert connection.execute(select).fetchall() == []
    tables = {
        ("orders",): Relation("shop.orders", ORDERS),
        ("labels",): Relation("shop.labels", {"who": Scalar.INTEGER, "cutoff": Scalar.DATE}),
    }
    said = transpile(select, tables.get)
    assert ("DATE_DIFF('DAY'" in said, '"order_known"' in said) == (True, True)
