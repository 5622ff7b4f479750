from __future__ import annotations

import pytest

from meshlake.ml_assets.candidates.candidate import CANDIDATES, build_candidate, make_scoring_exact
from meshlake.ml_assets.preprocessing import plan_features

pytestmark = pytest.mark.slow

FEATURES = ["tickets", "plan", "minutes", "has_contract"]


@pytest.mark.parametrize("algorithm", CANDIDATES.names)
def test_every_algorithm_learns_from_every_kind_of_column_and_scores_what_it_never_saw(customers, algorithm):
    plan = plan_features(customers, FEATURES)
    pipeline = build_candidate(algorithm, plan, seed=1, rows=len(customers)).fit(
        customers, customers["is_churned"]
    )
    unseen = customers.head(3).assign(plan="lifelong", minutes=None, has_contract=None)
    probability = make_scoring_exact(pipeline).predict_proba(unseen)
    assert probability.shape == (3, 2)
    assert probability.sum(axis=1) == pytest.approx([1, 1, 1])


def test_text_is_a_native_category_of_histogram_gradient_boosting(customers):
    plan = plan_features(customers, FEATURES)
    pipeline = build_candidate("histogram_gradient_boosting", plan, seed=1, rows=len(customers))
    model = pipeline.fit(customers, customers["is_churned"]).named_steps["model"]
    assert model.is_categorical_.tolist() == [False, False, False, True]


def test_a_forest_scores_on_one_thread(customers):
    forest = build_candidate("random_forest", plan_features(customers, FEATURES), seed=1, rows=len(customers))
    assert make_scoring_exact(forest).named_steps["model"].n_jobs == 1


def test_each_tree_of_a_forest_draws_a_bounded_number_of_rows(customers):
    plan = plan_features(customers, FEATURES)
    for rows, drawn in ((10_000, None), (10_001, 10_000)):
        forest = build_candidate("random_forest", plan, seed=1, rows=rows)
        assert forest.named_steps["model"].max_samples == drawn
