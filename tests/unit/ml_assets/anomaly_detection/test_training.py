"""Planted oddities among customers who are alike, in two columns that go together and one that does not."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from meshlake.ml_assets.anomaly_detection.spec import AnomalySpec
from meshlake.ml_assets.anomaly_detection.training import score_anomalies, train_anomalies
from meshlake.ml_assets.persistence import dump_model, load_model
from meshlake.ml_assets.segmentation.spec import Scale

COLUMNS = {"calls": Scale.LINEAR, "cost": Scale.LOG, "age": Scale.LINEAR}
SPEC = AnomalySpec(("id",), COLUMNS, units={"cost": "EUR"})


def customers(count: int = 300) -> pd.DataFrame:
    """Each call costs about a tenth; the first three rows are a fortune, calls that cost nothing, and an age of 150."""
    random = np.random.default_rng(4)
    calls = random.uniform(10, 90, count)
    rows = pd.DataFrame({"calls": calls, "cost": calls / 10 * random.normal(1, 0.05, count)})
    rows["age"] = random.normal(45, 8, count)
    rows.loc[0, "cost"], rows.loc[1, "cost"], rows.loc[2, "age"] = 5000.0, 0.1, 150.0
    return rows.assign(id=range(count))


@pytest.fixture(scope="module")
def training():
    return train_anomalies(customers(), SPEC)


def test_what_was_planted_is_unusual_and_the_share_is_kept(training):
    scores = training.scores.set_index("id")
    assert scores.loc[[0, 1, 2], ["is_anomaly", "is_far"]].to_numpy().all()
    assert scores["is_rare"].mean() == pytest.approx(0.02, abs=0.005)
    assert scores["is_far"].mean() == pytest.approx(0.02, abs=0.005)
    assert (scores["is_anomaly"] == scores["is_rare"] | scores["is_far"]).all()
    assert scores["log_density"].nsmallest(3).index.isin([0, 1, 2]).all()


def test_the_columns_that_make_a_row_unusual_are_told(training):
    scores = training.scores.set_index("id")
    usual = training.model.usual
    assert scores.loc[0, "reason_1"] == f"cost = 5,000 EUR (usually {usual['cost']:.6g} EUR)"
    assert scores.loc[1, "reason_1"].startswith("cost = 0.1 EUR (usually ")
    assert scores.loc[2, "reason_1"].startswith("age = 150 (usually 4")
    assert scores.loc[~scores["is_anomaly"], "reason_1"].isna().all()
    assert pd.isna(scores.loc[2, "reason_3"]), "cost and calls are usual there"
    assert scores.loc[scores["is_anomaly"], "reason_1"].notna().all()


def test_of_a_row_that_no_column_alone_makes_unusual_this_is_told():
    """Two clouds, and a row between them: either column, as usual, leaves it there."""
    random = np.random.default_rng(2)
    cloud = random.normal(0, 0.3, (300, 2)) + np.repeat([[-3, 3], [3, -3]], 150, axis=0)
    rows = pd.DataFrame(np.vstack([cloud, [[0, 0]]]), columns=["calls", "cost"]).assign(id=range(301))
    columns = {"calls": Scale.LINEAR, "cost": Scale.LINEAR}
    between = train_anomalies(rows, AnomalySpec(("id",), columns)).scores.set_index("id").loc[300]
    assert between["is_anomaly"]
    assert between["reason_1"] == "no single feature: several together"
    assert pd.isna(between["reason_2"])


def test_rows_one_by_one_score_as_all_at_once_and_after_storing(training):
    again = load_model(dump_model(training.model))
    assert dump_model(again) == dump_model(training.model)
    rows = customers()[:9]
    parts = pd.concat([score_anomalies(again, rows[i : i + 1]) for i in range(9)])
    pd.testing.assert_frame_equal(parts, score_anomalies(training.model, rows))
    assert len(score_anomalies(again, rows[:0])) == 0


def test_same_rows_in_any_order_give_the_same_model(training):
    again = train_anomalies(customers().sample(frac=1, random_state=3), SPEC)
    assert dump_model(again.model) == dump_model(training.model)


def test_few_rows_text_and_infinity_are_told():
    with pytest.raises(ValueError, match="9 rows do not say what is usual; of 3 columns 15 do"):
        train_anomalies(customers(9), SPEC)
    with pytest.raises(ValueError, match="unusual rows are made from numbers; these columns hold none: cost"):
        train_anomalies(customers(30).assign(cost=["much", "little"] * 15), SPEC)
    rows = customers(60).assign(age=lambda t: t["age"].where(t["id"] != 7, np.inf))
    training = train_anomalies(rows, SPEC)
    assert training.warnings == ("age: 1 infinite values count as missing",)
    assert training.scores["log_density"].notna().all()
