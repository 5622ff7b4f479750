from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from meshlake.ml_assets.leakage import suspected_leaks
from meshlake.ml_assets.preprocessing import plan_features

CHURNED = np.arange(100) % 2 == 0


@pytest.mark.parametrize(
    ("values", "area"),
    [
        (np.where(CHURNED, 2.0, 1.0), 1),
        (np.where(CHURNED, 1.0, 2.0), 1),
        (np.where(CHURNED, np.nan, 2.0), 1),
        (np.where(CHURNED, "moved away", None), 1),
        (np.where(CHURNED, np.arange(100) + 95, np.arange(100)), 0.9988),
    ],
)
def test_a_feature_that_gives_the_label_away_is_found(values, area):
    rows = pd.DataFrame({"feature": values})
    leaks = suspected_leaks(rows, plan_features(rows, ["feature"]), CHURNED)
    assert leaks == pytest.approx({"feature": area}, abs=0.002)


def test_an_honest_feature_is_not_suspected():
    rows = pd.DataFrame({"number": np.arange(100.0), "text": np.where(np.arange(100) % 3 == 0, "a", "b")})
    assert suspected_leaks(rows, plan_features(rows, rows.columns), CHURNED) == {}
