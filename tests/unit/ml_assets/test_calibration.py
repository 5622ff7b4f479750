"""Probabilities are brought to what comes of them where that helps beyond noise, and left alone where it does not."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.special import expit, logit

from meshlake.ml_assets.calibration import METHODS, NONE, calibrate, calibrated
from meshlake.ml_assets.ensembles import calibrate_winner
from meshlake.ml_assets.explaining.reasons import explain_churn
from meshlake.ml_assets.honest import row_fingerprints
from meshlake.ml_assets.persistence import dump_model, load_model
from meshlake.ml_assets.scoring import churn_probability, score_churn

ROWS = 1_500
RANDOM = np.random.default_rng(4)
TRUE = RANDOM.beta(1, 3, ROWS)
CHURNED = RANDOM.random(ROWS) < TRUE
FOLDS = np.arange(ROWS) % 5


def of(said):
    return calibrate(said, CHURNED, FOLDS, np.arange(ROWS), seed=1)


@pytest.mark.parametrize(
    ("said", "is_sure"),
    [(expit(3 * logit(TRUE)), True), (expit(0.3 * logit(TRUE)), True), (np.sqrt(TRUE), True), (TRUE, False)],
    ids=["too sure", "not sure enough", "too high", "true"],
)
def test_what_is_off_is_calibrated_and_what_is_not_is_left(said, is_sure):
    found = of(said)
    assert (found.method != NONE) == is_sure
    assert set(found.log_losses) == {NONE, *METHODS}
    best = -np.mean(np.where(CHURNED, np.log(TRUE), np.log1p(-TRUE)))
    after = -np.mean(np.where(CHURNED, np.log(found.probability), np.log1p(-found.probability)))
    assert after == pytest.approx(best, abs=0.015)


@pytest.mark.parametrize("method", METHODS)
def test_each_method_keeps_the_order_and_comes_near_the_truth(method):
    said = expit(3 * logit(TRUE))
    meant = METHODS[method](said, CHURNED)(said)
    assert (np.diff(meant[np.argsort(said)]) >= -1e-9).all()
    assert np.abs(meant - TRUE).mean() < 0.05


def test_venn_abers_is_never_sure_of_few_rows():
    """Of the rows above all others, one of which churned: isotonic says that all do."""
    said, churned = np.array([0.1, 0.2, 0.3, 0.9]), np.array([False, False, False, True])
    assert METHODS["isotonic"](said, churned)(said)[-1] == pytest.approx(1, abs=0.01)
    # Without that label the two highest are none or both: between 1/2 and 1 for its two labels.
    assert METHODS["venn_abers"](said, churned)(said)[-1] == pytest.approx(1 / (1 - 0.5 + 1), abs=0.02)


@pytest.mark.parametrize("method", METHODS)
def test_a_calibrated_model_scores_explains_and_is_stored(training, customers, method):
    curve = METHODS[method](
        training.honest["churn_probability"].to_numpy(), training.honest["is_churned"].to_numpy()
    )
    model = calibrated(training.model, curve)
    before, after = (churn_probability(each.pipeline, customers) for each in (training.model, model))
    np.testing.assert_allclose(after, curve(before))
    winner = next(each for each in training.candidates if each.algorithm == training.algorithm)
    again = load_model(dump_model(model), *(winner.blend.weights if winner.blend else [winner.algorithm]))
    assert score_churn(again, customers).equals(score_churn(model, customers))
    reasons = explain_churn(model, customers.head(20))
    assert reasons["reason_1"].notna().all()
    assert (
        row_fingerprints(model, customers, ["customer_id"])
        == row_fingerprints(training.model, customers, ["customer_id"])
    ).all()


def test_a_winner_that_is_too_sure_is_calibrated_in_every_fold(training, customers):
    winner = next(each for each in training.candidates if each.algorithm == training.algorithm)
    folds = training.honest["fold"].to_numpy(dtype=np.int64)
    surer = replace(winner, probability=expit(4 * logit(winner.probability.clip(0.001, 0.999))))
    found, told = calibrate_winner(surer, customers, folds, training.spec)
    assert told["method"] == min(told["log_loss"], key=told["log_loss"].get) != NONE
    assert found.curve is not None
    first = customers[folds == 0]
    before, after = (churn_probability(each.models[0].pipeline, first) for each in (surer, found))
    assert (np.argsort(before, kind="stable") == np.argsort(after, kind="stable")).mean() > 0.5
    assert not np.allclose(before, after)
