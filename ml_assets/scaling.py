"""Columns as points that distances mean something between: logarithms where asked, then unit variance."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler

from meshlake.ml_assets.features import infinite_counts
from meshlake.ml_assets.logarithm import signed_log1p
from meshlake.ml_assets.preprocessing import Kind, plan_features
from meshlake.ml_assets.segmentation.spec import Scale
from meshlake.ml_assets.training_rows import require_columns

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import numpy.typing as npt
    import pandas as pd

    from meshlake.ml_assets.preprocessing import FeaturePlan


def in_key_order(features: pd.DataFrame, key: Sequence[str], columns: Iterable[str]) -> pd.DataFrame:
    """The rows sorted by `key`, so that the order in which they come changes no model.

    Raises:
        ValueError: a column of `key` or `columns` is missing, with the nearest there is.
    """
    require_columns(features, (*key, *columns))
    return features.sort_values(list(key), kind="stable", ignore_index=True)


def plan_of_numbers(rows: pd.DataFrame, columns: Mapping[str, Scale], purpose: str) -> FeaturePlan:
    """See `plan_features`, of numbers and booleans alone.

    Raises:
        ValueError: a column holds none; `purpose` says what is made of numbers.
    """
    plan = plan_features(rows, columns)
    if wrong := [name for name, kind in plan.kinds.items() if kind not in (Kind.NUMBER, Kind.BOOLEAN)]:
        raise ValueError(f"{purpose} made from numbers; these columns hold none: {', '.join(wrong)}")
    return plan


def told_of(rows: pd.DataFrame, plan: FeaturePlan) -> tuple[str, ...]:
    """What is warned of: values that are counted as missing though they are there."""
    counts = infinite_counts(rows, plan)
    return tuple(f"{name}: {count:,} infinite values count as missing" for name, count in counts.items())


def scaling(plan: FeaturePlan, columns: Mapping[str, Scale]) -> Pipeline:
    """Steps `frame`, `impute`, `logarithm` and `scale`; columns keep their order.

    So a point's coordinates are those of the plan's columns. Nulls count as the median.
    """
    logarithm = ColumnTransformer(
        [
            (
                f"column_{i}",
                FunctionTransformer(signed_log1p) if columns[name] is Scale.LOG else "passthrough",
                [i],
            )
            for i, name in enumerate(plan.kinds)
        ]
    )
    return Pipeline(
        [
            ("frame", plan.frame()),
            ("impute", SimpleImputer(strategy="median")),
            ("logarithm", logarithm),
            ("scale", StandardScaler()),
        ]
    )


def sample(count: int, at_most: int, seed: int) -> npt.NDArray[np.int64]:
    """The places of all of `count` rows, or of as many as allowed, drawn and in order."""
    if count <= at_most:
        return np.arange(count)
    return np.sort(np.random.default_rng(seed).choice(count, at_most, replace=False))
