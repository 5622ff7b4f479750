"""A linear model's SELECT says on each engine what the model says in Python."""

from __future__ import annotations

import json
import math
from typing import Any

import numpy as np
import pandas as pd
import pytest
import yaml

from meshlake.building.performance import performance_rows
from meshlake.ml_assets.cross_validation import fit
from meshlake.ml_assets.persistence import load_model
from meshlake.ml_assets.preprocessing import plan_features
from meshlake.ml_assets.scoring import churn_probability
from meshlake.ml_assets.spec import ChurnSpec
from meshlake.models.churn import ChurnTask
from meshlake.models.linear_sql import scoring_sql
from meshlake.models.store import MODEL_FILE, model_store
from meshlake.names import ProductName, quote_literal
from support.server_mesh import ServerMesh

TYPES = {
    "id": "BIGINT",
    "amount": "DOUBLE",
    "region": "INTEGER",
    "is_member": "BOOLEAN",
    "plan": "VARCHAR",
    "joined": "TIMESTAMP",
}


def customers(count: int) -> pd.DataFrame:
    random = np.random.default_rng(7)
    amount = random.gamma(2, 1e6, count)
    amount[::7] = np.nan
    return pd.DataFrame(
        {
            "id": np.arange(count),
            "amount": amount,
            "region": random.integers(1, 5, count),
            "is_member": pd.array(random.choice([True, False, None], count), dtype="boolean"),
            "plan": random.choice(["O'Neill's", "monthly", "yearly", None], count).astype(object),
            "joined": pd.Timestamp("1969-06-01 06:30")
            + pd.to_timedelta(random.integers(0, 2_000, count), unit="D"),
        }
    ).assign(is_churned=random.random(count) < 0.3)


def as_select(rows: pd.DataFrame) -> str:
    """The rows as a SELECT of literals, in DuckDB's dialect."""
    lines = (
        ", ".join(f"CAST({_literal(value)} AS {TYPES[name]})" for name, value in row.items())
        for row in rows[list(TYPES)].to_dict("records")
    )
    return f"SELECT * FROM (VALUES {', '.join(f'({line})' for line in lines)}) AS t ({', '.join(TYPES)})"


def _literal(value: Any) -> str:
    if pd.isna(value):
        return "NULL"
    return repr(value) if isinstance(value, float) and math.isfinite(value) else quote_literal(str(value))


@pytest.mark.parametrize("candidate", ["logistic_regression", "linear_svm"])
def test_scores_in_sql_are_those_of_python(query, candidate) -> None:
    rows = customers(300)
    plan = plan_features(rows, [name for name in TYPES if name != "id"])
    model = fit(candidate, plan, rows, ChurnSpec(("id",), "is_churned"))
    asked = rows.head(60).assign(plan=["never seen", *rows["plan"][1:60]], region=[9, *rows["region"][1:60]])
    said = dict(query(scoring_sql(model, as_select(asked), ["id"])))
    expected = churn_probability(model.pipeline, asked)
    np.testing.assert_allclose([said[key] for key in asked["id"]], expected, rtol=0, atol=1e-6)


KEY = {"logicalType": "integer", "primaryKey": True, "required": True}
FEATURES = {
    "id": KEY,
    "amount": "number",
    "region": "integer",
    "is_member": "boolean",
    "plan": "string",
    "joined": "timestamp",
    "is_churned": "boolean",
}
PREDICTIONS = {
    "id": KEY,
    "churn_probability": "number",
    "is_predicted_churn": "boolean",
    "is_labelled": "boolean",
    "reason_1": "string",
}
MODEL = {
    "task": "churn",
    "features": "crm.features",
    "key": "id",
    "label": "is_churned",
    "policy": {"candidates": ["logistic_regression"], "folds": 2, "flag_share": 0.2},
}


@pytest.mark.services
@pytest.mark.timeout(900)
def test_trino_says_what_is_published_of_a_linear_champion(tmp_path, endpoints, monkeypatch) -> None:
    mesh = ServerMesh(tmp_path / "mesh", endpoints, "trino")
    rows = customers(400)
    has_left = (rows["plan"] == "monthly") & (rows["id"] % 7 > 0) | (rows["region"] == 2) & (
        rows["id"] % 3 > 0
    )
    rows["is_churned"] = has_left.where(rows["id"] < 300).astype(object)
    rows.loc[rows["id"] % 30 == 1, ["plan", "region"]] = ["never seen", 9]
    mesh.replace("crm/features/a.csv", rows.to_csv(index=False))
    mesh.product("crm.features", FEATURES)
    mesh.product("crm.predictions", PREDICTIONS, {"model.yaml": yaml.safe_dump(MODEL)})
    asked: list[str] = []
    select = ChurnTask.scored_select
    monkeypatch.setattr(ChurnTask, "scored_select", lambda *given: asked.append(select(*given)) or asked[-1])
    mesh.build_product("crm.features")
    mesh.build_product("crm.predictions")
    assert "mesh_said" in asked[0]

    (version,) = model_store(mesh.settings).versions(ProductName("crm", "predictions"))
    features = pd.DataFrame(mesh.rows("crm.features"))
    model = load_model(version.read(MODEL_FILE), "logistic_regression")
    expected = dict(zip(features["id"], churn_probability(model.pipeline, features), strict=True))
    scored = [row for row in mesh.rows("crm.predictions") if not row["is_labelled"]]
    assert len(scored) == 100
    assert any(row["reason_1"] for row in scored)
    said = [row["churn_probability"] for row in scored]
    np.testing.assert_allclose(said, [expected[row["id"]] for row in scored], rtol=0, atol=1e-6)
    # The servers' catalog has the models of other tests, too.
    (known,) = (
        row for row in performance_rows(mesh.workspace.lake) if row["model_version"] == version.version
    )
    assert set(json.loads(known["feature_drift"])) == {"amount", "region", "is_member", "plan"}
    assert json.loads(known["shifted_features"]) == {}
