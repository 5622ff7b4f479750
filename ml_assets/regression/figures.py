"""What a model of amounts is worth, as drawings: each of rows that tested it, whose amounts it never saw."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from matplotlib.ticker import FuncFormatter

from meshlake.ml_assets.drawing import GUIDE
from meshlake.ml_assets.guarantees import kept_share
from meshlake.ml_assets.regression.metrics import in_figures

if TYPE_CHECKING:
    import numpy.typing as npt
    from matplotlib.axes import Axes

    from meshlake.ml_assets.drawing import Draw

_GROUPS = 10
# From here on so many times the median, a few amounts would press all others into a corner.
_SKEWED = 20


def amount_figures(tested: pd.DataFrame, coverage: float) -> dict[str, Draw]:
    """Drawings by name of `tested`, rows as `RegressionTraining.honest` has them; `coverage` was asked for."""
    actual, predicted = tested["label"].to_numpy(), tested["predicted"].to_numpy()
    lower, upper = tested["lower"].to_numpy(), tested["upper"].to_numpy()

    def predicted_and_actual(axes: Axes) -> None:
        _stretch(axes, np.concatenate([predicted, actual]))
        axes.scatter(predicted, actual, s=4, alpha=0.4, rasterized=True)
        ends = [min(predicted.min(), actual.min()), max(predicted.max(), actual.max())]
        axes.plot(ends, ends, **GUIDE)
        axes.set(title="Predicted and actual", xlabel="predicted", ylabel="what came")

    def residuals(axes: Axes) -> None:
        _stretch(axes, np.concatenate([predicted, actual - predicted]))
        axes.scatter(predicted, actual - predicted, s=4, alpha=0.4, rasterized=True)
        axes.axhline(0, **GUIDE)
        axes.set(title="Residuals", xlabel="predicted", ylabel="what came, less what was predicted")

    def intervals(axes: Axes) -> None:
        shares = coverage_by_size(tested)
        around = [shares["share"] - shares["low"], shares["high"] - shares["share"]]
        axes.errorbar(
            range(1, len(shares) + 1), shares["share"], around, marker="o", capsize=3, linestyle="none"
        )
        axes.axhline(coverage, **GUIDE)
        axes.set(
            title="Coverage",
            xlabel="tenths of rows, by what is predicted",
            ylabel="share within the interval",
        )
        axes.set(ylim=(min(0.5, float(shares["low"].min())), 1.01), xticks=range(1, len(shares) + 1))

    def widths(axes: Axes) -> None:
        _stretch(axes, np.concatenate([predicted, upper]))
        order = np.argsort(predicted, kind="stable")
        axes.fill_between(
            predicted[order], lower[order], upper[order], alpha=0.3, label=f"{coverage:.0%} interval"
        )
        axes.plot(predicted[order], predicted[order], label="predicted")
        axes.set(title="Intervals", xlabel="predicted", ylabel="from lower to upper")
        axes.legend(loc="upper left")

    drawings = (predicted_and_actual, residuals, intervals, widths)
    return {draw.__name__: draw for draw in drawings}


def coverage_by_size(tested: pd.DataFrame) -> pd.DataFrame:
    """Rows of like prediction together, in at most ten groups: a row of each, the smallest prediction first.

    `predicted` and `actual` are means, `share` lies within the interval, `low` to `high` is its 95 % interval.
    """
    groups = pd.qcut(tested["predicted"].rank(method="first"), min(_GROUPS, len(tested)), labels=False)
    is_within = (tested["lower"] <= tested["label"]) & (tested["label"] <= tested["upper"])
    found = []
    for _, rows in tested.assign(is_within=is_within).groupby(groups):
        kept = kept_share(rows["is_within"].to_numpy(dtype=bool))
        if kept is not None:
            means = {"predicted": rows["predicted"].mean(), "actual": rows["label"].mean(), "rows": len(rows)}
            found.append({**means, "share": kept.estimate, "low": kept.low, "high": kept.high})
    return pd.DataFrame(found)


def _stretch(axes: Axes, values: npt.NDArray[np.float64]) -> None:
    """Logarithms on both axes, on both sides of zero, where few amounts are much larger than most."""
    sizes = np.abs(values[values != 0])
    if len(sizes) and sizes.max() > _SKEWED * (middle := float(np.median(sizes))):
        axes.set_xscale("symlog", linthresh=middle)
        axes.set_yscale("symlog", linthresh=middle)
        # Powers of ten are formulas to matplotlib, and names are none here (`drawing`).
        for axis in (axes.xaxis, axes.yaxis):
            axis.set_major_formatter(FuncFormatter(lambda value, _: in_figures(value)))
