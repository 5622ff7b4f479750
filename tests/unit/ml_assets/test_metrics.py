from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import f1_score, precision_score, recall_score

from meshlake.ml_assets.metrics import (
    calibration_bins,
    flag_metrics,
    lift,
    probability_metrics,
    threshold_for_share,
)

CHURNED = np.array([True, True, False, False, False])
PROBABILITY = np.array([0.9, 0.4, 0.6, 0.1, 0.0])


def test_metrics_of_a_worked_example():
    found = probability_metrics(CHURNED, PROBABILITY)
    assert found == pytest.approx(
        {
            "roc_auc": 5 / 6,
            "pr_auc": (1 + 2 / 3) / 2,
            "log_loss": -(np.log(0.9) + np.log(0.4) + np.log(0.4) + np.log(0.9) + 0) / 5,
            "brier": (0.01 + 0.36 + 0.36 + 0.01 + 0) / 5,
            "lift_at_10_percent": 2.5,
            "base_rate": 0.4,
            "n": 5,
        }
    )


@pytest.mark.parametrize(("share", "expected"), [(0.2, 2.5), (0.4, 1.25), (0.6, 5 / 3), (1.0, 1.0)])
def test_lift_is_the_churn_rate_of_the_most_likely_over_that_of_all(share, expected):
    assert lift(CHURNED, PROBABILITY, share) == pytest.approx(expected)


def test_rows_that_cannot_be_told_apart_have_no_lift_in_whatever_order():
    for churned in (CHURNED, CHURNED[::-1]):
        assert lift(churned, np.full(5, 0.3), 0.2) == pytest.approx(1)


@given(
    st.lists(st.floats(0, 1), min_size=1, max_size=50, unique=True),
    st.floats(0.01, 0.99),
)
def test_the_threshold_flags_the_share_asked_for_and_at_least_one_row(values, share):
    probability = np.array(values)
    flagged = int((probability >= threshold_for_share(probability, share)).sum())
    assert flagged == max(1, round(share * len(values)))


def test_the_confusion_matrix_and_what_follows_from_it():
    assert flag_metrics(CHURNED, PROBABILITY >= 0.5) == {
        "true_positive": 1,
        "false_positive": 1,
        "false_negative": 1,
        "true_negative": 2,
        "precision": 0.5,
        "recall": 0.5,
        "f1": 0.5,
        "flagged_share": 0.4,
    }


@pytest.mark.slow
@given(st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=40))
def test_flag_metrics_agree_with_scikit_learn(rows):
    churned, flagged = np.array(rows).T
    found = flag_metrics(churned, flagged)
    assert sum(found[c] for c in list(found)[:4]) == len(rows)
    assert found["precision"] == pytest.approx(precision_score(churned, flagged, zero_division=0), abs=1e-12)
    assert found["recall"] == pytest.approx(recall_score(churned, flagged, zero_division=0), abs=1e-12)
    assert found["f1"] == pytest.approx(f1_score(churned, flagged, zero_division=0), abs=1e-12)


def test_bins_of_calibration_hold_rows_of_like_probability_with_wilson_s_interval():
    found = calibration_bins(np.arange(20) % 4 == 0, np.linspace(0.01, 0.2, 20), most=2)
    assert found["rows"].tolist() == [10, 10]
    assert found["predicted"].tolist() == pytest.approx([0.055, 0.155])
    assert found["observed"].tolist() == [0.3, 0.2]
    assert found["low"].tolist() == pytest.approx([0.1078, 0.0567], abs=1e-4)  # Wilson, by hand
    assert found["high"].tolist() == pytest.approx([0.6032, 0.5098], abs=1e-4)


def test_rows_that_cannot_be_told_apart_are_one_bin():
    (only,) = calibration_bins(CHURNED, np.full(5, 0.3)).itertuples(index=False)
    assert (only.predicted, only.observed, only.rows) == (pytest.approx(0.3), 0.4, 5)
