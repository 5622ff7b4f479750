"""Models of several labels at once: their joint outcomes, chains that have to pay off, and what is refused."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from meshlake.ml_assets.candidates.joint import Chains, Independent, NeighboursTogether, bits_of, orders_of
from meshlake.ml_assets.candidates.multilabel import CHAIN, MULTILABEL
from meshlake.ml_assets.classification.promotion import decide_classes
from meshlake.ml_assets.classification.scoring import score_classes
from meshlake.ml_assets.honest import honest_by_row
from meshlake.ml_assets.multilabel.outcomes import by_label, outcome_classes, with_outcomes
from meshlake.ml_assets.multilabel.report import labels_report
from meshlake.ml_assets.multilabel.scoring import published_labels
from meshlake.ml_assets.multilabel.spec import MultilabelSpec
from meshlake.ml_assets.multilabel.training import LabelsLearner, MultilabelTraining, train_labels
from meshlake.ml_assets.persistence import dump_model, load_model
from meshlake.ml_assets.preprocessing import plan_features
from meshlake.ml_assets.promotion import Champion

LABELS = ("leaves", "pays_much")
MODEL = {"task": "multilabel", "features": "a.b", "key": "customer_id", "labels": list(LABELS)}
QUICK = {"candidates": ["logistic_regression", "nearest_neighbours", CHAIN], "folds": 3}


def customers(count: int = 400, unlabelled: int = 40, seed: int = 0, together: float = 0.0) -> pd.DataFrame:
    """Fees make leave, tickets tell who pays much; what no feature says makes both likelier, by `together`."""
    random = np.random.default_rng(seed)
    fee, tickets = random.normal(50, 15, count), random.poisson(3, count)
    both = together * random.normal(size=count)
    noise = random.logistic(size=(2, count))
    found = pd.DataFrame({"customer_id": [f"c{n:04d}" for n in range(count)], "fee": fee, "tickets": tickets})
    found["leaves"] = pd.array((fee - 55) / 8 + both + noise[0] > 0, dtype="boolean")
    found["pays_much"] = pd.array(tickets - 3.5 + both + noise[1] > 0, dtype="boolean")
    found.loc[count - unlabelled :, list(LABELS)] = pd.NA
    return found


def spec_of(**changes) -> MultilabelSpec:
    return MultilabelSpec.from_mapping(MODEL | {"policy": QUICK} | changes)


@pytest.fixture(scope="module")
def training() -> MultilabelTraining:
    return train_labels(customers(), spec_of())


def test_outcomes_are_learned_beyond_their_shares_and_labels_apart(training):
    spec, names = spec_of(), training.classes.names
    decision = decide_classes(spec, training.honest, names, customers(), None, (), "outcomes")
    assert decision.is_promoted
    assert decision.figures["against_shares"]["log_loss"]["low"] > 0.05
    told = {each["label"]: each for each in labels_report(training)["by_label"]}
    assert all(each["roc_auc"]["low"] > 0.6 for each in told.values())
    assert all(abs(each["expected"] - each["observed"]) < 0.05 for each in told.values())
    champion = Champion("v1", training.honest, training.model)
    again = decide_classes(spec, training.honest, names, customers(), champion, names, "outcomes")
    assert again.reason.startswith("not better beyond noise")


def test_the_same_rows_in_another_order_give_the_same_model(training):
    again = train_labels(customers().sample(frac=1, random_state=3), spec_of())
    assert dump_model(again.model) == dump_model(training.model)
    pd.testing.assert_frame_equal(again.honest, training.honest)


def test_published_are_each_label_and_the_wanted_outcome_honestly(training):
    features, spec = customers(), spec_of(wanted={"pays_much": False})
    honest = honest_by_row(training.honest)
    scores = published_labels(training.model, honest, features, spec, has_reasons=True)
    apart = scores[["leaves_probability", "pays_much_probability"]].to_numpy()
    wanted = scores["wanted_probability"].to_numpy()
    assert (wanted <= np.minimum(apart[:, 0], 1 - apart[:, 1]) + 1e-5).all()
    assert (wanted >= apart[:, 0] - apart[:, 1] - 1e-5).all()
    assert spec.outcomes[spec.wanted_code] == "leaves yes, pays_much no"
    known = training.honest.set_index("customer_id")["probability_1"]
    assert (scores.set_index("customer_id")["wanted_probability"][known.index] == known).all()
    is_learned = scores["customer_id"].isin(known.index)
    assert scores.loc[is_learned, "reason_1"].isna().all()
    assert scores.loc[~is_learned, "reason_1"].str.contains(r"fee|tickets|no single", regex=True).all()
    part = published_labels(training.model, honest, features[7:8], spec, has_reasons=True)
    pd.testing.assert_frame_equal(part, scores[7:8])
    assert published_labels(training.model, honest, features[:0], spec, has_reasons=True).empty


def test_chains_are_taken_only_where_labels_tell_of_each_other(training):
    assert training.chained is not None
    assert not training.chained.is_taken
    assert training.model.algorithm != CHAIN
    linear = {**QUICK, "candidates": ["logistic_regression", CHAIN]}
    found = train_labels(customers(together=4.0), spec_of(policy=linear))
    assert found.model.algorithm == CHAIN
    assert found.chained.is_taken
    assert found.chained.against.log_loss.low > 0.03
    told = labels_report(found)["chained"]
    assert (told["of"], told["orders"], told["is_taken"]) == ("logistic_regression", 2, True)
    stored = load_model(dump_model(found.model), found.chained.of, among=MULTILABEL)
    pd.testing.assert_frame_equal(score_classes(stored, customers()), score_classes(found.model, customers()))
    alone = train_labels(
        customers(200, 0), spec_of(policy={**QUICK, "candidates": ["nearest_neighbours", CHAIN]})
    )
    assert alone.chained is None


QUICK_PARAMETERS = {"extra_trees": {"n_estimators": 9}, "random_forest": {"n_estimators": 9}}
QUICK_PARAMETERS["histogram_gradient_boosting"] = {"max_iter": 9, "seeds": 1, "learning_rate": 0.3}


@pytest.mark.parametrize("name", MULTILABEL.members)
def test_every_candidate_tells_outcomes_and_is_stored(name):
    spec = replace(spec_of(), parameters=QUICK_PARAMETERS)
    rows, _ = with_outcomes(customers(150, 0), spec)
    learner = LabelsLearner(spec, outcome_classes(rows, spec), {})
    model = learner.fit(name, replace(plan_features(rows, ["fee", "tickets"]), target="multiclass"), rows)
    said = score_classes(model, rows)
    assert np.abs(said.filter(like="probability").sum(axis=1) - 1).max() < 5e-6
    stored = load_model(dump_model(model), name, among=MULTILABEL)
    pd.testing.assert_frame_equal(score_classes(stored, rows), said)


def test_a_chain_asks_for_every_outcome_and_its_orders_agree_where_it_knows_the_law():
    """The second label is the first one turned round wherever the feature is 1, and the same elsewhere."""
    from sklearn.tree import DecisionTreeClassifier

    codes = np.tile([0, 3, 1, 2], 25)
    features = np.tile([[0.0], [0.0], [1.0], [1.0]], (25, 1))
    said = (
        Chains(DecisionTreeClassifier(), 2, orders_of(2, 0))
        .fit(features, codes)
        .predict_proba(features[:3:2])
    )
    assert said.tolist() == [[0.5, 0, 0, 0.5], [0, 0.5, 0.5, 0]]
    apart = Independent(DecisionTreeClassifier(), 2).fit(features, codes).predict_proba(features[:1])
    assert apart.tolist() == [[0.25] * 4]
    near = NeighboursTogether(2, 10, "uniform", 60, 0).fit(features, codes).predict_proba(features[:1])
    assert near[0, [1, 2]].max() < 0.03 < near[0, [0, 3]].min()
    assert by_label(near, 2).shape == (1, 2)


def test_orders_are_all_there_are_or_a_few_drawn():
    assert orders_of(2, 1) == [[0, 1], [1, 0]]
    drawn = orders_of(4, 1)
    assert len({tuple(order) for order in drawn}) == 5
    assert bits_of(np.array([5]), 3).tolist() == [[1, 0, 1]]


def test_rows_of_which_some_labels_are_known_are_told_and_left_out():
    rows = customers(300, 0)
    rows.loc[:9, "pays_much"] = pd.NA
    found = train_labels(rows, spec_of(policy={**QUICK, "candidates": ["logistic_regression"]}))
    assert found.row_counts["labelled"] == 290
    assert found.warnings[0].startswith("some labels are known and others are not in 10 rows")


def test_what_knows_a_label_too_well_is_left_out_and_outcomes_may_be_rare():
    rows = customers(300, 0)
    rows["refund"] = np.where(rows["pays_much"], 20.0, 0.0)
    is_both = rows["leaves"] & rows["pays_much"]
    rows.loc[is_both[is_both].index[2:], "leaves"] = False
    policy = {**QUICK, "candidates": ["logistic_regression"]}
    found = train_labels(rows, spec_of(policy=policy), named_leaks={"tickets": "is named like the label"})
    assert "of 'pays_much'" in found.dropped["refund"]
    assert found.dropped["tickets"] == "is named like the label"
    assert found.classes.keys[3] == 2


def test_the_latest_cutoff_tests():
    parts = [customers(150, 0, seed).assign(day=pd.Timestamp(f"2026-0{seed}-01")) for seed in (1, 2)]
    policy = {**QUICK, "candidates": ["logistic_regression"]}
    found = train_labels(pd.concat(parts, ignore_index=True), spec_of(cutoff="day", policy=policy))
    assert found.test["cutoff"] == "2026-02-01"
    assert (found.row_counts["cross_validated"], found.row_counts["held_out"]) == (150, 150)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"leaves": None}, "the labels 'leaves', 'pays_much' are known together in no row"),
        ({"leaves": True}, "the label 'leaves' is true in all 60 labelled rows"),
        (
            {"pays_much": [False] * 51 + [True] * 9},
            "the label 'pays_much' is true of 9 and false of 51 different keys",
        ),
        ({"leaves": [*"ynm"] * 20}, "the label 'leaves' must be true, false or null; it holds 'y', 'n', 'm'"),
        ({"leaves": [0, 1, 2] * 20}, "the label 'leaves' must be true, false or null"),
        ({"leaves and pays_much": 1}, "a column is called 'leaves and pays_much'"),
    ],
)
def test_labels_that_teach_nothing(changes, told):
    with pytest.raises(ValueError, match=told):
        train_labels(customers(60, 0).assign(**changes), spec_of())


def test_ten_rows_and_a_missing_label_are_told():
    with pytest.raises(ValueError, match="each needs at least 10"):
        train_labels(customers(10, 0), spec_of())
    with pytest.raises(ValueError, match="no column 'pays_much'"):
        train_labels(customers(60, 0).drop(columns="pays_much"), spec_of())


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"labels": ["leaves"]}, "labels"),
        ({"labels": [f"l{n}" for n in range(6)]}, "labels"),
        ({"wanted": {"fee": True}}, "'wanted' names what is not in 'labels': fee"),
        ({"key": "leaves"}, "'key', 'labels' and 'cutoff' must name different columns"),
        ({"policy": {"candidates": [CHAIN]}}, "'classifier_chain' needs at least one other"),
    ],
)
def test_a_model_that_cannot_be(changes, told):
    with pytest.raises(ValueError, match=told):
        spec_of(**changes)
