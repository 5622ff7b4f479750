"""How a number of segments was chosen, how large they are and what sets them apart, as drawings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from meshlake.ml_assets.drawing import GUIDE, make_room, short

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy.typing as npt
    import pandas as pd
    from matplotlib.axes import Axes

    from meshlake.ml_assets.drawing import Draw

_DARKEST = 1.5
_GAP = 50
_SMALL = 8


def segment_figures(facts: Mapping[str, Any], centres: npt.NDArray[np.float64]) -> dict[str, Draw]:
    """Drawings by name of what `segment_report` tells; `centres` are (segments, columns), in standard deviations."""
    curve: Sequence[Mapping[str, float]] = facts["curve"]
    counts = [count["k"] for count in curve]
    names = [short(str(segment["segment_name"])) for segment in facts["segments"]]
    columns = [short(name) for name in facts["columns"] if name not in facts["dropped"]]

    def k_choice(axes: Axes) -> None:
        axes.plot(counts, [c["silhouette"] for c in curve], marker="o", label="silhouette")
        mean, least = ([c[f"rand_index_{which}"] for c in curve] for which in ("mean", "min"))
        axes.plot(counts, mean, marker="s", label="stability (adjusted Rand index)")
        axes.fill_between(counts, least, mean, alpha=0.15, color="C1", label="down to its least")
        axes.axvline(facts["k"], **GUIDE)
        axes.set(title=f"{facts['k']} segments chosen", xlabel="segments", ylim=(0, 1.02), xticks=counts)
        axes.legend()

    def elbow(axes: Axes) -> None:
        make_room(axes)
        axes.plot(counts, [c["inertia"] for c in curve], marker="o")
        axes.axvline(facts["k"], **GUIDE)
        axes.set(title="Elbow", xlabel="segments", ylabel="squared distances (inertia)", xticks=counts)

    def sizes(axes: Axes) -> None:
        make_room(axes)
        axes.barh(names[::-1], [segment["customers"] for segment in facts["segments"]][::-1])
        axes.set(title="Segment sizes", xlabel="customers")

    def profile(axes: Axes) -> None:
        make_room(axes)
        limit = _DARKEST * float(np.abs(centres).max())  # the numbers stay readable on the darkest colour
        axes.imshow(centres, cmap="RdBu_r", vmin=-limit, vmax=limit, aspect="auto")
        axes.set(title="Middles, in standard deviations")
        axes.set_xticks(range(len(columns)), columns, rotation=30, ha="right")
        axes.set_yticks(range(len(names)), names)
        for (row, column), value in np.ndenumerate(centres):
            axes.text(column, row, f"{value:+.1f}", ha="center", va="center", fontsize=8)

    def bic(axes: Axes) -> None:
        make_room(axes)
        axes.plot(counts, [c["bic"] for c in curve], marker="o")
        axes.axvline(facts["k"], **GUIDE)
        axes.set(title="A mixture of normal distributions", xlabel="segments", ylabel="BIC", xticks=counts)

    drawings = (k_choice, elbow, *([bic] if "bic" in curve[0] else []), sizes, profile)
    return {draw.__name__: draw for draw in drawings}


def shown_figures(shown: pd.DataFrame, names: Sequence[str]) -> dict[str, Draw]:
    """Drawings by name of rows as `SegmentTraining.shown` has them; `names` are those of the segments."""
    told = [short(name) for name in names]

    def knives(axes: Axes) -> None:
        start = 0
        for segment, name in enumerate(told):
            widths = np.sort(shown.loc[shown["segment"] == segment, "silhouette"].to_numpy())
            axes.fill_betweenx(np.arange(start, start + len(widths)), 0, widths, label=name, linewidth=0)
            start += len(widths) + len(shown) // _GAP
        axes.axvline(shown["silhouette"].mean(), **GUIDE)
        axes.set(title="Silhouettes", xlabel="silhouette; below zero another segment is nearer", yticks=[])
        axes.legend(loc="lower right", fontsize=_SMALL)

    def components(axes: Axes) -> None:
        second = shown.get("component_2", shown["component_1"] * 0)
        for segment, name in enumerate(told):
            is_in = (shown["segment"] == segment).to_numpy()
            axes.scatter(shown["component_1"][is_in], second[is_in], s=4, label=name, rasterized=True)
        axes.set(title="Principal components", xlabel="first", ylabel="second")
        axes.legend(fontsize=_SMALL, markerscale=3)

    return {draw.__name__: draw for draw in (knives, components)}
