from __future__ import annotations

import numpy as np
from tests.unit.ml_assets.test_balance import SIZE, _people

from meshlake.ml_assets.balance import balance


def test_groups_drawn_at_random_are_told_but_for_one_in_twenty() -> None:
    numbers = np.random.default_rng(11)
    found = [balance(rows := _people(numbers), rows.columns, numbers.random(SIZE) < 0.4) for _ in range(200)]
    assert 0.92 <= np.mean([each is not None for each in found]) <= 1
    assert {each.column_count for each in found if each} == {4}
