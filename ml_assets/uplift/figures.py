"""What a model of uplift is worth, as drawings: each of rows that tested it, whose outcomes it never saw."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from meshlake.ml_assets.comparison import groups_by, resamples
from meshlake.ml_assets.drawing import GUIDE
from meshlake.ml_assets.uplift.qini import Curve
from meshlake.ml_assets.uplift.training import tested_uplift

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd
    from matplotlib.axes import Axes

    from meshlake.ml_assets.drawing import Draw
    from meshlake.ml_assets.uplift.spec import UpliftSpec

_POINTS = 101
_BAND = (0.025, 0.975)
_BARS = 30


def figures_of(honest: pd.DataFrame, spec: UpliftSpec, sizes: Sequence[Mapping[str, Any]]) -> dict[str, Draw]:
    """Drawings by name of `honest`, rows as `UpliftTraining.honest` has them; `sizes` is what `qini.by_size` gives, a
    mapping of each row."""
    tested = tested_uplift(honest)
    gain, effect = (spec.sign * tested[name].to_numpy() for name in ("predicted", "effect"))
    drawn, weights = resamples(groups_by(tested, spec), spec.seed)
    curve, shares = Curve(gain[drawn], effect[drawn]), np.linspace(0, 1, _POINTS)
    curves = np.array([np.interp(shares, *curve.of(each)) for each in weights])
    low, high = np.quantile(curves[1:], _BAND, axis=0)

    def qini(axes: Axes) -> None:
        axes.fill_between(shares, low, high, alpha=0.2, label="95 % interval")
        axes.plot(shares, curves[0], label="those of most uplift first")
        axes.plot([0, 1], [0, curves[0][-1]], **GUIDE, label="at random")
        axes.set(title="Qini curve", xlabel="share of rows treated", ylabel="gained, for each row of all")
        axes.legend()

    def uplift_by_size(axes: Axes) -> None:
        places = np.arange(1, len(sizes) + 1)
        gained, expected, least, most = (
            np.array([each[name] for each in sizes]) for name in ("gained", "expected", "low", "high")
        )
        axes.errorbar(
            places, gained, [gained - least, most - gained], marker="o", capsize=3, linestyle="none"
        )
        axes.plot(places, expected, marker="_", linestyle="none", markersize=14, color="black")
        axes.axhline(0, **GUIDE)
        axes.set(
            title="Expected (bars) and gained (dots)",
            xlabel="tenths of rows, those of most uplift first",
            ylabel="outcomes for each row treated",
            xticks=places,
        )

    def uplifts(axes: Axes) -> None:
        axes.hist(gain, _BARS)
        axes.axvline(0, **GUIDE)
        axes.set(title="Uplifts", xlabel="expected gain of treating a row", ylabel="rows")

    return {draw.__name__: draw for draw in (qini, uplift_by_size, uplifts)}
