"""A linear model's SELECT says on each engine what the model says in Python."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd
import pytest

from meshlake.ml_assets.cross_validation import fit
from meshlake.ml_assets.preprocessing import plan_features
from meshlake.ml_assets.scoring import churn_probability
from meshlake.ml_assets.spec import ChurnSpec
from meshlake.models.linear_sql import scoring_sql
from meshlake.names import quote_literal

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
