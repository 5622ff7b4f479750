"""A sigmoid is fitted on folds that are of no one month, and of whole customers."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score
from sklearn.tree import DecisionTreeClassifier

from meshlake.ml_assets.candidates.calibration import calibrated


def of_months(months: int = 6, rows: int = 200):
    """Sorted by month: `usage` tells who leaves, and each month has a level and a share of its own."""
    random = np.random.default_rng(4)
    month = np.repeat(np.arange(months), rows)
    usage = random.normal(size=len(month))
    has_left = random.random(len(month)) < 1 / (1 + np.exp(usage - (month % 2) * 3 + 1.5))
    return np.column_stack([usage, month]), has_left


def test_rows_sorted_by_month_do_not_turn_the_probability_around():
    X, has_left = of_months()
    model = calibrated(DecisionTreeClassifier(max_depth=6, min_samples_leaf=20, random_state=1)).fit(
        X, has_left
    )
    assert roc_auc_score(has_left, model.predict_proba(X)[:, 1]) > 0.75
    assert model.cv == 3


class Remembers(DecisionTreeClassifier):
    """Which rows it was fitted on, by the first column."""

    seen: list = []  # noqa: RUF012

    def fit(self, X, y, sample_weight=None):
        Remembers.seen.append(set(X[:, 0].tolist()))
        return super().fit(X, y, sample_weight)

    def predict_proba(self, X):
        Remembers.seen.append(set(X[:, 0].tolist()))
        return super().predict_proba(X)


@pytest.mark.parametrize(("has_groups", "are_apart"), [(True, True), (False, False)])
def test_whole_groups_are_in_each_fold(has_groups, are_apart):
    Remembers.seen = []
    groups = np.repeat(np.arange(60), 5)
    X, has_left = groups[:, None].astype(float), groups % 3 == 0
    calibrated(Remembers()).fit(X, has_left, groups=groups if has_groups else None)
    pairs = [Remembers.seen[i : i + 2] for i in (0, 2, 4)]
    assert all((not learned & told) is are_apart for learned, told in pairs)


def test_of_too_few_groups_the_rows_are_dealt():
    X, has_left = of_months(2)
    groups = np.repeat([0, 1], 200)
    model = calibrated(DecisionTreeClassifier(max_depth=3)).fit(X, has_left, groups=groups)
    assert np.isfinite(model.predict_proba(X)).all()
