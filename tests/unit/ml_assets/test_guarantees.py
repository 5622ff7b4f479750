"""Thresholds that promise recall or precision keep it on rows that they were not chosen by."""

from __future__ import annotations

import numpy as np
import pytest

from meshlake.ml_assets.guarantees import (
    NOBODY,
    kept_share,
    threshold_for_precision,
    threshold_for_recall,
)


def drawn(seed: int, rows: int = 1_000) -> tuple[np.ndarray, np.ndarray]:
    """Calibrated probabilities, most of them small, and labels drawn by them."""
    random = np.random.default_rng(seed)
    probability = random.beta(0.6, 1.4, rows)
    return random.random(rows) < probability, probability


@pytest.mark.parametrize(("least", "seed"), [(0.8, 1), (0.95, 2)])
def test_a_promise_of_recall_is_broken_in_at_most_one_of_twenty_trainings(least, seed):
    churned, probability = drawn(seed, 20_000)
    kept = []
    for training in range(100):
        threshold = threshold_for_recall(*drawn(1000 * seed + training), least)
        kept.append((probability[churned] >= threshold).mean() >= least)
    assert 0.88 <= np.mean(kept) <= 0.99  # 95 % are expected: neither broken nor kept by flagging all


def test_a_promise_of_precision_is_kept():
    churned, probability = drawn(3, 20_000)
    flagged = [probability >= threshold_for_precision(*drawn(training), 0.7) for training in range(60)]
    assert np.mean([churned[each].sum() >= 0.7 * each.sum() for each in flagged]) >= 0.95
    assert np.median([each.mean() for each in flagged]) > 0.03


def test_what_no_threshold_can_promise_flags_everyone_or_nobody():
    churned, probability = drawn(4, 50)
    assert threshold_for_recall(churned, probability, 0.999) == 0
    assert threshold_for_precision(churned, probability, 0.999) == NOBODY


def test_a_share_has_its_exact_interval():
    """By Clopper and Pearson's tables: 3 of 10."""
    found = kept_share(np.array([True] * 3 + [False] * 7))
    assert (found.estimate, found.low, found.high) == pytest.approx((0.3, 0.0667, 0.6525), abs=1e-4)
    assert kept_share(np.array([], dtype=bool)) is None
    assert kept_share(np.array([True])).high == 1
