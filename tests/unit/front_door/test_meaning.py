"""What `mesh search` finds by meaning: thirty questions, written down before anything was measured."""

from __future__ import annotations

import re
import sys

import pytest

from meshlake.mesh import meaning
from meshlake.mesh.search import stems

DATASETS = """
crm.customers: customer_id, full_name, email, segment, joined_on
crm.complaints: complaint_id, customer_id, opened_on, severity, resolution
crm.churn: customer_id, churned_on, reason
billing.invoices: invoice_id, customer_id, amount_due, due_date
billing.payments: payment_id, invoice_id, paid_on, method
billing.refunds: refund_id, payment_id, amount
hr.employees: employee_id, job_title, hired_on, salary
hr.absences: employee_id, first_day, last_day, kind
hr.vacancies: position, department, posted_on
shop.orders: order_id, customer_id, ordered_on, status
shop.products: sku, product_name, price, category
shop.reviews: review_id, sku, stars, comment
logistics.shipments: shipment_id, order_id, carrier, delivered_on
logistics.warehouses: warehouse_id, city, capacity
logistics.vehicles: plate, fuel, mileage
web.sessions: session_id, visitor, landing_page, duration_seconds
iot.readings: sensor_id, temperature, humidity, measured_at
care.patients: patient_id, diagnosis, admitted_on
care.prescriptions: patient_id, drug, dose
finance.loans: loan_id, borrower, interest_rate, principal
marketing.campaigns: campaign_id, channel, budget, started_on
it.incidents: ticket, outage_start, service
legal.contracts: contract_id, counterparty, signed_on
""".strip().splitlines()
WANTED = {
    "customers who stopped paying": "crm.churn",
    "clients who left us": "crm.churn",
    "buyers and how to reach them": "crm.customers",
    "grievances": "crm.complaints",
    "unhappy clients": "crm.complaints",
    "bills we sent": "billing.invoices",
    "money received": "billing.payments",
    "reimbursements": "billing.refunds",
    "staff": "hr.employees",
    "wages": "hr.employees",
    "sick leave": "hr.absences",
    "holidays of workers": "hr.absences",
    "job openings": "hr.vacancies",
    "purchases": "shop.orders",
    "merchandise we sell": "shop.products",
    "ratings given by buyers": "shop.reviews",
    "parcels on their way": "logistics.shipments",
    "storage buildings": "logistics.warehouses",
    "trucks and cars": "logistics.vehicles",
    "website visits": "web.sessions",
    "weather measurements": "iot.readings",
    "people in hospital": "care.patients",
    "medicine": "care.prescriptions",
    "illnesses": "care.patients",
    "credit given": "finance.loans",
    "mortgages": "finance.loans",
    "advertising": "marketing.campaigns",
    "promotions and what they cost": "marketing.campaigns",
    "system downtime": "it.incidents",
    "legal agreements": "legal.contracts",
}


def test_hardly_a_question_has_a_word_of_its_dataset() -> None:
    described = {text.partition(":")[0]: set(stems(text)) for text in DATASETS}
    assert sum(bool(described[name] & set(stems(question))) for question, name in WANTED.items()) == 3


def test_most_questions_find_their_dataset_by_meaning() -> None:
    pytest.importorskip("wordllama", reason="the extra `meaning` is not installed")
    texts = [" ".join(re.findall("[a-z]+", text)) for text in DATASETS]
    places = []
    for question, name in WANTED.items():
        near = meaning.nearness(question, texts)
        assert near is not None
        ranked = sorted(DATASETS, key=lambda text: -near[DATASETS.index(text)])
        places.append(next(i for i, text in enumerate(ranked) if text.startswith(f"{name}:")))
    assert sum(place == 0 for place in places) >= 18
    assert sum(place < 3 for place in places) >= 23


def test_without_the_extra_nothing_is_near(monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "wordllama", None)
    meaning._model.cache_clear()
    assert meaning.nearness("staff", ["employees"]) is None
    meaning._model.cache_clear()
