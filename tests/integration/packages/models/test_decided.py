"""What SQL decides over all rows is what the policy decides of rows in training; and what is published of it."""

from __future__ import annotations

import pytest
import yaml

from meshlake.errors import BuildError
from support.churn_mesh import MODEL, PREDICTIONS

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
