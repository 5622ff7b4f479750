"""Whole customers are kept aside to know when to stop: rows of one are no test of others of the same."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone

from meshlake.ml_assets.candidates import epochs
from meshlake.ml_assets.candidates.algorithm import build_pipeline, fit_columns
from meshlake.ml_assets.candidates.candidate import CANDIDATES
from meshlake.ml_assets.candidates.classifiers import CLASSIFIERS
from meshlake.ml_assets.candidates.epochs import StoppedPerceptron
from meshlake.ml_assets.candidates.multilabel import MULTILABEL
from meshlake.ml_assets.candidates.stopping import StoppedClassifier, StoppedRegressor
from meshlake.ml_assets.cross_validation import fit
from meshlake.ml_assets.preprocessing import plan_features
from meshlake.ml_assets.regressors.regressor import REGRESSORS
from meshlake.ml_assets.spec import ChurnSpec

CUSTOMERS, TIMES = 150, 8
OF_AMOUNTS = {"max_iter": 300}
MOST = OF_AMOUNTS | {"seeds": 1}
FEATURES = ["told", "whose"]


@pytest.fixture(scope="module")
def seen_often() -> pd.DataFrame:
    """Each customer eight times: `whose` tells them apart and, of others, nothing; `told` tells the label a little."""
    random = np.random.default_rng(5)
    customer = np.repeat(np.arange(CUSTOMERS), TIMES)
    told, noise = random.normal(size=(2, CUSTOMERS))
    is_churned = told + 1.5 * noise > 0
    whose = random.permutation(CUSTOMERS)
    table = {"told": told, "whose": whose / 1.0, "is_churned": is_churned}
    rows = pd.DataFrame(table).iloc[customer].assign(customer_id=customer)
    return rows.sample(frac=1, random_state=1).reset_index(drop=True)


def trees(model) -> int:
    model = getattr(model, "models_", [model])[0]
    model = getattr(model, "fitted_", model)
    return max(each.n_iter_ for each in getattr(model, "estimators_", [model]))


@pytest.mark.parametrize(
    ("doorway", "parameters", "label"),
    [
        (CANDIDATES, MOST, lambda rows: rows["is_churned"].to_numpy()),
        (CLASSIFIERS, MOST, lambda rows: (rows["is_churned"] + 2 * (rows["told"] > 1)).to_numpy()),
        (REGRESSORS, OF_AMOUNTS, lambda rows: rows["is_churned"].to_numpy(dtype=float)),
    ],
    ids=["churn", "classes", "amounts"],
)
def test_no_customer_is_both_learned_of_and_kept_aside(seen_often, doorway, parameters, label):
    plan, groups = plan_features(seen_often, FEATURES), seen_often["customer_id"].to_numpy()
    frame = plan.frame().transform(seen_often)

    def trees_with(groups) -> int:
        pipeline = build_pipeline(doorway, "histogram_gradient_boosting", plan, 1, len(frame), parameters)
        fit_columns(pipeline, frame, label(seen_often), groups)
        return trees(pipeline.named_steps["model"])

    by_heart, of_others = trees_with(None), trees_with(groups)
    assert of_others < by_heart / 2
    # Where each row is of another customer, nothing changes.
    assert trees_with(np.arange(len(groups))) == by_heart


@pytest.mark.parametrize(
    ("doorway", "name"),
    [
        (CANDIDATES, "multilayer_perceptron"),
        (CANDIDATES, "stochastic_gradient_descent"),
        (CLASSIFIERS, "multilayer_perceptron"),
        (REGRESSORS, "multilayer_perceptron"),
    ],
    ids=["churn", "descent", "classes", "amounts"],
)
def test_what_goes_through_rows_again_and_again_keeps_customers_aside(seen_often, monkeypatch, doorway, name):
    plan, groups = plan_features(seen_often, FEATURES), seen_often["customer_id"].to_numpy()
    frame = plan.frame().transform(seen_often)
    label = seen_often["is_churned"].to_numpy(dtype=float if doorway is REGRESSORS else bool)
    parts = []

    def seen(*given):
        parts.append(parted(*given))
        return parts[-1]

    parted = epochs._parts
    monkeypatch.setattr(epochs, "_parts", seen)
    for told in (groups, None):
        pipeline = build_pipeline(doorway, name, plan, 1, len(frame), {"max_iter": 3})
        fit_columns(pipeline, frame, label, told)
    (learned, aside), (by_rows, _) = parts
    assert not {*groups[learned]} & {*groups[aside]}
    assert {*groups[by_rows]} == {*groups}


def test_it_stops_by_probabilities_and_keeps_those_that_were_best():
    random = np.random.default_rng(4)
    numbers = random.normal(size=(600, 4))
    is_so = numbers[:, 0] + random.normal(size=600) > 0
    model = StoppedPerceptron((8,), max_iter=200, n_iter_no_change=5, learning_rate_init=0.02, random_state=1)
    model.fit(numbers, is_so)
    assert 6 < model.n_iter_ < 200
    _, aside = epochs._parts(model, numbers, is_so, None)
    kept = model._loss(numbers[aside], is_so[aside])
    others = [
        clone(model).set_params(max_iter=rounds, n_iter_no_change=999).fit(numbers, is_so)
        for rounds in range(1, model.n_iter_ + 1)
    ]
    losses = [each._loss(numbers[aside], is_so[aside]) for each in others]
    assert kept == min(losses)
    assert losses == sorted(losses, reverse=True)
    assert np.array_equal(model.predict_proba(numbers), model.fit(numbers, is_so).predict_proba(numbers))


def test_each_of_several_labels_is_learned_so(seen_often):
    plan, groups = plan_features(seen_often, FEATURES), seen_often["customer_id"].to_numpy()
    frame, codes = plan.frame().transform(seen_often), seen_often["is_churned"].to_numpy(dtype=np.int64)

    def make(candidate, rows):
        return candidate.of_labels(plan, 1, rows, 2)

    found = []
    for told in (None, groups):
        pipeline = build_pipeline(MULTILABEL, "histogram_gradient_boosting", plan, 1, len(frame), MOST, make)
        fit_columns(pipeline, frame, codes, told)
        found.append(trees(pipeline.named_steps["model"]))
    assert found[1] < found[0] / 2


def test_a_churn_model_knows_its_customers(seen_often):
    spec = ChurnSpec(("customer_id",), "is_churned", parameters={"histogram_gradient_boosting": MOST})
    plan = plan_features(seen_often, FEATURES)
    model = fit("histogram_gradient_boosting", plan, seen_often, spec)
    alone = fit(
        "histogram_gradient_boosting", plan, seen_often.assign(customer_id=range(len(seen_often))), spec
    )
    assert trees(model.pipeline.named_steps["model"]) < trees(alone.pipeline.named_steps["model"]) / 2


@pytest.mark.parametrize("groups", [np.repeat([0, 1], 500), np.repeat([0, 1, 1], [500, 250, 250])])
def test_of_groups_of_one_class_each_rows_are_kept_aside(groups):
    numbers = np.random.default_rng(3).normal(size=(1000, 2))
    model = StoppedClassifier(early_stopping=True, max_iter=5).fit(numbers, groups == 1, groups=groups)
    assert model.classes_.tolist() == [False, True]


def test_without_stopping_groups_do_not_matter():
    numbers = np.random.default_rng(3).normal(size=(100, 2))
    groups = np.repeat(np.arange(10), 10)
    fitted = [
        StoppedRegressor(early_stopping=False, max_iter=5).fit(numbers, numbers[:, 0], groups=told)
        for told in (None, groups)
    ]
    assert np.array_equal(*(each.predict(numbers) for each in fitted))
