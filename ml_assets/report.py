"""What a training tells people: facts that fit into JSON, and figures as PNG.

The only module that knows matplotlib. Metrics are computed in `metrics` and by the trainings, not here.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from sklearn.calibration import calibration_curve
from sklearn.metrics import ConfusionMatrixDisplay, precision_recall_curve, roc_curve

from meshlake.ml_assets.metrics import flag_metrics, probability_metrics

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy.typing as npt
    from matplotlib.axes import Axes

    from meshlake.ml_assets.churn import CandidateResult, ChurnTraining
    from meshlake.ml_assets.segments import SegmentTraining

_DOTS_PER_INCH = 100


def churn_report(training: ChurnTraining) -> dict[str, Any]:
    """The facts of a churn training: algorithm, rows, candidates, policy, out-of-fold and test metrics.

    `out_of_fold` is measured on the cross-validated rows, `test` on the latest labelled cut-off or null.
    """
    spec, test = training.spec, training.test
    is_churned, probability, is_flagged = _out_of_fold(training)
    return {
        "task": "churn",
        "algorithm": training.algorithm,
        "rows": dict(training.row_counts),
        "features": dict(training.features),
        "dropped": dict(training.dropped),
        "folds": {"count": spec.folds, "seed": spec.seed, "sha256": training.folds_sha256},
        "candidates": {c.algorithm: _candidate_report(c) for c in training.candidates},
        "policy": {"flag_share": spec.flag_share, "threshold": training.model.threshold},
        "out_of_fold": {
            **probability_metrics(is_churned, probability),
            **flag_metrics(is_churned, is_flagged),
        },
        "test": None if test is None else {"cutoff": test.cutoff, **test.metrics},
        "warnings": list(training.warnings),
    }


def _candidate_report(candidate: CandidateResult) -> dict[str, Any]:
    names = [name for name in candidate.folds[0] if name != "n"]
    values = {name: [fold[name] for fold in candidate.folds] for name in names}
    return {
        "out_of_fold": dict(candidate.out_of_fold),
        "folds": [dict(fold) for fold in candidate.folds],
        "fold_mean": {name: float(np.mean(values[name])) for name in names},
        "fold_sd": {name: float(np.std(values[name], ddof=1)) for name in names},
    }


def _out_of_fold(
    training: ChurnTraining,
) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.float64], npt.NDArray[np.bool_]]:
    rows = training.honest[training.honest["fold"].notna()]
    return (
        rows["is_churned"].to_numpy(),
        rows["churn_probability"].to_numpy(),
        rows["is_predicted_churn"].to_numpy(),
    )


def segment_report(training: SegmentTraining) -> dict[str, Any]:
    """The facts of a segmentation: the k chosen, the curve it was chosen from, and each segment's profile."""
    return {
        "task": "segments",
        "k": training.k,
        "seed": training.spec.seed,
        "columns": {name: str(scale) for name, scale in training.spec.columns.items()},
        "dropped": dict(training.dropped),
        "curve": [{**vars(count), "is_stable": count.is_stable} for count in training.curve],
        "segments": training.profile.astype(object).to_dict(orient="records"),
        "warnings": list(training.warnings),
    }


def churn_figures(training: ChurnTraining) -> dict[str, bytes]:
    """PNG pictures of the winner's out-of-fold predictions, by name."""
    is_churned, probability, is_flagged = _out_of_fold(training)

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
        display.ax_.set_title(f"Flagged from {training.model.threshold:.3f} on")

    def lift(axes: Axes) -> None:
        reached = np.cumsum(is_churned[np.argsort(-probability, kind="stable")])
        contacted = np.arange(1, len(reached) + 1)
        axes.plot(contacted / len(reached), reached / contacted / is_churned.mean())
        axes.axhline(1, linestyle=":", color="grey")
        axes.set(title="Lift", xlabel="share of customers, most likely first", ylabel="lift", xlim=(0.01, 1))

    figures = {
        "roc": roc,
        "precision_recall": precision_recall,
        "calibration": calibration,
        "confusion_matrix": confusion,
        "lift": lift,
    }
    return {name: _png(draw) for name, draw in figures.items()}


def segment_figures(training: SegmentTraining) -> dict[str, bytes]:
    """PNG pictures of how k was chosen and how large the segments are, by name."""
    counts = [count.k for count in training.curve]

    def choice(axes: Axes) -> None:
        axes.plot(counts, [c.silhouette for c in training.curve], marker="o", label="silhouette")
        stability = [c.rand_index_mean for c in training.curve]
        axes.plot(counts, stability, marker="s", label="stability (adjusted Rand index)")
        axes.axvline(training.k, linestyle=":", color="grey")
        axes.set(title=f"{training.k} segments chosen", xlabel="segments", ylim=(0, 1.02), xticks=counts)
        axes.legend()

    def sizes(axes: Axes) -> None:
        names = training.profile["segment_name"].tolist()
        axes.barh(names[::-1], training.profile["customers"].to_numpy()[::-1])
        axes.set(title="Segment sizes", xlabel="customers")

    return {"k_choice": _png(choice), "sizes": _png(sizes)}


def _png(draw: Callable[[Axes], None]) -> bytes:
    figure = Figure(figsize=(6, 4.5), dpi=_DOTS_PER_INCH, layout="constrained")
    FigureCanvasAgg(figure)
    draw(figure.add_subplot())
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", metadata={"Software": None})
    return buffer.getvalue()
