"""A model is trained again when what it promised did not come, and not for what chance or half the labels say."""

from __future__ import annotations

import json

import numpy as np
import pytest

from meshlake.ml_assets.retraining import why_retrain

PERIOD = {"period": "2026-08-01", "predicted_rows": 1000, "predicted_share": 0.2, "shifted_features": "{}"}
RECORD = {
    "row_counts": {"fitted": 3000},
    "decision": {"figures": {"against_base_rate": {"roc_auc": {"low": 0.25}}}},
}


def known(share, rows=1000, roc_auc_high=0.8, **more):
    return {**PERIOD, "matured_rows": rows, "churned_share": share, "roc_auc_high": roc_auc_high, **more}


@pytest.mark.parametrize(
    ("period", "told"),
    [
        (known(0.3), "of 2026-08-01 30.0% churned, where 20.0% were expected"),
        (known(0.1), "of 2026-08-01 10.0% churned, where 20.0% were expected"),
        (
            known(0.2, roc_auc_high=0.7),
            "of 2026-08-01 the order had a ROC AUC of 0.700 at most, where at least 0.750 was promised",
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
