"""What speaks for a number of segments, weighed; and whether there are any."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from sklearn.metrics import silhouette_samples

from meshlake.ml_assets.clusterers.k_means import KMeansClusterer
from meshlake.ml_assets.segmentation.choice import SegmentCount, choose, measure_all
from meshlake.ml_assets.segmentation.identity import Before, number_segments
from meshlake.ml_assets.segmentation.spec import Scale, SegmentSpec
from meshlake.ml_assets.separation import (
    chance_separations,
    is_beyond_chance,
    pairwise_distances,
    silhouettes,
)

SPEC = SegmentSpec(("id",), {"a": Scale.LINEAR})
COUNT = SegmentCount(
    algorithm="k_means",
    k=3,
    silhouette=0.5,
    silhouette_error=0.01,
    sampled_silhouette=0.5,
    chance_silhouette=0.3,
    is_beyond_chance=True,
    rand_index_mean=0.95,
    rand_index_min=0.9,
    smallest_share=0.1,
    noise_share=0.0,
    inertia=10.0,
    bic=None,
    aic=None,
    use=None,
    use_error=None,
)
FOUR = replace(COUNT, k=4)
MIXTURE = replace(COUNT, algorithm="gaussian_mixture", bic=100.0, aic=90.0, rand_index_min=0.91)


@pytest.mark.parametrize(
    ("other", "is_other"),
    [
        (replace(FOUR, silhouette=0.6), True),
        (replace(FOUR, silhouette=0.6, is_beyond_chance=False), False),
        (replace(FOUR, silhouette=0.6, rand_index_min=0.7), False),
        (replace(FOUR, silhouette=0.6, smallest_share=0.01), False),
        (replace(FOUR, silhouette=0.515, rand_index_min=0.95), True),
        (replace(FOUR, silhouette=0.515, rand_index_min=0.85), False),
        (replace(FOUR, silhouette=0.515), False),
    ],
)
def test_of_two_the_better_is_chosen(other, is_other):
    assert choose([COUNT, other], SPEC) == (other if is_other else COUNT, ())


def test_what_is_asked_to_be_told_apart_counts_first():
    useful = replace(FOUR, silhouette=0.4, use=0.3, use_error=0.02)
    assert choose([replace(COUNT, use=0.2, use_error=0.02), useful], SPEC)[0] == useful
    near = replace(COUNT, use=0.27, use_error=0.02)
    assert choose([near, useful], SPEC)[0] == near


def test_of_mixtures_as_far_apart_the_one_of_least_bic_is_taken():
    less = replace(MIXTURE, k=4, bic=50.0, rand_index_min=0.85)
    assert choose([MIXTURE, less], SPEC)[0] == less


def test_where_none_is_stable_or_large_the_best_is_taken_and_said():
    shaky = replace(COUNT, rand_index_min=0.6, smallest_share=0.01)
    chosen, told = choose([shaky, replace(shaky, k=4, rand_index_min=0.3)], SPEC)
    assert chosen == shaky
    assert told == (
        "no number of segments has 2% of the rows in each",
        "no number of segments is stable; 3 by k_means is the most stable, adjusted Rand index at least 0.60 "
        "(wanted: 0.8)",
    )


def test_nothing_beyond_chance_is_no_segments():
    assert choose([replace(COUNT, is_beyond_chance=False), replace(COUNT, k=1)], SPEC)[0] is None


def test_candidates_without_time_are_told():
    points = np.random.default_rng(1).normal(size=(40, 2))
    spec = replace(SPEC, k_max=3, minutes=1e-9)
    curve, told = measure_all(points, None, spec, lambda _: None)
    assert {count.algorithm for count in curve} == {"k_means"}
    assert told == ("no time was left to try: gaussian_mixture",)


def test_a_silhouette_is_that_of_scikit_learn_and_0_of_noise():
    random = np.random.default_rng(0)
    points, labels = random.normal(size=(60, 3)), random.integers(0, 3, 60)
    labels[0] = 3  # alone
    distances = pairwise_distances(points)
    assert silhouettes(distances, labels) == pytest.approx(silhouette_samples(points, labels))
    labels[5:9] = -1
    found = silhouettes(distances, labels)
    is_in = labels != -1
    assert found[is_in] == pytest.approx(silhouette_samples(points[is_in], labels[is_in]))
    assert not found[5:9].any()
    assert not silhouettes(distances, np.zeros(60, dtype=int)).any()


def test_a_line_is_no_groups_though_its_columns_go_together():
    one = np.random.default_rng(5).normal(size=200)
    line = np.column_stack([one, one + np.random.default_rng(6).normal(size=200) / 3])
    apart = np.vstack([line, line + np.array([9, -9])])
    found = [
        is_beyond_chance(chance_separations(points, KMeansClusterer(), [2, 3], 1)).tolist()
        for points in (line, apart)
    ]
    assert found[0] == [False, False]
    assert found[1][0] is True


def test_without_rows_read_by_the_version_before_all_numbers_are_new():
    before = Before("v7", None, {0: "few", 4: "many"}, 5)
    numbering = number_segments(np.array([0, 0, 1]), np.array([0, 1]), before)
    assert numbering.numbers == (5, 6)
    assert numbering.next_number == 7
    assert numbering.told == (
        "new since version v7: segment 5, 6",
        "gone since version v7: segment 0 (few), 4 (many)",
    )
