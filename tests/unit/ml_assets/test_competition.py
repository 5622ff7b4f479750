"""Candidates within a time: the cheapest first, and what was not compared is told."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from meshlake.ml_assets.churn import train_churn
from meshlake.ml_assets.competition import compete
from meshlake.ml_assets.preprocessing import plan_features

CANDIDATES = ("decision_tree", "logistic_regression", "gaussian_naive_bayes", "soft_voting")


class Clock:
    """So many seconds pass between two looks at it."""

    def __init__(self, seconds: float) -> None:
        self.now, self.seconds = 0.0, seconds

    def __call__(self) -> float:
        self.now += self.seconds
        return self.now


@pytest.mark.parametrize(
    ("seconds", "compared"),
    [
        (0.1, ["gaussian_naive_bayes", "decision_tree", "logistic_regression", "soft_voting"]),
        # After two of the three 25 of 30 seconds are gone, and a fold takes five.
        (5, ["gaussian_naive_bayes", "decision_tree", "soft_voting"]),
        (100, ["gaussian_naive_bayes"]),
    ],
)
def test_what_there_is_no_time_for_is_left_out_and_told(make_customers, churn_spec, seconds, compared):
    rows = make_customers(60)
    spec = replace(churn_spec, candidates=CANDIDATES, folds=2, minutes=0.5)
    lines: list[str] = []
    plan = plan_features(rows, ["tickets", "plan"])
    found = compete(plan, rows, np.arange(60) % 2, spec, lines.append, Clock(seconds))
    assert [candidate.algorithm for candidate in found.candidates] == compared
    left_out = {*CANDIDATES[:3]} - {*compared}
    assert found.left_out == dict.fromkeys(left_out, "no time was left of 0.5 minutes (policy.minutes)")
    assert {line.partition(" is left out")[0] for line in lines if "left out" in line} == left_out


def test_what_cannot_learn_from_the_rows_is_left_out_unless_nothing_can(make_customers, churn_spec):
    rows = make_customers(300)
    rows["is_churned"] = np.arange(300) % 75 == 0  # four churned, two of them in each fold
    spec = replace(churn_spec, candidates=("logistic_regression", "decision_tree"), folds=2)
    training = train_churn(rows, spec)
    assert [candidate.algorithm for candidate in training.candidates] == ["logistic_regression"]
    assert "decision_tree was left out: Requesting 3-fold" in training.warnings[-1]
    with pytest.raises(ValueError, match="3-fold"):
        train_churn(rows, replace(spec, candidates=("decision_tree",)))
