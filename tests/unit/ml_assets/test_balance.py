from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from meshlake.ml_assets.balance import balance

SIZE = 1_000


def _people(numbers: np.random.Generator) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "age": numbers.integers(18, 80, SIZE),
            "spent": np.where(numbers.random(SIZE) < 0.1, np.nan, numbers.exponential(50, SIZE)),
            "plan": numbers.choice(["basic", "plus", None], SIZE),
            "joined_on": pd.Timestamp("2024-01-01")
            + pd.to_timedelta(numbers.integers(0, 300, SIZE), unit="D"),
            "note": [f"call {n}" for n in range(SIZE)],
        }
    )


@pytest.mark.parametrize("by", ["age", "spent", "plan", "joined_on"])
def test_groups_that_were_chosen_are_told_by_no_chance(by) -> None:
    numbers = np.random.default_rng(12)
    for _ in range(20):
        rows = _people(numbers)
        score = rows[by].isna() if by in {"spent", "plan"} else rows[by].rank() / SIZE
        is_in = numbers.random(SIZE) < 0.3 + 0.4 * score.to_numpy(dtype=float)
        assert balance(rows, rows.columns, is_in) is None


def test_too_few_rows_or_columns_tell_nothing() -> None:
    rows = _people(np.random.default_rng(13))
    is_in = np.arange(SIZE) % 2 == 0
    assert balance(rows, ["age", "spent"], is_in) is None
    assert balance(rows, rows.columns, np.arange(SIZE) < 150) is None
