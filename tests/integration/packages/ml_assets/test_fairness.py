"""Groups of protected columns: measured by themselves, and told as unlike only beyond noise."""

from __future__ import annotations

import numpy as np
import pandas as pd

from meshlake.ml_assets.fairness import by_group, fairness_warnings


def test_of_many_groups_that_are_alike_none_is_told():
    random = np.random.default_rng(3)
    told = 0
    for _ in range(20):
        rows = pd.DataFrame(
            {
                "is_churned": random.random(1000) < 0.3,
                "is_predicted_churn": random.random(1000) < 0.2,
                "churn_probability": 0.3,
            }
        )
        told += bool(fairness_warnings(by_group(rows, pd.DataFrame({"x": random.integers(0, 8, 1000)}))))
    assert told <= 3  # one in twenty is what 95 % says
