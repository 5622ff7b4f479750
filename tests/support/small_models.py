"""A small churn table whose answer is known, and models trained on it once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

from meshlake.ml_assets.churn import ChurnTraining, train_churn
from meshlake.ml_assets.segmentation.spec import Scale, SegmentSpec
from meshlake.ml_assets.segmentation.training import SegmentTraining, train_segments
from meshlake.ml_assets.spec import ChurnSpec

if TYPE_CHECKING:
    from collections.abc import Callable


def _make_customers(count: int, seed: int = 0) -> pd.DataFrame:
    """Customers of whom those with many tickets, or on the monthly plan, churn more."""
    random = np.random.default_rng(seed)
    tickets = random.poisson(1.5, count)
    plan = random.choice(["monthly", "yearly"], count)
    log_odds = -2 + 0.8 * tickets + 1.2 * (plan == "monthly")
    return pd.DataFrame(
        {
            "customer_id": [f"c{i:05d}" for i in range(count)],
            "tickets": tickets,
            "plan": plan,
            "minutes": np.where(random.random(count) < 0.1, np.nan, random.gamma(2, 50, count)),
            "has_contract": random.random(count) < 0.5,
            "is_churned": random.random(count) < 1 / (1 + np.exp(-log_odds)),
        }
    )


@pytest.fixture(scope="session")
def make_customers() -> Callable[..., pd.DataFrame]:
    return _make_customers


@pytest.fixture(scope="session")
def customers() -> pd.DataFrame:
    return _make_customers(600)


@pytest.fixture(scope="session")
def churn_spec() -> ChurnSpec:
    """Candidates that are quick to fit: a list of each kind, not the best one."""
    candidates = ("logistic_regression", "decision_tree", "soft_voting", "stacking")
    return ChurnSpec(key=("customer_id",), label="is_churned", candidates=candidates)


@pytest.fixture(scope="session")
def training(customers: pd.DataFrame, churn_spec: ChurnSpec) -> ChurnTraining:
    return train_churn(customers, churn_spec)


@pytest.fixture(scope="session")
def shoppers() -> pd.DataFrame:
    """Three kinds of shoppers, far apart: 120 regulars, 90 newcomers and 60 who stopped buying."""
    random = np.random.default_rng(1)
    middles = {"regular": (5, 40, 2000), "newcomer": (8, 2, 60), "lapsed": (300, 3, 100)}
    counts = {"regular": 120, "newcomer": 90, "lapsed": 60}
    kinds = np.repeat(list(counts), list(counts.values()))
    values = np.exp(np.log([middles[kind] for kind in kinds]) + random.normal(0, 0.15, (len(kinds), 3)))
    table = pd.DataFrame(values, columns=["recency_days", "frequency", "monetary"])
    return table.assign(customer_id=range(len(kinds)), kind=kinds)


@pytest.fixture(scope="session")
def segment_spec() -> SegmentSpec:
    columns = {"recency_days": Scale.LOG, "frequency": Scale.LOG, "monetary": Scale.LOG}
    return SegmentSpec(key=("customer_id",), columns=columns, k_min=2, k_max=5)


@pytest.fixture(scope="session")
def segmentation(shoppers: pd.DataFrame, segment_spec: SegmentSpec) -> SegmentTraining:
    return train_segments(shoppers, segment_spec)
