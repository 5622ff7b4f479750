"""Honest predictions stand for the rows that they were made from, and for no others."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from meshlake.ml_assets.churn import train_churn
from meshlake.ml_assets.explaining.reasons import NO_SINGLE_REASON
from meshlake.ml_assets.honest import honest_by_row, published_scores, row_fingerprints
from meshlake.ml_assets.scoring import score_churn

SCORED = ["churn_probability"]
KEYS = ("customer_id",)


def published(training, batch, *, has_reasons: bool = True) -> pd.DataFrame:
    honest = honest_by_row(training.honest)

    def may_be_flagged(probability):
        return (probability >= training.model.threshold).to_numpy()

    explained = may_be_flagged if has_reasons else None
    return published_scores(training.model, honest, batch, training.spec.row_keys, explained)


def test_a_row_that_was_learned_from_is_published_with_what_a_model_said_that_never_saw_it(
    training, customers
):
    scores = published(training, customers)
    pd.testing.assert_frame_equal(scores[SCORED], training.honest[SCORED])
    assert not scores["churn_probability"].equals(score_churn(training.model, customers)["churn_probability"])


def test_a_customer_whose_features_changed_is_scored_anew(training, customers):
    batch = customers.assign(tickets=customers["tickets"] + (customers.index < 5) * 7)
    scores = published(training, batch)
    fresh = score_churn(training.model, batch)
    pd.testing.assert_frame_equal(scores.loc[:4, SCORED], fresh.loc[:4, SCORED])
    pd.testing.assert_frame_equal(scores.loc[5:, SCORED], training.honest.loc[5:, SCORED])


def test_the_same_features_of_another_customer_are_another_row(training, customers):
    others = customers.assign(customer_id="x" + customers["customer_id"])
    pd.testing.assert_frame_equal(
        published(training, others)[SCORED], score_churn(training.model, others)[SCORED]
    )


def test_a_sum_added_up_in_another_order_and_columns_of_no_use_change_no_row(training, customers):
    noisy = customers.assign(
        minutes=customers["minutes"] * (1 + 2e-16) + 1e-14, of_no_use=range(len(customers))
    )
    assert not noisy["minutes"].equals(customers["minutes"])
    pd.testing.assert_frame_equal(published(training, noisy)[SCORED], training.honest[SCORED])


@pytest.mark.parametrize("has_changed", [False, True])
def test_just_the_flagged_rows_have_reasons(training, customers, has_changed):
    batch = customers.assign(tickets=customers["tickets"] + 2) if has_changed else customers
    scores = published(training, batch)
    is_flagged = scores["churn_probability"] >= training.model.threshold
    assert scores["reason_1"].notna().equals(is_flagged)
    assert scores.loc[~is_flagged, ["reason_2", "reason_3"]].isna().all(axis=None)
    assert 60 <= is_flagged.sum() < len(scores)


def test_reasons_are_none_where_the_contract_has_none(training, customers):
    assert list(published(training, customers, has_reasons=False).columns) == ["customer_id", *SCORED]


def test_a_flagged_row_that_no_feature_pushes_alone_says_so(training, customers):
    usual = pd.DataFrame([{**training.model.references, "customer_id": "usual"}])
    everyone = replace(training, model=replace(training.model, threshold=0.0))
    assert published(everyone, usual)["reason_1"].tolist() == [NO_SINGLE_REASON]


@pytest.mark.parametrize(("count", "size"), [(30, 1), (100, 50)])
def test_batch_by_batch_as_at_once(training, customers, count, size):
    rows = customers.head(count)
    parts = [published(training, rows[start : start + size]) for start in range(0, count, size)]
    pd.testing.assert_frame_equal(pd.concat(parts), published(training, rows))


def test_an_empty_batch_has_the_same_columns_and_types(training, customers):
    none, some = (published(training, customers.head(count)) for count in (0, 20))
    assert len(none) == 0
    assert none.dtypes.equals(some.dtypes)


def test_a_key_is_the_same_beside_one_that_is_null(training, customers):
    rows = customers.head(3)
    whole, beside_null = rows.assign(number=[1, 2, 3]), rows.assign(number=[1, 2, None])
    first, second = (row_fingerprints(training.model, batch, ["number"]) for batch in (whole, beside_null))
    assert (first == second).tolist() == [True, True, False]


def test_rows_of_one_customer_at_different_cut_offs_are_different(make_customers, churn_spec):
    rows = pd.concat(
        [make_customers(200).assign(on=pd.Timestamp(day)) for day in ("2024-01-01", "2024-02-01")]
    )
    spec = replace(churn_spec, cutoff="on", candidates=("logistic_regression",), folds=2)
    training = train_churn(rows, spec)
    assert training.honest["row_fingerprint"].nunique() == 400
    latest = rows[rows["on"] == "2024-02-01"].reset_index(drop=True)
    held_out = training.honest[training.honest["fold"].isna()].reset_index(drop=True)
    np.testing.assert_array_equal(
        published(training, latest)["churn_probability"], held_out["churn_probability"]
    )
