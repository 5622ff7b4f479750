from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

from meshlake.ml_assets.churn import train_churn


def test_a_learning_curve_ends_with_all_rows_but_a_fold_and_learns_less_of_fewer(training):
    curve = training.diagnosis.learning_curve
    assert [point["rows"] for point in curve] == [96, 480]
    assert all(point["low"] < point["log_loss"] < point["high"] for point in curve)
    assert curve[-1]["log_loss"] <= min(point["log_loss"] for point in curve) + 0.02
    last = curve[-1]
    assert last["log_loss"] - last["learned_log_loss"] < curve[0]["log_loss"] - curve[0]["learned_log_loss"]
    winner = next(c for c in training.candidates if c.algorithm == training.algorithm)
    assert last["log_loss"] == pytest.approx(winner.folds[0]["log_loss"], abs=1e-4)


def test_none_is_made_where_the_comparison_left_no_time_and_all_else_is(customers, churn_spec):
    brief = replace(churn_spec, candidates=("logistic_regression",), minutes=1e-9)
    days = pd.to_timedelta(customers.index * 31 % 397, unit="D")
    joined = customers.assign(since=pd.Timestamp("2020-01-01") + days)
    diagnosis = train_churn(joined, brief).diagnosis
    assert diagnosis.learning_curve == []
    assert next(iter(diagnosis.permutation_importances)) == "tickets"
    assert "since (weekday)" in diagnosis.permutation_importances
