"""Rows counted in SQL by the bins of a record are those counted in Python, in the same bins."""

from __future__ import annotations

from types import SimpleNamespace

import duckdb
import numpy as np
import pandas as pd
import pytest

from meshlake.building.feature_drift import drift_of, label_drift
from meshlake.ml_assets.drift import Distribution, distributions, stability
from meshlake.types.duckdb import parse

SIZE = 400
RANDOM = np.random.default_rng(2)
BEFORE = pd.DataFrame(
    {
        "usage": np.where(RANDOM.random(SIZE) < 0.2, np.nan, RANDOM.normal(size=SIZE)),
        "tickets": RANDOM.poisson(1, SIZE),
        "plan": RANDOM.choice(["basic", "it's", "pro"], SIZE),
        "has_app": RANDOM.random(SIZE) < 0.5,
        "gone": 1.0,
    }
)
AFTER = pd.DataFrame(
    {
        "usage": np.concatenate([RANDOM.normal(1.5, size=SIZE - 2), [np.inf, -np.inf]]),
        "tickets": RANDOM.poisson(1, SIZE),
        "plan": RANDOM.choice(["basic", "max", None], SIZE),
        "has_app": pd.Series(RANDOM.random(SIZE) < 0.5, dtype="boolean").mask(RANDOM.random(SIZE) < 0.1),
    }
)


@pytest.fixture
def session():
    """DuckDB, as far as counting needs it."""
    with duckdb.connect() as connection:
        connection.register("scored", AFTER)

        def columns(select):
            return {row[0]: parse(row[1]) for row in connection.sql(f"DESCRIBE {select}").fetchall()}

        yield SimpleNamespace(columns=columns, rows=lambda select: connection.sql(select).fetchall())


@pytest.mark.parametrize("most", [8, 300])
def test_sql_counts_what_python_counts(session, monkeypatch, most):
    monkeypatch.setattr("meshlake.building.feature_drift._MOST_BINS", most)
    before = distributions(BEFORE, BEFORE.columns)
    found = drift_of(session, "SELECT * FROM scored", before)
    expected = {
        name: stability(np.array(before[name].rows, dtype=float), before[name].counts(AFTER[name]))
        for name in AFTER.columns
    }
    assert {name: index for name, (index, _) in found.items()} == pytest.approx(
        {name: index for name, (index, _) in expected.items()}
    )
    assert [name for name, (_, is_shifted) in found.items() if is_shifted] == ["plan", "usage", "has_app"]


def test_a_label_that_comes_twice_as_often_has_drifted():
    was = Distribution((900, 100, 0, 0), values=("false", "true"))
    found = label_drift(was, pd.Series([True] * 40 + [False] * 160))
    assert found["learned_share"] == 0.1
    assert found["label_drift"] == pytest.approx(0.1 * np.log(2) - 0.1 * np.log(8 / 9), abs=0.005)
    amounts = Distribution.of(pd.Series(range(100)))
    moved = label_drift(amounts, pd.Series(range(50, 150)))
    assert moved.keys() == {"label_drift"}
    assert moved["label_drift"] > 1
    assert label_drift(None, pd.Series([True])) == {}
