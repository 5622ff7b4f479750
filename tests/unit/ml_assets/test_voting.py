from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from meshlake.ml_assets.candidates.candidate import SOFT_VOTING
from meshlake.ml_assets.churn import train_churn
from meshlake.ml_assets.cross_validation import CandidateResult
from meshlake.ml_assets.persistence import dump_model, load_model
from meshlake.ml_assets.preprocessing import plan_features
from meshlake.ml_assets.reasons import explain_churn, feature_effects
from meshlake.ml_assets.report import churn_report
from meshlake.ml_assets.scoring import churn_probability, score_churn
from meshlake.ml_assets.voting import best_of, fit_candidate, vote_weights

pytestmark = pytest.mark.slow

IS_CHURNED = np.array([True, True, False, False])
MEMBERS = {"logistic_regression": 0.6, "random_forest": 0.0, "histogram_gradient_boosting": 0.4}


@pytest.mark.parametrize(
    ("said", "weights"),
    [
        pytest.param([[0.9, 0.5], [0.8, 0.5], [0.1, 0.5], [0.2, 0.5]], [1, 0], id="one knows nothing"),
        pytest.param([[0.9, 0.9], [0.8, 0.8], [0.1, 0.1], [0.2, 0.2]], [0.5, 0.5], id="both the same"),
        pytest.param([[0.9, 0.4], [0.4, 0.9], [0.1, 0.6], [0.6, 0.1]], [0.5, 0.5], id="each knows half"),
        pytest.param([[0.0, 1.0], [0.0, 1.0], [1.0, 0.0], [1.0, 0.0]], [0, 1], id="one is always wrong"),
    ],
)
def test_weights_make_the_labels_likeliest(said, weights):
    assert vote_weights(np.array(said), IS_CHURNED) == pytest.approx(weights, abs=0.01)


def result(algorithm, probability, **weights):
    loss = -np.log(np.where(np.tile(IS_CHURNED, 50), probability, 1 - probability)).mean()
    return CandidateResult(algorithm, {"log_loss": loss}, (), probability, (), weights)


@pytest.mark.parametrize(("voted", "chosen"), [(0.9, SOFT_VOTING), (0.7001, "alone")])
def test_a_vote_is_taken_only_if_it_is_better_than_its_best_member_beyond_noise(churn_spec, voted, chosen):
    rows = pd.DataFrame({"customer_id": range(200), "is_churned": np.tile(IS_CHURNED, 50)})
    noise = np.random.default_rng(4).normal(scale=0.02, size=200)

    def sure(share):
        return np.where(rows["is_churned"], share, 1 - share) + noise * (share == 0.7001)

    alone, worse = result("alone", sure(0.7)), result("worse", sure(0.6))
    vote = result(SOFT_VOTING, sure(voted), alone=1.0, worse=0.0)
    assert best_of([worse, alone, vote], rows, churn_spec).algorithm == chosen


@pytest.fixture(scope="module")
def model(customers, churn_spec):
    plan = plan_features(customers, ["tickets", "plan", "minutes", "has_contract"])
    voted = CandidateResult(SOFT_VOTING, {}, (), np.empty(0), (), MEMBERS)
    return fit_candidate(voted, plan, customers, churn_spec)


def alone(name, customers, spec):
    plan = plan_features(customers, ["tickets", "plan", "minutes", "has_contract"])
    return fit_candidate(CandidateResult(name, {}, (), np.empty(0), ()), plan, customers, spec)


def test_it_says_the_weighted_mean_of_what_its_members_say_and_fits_none_without_a_weight(
    model, customers, churn_spec
):
    said = {name: alone(name, customers, churn_spec) for name, weight in MEMBERS.items() if weight}
    expected = sum(MEMBERS[name] * churn_probability(m.pipeline, customers) for name, m in said.items())
    assert churn_probability(model.pipeline, customers) == pytest.approx(expected, abs=1e-12)
    assert list(model.pipeline.named_steps["model"].members) == list(said)


def test_a_reason_is_what_the_vote_falls_by_when_a_feature_takes_its_usual_value(model, customers):
    frame = model.pipeline[:1].transform(customers.head(40))
    effects = feature_effects(model, frame)
    changed = frame.assign(tickets=model.references["tickets"])
    rest = model.pipeline[1:]
    fallen = rest.predict_proba(frame)[:, 1] - rest.predict_proba(changed)[:, 1]
    assert effects[:, list(frame.columns).index("tickets")] == pytest.approx(fallen, abs=1e-9)


def test_it_scores_and_explains_the_same_after_a_round_trip(model, customers):
    content = dump_model(model)
    again = load_model(content, *(name for name, weight in MEMBERS.items() if weight))
    assert dump_model(again) == content
    pd.testing.assert_frame_equal(
        score_churn(again, customers), score_churn(model, customers), check_exact=True
    )
    rows = customers.head(20)
    pd.testing.assert_frame_equal(explain_churn(again, rows), explain_churn(model, rows))


def test_what_a_member_needs_is_trusted_of_that_member_alone(model):
    with pytest.raises(ValueError, match="not trusted"):
        load_model(dump_model(model), "logistic_regression")


def test_a_training_tells_its_weights_and_a_vote_of_less_than_two_is_none(customers, churn_spec):
    told = churn_report(train_churn(customers, churn_spec))["candidates"][SOFT_VOTING]
    assert sum(told["weights"].values()) == pytest.approx(1)
    quick = replace(churn_spec, candidates=("logistic_regression", SOFT_VOTING))
    assert [c.algorithm for c in train_churn(customers, quick).candidates] == ["logistic_regression"]
