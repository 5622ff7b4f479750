"""Whether quick models on real telco data reach what an honest model does; `make bench-models` trains all of them.

The data is never in the repository.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from meshlake.ml_assets.churn import train_churn
from meshlake.ml_assets.spec import ChurnSpec

QUICK = ("histogram_gradient_boosting",)
LANDING = Path(__file__).parents[5] / "shared" / "data" / "landing"
pytestmark = [
    pytest.mark.skipif(not LANDING.is_dir(), reason="the shared telco data is not beside this checkout"),
]


def test_the_flat_telco_table_reaches_the_yardstick():
    rows = pd.read_csv(LANDING / "telco_flat/customers/ibm_telco.csv", na_values=[" "])
    rows["is_churned"] = rows.pop("Churn") == "Yes"
    training = train_churn(rows, ChurnSpec(key=("customerID",), label="is_churned", candidates=QUICK))
    best = next(c for c in training.candidates if c.algorithm == training.algorithm).out_of_fold
    # Above .86 would be a leak: the best honest stack reaches .848.
    assert 0.846 <= best["roc_auc"] <= 0.86
    assert best["log_loss"] <= 0.414
    assert best["lift_at_10_percent"] >= 2.7
    assert training.warnings == ()


@pytest.fixture(scope="module")
def joined() -> pd.DataFrame:
    key = "Customer ID"
    parts = [
        pd.read_csv(LANDING / "crm/demographics/demographics.csv"),
        pd.read_json(LANDING / "crm/location/location.jsonl", lines=True).drop(columns=["Count"]),
        pd.read_parquet(LANDING / "billing/services/services.parquet").drop(columns=["Count", "Quarter"]),
        pd.read_csv(LANDING / "retention/status/status.csv").drop(columns=["Count", "Quarter"]),
    ]
    rows = parts[0].drop(columns=["Count"])
    for part in parts[1:]:
        rows = rows.merge(part, on=key, validate="one_to_one")
    population = pd.read_csv(LANDING / "geo/population/population.csv").drop(columns="ID", errors="ignore")
    return rows.merge(population, on="Zip Code", how="left").assign(
        is_churned=lambda rows: rows["Churn Value"] == 1
    )


LEAKY = ["Churn Score", "Satisfaction Score", "Customer Status", "Churn Category", "Churn Reason"]


def test_the_five_telco_tables_reach_the_yardstick_without_leaky_columns(joined):
    exclude = dict.fromkeys([*LEAKY, "Churn Label", "Churn Value"], "known only after the customer left")
    once = {"histogram_gradient_boosting": {"seeds": 1}}
    spec = ChurnSpec(
        key=("Customer ID",), label="is_churned", exclude=exclude, candidates=QUICK, parameters=once, folds=3
    )
    training = train_churn(joined, spec)
    winner = next(c for c in training.candidates if c.algorithm == training.algorithm)
    assert 0.90 <= winner.out_of_fold["roc_auc"] <= 0.93
    assert training.warnings == ()
    assert "City" not in training.dropped


def test_the_leaky_columns_are_suspected(joined):
    exclude = {"Churn Label": "the label", "Churn Value": "the label"}
    spec = ChurnSpec(
        key=("Customer ID",), label="is_churned", exclude=exclude, candidates=ChurnSpec.candidates[:1]
    )
    suspected = {warning.split("'")[1] for warning in train_churn(joined, spec).warnings}
    assert {"Churn Score", "Satisfaction Score", "Customer Status"} <= suspected
