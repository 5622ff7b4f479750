from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.pipeline import make_pipeline

from meshlake.ml_assets.candidates.candidate import CANDIDATES
from meshlake.ml_assets.cross_validation import fit
from meshlake.ml_assets.encoding import linear_preprocessing, tree_preprocessing
from meshlake.ml_assets.explaining.reasons import explain_churn, feature_effects
from meshlake.ml_assets.persistence import dump_model, load_model
from meshlake.ml_assets.preprocessing import MISSING, FeaturePlan, Kind, plan_features
from meshlake.ml_assets.scoring import churn_probability
from support.extras import skip_without_packages

PLAN = FeaturePlan({"plan": Kind.TEXT, "amount": Kind.NUMBER}, {})
SEEN = pd.DataFrame({"plan": ["a", "b", "a", MISSING], "amount": [1.0, 3.0, np.nan, 2.0]})
UNSEEN = pd.DataFrame({"plan": pd.Series(["z"], dtype=object), "amount": [np.nan]})


def test_linear_models_get_unit_variance_null_marks_and_one_column_per_category():
    columns = linear_preprocessing(PLAN).fit(SEEN)
    numbers = columns.transform(SEEN)
    assert numbers.shape == (4, 2 + 3)
    assert numbers[:, :2].mean(axis=0) == pytest.approx([0, 0])
    assert numbers[:, :2].std(axis=0) == pytest.approx([1, 1])
    assert numbers[:, 2:].sum(axis=1).tolist() == [1, 1, 1, 1]
    assert np.isfinite(columns.transform(UNSEEN)).all()


def test_trees_get_nulls_and_unseen_categories_as_nulls():
    columns = tree_preprocessing(PLAN).fit(SEEN)
    assert columns.transform(SEEN)[:, 0].tolist()[:2] == [1.0, 3.0]
    assert columns.transform(SEEN)[:, 1].tolist() == [1, 2, 1, 0]
    assert np.isnan(columns.transform(UNSEEN)).all()


def test_what_values_say_is_learnt_from_other_rows_and_noise_of_many_values_says_nothing():
    random = np.random.default_rng(0)
    rows = pd.DataFrame({"city": random.integers(0, 200, 1_000).astype(str)})
    is_churned = random.random(1_000) < 0.3
    for preprocessing in (linear_preprocessing, tree_preprocessing):
        learnt = preprocessing(plan_features(rows, ["city"])).fit_transform(rows, is_churned)
        assert roc_auc_score(is_churned, learnt[:, 0]) < 0.55


def test_codes_are_categories_beside_amounts():
    region = np.tile([1.0, 2.0, 3.0], 40)
    rows = pd.DataFrame({"region": region})
    plan = plan_features(rows, ["region"])
    model = make_pipeline(linear_preprocessing(plan), LogisticRegression()).fit(rows, region == 2)
    assert (model.predict(rows) == (region == 2)).all()


@pytest.mark.parametrize("algorithm", ["logistic_regression", "decision_tree", "lightgbm", "catboost"])
def test_models_of_dates_codes_and_long_texts_are_stored_and_explain(churn_spec, algorithm):
    skip_without_packages(algorithm)
    random = np.random.default_rng(0)
    rows = pd.DataFrame(
        {
            "city": [f"city {i}" for i in random.integers(0, 101, 400)],
            "note": [f"agent {'late' if i % 3 else 'good'} about bill {i}" for i in range(400)],
            "region": random.integers(1, 4, 400),
            "joined": pd.Timestamp("2020-01-01") + pd.to_timedelta(random.integers(0, 900, 400), unit="D"),
            "customer_id": range(400),
            "is_churned": np.arange(400) % 3 > 0,
        }
    )
    plan = plan_features(rows, ["city", "note", "region", "joined"])
    few = {"lightgbm": {"n_estimators": 10}, "catboost": {"iterations": 10}}
    model = fit(algorithm, plan, rows, replace(churn_spec, parameters=few))
    content = dump_model(model)
    again = load_model(content, algorithm)
    assert dump_model(again) == content
    assert (churn_probability(again.pipeline, rows) == churn_probability(model.pipeline, rows)).all()
    frame = again.pipeline[:1].transform(rows.head(20))
    if algorithm == "logistic_regression":
        known = CANDIDATES.get(algorithm)().explained(again.pipeline[1:], frame, frame[:1])
        assert known is not None
        by_scoring_again = feature_effects(replace(again, algorithm=""), frame)
        assert feature_effects(again, frame) == pytest.approx(by_scoring_again, abs=1e-9)
        told = explain_churn(again, rows[1:2])["reason_1"].item()
        assert told == "note = agent late about bill 1"  # and nobody else's note beside it
