"""An algorithm of segments is one file and one line: halves of a line are tried, chosen, stored and loaded again."""

from __future__ import annotations

import pytest

from meshlake.ml_assets.clusterers.clusterer import CLUSTERERS, DEFAULT_CLUSTERERS, Clusterer
from support.package_copy import PackageCopy

HALVES = '''
"""Two segments: what is below zero in the first column, and what is above."""

import numpy as np

from meshlake.ml_assets.clusterers.clusterer import NEAREST_TYPES, Clusterer
from meshlake.ml_assets.clusterers.nearest import NearestSample


class HalvesClusterer(Clusterer):
    finds_count = True
    trusted_types = NEAREST_TYPES
    at: float = 0.0

    def fit(self, points, k, seed):
        ends = np.zeros((2, points.shape[1]))
        ends[:, 0] = self.at - 1, self.at + 1
        return NearestSample(ends, np.array([0, 1]))
'''
TRAIN = """
import json
import numpy as np
import pandas as pd
from meshlake.ml_assets.persistence import dump_model, load_model
from meshlake.ml_assets.segmentation.training import score_segments, train_segments
from meshlake.ml_assets.segmentation.spec import SegmentSpec

usage = np.repeat([10.0, 80.0], 40) + np.arange(80) % 8
mapping = {"task": "segments", "features": "crm.x", "key": "id", "columns": {"usage": "linear"}}
spec = SegmentSpec.from_mapping(mapping | {"policy": {"candidates": [{"halves": {"at": 0.1}}]}})
rows = pd.DataFrame({"id": range(80), "usage": usage})
training = train_segments(rows, spec)
again = load_model(dump_model(training.model), training.chosen.algorithm)
scores = score_segments(again, rows)
assert scores.equals(score_segments(training.model, rows))
print(json.dumps({"algorithm": training.chosen.algorithm, "segments": scores["segment"].value_counts().tolist()}))
"""


def test_one_more_algorithm_is_one_file_and_one_line(tmp_path):
    copy = PackageCopy(tmp_path)
    copy.add_file("ml_assets/clusterers/halves.py", HALVES)
    copy.add_line(
        "ml_assets/clusterers/clusterer.py",
        '"birch": "meshlake.ml_assets',
        '        "halves": "meshlake.ml_assets.clusterers.halves:HalvesClusterer",',
    )
    assert copy.run(TRAIN).facts == {"algorithm": "halves", "segments": [40, 40]}
    assert len(copy.touched) <= 2


@pytest.mark.parametrize("name", CLUSTERERS.names)
def test_every_algorithm_can_be_loaded(name):
    assert issubclass(CLUSTERERS.get(name), Clusterer)


def test_those_tried_by_default_are_there():
    assert set(DEFAULT_CLUSTERERS) <= set(CLUSTERERS.names)
