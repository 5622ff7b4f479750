"""What `mesh search` finds, in which order, and why."""

from __future__ import annotations

import pytest

from meshlake.mesh.search import stems

PEOPLE = "person_id,email,plan\n" + "".join(
    f"P{n},anna{n}@example.org,{'premium' if n % 3 else 'basic'}\n" for n in range(60)
)
ORDERS = "order_id,shipped_on\n" + "".join(f"{n},2024-01-{n % 28 + 1:02}\n" for n in range(80))

MEMBERS = "nr,gekuendigt\n" + "".join(f"{n},{'ja' if n % 4 else 'nein'}\n" for n in range(60))


@pytest.fixture
def searched(mesh):
    mesh.land_files("crm.people", {"a.csv": PEOPLE})
    mesh.land_files("shop.orders", {"a.csv": ORDERS})
    mesh.land_files("club.members", {"a.csv": MEMBERS})
    description = {"description": {"purpose": "Customers who left without paying their last invoice."}}
    mesh.product("retention.lost", {"who": "string"}, {"transform.sql": "SELECT 'a' AS who"}, **description)
    mesh.settings.questions.mkdir(parents=True, exist_ok=True)
    (mesh.settings.questions / "open_invoices.sql").write_text(
        "-- question: Which invoices are open?\n-- promised_seconds: 1\nSELECT * FROM retention.lost\n"
    )
    mesh.open().discover()
    return mesh


@pytest.mark.parametrize(
    ("words", "kind", "name", "reason"),
    [
        ("customers who stopped paying", "product", "retention.lost", "description: Customers who left"),
        ("who quit", "column", "landing.club.members.gekuendigt", "likely label: says who left"),
        ("who quit", "dataset", "landing.club.members", "likely label: gekuendigt says who left"),
        ("shipping", "column", "landing.shop.orders.shipped_on", "name: shipped_on"),
        ("premium", "column", "landing.crm.people.plan", "values: premium, basic"),
        ("order", "dataset", "landing.shop.orders", "name: shop.orders"),
        ("open invoice", "question", "open_invoices", "name: open_invoices"),
        ("e-mail", "column", "landing.crm.people.email", "name: email"),
    ],
)
def test_the_best_comes_first_with_its_reason(searched, words, kind, name, reason) -> None:
    found = searched.open().search(words)
    best = next(hit for hit in found if hit.kind == kind)
    assert best.name == name
    assert reason in best.reason
    assert best.score > 0
    assert found == sorted(found, key=lambda hit: -hit.score)


@pytest.mark.parametrize(
    ("words", "best"),
    [
        ("customers who stopped paying", "landing.crm.contracts"),
        ("lost customers", "landing.crm.contracts"),
        ("who does not come again", "landing.care.stays"),
        ("customers", "best_customers"),
    ],
)
def test_an_outcome_is_found_by_another_word_before_what_has_its_subject_alone(mesh, words, best) -> None:
    mesh.land_files("crm.customers", {"a.csv": "customer_id,city\n1,Bern\n2,Basel\n"})
    mesh.land_files("crm.contracts", {"a.csv": "customer_id,cancelled_on\n1,2024-01-05\n2,\n"})
    mesh.land_files("care.stays", {"a.csv": "stay,readmission_days\n1,5\n2,3\n"})
    mesh.settings.questions.mkdir(parents=True, exist_ok=True)
    (mesh.settings.questions / "best_customers.sql").write_text(
        "-- question: Which customers spent most?\n-- promised_seconds: 1\nSELECT 1\n"
    )
    mesh.open().discover()
    assert mesh.open().search(words)[0].name.startswith(best)


def test_what_is_near_in_meaning_is_found_with_its_reason(searched) -> None:
    pytest.importorskip("wordllama", reason="the extra `meaning` is not installed")
    best = searched.open().search("purchases")[0]
    assert "shop.orders" in best.name
    assert "meaning: " in best.reason


def test_nobody_is_found_and_nothing_of_nothing(searched) -> None:
    opened = searched.open()
    assert opened.search("anna1") == opened.search("zebra") == opened.search("") == []
    assert len(opened.search("landing order person plan email", most=2)) == 2


def test_the_command_tells_it_to_people_and_programs(searched) -> None:
    assert searched.run("search", "premium", "--json").ended().facts[0]["name"] == "landing.crm.people.plan"
    assert "values: premium, basic" in searched.run("search", "premium").ended().out
    assert "Nothing found" in searched.run("search", "zebra").ended().out


def test_stems() -> None:
    assert list(stems("CustomerPayments, who STOPPED paying in 2024")) == [
        "custom",
        "pay",
        "stop",
        "pay",
        "2024",
    ]
    assert list(stems("lat latitude lon longitudes late")) == [*["latitud"] * 2, *["longitud"] * 2, "lat"]
