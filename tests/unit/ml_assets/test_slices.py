from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from meshlake.ml_assets.preprocessing import MISSING
from meshlake.ml_assets.slices import MIN_ROWS, by_slice


def predicted(count: int) -> pd.DataFrame:
    """Every second customer churns, and is said to with .4; every fourth, one who churns, is flagged."""
    return pd.DataFrame(
        {
            "is_churned": np.arange(count) % 2 == 0,
            "churn_probability": np.full(count, 0.4),
            "is_predicted_churn": np.arange(count) % 4 == 0,
        }
    )


def parts(values: list, name: str = "x") -> dict[str, dict]:
    frame = pd.DataFrame({name: pd.Series(values, dtype=object if isinstance(values[0], str) else float)})
    return {part["value"]: part for part in by_slice(predicted(len(values)), frame, [name])}


def test_a_word_s_rows_are_measured_by_themselves():
    found = parts(["north"] * 40 + ["south"] * 60 + ["east"] * (MIN_ROWS - 1))
    assert list(found) == ["north", "south"]
    assert found["south"] == {
        "feature": "x",
        "value": "south",
        "rows": 60,
        "churned_share": 0.5,
        "low": pytest.approx(0.377, abs=1e-3),  # Wilson, by hand
        "high": pytest.approx(0.623, abs=1e-3),
        "predicted_share": pytest.approx(0.4),
        "flagged_share": 0.25,
        "recall": 0.5,
        "roc_auc": 0.5,
    }


def test_many_numbers_are_quarters_and_few_are_values():
    assert list(parts([float(n) for n in range(200)])) == ["0 to 49", "50 to 99", "100 to 149", "150 to 199"]
    assert list(parts([float(n % 3) for n in range(120)])) == ["0", "1", "2"]


@pytest.mark.parametrize("values", [[np.nan] * 40 + [1.0] * 40, [MISSING] * 40 + ["1"] * 40])
def test_what_is_not_known_is_a_part(values):
    assert [(value, part["rows"]) for value, part in parts(values).items()] == [("1", 40), ("unknown", 40)]


def test_a_part_of_one_class_has_no_order():
    rows = predicted(100)
    frame = pd.DataFrame({"x": np.where(rows["is_churned"], "gone", "here")}, dtype=object)
    found = {part["value"]: part for part in by_slice(rows, frame, ["x"])}
    assert (found["here"]["recall"], found["here"]["roc_auc"], found["gone"]["churned_share"]) == (
        None,
        None,
        1,
    )
