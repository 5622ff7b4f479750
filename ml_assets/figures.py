"""Pictures of a training, as PNG by name. The only module that knows matplotlib."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image
from sklearn.calibration import calibration_curve
from sklearn.metrics import ConfusionMatrixDisplay, precision_recall_curve, roc_curve

from meshlake.ml_assets.report import out_of_fold

if TYPE_CHECKING:
    from collections.abc import Callable

    from matplotlib.axes import Axes

    from meshlake.ml_assets.churn import ChurnTraining
    from meshlake.ml_assets.segments import SegmentTraining

_DOTS_PER_INCH = 80
_COLOURS = 32
SHOWN_FEATURES = 15
_CONTACTED = "share of customers, most likely first"
_LONGEST_NAME = 30
# Of each segment the profile tells its number, name, customers and share before the columns it was made from.
_PROFILE_FACTS = 4


def churn_figures(training: ChurnTraining) -> dict[str, bytes]:
    """PNG pictures of the winner's out-of-fold predictions, and of what moves them most, by name."""
    is_churned, probability, is_flagged = out_of_fold(training)
    reached = np.cumsum(is_churned[np.argsort(-probability, kind="stable")])
    contacted = np.arange(1, len(reached) + 1)

    def roc(axes: Axes) -> None:
        false_positive_rate, true_positive_rate, _ = roc_curve(is_churned, probability)
        axes.plot(false_positive_rate, true_positive_rate)
        axes.plot([0, 1], [0, 1], linestyle=":", color="grey")
        axes.set(title="ROC curve", xlabel="false positive rate", ylabel="true positive rate (recall)")

    def precision_recall(axes: Axes) -> None:
        precision, recall, _ = precision_recall_curve(is_churned, probability)
        axes.plot(recall, precision)
        axes.axhline(is_churned.mean(), linestyle=":", color="grey")
        axes.set(title="Precision and recall", xlabel="recall", ylabel="precision", ylim=(0, 1.02))

    def calibration(axes: Axes) -> None:
        observed, predicted = calibration_curve(is_churned, probability, n_bins=10, strategy="quantile")
        axes.plot(predicted, observed, marker="o")
        axes.plot([0, 1], [0, 1], linestyle=":", color="grey")
        axes.set(title="Calibration", xlabel="predicted probability", ylabel="share that churned")

    def confusion(axes: Axes) -> None:
        display = ConfusionMatrixDisplay.from_predictions(
            is_churned, is_flagged, ax=axes, colorbar=False, display_labels=["stays", "churns"]
        )
        least = training.model.threshold
        display.ax_.set_title(f"Flagged from {least:.3f} on" if 0 < least <= 1 else "Flagged")

    def gain(axes: Axes) -> None:
        axes.plot(contacted / len(reached), reached / reached[-1])
        axes.plot([0, 1], [0, 1], linestyle=":", color="grey")
        axes.set(title="Gain", xlabel=_CONTACTED, ylabel="share of those who churn that is reached")

    def lift(axes: Axes) -> None:
        axes.plot(contacted / len(reached), reached / contacted / is_churned.mean())
        axes.axhline(1, linestyle=":", color="grey")
        axes.set(title="Lift", xlabel=_CONTACTED, ylabel="lift", xlim=(0.01, 1))

    def importances(axes: Axes) -> None:
        names = list(training.importances)[:SHOWN_FEATURES][::-1]
        axes.barh([_short(name) for name in names], [training.importances[name] for name in names])
        axes.set(title="What moves a prediction", xlabel="change of probability, on average")

    figures = {
        "roc": roc,
        "precision_recall": precision_recall,
        "calibration": calibration,
        "gain": gain,
        "lift": lift,
        "confusion_matrix": confusion,
        "importances": importances,
    }
    return {name: _png(draw) for name, draw in figures.items()}


def segment_figures(training: SegmentTraining) -> dict[str, bytes]:
    """PNG pictures of how k was chosen, how large the segments are and what sets them apart, by name."""
    counts = [count.k for count in training.curve]
    names = [_short(name) for name in training.profile["segment_name"]]

    def choice(axes: Axes) -> None:
        axes.plot(counts, [c.silhouette for c in training.curve], marker="o", label="silhouette")
        stability = [c.rand_index_mean for c in training.curve]
        axes.plot(counts, stability, marker="s", label="stability (adjusted Rand index)")
        axes.axvline(training.k, linestyle=":", color="grey")
        axes.set(title=f"{training.k} segments chosen", xlabel="segments", ylim=(0, 1.02), xticks=counts)
        axes.legend()

    def elbow(axes: Axes) -> None:
        axes.plot(counts, [c.inertia for c in training.curve], marker="o")
        axes.axvline(training.k, linestyle=":", color="grey")
        axes.set(title="Elbow", xlabel="segments", ylabel="squared distances (inertia)", xticks=counts)

    def sizes(axes: Axes) -> None:
        axes.barh(names[::-1], training.profile["customers"].to_numpy()[::-1])
        axes.set(title="Segment sizes", xlabel="customers")

    def profile(axes: Axes) -> None:
        centres = training.model.pipeline.named_steps["cluster"].cluster_centers_
        columns = [_short(str(name)) for name in training.profile.columns[_PROFILE_FACTS:]]
        limit = 1.5 * float(np.abs(centres).max())  # the numbers stay readable on the darkest colour
        axes.imshow(centres, cmap="RdBu_r", vmin=-limit, vmax=limit, aspect="auto")
        axes.set(title="Middles, in standard deviations")
        axes.set_xticks(range(len(columns)), columns, rotation=30, ha="right")
        axes.set_yticks(range(len(names)), names)
        for (row, column), value in np.ndenumerate(centres):
            axes.text(column, row, f"{value:+.1f}", ha="center", va="center", fontsize=8)

    figures = {"k_choice": choice, "elbow": elbow, "sizes": sizes, "profile": profile}
    return {name: _png(draw) for name, draw in figures.items()}


def _short(name: str) -> str:
    return name if len(name) <= _LONGEST_NAME else f"{name[: _LONGEST_NAME - 3]}..."


def _png(draw: Callable[[Axes], None]) -> bytes:
    """Few colours make it a quarter as large, and Dagster keeps it once for every build."""
    figure = Figure(figsize=(6, 4.5), dpi=_DOTS_PER_INCH, layout="constrained")
    canvas: Any = FigureCanvasAgg(figure)
    draw(figure.add_subplot())
    canvas.draw()
    buffer = io.BytesIO()
    pixels = Image.fromarray(np.asarray(canvas.buffer_rgba())).convert("RGB")
    pixels.quantize(_COLOURS).save(buffer, "png", optimize=True)
    return buffer.getvalue()
