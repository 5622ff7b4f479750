"""A challenger is promoted if it is better beyond noise, and by nothing else."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit, logit
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.pipeline import Pipeline

from meshlake.ml_assets.preprocessing import FeatureFrame
from meshlake.ml_assets.promotion import Champion, champion_predictions, decide
from meshlake.ml_assets.scoring import ChurnModel
from meshlake.ml_assets.spec import ChurnSpec

SIZE = 500
RANDOM = np.random.default_rng(4)
TRUE = np.clip(RANDOM.beta(1, 2, SIZE), 0.02, 0.98)
HAS_LEFT = RANDOM.random(SIZE) < TRUE
WEAK = np.clip(0.5 * TRUE + 0.5 * RANDOM.beta(1, 2, SIZE), 0.02, 0.98)
NOISE = RANDOM.beta(1, 2, SIZE)
# The same order, and probabilities so far from it that they say about as much as the base rate.
LOUD = expit(2 * logit(TRUE))
SPEC = ChurnSpec(key=("id",), label="has_left")
FEATURES = pd.DataFrame({"id": np.arange(SIZE), "says": TRUE, "has_left": HAS_LEFT})


class Says(ClassifierMixin, BaseEstimator):
    """Stands where a fitted estimator would: its one feature is the probability."""

    def fit(self, X: object, y: object) -> Says:
        return self

    def __sklearn_is_fitted__(self) -> bool:
        return True

    def predict_proba(self, frame: pd.DataFrame) -> np.ndarray:
        probability = frame["says"].to_numpy()
        return np.column_stack([1 - probability, probability])


MODEL = ChurnModel(
    Pipeline([("frame", FeatureFrame({"says": "number"})), ("model", Says())]), ("id",), 0.5, {}
)


def honest(probability, labels=HAS_LEFT, ids=FEATURES["id"]) -> pd.DataFrame:
    fold = pd.Series(np.arange(len(ids)) % 5, dtype="Int64")
    return pd.DataFrame(
        {"id": np.asarray(ids), "is_churned": labels, "fold": fold, "churn_probability": probability}
    )


def champion(probability, model=MODEL, **changes) -> Champion:
    return Champion("v1", honest(probability), model, **changes)


@pytest.mark.parametrize(
    ("challenger", "rival", "is_promoted", "told"),
    [
        (TRUE, None, True, "the first version; ROC AUC 0.7"),
        (NOISE, None, False, "no better than the base rate of 3"),
        (LOUD, None, True, "the first version; ROC AUC 0.7"),
        (LOUD, champion(WEAK), False, "no better than the base rate of 3"),
        (TRUE, champion(WEAK), True, "better beyond noise: log loss better by +0.0"),
        (WEAK, champion(TRUE), False, "not better beyond noise: log loss better by -0.0"),
        (
            TRUE,
            champion(TRUE),
            False,
            "not better beyond noise: log loss better by +0.0000 (+0.0000 to +0.0000)",
        ),
        (NOISE, champion(WEAK), False, "no better than the base rate"),
        (WEAK, champion(TRUE, is_replaced=True), True, "model.yaml asks for another model"),
        (NOISE, champion(TRUE, is_replaced=True), False, "no better than the base rate"),
        (WEAK, champion(TRUE, model=None), False, "worse: log loss"),
        (TRUE, champion(TRUE, model=None), True, "not worse: log loss"),
    ],
)
def test_it_is_promoted_only_if_it_is_better(challenger, rival, is_promoted, told):
    decision = decide(SPEC, honest(challenger), FEATURES, rival)
    assert decision.is_promoted is is_promoted
    assert decision.reason.startswith(told)
    assert decision.figures["against_base_rate"]["rows"] == SIZE


def test_labels_without_meaning_promote_nothing_though_the_champion_looks_bad_by_them():
    random = np.random.default_rng(5)
    shuffled = random.permutation(HAS_LEFT)
    learned = np.full(SIZE, shuffled.mean()) + random.normal(0, 0.01, SIZE)
    decision = decide(SPEC, honest(learned, shuffled), FEATURES, champion(TRUE))
    assert not decision.is_promoted


def test_ten_rows_tell_nothing():
    decision = decide(
        SPEC, honest(TRUE).head(10).assign(is_churned=[True, False] + [False] * 8), FEATURES, None
    )
    assert (decision.is_promoted, decision.figures) == (False, {})
    assert decision.reason == "too few rows tell how good it is: 1 churned and 9 stayed"


def test_the_champion_is_asked_only_of_rows_that_it_never_saw():
    seen = FEATURES.head(100)
    rival = Champion("v1", honest(np.full(100, 0.25), HAS_LEFT[:100], seen["id"]), MODEL)
    found = champion_predictions(rival, honest(TRUE), FEATURES, ["id"])
    assert found[:100].tolist() == [0.25] * 100
    assert found[100:] == pytest.approx(TRUE[100:], abs=1e-6)


def test_a_champion_that_can_neither_score_nor_saw_the_rows_is_followed():
    rival = Champion("v1", honest(TRUE, ids=FEATURES["id"] + 1_000), None)
    decision = decide(SPEC, honest(WEAK), FEATURES, rival)
    assert (decision.is_promoted, "no predictions of these rows" in decision.reason) == (True, True)


def test_the_latest_cut_off_decides_where_it_tested_the_challenger():
    rows = honest(np.where(np.arange(SIZE) < 250, NOISE, TRUE))
    rows.loc[250:, "fold"] = pd.NA
    decision = decide(SPEC, rows, FEATURES, None)
    assert decision.is_promoted
    assert decision.figures["against_base_rate"]["rows"] == 250
