"""Ensembles: what they learn of the folds, when they are taken, and that they are stored and explain as others do."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from meshlake.ml_assets.candidates.candidate import ENSEMBLES
from meshlake.ml_assets.churn import train_churn
from meshlake.ml_assets.cross_validation import CandidateResult
from meshlake.ml_assets.ensembles import BLENDS, best_of, fit_candidate
from meshlake.ml_assets.explaining.reasons import feature_effects
from meshlake.ml_assets.persistence import dump_model, load_model
from meshlake.ml_assets.preprocessing import plan_features
from meshlake.ml_assets.report import churn_report
from meshlake.ml_assets.scoring import churn_probability
from meshlake.ml_assets.stacking import Stack
from meshlake.ml_assets.voting import HardVote, WeightedVote, vote_weights

IS_CHURNED = np.array([True, True, False, False])
FEATURES = ["tickets", "plan", "minutes", "has_contract"]
# By hand, as the folds would have taught them.
LEARNED = {
    "soft_voting": WeightedVote({}, {"logistic_regression": 0.6, "decision_tree": 0.4}),
    "hard_voting": HardVote({}, {"logistic_regression": 0.5, "decision_tree": 0.5}, [0.1, 0.4, 0.8]),
    "stacking": Stack({}, {"logistic_regression": 0.7, "decision_tree": 0.5}, -0.2),
}


def test_each_name_has_its_ensemble():
    assert tuple(BLENDS) == ENSEMBLES


@pytest.mark.parametrize(
    ("said", "weights"),
    [
        pytest.param([[0.9, 0.5], [0.8, 0.5], [0.1, 0.5], [0.2, 0.5]], [1, 0], id="one knows nothing"),
        pytest.param([[0.9, 0.9], [0.8, 0.8], [0.1, 0.1], [0.2, 0.2]], [0.5, 0.5], id="both the same"),
        pytest.param([[0.9, 0.4], [0.4, 0.9], [0.1, 0.6], [0.6, 0.1]], [0.5, 0.5], id="each knows half"),
        pytest.param([[0.0, 1.0], [0.0, 1.0], [1.0, 0.0], [1.0, 0.0]], [0, 1], id="one is always wrong"),
    ],
)
def test_weights_of_a_soft_vote_make_the_labels_likeliest(said, weights):
    assert vote_weights(np.array(said), IS_CHURNED) == pytest.approx(weights, abs=0.01)


def test_a_hard_vote_counts_who_says_churn_and_tells_how_many_of_such_rows_churned():
    said = pd.DataFrame({"a": [0.9, 0.8, 0.6, 0.1, 0.2], "b": [0.7, 0.9, 0.4, 0.3, 0.1]})
    vote = HardVote.learned(said, np.array([True, True, False, False, False]))
    # (churned + 1) / (rows + 2), of two, one and two rows
    assert vote.blended(said).tolist() == [0.75, 0.75, 1 / 3, 0.25, 0.25]


def test_a_stack_mends_what_is_too_sure_and_leaves_out_what_adds_nothing():
    random = np.random.default_rng(0)
    log_odds = random.normal(size=5000)
    is_churned = random.random(5000) < 1 / (1 + np.exp(-log_odds))
    said = pd.DataFrame(
        {
            "too sure": 1 / (1 + np.exp(-3 * log_odds)),
            "guesses": random.random(5000),
            "wrong": random.random(5000),
        }
    )
    stack = Stack.learned(said, is_churned)
    assert stack.weights == {"too sure": pytest.approx(1 / 3, abs=0.02)}
    assert stack.blended(said) == pytest.approx(1 / (1 + np.exp(-log_odds)), abs=0.03)


def result(algorithm, probability, blend=None):
    loss = -np.log(np.where(np.tile(IS_CHURNED, 50), probability, 1 - probability)).mean()
    return CandidateResult(algorithm, {"log_loss": loss}, (), probability, (), 0, blend)


@pytest.mark.parametrize(("voted", "chosen"), [(0.9, "soft_voting"), (0.7001, "alone")])
def test_an_ensemble_is_taken_only_if_it_is_better_than_its_best_member_beyond_noise(
    churn_spec, voted, chosen
):
    rows = pd.DataFrame({"customer_id": range(200), "is_churned": np.tile(IS_CHURNED, 50)})
    noise = np.random.default_rng(4).normal(scale=0.02, size=200)

    def sure(share):
        return np.where(rows["is_churned"], share, 1 - share) + noise * (share == 0.7001)

    alone, worse = result("alone", sure(0.7)), result("worse", sure(0.6))
    vote = result("soft_voting", sure(voted), WeightedVote({}, {"alone": 1.0}))
    bad_stack = result("stacking", sure(0.55), LEARNED["stacking"])
    assert best_of([worse, alone, vote, bad_stack], rows, churn_spec).algorithm == chosen


@pytest.fixture(scope="module")
def members(customers, churn_spec):
    plan = plan_features(customers, FEATURES)
    return {
        name: fit_candidate(CandidateResult(name, {}, (), np.empty(0), (), 0), plan, customers, churn_spec)
        for name in ("logistic_regression", "decision_tree")
    }


@pytest.mark.parametrize("name", ENSEMBLES)
def test_an_ensemble_says_what_it_makes_of_its_members_is_stored_and_explains(
    members, customers, churn_spec, name
):
    learned = LEARNED[name]
    candidate = CandidateResult(name, {}, (), np.empty(0), (), 0, learned)
    model = fit_candidate(candidate, plan_features(customers, FEATURES), customers, churn_spec)
    rows = customers.head(60)
    said = pd.DataFrame({n: churn_probability(m.pipeline, rows) for n, m in members.items()})
    probability = churn_probability(model.pipeline, rows)
    assert probability.tolist() == learned.blended(said).tolist()

    content = dump_model(model)
    again = load_model(content, *learned.weights)
    assert dump_model(again) == content
    assert churn_probability(again.pipeline, rows).tolist() == probability.tolist()
    with pytest.raises(
        ValueError, match="not trusted"
    ):  # what a member needs is trusted of that member alone
        load_model(content, "logistic_regression")

    frame = again.pipeline[:1].transform(rows)
    changed = frame.assign(tickets=again.references["tickets"])
    fallen = probability - again.pipeline[1:].predict_proba(changed)[:, 1]
    effects = feature_effects(again, frame)
    assert effects[:, list(frame.columns).index("tickets")] == pytest.approx(fallen, abs=1e-9)
    assert np.abs(fallen).max() > 0.1
    assert feature_effects(again, frame.head(0)).shape == (0, 4)


def test_a_training_tells_weights_and_an_ensemble_of_less_than_two_is_none(training, customers, churn_spec):
    told = churn_report(training)["candidates"]
    assert sum(told["soft_voting"]["weights"].values()) == pytest.approx(1)
    assert told["decision_tree"]["weights"] == {}
    quick = replace(churn_spec, candidates=("logistic_regression", "soft_voting"))
    assert [c.algorithm for c in train_churn(customers, quick).candidates] == ["logistic_regression"]
