from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import skops.io
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import FunctionTransformer

from meshlake.ml_assets.churn import train_churn
from meshlake.ml_assets.explaining.reasons import explain_churn
from meshlake.ml_assets.persistence import dump_model, load_model
from meshlake.ml_assets.scoring import score_churn
from meshlake.ml_assets.segmentation.training import score_segments


def test_a_churn_model_scores_and_explains_the_same_after_a_round_trip(customers, churn_spec):
    model = train_churn(customers, replace(churn_spec, candidates=("decision_tree",), folds=2)).model
    content = dump_model(model)
    again = load_model(content, "decision_tree")
    assert dump_model(again) == content
    assert (again.key, again.threshold, again.references) == (model.key, model.threshold, model.references)
    pd.testing.assert_frame_equal(
        score_churn(again, customers), score_churn(model, customers), check_exact=True
    )
    rows = customers.head(20)
    pd.testing.assert_frame_equal(explain_churn(again, rows), explain_churn(model, rows))


def test_a_segmentation_scores_the_same_after_a_round_trip(segmentation, shoppers):
    content = dump_model(segmentation.model)
    again = load_model(content, "k_means")
    assert dump_model(again) == content
    pd.testing.assert_frame_equal(
        score_segments(again, shoppers), score_segments(segmentation.model, shoppers), check_exact=True
    )


def test_a_type_not_named_as_trusted_is_refused_by_name(training):
    pipeline = Pipeline([("frame", FunctionTransformer(np.genfromtxt))])
    with pytest.raises(ValueError, match=r"not trusted: .*genfromtxt"):
        load_model(dump_model(replace(training.model, pipeline=pipeline)))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"no archive",
        skops.io.dumps([1, 2]),
        skops.io.dumps({"task": "other", "fields": {}}),
        skops.io.dumps({"task": "churn", "fields": {}}),
    ],
)
def test_what_is_no_model_is_refused(content):
    with pytest.raises(ValueError, match="the stored model cannot be read"):
        load_model(content)


def test_a_truncated_model_is_refused(training):
    content = dump_model(training.model)
    with pytest.raises(ValueError, match="the stored model cannot be read"):
        load_model(content[: len(content) // 2])
