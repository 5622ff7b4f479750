"""What names say to whether a column refers to a key."""

from __future__ import annotations

import pytest

from meshlake.discovery.join_names import name_evidence, named, own_evidence


def _likeness(
    dataset: str, columns: list[str], column: str, other: str, others: list[str], key: str
) -> float:
    return name_evidence(named(dataset, columns)[column], named(other, others)[key])[0]


@pytest.mark.parametrize(
    ("column", "other", "key", "likeness"),
    [
        ("customer_id", "shop.customers", "customer_id", 1.0),
        ("customerId", "shop.customers", "id", 1.0),
        ("id_cliente", "shop.clientes", "id", 1.0),
        ("codigo_de_producto", "shop.productos", "codigo", 1.0),
        ("billing_address_id", "shop.addresses", "address_id", 0.85),
        ("shipping_customer_id", "shop.customers", "id", 0.85),
        ("addr_id", "shop.addresses", "address_id", 0.75),
        ("country", "geo.countries", "code", 0.7),
        ("costumer_id", "shop.customers", "customer_id", 0.5),
        ("id", "shop.customers", "id", 0.0),
        ("code", "geo.countries", "code", 0.0),
        ("amount", "shop.customers", "customer_id", 0.0),
        ("product_id", "shop.customers", "id", 0.0),
        ("amount", "desk.tickets", "#", 0.0),
        ("votes", "desk.votes", "id", 0.7),
        ("up_votes", "desk.votes", "id", 0.0),
        ("policy_number", "insurance.policies", "policy_id", 0.6),
        ("old_policy_ref", "insurance.policies", "id", 0.6),
        ("customer_no", "shop.customers", "customer_id", 0.6),
        ("customer_name", "shop.customers", "customer_id", 0.0),
        ("customers_number", "shop.customers", "customer_id", 0.0),
        ("policy_number", "insurance.policies", "region", 0.0),
    ],
)
def test_a_name_may_say_that_it_refers(column, other, key, likeness) -> None:
    assert _likeness("shop.orders", ["n", column], column, other, [key], key) == likeness


def test_a_column_is_of_its_owner_in_the_plural_too() -> None:
    columns = ["orderResultsId", "orderId", "resultId"]
    names = named("shop.order_results", columns)
    assert [names[column].is_of_its_owner for column in columns] == [True, True, True]
    assert not named("shop.returns", columns)["orderResultsId"].is_of_its_owner


def test_a_sign_of_the_table_before_each_name_says_nothing() -> None:
    sales = ["ss_sold_date_sk", "ss_cdemo_sk", "ss_item_sk", "ss_price"]
    dates, people = ["d_date_sk", "d_year", "d_month"], ["cd_demo_sk", "cd_gender", "cd_marital_status"]
    assert _likeness("s.store_sales", sales, "ss_sold_date_sk", "s.date_dim", dates, "d_date_sk") == 0.85
    demographics = "s.customer_demographics", people, "cd_demo_sk"
    households = "s.household_demographics", people, "cd_demo_sk"
    assert _likeness("s.store_sales", sales, "ss_cdemo_sk", *demographics) > _likeness(
        "s.store_sales", sales, "ss_cdemo_sk", *households
    )
    assert _likeness("s.store_sales", sales, "ss_item_sk", "s.date_dim", dates, "d_date_sk") == 0.0


@pytest.mark.parametrize(
    ("table", "own", "others"),
    [
        (
            "hr.employees",
            "reports_to manager_id mgr supervisor_emp_no",
            "employee_id num_reports manager_bonus",
        ),
        ("hr.mitarbeiter", "vorgesetzter_nr", "gehalt"),
        ("rh.empleados", "jefe_id", "salario"),
        ("shop.categories", "parent_id parent_category_id merged_into", "original_price by previous_orders"),
        ("crm.customers", "referred_by_customer_id", "manager_id created_by"),
    ],
)
def test_some_names_refer_to_their_own_table(table, own, others) -> None:
    columns = named(table, [*own.split(), *others.split()])
    assert {name for name in columns if own_evidence(columns[name])[0]} == set(own.split())


def test_who_manages_is_no_customer() -> None:
    item = named("shop.items", ["i_manager_id", "i_buyer_id", "i_size"])
    customer = named("shop.customers", ["customer_sk"])["customer_sk"]
    assert name_evidence(item["i_manager_id"], customer) == (0.0, "")
    assert name_evidence(item["i_buyer_id"], customer) == (0.6, "named as what a customer does")
    team = named("hr.teams", ["manager_id", "leiter_nr", "reports", "manager_bonus"])
    employee = named("hr.employees", ["employee_id"])["employee_id"]
    assert [name_evidence(team[name], employee)[0] for name in team] == [0.6, 0.6, 0.0, 0.0]
