"""Amounts whose law is known: a quarter of customers spend nothing, others as before, and twice so on one plan."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from meshlake.ml_assets.drawing import svg
from meshlake.ml_assets.persistence import dump_model, load_model
from meshlake.ml_assets.preprocessing import plan_features
from meshlake.ml_assets.promotion import Champion
from meshlake.ml_assets.regression.conformal import best_margins, fewest_rows, margins, pinball
from meshlake.ml_assets.regression.figures import amount_figures, coverage_by_size
from meshlake.ml_assets.regression.learner import AmountLearner
from meshlake.ml_assets.regression.metrics import compare_amounts, measure_amounts, point_metrics
from meshlake.ml_assets.regression.model import explain_amounts, predict_amounts, published_amounts
from meshlake.ml_assets.regression.promotion import decide_amounts
from meshlake.ml_assets.regression.report import held_against, regression_report
from meshlake.ml_assets.regression.rows import amount_folds, plan_of, suspected
from meshlake.ml_assets.regression.spec import RegressionSpec
from meshlake.ml_assets.regression.training import train_regression
from meshlake.ml_assets.regressors.regressor import DEFAULT_REGRESSORS, REGRESSORS

MODEL = {"task": "regression", "features": "a.b", "key": "id", "label": "spent", "last_period": "before"}
QUICK = {"policy": {"candidates": ["ridge", "poisson_regression", "decision_tree"]}}


def customers(count: int = 400, seed: int = 3) -> pd.DataFrame:
    random = np.random.default_rng(seed)
    before = np.round(random.lognormal(4, 1, count), 2)
    plan = random.choice(["basic", "plus"], count)
    spends = random.random(count) > 0.25
    spent = spends * before * np.where(plan == "plus", 2.0, 1.0) * random.lognormal(0, 0.3, count)
    return pd.DataFrame(
        {
            "id": range(count),
            "before": before,
            "plan": plan,
            "age": random.integers(18, 80, count),
            "spent": spent,
        }
    )


def spec_of(**changes) -> RegressionSpec:
    return RegressionSpec.from_mapping(MODEL | QUICK | changes)


@pytest.fixture(scope="module")
def rows() -> pd.DataFrame:
    return customers()


@pytest.fixture(scope="module")
def training(rows):
    return train_regression(rows, spec_of())


@pytest.fixture(scope="module")
def periods() -> pd.DataFrame:
    """Two cut-offs that are labelled and one to score; the later one is no other than the first."""
    days = pd.to_datetime(["2024-01-01", "2024-02-01", "2024-03-01"])
    parts = [customers(200, seed).assign(asof=day) for seed, day in enumerate(days)]
    parts[-1]["spent"] = np.nan
    return pd.concat(parts, ignore_index=True)


def test_a_model_beats_both_rules_of_thumb_and_its_intervals_hold(training):
    assert training.model.algorithm != "last_period"
    assert 0.5 < training.out_of_fold["r2"] < 1
    held = regression_report(training)["held_against"]
    assert list(held) == ["the mean of all", "the same as before"]
    assert all(each["better_by"]["root_mean_squared_error"]["low"] > 0 for each in held.values())
    assert training.out_of_fold["coverage_low"] <= 0.9 <= training.out_of_fold["coverage_high"]
    assert training.test is None


def test_nothing_is_below_zero_where_no_amount_was_and_what_is_predicted_lies_within(training):
    assert training.model.least == 0
    honest = training.honest
    assert (honest["lower"] >= 0).all()
    assert (honest["lower"] <= honest["predicted"]).all()
    assert (honest["predicted"] <= honest["upper"]).all()
    refunds = customers().assign(spent=lambda t: t["spent"] - 200)
    below = train_regression(refunds, spec_of(policy={"candidates": ["ridge", "log_ridge"]}))
    assert below.model.least is None
    assert below.honest["lower"].min() < 0
    assert "log_ridge was left out: it learns of amounts of at least 0" in below.warnings[0]


def test_same_rows_in_any_order_give_the_same_model(training, rows):
    again = train_regression(rows.sample(frac=1, random_state=1), spec_of())
    assert dump_model(again.model) == dump_model(training.model)


def test_rows_one_by_one_score_as_all_at_once_and_honest_ones_keep_their_prediction(training, rows):
    model = load_model(dump_model(training.model), training.model.algorithm, among=REGRESSORS)
    honest = training.honest.set_index("row_fingerprint")
    whole = published_amounts(model, honest, rows, ["id"], has_reasons=True)
    assert whole["predicted"].to_numpy() == pytest.approx(training.honest["predicted"].to_numpy())
    new = customers(5, seed=9).assign(id=range(900, 905))
    parts = [published_amounts(model, honest, new[i : i + 1], ["id"], has_reasons=True) for i in range(5)]
    pd.testing.assert_frame_equal(
        pd.concat(parts), published_amounts(model, honest, new, ["id"], has_reasons=True)
    )
    assert len(predict_amounts(model, rows[:0])) == 0


def test_reasons_say_what_moves_a_prediction_and_by_how_much(training, rows):
    rich = rows.assign(before=4000.0)[:1]
    (told,) = explain_amounts(training.model, rich)["reason_1"]
    usual = training.model.references["before"]
    name, _, effect = told.partition(f" = 4000 (usually {usual:.4g}): ")
    assert name == "before"
    frame = training.model.pipeline[:1].transform(rich)
    poorer = training.model.predict(frame.assign(before=usual))
    assert float(effect.replace(",", "")) == pytest.approx(
        (training.model.predict(frame) - poorer)[0], rel=1e-3
    )


def test_the_latest_cutoff_tests_the_model_and_its_intervals(periods):
    found = train_regression(periods, spec_of(cutoff="asof", horizon_days=30))
    assert found.test["cutoff"] == "2024-02-01"
    assert found.test["coverage_low"] <= 0.9 <= found.test["coverage_high"]
    assert found.row_counts == {
        "given": 600,
        "labelled": 400,
        "cross_validated": 200,
        "held_out": 200,
        "fitted": 400,
    }
    assert found.honest["reason_1"].isna().all(), "none of them is published"
    is_later = periods["asof"].dt.month == 2
    shifted = periods.assign(spent=periods["spent"].where(~is_later, 9 * periods["spent"] + 500))
    warned = train_regression(shifted, spec_of(cutoff="asof"))
    assert warned.warnings[-1].startswith("intervals hold ")
    assert "of the rows of 2024-02-01, where 90% was asked for" in warned.warnings[-1]


@pytest.mark.parametrize(
    ("label", "told"),
    [
        (["many"] * 60, "the label 'spent' must be a number or null; it holds 'many'"),
        ([True, False] * 30, "it holds True, False; task: churn predicts yes or no"),
        ([1.0, np.inf] * 30, "the label 'spent' is infinite in 30 of 60 rows"),
        ([7.0] * 60, "the label 'spent' is 7 in all 60 labelled rows"),
        ([None] * 60, "the label 'spent' is null in every row"),
        ([1.0] * 10 + [None] * 50, "10 rows have a label 'spent'; 40 are needed to say how far off"),
    ],
)
def test_a_label_that_nothing_can_be_learned_from_is_refused(label, told):
    with pytest.raises(ValueError, match=told):
        train_regression(customers(60).assign(spent=label), spec_of())


def test_what_is_written_with_the_amount_is_not_yet_there_of_rows_to_score():
    rows = customers(4_000)
    is_labelled = rows["id"] < 3_000
    calls = np.random.default_rng(5).poisson(np.where((rows["spent"] > 0) & is_labelled, 1.5, 0.4))
    rows = rows.assign(calls=calls, spends=(rows["spent"] > 0) ^ (rows["id"] % 5 == 0))
    found = suspected(rows[is_labelled], rows[~is_labelled], spec_of())
    assert found.told.keys() == {"calls"}
    assert found.told["calls"].startswith("of which rows have anything, its values say that at most ")


def test_a_column_that_knows_the_answer_is_left_out_unless_its_owner_vouches_for_it(rows):
    leaking = rows.assign(invoiced=rows["spent"] * 1.2, has_bought=rows["spent"] > 0)
    assert suspected(leaking, leaking[:0], spec_of()).told.keys() == {"invoiced", "has_bought"}
    vouched = spec_of(known_before={"invoiced": "ordered ahead"})
    assert "invoiced" in plan_of(suspected(leaking, leaking[:0], vouched), leaking, vouched).kinds
    found = train_regression(leaking, spec_of(policy={"candidates": ["ridge"]}))
    assert "invoiced" in found.dropped
    assert any(warning.startswith("'invoiced' is left out: it tells alone") for warning in found.warnings)


def test_rows_of_a_key_stay_in_one_fold_and_folds_have_like_amounts(rows):
    twice = pd.concat([rows, rows]).sort_values("id", ignore_index=True)
    folds = amount_folds(twice, spec_of())
    assert (folds[::2] == folds[1::2]).all()
    means = twice.groupby(folds)["spent"].mean()
    assert means.max() < 1.3 * means.min()
    with pytest.raises(ValueError, match="3 different keys are too few for 5 folds"):
        amount_folds(twice.assign(id=twice["id"] % 3), spec_of())


def test_the_rule_of_thumb_stays_unless_an_algorithm_is_better_beyond_noise(rows, training):
    rule = next(each for each in training.candidates if each.algorithm == "last_period")
    noise = np.random.default_rng(1).normal(size=len(rows))
    hardly = replace(rule, algorithm="ridge", said=rule.said + noise)
    hardly = replace(hardly, out_of_fold={**rule.out_of_fold, "root_mean_squared_error": 0.0})
    learner = AmountLearner(spec_of(), 0.0)
    assert learner.best([rule, hardly], rows) is rule
    perfect = replace(hardly, said=rows["spent"].to_numpy())
    assert learner.best([rule, perfect], rows) is perfect


@pytest.mark.parametrize("name", REGRESSORS.names)
def test_each_algorithm_says_finite_amounts_and_can_be_stored(name, rows):
    parameters = {"column": "before"} if name == "last_period" else {}
    some = rows[:150].assign(
        age=lambda t: t["age"].where(t["age"] < 70), note=[f"word {i}" for i in range(150)]
    )
    spec = replace(spec_of(), candidates=(name,), parameters={name: parameters})
    model = AmountLearner(spec, 0.0).fit(name, plan_features(some, ["before", "plan", "age"]), some)
    said = predict_amounts(model, some)
    assert np.isfinite(said["predicted"]).all()
    assert (said["predicted"] >= 0).all()
    again = load_model(dump_model(model), name, among=REGRESSORS)
    assert dump_model(again) == dump_model(model)
    pd.testing.assert_frame_equal(predict_amounts(again, some), said)


def test_what_is_of_logarithms_goes_not_beyond_what_was_seen_and_keeps_the_sum(rows):
    plan = plan_features(rows, ["before", "plan"])
    model = AmountLearner(spec_of(), 0.0).fit("log_ridge", plan, rows)
    assert predict_amounts(model, rows)["predicted"].sum() == pytest.approx(rows["spent"].sum(), rel=0.02)
    giant = rows[:1].assign(before=1e12)
    assert predict_amounts(model, giant)["predicted"].iloc[0] <= round(rows["spent"].max(), 6)


def test_defaults_are_algorithms_there_are():
    for chosen in DEFAULT_REGRESSORS.values():
        for name, parameters in chosen.items():
            REGRESSORS.get(name)(**parameters)


def test_a_specification_says_what_is_wrong_with_it():
    wrong = {
        "last_period": "id",
        "policy": {"predict": "mode", "coverage": 1, "candidates": [{"ridge": {"alfa": 1}}]},
    }
    with pytest.raises(ValueError, match="'mean' or 'median'") as error:
        RegressionSpec.from_mapping(MODEL | wrong)
    assert "'alfa' is not known. Did you mean 'alpha'?" in str(error.value)
    assert "policy.coverage" in str(error.value)
    with pytest.raises(ValueError, match="'last_period' names 'id', which is no feature"):
        RegressionSpec.from_mapping(MODEL | {"last_period": "id"})
    assert spec_of(policy={"predict": "median"}).loss == "mean_absolute_error"


def test_intervals_of_skewed_amounts_hold_on_rows_that_they_were_not_told_from():
    random = np.random.default_rng(5)
    predicted = random.lognormal(3, 1, 4000)
    actual = np.where(random.random(4000) < 0.3, 0, predicted * random.lognormal(0, 0.8, 4000))
    found, lower, upper = best_margins(actual[:2000], predicted[:2000], np.arange(2000) % 5, 0.8, 0.0)
    assert found.unit is not None, "errors grow with the prediction"
    assert ((lower <= actual[:2000]) & (actual[:2000] <= upper)).mean() == pytest.approx(0.8, abs=0.03)
    low, high = found.interval(predicted[2000:], 0.0)
    within = (low <= actual[2000:]) & (actual[2000:] <= high)
    assert within.mean() == pytest.approx(0.8, abs=0.04)
    large = predicted[2000:] > np.quantile(predicted, 0.9)
    assert within[large].mean() == pytest.approx(0.8, abs=0.08)


def test_an_interval_of_as_few_rows_as_can_be_is_the_widest_error():
    assert fewest_rows(0.9) == 20
    errors = np.arange(-10.0, 10.0)
    found = margins(errors, np.zeros(20), 0.9)
    assert [end.tolist() for end in found.interval(np.zeros(1), None)] == [[-10.0], [9.0]]
    assert pinball(np.array([3.0]), np.array([0.0]), np.array([2.0]), 0.9).tolist() == [pytest.approx(0.55)]


def test_figures_are_those_of_scikit_learn_and_a_difference_has_its_sign():
    actual, near, far = np.array([1.0, 2.0, 3.0, 6.0]), np.array([1.0, 2.0, 3.0, 4.0]), np.full(4, 3.0)
    told = point_metrics(actual, near)
    assert told == {
        "mean_absolute_error": 0.5,
        "root_mean_squared_error": 1.0,
        "r2": pytest.approx(1 - 4 / 14),
        "bias": -0.5,
        "n": 4,
    }
    repeated = [np.tile(each, 50) for each in (actual, near, far)]
    found = compare_amounts(*repeated, np.arange(200), "mean_absolute_error", 1)
    assert found.is_better
    assert found.r2.estimate == pytest.approx(told["r2"])
    assert not found.is_worse
    interval = measure_amounts(*repeated[:2], np.arange(200), 1)["mean_absolute_error"]
    assert interval.low < interval.estimate == 0.5 < interval.high


def test_only_what_is_better_than_one_amount_for_all_and_than_the_champion_is_promoted(rows, training):
    spec, honest = spec_of(), training.honest
    first = decide_amounts(spec, honest, rows, None)
    assert first.is_promoted
    assert first.reason.startswith("the first version; root mean squared error better by +")
    chance = honest.assign(predicted=np.random.default_rng(1).permutation(honest["predicted"]))
    refused = decide_amounts(spec, chance, rows, None)
    assert not refused.is_promoted
    assert refused.reason.startswith("no better than the mean of all, ")
    worse = Champion("v1", honest.assign(predicted=honest["predicted"] + 90), training.model)
    assert decide_amounts(spec, honest, rows, worse).is_promoted
    same = Champion("v1", honest, training.model)
    assert decide_amounts(spec, honest, rows, same).reason.startswith("not better beyond noise: ")
    unseen = Champion("v1", honest[:0], training.model)
    assert decide_amounts(spec, honest, rows, unseen).figures["champion"] == "v1"
    assert held_against(chance, spec)["the mean of all"]["n"] == 400


def test_drawings_of_skewed_amounts_have_numbers_beside_them_and_no_formulas(training):
    whole = training.honest.assign(label=lambda t: t["label"] ** 2, predicted=lambda t: t["predicted"] ** 2)
    told = svg(amount_figures(whole, 0.9)["predicted_and_actual"]).decode()
    assert "100,000" in told
    assert "mathdefault" not in told
    shares = coverage_by_size(training.honest)
    assert len(shares) == 10
    assert shares["rows"].sum() == 400
    assert shares["predicted"].is_monotonic_increasing
    assert (shares["low"] <= shares["share"]).all()
