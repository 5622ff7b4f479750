"""What trees tell of each feature alone is what scoring again with its usual value says."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pandas as pd
import pytest

from meshlake.ml_assets.candidates.candidate import CANDIDATES, build_candidate
from meshlake.ml_assets.explaining.leaf_cells import cells_of
from meshlake.ml_assets.explaining.reasons import effects_by_scoring
from meshlake.ml_assets.preprocessing import plan_features
from meshlake.ml_assets.scoring import reference_values

ROWS = 400
COLUMNS = ["tickets", "usage", "plan", "note", "joined", "town"]
BOOSTING = {"max_iter": 12, "seeds": 2}


@pytest.fixture(scope="module")
def rows() -> pd.DataFrame:
    """Numbers with gaps, few and many words, a text, dates; who has many tickets or a monthly plan leaves."""
    random = np.random.default_rng(3)
    tickets = random.integers(0, 6, ROWS).astype(float)
    tickets[::9] = np.nan
    plan = random.choice(["monthly", "yearly", "none", None], ROWS)
    odds = np.nan_to_num(tickets, nan=3) + 2 * (plan == "monthly") - 4 + random.normal(0, 1, ROWS)
    return pd.DataFrame(
        {
            "tickets": tickets,
            "usage": np.where(random.random(ROWS) < 0.6, np.nan, random.gamma(2, 20, ROWS)),
            "plan": plan,
            "note": [
                f"asked about {a} and {b} for {a} today" for a, b in random.choice([*"abcdefgh"], (ROWS, 2))
            ],
            "joined": pd.Timestamp("2026-01-01") - pd.to_timedelta(random.integers(0, 900, ROWS), "D"),
            "town": [f"town {n}" for n in random.integers(0, 120, ROWS)],
            "is_churned": odds > 0,
        }
    )


# Ways that so few rows, or trees of so few leaves, would not go.
BY_CELLS = {"tree_sums._ROWS_FOR_CELLS": 0, "leaf_cells._ROWS_AT_ONCE": 150}
BY_CELLS_AND_WORDS = {**BY_CELLS, "leaf_cells.MOST_CELLS": 300}
IN_TURNS = {"leaf_words._ROWS_AT_ONCE": 150}
BY_GOING_AGAIN = {"tree_sums.MOST_LEAVES": 8}


@pytest.mark.parametrize(
    ("name", "parameters", "limits"),
    [
        ("histogram_gradient_boosting", BOOSTING, {}),
        ("histogram_gradient_boosting", {**BOOSTING, "max_iter": 40}, BY_CELLS),
        ("histogram_gradient_boosting", {**BOOSTING, "max_iter": 40}, BY_CELLS_AND_WORDS),
        ("extra_trees", {"n_estimators": 18}, IN_TURNS),
        ("extra_trees", {"n_estimators": 8, "max_leaf_nodes": 20}, {}),
        ("random_forest", {"n_estimators": 8}, BY_GOING_AGAIN),
    ],
)
def test_trees_tell_what_scoring_again_says(rows, name, parameters, limits, monkeypatch):
    for limit, value in limits.items():
        monkeypatch.setattr(f"meshlake.ml_assets.explaining.{limit}", value)
    plan = plan_features(rows, COLUMNS)
    pipeline = build_candidate(name, plan, 1, len(rows), parameters).fit(rows, rows["is_churned"])
    step, rest = pipeline.named_steps["frame"], pipeline[1:]
    usual = reference_values(step.transform(rows))
    # Words and gaps that were not learned from are told as scoring tells them.
    new = rows.assign(
        plan=rows["plan"].where(rows.index % 5 > 0, "new"), joined=rows["joined"].where(rows.index % 7 > 0)
    )
    frame = step.transform(new)
    usual_row = pd.DataFrame([usual])[list(frame.columns)].astype(frame.dtypes)
    said, told = CANDIDATES.get(name)(**parameters).explained(rest, frame, usual_row)
    np.testing.assert_allclose(said, rest.predict_proba(frame)[:, 1], atol=1e-12)
    expected = effects_by_scoring(lambda each: rest.predict_proba(each)[:, 1], frame, usual)
    assert np.abs(expected).max() > 0.05
    assert (np.abs(expected).max(axis=0) > 0).sum() > 4
    np.testing.assert_allclose(told, expected, atol=1e-12)
    # The month of a season stands beside the features, and no tree asks for it.
    beside = frame.assign(month="May")
    _, wider = CANDIDATES.get(name)(**parameters).explained(rest, beside, usual_row.assign(month="June"))
    np.testing.assert_allclose(wider, np.column_stack([expected, np.zeros(len(frame))]), atol=1e-12)


def test_batches_told_on_threads_of_their_own_are_told_the_same(rows, monkeypatch):
    plan, name = plan_features(rows, COLUMNS), "histogram_gradient_boosting"
    boosting = {"max_iter": 80, "seeds": 1}
    pipeline = build_candidate(name, plan, 1, len(rows), boosting).fit(rows, rows["is_churned"])
    frame = pipeline.named_steps["frame"].transform(rows)

    def effects(_: int) -> Any:
        return CANDIDATES.get(name)(**boosting).explained(pipeline[1:], frame, frame[:1])[1]

    def slowly(words: Any) -> Any:
        time.sleep(0.02)
        return cells_of(words)

    by_words = effects(0)
    monkeypatch.setattr("meshlake.ml_assets.explaining.tree_sums._ROWS_FOR_CELLS", 0)
    monkeypatch.setattr("meshlake.ml_assets.explaining.tree_sums.cells_of", slowly)
    with ThreadPoolExecutor(3) as threads:
        for told in threads.map(effects, range(3)):
            np.testing.assert_allclose(told, by_words, atol=1e-12)


def test_boosted_trees_of_very_many_leaves_are_left_to_scoring(rows, monkeypatch):
    monkeypatch.setattr("meshlake.ml_assets.explaining.tree_sums.MOST_LEAVES", 8)
    plan = plan_features(rows, ["tickets", "usage", "joined"])
    name = "histogram_gradient_boosting"
    pipeline = build_candidate(name, plan, 1, len(rows), BOOSTING).fit(rows, rows["joined"].dt.day % 2 == 0)
    frame = pipeline.named_steps["frame"].transform(rows[:3])
    assert CANDIDATES.get(name)(**BOOSTING).explained(pipeline[1:], frame, frame[:1]) is None
