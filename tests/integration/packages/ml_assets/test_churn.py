from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import roc_auc_score

from meshlake.ml_assets import training_rows
from meshlake.ml_assets.candidates.candidate import ENSEMBLES
from meshlake.ml_assets.churn import train_churn
from meshlake.ml_assets.persistence import dump_model
from meshlake.ml_assets.scoring import score_churn
from meshlake.ml_assets.spec import ChurnSpec

QUICK = ("logistic_regression",)


def test_the_candidate_of_least_out_of_fold_log_loss_wins(training):
    losses = {c.algorithm: c.out_of_fold["log_loss"] for c in training.candidates}
    assert set(losses) == set(training.spec.candidates)
    alone = set(losses) - set(ENSEMBLES)
    assert training.algorithm in (min(alone, key=losses.get), *ENSEMBLES)
    assert all(c.out_of_fold["roc_auc"] > 0.65 for c in training.candidates)


def test_every_labelled_row_is_predicted_once_by_a_model_that_did_not_see_it(training, customers):
    assert training.honest["customer_id"].tolist() == customers["customer_id"].tolist()
    assert training.honest["fold"].value_counts().to_dict() == dict.fromkeys(range(5), 120)
    area = roc_auc_score(training.honest["is_churned"], training.honest["churn_probability"])
    seen_area = roc_auc_score(
        customers["is_churned"], score_churn(training.model, customers)["churn_probability"]
    )
    assert area < seen_area


def test_what_cannot_be_learnt_looks_so(churn_spec, make_customers):
    noise = make_customers(600).assign(is_churned=np.random.default_rng(5).random(600) < 0.3)
    training = train_churn(noise, churn_spec)
    assert all(0.35 < c.out_of_fold["roc_auc"] < 0.65 for c in training.candidates)


def test_the_flag_threshold_is_fixed_by_the_out_of_fold_probabilities(training):
    assert training.honest["is_predicted_churn"].sum() >= 60
    flagged = training.honest.loc[training.honest["is_predicted_churn"], "churn_probability"]
    assert flagged.min() == training.model.threshold


@pytest.fixture(scope="module")
def told() -> list[str]:
    """What was told while `quick` was trained."""
    return []


@pytest.fixture(scope="module")
def quick(customers, churn_spec, told):
    return train_churn(customers, replace(churn_spec, candidates=QUICK), told.append)


def test_a_given_threshold_is_used_as_it_is(customers, churn_spec):
    spec = replace(churn_spec, candidates=QUICK, flag_share=None, threshold=0.4)
    assert train_churn(customers, spec).model.threshold == 0.4


def test_rows_without_a_label_change_nothing(quick, customers, make_customers):
    unlabelled = make_customers(50, seed=9).assign(customer_id=lambda rows: "x" + rows["customer_id"])
    unlabelled["is_churned"] = pd.Series([None] * 50, dtype="boolean")
    both = pd.concat([customers.astype({"is_churned": "boolean"}), unlabelled])
    with_them = train_churn(both, quick.spec)
    assert dump_model(with_them.model) == dump_model(quick.model)
    assert with_them.row_counts["given"] - with_them.row_counts["labelled"] == 50


def test_same_rows_in_any_order_and_same_seed_give_the_same_model(training, customers, churn_spec):
    again = train_churn(customers.sample(frac=1, random_state=3), churn_spec)
    assert dump_model(again.model) == dump_model(training.model)
    pd.testing.assert_frame_equal(again.honest, training.honest)
    assert again.folds_sha256 == training.folds_sha256


def test_left_out_columns_are_no_features_and_say_why(customers, churn_spec):
    rows = customers.assign(country="UK", notes=customers["customer_id"])
    spec = replace(churn_spec, candidates=QUICK, exclude={"tickets": "known only after the fact"})
    training = train_churn(rows, spec)
    assert set(training.features) == {"plan", "minutes", "has_contract"}
    assert training.dropped == {
        "tickets": "known only after the fact",
        "country": "has the same value in every row",
        "notes": "tells rows apart: 600 different values in 600 rows",
    }


def test_a_feature_that_gives_the_label_away_is_left_out_unless_its_owner_vouches_for_it(
    customers, churn_spec
):
    rows = customers.assign(churn_score=customers["is_churned"] * 10 + customers["tickets"] / 10)
    spec = replace(churn_spec, candidates=QUICK)
    training = train_churn(rows, spec)
    assert "churn_score" not in training.features
    assert training.dropped["churn_score"].startswith("tells the label by itself (ROC AUC 1.000)")
    (warning,) = training.warnings
    assert warning.startswith("'churn_score' is left out: tells the label by itself")
    vouched = train_churn(rows, replace(spec, known_before={"churn_score": "bought from an agency in May"}))
    assert "churn_score" in vouched.features
    (warning,) = vouched.warnings
    assert "known before the label (bought from an agency in May), and tells the label by itself" in warning


def test_a_column_that_says_nothing_of_rows_to_be_scored_is_left_out(make_customers, churn_spec):
    rows = make_customers(3_000, seed=5)
    has_left = rows["is_churned"].astype(bool) & (rows.index < 2_000)
    drawn = np.random.default_rng(1).normal(size=len(rows))
    rows = rows.assign(last_bill=drawn + 1.5 * has_left)
    rows["is_churned"] = rows["is_churned"].astype("boolean").where(rows.index < 2_000, pd.NA)
    training = train_churn(rows, replace(churn_spec, candidates=QUICK))
    assert "of the rows to be scored are so, the other columns that" in training.dropped["last_bill"]
    assert [warning for warning in training.warnings if "'last_bill' is left out" in warning]


def test_a_table_of_leaks_alone_teaches_nothing(customers, churn_spec):
    rows = customers[["customer_id", "is_churned"]].assign(closed=customers["is_churned"] * 1)
    with pytest.raises(ValueError, match=r"no feature column is left .* known_before"):
        train_churn(rows, replace(churn_spec, candidates=QUICK, exclude={}))


def test_progress_is_told(quick, told):
    assert told == [
        "cross-validating logistic_regression on 600 rows, 5 folds",
        "fitting logistic_regression on 600 rows",
        "measuring what each feature adds, on each part of the customers",
    ]


@pytest.fixture(scope="module")
def snapshots(make_customers) -> pd.DataFrame:
    """The same 300 customers at three labelled cut-offs and one whose label is not known yet."""
    months = [
        make_customers(300, seed=month).assign(cutoff=pd.Timestamp(2024, month, 1)) for month in (1, 2, 3, 4)
    ]
    rows = pd.concat(months, ignore_index=True).astype({"is_churned": "boolean"})
    rows.loc[rows["cutoff"] == "2024-04-01", "is_churned"] = pd.NA
    return rows.assign(joined_at=pd.Timestamp("2023-12-01") + pd.to_timedelta(rows["tickets"], unit="D"))


SNAPSHOT_SPEC = ChurnSpec(key=("customer_id",), label="is_churned", cutoff="cutoff", candidates=QUICK)


@pytest.fixture(scope="module")
def tested(snapshots):
    """A training whose latest labelled cut-off tests it."""
    return train_churn(snapshots, SNAPSHOT_SPEC)


def test_the_latest_labelled_cutoff_tests_a_model_of_the_earlier_ones(tested):
    assert tested.row_counts == {
        "given": 1200,
        "labelled": 900,
        "cross_validated": 600,
        "held_out": 300,
        "fitted": 900,
    }
    assert tested.test is not None
    assert tested.test.cutoff == "2024-03-01 00:00:00"
    assert tested.test.metrics["n"] == 300
    assert tested.test.metrics["roc_auc"] > 0.7
    assert tested.features["joined_at"] == "datetime"


def test_a_customer_of_several_cutoffs_is_in_one_fold_only(tested):
    honest = tested.honest
    assert honest.groupby("customer_id")["fold"].nunique().eq(1).all()
    assert honest.loc[honest["cutoff"] == "2024-03-01", "fold"].isna().all()


def test_what_the_held_out_rows_hold_decides_neither_winner_nor_threshold(snapshots):
    spec = replace(SNAPSHOT_SPEC, candidates=("logistic_regression", "decision_tree"))
    turned = snapshots.copy()
    is_held_out = turned["cutoff"] == "2024-03-01"
    turned.loc[is_held_out, "is_churned"] = ~turned.loc[is_held_out, "is_churned"]
    first, second = train_churn(snapshots, spec), train_churn(turned, spec)
    assert first.algorithm == second.algorithm
    assert first.model.threshold == second.model.threshold
    assert second.test is not None
    assert second.test.metrics["roc_auc"] < 0.3


def test_one_labelled_cutoff_is_cross_validated_but_not_tested(snapshots):
    training = train_churn(snapshots[snapshots["cutoff"] == "2024-01-01"], SNAPSHOT_SPEC)
    assert training.test is None
    assert training.warnings == (
        "no labelled cut-off lies before the latest one, so none tests the model later",
    )


def test_a_test_on_rows_of_another_kind_says_so(tested, snapshots):
    is_latest = snapshots["cutoff"] == "2024-03-01"
    assert not [each for each in tested.warnings if "unlike" in each]
    shifted = snapshots.assign(tickets=snapshots["tickets"] + 3 * is_latest)
    told = train_churn(shifted, SNAPSHOT_SPEC).warnings
    assert any("the rows of 2024-03-01 are unlike the earlier ones in tickets (" in each for each in told)
    assert any("of the rows of 2024-03-01, where 10.0% was asked for" in each for each in told)


def test_what_was_not_known_yet_at_the_cut_off_teaches_only_the_model_that_scores(snapshots):
    rows = snapshots.assign(home=snapshots["customer_id"].str[:-1])
    training = train_churn(rows, replace(SNAPSHOT_SPEC, horizon_days=45, group=("home",)))
    assert {name: training.row_counts[name] for name in ("cross_validated", "held_out", "fitted")} == {
        "cross_validated": 300,
        "held_out": 300,
        "fitted": 900,
    }
    assert "300 rows of 2024-02-01 did not teach the model that is tested" in training.warnings[0]
    assert "home" not in training.features
    assert training.honest.dropna(subset="fold").groupby("home")["fold"].nunique().eq(1).all()


def test_a_latest_cutoff_of_one_class_tests_nothing(snapshots):
    rows = snapshots.copy()
    rows.loc[rows["cutoff"] == "2024-03-01", "is_churned"] = False
    training = train_churn(rows, SNAPSHOT_SPEC)
    assert training.test is None
    assert "has rows of one class only" in training.warnings[0]


def test_no_row_beyond_the_cap_is_seen_by_any_model(snapshots, monkeypatch):
    monkeypatch.setattr(training_rows, "MAX_TRAINING_ROWS", 200)
    training = train_churn(snapshots, SNAPSHOT_SPEC)
    assert training.row_counts["cross_validated"] == training.row_counts["fitted"] == 200
    assert len(training.honest) == 500


@pytest.mark.parametrize(
    ("label", "told"),
    [(True, "is true in all 600"), (None, "is null in every row"), ("x", "must be true, false or null")],
)
def test_a_label_nothing_can_be_learnt_from_is_refused(customers, churn_spec, label, told):
    with pytest.raises(ValueError, match=told):
        train_churn(customers.assign(is_churned=label), churn_spec)


def test_features_of_which_none_is_usable_are_refused(customers, churn_spec):
    with pytest.raises(ValueError, match="no feature column is left"):
        train_churn(customers[["customer_id", "is_churned"]], churn_spec)
