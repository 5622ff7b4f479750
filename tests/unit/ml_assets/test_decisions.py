"""Who is flagged by a policy, and what it would have brought."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from meshlake.ml_assets.decisions import broken_promises, expected_profit, flags, judge, threshold_of
from meshlake.ml_assets.policy import Profit
from meshlake.ml_assets.spec import ChurnSpec

SPEC = ChurnSpec(key=("customer_id",), label="is_churned", flag_share=None)
PROFIT = Profit(benefit="revenue", cost=20.0, success_rate=0.5)
ROWS = pd.DataFrame({"customer_id": list("abcd"), "revenue": [50.0, 100.0, 400.0, 400.0], "on": [1, 2, 1, 1]})
PROBABILITY = np.array([0.9, 0.5, 0.2, 0.2])  # a contact brings 2.5, 5, 20 and 20
HONEST = pd.DataFrame(
    {
        "churn_probability": PROBABILITY,
        "is_churned": [True, False, True, False],
        "is_predicted_churn": [True, True, False, False],
        "fold": [0, 1, 0, 1],
    }
)


@pytest.mark.parametrize(
    ("policy", "flagged"),
    [
        ({"threshold": 0.5}, "ab"),
        ({"flag_share": 0.25}, "a"),
        ({"capacity": 3}, "abc"),
        ({"capacity": 9}, "abcd"),
        ({"profit": PROFIT}, "abcd"),
        ({"profit": PROFIT, "capacity": 1}, "c"),
        ({"profit": PROFIT.model_copy(update={"cost": 23.0})}, "bcd"),
        ({"profit": PROFIT, "threshold": 0.5}, "ab"),
        ({"capacity": 1, "cutoff": "on"}, "ab"),
    ],
)
def test_who_is_flagged(policy, flagged):
    spec = replace(SPEC, **policy)
    threshold = threshold_of(spec, HONEST["is_churned"].to_numpy(), PROBABILITY)
    assert "".join(ROWS["customer_id"][flags(spec, threshold, ROWS, PROBABILITY)]) == flagged


def test_policies_are_held_against_each_other_by_what_came():
    spec = replace(SPEC, threshold=0.5, profit=PROFIT)
    judged = judge(spec, 0.5, ROWS, HONEST, None, HONEST)
    assert judged["promise"] is None
    assert judged["profit_by_policy"] == {
        "test": None,
        "out_of_fold": {
            "asked": {"flagged": 2, "expected": 7.5, "realised": 25 - 40},
            "expected_profit": {"flagged": 4, "expected": 47.5, "realised": 225 - 80},
            "share_10_percent": {"flagged": 1, "expected": 2.5, "realised": 5},
            "everyone": {"flagged": 4, "expected": 47.5, "realised": 225 - 80},
        },
    }


def test_a_promise_is_measured_on_rows_that_did_not_choose_its_threshold():
    fold = np.arange(400) % 2
    is_churned = np.arange(400) % 4 < 2
    # What the second fold says of those who churn is far lower than what the first does.
    probability = np.where(is_churned, np.where(fold == 0, 0.8, 0.4), 0.1) + np.arange(400) / 10_000
    honest = pd.DataFrame({"is_churned": is_churned, "churn_probability": probability, "fold": fold})
    spec = replace(SPEC, min_recall=0.8)
    threshold = threshold_of(spec, is_churned, probability)
    assert (probability >= threshold)[is_churned].mean() >= 0.8
    judged = judge(spec, threshold, honest, honest.assign(is_predicted_churn=True), None, honest)
    assert judged["promise"]["out_of_fold"]["estimate"] == 0.5


def test_a_promise_that_later_rows_break_is_told():
    spec = replace(SPEC, min_recall=0.9)
    later = pd.DataFrame({"is_churned": [True] * 50, "is_predicted_churn": [True] * 30 + [False] * 20})
    judged = judge(spec, 0.3, ROWS, HONEST, later, later)
    assert judged["promise"]["test"]["estimate"] == 0.6
    (told,) = broken_promises(judged)
    assert (
        told == "a recall of at least 90.0% was asked for; at the latest cut-off it is 60.0% (45.2% to 73.6%)"
    )


@pytest.mark.parametrize(
    ("column", "told"),
    [
        (None, "no column 'revenue'"),
        (["1", "2", "3", "4"], "holds no numbers"),
        ([1, -1, np.nan, np.inf], "unknown or below 0 in 3 of 4 rows"),
    ],
)
def test_a_column_that_holds_no_amounts_is_refused(column, told):
    rows = ROWS.drop(columns="revenue") if column is None else ROWS.assign(revenue=column)
    with pytest.raises(ValueError, match=told):
        expected_profit(PROFIT, rows, PROBABILITY)
