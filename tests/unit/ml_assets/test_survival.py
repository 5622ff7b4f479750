"""Customers whose law is known: those of one plan leave four times as fast, and half are lost from sight before."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from meshlake.ml_assets.drawing import svg
from meshlake.ml_assets.hazards.estimators import DiscreteHazards, person_periods
from meshlake.ml_assets.hazards.hazard import HAZARDS
from meshlake.ml_assets.honest import honest_by_row
from meshlake.ml_assets.persistence import dump_model, load_model
from meshlake.ml_assets.promotion import Champion
from meshlake.ml_assets.survival.censored import Followed, at_times, kaplan_meier, seen_until
from meshlake.ml_assets.survival.disguised import disguised_durations
from meshlake.ml_assets.survival.figures import survival_figures
from meshlake.ml_assets.survival.matured import matured_survival
from meshlake.ml_assets.survival.measures import (
    brier_at,
    calibration_at,
    compare_curves,
    measure_curves,
    point_figures,
)
from meshlake.ml_assets.survival.model import published_survival
from meshlake.ml_assets.survival.promotion import decide_survival
from meshlake.ml_assets.survival.report import survival_report
from meshlake.ml_assets.survival.rows import durations_of, survival_folds, survival_rows, times_of
from meshlake.ml_assets.survival.spec import SurvivalSpec
from meshlake.ml_assets.survival.training import followed_in, train_survival

MODEL = {"task": "survival", "features": "a.b", "key": "id", "label": "left", "duration": "days"}
QUICK = {"policy": {"candidates": ["logistic_hazards"], "folds": 3}}
MEAN_DAYS = {"monthly": 100.0, "yearly": 400.0}


def customers(count: int = 700, seed: int = 5, *, has_law: bool = True) -> pd.DataFrame:
    random = np.random.default_rng(seed)
    plan = random.choice([*MEAN_DAYS], count)
    means = np.array([MEAN_DAYS[each] if has_law else 200.0 for each in plan])
    leaves, lost = random.exponential(means), random.uniform(0, 500, count)
    return pd.DataFrame(
        {
            "id": np.arange(count),
            "plan": plan,
            "age": random.integers(18, 80, count),
            "fee": random.integers(5, 90, count),
            "left": leaves <= lost,
            "days": np.ceil(np.minimum(leaves, lost)),
        }
    )


def spec_of(**changes) -> SurvivalSpec:
    return SurvivalSpec.from_mapping({**MODEL, **QUICK, **changes})


@pytest.fixture(scope="module")
def trained():
    rows = customers()
    rows["left"] = rows["left"].astype("boolean").where(rows["id"] < 640)
    return rows, train_survival(rows, spec_of())


def test_each_row_counts_in_the_periods_it_was_followed_in_and_for_the_share_of_the_last():
    followed = np.array([[30.0, 1], [15.0, 0], [0.0, 0], [0.0, 1], [20.0, 1], [20.0, 0], [90.0, 1]])
    found = person_periods(followed, [10.0, 20.0, 40.0], seed=1)
    by_row = {row: found.period[found.row == row].tolist() for row in range(len(followed))}
    assert by_row == {0: [0, 1, 2], 1: [0, 1], 2: [], 3: [0], 4: [0, 1], 5: [0, 1], 6: [0, 1, 2]}
    assert found.row[found.is_event].tolist() == [0, 3, 4]
    assert found.weight[found.row == 1].tolist() == [1.0, 0.5]


def test_drawn_periods_keep_every_event_and_stand_for_the_others():
    rows = customers(400)
    followed = rows[["days", "left"]].to_numpy(dtype=float)
    edges = [20.0, 40.0, 80.0, 160.0, 320.0]
    every, drawn = (person_periods(followed, edges, 7, most) for most in (10_000, 600))
    assert len(drawn.row) == 600 < len(every.row)
    assert drawn.is_event.sum() == every.is_event.sum()
    without = drawn.weight[~drawn.is_event].sum()
    assert without == pytest.approx(every.weight[~every.is_event].sum(), rel=0.05)


def test_without_features_a_model_of_periods_is_the_curve_of_all():
    from sklearn.linear_model import LogisticRegression

    rows = customers(500)
    followed = Followed(rows["days"].to_numpy(), rows["left"].to_numpy())
    edges = sorted(
        {*np.quantile(followed.duration[followed.is_event], np.linspace(0.1, 0.9, 9), method="higher")}
    )
    model = DiscreteHazards(LogisticRegression(C=100, max_iter=2000), edges, is_one_hot=True)
    model.fit(np.zeros((500, 1)), np.column_stack([followed.duration, followed.is_event]))
    said = model.predict(np.zeros((1, 1)))[0]
    assert said == pytest.approx(kaplan_meier(followed, np.array(edges)), abs=0.02)


def test_lost_rows_are_at_risk_as_long_as_they_were_seen():
    rows = Followed(np.array([1.0, 2, 2, 3, 4]), np.array([True, False, True, False, True]))
    assert kaplan_meier(rows, np.array([0.5, 1, 2, 3, 4])) == pytest.approx([1, 0.8, 0.6, 0.6, 0])
    # Of those still at risk after the event of their time, one of three is lost at 2, and one of two at 3.
    assert seen_until(rows, np.array([2.0, 2.5, 3, 4])) == pytest.approx([1, 2 / 3, 2 / 3, 1 / 3])
    assert at_times(np.array([[0.5, 0.0]] * 2), np.array([10.0, 20.0]), np.array([0.0, 20.0])).tolist() == [
        1,
        0,
    ]


def test_weights_of_the_brier_score_make_up_for_the_rows_that_were_lost():
    rows = customers(3000, seed=2)
    followed = Followed(rows["days"].to_numpy(), rows["left"].to_numpy())
    edges = np.array([30.0, 100.0, 250.0])
    weights = followed.is_gone(edges) / seen_until(followed, followed.duration)[:, None]
    weights = weights + followed.is_there(edges) / seen_until(followed, edges)
    assert weights.mean(axis=0) == pytest.approx(1, abs=1e-9)
    # Of one curve for all, the true one, the score is that of a coin that falls so.
    share = kaplan_meier(followed, edges)
    said = np.tile(share, (3000, 1))
    assert brier_at(followed, said, edges).mean(axis=0) == pytest.approx(share * (1 - share), abs=1e-9)


def test_concordance_is_the_share_of_pairs_counted_one_by_one():
    rows = customers(60, seed=9)
    followed = Followed(rows["days"].to_numpy(), rows["left"].to_numpy())
    stays = np.round(np.random.default_rng(1).random(60), 1)
    edges = np.array([200.0])
    right = pairs = 0.0
    for i in range(60):
        if not followed.is_event[i] or followed.duration[i] > 200:
            continue
        weight = seen_until(followed, followed.duration[[i]])[0] ** -2
        for j in range(60):
            later = followed.duration[j] > followed.duration[i]
            if later or (followed.duration[j] == followed.duration[i] and not followed.is_event[j]):
                pairs += weight
                right += weight * (0.5 if stays[j] == stays[i] else float(stays[j] > stays[i]))
    found = point_figures(followed, stays[:, None], edges)
    assert found["concordance"] == pytest.approx(right / pairs)
    against = measure_curves(followed, stays[:, None], edges, np.arange(60), 42)["concordance"]
    assert against.low < right / pairs < against.high


def test_a_law_is_found_and_told_in_days(trained):
    rows, training = trained
    assert training.times.horizons == (28, 91, 182, 364)
    decision = decide_survival(training.spec, training.honest, rows, None)
    assert decision.is_promoted
    assert decision.reason.startswith("the first version; integrated Brier score better by +0.0")
    report = survival_report(training)
    assert next(iter(report["importances"])) == "plan"
    assert report["measured"]["concordance"]["low"] > 0.55
    assert report["calibration"]["182"]["error"] < 0.06
    # Who was there after half of all were lost from sight, or gone: the chance to stay so much longer holds as well.
    now = report["from_now"]
    assert now["age"] == training.honest["duration"].median()
    assert list(now["calibration"]) == ["28", "91", "182"]
    assert now["calibration"]["91"]["error"] < 0.08
    assert report["rows"]["given"] == 700
    assert report["rows"]["labelled"] == 640
    told = training.honest["reason_1"].dropna()
    assert told.str.fullmatch(r"plan = \w+ \(usually \w+\): [\d.]+ days (longer|shorter)").mean() > 0.4
    for draw in survival_figures(training.honest, report).values():
        assert svg(draw).startswith(b"<?xml")


def test_what_is_published_is_a_chance_since_the_start_and_one_from_now_on(trained):
    rows, training = trained
    honest = honest_by_row(training.honest)
    scores = published_survival(training.model, honest, rows, training.spec, has_reasons=True)
    assert (scores["survival_28_days"] >= scores["survival_364_days"]).all()
    has_left = rows["left"].fillna(value=True).to_numpy(dtype=bool)
    assert scores.loc[has_left, "stays_28_more_days"].isna().all()
    reach = training.times.edges[-1]
    is_near = ~has_left & (rows["days"] + 28 <= reach)
    assert scores.loc[is_near, "stays_28_more_days"].between(0, 1).all()
    assert scores.loc[~has_left & ~is_near, "stays_28_more_days"].isna().all()
    by_plan = scores.groupby(rows["plan"])[["survival_182_days", "mean_days"]].mean()
    followed, plans = followed_in(training.honest), training.honest[["id"]].merge(rows, on="id")["plan"]
    came = {
        plan: kaplan_meier(followed.where((plans == plan).to_numpy()), np.array([182.0]))[0]
        for plan in MEAN_DAYS
    }
    assert by_plan["survival_182_days"].to_dict() == pytest.approx(came, abs=0.03)
    assert by_plan["mean_days"]["monthly"] < by_plan["mean_days"]["yearly"]
    medians = scores[rows["plan"] == "monthly"]["median_days"]
    assert medians.median() == pytest.approx(100 * np.log(2), rel=0.3)
    kept = training.honest.set_index("id").loc[rows["id"][:5], "at_182.0"]
    assert scores["survival_182_days"][:5].tolist() == kept.tolist()
    assert published_survival(training.model, honest, rows[:0], training.spec, has_reasons=True).empty
    with pytest.raises(ValueError, match="the features have no column 'days'"):
        published_survival(
            training.model, honest, rows.drop(columns="days"), training.spec, has_reasons=False
        )


def test_the_same_rows_in_any_order_give_the_same_model_and_it_can_be_stored(trained):
    rows, training = trained
    again = train_survival(rows.sample(frac=1, random_state=1), training.spec)
    assert dump_model(again.model) == dump_model(training.model)
    loaded = load_model(dump_model(training.model), "logistic_hazards", among=HAZARDS)
    frame = training.model.pipeline[:1].transform(rows)
    assert np.array_equal(loaded.curves(frame), training.model.curves(frame))


def test_boosted_hazards_and_changing_ones_learn_are_stored_and_say_falling_curves():
    rows = customers(300)
    for name in ("boosted_hazards", "changing_logistic_hazards"):
        policy = {"candidates": [name], "folds": 2, "horizons": [91]}
        training = train_survival(rows, spec_of(policy=policy))
        curves = training.model.curves(training.model.pipeline[:1].transform(rows))
        assert (np.diff(curves, axis=1) <= 0).all()
        loaded = load_model(dump_model(training.model), name, among=HAZARDS)
        assert loaded.algorithm == name


def test_no_better_than_the_curve_of_all_is_not_promoted():
    rows = customers(400, has_law=False)
    training = train_survival(rows, spec_of())
    decision = decide_survival(training.spec, training.honest, rows, None)
    assert not decision.is_promoted
    assert decision.reason.startswith(
        "no better than the curve of all (Kaplan-Meier): integrated Brier score"
    )


def test_a_champion_stays_unless_a_challenger_is_better_beyond_noise(trained):
    rows, training = trained
    same = Champion("before", training.honest, training.model)
    decision = decide_survival(training.spec, training.honest, rows, same)
    assert not decision.is_promoted
    assert "not better beyond noise" in decision.reason
    # A champion of other periods, which knows nothing, is read at our times, and replaced.
    poor = training.honest.drop(columns=[name for name in training.honest if name.startswith("at_")])
    poor = poor.assign(**{"at_100.0": 0.7, "at_300.0": 0.35})
    decision = decide_survival(training.spec, training.honest, rows, Champion("before", poor, training.model))
    assert decision.is_promoted
    assert decision.reason.startswith("better beyond noise: integrated Brier score better by +0.0")


def test_a_comparison_with_itself_is_a_draw_and_calibration_sums_to_all(trained):
    _, training = trained
    followed = followed_in(training.honest)
    said = training.honest.filter(like="at_").to_numpy()
    groups, edges = np.arange(len(said)), np.array(training.times.edges)
    against = compare_curves(followed, said, said, edges, groups, 1)
    assert (against.integrated_brier.estimate, against.concordance.estimate) == (0, 0)
    assert not against.is_better
    found = calibration_at(followed, said[:, training.times.edges.index(91)], 91, groups, 1)
    assert sum(each["rows"] for each in found) == len(said)
    assert all(each["low"] <= each["there"] <= each["high"] for each in found)


def test_durations_in_disguise_are_left_out_with_the_evidence():
    rows = customers(600)
    random = np.random.default_rng(3)
    rows["months"] = (rows["days"] // 30).astype(int)
    rows["paid"] = rows["days"] * rows["fee"] / 30 * random.uniform(0.97, 1.03, 600)
    # When something went wrong, or until when it had not: before the end, and often not by much.
    rows["fine_until"] = rows["days"] * np.where(rows["left"], random.uniform(0.6, 1, 600), 1)
    followed = Followed(rows["days"].to_numpy(), rows["left"].to_numpy())
    found = disguised_durations(rows, ["plan", "age", "fee", "months", "paid", "fine_until"], followed)
    assert sorted(found) == ["fine_until", "months", "paid"]
    assert found["months"].startswith(
        "it tells alone which rows were followed longer, with the event and without"
    )
    training = train_survival(rows, spec_of())
    assert sorted(training.dropped) == ["days", "fine_until", "months", "paid"]
    kept = train_survival(rows, spec_of(known_before={"months": "promised in the contract"}))
    assert "months" in kept.features
    assert any("known before the label (promised" in warning for warning in kept.warnings)


def test_two_columns_that_together_are_a_duration_give_the_one_that_is_counted_away():
    rows = customers(400)
    rows["rate"] = np.exp(np.random.default_rng(4).normal(0, 3, 400))
    rows["total"] = rows["days"] * rows["rate"]
    followed = Followed(rows["days"].to_numpy(), rows["left"].to_numpy())
    columns = ["age", "rate", "total"]
    assert disguised_durations(rows, ["age", "total"], followed) == {}
    assert disguised_durations(rows, columns, followed) == {
        "total": "rate / total orders rows as how long they were followed does (rank correlation 1.000, with the event "
        "and without): it was counted up until then"
    }


def test_dates_are_followed_to_the_cut_off_where_nothing_ended_it():
    rows = pd.DataFrame(
        {
            "id": [1, 2, 3, 4],
            "left": [True, False, False, True],
            "joined": pd.to_datetime(["2026-01-01"] * 4),
            "ended": pd.to_datetime(["2026-01-11", None, "2026-02-01", None]),
            "day": pd.to_datetime(["2026-03-02"] * 4),
        }
    )
    dates = {"duration": None, "start": "joined", "end": "ended", "cutoff": "day"}
    found = durations_of(rows, spec_of(**dates))
    assert found[:3].tolist() == [10, 60, 31]
    assert np.isnan(found[3])


HOSTILE = {
    "negative": (
        lambda rows: rows.assign(days=rows["days"] - 30),
        r"'days' is below 0 in \d+ of 700 rows, the least -29",
    ),
    "text": (
        lambda rows: rows.assign(days="long"),
        "the duration 'days' must be a number or null; it holds 'long'",
    ),
    "infinite": (lambda rows: rows.assign(days=np.inf), "the duration 'days' is infinite in 700 of 700 rows"),
    "no durations": (
        lambda rows: rows.assign(days=np.nan),
        r"of none of the \d+ rows where 'left' has not come",
    ),
    "all censored": (lambda rows: rows.assign(left=False), "is false in all 700 rows: the event never came"),
    "few events": (
        lambda rows: rows.assign(left=rows["id"] < 3),
        "'left' came in 3 of 700 rows; 20 are needed",
    ),
    "one time": (
        lambda rows: rows.assign(days=12),
        "all 700 rows were followed for 12 days: nothing to learn",
    ),
    "ten rows": (
        lambda rows: rows[:10],
        "of 10 rows it is known whether 'left' came, and after how long; 40 are",
    ),
    "three values": (
        lambda rows: rows.assign(left=rows["id"] % 3),
        "the label 'left' must be true, false or null",
    ),
    "no label": (lambda rows: rows.assign(left=None), "the label 'left' is null in every row"),
    "a missing column": (lambda rows: rows.drop(columns="days"), "the features have no column 'days'"),
    "too short": (
        lambda rows: rows.assign(days=rows["days"] // 40),
        "'policy.horizons' is not given, and would be",
    ),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_cannot_be_learned_of_is_refused_in_one_sentence(name):
    change, told = HOSTILE[name]
    with pytest.raises(ValueError, match=told) as caught:
        train_survival(change(customers()), spec_of())
    assert "\n" not in str(caught.value)


def test_a_start_after_the_end_horizons_beyond_the_rows_and_several_cutoffs_are_refused():
    rows = customers(100)
    rows["joined"] = pd.Timestamp("2026-01-10")
    rows["ended"] = rows["joined"] + pd.to_timedelta(rows["days"] - 3, unit="D")
    with pytest.raises(ValueError, match=r"'joined' lies after 'ended' in \d+ of 100 rows, by up to 2 days"):
        survival_rows(rows, spec_of(duration=None, start="joined", end="ended"))
    with pytest.raises(ValueError, match="'joined' must be a date or null; it holds 'soon'"):
        survival_rows(rows.assign(joined="soon"), spec_of(duration=None, start="joined", end="ended"))
    known = survival_rows(customers(), spec_of())
    followed = Followed(known["days"].to_numpy(), known["left"].to_numpy())
    with pytest.raises(
        ValueError, match=r"asks for 9000 days; enough rows were followed for \d+ days at most"
    ):
        times_of(followed, spec_of(policy={"horizons": [28, 9000]}))
    twice = customers().assign(day=lambda rows: np.where(rows["id"] % 2, "2026-01-01", "2026-02-01"))
    with pytest.raises(ValueError, match=r"rows are of 2 cut-offs \('day'\)"):
        survival_rows(twice, spec_of(cutoff="day"))


def test_all_events_and_rows_of_no_time_are_learned_from_and_told():
    rows = customers(300).assign(left=True)
    training = train_survival(rows, spec_of(policy={**QUICK["policy"], "horizons": [28, 91]}))
    assert training.out_of_fold["concordance"] > 0.5
    rows = customers(300)
    rows.loc[~rows["left"] & (rows["id"] % 5 == 0), "days"] = 0
    rows.loc[rows["id"] % 7 == 1, "days"] = np.nan
    told = train_survival(rows, spec_of(policy={**QUICK["policy"], "horizons": [28]})).warnings
    assert any("rows were followed for 0 days; they teach nothing" in each for each in told)
    assert any("it is known whether the event came, and not after how long" in each for each in told)


def test_groups_stay_in_a_fold():
    spec = replace(spec_of(), group=("house",))
    rows = survival_rows(customers(200).assign(house=lambda rows: rows["id"] // 4), spec)
    folds = pd.Series(survival_folds(rows, spec))
    assert folds.groupby(rows["house"]).nunique().eq(1).all()
    assert folds.nunique() == spec.folds


def test_what_came_is_measured_though_most_were_not_seen_for_as_long():
    """Those who are lost from sight after ten days neither stayed nor left, and who left early is known early."""
    random = np.random.default_rng(5)
    spec = SurvivalSpec(("id",), "left", duration="days", horizons=(28, 91))
    rate = np.where(np.arange(800) % 2 == 0, 0.02, 0.002)
    leaves, seen = random.exponential(1 / rate), np.where(np.arange(800) % 3 == 0, 10.0, 40.0)
    before = random.integers(0, 50, 800).astype(float)
    came = pd.DataFrame({"id": range(800), "left": leaves <= seen, "days": before + np.minimum(leaves, seen)})
    said = pd.DataFrame({"followed": before, "at_28.0": np.exp(-28 * rate), "at_91.0": np.exp(-91 * rate)})
    found = matured_survival(came, said, spec)
    # Of the 91 days nothing is known yet, but of those who left.
    assert (found.known_rows, found.label, found.remark) == (int(came["left"].sum()), None, None)
    (level,) = found.levels
    assert level.expected == pytest.approx(float(1 - said["at_28.0"].mean()))
    assert level.came == pytest.approx(level.expected, abs=0.04)
    assert level.came_told.endswith("were gone within 28 days")
    assert found.figures["concordance"].low > 0.6
    worse = matured_survival(came, said.assign(**{"at_28.0": 1 - said["at_28.0"]}), spec)
    assert worse.figures["integrated_brier"].low > found.figures["integrated_brier"].high
    assert worse.figures["concordance"].high < 0.4


def test_of_chances_whose_time_is_not_over_it_is_told_how_long_rows_were_followed():
    spec = SurvivalSpec(("id",), "left", duration="days", horizons=(28,))
    came = pd.DataFrame({"id": range(40), "left": False, "days": np.arange(40) + 5.0})
    said = pd.DataFrame({"followed": np.arange(40.0), "at_28.0": 0.9})
    found = matured_survival(came, said, spec)
    assert (found.known_rows, dict(found.figures), found.levels) == (0, {}, ())
    assert found.remark == "too few were followed for 28 days since then (the longest 5)"
    # Who began anew is not followed for less than no time.
    assert matured_survival(came.assign(days=0.0), said, spec).remark.endswith("(the longest 0)")
