from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from meshlake.ml_assets.drift import MAJOR, shifted_features

SIZE = 1_000
NORMAL = np.random.default_rng(3).normal(size=SIZE)
PLANS = pd.Series(["basic", "plus", "pro", "pro"] * (SIZE // 4))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(NORMAL, NORMAL + 1, id="larger"),
        pytest.param(NORMAL, NORMAL * 4, id="wider"),
        pytest.param(np.full(SIZE, np.nan), NORMAL, id="known at last"),
        pytest.param(NORMAL, pd.Series(NORMAL).mask(NORMAL > 0), id="half are unknown"),
        pytest.param(np.zeros(SIZE), np.arange(SIZE), id="was always nought"),
        pytest.param(PLANS, PLANS.replace("pro", "basic"), id="a value that is gone"),
        pytest.param(PLANS, PLANS.replace("pro", "max"), id="a value never seen"),
        pytest.param(PLANS == "pro", PLANS != "basic", id="yes more often"),
    ],
)
def test_a_shift_is_told(before, after):
    found = shifted_features(pd.DataFrame({"it": before}), pd.DataFrame({"it": after}), ["it"])
    assert list(found) == ["it"]
    assert found["it"] > MAJOR


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(NORMAL, NORMAL[::-1], id="another order"),
        pytest.param(NORMAL, NORMAL + 0.2, id="a little larger"),
        pytest.param(PLANS, PLANS.sample(frac=1, random_state=1), id="categories in another order"),
        pytest.param(
            pd.Series(pd.date_range("2020-01-01", periods=SIZE)),
            pd.Series(pd.date_range("2025-01-01", periods=SIZE)),
            id="dates",
        ),
    ],
)
def test_what_is_no_shift_is_not_told(before, after):
    assert shifted_features(pd.DataFrame({"it": before}), pd.DataFrame({"it": after}), ["it"]) == {}


def test_the_index_is_that_of_the_literature():
    """Shares of .5 and .5 that become .9 and .1: .4 ln 1.8 - .4 ln .2."""
    rows = [pd.DataFrame({"it": ["a"] * count + ["b"] * (100_000 - count)}) for count in (50_000, 90_000)]
    assert shifted_features(*rows, ["it"])["it"] == pytest.approx(
        0.4 * np.log(1.8) - 0.4 * np.log(0.2), abs=1e-3
    )


@pytest.mark.parametrize("first", [20, 200])
@pytest.mark.parametrize("second", [20, 200])
def test_chance_alone_is_hardly_ever_told_however_few_the_rows_are(first, second):
    random = np.random.default_rng(11)
    draws = ([pd.DataFrame({"it": random.normal(size=size)}) for size in (first, second)] for _ in range(300))
    assert sum(bool(shifted_features(*rows, ["it"])) for rows in draws) <= 3
