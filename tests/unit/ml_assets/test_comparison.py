"""Two models on the same rows: which is better, and whether that is more than noise."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import log_loss, roc_auc_score

from meshlake.ml_assets import comparison
from meshlake.ml_assets.comparison import can_compare, compare

SIZE = 600
RANDOM = np.random.default_rng(3)
TRUE = np.clip(RANDOM.beta(1, 3, SIZE), 0.01, 0.99)
HAS_LEFT = RANDOM.random(SIZE) < TRUE
NOISE = RANDOM.random(SIZE)
EACH = np.arange(SIZE)


def test_differences_are_those_of_the_metrics():
    found = compare(HAS_LEFT, TRUE, NOISE, EACH, 0)
    assert found.rows == SIZE
    assert found.log_loss.estimate == pytest.approx(log_loss(HAS_LEFT, NOISE) - log_loss(HAS_LEFT, TRUE))
    assert found.roc_auc.estimate == pytest.approx(
        roc_auc_score(HAS_LEFT, TRUE) - roc_auc_score(HAS_LEFT, NOISE)
    )


def test_the_truth_is_better_than_noise_which_is_worse():
    assert compare(HAS_LEFT, TRUE, NOISE, EACH, 0).is_better
    assert compare(HAS_LEFT, NOISE, TRUE, EACH, 0).is_worse


def test_a_model_is_neither_better_nor_worse_than_itself():
    found = compare(HAS_LEFT, TRUE, TRUE, EACH, 0)
    assert (found.is_better, found.is_worse) == (False, False)
    assert found.log_loss.low == found.log_loss.high == 0


def test_a_constant_has_the_area_of_chance():
    constant = np.full(SIZE, HAS_LEFT.mean())
    found = compare(HAS_LEFT, TRUE, constant, EACH, 0)
    assert 0.5 + found.roc_auc.estimate == pytest.approx(roc_auc_score(HAS_LEFT, TRUE))
    assert found.is_better_than_chance
    assert not compare(HAS_LEFT, NOISE, constant, EACH, 0).is_better_than_chance


def test_a_better_order_with_probabilities_that_are_off_is_no_better():
    off = TRUE**4
    found = compare(HAS_LEFT, off, TRUE, EACH, 0)
    assert found.roc_auc.estimate == pytest.approx(0)
    assert found.calibration_error.is_worse
    assert not found.is_better


def test_intervals_are_about_as_wide_as_the_standard_error_says():
    base = np.full(SIZE, HAS_LEFT.mean())
    gain = np.where(HAS_LEFT, np.log(TRUE / base), np.log((1 - TRUE) / (1 - base)))
    width = 2 * 1.96 * gain.std() / np.sqrt(SIZE)
    found = compare(HAS_LEFT, TRUE, base, EACH, 0).log_loss
    assert found.high - found.low == pytest.approx(width, rel=0.15)


def test_rows_of_one_customer_are_drawn_together_so_that_repeating_them_proves_nothing():
    few = slice(0, 60)
    once = compare(HAS_LEFT[few], TRUE[few], NOISE[few], EACH[few], 0).log_loss
    repeated = [np.tile(values[few], 9) for values in (HAS_LEFT, TRUE, NOISE, EACH)]
    found = compare(*repeated, 0).log_loss
    assert found.high - found.low == pytest.approx(once.high - once.low, rel=0.1)


def test_the_same_seed_gives_the_same_and_many_rows_are_sampled(monkeypatch):
    monkeypatch.setattr(comparison, "MAX_ROWS", 200)
    first, second = (compare(HAS_LEFT, TRUE, NOISE, EACH, 5) for _ in range(2))
    assert first == second
    assert first.rows == 200


@pytest.mark.parametrize(("churned", "can"), [(4, False), (5, True), (95, True), (96, False)])
def test_a_few_rows_of_a_class_tell_nothing(churned, can):
    assert can_compare(np.arange(100) < churned) is can
