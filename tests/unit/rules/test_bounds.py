from __future__ import annotations

import pytest

from meshlake.rules.bounds import Bounds


@pytest.mark.parametrize(
    ("bounds", "met", "broken", "words"),
    [
        (Bounds(at_least=1), [1, 2], [0.9], "at least 1"),
        (Bounds(at_most=0), [0, -1], [1], "at most 0"),
        (Bounds(above=0), [1], [0], "above 0"),
        (Bounds(below=5, unit="percent"), [4.9], [5], "below 5 percent"),
        (Bounds(at_least=3, at_most=3), [3], [2, 4], "3"),
        (Bounds(at_least=1, at_most=2), [1, 2], [0, 3], "at least 1, at most 2"),
        (Bounds(must_not_be=7), [6], [7], "other than 7"),
        (Bounds(must_not_be_between=(1, 3)), [0, 4], [1, 2, 3], "not between 1 and 3"),
        (Bounds(), [0, 1], [], ""),
    ],
)
def test_bounds(bounds, met, broken, words):
    assert all(bounds.is_met_by(value) for value in met)
    assert not any(bounds.is_met_by(value) for value in broken)
    assert str(bounds) == words
