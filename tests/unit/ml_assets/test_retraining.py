"""A model is trained again when what it promised did not come, and not for what chance or half the labels say."""

from __future__ import annotations

import json

import numpy as np
import pytest

from meshlake.ml_assets.evidence import Level, Promise, share_level
from meshlake.ml_assets.retraining import why_retrain

PERIOD = {"period": "2026-08-01", "predicted_rows": 1000, "shifted_features": "{}"}
RECORD = {
    "rows": {"fitted": 3000},
    "decision": {
        "figures": {"against_base_rate": {"roc_auc": {"estimate": 0.28, "low": 0.25, "high": 0.31}}}
    },
}


def known(share, rows=1000, roc_auc_high=0.8, **more):
    level = share_level(share, 0.2, rows, f"{share:.1%} churned", "20.0% were")
    area = None if roc_auc_high is None else roc_auc_high - 0.03
    figures = {"roc_auc": area, "roc_auc_low": area and area - 0.03, "roc_auc_high": roc_auc_high}
    return {**PERIOD, "matured_rows": rows, "levels": json.dumps([level.as_dict()]), **figures, **more}


@pytest.mark.parametrize(
    ("period", "told"),
    [
        (known(0.3), "of 2026-08-01 30.0% churned, where 20.0% were expected"),
        (known(0.1), "of 2026-08-01 10.0% churned, where 20.0% were expected"),
        (
            known(0.2, roc_auc_high=0.7),
            "of 2026-08-01 the ROC AUC was 0.7 at most, where 0.75 at least was promised",
        ),
        (
            {**PERIOD, "matured_rows": 0, "shifted_features": json.dumps({"usage": 0.41})},
            "the rows scored are unlike those learned from in usage (0.41)",
        ),
    ],
)
def test_what_did_not_come_as_promised(period, told):
    assert why_retrain(period, RECORD) == [told]


@pytest.mark.parametrize(
    "period",
    [
        known(0.2),
        known(0.23),
        # Who left is known before who stayed.
        known(0.9, rows=400),
        known(0.4, rows=60, predicted_rows=60),
        known(0.2, roc_auc_high=None),
        {**PERIOD, "matured_rows": 0},
    ],
)
def test_what_chance_or_half_the_labels_say(period):
    assert why_retrain(period, RECORD) == []


def test_chance_alone_seldom_says_so():
    random = np.random.default_rng(3)
    shares = random.binomial(1000, 0.2, 3000) / 1000
    assert sum(bool(why_retrain(known(share), RECORD)) for share in shares) / 3000 < 0.004


def amounts(came, low, high, rows=1000):
    level = Level(came, 30.0, 20.0, f"spent was {came:g} on average", "30 was")
    error = {"mean_absolute_error": (low + high) / 2, "mean_absolute_error_low": low}
    return {
        **PERIOD,
        "matured_rows": rows,
        "levels": json.dumps([level.as_dict()]),
        **error,
        "mean_absolute_error_high": high,
    }


@pytest.mark.parametrize(
    ("period", "told"),
    [
        (amounts(30.5, 9.5, 10.5), []),
        # Beyond chance, and less than a tenth.
        (amounts(32.5, 9.5, 10.5, rows=100_000) | {"predicted_rows": 100_000}, []),
        (amounts(36.0, 9.5, 10.5), ["of 2026-08-01 spent was 36 on average, where 30 was expected"]),
        (
            amounts(30.0, 11.6, 12.6),
            [
                "of 2026-08-01 the mean absolute error was 11.6 at least, where 10.5 at most was promised",
            ],
        ),
        # Intervals that do not touch, and a figure that is off by less than a tenth.
        (amounts(30.0, 10.55, 10.65), []),
        (amounts(30.0, 5.0, 6.0), []),
    ],
)
def test_amounts_are_held_against_what_was_promised_of_them(period, told):
    promise = Promise("mean_absolute_error", 10.0, 9.5, 10.5)
    assert why_retrain(period, {"rows": {"fitted": 3000}, "promised": promise.as_dict()}) == told
