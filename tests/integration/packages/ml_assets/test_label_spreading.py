"""Label spreading: taken where rows without a label say more than the labels do, and nowhere else."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from sklearn.datasets import make_moons

from meshlake.ml_assets import training_rows
from meshlake.ml_assets.candidates.label_spreading_classifier import UNKNOWN, Spreading
from meshlake.ml_assets.churn import train_churn
from meshlake.ml_assets.persistence import dump_model, load_model
from meshlake.ml_assets.scoring import churn_probability

LABELLED = 60
FEW = ("logistic_regression", "label_spreading")
# One column alone tells so much of a moon that it is taken for a leak.
SAID = {"exclude": {"moon": "the answer"}, "known_before": {"calls": "a place", "minutes": "a place"}}


@pytest.fixture(scope="module")
def moons() -> pd.DataFrame:
    """Two half moons, each of one class, with a label on the first rows."""
    points, moon = make_moons(1_500, noise=0.12, random_state=1)
    rows = pd.DataFrame({"customer_id": range(len(moon)), "calls": points[:, 0], "minutes": points[:, 1]})
    is_churned = pd.Series(moon == 1, dtype="boolean")
    is_churned[LABELLED:] = pd.NA
    return rows.assign(is_churned=is_churned, moon=moon)


@pytest.fixture(scope="module")
def spread(moons, churn_spec):
    return train_churn(moons, replace(churn_spec, candidates=FEW, **SAID))


def test_what_few_labels_say_is_spread_through_rows_without_one_and_taken_beyond_noise(spread, moons):
    assert spread.algorithm == "label_spreading"
    losses = {each.algorithm: each.out_of_fold["log_loss"] for each in spread.candidates}
    assert losses["label_spreading"] < losses["logistic_regression"]
    hidden = moons[LABELLED:]
    is_right = (churn_probability(spread.model.pipeline, hidden) > 0.5) == (hidden["moon"] == 1)
    assert is_right.mean() > 0.95
    content = dump_model(spread.model)
    again = load_model(content, "label_spreading")
    assert (
        churn_probability(again.pipeline, hidden).tolist()
        == churn_probability(spread.model.pipeline, hidden).tolist()
    )


def test_only_what_learns_from_rows_without_a_label_is_changed_by_them(spread, moons, churn_spec):
    labelled = moons[:LABELLED]
    alone = train_churn(labelled, replace(churn_spec, candidates=FEW, **SAID))
    said = [{c.algorithm: c.probability.tolist() for c in each.candidates} for each in (spread, alone)]
    assert said[0]["logistic_regression"] == said[1]["logistic_regression"]
    assert said[0]["label_spreading"] != said[1]["label_spreading"]


def test_it_is_not_taken_where_labels_say_as_much(customers, churn_spec):
    few = customers.astype({"is_churned": "boolean"}).assign(
        is_churned=lambda rows: rows["is_churned"].where(np.arange(len(rows)) < 150)
    )
    assert train_churn(few, replace(churn_spec, candidates=FEW)).algorithm == "logistic_regression"


def test_nothing_later_than_what_is_learned_from_is_seen(churn_spec):
    days = pd.to_datetime(["2024-01-01", "2024-02-01", "2024-03-01"])
    rows = pd.DataFrame({"customer_id": [3, 1, 2, 4], "day": [*days.date, None], "is_churned": None})
    spec = replace(churn_spec, cutoff="day")
    assert training_rows.unlabelled_rows(rows, spec, days[1].date())["customer_id"].tolist() == [1, 3]
    assert len(training_rows.unlabelled_rows(rows, spec)) == 3


def test_rows_that_nothing_reaches_have_the_usual_share_and_few_of_a_class_are_refused():
    points = np.array([[float(n)] for n in range(8)] + [[100.0 + n] for n in range(4)])
    labels = np.array([0, 0, 0, 0, 0, 1, 1, 1] + [UNKNOWN] * 4)
    said = Spreading(n_neighbors=2, alpha=0.2, seed=1).fit(points, labels).neighbours_.predict([[101.0]])
    assert said == pytest.approx(3 / 8)
    with pytest.raises(ValueError, match="at least 3 rows of each class"):
        Spreading(n_neighbors=2, alpha=0.2, seed=1).fit(points[:7], labels[:7])
