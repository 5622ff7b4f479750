from __future__ import annotations

import pytest

from meshlake.ml_assets.candidates.candidate import DEFAULT_CANDIDATES
from meshlake.ml_assets.segmentation.spec import Scale, SegmentSpec
from meshlake.ml_assets.spec import ChurnSpec

CHURN = {"task": "churn", "features": "retention.features", "key": "customer_id", "label": "is_churned"}
SEGMENTS = {
    "task": "segments",
    "features": "shop.rfm",
    "key": ["a", "b"],
    "columns": {"monetary": "log", "age": "linear"},
}


def test_what_is_left_out_of_a_churn_model_has_defaults():
    spec = ChurnSpec.from_mapping(CHURN)
    assert spec == ChurnSpec(key=("customer_id",), label="is_churned")
    assert spec.candidates == DEFAULT_CANDIDATES
    assert (spec.minutes, spec.folds, spec.seed, spec.flag_share, spec.threshold) == (2, 5, 42, 0.1, None)


def test_everything_a_churn_model_can_say_is_read():
    policy = {
        "candidates": ["logistic_regression", {"random_forest": {"n_estimators": 300}}],
        "minutes": 0.5,
        "folds": 3,
        "seed": 7,
        "threshold": 0.5,
        "retrain_cron": "0 4 * * 1",
    }
    mapping = {**CHURN, "key": ["a", "b"], "cutoff": "on", "exclude": {"city": "too many"}, "policy": policy}
    assert ChurnSpec.from_mapping(mapping) == ChurnSpec(
        key=("a", "b"),
        label="is_churned",
        cutoff="on",
        exclude={"city": "too many"},
        candidates=("logistic_regression", "random_forest"),
        parameters={"random_forest": {"n_estimators": 300}},
        minutes=0.5,
        folds=3,
        seed=7,
        flag_share=None,
        threshold=0.5,
    )


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"lable": "x"}, "'lable' is not known. Did you mean 'label'?"),
        ({"policy": {"fold": 3}}, "'policy.fold' is not known. Did you mean 'folds'?"),
        ({"task": "segments"}, "'task' is 'segments'; it must be 'churn' here"),
        ({"key": None}, "'key' is None; it must be a column name or a list of column names"),
        ({"key": ["a", "a"]}, "names a column twice"),
        ({"label": None}, "'label' is missing"),
        ({"label": ["a"]}, "'label' is ['a']; it must be the name of one column"),
        ({"label": "customer_id"}, "must name different columns"),
        ({"cutoff": "is_churned"}, "must name different columns"),
        ({"exclude": ["city"]}, "'exclude' is ['city']; it must be a mapping"),
        ({"exclude": {"city": ""}}, "must say in words why"),
        ({"policy": {"candidates": ["random_forrest"]}}, "Did you mean 'random_forest'?"),
        ({"policy": {"candidates": []}}, "must list, once each"),
        ({"policy": {"candidates": ["random_forest", "random_forest"]}}, "must list, once each"),
        ({"policy": {"candidates": ["random_forest", {"random_forest": None}]}}, "must list, once each"),
        ({"policy": {"candidates": [{"random_forrest": {}}]}}, "Did you mean 'random_forest'?"),
        (
            {"policy": {"candidates": [{"random_forest": {"n_estimator": 9}}]}},
            "'policy.candidates.random_forest': 'n_estimator' is not known. Did you mean 'n_estimators'?",
        ),
        (
            {"policy": {"candidates": [{"random_forest": {"n_estimators": 0}}]}},
            "'policy.candidates.random_forest': 'n_estimators' is 0; Input should be greater than 0",
        ),
        ({"policy": {"candidates": [{"random_forest": 300}]}}, "must be a mapping"),
        ({"policy": {"candidates": [{"a": {}, "b": {}}]}}, "a name, or one name with its parameters"),
        (
            {"policy": {"candidates": ["random_forest", "logistic_regression", {"soft_voting": {"x": 1}}]}},
            "'policy.candidates.soft_voting' has no parameters",
        ),
        (
            {"policy": {"candidates": ["random_forest", "soft_voting", "stacking"]}},
            "'soft_voting' needs at least two",
        ),
        ({"policy": {"minutes": 0}}, "'policy.minutes' is 0; it must be a number above 0"),
        ({"policy": {"folds": 1}}, "whole number of at least 2"),
        ({"policy": {"folds": True}}, "whole number of at least 2"),
        ({"policy": {"seed": 1.5}}, "whole number of at least 0"),
        ({"policy": {"flag_share": 10}}, "between 0 and 1"),
        ({"policy": {"flag_share": 0.1, "threshold": 0.5}}, "both given"),
    ],
)
def test_a_wrong_churn_model_is_refused_by_key(change, told):
    with pytest.raises(ValueError) as error:
        ChurnSpec.from_mapping({**CHURN, **change})
    assert told in str(error.value)


def test_a_segmentation_is_read():
    spec = SegmentSpec.from_mapping({**SEGMENTS, "policy": {"k_min": 2, "k_max": 4, "seed": 1}})
    assert spec == SegmentSpec(("a", "b"), {"monetary": Scale.LOG, "age": Scale.LINEAR}, 2, 4, 1)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"columns": {}}, "'columns' is missing"),
        ({"columns": {"age": "logg"}}, "'columns.age' is 'logg'. Did you mean 'log'? Allowed: log, linear"),
        ({"label": "x"}, "'label' is not known"),
        ({"policy": {"k_min": 1}}, "'policy.k_min' is 1; it must be a whole number of at least 2"),
        ({"policy": {"k_min": 4, "k_max": 3}}, "'policy.k_max' is 3; it must be at least"),
    ],
)
def test_a_wrong_segmentation_is_refused_by_key(change, told):
    with pytest.raises(ValueError) as error:
        SegmentSpec.from_mapping({**SEGMENTS, **change})
    assert told in str(error.value)
