"""Models of several classes: what they learn, what they say of themselves, and what is refused or put aside."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from meshlake.ml_assets.candidates.classifiers import CLASSIFIERS
from meshlake.ml_assets.classification.labels import (
    Classes,
    class_folds,
    classes_of,
    of_each_class,
    read_classes,
)
from meshlake.ml_assets.classification.learner import ClassLearner
from meshlake.ml_assets.classification.measures import (
    class_metrics,
    compare_classes,
    confusion,
    measure_classes,
    per_class,
)
from meshlake.ml_assets.classification.promotion import decide_classes
from meshlake.ml_assets.classification.scoring import (
    probability_columns,
    published_classes,
    score_classes,
    two_likeliest,
)
from meshlake.ml_assets.classification.spec import ClassificationSpec
from meshlake.ml_assets.classification.training import ClassTraining, rows_that_tested, train_classes
from meshlake.ml_assets.feature_choice import suspected_alone
from meshlake.ml_assets.honest import honest_by_row
from meshlake.ml_assets.persistence import dump_model, load_model
from meshlake.ml_assets.preprocessing import plan_features
from meshlake.ml_assets.promotion import Champion

NAMES = ("competitor", "price", "service")
SPEC = ClassificationSpec(
    key=("customer_id",), label="reason", candidates=("logistic_regression", "decision_tree"), folds=3
)


def leavers(count: int = 400, unlabelled: int = 40, seed: int = 0) -> pd.DataFrame:
    """Those with a high fee leave for the price, those with many tickets for the service; five moved away."""
    random = np.random.default_rng(seed)
    fee, tickets = random.normal(50, 15, count), random.poisson(2, count)
    pull = np.column_stack([np.full(count, 0.3), (fee - 50) / 8, tickets - 2]) + random.gumbel(
        size=(count, 3)
    )
    reason = np.array(NAMES, dtype=object)[pull.argmax(axis=1)]
    reason[:5] = "moved"
    reason[count - unlabelled :] = None
    ids = [f"c{n:04d}" for n in range(count)]
    return pd.DataFrame({"customer_id": ids, "fee": fee, "tickets": tickets, "reason": reason})


@pytest.fixture(scope="module")
def training() -> ClassTraining:
    return train_classes(leavers(), SPEC)


def test_what_sets_classes_apart_is_learned_beyond_their_shares(training):
    decision = decide_classes(SPEC, training.honest, training.classes.names, leavers(), None)
    assert decision.is_promoted
    assert decision.figures["against_shares"]["log_loss"]["low"] > 0.1
    assert list(training.importances)[:2] in (["fee", "tickets"], ["tickets", "fee"])
    assert training.out_of_fold["accuracy"] > max(training.shares) + 0.1


def test_the_same_rows_in_another_order_give_the_same_model(training):
    again = train_classes(leavers().sample(frac=1, random_state=3), SPEC)
    assert dump_model(again.model) == dump_model(training.model)
    pd.testing.assert_frame_equal(again.honest, training.honest)


def test_a_class_of_few_rows_is_named_and_put_aside(training):
    assert training.classes.names == NAMES
    assert training.classes.set_aside == {"moved": 5}
    assert any("'moved' 5; their 5 rows neither teach nor test" in told for told in training.warnings)
    assert set(training.honest["label"]) == set(NAMES)


def test_published_are_the_two_likeliest_and_all_sum_to_one(training):
    features = leavers()
    scores = published_classes(
        training.model, honest_by_row(training.honest), features, ["customer_id"], has_reasons=True
    )
    sums = scores[["predicted_probability", "second_probability", "other_probability"]].sum(axis=1)
    assert np.abs(sums - 1).max() < 2e-6
    assert (scores["predicted_probability"] >= scores["second_probability"]).all()
    assert (scores["predicted_class"] != scores["second_class"]).all()
    columns = probability_columns(3)
    honest = training.honest.set_index("customer_id")[columns].max(axis=1)
    known = scores.set_index("customer_id")["predicted_probability"][honest.index]
    assert (known == honest).all()
    is_learned = scores["customer_id"].isin(honest.index)
    assert scores.loc[is_learned, "reason_1"].isna().all()
    assert scores.loc[~is_learned, "reason_1"].str.contains(r"fee|tickets|no single", regex=True).all()


def test_one_row_scores_as_it_does_among_others(training):
    features = leavers().tail(20)
    together = score_classes(training.model, features)
    apart = pd.concat([score_classes(training.model, features.iloc[[n]]) for n in range(20)])
    pd.testing.assert_frame_equal(together, apart)
    assert score_classes(training.model, features.head(0)).empty


QUICK = {"extra_trees": {"n_estimators": 9}, "random_forest": {"n_estimators": 9}}
QUICK["histogram_gradient_boosting"] = {"max_iter": 9, "seeds": 1, "learning_rate": 0.3}


@pytest.mark.parametrize("name", CLASSIFIERS.members)
def test_every_candidate_tells_classes_apart_and_is_stored(name):
    spec = replace(SPEC, parameters=QUICK)
    rows = leavers(200, 0)
    classes = classes_of(rows, SPEC)
    rows = classes.learned(rows, "reason")
    plan = plan_features(rows, ["fee", "tickets"])
    model = ClassLearner(spec, classes).fit(name, plan, rows)
    said = score_classes(model, rows)[probability_columns(3)].to_numpy()
    assert np.abs(said.sum(axis=1) - 1).max() < 5e-6
    found = class_metrics(classes.codes_of(rows["reason"]), said)
    assert found["accuracy"] > max(classes.keys) / len(rows)
    stored = load_model(dump_model(model), name, among=CLASSIFIERS)
    assert stored.classes == NAMES
    pd.testing.assert_frame_equal(score_classes(stored, rows), score_classes(model, rows))


def test_texts_of_many_values_are_told_by_each_class():
    rows = leavers(300, 0)
    places = np.random.default_rng(2).integers(0, 110, 300)
    rows["town"] = [f"town {place}" for place in places]
    plan = plan_features(rows, ["fee", "town"])
    assert plan.many_valued == ["town"]
    training = train_classes(rows, SPEC)
    assert "town" in training.features


def test_of_shuffled_labels_nothing_is_promoted():
    rows = leavers(300, 0)
    rows["reason"] = rows["reason"].sample(frac=1, random_state=1).to_numpy()
    found = train_classes(rows, SPEC)
    decision = decide_classes(SPEC, found.honest, found.classes.names, rows, None)
    assert not decision.is_promoted
    assert "no better than the shares of the classes" in decision.reason


def test_a_champion_stays_unless_it_is_beaten(training):
    champion = Champion("v1", training.honest, training.model)
    again = decide_classes(SPEC, training.honest, NAMES, leavers(), champion, NAMES)
    assert not again.is_promoted
    assert again.reason.startswith("not better beyond noise")
    worse = training.honest.copy()
    worse[probability_columns(3)] = [0.3, 0.4, 0.3]
    beaten = decide_classes(
        SPEC, training.honest, NAMES, leavers(), Champion("v1", worse, training.model), NAMES
    )
    assert beaten.is_promoted


def test_a_champion_that_does_not_know_a_class_is_judged_by_the_others():
    rows = leavers()
    earlier = train_classes(rows.assign(reason=rows["reason"].where(rows["reason"] != "service")), SPEC)
    found = train_classes(rows, SPEC)
    champion = Champion("v1", earlier.honest, earlier.model)
    known = earlier.classes.names
    decision = decide_classes(SPEC, found.honest, found.classes.names, rows, champion, known)
    assert "knows 'service', which version v1 does not" in decision.reason
    assert decision.figures["against_champion"]["rows"] == found.honest["label"].isin(known).sum()
    other = decide_classes(SPEC, earlier.honest, known, rows, champion, ("other", "reasons"))
    assert "has no predictions of these rows" in other.reason


def test_what_knows_a_class_too_well_is_left_out():
    rows = leavers(300, 0)
    rows["refund"] = np.where(rows["reason"] == "price", 20.0, 0.0)
    found = train_classes(rows, SPEC, named_leaks={"tickets": "is named like the label"})
    assert "refund" in found.dropped
    assert "'price'" in found.dropped["refund"]
    assert found.dropped["tickets"] == "is named like the label"


def test_what_labelled_rows_alone_know_of_a_class_is_left_out_and_what_a_part_knows_is_told():
    rows = leavers(3_000, 1_000)
    is_priced = (rows["reason"] == "price").to_numpy()
    random = np.random.default_rng(4)
    rows["calls"] = random.poisson(np.where(is_priced, 1.5, 0.4))
    is_refunded = random.random(len(rows)) < np.where(rows["reason"].isna(), 0.03, 0.09)
    rows["has_refund"] = is_refunded & (is_priced | rows["reason"].isna().to_numpy())
    columns = ["fee", "tickets", "calls", "has_refund"]
    labelled, scored = rows[:2_000], rows[2_000:]
    groups = np.arange(len(labelled))
    asked = of_each_class(labelled["reason"])
    found = suspected_alone(asked, labelled, scored, columns, None, groups).suspects()
    assert found.told.keys() == {"calls"}
    assert found.told["calls"].startswith("of 'price', its values say that at most ")
    assert found.watched.keys() == {"has_refund"}
    assert found.watched["has_refund"].startswith("of 'price', ")


def test_the_latest_cutoff_tests_and_its_new_classes_are_named():
    parts = [leavers(200, 0, seed).assign(day=pd.Timestamp(f"2026-0{seed}-01")) for seed in (1, 2, 3)]
    parts[2].loc[:14, "reason"] = "merger"
    rows = pd.concat(parts, ignore_index=True)
    spec = ClassificationSpec(
        key=("customer_id",), label="reason", cutoff="day", candidates=("logistic_regression",), folds=3
    )
    found = train_classes(rows, spec)
    assert found.test is not None
    assert found.test["cutoff"] == "2026-03-01"
    assert found.row_counts["held_out"] == 200 - 15
    assert any(
        "first seen at the latest cut-offs" in told and "'merger' 15" in told for told in found.warnings
    )
    assert rows_that_tested(found.honest)["fold"].isna().all()
    groups = found.honest[found.honest["fold"].notna()].groupby("customer_id")["fold"].nunique()
    assert (groups == 1).all()


def test_whole_numbers_are_classes_as_they_were():
    read = read_classes(pd.Series([3.0, np.nan, 12.0], name="plan"))
    assert read.tolist() == [3, None, 12]
    told = two_likeliest(np.array([[0.2, 0.7, 0.1]]), (3, 7, 12), pd.RangeIndex(1))
    assert told.loc[0, ["predicted_class", "second_class"]].tolist() == [7, 3]
    assert str(told["predicted_class"].dtype) == "Int64"


@pytest.mark.parametrize(
    ("label", "message"),
    [
        ([None] * 20, "null in every row"),
        (["a"] * 20, "'a' in all 20 labelled rows"),
        ([True, False] * 10, "task: churn"),
        ([1.5, 2.5] * 10, "must be text or whole numbers"),
        ([*"ab" * 5], r"no class of at least 10 different keys \('a' 5, 'b' 5\)"),
        ([*"a" * 15, *"b" * 5], "1 class of at least 10"),
        ([f"c{n % 500}" for n in range(5000)], "500 classes, and at most 100 are told apart"),
    ],
)
def test_labels_that_teach_nothing(label, message):
    rows = pd.DataFrame({"customer_id": range(len(label)), "x": np.arange(len(label)) % 7, "reason": label})
    with pytest.raises(ValueError, match=message):
        train_classes(rows, SPEC)


def test_names_that_differ_in_capitals_are_different_and_said_so():
    rows = leavers(300, 0)
    rows.loc[rows["reason"].eq("price") & (rows.index % 2 == 0), "reason"] = "Price "
    found = train_classes(rows, SPEC)
    assert "Price " in found.classes.names
    assert "'Price ' and 'price' are learned as different classes" in found.warnings


def test_folds_hold_each_class_and_whole_groups():
    rows = leavers(300, 0).assign(household=lambda each: each.index // 3)
    spec = ClassificationSpec(key=("customer_id",), label="reason", group=("household",), folds=3)
    classes = Classes(NAMES, (1, 1, 1), {})
    rows = classes.learned(rows, "reason")
    codes = classes.codes_of(rows["reason"])
    folds = class_folds(rows, codes, spec)
    assert pd.Series(folds).groupby(rows["household"]).nunique().max() == 1
    assert pd.Series(codes).groupby(folds).nunique().tolist() == [3, 3, 3]


def test_figures_of_known_predictions():
    codes = np.array([0, 0, 1, 2])
    said = np.array([[0.8, 0.1, 0.1], [0.3, 0.6, 0.1], [0.2, 0.5, 0.3], [0.5, 0.2, 0.3]])
    found = class_metrics(codes, said)
    assert found["accuracy"] == 0.5
    assert found["log_loss"] == pytest.approx(-np.log([0.8, 0.3, 0.5, 0.3]).mean())
    assert found["macro_f1"] == pytest.approx((2 * 1 / 4 + 2 * 1 / 3 + 0) / 3)
    assert confusion(codes, said).tolist() == [[1, 1, 0], [0, 1, 0], [1, 0, 0]]
    last = per_class(codes, said, NAMES)[2]
    assert (last["rows"], last["said"], last["precision"], last["recall"]) == (1, 0, None, 0)
    assert last["expected"] == pytest.approx(0.2)


def test_intervals_hold_the_figure_and_see_no_difference_where_there_is_none():
    random = np.random.default_rng(0)
    said = random.dirichlet([2, 2, 2], 300)
    codes = np.array([random.choice(3, p=each) for each in said])
    groups = np.arange(300)
    accuracy = measure_classes(codes, said, groups, 1)["accuracy"]
    assert accuracy.low < accuracy.estimate < accuracy.high
    same = compare_classes(codes, said, said, groups, 1)
    assert not same.is_better
    assert not same.is_worse
    shares = np.tile(np.bincount(codes) / 300, (300, 1))
    assert compare_classes(codes, said, shares, groups, 1).is_better


@pytest.mark.parametrize(
    ("policy", "message"),
    [
        ({"min_class_rows": 3}, "each of 5 folds needs a row"),
        ({"candidates": ["soft_voting"]}, "candidates"),
        ({"candidates": [{"one_vs_one": {"model": "tree"}}]}, "one_vs_one"),
    ],
)
def test_a_policy_that_cannot_be(policy, message):
    with pytest.raises(ValueError, match=message):
        ClassificationSpec.from_mapping(
            {"task": "classification", "features": "a.b", "key": "id", "label": "reason", "policy": policy}
        )
