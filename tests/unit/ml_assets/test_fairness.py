"""Groups of protected columns: measured by themselves, and told as unlike only beyond noise."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from meshlake.ml_assets.fairness import by_group, fairness_warnings, is_beyond_noise


def predicted(groups: dict[str, int], recalls: dict[str, float]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Of each group so many rows, half of which churn; of these the share `recalls` is flagged, of others a tenth."""
    parts = []
    for name, count in groups.items():
        half = count // 2
        is_churned = np.arange(count) < half
        place = np.where(is_churned, np.arange(count), np.arange(count) - half)
        is_flagged = place < np.where(is_churned, recalls[name], 0.1) * half
        parts.append(
            pd.DataFrame(
                {
                    "is_churned": is_churned,
                    "is_predicted_churn": is_flagged,
                    "churn_probability": 0.5,
                    "of": name,
                }
            )
        )
    rows = pd.concat(parts, ignore_index=True)
    return rows[["is_churned", "is_predicted_churn", "churn_probability"]], rows[["of"]]


def test_each_measure_of_a_group_has_its_interval_and_its_difference_from_the_others():
    found = {each["value"]: each for each in by_group(*predicted({"a": 400, "b": 400}, {"a": 0.9, "b": 0.3}))}
    a = found["a"]
    assert (a["feature"], a["rows"]) == ("of", 400)
    assert {name: round(each["estimate"], 3) for name, each in a["measures"].items()} == {
        "base_rate": 0.5,
        "flagged_share": 0.5,
        "recall": 0.9,
        "precision": 0.9,
        "false_positive_rate": 0.1,
        "calibration": 0.0,
    }
    # Wilson, by hand: 180 of 200.
    assert a["measures"]["recall"]["low"] == pytest.approx(0.8506, abs=1e-4)
    assert a["measures"]["recall"]["high"] == pytest.approx(0.9343, abs=1e-4)
    assert a["differences"]["recall"]["estimate"] == pytest.approx(0.6)
    unlike = {name for name, each in a["differences"].items() if is_beyond_noise(each)}
    assert unlike == {"flagged_share", "recall", "precision"}
    assert found["b"]["differences"]["recall"]["estimate"] == pytest.approx(-0.6)


def test_an_interval_of_a_difference_is_that_of_newcombe():
    """His example: 56 of 70 less 48 of 80, by method 10, at 95 %: .0524 to .3339."""
    from meshlake.ml_assets.fairness import _less, _Share

    found = _less(_Share(56, 70).interval(0.95), _Share(48, 80).interval(0.95))
    assert (round(found.low, 4), round(found.high, 4)) == (0.0524, 0.3339)


def test_what_is_told_in_words_is_beyond_noise():
    (told,) = fairness_warnings(by_group(*predicted({"a": 400, "b": 400}, {"a": 0.9, "b": 0.3})))
    assert told.startswith("by the protected 'of' customers are treated unlike, beyond noise: ")
    assert "recall 90.0% for a, 30.0% for others" in told
    alike = by_group(*predicted({"a": 400, "b": 400}, {"a": 0.5, "b": 0.55}))
    assert fairness_warnings(alike) == []


def test_few_rows_are_no_group_and_what_no_row_tells_is_not_there():
    rows, groups = predicted({"a": 100, "b": 29}, {"a": 0.5, "b": 0.5})
    assert [each["value"] for each in by_group(rows, groups)] == ["a"]
    nobody = rows.assign(is_predicted_churn=False)
    (found,) = by_group(nobody, groups)
    assert "precision" not in found["measures"]
    assert "precision" not in found["differences"]


@pytest.mark.parametrize(
    ("values", "groups"),
    [
        (pd.date_range("1950-01-01", periods=400, freq="60D"), ["1950 to 1966", "1967 to 1982"]),
        ([True, False] * 200, ["False", "True"]),
        (pd.array([1, 2, None, 4] * 100, dtype="Int64"), ["1", "2", "4", "unknown"]),
        (["x", None] * 200, ["x", "unknown"]),
    ],
)
def test_groups_are_made_of_values_of_any_type(values, groups):
    rows, _ = predicted({"a": 400}, {"a": 0.5})
    found = [each["value"] for each in by_group(rows, pd.DataFrame({"of": values}))]
    assert found[: len(groups)] == groups
