from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from meshlake.ml_assets.segment_names import name_segments

RFM = ["recency_days", "frequency", "monetary_value"]


@pytest.mark.parametrize(
    ("centre", "name"),
    [
        ([-1, 1, 1], "recent frequent big spenders"),
        ([1, -1, -1], "lapsed rare small spenders"),
        ([0, 0, 0], "medium spenders"),
        ([-1, 0, 1], "recent big spenders"),
    ],
)
def test_recency_frequency_and_monetary_value_are_named_as_marketing_does(centre, name):
    assert name_segments(np.array([centre]), RFM) == [name]


@pytest.mark.parametrize(
    ("centre", "name"),
    [
        ([2, -1, 0.1], "high daily minutes, low tickets"),
        ([0.1, -0.5, 0.2], "low tickets"),
        ([0.1, 0, 0], "average"),
    ],
)
def test_other_segments_are_named_by_what_stands_out(centre, name):
    assert name_segments(np.array([centre]), ["daily_minutes", "tickets", "age"]) == [name]


def test_segments_of_one_name_are_told_apart_by_what_differs_most():
    two = np.array([[1.0, -1.0, -1.0], [2.5, -1.2, -1.0]])
    assert name_segments(two, RFM) == [
        "lapsed rare small spenders (lower recency days)",
        "lapsed rare small spenders (higher recency days)",
    ]
    three = np.array([[1.0, 0.0], [3.0, 0.0], [2.0, 0.0]])
    assert name_segments(three, ["age", "size"]) == [
        "high age (lowest age)",
        "high age (highest age)",
        "high age (middle age)",
    ]


@given(st.lists(st.tuples(*[st.floats(-3, 3)] * 3), min_size=1, max_size=8, unique=True))
def test_names_are_distinct_whatever_the_centres(centres):
    for columns in (RFM, ["a", "b", "c"]):
        names = name_segments(np.array(centres), columns)
        assert len(set(names)) == len(centres)
