"""The units that contracts name, of what models are made of; and the whole way of one into what is published."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest

from meshlake.column import Column
from meshlake.models.task import TASKS
from meshlake.models.units import feature_units
from meshlake.names import ProductName
from meshlake.types.tree import Scalar

COLUMNS = [
    Column("id", Scalar.VARCHAR),
    Column("Paid", Scalar.DOUBLE, unit="EUR"),
    Column("days", Scalar.BIGINT, unit="d"),
]
CONTRACTS = {
    ProductName("shop", "orders"): SimpleNamespace(columns=COLUMNS),
    ProductName("shop", "others"): SimpleNamespace(
        columns=[Column("id", Scalar.VARCHAR), Column("kg", Scalar.DOUBLE)]
    ),
}


@pytest.mark.parametrize(
    "asked",
    [
        {"task": "churn", "label": "left"},
        {"task": "classification", "label": "why"},
        {"task": "multilabel", "labels": ["left", "rich"]},
        {"task": "regression", "label": "spent"},
        {"task": "survival", "label": "left", "duration": "days"},
        {"task": "uplift", "label": "left", "treatment": "called", "aim": "less"},
    ],
    ids=lambda asked: asked["task"],
)
def test_whatever_the_label_is_a_model_is_trained_in_the_units_of_its_features(asked):
    document = TASKS.get(asked["task"]).document(features="crm.customers", key="id", **asked)
    assert document.in_units({"fee": "EUR"}).spec.units == {"fee": "EUR"}


@pytest.mark.parametrize(
    ("sql", "units"),
    [
        ("SELECT * FROM shop.orders", {"paid": "EUR", "days": "d"}),
        ("SELECT id, paid AS Spent FROM shop.orders", {"spent": "EUR"}),
        ("SELECT id, paid / days AS paid, days + 1 AS days FROM shop.orders", {}),
        ("SELECT o.*, kg FROM shop.orders AS o JOIN shop.others USING (id)", {"paid": "EUR", "days": "d"}),
        ("SELECT id, sum(paid) AS paid FROM shop.orders GROUP BY id", {}),
        ("SELECT paid FROM shop.orders WHERE days = (SELECT max(days) FROM shop.orders)", {"paid": "EUR"}),
        ("SELECT o.* FROM shop.orders AS o JOIN landing.shop.orders USING (id)", {}),
    ],
)
def test_what_is_passed_on_as_it_is_keeps_its_unit(sql, units):
    assert feature_units(SimpleNamespace(features_sql=sql, path=Path("model.yaml")), CONTRACTS) == units
