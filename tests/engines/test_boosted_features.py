"""Features that `mesh boost` drafts are the same on each engine, whether rows are joined with cut-offs or counted by
day first."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import date, timedelta

from meshlake.boosting.aggregates import aggregated
from meshlake.boosting.columns import Columns
from meshlake.boosting.features_sql import features_sql
from meshlake.boosting.hops import Hop, Source
from meshlake.boosting.over_days import is_over_days
from support.sharing import counted_one_by_one, of_others

CUTOFFS = (date(2024, 3, 1), date(2024, 6, 1))
DAYS_BEFORE = {1: (1, 1, 3, 8, 40, 200, -2), 2: (5, 95), 3: ()}


def given() -> str:
    """Who is asked at which cut-off, and what each did before the second, as CTEs."""
    asked = ", ".join(f"({who}, DATE '{day}')" for who in DAYS_BEFORE for day in CUTOFFS)
    done = ", ".join(
        f"({who}, DATE '{CUTOFFS[1] - timedelta(days=days)}', {days % 7 + 1}, '{'new' if days < 9 else 'used'}')"
        for who, each in DAYS_BEFORE.items()
        for days in each
    )
    return (
        f"(SELECT * FROM (VALUES {asked}) AS given (who, cutoff)), "
        f"orders AS (SELECT * FROM (VALUES {done}) AS given (who, day, price, state))"
    )


def test_counted_by_day_they_are_those_of_pairs_on_each_engine(query) -> None:
    columns = Columns(("price",), (), (("state", ("new", "used")),), (), ())
    hop = Hop("orders", '"orders"', '{asked}.who = "orders".who', "day", near=("who",))
    cells = (("price", '"orders".price'), ("state", '"orders".state'))
    features = tuple(
        each for each in aggregated("orders", columns, is_dated=True, about="orders") if is_over_days(each)
    )
    pairs = Source("did", "who = orders.who", ("who",), (hop,), cells, features, is_lookup=False)
    one, other = (
        sorted(
            query(features_sql("labels", "cutoff", ["who", "cutoff"], [each], given())),
            key=lambda row: row[:2],
        )
        for each in (pairs, replace(pairs, is_by_day=True))
    )
    names = [each.name for each in features]
    assert len(names) > 20
    assert len(one) == len(other) == 6
    for row, same in zip(one, other, strict=True):
        for name, mine, theirs in zip(["who", "cutoff", *names], row, same, strict=True):
            is_same = mine == theirs or (mine is not None and math.isclose(mine, theirs, rel_tol=1e-9))
            assert is_same, (name, mine, theirs)
    of_first = dict(zip(names, other[1][2:], strict=True))
    expected = {"orders_count": 6, "orders_count_7d": 3, "orders_count_28d": 4, "orders_days_since_last": 1}
    assert {name: of_first[name] for name in expected} == expected
    assert of_first["orders_state_is_new_share"] == 4 / 6


def test_what_is_told_of_others_is_the_same_on_each_engine(query) -> None:
    shares = [(who, 7 + who // 3, CUTOFFS[0] - timedelta(days=90 - 40 * who)) for who in (1, 2, 3, 4)]
    shares += [(1, 8, CUTOFFS[1] - timedelta(days=3)), (2, 8, CUTOFFS[0])]
    done = [
        (who, CUTOFFS[1] - timedelta(days=days), days % 7) for who in (1, 2, 4) for days in (2, 30, 99, -1)
    ]
    relations = {
        "labels": ("who, cutoff", [(who, day) for who in (1, 2, 3) for day in CUTOFFS]),
        "shares": ("who, thing, since", shares),
        "done": ("who, day, price", done),
    }
    first, *others = (
        f"SELECT * FROM (VALUES {', '.join(map(_row, rows))}) AS given ({columns})"
        for columns, rows in relations.values()
    )
    given = ", ".join(
        [f"({first})", *(f"{n} AS ({s})" for n, s in zip(("shares", "done"), others, strict=True))]
    )
    found = query(features_sql("labels", "cutoff", ["who", "cutoff"], [of_others()], given))
    assert len(found) == 6
    for who, cutoff, *row in found:
        expected = counted_one_by_one(shares, done, who, cutoff)
        for cell, counted in zip(row, expected, strict=True):
            assert (cell is None) == (counted is None), (who, cutoff, row, expected)
            assert counted is None or math.isclose(cell, counted, rel_tol=1e-9), (who, cutoff, row, expected)
    assert any(row[2] for row in found)


def _row(row: tuple[object, ...]) -> str:
    cells = (f"DATE '{each}'" if isinstance(each, date) else str(each) for each in row)
    return f"({', '.join(cells)})"
