"""What would change a decision, for a model whose answer is known by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.pipeline import Pipeline

from meshlake.ml_assets.churn import train_churn
from meshlake.ml_assets.explaining.counterfactuals import CHANGE, nearest_changes
from meshlake.ml_assets.honest import honest_by_row, published_scores
from meshlake.ml_assets.persistence import dump_model, load_model
from meshlake.ml_assets.preprocessing import FeatureFrame
from meshlake.ml_assets.scoring import ChurnModel

OPTIONS = {
    "plan": ["monthly", "yearly"],
    "discount": [0.0, 5.0, 10.0, 15.0, 20.0],
    "has_support": [0.0, 1.0],
}


class ByHand(ClassifierMixin, BaseEstimator):
    """.3, .3 more on the monthly plan, .2 more without support, .01 less for each euro of discount."""

    def fit(self, X: object, y: object) -> ByHand:
        return self

    def __sklearn_is_fitted__(self) -> bool:
        return True

    def predict_proba(self, frame: pd.DataFrame) -> np.ndarray:
        probability = 0.3 + 0.3 * (frame["plan"] == "monthly") + 0.2 * (1 - frame["has_support"].fillna(0))
        probability -= 0.01 * frame["discount"].fillna(0)
        return np.column_stack([1 - probability, probability])


@pytest.fixture
def model() -> ChurnModel:
    kinds = {"plan": "text", "discount": "number", "has_support": "boolean", "age": "number"}
    pipeline = Pipeline([("frame", FeatureFrame(kinds)), ("model", ByHand())])
    return ChurnModel(pipeline, ("id",), 0.5, {}, "", OPTIONS)


def customer(**features: object) -> pd.DataFrame:
    usual = {"id": 1, "plan": "monthly", "discount": 0.0, "has_support": False, "age": 40.0}
    return pd.DataFrame([usual | features], index=[7])


@pytest.mark.parametrize(
    ("features", "told"),
    [
        # Three of five steps are nearer than another plan, which is one of one.
        ({"has_support": True}, "discount = 15 instead of 0 would lower 0.60 to 0.45"),
        # Ten would make it .5, which is not below the threshold.
        ({"has_support": True, "discount": 8.0}, "discount = 15 instead of 8 would lower 0.52 to 0.45"),
        ({"discount": 20.0}, "has_support = yes instead of no would lower 0.60 to 0.40"),
        (
            {},
            "discount = 20 instead of 0 and has_support = yes instead of no would lower 0.80 to 0.40",
        ),
        # What is not known is as far from any value as can be.
        (
            {"discount": None},
            "plan = yearly instead of monthly and has_support = yes instead of no would lower 0.80 to 0.30",
        ),
        # Of a plan never seen nothing is said but what it would be otherwise.
        (
            {"plan": "weekly", "discount": 20.0, "has_support": True, "age": None},
            None,
        ),
    ],
)
def test_the_nearest_change_that_is_enough_is_told(model, features, told):
    assert nearest_changes(model, customer(**features)).to_dict() == {7: told}


def test_where_none_is_enough_the_strongest_is_told_as_that(model):
    hard = replace(model, threshold=0.1)
    assert nearest_changes(hard, customer()).loc[7] == (
        "plan = yearly instead of monthly and discount = 20 instead of 0 would lower 0.80 to 0.30, still flagged"
    )
    # Of two changes the one that is there already is none.
    assert nearest_changes(hard, customer(plan="yearly", discount=20.0)).loc[7] == (
        "has_support = yes instead of no would lower 0.30 to 0.10, still flagged"
    )
    by_profit = replace(model, threshold=0.0)
    assert nearest_changes(by_profit, customer()).loc[7].endswith("would lower 0.80 to 0.30")


def test_rows_are_told_each_for_itself_and_none_of_none(model):
    rows = pd.concat([customer(), customer(has_support=True), customer(discount=20.0)], ignore_index=True)
    told = nearest_changes(model, rows)
    assert told.tolist() == [nearest_changes(model, rows.iloc[[n]]).iloc[0] for n in range(3)]
    assert nearest_changes(model, rows.iloc[:0]).empty
    assert nearest_changes(replace(model, options={}), rows).isna().all()


@pytest.fixture(scope="module")
def changing(customers, churn_spec):
    spec = replace(
        churn_spec, candidates=("logistic_regression",), changeable=("plan", "tickets", "constant")
    )
    return train_churn(customers.assign(constant=1), spec)


def test_those_flagged_are_told_by_the_model_that_never_saw_them(changing):
    told = changing.honest.set_index("is_predicted_churn")[CHANGE]
    assert told.loc[True].notna().all()
    assert told.loc[False].isna().all()
    assert told.loc[True].str.contains(" instead of ").all()
    assert changing.warnings[-1] == "'constant' is no feature to change: has the same value in every row"
    assert {name: options[:2] for name, options in changing.model.options.items()} == {
        "plan": changing.model.options["plan"],
        "tickets": [0.0, 1.0],
    }


def test_what_is_published_is_told_of_the_version_as_it_was_stored(changing, customers):
    model = load_model(dump_model(changing.model), "logistic_regression")
    batch = customers.assign(constant=1)
    batch.loc[batch.index[:300], "tickets"] += 1  # other rows than those learned from
    honest = honest_by_row(changing.honest)
    published = published_scores(
        model, honest, batch, ("customer_id",), lambda p: (p >= model.threshold).to_numpy()
    )
    is_flagged = published["churn_probability"] >= model.threshold
    assert published.loc[is_flagged, CHANGE].notna().all()
    assert is_flagged[:300].any()
    expected = nearest_changes(model, batch[:300][is_flagged[:300]])
    assert published[CHANGE][:300].dropna().tolist() == expected.tolist()
