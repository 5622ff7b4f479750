"""What a model is held against: the best single feature, and what choosing among many makes look better."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from meshlake.ml_assets.held_against import gain_by_choosing, rule_of_thumb

RANDOM = np.random.default_rng(6)
IS_CHURNED = RANDOM.random(500) < 0.3
FOLDS = np.arange(500) % 5


def said(probability):
    return SimpleNamespace(probability=np.broadcast_to(probability, 500))


def test_a_rule_of_thumb_is_the_best_single_feature(training, customers):
    rule = training.diagnosis.rule_of_thumb
    assert rule["feature"] == "tickets"
    assert 0.6 < rule["roc_auc"] < max(each.out_of_fold["roc_auc"] for each in training.candidates)
    assert rule_of_thumb(customers, ["tickets"], np.zeros(600, dtype=bool)) == {}


def test_what_is_best_in_each_fold_gains_nothing_by_being_chosen():
    assert (
        gain_by_choosing([said(0.3), said(0.01), said(np.where(IS_CHURNED, 0.9, 0.1))], FOLDS, IS_CHURNED)
        == 0
    )


def test_the_best_of_many_guesses_looks_better_than_it_is():
    random = np.random.default_rng(7)
    guesses = [said(0.3 + random.normal(0, 0.05, 500)) for _ in range(30)]
    of_one, of_many = (gain_by_choosing(some, FOLDS, IS_CHURNED) for some in (guesses[:1], guesses))
    assert of_one == pytest.approx(0)
    assert of_many > 0.0005


def test_a_training_says_what_its_choice_gained(training):
    assert 0 <= training.diagnosis.gain_by_choosing < 0.005
