"""`mesh draft` on a bucket of messy tables: every product that it drafts builds untouched."""

from __future__ import annotations

import pytest

from support.messy_bucket import land_bucket
from support.small_mesh import SmallMesh

PRODUCTS = [
    "billing.invoices",
    "crm.customers",
    "hr.employees",
    "shop.order_items",
    "shop.orders",
    "shop.payments",
    "shop.products",
    "support.tickets",
]


@pytest.fixture(scope="module")
def bucket(tmp_path_factory) -> SmallMesh:
    """Landed, and drafted once by `mesh draft`."""
    mesh = SmallMesh(tmp_path_factory.mktemp("bucket") / "mesh")
    land_bucket(mesh)
    return mesh


@pytest.fixture(scope="module")
def drafted(bucket):
    return bucket.run("draft", "--owner", "ana@example.com", "--json")


def test_every_drafted_product_builds_untouched(bucket, drafted) -> None:
    assert sorted(each["product"] for each in drafted.facts["drafted"]) == PRODUCTS
    outcome = bucket.build()
    assert sorted(str(result.name) for result in outcome.results) == PRODUCTS
    warned = {str(r.name): [c.rule.name for c in r.checks if not c.is_passed] for r in outcome.results}
    assert {name: rules for name, rules in warned.items() if rules} == {}


def test_what_cannot_be_read_stops_no_other(drafted) -> None:
    assert drafted.status == 1
    failed = {each["dataset"]: each["error"] for each in drafted.facts["failed"]}
    assert sorted(failed) == ["landing.crm.broken", "landing.crm.empty"]
    assert "empty" in failed["landing.crm.empty"]


def test_what_a_person_must_decide_is_told(drafted) -> None:
    told = {(each["product"], each["kind"], each["column"]) for each in drafted.facts["decisions"]}
    assert {
        ("billing.invoices", "question", "invoice_date"),
        ("billing.invoices", "drift", "tax"),
        ("crm.customers", "personal", "e_mail"),
        ("crm.customers", "personal", "geburtsdatum"),
        ("crm.customers", "label", "churn"),
        ("shop.orders", "reference", "kundennummer"),
        ("shop.payments", "domain", ""),
        ("support.tickets", "key", "ticket_id"),
        ("support.tickets", "unreadable", ""),
    } <= told
