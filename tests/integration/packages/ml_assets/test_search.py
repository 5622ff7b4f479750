"""Parameters searched for inside the folds, and the curve of the main one."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from pydantic import ValidationError
from sklearn.model_selection import ParameterSampler
from tests.unit.ml_assets.test_competition import Clock

from meshlake.ml_assets.candidates.candidate import CANDIDATES
from meshlake.ml_assets.candidates.logistic_regression import LogisticRegressionCandidate
from meshlake.ml_assets.candidates.space import Between
from meshlake.ml_assets.churn import train_churn
from meshlake.ml_assets.competition import compete
from meshlake.ml_assets.cross_validation import fit_features
from meshlake.ml_assets.features import Features
from meshlake.ml_assets.preprocessing import plan_features
from meshlake.ml_assets.report import churn_report
from meshlake.ml_assets.spec import ChurnDocument
from meshlake.ml_assets.threads import one_thread
from meshlake.ml_assets.validation_curve import validation_curve
from meshlake.models.curves_page import curve_sections

SPEC = {"task": "churn", "features": "a.b", "key": "id", "label": "c"}


@pytest.mark.parametrize("name", CANDIDATES.names)
def test_a_candidate_states_few_parameters_and_takes_both_ends_of_each(name):
    candidate = CANDIDATES.get(name)
    assert 1 <= len(candidate.search_space) <= 4
    for parameter, space in candidate.search_space.items():
        for share in (0.0, 0.5, 1.0):
            assert getattr(candidate(**{parameter: space.at(share)}), parameter) == space.at(share)


def test_what_is_drawn_lies_between_and_is_as_often_of_each_size():
    space = {"C": Between(0.01, 100.0, is_log=True), "leaves": Between(4, 63, is_log=True)}
    drawn = pd.DataFrame(list(ParameterSampler(space, 400, random_state=0)))
    assert drawn["C"].between(0.01, 100).all()
    assert drawn["C"].lt(1).mean() == pytest.approx(0.5, abs=0.1)
    assert drawn["leaves"].map(type).eq(int).all()
    assert drawn["leaves"].between(4, 63).all()


@pytest.fixture(scope="module")
def rows() -> pd.DataFrame:
    """Many columns of noise and few rows: far more drawing to zero than usual is right."""
    random = np.random.default_rng(4)
    noise = pd.DataFrame(random.normal(size=(120, 40)), columns=[f"x{n}" for n in range(40)])
    is_churned = random.random(120) < 1 / (1 + np.exp(-1.5 * noise["x0"]))
    return noise.assign(customer_id=range(120), is_churned=is_churned)


@pytest.fixture(scope="module")
def searched(rows, churn_spec):
    spec = replace(churn_spec, candidates=("logistic_regression",), search=4, folds=4)
    lines: list[str] = []
    return train_churn(rows, spec, lines.append), lines


def test_what_is_better_beyond_noise_is_found_and_the_model_is_made_with_it(searched):
    training, _ = searched
    (candidate,) = training.candidates
    found = candidate.searched.parameters["C"]
    assert found < 0.1
    assert found == training.model.pipeline.named_steps["model"].C
    assert training.spec.parameters == {"logistic_regression": {"C": found}}


def test_a_fold_is_predicted_with_what_was_found_without_it(searched, rows):
    training, _ = searched
    (candidate,) = training.candidates
    of_folds = [model.pipeline.named_steps["model"].C for model in candidate.models]
    assert of_folds == [found.get("C", 1.0) for found in candidate.searched.of_folds]
    # Labels of one fold turned round change nothing of what is found without it.
    by_key = training.honest.set_index("customer_id")
    folds = by_key["fold"].reindex(rows["customer_id"]).to_numpy(dtype="int64")
    turned = rows.assign(is_churned=rows["is_churned"] ^ (folds == 0))
    plan = plan_features(rows, [name for name in rows if name.startswith("x")])
    spec = replace(training.spec, parameters={})
    with one_thread():
        (again,) = compete(plan, turned, folds, spec, lambda _: None).candidates
    assert again.searched.of_folds[0] == candidate.searched.of_folds[0]
    assert again.probability[folds == 1] != pytest.approx(candidate.probability[folds == 1], abs=1e-3)
    assert again.probability[folds == 0] == pytest.approx(candidate.probability[folds == 0], abs=1e-9)


def test_it_is_told_and_recorded(searched):
    training, lines = searched
    told = [line for line in lines if line.startswith("searching parameters")]
    assert told[0] == "searching parameters of logistic_regression without fold 1 of 4: 4 trials"
    assert told[-1] == "searching parameters of logistic_regression on all folds: 4 trials"
    found = churn_report(training)["candidates"]["logistic_regression"]["search"]
    assert found["parameters"] == found["trials"][0]["parameters"]
    assert len(found["trials"]) == 5
    assert [trial["parts"] for trial in found["trials"]].count(1) >= 2
    assert {} in [trial["parameters"] for trial in found["trials"] if trial["parts"] == 3]


def test_noise_finds_nothing_better(make_customers, churn_spec):
    shuffled = make_customers(200).assign(is_churned=np.random.default_rng(1).random(200) < 0.4)
    spec = replace(churn_spec, candidates=("logistic_regression",), search=2, folds=4)
    plan = plan_features(shuffled, ["minutes"])
    (found,) = compete(plan, shuffled, np.arange(200) % 4, spec, lambda _: None).candidates
    assert found.searched.parameters == {}


def test_what_is_given_is_not_searched_for(make_customers, churn_spec):
    rows = make_customers(100)
    spec = replace(churn_spec, candidates=("logistic_regression",), search=3)
    spec = replace(spec, parameters={"logistic_regression": {"C": 2.0}})
    plan = plan_features(rows, ["tickets"])
    (found,) = compete(plan, rows, np.arange(100) % 5, spec, lambda _: None).candidates
    assert found.searched is None


def test_a_search_that_has_no_time_leaves_what_was_compared_and_is_told(make_customers, churn_spec):
    rows = make_customers(100)
    spec = replace(churn_spec, candidates=("decision_tree", "logistic_regression"), search=5, minutes=0.5)
    plan = plan_features(rows, ["tickets", "plan"])
    found = compete(plan, rows, np.arange(100) % 5, spec, lambda _: None, Clock(2))
    assert [candidate.searched for candidate in found.candidates] == [None, None]
    why = "no time was left of 0.5 minutes (policy.minutes)"
    assert found.left_out == {f"a search for parameters of {name}": why for name in spec.candidates}


def test_three_folds_are_too_few_to_search():
    with pytest.raises(ValidationError, match=r"needs 'policy\.folds' of at least 4"):
        ChurnDocument.model_validate({**SPEC, "policy": {"search": 5, "folds": 3}})
    assert ChurnDocument.model_validate({**SPEC, "policy": {"search": 5}}).spec.search == 5


def test_a_validation_curve_has_the_value_used_and_falls_by_heart(searched, rows):
    training, _ = searched
    (candidate,) = (replace(each, seconds=1e6) for each in training.candidates)
    plan = plan_features(rows, [name for name in rows if name.startswith("x")])
    is_out = np.arange(len(rows)) % 4 == 0
    features = Features.of(rows, plan, training.spec)
    parts = features.where(~is_out), features.where(is_out)
    curve = validation_curve(candidate, [candidate], plan, *parts, training.spec)
    assert (curve["algorithm"], curve["parameter"]) == ("logistic_regression", "C")
    assert curve["used"] in [point["value"] for point in curve["points"]]
    learned = [point["learned_log_loss"] for point in curve["points"]]
    assert learned == sorted(learned, reverse=True)
    assert curve["points"][-1]["log_loss"] > curve["points"][0]["log_loss"]
    (section,) = curve_sections({"validation_curve": curve})
    assert "with other values of C, all else as it is, on 90 rows" in section.told
    assert section.drawings["validation curve"].startswith(b"<")


def test_a_validation_curve_that_would_take_long_is_not_made_of_few_rows(searched, rows):
    training, _ = searched
    (candidate,) = (replace(each, seconds=1.0, fit_seconds=1.0) for each in training.candidates)
    plan = plan_features(rows, ["x0", "x1"])
    features = Features.of(rows, plan, training.spec)
    parts = features.where(np.arange(120) >= 30), features.where(np.arange(120) < 30)
    assert validation_curve(candidate, [candidate], plan, *parts, training.spec) == {}


def test_parameters_that_take_the_same_columns_share_them(searched, rows):
    training, _ = searched
    features = Features.of(rows, plan_features(rows, ["x0", "x1"]), training.spec)
    plan = plan_features(rows, ["x0", "x1"])
    one, two, of_products = (
        features.columns(LogisticRegressionCandidate(**given).preprocessing(plan))
        for given in ({"C": 1.0}, {"C": 0.1}, {"degree": 2})
    )
    assert one[0] is two[0]
    assert one[1] is two[1]
    assert of_products[1].shape[1] > one[1].shape[1]


def test_the_value_used_is_not_fitted_again(searched, rows, monkeypatch):
    training, _ = searched
    (candidate,) = (replace(each, seconds=1e6, searched=None) for each in training.candidates)
    plan = plan_features(rows, [name for name in rows if name.startswith("x")])
    features = Features.of(rows, plan, training.spec)
    fitted = []
    monkeypatch.setattr(
        "meshlake.ml_assets.validation_curve.fit_features",
        lambda *given: fitted.append(given[-1].parameters) or fit_features(*given),
    )
    parts = features.where(np.arange(len(rows)) % 4 > 0), features.where(np.arange(len(rows)) % 4 == 0)
    curve = validation_curve(candidate, [candidate], plan, *parts, training.spec)
    values = [point["value"] for point in curve["points"]]
    assert [each["logistic_regression"]["C"] for each in fitted] == [v for v in values if v != curve["used"]]
