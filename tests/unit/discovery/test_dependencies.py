"""Columns that another decides: lookup tables that hide in wide ones, told; what chance or a key makes, not."""

from __future__ import annotations

from random import Random

import pytest

from meshlake.discovery import dependency_suspects
from meshlake.discovery.masking import masked

CITIES = [(f"C{n}", f"City {n}", ("DE", "FR", "UK")[n % 3], n % 2) for n in range(30)]


def _csv(header: str, rows: list[tuple[object, ...]]) -> dict[str, str]:
    return {"a.csv": "\n".join([header, *(",".join(map(str, row)) for row in rows)]) + "\n"}


def _pairs(made) -> set[tuple[str, str]]:
    return {
        (each.determinant, dependent.column) for each in made.dependencies for dependent in each.dependents
    }


@pytest.fixture
def chance() -> Random:
    return Random(7)  # noqa: S311 - tables, no secrets


def test_a_lookup_table_that_hides_in_a_wide_one_is_told(profile, chance) -> None:
    rows = [(n, *chance.choice(CITIES), chance.randrange(9)) for n in range(600)]
    made = profile(_csv("order_no,city_id,city_name,country,is_coastal,quantity", rows))
    assert [each.told() for each in made.dependencies] == [
        "city_id decides city_name (one to one), country and is_coastal, 30 values in 600 rows: a lookup table hides "
        "here"
    ]
    assert made.dependencies[0].is_exact


def test_a_few_rows_that_break_it_are_told_with_one_of_them(profile, chance) -> None:
    rows = [(n, f"P{n % 20}", 100 + n % 20, chance.randrange(9)) for n in range(1000)]
    rows[43] = (43, "P3", 99, 1)
    rows[64] = (64, "P4", "", 1)
    rows[83] = (83, "P3", 99, 1)
    made = profile(_csv("line_no,product_code,price,quantity", rows))
    assert [each.told() for each in made.dependencies] == [
        "product_code decides price, 20 values in 1,000 rows: a lookup table hides here; price but for 3 of 1,000 "
        "rows, for example 2 rows have '99' with 'P3', and the others '103'"
    ]
    assert not made.dependencies[0].is_exact


def test_what_follows_from_others_is_left_out(profile, chance) -> None:
    customers = [(f"K{n}", f"Name {n % 70}", *chance.choice(CITIES)[:3]) for n in range(80)]
    orders = [(n, f"2026-0{n % 9 + 1}-11", *chance.choice(customers)) for n in range(300)]
    rows = [(*order, chance.randrange(50)) for order in orders for _ in range(3)]
    made = profile(
        _csv("order_id,ordered_on,customer_id,customer_name,city_id,city_name,country,quantity", rows)
    )
    assert _pairs(made) == {
        ("order_id", "ordered_on"),
        ("order_id", "customer_id"),
        ("customer_id", "customer_name"),
        ("customer_id", "city_id"),
        ("city_id", "city_name"),
        ("city_id", "country"),
    }


def test_columns_that_say_the_same_are_told_as_such(profile, chance) -> None:
    rows = [(n, *(("yes", 1) if chance.random() < 0.4 else ("no", 0))) for n in range(200)]
    made = profile(_csv("id,alive,survived", rows))
    assert [each.told() for each in made.dependencies] == [
        "alive and survived are one to one, 2 values in 200 rows"
    ]


def test_what_few_things_agree_in_by_chance_is_not_told(profile, chance) -> None:
    # 14 customers in 12 cities: no city decides a segment, though in 700 rows none breaks it.
    customers = [(f"K{n}", f"City {n % 12}", "ab"[n % 2]) for n in range(14)]
    rows = [(n, *chance.choice(customers)) for n in range(700)]
    assert _pairs(profile(_csv("order_no,customer_id,city,segment", rows))) == {
        ("customer_id", "city"),
        ("customer_id", "segment"),
    }


def test_keys_constants_amounts_and_days_decide_nothing(profile, chance) -> None:
    rows = [
        (
            n,
            7,
            age := chance.randrange(18, 90),
            age // 10,
            f"2026-01-{n % 28 + 1:02}",
            n % 28 % 7,
            f"{age * 2}.50",
        )
        for n in range(400)
    ]
    made = profile(_csv("id,tenant_id,age,age_band,day,weekday,fee", rows))
    assert made.dependencies == ()


@pytest.mark.slow
def test_what_holds_in_the_beginning_alone_is_not_told(profile) -> None:
    # The price of each product changes after the rows that are sampled.
    rows = [(n, f"P{n % 50}", n % 50 + (1 + n % 7 if n > 21_000 else 0)) for n in range(60_000)]
    assert profile(_csv("line_no,product_code,price", rows)).dependencies == ()


def test_examples_of_personal_columns_are_masked(profile, chance) -> None:
    rows = [(n, f"K{n % 40}", f"anna{n % 40}@example.org", chance.randrange(99)) for n in range(800)]
    rows[5] = (5, "K5", "berta@example.org", 1)
    made = masked(profile(_csv("order_no,customer_id,email,quantity", rows)))
    assert "xxxxx@xxxxxxx.xxx" in made.dependencies[0].told()
    assert "berta" not in made.dependencies[0].told()


def test_no_more_columns_than_a_bound_are_looked_at_and_the_rest_is_told(profile, monkeypatch) -> None:
    monkeypatch.setattr(dependency_suspects, "_MOST_COLUMNS", 4)
    rows = [(n, *(n * m % 11 for m in range(1, 7))) for n in range(60)]
    assert profile(_csv("id,a_code,b_code,c_code,d_code,e_code,f_code", rows)).undecided_count == 2
