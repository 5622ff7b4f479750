"""What SQL decides over all rows is what the policy decides of rows in training; and what is published of it."""

from __future__ import annotations

from dataclasses import replace

import duckdb
import numpy as np
import pandas as pd
import pytest

from meshlake.ml_assets.decisions import expected_profit, flags
from meshlake.ml_assets.policy import Profit
from meshlake.ml_assets.spec import ChurnSpec
from meshlake.models.decided import MayBeFlagged, amount_columns, decided_select

SPEC = ChurnSpec(key=("customer_id",), label="is_churned", flag_share=None)
PROFIT = Profit(benefit="revenue", cost=20.0, success_rate=0.3)


@pytest.fixture(scope="module")
def rows() -> pd.DataFrame:
    """Many of them alike in all but the key."""
    random = np.random.default_rng(5)
    keys = random.permutation(500)
    return pd.DataFrame(
        {
            "customer_id": [f"c{key:03}" for key in keys],
            "churn_probability": random.integers(0, 20, 500) / 20,
            "revenue": random.integers(0, 5, 500) * 100.0,
            "reason_1": "usage",
        }
    )


@pytest.mark.parametrize(
    "policy",
    [
        {"threshold": 0.35},
        {"threshold": 0.35, "profit": PROFIT},
        {"capacity": 77},
        {"profit": PROFIT},
        {"profit": PROFIT, "capacity": 77},
        {"profit": Profit(benefit=300.0, cost="revenue", success_rate=1.0), "capacity": 501},
    ],
)
def test_sql_decides_as_training_does(rows, policy):
    spec = replace(SPEC, **policy)
    threshold = spec.threshold or 0.0
    scores = rows.assign(**{name: rows[column] for name, column in amount_columns(spec.profit).items()})  # noqa: F841
    select = decided_select(spec, threshold, "scores", frozenset(rows.columns))
    found = duckdb.sql(select).df().set_index("customer_id").loc[rows["customer_id"]].reset_index()
    expected = flags(spec, threshold, rows, rows["churn_probability"].to_numpy())
    np.testing.assert_array_equal(found["is_predicted_churn"], expected)
    np.testing.assert_array_equal(found["reason_1"].notna(), expected)
    if spec.profit:
        told = expected_profit(spec.profit, rows, rows["churn_probability"].to_numpy())
        np.testing.assert_allclose(found["expected_profit"], told)

    may_be = MayBeFlagged(spec, threshold)
    parts = [rows[start : start + 50] for start in range(0, 500, 50)]
    explained = np.concatenate([may_be(part, part["churn_probability"]) for part in parts])
    assert (explained | ~expected).all()
    assert not explained.all() or spec.capacity == 501
