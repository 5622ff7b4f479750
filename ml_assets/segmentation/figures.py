"""How a number of segments was chosen, how large they are and what sets them apart, as drawings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from meshlake.ml_assets.drawing import GUIDE, make_room
from meshlake.ml_assets.drawn_names import short

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import pandas as pd
    from matplotlib.axes import Axes

    from meshlake.ml_assets.drawing import Draw

_DARKEST = 1.5
_GAP = 50
_SMALL = 8
# Each figure that speaks for a number of segments, with its title.
_FIGURES = {
    "silhouette": "Silhouette, and by chance (dotted)",
    "rand_index_min": "Stability, at least",
    "inertia": "Elbow: squared distances (inertia)",
    "bic": "BIC, and AIC (dotted)",
    "use": "Use: variance that lies between segments",
}
_NAMES = {"rand_index_min": "stability", "inertia": "elbow"}
_BESIDE = {"silhouette": "chance_silhouette", "bic": "aic"}


def segment_figures(facts: Mapping[str, Any]) -> dict[str, Draw]:
    """Drawings by name of what `segment_report` tells."""
    names = [short(str(segment["segment_name"])) for segment in facts["segments"]]
    columns = [short(name) for name in facts["columns"] if name not in facts["dropped"]]
    centres = np.array([middle for middle in facts["centres"] if middle is not None])

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
        axes.set_yticks(range(len(centres)), names[: len(centres)])
        for (row, column), value in np.ndenumerate(centres):
            axes.text(column, row, f"{value:+.1f}", ha="center", va="center", fontsize=8)

    chosen = {
        _NAMES.get(name, name): _of_candidates(facts["curve"], name, title)
        for name, title in _FIGURES.items()
        if any(count[name] is not None for count in facts["curve"])
    }
    return {**chosen, "sizes": sizes, "profile": profile}


def _of_candidates(curve: Sequence[Mapping[str, Any]], name: str, title: str) -> Draw:
    """One line of each candidate, or a point where it finds the number itself; a guide where it was chosen."""

    def draw(axes: Axes) -> None:
        for number, (algorithm, counts) in enumerate(_by_algorithm(curve, name)):
            colour = f"C{number}"
            ks = [count["k"] for count in counts]
            axes.plot(ks, [count[name] for count in counts], marker="o", color=colour, label=algorithm)
            if beside := _BESIDE.get(name):
                axes.plot(ks, [count[beside] for count in counts], color=colour, linestyle=":")
        for count in curve:
            if count["is_chosen"]:
                axes.axvline(count["k"], **GUIDE)
        axes.set(title=title, xlabel="segments", xticks=sorted({count["k"] for count in curve}))
        axes.legend(fontsize=_SMALL)

    return draw


def _by_algorithm(
    curve: Sequence[Mapping[str, Any]], name: str
) -> Iterator[tuple[str, list[Mapping[str, Any]]]]:
    for algorithm in dict.fromkeys(count["algorithm"] for count in curve):
        counts = [count for count in curve if count["algorithm"] == algorithm and count[name] is not None]
        if counts:
            yield algorithm, counts


def shown_figures(shown: pd.DataFrame, names: Mapping[int, str]) -> dict[str, Draw]:
    """Drawings by name of rows as `SegmentTraining.shown` has them; `names` are those of the segments, by number."""
    told = {number: short(name) for number, name in names.items()}

    def knives(axes: Axes) -> None:
        start = 0
        for segment, name in told.items():
            widths = np.sort(shown.loc[shown["segment"] == segment, "silhouette"].to_numpy())
            axes.fill_betweenx(np.arange(start, start + len(widths)), 0, widths, label=name, linewidth=0)
            start += len(widths) + len(shown) // _GAP
        axes.axvline(shown["silhouette"].mean(), **GUIDE)
        axes.set(title="Silhouettes", xlabel="silhouette; below zero another segment is nearer", yticks=[])
        axes.legend(loc="lower right", fontsize=_SMALL)

    def components(axes: Axes) -> None:
        second = shown.get("component_2", shown["component_1"] * 0)
        for segment, name in told.items():
            is_in = (shown["segment"] == segment).to_numpy()
            axes.scatter(shown["component_1"][is_in], second[is_in], s=4, label=name, rasterized=True)
        axes.set(title="Principal components", xlabel="first", ylabel="second")
        axes.legend(fontsize=_SMALL, markerscale=3)

    return {draw.__name__: draw for draw in (knives, components)}
