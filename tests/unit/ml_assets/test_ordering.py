"""The order of scores alone: what scikit-learn says of the same rows, of rows one by one and told in parts."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import average_precision_score, roc_auc_score

from meshlake.ml_assets.leaks.values import Numbers
from meshlake.ml_assets.ordering import Ordered

RANDOM = np.random.default_rng(5)
IS_SO = RANDOM.random(400) < 0.3
SCORES = {
    "all unlike": RANDOM.random(400) + 0.2 * IS_SO,
    "with ties": (RANDOM.random(400) + 0.2 * IS_SO).round(1),
    "all alike": np.full(400, 0.3),
}


@pytest.mark.parametrize("score", SCORES.values(), ids=SCORES)
def test_figures_are_those_of_scikit_learn(score):
    found = Ordered.of(IS_SO, score)
    assert found.roc_auc == pytest.approx(roc_auc_score(IS_SO, score), abs=1e-12)
    assert found.average_precision == pytest.approx(average_precision_score(IS_SO, score), abs=1e-12)


def test_parts_of_one_score_are_one():
    so, others, score = np.array([3, 1, 2]), np.array([1, 4, 0]), np.array([0.5, 0.1, 0.5])
    rows = np.repeat([True, False, True, False, True], [3, 1, 1, 4, 2])
    one_by_one = Ordered.of(rows, np.repeat([0.5, 0.5, 0.1, 0.1, 0.5], [3, 1, 1, 4, 2]))
    found = Ordered.of_parts(so, others, score)
    assert (found.so.tolist(), found.others.tolist()) == ([1, 5], [4, 1])
    assert found.roc_auc == one_by_one.roc_auc


def test_a_number_that_is_not_known_is_less_than_any():
    values = np.array([np.nan, 2.0, -np.inf, np.nan, 2.0])
    found = Numbers.of(values).ordered(np.array([True, True, False, False, True]))
    assert (found.so.tolist(), found.others.tolist()) == ([1, 0, 2], [1, 1, 0])
    assert Numbers.of(np.full(3, np.nan)).ordered(np.array([True, False, True])) is None
