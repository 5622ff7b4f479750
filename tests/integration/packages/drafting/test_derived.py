"""Products that follow from drafted ones: lookups that hide in wide tables, labels of churn made of events."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from random import Random

import duckdb
import pytest

from meshlake.drafting.churn_labels import Events, features_sql, labels_sql
from meshlake.errors import IncompleteBuildError
from meshlake.names import ProductName

START = date(2023, 1, 1)
CITIES = [(f"C{n}", f"City {n}", ("DE", "FR", "UK")[n % 3]) for n in range(25)]


def _csv(header: str, rows: list[tuple[object, ...]]) -> str:
    return "\n".join([header, *(",".join(map(str, row)) for row in rows)]) + "\n"


def _visits(count: int, days: int, gap: float, leaving: float = 0.5) -> list[tuple[int, int]]:
    """Who came on which day: some until the end, others until a day on the way."""
    chance = Random(3)  # noqa: S311 - tables, no secrets
    found = []
    for who in range(count):
        last = chance.uniform(0.2, 1) * days if chance.random() < leaving else days
        day = chance.uniform(0, gap)
        while day < last:
            found.append((who, int(day)))
            day += 1 + chance.expovariate(1 / gap)
    return sorted(found, key=lambda each: each[1])


@pytest.fixture
def orders() -> list[tuple[object, ...]]:
    """Orders of customers who leave, each with a city and what that decides."""
    chance = Random(5)  # noqa: S311
    home = [chance.choice(CITIES) for _ in range(120)]
    return [
        (n, f"K{who:03}", *home[who], START + timedelta(day), round(chance.uniform(5, 90), 2))
        for n, (who, day) in enumerate(_visits(120, 360, 12))
    ]


ORDERS = "order_id,customer_id,city_id,city_name,country,ordered_on,amount"


def test_what_follows_is_drafted_and_builds_untouched(mesh, orders) -> None:
    mesh.land("shop/orders/a.csv", _csv(ORDERS, orders))
    found = mesh.open().draft(owner="ana")
    assert [str(each.name) for each in found.drafted] == [
        "shop.orders",
        "shop.customer_lookup",
        "shop.city_lookup",
        "shop.churn_labels",
        "shop.churn_features",
    ]
    assert ("shop.churn_features", "mesh model churn shop.churn_features --label is_churned") in {
        (str(each.product), each.command) for each in found.decisions
    }
    outcome = mesh.build()
    assert outcome.is_complete
    assert [c.rule.name for r in outcome.results for c in r.checks if not c.is_passed] == []
    assert [row["city_name"] for row in mesh.rows("shop.city_lookup")][:2] == ["City 0", "City 1"]
    assert len(mesh.rows("shop.churn_features")) == len(mesh.rows("shop.churn_labels"))
    assert mesh.open().draft(owner="ana").drafted == ()


def test_a_row_that_breaks_a_lookup_keeps_it_from_being_published(mesh, orders) -> None:
    mesh.land("shop/orders/a.csv", _csv(ORDERS, orders))
    mesh.open().draft(owner="ana")
    assert mesh.build("shop.city_lookup").is_complete
    broken = (99_999, "K001", "C0", "Elsewhere", "DE", START + timedelta(360), 10.0)
    mesh.land("shop/orders/b.csv", _csv(ORDERS, [broken]))
    with pytest.raises(IncompleteBuildError, match="primary_key failed: 2 failing rows, such as city_id C0"):
        mesh.build("shop.city_lookup")


@pytest.mark.parametrize(
    ("header", "rows"),
    [
        (
            "sensor_id,read_on,value",
            [(who, START + timedelta(day), day % 9) for who, day in _visits(60, 300, 9)],
        ),
        ("user_id,seen_on", [(who, START + timedelta(day)) for who, day in _visits(60, 300, 9, leaving=0)]),
        ("user_id,seen_on", [(who, START + timedelta(day)) for who, day in _visits(60, 20, 9)]),
        ("user_id,seen_on", [(who, START + timedelta(who)) for who in range(200)]),
    ],
    ids=["of nobody", "nobody leaves", "too short", "one row each"],
)
def test_no_labels_are_made_where_there_is_nothing_to_learn(mesh, header, rows) -> None:
    mesh.land("app/events/a.csv", _csv(header, rows))
    assert [str(each.name) for each in mesh.open().draft(owner="ana").drafted] == ["app.events"]


EVENTS = Events(ProductName("shop", "orders"), "who", "came_at", ("amount",), 9)
# Days since the first, of whom: a comes in three weeks, b stops after the first, c begins in the second.
CAME = [
    ("a", 0, 1.0),
    ("a", 6, 2.0),
    ("a", 7, 4.0),
    ("a", 20, 8.0),
    ("b", 3, 16.0),
    ("c", 8, 32.0),
    (None, 1, 0.0),
]


@pytest.fixture
def events():
    """These rows as a table, the moment with a time of day."""
    with duckdb.connect() as connection:
        connection.execute("CREATE SCHEMA shop")
        connection.execute("CREATE TABLE shop.orders (who VARCHAR, came_at TIMESTAMP, amount DOUBLE)")
        connection.executemany(
            "INSERT INTO shop.orders VALUES (?, TIMESTAMP '2024-01-01 10:00' + to_days(?), ?)", CAME
        )
        yield connection


def test_who_did_nothing_in_the_days_after_a_cut_off_left(events) -> None:
    assert events.sql(labels_sql(EVENTS, 7)).order("2, 1").fetchall() == [
        ("a", date(2024, 1, 8), False),
        ("b", date(2024, 1, 8), True),
        ("a", date(2024, 1, 15), False),
        ("c", date(2024, 1, 15), True),
        ("a", date(2024, 1, 22), None),
    ]


@pytest.mark.parametrize(("unit", "per_day"), [("epoch_ms", 86_400_000), ("epoch", 86_400)])
def test_moments_may_be_numbers_since_1970(events, unit, per_day) -> None:
    expected = events.sql(labels_sql(EVENTS, 7)).fetchall()
    events.execute(f"ALTER TABLE shop.orders ALTER came_at TYPE BIGINT USING {unit}(came_at)::BIGINT")
    of_numbers = replace(EVENTS, per_day=per_day)
    assert sorted(events.sql(labels_sql(of_numbers, 7)).fetchall()) == sorted(expected)


def test_labels_of_past_cut_offs_never_change(events) -> None:
    before = set(events.sql(labels_sql(EVENTS, 7)).filter("is_churned IS NOT NULL").fetchall())
    events.execute("INSERT INTO shop.orders VALUES ('b', '2024-02-20', 1), ('d', '2024-02-21', 1)")
    assert before <= set(events.sql(labels_sql(EVENTS, 7)).fetchall())


def test_features_are_what_was_known_before_the_cut_off(events) -> None:
    events.execute(f"CREATE TABLE shop.churn_labels AS {labels_sql(EVENTS, 7)}")
    rows = events.sql(features_sql(EVENTS, 7)).order("2, 1").fetchall()
    assert rows[0] == ("a", date(2024, 1, 8), False, 2, 2, 2, 7, 1, 3.0)
    assert rows[2] == ("a", date(2024, 1, 15), False, 3, 1, 3, 14, 7, 7.0)
