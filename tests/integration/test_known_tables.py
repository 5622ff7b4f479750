"""What discoveries found, asked for in SQL: before anything is built, with its history, and no person's value in it."""

from __future__ import annotations

import pytest

from meshlake.cli.discovered import discovery_facts, print_discovery
from meshlake.errors import UsageError

PEOPLE = "person_id,email,plan\n" + "".join(
    f"P{n},anna{n}@example.org,{'plus' if n % 3 else 'basic'}\n" for n in range(60)
)
ORDERS = "order_id,person_id,has_churned\n" + "".join(
    f"{n},P{n % 40},{'yes' if n % 4 else 'no'}\n" for n in range(80)
)
WHERE_ADDRESSES_ARE = (
    "SELECT dataset, column_name FROM mesh.discovered_columns WHERE personal = 'email' AND is_current"
)


@pytest.fixture
def opened(mesh):
    mesh.land_files("crm.people", {"a.csv": PEOPLE})
    mesh.land_files("shop.orders", {"a.csv": ORDERS})
    opened = mesh.open()
    opened.discover()
    return opened


def test_what_is_held_is_sql_before_anything_is_built(opened) -> None:
    assert opened.sql(WHERE_ADDRESSES_ARE).fetchall() == [("landing.crm.people", "email")]
    assert opened.sql(
        "SELECT column_name, other_dataset, other_column_name, orphan_count FROM mesh.discovered_joins"
    ).fetchall() == [("person_id", "landing.crm.people", "person_id", 0)]
    assert opened.sql("SELECT dataset, column_name, top_values FROM mesh.discovered_labels").fetchall() == [
        ("landing.shop.orders", "has_churned", "yes, no")
    ]
    assert opened.sql(
        "SELECT top_values, meaning FROM mesh.discovered_columns WHERE column_name IN ('plan', 'email') ORDER BY 1"
    ).fetchall() == [("plus, basic", "ordered category"), (None, "email")]
    with pytest.raises(UsageError, match="nothing is published yet"):
        opened.sql("SELECT * FROM crm.people")


def test_what_decides_what_is_sql(mesh) -> None:
    rows = "".join(f"{n},C{n * 7 % 11},City {n * 7 % 11},{n % 3}\n" for n in range(200))
    mesh.land_files("shop.sales", {"a.csv": f"sale_id,city_id,city_name,quantity\n{rows}"})
    opened = mesh.open()
    opened.discover()
    assert opened.sql(
        "SELECT column_name, decided_by, value_count, exception_count, is_one_to_one, is_current "
        "FROM mesh.discovered_dependencies"
    ).fetchall() == [("city_name", "city_id", 11, 0, True, True)]


def test_what_is_known_only_after_a_label_is_sql_and_told_to_people(mesh, capsys) -> None:
    rows = "".join(f"{n},{'2026-01-02' if n % 4 == 0 else ''},{int(n % 4 == 0)}\n" for n in range(200))
    mesh.land_files("crm.contracts", {"a.csv": f"contract_id,ended_on,has_left\n{rows}"})
    opened = mesh.open()
    found = opened.discover()
    ((column, label, evidence, roc_auc),) = opened.sql(
        "SELECT column_name, label, evidence, roc_auc FROM mesh.discovered_leaks WHERE is_current"
    ).fetchall()
    assert (column, label, roc_auc) == ("ended_on", "has_left", 1.0)
    assert "is filled in 100.0% of the rows that are so, and in 0.0% of the others" in evidence
    told = f"most likely known only after has_left: {evidence}"
    print_discovery(found)
    assert f"Leak: ended_on: {told}" in " ".join(capsys.readouterr().out.split())
    assert told in found.page()
    assert discovery_facts(found)["datasets"][0]["columns"][1]["leaks"][0]["evidence"] == evidence


def test_what_landed_is_known_without_a_folder_of_products(mesh, opened) -> None:
    assert not list(mesh.products.iterdir())
    mesh.products.rmdir()
    assert opened.sql(WHERE_ADDRESSES_ARE).fetchall() == [("landing.crm.people", "email")]
    assert opened.search("email")[0].name == "landing.crm.people.email"
    with pytest.raises(UsageError, match="no folder of products"):
        opened.build()


def test_history_has_a_row_for_each_discovery_that_changed_something(mesh, opened) -> None:
    history = (
        "SELECT row_count, is_current FROM mesh.discovered_datasets WHERE domain = 'shop' ORDER BY found_at"
    )
    opened.discover()
    opened.discover("shop.orders")
    assert opened.sql(history).fetchall() == [(80, True)]
    mesh.land_files("shop.orders", {"b.csv": "order_id,person_id,has_churned\n900,P3,no\n"})
    opened.discover("shop")
    assert opened.sql(history).fetchall() == [(80, False), (81, True)]
    prints = opened.sql(
        "SELECT count(DISTINCT fingerprint) FROM mesh.discovered_datasets WHERE domain = 'shop'"
    )
    assert prints.fetchall() == [(2,)]
    joins = "SELECT count(*) FROM mesh.discovered_joins WHERE is_current"
    assert opened.sql(joins).fetchall() == [(1,)]
    for file in (mesh.landing / "shop/orders").iterdir():
        file.unlink()
    mesh.land_files("shop.visits", {"a.csv": "id\n1\n"})
    opened.discover()
    assert opened.sql(history.replace("domain = 'shop'", "dataset = 'landing.shop.orders'")).fetchall() == [
        (80, False),
        (81, False),
    ]


def test_what_cannot_be_read_stays_as_it_was_found_and_hides_nothing_that_is_gone(mesh, opened) -> None:
    for file in [*(mesh.landing / "shop/orders").iterdir(), *(mesh.landing / "crm/people").iterdir()]:
        file.unlink()
    mesh.land_files("crm.people", {"a.parquet": "no Parquet"})
    assert list(map(str, opened.discover().failures)) == ["landing.crm.people"]
    current = "SELECT dataset, is_current FROM mesh.discovered_datasets ORDER BY dataset"
    assert opened.sql(current).fetchall() == [("landing.crm.people", True), ("landing.shop.orders", False)]


def test_a_build_tells_of_files_that_no_discovery_has_seen(mesh, opened) -> None:
    history = (
        "SELECT row_count, likely_key, is_current FROM mesh.discovered_datasets "
        "WHERE domain = 'shop' ORDER BY found_at"
    )
    mesh.product("shop.orders", {"order_id": "integer"})
    mesh.build()
    found = opened.sql(history).fetchall()
    assert found == [(80, "order_id", True)]
    mesh.land_files("shop.orders", {"b.csv": "order_id,person_id,has_churned\n900,P3,no\n"})
    mesh.build()
    mesh.build()
    assert opened.sql(history).fetchall() == [(80, "order_id", False), (81, "order_id", True)]
    joins = "SELECT count(*) FROM mesh.discovered_joins WHERE is_current"
    assert opened.sql(joins).fetchall() == [(1,)]


def test_no_person_is_in_what_is_remembered(mesh, opened) -> None:
    kept = b"".join(file.read_bytes() for file in (mesh.home / "discovered").rglob("*.json"))
    assert b"has_churned" in kept
    assert b"anna1@" not in kept
    assert str(mesh.root).encode() not in kept


def test_columns_of_products_have_lineage_and_classification(mesh, opened) -> None:
    who = {"who": {"logicalType": "string", "classification": "personal"}}
    mesh.product("crm.people", who, {"transform.sql": "SELECT email AS who FROM landing.crm.people"})
    mesh.product(
        "crm.shouted", {"loud": "string"}, {"transform.sql": "SELECT upper(who) AS loud FROM crm.people"}
    )
    mesh.build("crm.people", "crm.shouted")
    query = "SELECT product, column_name, classification, classified_by, inputs, made_by FROM mesh.columns ORDER BY 1"
    assert mesh.open().sql(query).fetchall() == [
        ("crm.people", "who", "personal", None, "landing.crm.people.email", None),
        ("crm.shouted", "loud", "personal", "crm.people.who", "crm.people.who", "UPPER(people.who)"),
    ]
