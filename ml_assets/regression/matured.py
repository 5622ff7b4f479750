"""What predicted amounts turned out to be."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from meshlake.ml_assets.comparison import Interval, groups_by
from meshlake.ml_assets.evidence import Level, Promise
from meshlake.ml_assets.matured import FEWEST_MATURED, Matured, means_of, promised
from meshlake.ml_assets.regression.metrics import in_figures, measure_amounts
from meshlake.ml_assets.regression.rows import read_amounts
from meshlake.ml_assets.regression.training import tested_amounts

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy.typing as npt
    import pandas as pd

    from meshlake.ml_assets.regression.spec import RegressionSpec

    Floats = npt.NDArray[np.float64]


def matured_amounts(
    came: pd.DataFrame, said: pd.DataFrame, spec: RegressionSpec, record: Mapping[str, Any]
) -> Matured:
    """What predicted amounts turned out to be.

    Args:
        came: a row of each prediction: the keys, and the label as it is known now.
        said: of the same rows `predicted`, and `lower` and `upper` where these are published.
        spec: what was asked for.
        record: of the version that predicted. Half of what comes is above a median, and its mean elsewhere: as far as
            its `metrics` say.

    Raises:
        ValueError: the label holds anything but numbers.
    """
    label = read_amounts(came[spec.label])
    actual, predicted = label.to_numpy(), said["predicted"].to_numpy(dtype=np.float64)
    bias = float(record["metrics"]["bias"]) if spec.predict == "median" else 0.0
    mean, expected = float(actual.mean()), float(predicted.mean()) - bias
    level = Level(
        mean,
        expected,
        float((actual - predicted).std()),
        f"{spec.label} was {in_figures(mean)} on average",
        f"{in_figures(expected)} was",
    )
    figures = {}
    if len(actual) >= FEWEST_MATURED:
        figures = _figures(actual, predicted, said, groups_by(came, spec), spec.seed)
    return Matured(label, figures, (level,))


def promised_amounts(honest: pd.DataFrame, spec: RegressionSpec) -> Promise:
    """What the rows that tested a model promise of the figure that decides."""
    tested = tested_amounts(honest)
    actual, predicted = tested["label"].to_numpy(), tested["predicted"].to_numpy()
    found = measure_amounts(actual, predicted, groups_by(tested, spec), spec.seed)
    return promised(spec.loss, found)


def _figures(
    actual: Floats, predicted: Floats, said: pd.DataFrame, groups: npt.NDArray[np.int64], seed: int
) -> dict[str, Interval]:
    error = predicted - actual
    values = {"mean_absolute_error": np.abs(error), "squared": error**2, "bias": error}
    if "lower" in said:
        lower, upper = (said[name].to_numpy(dtype=np.float64) for name in ("lower", "upper"))
        values["coverage"] = (lower <= actual) & (actual <= upper)
    found = means_of(values, groups, seed)
    squared = found.pop("squared")
    root = Interval(*(float(np.sqrt(each)) for each in (squared.estimate, squared.low, squared.high)))
    return {**found, "root_mean_squared_error": root}
