"""What a model of classes is worth, as drawings: each of rows that tested it, whose labels it never saw."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from meshlake.ml_assets.churn_figures import calibration_figure
from meshlake.ml_assets.classification.measures import confusion
from meshlake.ml_assets.drawing import make_room
from meshlake.ml_assets.drawn_names import short
from meshlake.ml_assets.metrics import calibration_bins

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt
    from matplotlib.axes import Axes

    from meshlake.ml_assets.drawing import Draw

# Of more classes a drawing shows no numbers that could be read, and of still more no names.
_MOST_NUMBERS, _MOST_NAMES = 12, 40
_DARK = 0.5


def class_figures(
    codes: npt.NDArray[np.int64], probability: npt.NDArray[np.float64], names: Sequence[str | int]
) -> dict[str, Draw]:
    """Drawings by name: `confusion_matrix`, `by_class` and `calibration`.

    Args:
        codes: the class of each row, from 0 on: shape (n,).
        probability: that of each class, shape (n, classes).
        names: the classes.
    """
    cells = confusion(codes, probability)
    rows = cells.sum(axis=1, keepdims=True)
    shares = np.divide(cells, rows, out=np.zeros(cells.shape), where=rows > 0)
    told = [short(str(name)) for name in names]
    bins = calibration_bins(probability.argmax(axis=1) == codes, probability.max(axis=1))

    def confusion_matrix(axes: Axes) -> None:
        make_room(axes)
        axes.imshow(shares, cmap="Blues", vmin=0, vmax=1)
        if len(names) <= _MOST_NUMBERS:
            for (row, column), count in np.ndenumerate(cells):
                colour = "white" if shares[row, column] > _DARK else "black"
                axes.text(column, row, f"{count:,}", ha="center", va="center", color=colour)
        _name(axes, told)
        axes.set(title="Confusion matrix", xlabel="said", ylabel="was")

    def by_class(axes: Axes) -> None:
        make_room(axes)
        sizes = cells.sum(axis=0)
        precision = np.divide(np.diag(cells), sizes, out=np.zeros(len(names)), where=sizes > 0)
        place = np.arange(len(names))
        axes.barh(place - 0.2, np.diag(shares), 0.4, label="recall")
        axes.barh(place + 0.2, precision, 0.4, label="precision")
        if len(names) <= _MOST_NAMES:
            axes.set_yticks(place, told)
        axes.invert_yaxis()
        axes.set(
            title="Classes", xlim=(0, 1), xlabel="share of the rows of a class, or of those said to be of it"
        )
        axes.legend()

    calibration = calibration_figure(bins, "probability of the likeliest class", "share that was of it")
    return {"confusion_matrix": confusion_matrix, "by_class": by_class, "calibration": calibration}


def _name(axes: Any, told: Sequence[str]) -> None:
    shown = told if len(told) <= _MOST_NAMES else ()
    axes.set_xticks(range(len(shown)), shown, rotation=45, ha="right")
    axes.set_yticks(range(len(shown)), shown)
