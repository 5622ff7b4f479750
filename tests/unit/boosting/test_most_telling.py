"""Which of too many tables are let go."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from meshlake.boosting import most_telling
from meshlake.boosting.most_telling import MostTelling

if TYPE_CHECKING:
    import pytest


def test_of_too_many_the_one_that_says_least_is_let_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(most_telling, "MOST_PATHS", 2)
    is_so = np.arange(300) % 3 == 0
    telling = MostTelling(np.arange(280), is_so[:280].astype(np.int64))
    random = np.random.default_rng(5)

    def made(share: float) -> pd.DataFrame:
        says = np.where(random.random(300) < share, is_so, random.random(300) < 0.5)
        return pd.DataFrame({"noise": random.normal(size=300), "says": says * 1.0})

    assert telling.offer("some", made(0.5)) is None
    assert telling.offer("nothing", made(0.0)) is None
    assert telling.offer("much", made(0.9)) == "nothing"
    assert telling.offer("little", made(0.2)) == "little"
    assert telling.made.keys() == {"some", "much"}


def test_of_too_many_columns_each_table_keeps_its_best_and_the_others_are_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(most_telling, "MOST_PATHS", 4)
    monkeypatch.setattr(most_telling, "MOST_COLUMNS", 5)
    is_so = np.arange(300) % 3 == 0
    telling = MostTelling(np.arange(300), is_so.astype(np.int64))
    random = np.random.default_rng(5)

    def made(name: str, *shares: float) -> pd.DataFrame:
        says = (np.where(random.random(300) < share, is_so, random.random(300) < 0.5) for share in shares)
        return pd.DataFrame({f"{name}_{n}": each * 1.0 for n, each in enumerate(says)})

    telling.offer("much", made("much", 0.9, 0.8, 0.7, 0.6))
    assert telling.let_columns_go() == {}
    telling.offer("little", made("little", 0.0, 0.3))
    assert telling.let_columns_go() == {"little": ("little_0",)}
    assert [list(each.columns) for each in telling.made.values()] == [
        [f"much_{n}" for n in range(4)],
        ["little_1"],
    ]
