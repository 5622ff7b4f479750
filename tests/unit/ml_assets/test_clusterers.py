"""Each algorithm on three blobs that lie apart, and what it makes of new rows."""

from __future__ import annotations

import numpy as np
import pytest
import skops.io
from sklearn.datasets import make_blobs
from sklearn.metrics import adjusted_rand_score

from meshlake.ml_assets.clusterers.clusterer import CLUSTERERS, NOISE
from meshlake.ml_assets.clusterers.density import DbscanClusterer, HdbscanClusterer
from meshlake.ml_assets.clusterers.k_means import KMeansClusterer, MiniBatchClusterer

MIDDLES = np.array([[-4.0, 0.0], [4.0, 0.0], [0.0, 7.0]])
POINTS, BLOBS = make_blobs(n_samples=[60, 50, 40], centers=MIDDLES, cluster_std=0.6, random_state=1)
FAR = np.array([[0.0, -60.0]])


@pytest.mark.parametrize("name", CLUSTERERS.names)
def test_blobs_are_found_and_new_rows_belong_to_the_nearest(name):
    clusterer = CLUSTERERS.get(name)()
    fitted = clusterer.fit(POINTS, 3, seed=3)
    labels = fitted.predict(POINTS)
    is_in = labels != NOISE
    assert is_in.mean() > 0.9
    assert adjusted_rand_score(BLOBS[is_in], labels[is_in]) == 1
    assert set(labels[is_in]) == {0, 1, 2}
    assert [fitted.predict(row[None])[0] for row in POINTS[:5]] == labels[:5].tolist()
    middles = fitted.predict(MIDDLES)
    assert [set(labels[is_in & (i == BLOBS)]) for i in range(3)] == [{label} for label in middles]


@pytest.mark.parametrize("name", CLUSTERERS.names)
def test_what_is_fitted_can_be_stored_and_holds_no_type_but_those_named(name):
    clusterer = CLUSTERERS.get(name)
    fitted = clusterer().fit(POINTS, 3, seed=3)
    content = skops.io.dumps(fitted)
    assert set(skops.io.get_untrusted_types(data=content)) <= set(clusterer.trusted_types)
    again = skops.io.loads(content, trusted=list(clusterer.trusted_types))
    assert again.predict(POINTS).tolist() == fitted.predict(POINTS).tolist()
    assert len(getattr(fitted, "labels_", [])) == 0, "no row of a customer is stored with the model"


@pytest.mark.parametrize("clusterer", [DbscanClusterer(), HdbscanClusterer(min_samples=5)])
def test_what_lies_far_from_all_groups_is_noise(clusterer):
    alone = np.array([[30.0, 30.0]])
    fitted = clusterer.fit(np.vstack([POINTS, alone]), 0, seed=3)
    assert fitted.predict(np.vstack([alone, FAR])).tolist() == [NOISE, NOISE]


def test_small_batches_come_within_a_twentieth_of_all_rows_at_once():
    whole = KMeansClusterer().fit(POINTS, 3, seed=3)
    batches = MiniBatchClusterer(batch_size=50).fit(POINTS, 3, seed=3)
    assert batches.inertia_ <= 1.05 * whole.inertia_


def test_more_segments_than_balls_are_as_many_as_there_are_balls():
    fitted = CLUSTERERS.get("birch")(threshold=3.0).fit(POINTS, 6, seed=3)
    assert set(fitted.predict(POINTS)) == {0, 1, 2}


def test_the_cheapest_are_tried_first():
    assert CLUSTERERS.in_order(["spectral", "other", "k_means"]) == ("k_means", "spectral", "other")
