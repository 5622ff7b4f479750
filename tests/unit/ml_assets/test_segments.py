from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from meshlake.ml_assets.persistence import dump_model
from meshlake.ml_assets.segments import score_segments, signed_log1p, train_segments
from meshlake.ml_assets.spec import Scale, SegmentSpec


def test_the_segments_that_are_there_are_found_named_and_ordered_by_size(segmentation, shoppers):
    scores = score_segments(segmentation.model, shoppers)
    assert segmentation.k == 3
    found = scores.groupby(shoppers["kind"]).agg({"segment": ["nunique", "first"], "segment_name": "first"})
    assert found.to_numpy().tolist() == [
        [1, 2, "lapsed rare small spenders"],
        [1, 1, "rare small spenders"],
        [1, 0, "recent frequent big spenders"],
    ]


def test_k_is_the_highest_silhouette_among_the_stable(segmentation):
    assert [count.k for count in segmentation.curve] == [2, 3, 4, 5]
    stable = [count for count in segmentation.curve if count.is_stable]
    assert max(stable, key=lambda count: count.silhouette).k == segmentation.k
    assert segmentation.warnings == ()


def test_without_a_stable_k_the_most_stable_is_taken_and_said_so():
    cloud = pd.DataFrame(np.random.default_rng(3).normal(size=(150, 4)), columns=list("abcd"))
    spec = SegmentSpec(("id",), dict.fromkeys("abcd", Scale.LINEAR), k_min=5, k_max=6)
    training = train_segments(cloud.assign(id=range(150)), spec)
    assert training.k == max(training.curve, key=lambda count: count.rand_index_mean).k
    assert training.warnings[0].startswith(
        f"no number of segments is stable; {training.k} is the most stable"
    )


@pytest.mark.slow
def test_same_rows_in_any_order_and_same_seed_give_the_same_model(segmentation, shoppers, segment_spec):
    again = train_segments(shoppers.sample(frac=1, random_state=4), segment_spec)
    assert dump_model(again.model) == dump_model(segmentation.model)


@pytest.mark.slow
def test_scores_batch_by_batch_are_those_of_all_at_once(segmentation, shoppers):
    whole = score_segments(segmentation.model, shoppers)
    assert list(whole.columns) == ["customer_id", "segment", "segment_name", "distance"]
    batches = [score_segments(segmentation.model, shoppers[i : i + 7]) for i in range(0, len(shoppers), 7)]
    pd.testing.assert_frame_equal(pd.concat(batches), whole, check_exact=True)
    assert len(score_segments(segmentation.model, shoppers.head(0))) == 0


def test_the_distance_is_to_the_middle_of_the_segment(segmentation):
    cluster = segmentation.model.pipeline.named_steps["cluster"]
    scaled = cluster.cluster_centers_ * segmentation.model.pipeline.named_steps["scale"].scale_
    middles = np.expm1(scaled + segmentation.model.pipeline.named_steps["scale"].mean_)
    batch = pd.DataFrame(middles, columns=["recency_days", "frequency", "monetary"]).assign(customer_id=0)
    scores = score_segments(segmentation.model, batch)
    assert scores["segment"].tolist() == [0, 1, 2]
    assert scores["distance"].tolist() == pytest.approx([0, 0, 0], abs=1e-6)


def test_the_profile_tells_size_share_and_medians(segmentation, shoppers):
    profile = segmentation.profile
    assert profile["customers"].tolist() == [120, 90, 60]
    assert profile["share"].sum() == pytest.approx(1)
    regulars = shoppers[shoppers["kind"] == "regular"]
    assert profile["monetary"].iloc[0] == pytest.approx(regulars["monetary"].median())


def test_nulls_count_as_the_median_and_useless_columns_are_dropped(shoppers, segment_spec):
    rows = shoppers.assign(region=1.0, monetary=shoppers["monetary"].where(shoppers.index % 9 > 0))
    spec = replace(segment_spec, columns={**segment_spec.columns, "region": Scale.LINEAR}, k_max=3)
    training = train_segments(rows, spec)
    assert training.dropped == {"region": "has the same value in every row"}
    assert score_segments(training.model, rows)["distance"].notna().all()


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"columns": {"monetery": Scale.LOG}}, "no column 'monetery'. Did you mean 'monetary'?"),
        ({"key": ("nobody",)}, "no column 'nobody'"),
        ({"columns": {"kind": Scale.LOG}}, "these columns hold none: kind"),
    ],
)
def test_columns_that_cannot_be_clustered_are_refused(shoppers, segment_spec, change, told):
    with pytest.raises(ValueError) as error:
        train_segments(shoppers, replace(segment_spec, **change))
    assert told in str(error.value)


def test_too_few_different_rows_are_refused_and_a_few_limit_k(shoppers):
    spec = SegmentSpec(("customer_id",), {"size": Scale.LINEAR}, k_min=3, k_max=6)
    sizes = shoppers["customer_id"] % 3
    with pytest.raises(ValueError, match="3 different rows cannot make 3 segments"):
        train_segments(shoppers.assign(size=sizes), spec)
    assert [c.k for c in train_segments(shoppers.assign(size=shoppers["customer_id"] % 5), spec).curve] == [
        3,
        4,
    ]


def test_the_logarithm_keeps_sign_and_zero():
    assert signed_log1p(np.array([-1.0, 0.0, 1.0])).tolist() == [-np.log(2), 0, np.log(2)]
