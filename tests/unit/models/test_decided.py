"""What SQL decides over all rows is what the policy decides of rows in training; and what is published of it."""

from __future__ import annotations

from dataclasses import replace

import duckdb
import numpy as np
import pandas as pd
import pytest
import yaml

from meshlake.errors import BuildError
from meshlake.ml_assets.decisions import expected_profit, flags
from meshlake.ml_assets.policy import Profit
from meshlake.ml_assets.spec import ChurnSpec
from meshlake.models.decided import MayBeFlagged, amount_columns, decided_select

from .conftest import MODEL, PREDICTIONS

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


WITH_PROFIT = {
    "features": "SELECT *, 10 * usage AS revenue FROM crm.features",
    "exclude": {"revenue": "an amount of the policy"},
    "policy": {
        **{name: value for name, value in MODEL["policy"].items() if name != "flag_share"},
        "profit": {"benefit": "revenue", "cost": 20, "success_rate": 0.5},
        "capacity": 30,
    },
}


def test_the_best_by_expected_profit_are_flagged_and_amounts_below_zero_are_refused(churn):
    churn.describe(**WITH_PROFIT)
    predictions = {**PREDICTIONS, "expected_profit": "number"}
    churn.product("crm.predictions", predictions, {"model.yaml": yaml.safe_dump({**MODEL, **WITH_PROFIT})})
    churn.build_product("crm.features")
    version = churn.build_product("crm.predictions").facts["model"]["version"]
    published = churn.rows("crm.predictions")
    usage = {row["customer_id"]: row["usage"] for row in churn.rows("crm.features")}
    for row in published:
        expected = row["churn_probability"] * 0.5 * 10 * usage[row["customer_id"]] - 20
        assert row["expected_profit"] == pytest.approx(expected)
        assert (row["reason_1"] is not None) == row["is_predicted_churn"]
    flagged = [row["expected_profit"] for row in published if row["is_predicted_churn"]]
    others = [row["expected_profit"] for row in published if not row["is_predicted_churn"]]
    assert len(flagged) == 30
    assert min(flagged) >= max(0, *others)
    shown = churn.run("model", "show", "crm.predictions", version, "--json").facts
    assert shown["record"]["profit_by_policy"]["out_of_fold"]["asked"]["flagged"] == 30

    before = churn.predictions()
    revenue = "CASE WHEN is_churned IS NULL THEN usage - 50 ELSE 10 * usage END AS revenue"
    wrong = MODEL | WITH_PROFIT | {"features": f"SELECT *, {revenue} FROM crm.features"}
    churn.product("crm.predictions", predictions, {"model.yaml": yaml.safe_dump(wrong)})
    with pytest.raises(
        BuildError, match="'revenue': of 200 rows it is null in 0, and below 0 or infinite in 9"
    ):
        churn.build_product("crm.predictions")
    assert churn.predictions() == before
