from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.pipeline import Pipeline

from meshlake.ml_assets.churn import train_churn
from meshlake.ml_assets.explaining.reasons import NO_SINGLE_REASON, explain_churn, feature_effects
from meshlake.ml_assets.preprocessing import FeatureFrame
from meshlake.ml_assets.scoring import ChurnModel
from meshlake.ml_assets.spec import ChurnSpec


class TicketsAndPlan(ClassifierMixin, BaseEstimator):
    """Stands where a fitted estimator would: churn is .1 per ticket, .2 more on the monthly plan, by hand."""

    def fit(self, X: object, y: object) -> TicketsAndPlan:
        return self

    def __sklearn_is_fitted__(self) -> bool:
        return True

    def predict_proba(self, frame: pd.DataFrame) -> np.ndarray:
        probability = 0.1 * frame["tickets"].fillna(3) + 0.2 * (frame["plan"] == "monthly")
        probability -= 0.05 * frame["is_member"].fillna(0) - 0.001 * frame["joined_at"].fillna(0)
        return np.column_stack([1 - probability, probability])


@pytest.fixture
def model() -> ChurnModel:
    kinds = {"tickets": "number", "plan": "text", "is_member": "boolean", "joined_at": "datetime"}
    pipeline = Pipeline([("frame", FeatureFrame(kinds, "on")), ("model", TicketsAndPlan())])
    references = {"tickets": 1.0, "plan": "yearly", "is_member": 1.0, "joined_at": 100.0}
    return ChurnModel(pipeline, ("id",), 0.5, references)


BATCH = pd.DataFrame(
    {
        "id": [1, 2, 3],
        "tickets": [4.0, 1.0, None],
        "plan": ["monthly", "yearly", "monthly"],
        "is_member": [False, True, True],
        "joined_at": pd.to_datetime(["2023-12-31", "2024-01-02", "2023-06-24"]),
        "on": pd.Timestamp("2024-04-11"),
    },
    index=[10, 11, 12],
)


def test_a_number_is_told_in_its_unit(model):
    frame = model.pipeline.named_steps["frame"].set_params(units={"tickets": "EUR", "plan": "EUR"})
    assert explain_churn(model, BATCH)["reason_1"].iloc[0] == "tickets = 4 EUR (usually 1 EUR)"
    assert explain_churn(model, BATCH)["reason_2"].iloc[0] == "plan = monthly (usually yearly)"
    assert frame.unit_of("joined_at") == "days before the cut-off"


def test_the_strongest_features_come_first_in_words(model):
    reasons = explain_churn(model, BATCH)
    assert reasons.index.tolist() == [10, 11, 12]
    assert reasons.astype(object).where(reasons.notna(), None).to_dict("list") == {
        "id": [1, 2, 3],
        "reason_1": [
            "tickets = 4 (usually 1)",
            NO_SINGLE_REASON,
            "tickets = unknown (usually 1)",
        ],
        "reason_2": ["plan = monthly (usually yearly)", None, "plan = monthly (usually yearly)"],
        "reason_3": [
            "is_member = no (usually yes)",
            None,
            "joined_at = 292 days before the cut-off (usually 100 days before the cut-off)",
        ],
    }


def test_effects_are_what_the_probability_falls_by(model):
    frame = model.pipeline[:1].transform(BATCH)
    assert feature_effects(model, frame) == pytest.approx(
        np.array([[0.3, 0.2, 0.05, 0.002], [0, 0, 0, 0], [0.2, 0.2, 0, 0.192]])
    )


def test_more_reasons_than_features_stay_empty(model):
    reasons = explain_churn(model, BATCH, top=6)
    assert reasons[["reason_5", "reason_6"]].isna().all(axis=None)


def test_a_trained_model_is_explained_the_same_batch_by_batch(training, customers):
    rows = customers.head(60)
    whole = explain_churn(training.model, rows)
    batches = pd.concat([explain_churn(training.model, rows[i : i + 13]) for i in range(0, 60, 13)])
    pd.testing.assert_frame_equal(batches, whole)
    many = whole[(rows["tickets"] >= 4) & (rows["plan"] == "yearly")]
    assert len(many) > 0
    assert many["reason_1"].str.startswith("tickets = ").all()


def test_an_empty_batch_has_no_reasons(training, customers):
    reasons = explain_churn(training.model, customers.head(0))
    assert list(reasons.columns) == ["customer_id", "reason_1", "reason_2", "reason_3"]
    assert len(reasons) == 0


@pytest.mark.slow
def test_an_algorithm_that_knows_effects_by_itself_tells_the_same_as_scoring_again(make_customers):
    rows = make_customers(400, seed=3)
    rare = np.where(
        np.arange(400) == 7, "lifetime", rows["plan"]
    )  # under one row in 200: a column with the unseen
    rarer = np.where(np.arange(400) == 8, "trial", rare)
    rows = rows.assign(plan=rarer, region=np.where(np.arange(400) % 3 == 0, None, "north"))
    spec = ChurnSpec(("customer_id",), "is_churned", candidates=("logistic_regression",), folds=2)
    model = train_churn(rows, spec).model
    unseen = rows.head(50).assign(plan="never seen", tickets=None)
    for batch in (rows, unseen, rows.head(0)):
        frame = model.pipeline[:1].transform(batch)
        known = feature_effects(model, frame)
        assert known == pytest.approx(feature_effects(replace(model, algorithm=""), frame), abs=1e-12)
        assert known.shape == frame.shape
    assert np.abs(feature_effects(model, model.pipeline[:1].transform(rows))).max(axis=0).min() > 0
