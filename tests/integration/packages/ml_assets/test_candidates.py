from __future__ import annotations

import sys
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import skops.io
from sklearn.metrics import roc_auc_score

from meshlake.errors import MissingPackageError
from meshlake.ml_assets.candidates.algorithm import make_scoring_exact
from meshlake.ml_assets.candidates.candidate import CANDIDATES, build_candidate
from meshlake.ml_assets.cross_validation import fit
from meshlake.ml_assets.explaining.reasons import feature_effects
from meshlake.ml_assets.persistence import dump_model, load_model
from meshlake.ml_assets.preprocessing import FeaturePlan, Kind, plan_features
from meshlake.ml_assets.scoring import churn_probability, published_probability
from support.extras import skip_without_packages

FEATURES = ["tickets", "plan", "minutes", "has_contract"]


# Few trees and the like: what is tested is the same of many.
FEW: dict[str, dict[str, int]] = {
    "random_forest": {"n_estimators": 10},
    "extra_trees": {"n_estimators": 10},
    "bagging": {"n_estimators": 10},
    "ada_boost": {"n_estimators": 10},
    "gradient_boosting": {"n_estimators": 20},
    "histogram_gradient_boosting": {"max_iter": 10, "seeds": 2},
    "kernel_svm": {"n_components": 20},
    "lightgbm": {"n_estimators": 20, "learning_rate": 0.1},
    "catboost": {"iterations": 20},
    "wide_and_deep": {"epochs": 30},
    "multilayer_perceptron": {"n_iter_no_change": 60},
}


@pytest.mark.parametrize("algorithm", CANDIDATES.names)
def test_every_algorithm_learns_scores_rows_alone_as_together_is_stored_and_explains(
    make_customers, churn_spec, algorithm
):
    skip_without_packages(algorithm)
    rows = make_customers(300)
    spec = replace(churn_spec, parameters=FEW)
    model = fit(algorithm, plan_features(rows, FEATURES), rows, spec)
    unseen = rows.head(3).assign(plan="lifelong", minutes=None, has_contract=None)
    batch = pd.concat([rows.tail(20), unseen])
    probability = churn_probability(model.pipeline, batch)
    assert ((probability > 0) & (probability < 1)).all()
    assert roc_auc_score(rows["is_churned"], churn_probability(model.pipeline, rows)) > 0.7

    singly = [churn_probability(model.pipeline, batch[i : i + 1]) for i in range(len(batch))]
    assert (published_probability(np.concatenate(singly)) == published_probability(probability)).all()

    content = dump_model(model)
    assert set(CANDIDATES.get(algorithm).trusted_types) <= set(skops.io.get_untrusted_types(data=content))
    again = load_model(content, algorithm)
    assert dump_model(again) == content
    assert (churn_probability(again.pipeline, batch) == probability).all()

    frame = again.pipeline[:1].transform(batch)
    by_scoring_again = feature_effects(replace(model, algorithm=""), frame)
    assert feature_effects(again, frame) == pytest.approx(by_scoring_again, abs=1e-9)
    assert np.abs(by_scoring_again[:, 0]).max() > 0.01  # tickets


@pytest.mark.parametrize("algorithm", ["lightgbm", "catboost"])
def test_text_is_a_category_of_its_own(algorithm):
    skip_without_packages(algorithm)
    rows = pd.DataFrame({"plan": [f"p{number % 8}" for number in range(800)]})
    # No order of the plans tells them apart in one split.
    is_churned = rows["plan"].isin(["p0", "p3", "p5", "p6"]).to_numpy()
    parameters = {"lightgbm": {"n_estimators": 1, "num_leaves": 2}, "catboost": {"iterations": 1, "depth": 1}}
    plan = plan_features(rows, ["plan"])
    pipeline = build_candidate(algorithm, plan, 1, len(rows), parameters[algorithm]).fit(rows, is_churned)
    assert roc_auc_score(is_churned, pipeline.predict_proba(rows)[:, 1]) == 1


@pytest.mark.parametrize(
    ("algorithm", "package", "extra"),
    [
        ("lightgbm", "lightgbm", "lightgbm"),
        ("catboost", "catboost", "catboost"),
        ("wide_and_deep", "keras", "deep"),
    ],
)
def test_an_algorithm_whose_package_is_missing_says_what_to_install(
    customers, monkeypatch, algorithm, package, extra
):
    monkeypatch.setitem(sys.modules, package, None)
    told = f"the candidate {algorithm} needs the package {package}"
    with pytest.raises(MissingPackageError, match=told) as raised:
        build_candidate(algorithm, plan_features(customers, FEATURES), 1, len(customers))
    assert raised.value.hint == f"Install it: pip install 'meshlake[{extra}]'"
    with pytest.raises(MissingPackageError, match=told):
        load_model(b"", algorithm)


def test_text_is_a_native_category_of_histogram_gradient_boosting(customers):
    plan = plan_features(customers, FEATURES)
    pipeline = build_candidate("histogram_gradient_boosting", plan, seed=1, rows=len(customers))
    model = pipeline.fit(customers, customers["is_churned"]).named_steps["model"]
    assert model.estimators_[0].is_categorical_.tolist() == [False, False, False, True]


def test_a_forest_scores_on_one_thread(customers):
    forest = build_candidate("random_forest", plan_features(customers, FEATURES), seed=1, rows=len(customers))
    assert make_scoring_exact(forest).named_steps["model"].n_jobs == 1


def test_each_tree_of_a_forest_draws_a_bounded_number_of_rows(customers):
    plan = plan_features(customers, FEATURES)
    for rows, drawn in ((10_000, None), (10_001, 10_000)):
        forest = build_candidate("random_forest", plan, seed=1, rows=rows)
        assert forest.named_steps["model"].max_samples == drawn


def test_parameters_of_a_model_yaml_reach_the_estimator(customers):
    plan = plan_features(customers, FEATURES)
    parameters = {"n_estimators": 7, "min_samples_leaf": 2}
    forest = build_candidate("random_forest", plan, 1, len(customers), parameters).named_steps["model"]
    assert (forest.n_estimators, forest.min_samples_leaf) == (7, 2)


def test_l1_sets_coefficients_to_zero_which_l2_does_not(customers):
    def zeros(l1_ratio):
        parameters = {"C": 0.05, "l1_ratio": l1_ratio}
        pipeline = build_candidate("logistic_regression", plan, 1, len(customers), parameters)
        return (pipeline.fit(customers, customers["is_churned"]).named_steps["model"].coef_ == 0).sum()

    plan = plan_features(customers, FEATURES)
    assert zeros(1.0) >= zeros(0.5) > zeros(0.0) == 0


def test_products_of_numbers_learn_what_no_sum_can():
    random = np.random.default_rng(0)
    rows = pd.DataFrame(random.normal(size=(400, 2)), columns=["a", "b"])
    is_churned = rows["a"] * rows["b"] > 0
    plan = plan_features(rows, ["a", "b"])

    def area(degree):
        pipeline = build_candidate("logistic_regression", plan, 1, 400, {"degree": degree})
        return roc_auc_score(is_churned, pipeline.fit(rows, is_churned).predict_proba(rows)[:, 1])

    assert area(1) < 0.6
    assert area(2) > 0.99


def test_products_of_too_many_numbers_are_refused():
    plan = FeaturePlan({f"n{position}": Kind.NUMBER for position in range(80)}, {})
    with pytest.raises(ValueError, match="products of 2 of 80 numbers are 3321 columns, more than 2000"):
        build_candidate("logistic_regression", plan, 1, 400, {"degree": 2})


@pytest.mark.parametrize(("rows", "count", "rate"), [(50_000, 3, 0.05), (50_001, 1, 0.1)])
def test_boosting_of_many_rows_is_one_of_larger_steps_unless_it_is_asked_otherwise(
    customers, rows, count, rate
):
    def boostings(**parameters):
        name = "histogram_gradient_boosting"
        return build_candidate(name, plan, 1, rows, parameters).named_steps["model"].boostings

    plan = plan_features(customers, FEATURES)
    assert [each.learning_rate for each in boostings()] == [rate] * count
    assert [each.learning_rate for each in boostings(learning_rate=0.2, seeds=2)] == [0.2] * 2
