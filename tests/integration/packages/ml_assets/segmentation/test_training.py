from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from meshlake.ml_assets.clusterers.density import DbscanClusterer
from meshlake.ml_assets.clusterers.nearest import NearestSample
from meshlake.ml_assets.logarithm import signed_log1p
from meshlake.ml_assets.persistence import dump_model
from meshlake.ml_assets.report import segment_report
from meshlake.ml_assets.segmentation import choice
from meshlake.ml_assets.segmentation.spec import Scale, SegmentSpec
from meshlake.ml_assets.segmentation.training import Earlier, memberships, score_segments, train_segments

K_MEANS = ("k_means",)


def test_the_segments_that_are_there_are_found_named_and_ordered_by_size(segmentation, shoppers):
    scores = score_segments(segmentation.model, shoppers)
    assert segmentation.chosen.k == 3
    found = scores.groupby(shoppers["kind"]).agg({"segment": ["nunique", "first"], "segment_name": "first"})
    assert found.to_numpy().tolist() == [
        [1, 2, "last bought 300 days ago, bought 2.8 times, spent 94"],
        [1, 1, "last bought 8.3 days ago, bought 2.1 times, spent 59"],
        [1, 0, "last bought 5 days ago, bought 40 times, spent 1,900"],
    ]


def test_each_number_of_each_candidate_is_tried(segmentation):
    tried = [(count.algorithm, count.k) for count in segmentation.curve]
    assert tried == [(name, k) for name in ("k_means", "gaussian_mixture") for k in (2, 3, 4, 5)]
    assert segmentation.chosen in segmentation.curve
    assert segmentation.warnings == ()


@pytest.mark.parametrize("columns", [["a"], ["a", "b", "c"]])
def test_a_cloud_without_groups_is_one_segment_and_said_so(columns):
    cloud = pd.DataFrame(np.random.default_rng(3).normal(size=(150, 3)), columns=list("abc"))
    spec = SegmentSpec(("id",), dict.fromkeys(columns, Scale.LINEAR), k_max=4, candidates=K_MEANS)
    training = train_segments(cloud.assign(id=range(150)), spec)
    assert training.chosen is None
    assert training.warnings[0].startswith(
        "no segments were found: the rows are no farther apart than chance"
    )
    scores = score_segments(training.model, cloud.assign(id=range(150)))
    assert set(scores["segment"]) == {0}
    assert set(scores["segment_name"]) == {"all alike: no segments were found"}


def test_what_finds_segments_in_a_sample_and_leaves_out_all_rows_finds_none(
    shoppers, segment_spec, monkeypatch
):
    fit = DbscanClusterer.fit
    nobody = NearestSample(np.empty((0, 3)), np.empty(0, dtype=np.int64))
    monkeypatch.setattr(choice, "MAX_COMPARED_ROWS", 150)
    monkeypatch.setattr(
        DbscanClusterer,
        "fit",
        lambda self, points, k, seed: fit(self, points, k, seed) if len(points) <= 150 else nobody,
    )
    near = {"dbscan": {"eps": 0.5, "min_samples": 5}}
    training = train_segments(shoppers, replace(segment_spec, candidates=("dbscan",), parameters=near))
    assert training.leaves_out_all
    assert training.chosen is None
    assert training.warnings == ("dbscan finds segments in a sample, and leaves out all of 270 rows",)
    assert segment_report(training)["algorithm"] == "one segment"


def test_same_rows_in_any_order_and_same_seed_give_the_same_model(segmentation, shoppers, segment_spec):
    again = train_segments(shoppers.sample(frac=1, random_state=4), segment_spec)
    assert dump_model(again.model) == dump_model(segmentation.model)
    assert again.curve == segmentation.curve


def test_scores_batch_by_batch_are_those_of_all_at_once(segmentation, shoppers):
    whole = score_segments(segmentation.model, shoppers)
    assert list(whole.columns) == ["customer_id", "segment", "segment_name", "distance", "membership"]
    batches = [score_segments(segmentation.model, shoppers[i : i + 7]) for i in range(0, len(shoppers), 7)]
    pd.testing.assert_frame_equal(pd.concat(batches), whole, check_exact=True)
    assert len(score_segments(segmentation.model, shoppers.head(0))) == 0


def test_the_distance_is_to_the_middle_of_the_segment(segmentation):
    model = segmentation.model
    centres = model.centres[np.argsort(model.numbers)]
    scaled = centres * segmentation.model.pipeline.named_steps["scale"].scale_
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
    spec = replace(
        segment_spec, columns={**segment_spec.columns, "region": Scale.LINEAR}, k_max=3, candidates=K_MEANS
    )
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
    spec = SegmentSpec(("customer_id",), {"size": Scale.LINEAR}, k_min=3, k_max=6, candidates=K_MEANS)
    sizes = shoppers["customer_id"] % 3
    with pytest.raises(ValueError, match="3 different rows cannot make 3 segments"):
        train_segments(shoppers.assign(size=sizes), spec)
    assert [c.k for c in train_segments(shoppers.assign(size=shoppers["customer_id"] % 5), spec).curve] == [
        3,
        4,
    ]


def test_the_logarithm_keeps_sign_and_zero():
    assert signed_log1p(np.array([-1.0, 0.0, 1.0])).tolist() == [-np.log(2), 0, np.log(2)]


def test_infinite_values_count_as_missing_and_are_told(shoppers, segment_spec):
    rows = shoppers.assign(monetary=shoppers["monetary"].where(shoppers.index != 5, np.inf))
    training = train_segments(rows, replace(segment_spec, k_max=3, candidates=K_MEANS))
    assert training.warnings == ("monetary: 1 infinite values count as missing",)
    assert score_segments(training.model, rows)["distance"].notna().all()


def test_a_version_keeps_the_numbers_of_the_one_before(segmentation, shoppers, segment_spec):
    # Half of the regulars are gone, so that by size others would be the first; new ones are unlike all.
    fewer = shoppers[(shoppers["kind"] != "regular") | (shoppers.index % 2 == 0)]
    wholesale = fewer.head(40).assign(recency_days=5.0, frequency=900.0, monetary=90_000.0)
    wholesale = wholesale.assign(customer_id=range(1000, 1040), kind="wholesale")
    jitter = 1 + np.arange(40)[:, None] / 300
    wholesale[["recency_days", "frequency", "monetary"]] *= jitter
    rows = pd.concat([fewer, wholesale])
    before = Earlier("v1", segmentation.model, segmentation.next_number)
    spec = replace(segment_spec, k_min=4, k_max=4, candidates=K_MEANS)
    training = train_segments(rows, spec, earlier=before)
    scores = score_segments(training.model, rows).set_index(rows["kind"].to_numpy())
    assert {kind: set(each) for kind, each in scores["segment"].groupby(level=0)} == {
        "regular": {0},
        "newcomer": {1},
        "lapsed": {2},
        "wholesale": {3},
    }
    assert training.next_number == 4
    assert training.warnings == ("new since version v1: segment 3",)
    assert training.profile["segment"].tolist() == [0, 1, 2, 3]


def test_what_segments_are_useful_for_decides_among_the_stable(shoppers, segment_spec):
    is_lapsed = (shoppers["kind"] == "lapsed").astype(float)
    spec = replace(segment_spec, k_max=3, candidates=K_MEANS, useful_for="later")
    curve = train_segments(shoppers.assign(later=is_lapsed), spec).curve
    assert [round(count.use, 3) for count in curve] == [pytest.approx(curve[0].use, abs=1e-3), 1.0]
    training = train_segments(shoppers.assign(later=(shoppers["kind"] == "regular") * 1.0), spec)
    assert [count.use for count in training.curve] == [pytest.approx(1), pytest.approx(1)]


def test_a_mixture_tells_how_likely_each_segment_is(shoppers, segment_spec):
    spec = replace(segment_spec, k_min=3, k_max=3, candidates=("gaussian_mixture",))
    training = train_segments(shoppers, spec)
    found = memberships(training.model, shoppers)
    scores = score_segments(training.model, shoppers)
    assert found.columns.tolist() == [0, 1, 2]
    assert found.sum(axis=1).to_numpy() == pytest.approx(np.ones(len(shoppers)))
    assert found.idxmax(axis=1).tolist() == scores["segment"].tolist()
    assert scores["membership"].to_numpy() == pytest.approx(found.max(axis=1).to_numpy(), abs=1e-6)
    assert training.chosen.bic > training.chosen.aic


def test_only_a_mixture_tells_that(segmentation, shoppers):
    assert score_segments(segmentation.model, shoppers)["membership"].isna().all()
    with pytest.raises(ValueError, match="only a mixture"):
        memberships(segmentation.model, shoppers)
