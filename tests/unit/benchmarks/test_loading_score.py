"""The scorer of `make bench-csv`: a perfect loading has ten points, one that failed none."""

from __future__ import annotations

import pytest
from benchmarks.loading_score import MEASURES, mean_scores, score_file

CLEAN = [["id", "name"], ["1", "ann"], ["2", "bob"], ["2", "bob"]]


@pytest.mark.parametrize(
    ("loaded", "points"),
    [
        (CLEAN, 10.0),
        ([["ID", " name "], ["1.0", "Ann"], ["2", "bob"], ["2", "bob"]], 10.0),  # values are normalised
        (None, 0.0),  # the loader failed
        ([], 1.0),  # it did not fail, and gave nothing
        ([["x", "y"], ["3", "cid"]], 1.0),
    ],
)
def test_points_of_a_loading(loaded, points):
    assert sum(score_file(CLEAN, loaded)) == points


def test_a_lost_record_costs_what_it_held():
    score = dict(zip(MEASURES, score_file(CLEAN, CLEAN[:-1]), strict=True))
    assert score["record precision"] == pytest.approx(
        2 / 3
    )  # the benchmark's word for the share that was found
    assert score["record recall"] == 1.0
    assert score["cell precision"] == pytest.approx(6 / 8)
    assert score["header F1"] == 1.0


def test_where_nothing_is_to_be_found_nothing_is_lost():
    assert sum(score_file([], [])) == 10.0


def test_weights_say_how_much_a_file_counts():
    scores = {"a": score_file(CLEAN, CLEAN), "b": score_file(CLEAN, None)}
    assert sum(mean_scores(scores)) == pytest.approx(5.0)
    assert sum(mean_scores(scores, {"a": 3.0, "b": 1.0})) == pytest.approx(7.5)
