from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from meshlake.ml_assets.scoring import reference_values, score_churn


def test_scores_are_the_key_and_a_probability(training, make_customers):
    batch = make_customers(40, seed=2).drop(columns="is_churned").set_index(np.arange(40) * 2)
    scores = score_churn(training.model, batch)
    assert list(scores.columns) == ["customer_id", "churn_probability"]
    assert scores.index.equals(batch.index)
    assert scores["customer_id"].equals(batch["customer_id"])
    assert scores["churn_probability"].between(0, 1).all()


def test_an_empty_batch_has_no_scores_of_the_same_types(training, customers):
    none, some = (score_churn(training.model, customers.head(count)) for count in (0, 1))
    assert len(none) == 0
    assert none.dtypes.equals(some.dtypes)


def test_scoring_changes_neither_model_nor_batch(training, customers, make_customers):
    batch = customers.head(50).copy()
    first = score_churn(training.model, batch)
    score_churn(training.model, make_customers(50, seed=3).assign(plan="unheard of", tickets=99))
    pd.testing.assert_frame_equal(score_churn(training.model, batch), first)
    pd.testing.assert_frame_equal(batch, customers.head(50))


def test_a_batch_without_its_key_or_a_feature_is_refused_by_name(training, customers):
    with pytest.raises(ValueError, match="lack the key columns: customer_id"):
        score_churn(training.model, customers.drop(columns="customer_id"))
    with pytest.raises(ValueError, match="lack the feature columns: plan, minutes"):
        score_churn(training.model, customers.drop(columns=["plan", "minutes"]))


def test_references_are_lower_medians_and_most_frequent_texts():
    frame = pd.DataFrame(
        {"tickets": [0.0, 1.0, 2.0, 9.0], "age": [np.nan] * 4, "plan": pd.Series(list("abba"), dtype=object)}
    )
    assert reference_values(frame) == pytest.approx({"tickets": 1.0, "age": np.nan, "plan": "a"}, nan_ok=True)
