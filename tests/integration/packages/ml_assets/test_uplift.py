"""Experiments whose law is known: a call makes customers of one plan buy, puts off those over sixty, and no others."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from meshlake.ml_assets.drawing import svg
from meshlake.ml_assets.persistence import dump_model, load_model
from meshlake.ml_assets.preprocessing import plan_features
from meshlake.ml_assets.promotion import Champion
from meshlake.ml_assets.regression.model import RegressionModel, predict_amounts, published_amounts
from meshlake.ml_assets.uplift.figures import figures_of
from meshlake.ml_assets.uplift.learner import UpliftLearner
from meshlake.ml_assets.uplift.promotion import decide_uplift
from meshlake.ml_assets.uplift.qini import (
    Curve,
    by_size,
    chosen_qini,
    compare_uplift,
    measure_uplift,
    point_figures,
)
from meshlake.ml_assets.uplift.report import uplift_report
from meshlake.ml_assets.uplift.rows import experiment_folds, experiment_of, experiment_rows
from meshlake.ml_assets.uplift.spec import UpliftSpec
from meshlake.ml_assets.uplift.training import train_uplift
from meshlake.ml_assets.uplift.treating import policies, to_be_treated
from meshlake.ml_assets.uplifters.estimators import (
    Drawn,
    TwoModels,
    doubly_robust,
    drawn,
    transformed_outcome,
)
from meshlake.ml_assets.uplifters.uplifter import DEFAULT_UPLIFTERS, UPLIFTERS

MODEL = {
    "task": "uplift",
    "features": "a.b",
    "key": "id",
    "label": "bought",
    "treatment": "called",
    "aim": "more",
}
QUICK = {"policy": {"candidates": ["transformed_outcome", "two_models"], "folds": 3}}


def customers(count: int = 1200, seed: int = 5, strength: float = 1.0, share: float = 0.5) -> pd.DataFrame:
    random = np.random.default_rng(seed)
    plan = random.choice(["basic", "plus", "max"], count)
    age = random.integers(18, 80, count)
    is_called = random.random(count) < share
    effect = strength * np.where(plan == "plus", 1.6, np.where(age > 60, -1.0, 0.0))
    log_odds = -0.5 - 0.01 * (age - 45) + is_called * effect
    return pd.DataFrame(
        {
            "id": range(count),
            "plan": plan,
            "age": age,
            "visits": random.poisson(3, count),
            "worth": random.choice([5.0, 40.0], count),
            "called": is_called,
            "bought": random.random(count) < 1 / (1 + np.exp(-log_odds)),
        }
    )


def spec_of(**changes) -> UpliftSpec:
    return UpliftSpec.from_mapping(MODEL | QUICK | changes)


@pytest.fixture(scope="module")
def rows() -> pd.DataFrame:
    return customers()


@pytest.fixture(scope="module")
def training(rows):
    return train_uplift(rows, spec_of())


def test_a_planted_effect_is_found_where_it_is(training, rows):
    assert training.against_random.low > 0
    assert not training.randomised.is_contradicted
    said = training.honest.set_index("id")["predicted"].groupby([rows["plan"], rows["age"] > 60]).mean()
    assert said["plus"].min() > said["basic"][False] + 0.1
    assert said["basic"][True] < said["basic"][False] < 0.1
    assert training.out_of_fold["slope"] == pytest.approx(1, abs=0.5)
    assert {"called", "bought"}.isdisjoint(training.features)
    assert training.dropped["called"] == "is the treatment"
    assert max(training.importances, key=training.importances.get) == "plan"


def test_what_treating_brought_is_told_with_intervals(training):
    facts = uplift_report(training)
    assert facts["policies"]["everyone"]["treated"] == 1200
    assert facts["policies"]["asked"]["treated"] == 120
    asked = facts["policies"]["asked"]
    assert asked["low"] < asked["gained"] < asked["high"]
    assert asked["low"] < asked["expected"] < asked["high"]
    assert [each["rows"] for each in facts["by_size"]] == [120] * 10
    assert facts["by_size"][0]["low"] > 0
    effect = facts["measured"]["average_effect"]
    assert effect["low"] < facts["rates"]["treated"] - facts["rates"]["untreated"] < effect["high"]
    assert sorted(facts["candidates"]) == ["transformed_outcome", "two_models"]


def test_same_rows_in_any_order_give_the_same_model(training, rows):
    again = train_uplift(rows.sample(frac=1, random_state=1), spec_of())
    assert dump_model(again.model) == dump_model(training.model)


def test_rows_one_by_one_score_as_all_at_once_and_honest_ones_keep_their_prediction(training, rows):
    model = load_model(dump_model(training.model), training.model.algorithm, among=UPLIFTERS)
    assert isinstance(model, RegressionModel)
    honest = training.honest.set_index("row_fingerprint")
    whole = published_amounts(model, honest, rows, ["id"], has_reasons=True)
    assert whole["predicted"].to_numpy() == pytest.approx(training.honest["predicted"].to_numpy())
    assert whole["reason_1"].str.contains(r": [+-]0\.\d+$").mean() > 0.9
    new = customers(5, seed=9).assign(id=range(9000, 9005), called=None, bought=None)
    parts = [published_amounts(model, honest, new[i : i + 1], ["id"], has_reasons=True) for i in range(5)]
    pd.testing.assert_frame_equal(
        pd.concat(parts), published_amounts(model, honest, new, ["id"], has_reasons=True)
    )


def test_who_was_chosen_teaches_nothing_and_the_columns_that_tell_are_named(rows):
    chosen = rows.assign(called=(rows["age"] + np.arange(1200) * 37 % 50) > 70)
    refused = r"'called' was not drawn at random: .*ROC AUC 0\.\d+ .* best by age \(0\."
    with pytest.raises(ValueError, match=refused) as told:
        train_uplift(chosen, spec_of())
    assert "under exclude" in str(told.value)
    after = rows.assign(opened=rows["called"] & (np.arange(1200) % 3 == 0))
    with pytest.raises(ValueError, match=r"best by opened \(0\.6"):
        train_uplift(after, spec_of())


def test_rows_drawn_by_different_chances_teach_where_these_are_known_and_true():
    more = customers(1200, seed=6, share=0.0)
    is_plus = more["plan"] == "plus"
    drawn_so = more.assign(chance=np.where(is_plus, 0.8, 0.3))
    drawn_so["called"] = np.random.default_rng(2).random(1200) < drawn_so["chance"]
    drawn_so["bought"] = drawn_so["bought"] | (drawn_so["called"] & is_plus & (np.arange(1200) % 2 == 0))
    with pytest.raises(ValueError, match="was not drawn at random"):
        train_uplift(drawn_so, spec_of(exclude={"chance": "known to nobody"}))
    found = train_uplift(drawn_so, spec_of(propensity="chance"))
    assert found.against_random.low > 0
    assert found.honest["propensity"].nunique() == 2
    assert "chance" not in found.features
    with pytest.raises(ValueError, match="'chance' is not how likely rows were to be treated"):
        train_uplift(drawn_so.assign(chance=0.4), spec_of(propensity="chance"))
    with pytest.raises(ValueError, match="'chance' is no number above 0 and below 1 in 1,200 of 1,200 rows"):
        train_uplift(drawn_so.assign(chance=1.0), spec_of(propensity="chance"))


def test_less_of_a_label_is_a_gain_where_that_is_aimed_at(rows, training):
    is_unknown = rows["id"] < 7
    left = rows.assign(left=~rows["bought"], called=rows["called"].astype("boolean").mask(is_unknown))
    found = train_uplift(left.drop(columns="bought"), spec_of(label="left", aim="less"))
    assert found.warnings[-1] == "7 rows have a label and no 'called'; they teach nothing"
    assert found.against_random.low > 0
    said = found.honest["predicted"].to_numpy()
    assert np.corrcoef(said, training.honest["predicted"][7:])[0, 1] < -0.8
    is_treated = to_be_treated(found.spec, left[7:], -said)
    assert (said[is_treated] < 0).all()


def test_a_later_cutoff_tests_the_model(rows):
    days = pd.to_datetime(["2024-01-01", "2024-02-01", "2024-03-01"])
    parts = [customers(500, seed).assign(asof=day) for seed, day in enumerate(days)]
    parts[-1] = parts[-1].assign(bought=None, called=None)
    periods = pd.concat(parts, ignore_index=True)
    found = train_uplift(periods, spec_of(cutoff="asof", horizon_days=20))
    assert found.test["cutoff"] == "2024-02-01"
    assert found.row_counts["held_out"] == 500
    assert found.honest["reason_1"].isna().all(), "none of them is published"
    later = found.honest[found.honest["fold"].isna()]
    plain = measure_uplift(later["predicted"].to_numpy(), later["effect"].to_numpy(), np.arange(500), 42)
    assert found.against_random == plain["qini"]


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        (
            {"called": ["phone"] * 1200},
            "the treatment 'called' must be true, false or null; it holds 'phone'",
        ),
        (
            {"called": True},
            "of each at least 6 rows are needed to learn what 'called' changes; there are 0 untreated",
        ),
        ({"called": None}, "no row has both a label 'bought' and a treatment 'called'"),
        ({"bought": 7}, "the label 'bought' must be true, false or null; it holds 7"),
        ({"id": 1}, "1 different keys are untreated without 'bought', too few for 3 folds"),
    ],
)
def test_an_experiment_that_nothing_can_be_learned_from_is_refused(rows, changes, told):
    with pytest.raises(ValueError, match=told):
        train_uplift(rows.assign(**changes), spec_of())


def test_rows_of_a_key_stay_in_one_fold_and_folds_hold_alike_groups(rows):
    twice = experiment_rows(pd.concat([rows, rows]), spec_of()).sort_values("id", ignore_index=True)
    folds = experiment_folds(twice, spec_of())
    assert (folds[::2] == folds[1::2]).all()
    shares = twice.groupby(folds)[["called", "bought"]].mean()
    assert (shares.max() - shares.min()).max() < 0.01


@pytest.mark.parametrize("name", UPLIFTERS.names)
def test_each_algorithm_says_finite_uplifts_and_can_be_stored(name, rows):
    some = rows[:250].assign(age=lambda t: t["age"].where(t["age"] < 70))
    spec = replace(spec_of(), candidates=(name,))
    plan = replace(plan_features(some, ["plan", "age", "visits"]), target="multiclass")
    model = UpliftLearner(spec, {}).fit(name, plan, some)
    said = predict_amounts(model, some)
    assert np.isfinite(said["predicted"]).all()
    assert said["predicted"].nunique() > 1 or name in {"transformed_outcome", "doubly_robust"}
    again = load_model(dump_model(model), name, among=UPLIFTERS)
    assert dump_model(again) == dump_model(model)
    pd.testing.assert_frame_equal(predict_amounts(again, some), said)


def test_defaults_are_algorithms_there_are():
    assert set(DEFAULT_UPLIFTERS) <= set(UPLIFTERS.names)


def test_scores_of_rows_have_the_effect_as_their_mean():
    random = np.random.default_rng(3)
    chance = np.where(np.arange(40_000) % 2, 0.8, 0.3)
    treated = random.random(40_000) < chance
    outcome = random.random(40_000) < 0.2 + 0.3 * (chance > 0.5) + 0.1 * treated
    experiment = np.column_stack([outcome, treated, chance]).astype(float)
    expected = np.column_stack([0.2 + 0.3 * (chance > 0.5), 0.3 + 0.3 * (chance > 0.5)])
    noisy, robust = transformed_outcome(experiment), doubly_robust(experiment, expected)
    assert noisy.mean() == pytest.approx(0.1, abs=0.02)
    assert robust.mean() == pytest.approx(0.1, abs=0.02)
    assert doubly_robust(experiment, expected * 0).mean() == pytest.approx(0.1, abs=0.03)
    assert robust.std() < noisy.std()


def test_figures_of_a_known_order():
    effect = np.array([1.0, 1.0, 0.0, 0.0])
    best, worst = np.array([4.0, 3.0, 2.0, 1.0]), np.array([1.0, 2.0, 3.0, 4.0])
    share, gain = Curve(best, effect).of(np.ones(4))
    assert share.tolist() == [0, 0.25, 0.5, 0.75, 1]
    assert gain.tolist() == [0, 0.25, 0.5, 0.5, 0.5]
    told = point_figures(best, effect)
    assert told["auuc"] == pytest.approx(0.375)
    assert told["qini"] == pytest.approx(0.125)
    assert point_figures(worst, effect)["qini"] == pytest.approx(-0.125)
    assert point_figures(np.ones(4), effect) == {
        "qini": pytest.approx(0),
        "auuc": 0.25,
        "average_effect": 0.5,
        "slope": 0.0,
        "n": 4,
    }


def test_an_order_is_better_beyond_noise_or_it_is_not_and_a_choice_of_many_is_allowed_for():
    random = np.random.default_rng(4)
    truth = random.normal(size=2000)
    effect = truth + random.normal(size=2000)
    groups = np.arange(2000)
    against = compare_uplift(truth, random.normal(size=2000), effect, groups, 1)
    assert against.is_better
    assert not against.is_worse
    assert not compare_uplift(truth, truth, effect, groups, 1).is_better
    noise = [random.normal(size=2000) for _ in range(12)]
    alone = [measure_uplift(each, effect, groups, 1)["qini"] for each in noise]
    best = int(np.argmax([each.estimate for each in alone]))
    chosen = chosen_qini(noise, best, effect, groups, 1)
    assert chosen.estimate == alone[best].estimate
    assert chosen.low < alone[best].low
    on_folds = chosen_qini(noise, best, effect, groups, 1, folds=5)
    assert chosen.estimate - on_folds.low == pytest.approx(1.5 * (chosen.estimate - chosen.low))
    assert on_folds.high - chosen.estimate == pytest.approx(1.5 * (chosen.high - chosen.estimate))
    apart, on_five = (compare_uplift(truth, noise[0], effect, groups, 1, folds).qini for folds in (1, 5))
    assert on_five.estimate - on_five.low == pytest.approx(1.5 * (apart.estimate - apart.low))
    assert by_size(truth, effect, groups, 1)["gained"].is_monotonic_decreasing


def test_a_policy_of_cost_and_benefit_treats_whom_a_profit_is_expected_of(rows):
    gain = np.where(rows["plan"] == "plus", 0.3, -0.1)
    profit = {"benefit": "worth", "cost": 2}
    spec = spec_of(policy={"profit": profit})
    is_treated = to_be_treated(spec, rows, gain)
    assert is_treated.tolist() == ((rows["plan"] == "plus") & (rows["worth"] == 40)).tolist()
    few = to_be_treated(spec_of(policy={"profit": profit, "capacity": 10}), rows, gain)
    assert rows["id"][few].tolist() == rows["id"][is_treated].tolist()[:10]
    share = to_be_treated(spec_of(policy={"treat_share": 0.5}), rows, gain)
    assert share.tolist() == (rows["plan"] == "plus").tolist(), "nobody is treated whom it harms"
    found = policies(spec, rows, gain, gain, np.arange(1200))
    assert found["asked"]["gained"] == pytest.approx(10.0 * is_treated.sum())
    assert found["everyone"]["treated"] == 1200
    with pytest.raises(ValueError, match="'plan' holds no numbers"):
        to_be_treated(spec_of(policy={"profit": {"benefit": "plan", "cost": 1}}), rows, gain)


def test_predictions_are_drawn_to_the_mean_effect_by_as_much_as_is_noise():
    assert drawn(np.array([0.1, 0.3]), share=0.5, mean=0.2, effect=0.1).tolist() == pytest.approx(
        [0.05, 0.15]
    )
    assert drawn(np.array([9.0]), share=1.0, mean=0.0, effect=0.0).tolist() == [1.0]
    rows = np.arange(40.0)[:, None]
    experiment = np.column_stack([np.arange(40) % 3 == 0, np.arange(40) % 2, np.full(40, 0.5)]).astype(float)
    from sklearn.linear_model import LogisticRegression

    model = TwoModels(LogisticRegression()).fit(rows, experiment)
    assert Drawn(model, 0.0, 0.3, 0.2).predict(rows).tolist() == [0.2] * 40


def test_only_what_is_better_than_chance_and_than_the_champion_is_promoted(rows, training):
    spec, honest = spec_of(), training.honest
    against = uplift_report(training)["against_random"]
    first = decide_uplift(spec, honest, against, rows, None)
    assert first.is_promoted
    assert first.reason.startswith("the first version; Qini coefficient 0.")
    shuffled = honest.assign(predicted=np.random.default_rng(1).permutation(honest["predicted"]))
    assert decide_uplift(spec, honest, against, rows, Champion("v1", shuffled, training.model)).is_promoted
    none = decide_uplift(spec, honest, {"estimate": 0.01, "low": -0.01, "high": 0.03}, rows, None)
    assert not none.is_promoted
    assert none.reason.startswith(
        "no better than treating at random: Qini coefficient 0.0100 (-0.0100 to 0.0300)"
    )
    same = decide_uplift(spec, honest, against, rows, Champion("v1", honest, training.model))
    assert not same.is_promoted
    assert same.reason.startswith("not better beyond noise: Qini coefficient better by +0.0000")
    unseen = decide_uplift(spec, honest, against, rows, Champion("v1", honest[:0], None))
    assert unseen.is_promoted
    assert "no predictions of these rows" in unseen.reason


def test_drawings_are_of_the_rows_that_tested_the_model(training):
    figures = figures_of(training.honest, training.spec, uplift_report(training)["by_size"])
    assert sorted(figures) == ["qini", "uplift_by_size", "uplifts"]
    assert "those of most uplift first" in svg(figures["qini"]).decode()


def test_a_specification_says_what_is_wrong_with_it():
    wrong = {"aim": "most", "policy": {"candidates": [{"two_models": {"D": 1}}], "capacity": 0}}
    with pytest.raises(ValueError, match="'more' or 'less'") as error:
        UpliftSpec.from_mapping(MODEL | wrong)
    assert "'D' is not known" in str(error.value)
    assert "policy.capacity" in str(error.value)
    with pytest.raises(ValueError, match="'treatment' must name another column than 'key'"):
        UpliftSpec.from_mapping(MODEL | {"treatment": "bought"})
    with pytest.raises(ValueError, match="'treatment' and 'propensity' must name different columns"):
        UpliftSpec.from_mapping(MODEL | {"propensity": "called"})
    with pytest.raises(ValueError, match="are both given"):
        UpliftSpec.from_mapping(MODEL | {"policy": {"capacity": 3, "treat_share": 0.2}})
    assert spec_of().treat_share == 0.1
    assert spec_of(policy={"profit": {"benefit": 1, "cost": 0}}).treat_share is None
    assert experiment_of(customers(10), spec_of()).shape == (10, 3)
