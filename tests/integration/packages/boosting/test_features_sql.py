"""That features of a cut-off are the same whatever came later, for any rows; and that rows never multiply."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from typing import TYPE_CHECKING

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from meshlake.boosting.aggregates import aggregated
from meshlake.boosting.columns import Columns
from meshlake.boosting.feature import NEWEST
from meshlake.boosting.features_sql import features_sql, same_sql
from meshlake.boosting.hops import Hop, Source
from meshlake.boosting.over_days import is_over_days, pairs_sql
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
    hop = Hop("orders", alias, f"{{asked}}.who = {alias}.who", "day", near=("who",))
    features = tuple(aggregated(name, columns, is_dated=True, about="orders"))
    return Source(name, "who = orders.who", ("who",), (hop,), cells, features, is_lookup=False)


def by_day(source: Source) -> Source:
    features = tuple(each for each in source.features if is_over_days(each) and "shipped" not in each.sql)
    return replace(source, is_by_day=True, features=features, cells=source.cells[:2])


def made(
    rows: Sequence[tuple[object, ...]], until: date | None = None, source: Source | None = None
) -> dict[tuple[object, ...], tuple[object, ...]]:
    kept = []
    for who, day, price, state, later in rows:
        shipped = None if later is None else day + timedelta(days=later)  # type: ignore[operator]
        if until is None or day < until:  # type: ignore[operator]
            has_come = shipped is not None and (until is None or shipped < until)
            kept.append((who, day, price, state, shipped if has_come else None))
    connection = labels()
    cells = "".join(f", ({', '.join(map(literal, row))})" for row in kept)
    connection.execute(
        f"CREATE OR REPLACE TABLE orders AS SELECT * FROM (VALUES (1::INTEGER, NULL::DATE, 1::INTEGER, ''::VARCHAR, "
        f"NULL::DATE){cells}) AS given (who, day, price, state, shipped) WHERE day IS NOT NULL"
    )
    found = connection.execute(
        features_sql("labels", "cutoff", ["who", "cutoff"], [source or orders()])
    ).fetchall()
    assert len(found) == 6
    return {row[:2]: row[2:] for row in found}


@cache
def labels() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    days = ", ".join(f"(DATE '{each}')" for each in CUTOFFS)
    connection.execute(
        f"CREATE TABLE labels AS SELECT * FROM range(1, 4) AS ids (who), (VALUES {days}) AS days (cutoff)"
    )
    return connection


def literal(value: object) -> str:
    return "NULL" if value is None else str(value) if isinstance(value, int) else f"'{value}'"


@given(st.lists(ORDER, max_size=25))
@settings(max_examples=25, deadline=None)
def test_taking_away_all_that_came_later_changes_no_feature(rows: list[tuple[object, ...]]) -> None:
    everything = made(rows)
    for cutoff in CUTOFFS:
        earlier = made(rows, until=cutoff)
        assert {key: row for key, row in everything.items() if key[1] == cutoff} == {
            key: row for key, row in earlier.items() if key[1] == cutoff
        }


@given(st.lists(ORDER, max_size=25))
@settings(max_examples=15, deadline=None)
def test_counted_by_day_features_are_the_same_and_no_later_row_changes_them(
    rows: list[tuple[object, ...]],
) -> None:
    source = by_day(orders())
    places = [orders().features.index(each) for each in source.features]
    everything = made(rows, source=source)
    for key, row in made(rows).items():
        assert everything[key] == pytest.approx([row[place] for place in places], nan_ok=True)
    for cutoff in CUTOFFS:
        earlier = made(rows, until=cutoff, source=source)
        assert all(earlier[key] == row for key, row in everything.items() if key[1] == cutoff)


def test_rows_and_numbers_are_counted_by_kind_and_of_kinds_written_alike_each_has_a_name_of_its_own() -> None:
    row = made([(1, date(2024, 2, 20), 8, "new", None), (1, date(2023, 2, 1), 5, "new", None)])[1, CUTOFFS[0]]
    places = {each.name: place for place, each in enumerate(orders().features)}
    told = {
        name: row[places[f"orders_state_is_{name}"]]
        for name in ("new_count", "new_price_sum", "new_price_mean", "new_count_91d", "new_price_sum_91d")
    }
    assert list(told.values()) == [2, 13, 6.5, 1, 8]
    assert [row[places[f"orders_state_is_used_{name}"]] for name in ("count", "price_sum")] == [0, None]
    marks = Columns(numbers=("price",), categories=(("mark", ("A+", "A-", "\u5c0f", "\u5927")),))
    names = [each.name for each in aggregated("tests", marks, is_dated=False, about="tests")]
    kinds = ("a", "a_2", "other", "other_2")
    assert [name for name in names if name.endswith("price_sum")] == [
        "tests_price_sum",
        *(f"tests_mark_is_{kind}_price_sum" for kind in kinds),
    ]


def test_what_many_ids_refer_to_is_counted_once_for_all_of_them() -> None:
    """Customers of a city, and what happens there: pairs are customers times rows of the city, for each cut-off."""
    city = Hop("people", '"people"', '{asked}.who = "people".who', None, near=("who",), is_unique=True)
    sold = Hop("orders", '"orders"', '"people".city = "orders".who', "day", near=("city",))
    pairs = replace(orders(), hops=(city, sold))
    source = by_day(pairs)
    with duckdb.connect() as connection:
        connection.execute(
            "CREATE TABLE orders AS SELECT range % 2 AS who, DATE '2024-01-01' + (range % 90)::INTEGER AS day, "
            "range % 7 AS price, 'new' AS state, NULL::DATE AS shipped FROM range(200)"
        )
        connection.execute("CREATE TABLE people AS SELECT range AS who, range % 2 AS city FROM range(20)")
        connection.execute(
            "CREATE TABLE labels AS SELECT range % 20 AS who, "
            "DATE '2024-02-01' + (7 * (range // 20))::INTEGER AS cutoff FROM range(60)"
        )
        ((counted,),) = connection.execute(pairs_sql(pairs, "labels", "cutoff")).fetchall()
        assert counted == 20 * 100 * 3
        names = ["who", "cutoff", *(each.name for each in source.features)]
        listed = ", ".join(f'"{name}"' for name in names)
        one, other = (
            connection.execute(
                f"SELECT {listed} FROM ({features_sql('labels', 'cutoff', names[:2], [each])}) ORDER BY ALL"
            ).fetchall()
            for each in (pairs, source)
        )
    assert len(one) == 60
    for row, same in zip(one, other, strict=True):
        assert row[2:] == pytest.approx(same[2:])
        assert row[:2] == same[:2]


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


def test_the_newest_day_is_looked_for_only_where_a_feature_asks_for_it() -> None:
    def said(name: str) -> str:
        features = tuple(each for each in orders().features if each.name == name)
        return features_sql("labels", "cutoff", ["who"], [replace(orders(), features=features)])

    assert NEWEST in said("orders_price_last")
    assert NEWEST not in said("orders_price_sum_28d")


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
    days = transpile(features_sql("labels", "cutoff", ["who"], [by_day(orders("order"))]), tables.get)
    assert "RANGE BETWEEN 28 PRECEDING AND 1 PRECEDING" in days
    assert ("DATE_DIFF('DAY'" in said, '"order_known"' in said) == (True, True)


def test_what_is_held_against_peers_is_a_multiple_of_the_mean_at_the_same_cutoff() -> None:
    place = [each.name for each in orders().features].index("orders_count_28d_to_peers")
    found = made([(who, date(2024, 2, 20), 8, "new", None) for who in (1, 1, 1, 2)])
    of_each = {key: row[place] for key, row in found.items()}
    assert [of_each[who, CUTOFFS[0]] for who in (1, 2, 3)] == pytest.approx([2.25, 0.75, 0.0])
    assert {of_each[who, CUTOFFS[1]] for who in (1, 2, 3)} == {None}


def test_the_days_of_a_season_are_those_a_year_before_it() -> None:
    places = {each.name: place for place, each in enumerate(orders().features)}
    days = [CUTOFFS[0] - timedelta(days=age) for age in (1, 91, 92, 273, 274, 364, 365)]
    row = made([(1, day, 8, "new", None) for day in days])[1, CUTOFFS[0]]
    told = {
        name: row[places[f"orders_{name}"]]
        for name in ("count_1d", "active_days_91d", "active_days_91d_a_year_ago")
    }
    assert told == {"count_1d": 1, "active_days_91d": 2, "active_days_91d_a_year_ago": 2}
