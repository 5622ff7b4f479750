"""What a churn model is worth, as drawings: each of rows that tested it, whose labels it never saw."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.metrics import ConfusionMatrixDisplay, precision_recall_curve, roc_curve

from meshlake.ml_assets.drawing import GUIDE, make_room
from meshlake.ml_assets.drawn_names import short
from meshlake.ml_assets.metrics import calibration_bins, flag_metrics

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd
    from matplotlib.axes import Axes

    from meshlake.ml_assets.drawing import Draw

SHOWN_FEATURES = 15
_CLASSES = ["stays", "churns"]
_CONTACTED = "share of customers, most likely first"
_BARS = 30
_ROOM = 1.08
# So many times the least value is told by its size.
_WIDE = 20


def churn_figures(tested: pd.DataFrame, threshold: float) -> dict[str, Draw]:
    """Drawings by name of `tested`, rows as `ChurnTraining.honest` has them; both classes must occur.

    `threshold` is the probability from which on they are flagged, if any says so.
    """
    is_churned = tested["is_churned"].to_numpy(dtype=bool)
    probability = tested["churn_probability"].to_numpy()
    is_flagged = tested["is_predicted_churn"].to_numpy(dtype=bool)
    flags = flag_metrics(is_churned, is_flagged)
    reached = np.cumsum(is_churned[np.argsort(-probability, kind="stable")])
    contacted = np.arange(1, len(reached) + 1)
    flagged = f"flagged from {threshold:.3f} on" if 0 < threshold <= 1 else None
    highest = min(1.0, float(probability.max()) * _ROOM)

    def scores(axes: Axes) -> None:
        edges = np.linspace(0, highest, _BARS + 1).tolist()
        for name, is_of_class in zip(_CLASSES, (~is_churned, is_churned), strict=True):
            found = probability[is_of_class]
            axes.hist(found, edges, weights=np.full(len(found), 1 / len(found)), alpha=0.6, label=name)
        if flagged:
            axes.axvline(threshold, color="black", linewidth=1, label=flagged)
        axes.set(title="Scores", xlabel="predicted probability", ylabel="share of the class")
        axes.legend()

    def roc(axes: Axes) -> None:
        false_positive_rate, true_positive_rate, _ = roc_curve(is_churned, probability)
        axes.plot(false_positive_rate, true_positive_rate)
        axes.plot([0, 1], [0, 1], **GUIDE)
        axes.plot(is_flagged[~is_churned].mean(), flags["recall"], "o", color="black", label="the flagged")
        axes.set(title="ROC curve", xlabel="false positive rate", ylabel="true positive rate (recall)")
        axes.legend()

    def precision_recall(axes: Axes) -> None:
        precision, recall, _ = precision_recall_curve(is_churned, probability)
        axes.plot(recall, precision)
        axes.axhline(is_churned.mean(), **GUIDE)
        axes.plot(flags["recall"], flags["precision"], "o", color="black", label="the flagged")
        axes.set(title="Precision and recall", xlabel="recall", ylabel="precision", ylim=(0, 1.02))
        axes.legend()

    def thresholds(axes: Axes) -> None:
        precision, recall, from_on = precision_recall_curve(is_churned, probability)
        axes.plot(from_on, precision[:-1], label="precision")
        axes.plot(from_on, recall[:-1], label="recall")
        if flagged:
            axes.axvline(threshold, color="black", linewidth=1, label=flagged)
        axes.set(title="What the threshold trades", xlabel="threshold", xlim=(0, highest), ylim=(0, 1.02))
        axes.legend()

    def confusion_matrix(axes: Axes) -> None:
        display = ConfusionMatrixDisplay.from_predictions(
            is_churned, is_flagged, ax=axes, colorbar=False, display_labels=_CLASSES, cmap="Blues"
        )
        display.ax_.set_title((flagged or "flagged").capitalize())

    def errors(axes: Axes) -> None:
        make_room(axes)
        shares = [is_flagged[~is_churned].mean(), 1 - flags["recall"]]
        told = ["flagged,\nof those who stay", "missed,\nof those who churn"]
        bars = axes.barh(told[::-1], shares[::-1])
        axes.bar_label(bars, fmt="{:.1%}", padding=3)
        axes.set(title="Errors alone", xlabel="share of the class", xlim=(0, 1.12))

    def gain(axes: Axes) -> None:
        axes.plot(contacted / len(reached), reached / reached[-1])
        axes.plot([0, 1], [0, 1], **GUIDE)
        axes.plot(flags["flagged_share"], flags["recall"], "o", color="black", label="the flagged")
        axes.set(title="Gain", xlabel=_CONTACTED, ylabel="share of those who churn that is reached")
        axes.legend()

    def lift(axes: Axes) -> None:
        axes.plot(contacted / len(reached), reached / contacted / is_churned.mean())
        axes.axhline(1, **GUIDE)
        axes.set(title="Lift", xlabel=_CONTACTED, ylabel="lift", xlim=(0.01, 1))

    drawings = (scores, roc, precision_recall, thresholds, confusion_matrix, errors, gain, lift)
    bins = calibration_bins(is_churned, probability)
    calibration = calibration_figure(bins, "predicted probability", "share that churned")
    return {**{draw.__name__: draw for draw in drawings}, "calibration": calibration}


def calibration_figure(bins: pd.DataFrame, predicted: str, observed: str) -> Draw:
    """Of `bins`, as `metrics.calibration_bins` has them, what was `predicted` and `observed`, both told in words."""

    def calibration(axes: Axes) -> None:
        around = np.array([bins["observed"] - bins["low"], bins["high"] - bins["observed"]])
        axes.errorbar(
            bins["predicted"], bins["observed"], around, marker="o", capsize=3, label="95 % interval"
        )
        limit = min(1.0, _ROOM * float(max(bins["high"].max(), bins["predicted"].max())))
        axes.plot([0, limit], [0, limit], **GUIDE)
        axes.set(title="Calibration", xlabel=predicted, ylabel=observed)
        axes.set(xlim=(0, limit), ylim=(0, limit))
        axes.legend(loc="upper left")

    return calibration


def learning_curve_figure(curve: Sequence[Mapping[str, float]]) -> Draw:
    """What `learning_curve` found."""

    def draw(axes: Axes) -> None:
        _losses(axes, "rows", curve)
        axes.set(title="Learning curve", xlabel="rows learned from", ylabel="log loss", ylim=(0, None))
        axes.legend()

    return draw


def validation_curve_figure(found: Mapping[str, Any]) -> Draw:
    """What `validation_curve` found."""

    def draw(axes: Axes) -> None:
        points = found["points"]
        _losses(axes, "value", points)
        if found["used"] is not None:
            axes.axvline(found["used"], color="black", linewidth=1, label="as it is")
        if points[0]["value"] > 0 and points[-1]["value"] / points[0]["value"] > _WIDE:
            axes.set_xscale("log")
        axes.set(title="Validation curve", xlabel=found["parameter"], ylabel="log loss", ylim=(0, None))
        axes.legend()

    return draw


def _losses(axes: Axes, along: str, points: Sequence[Mapping[str, float]]) -> None:
    """The log loss of rows not learned from, with its interval, and of those learned from."""
    at = [point[along] for point in points]
    low, high = ([point[which] for point in points] for which in ("low", "high"))
    axes.plot(at, [point["log_loss"] for point in points], marker="o", label="rows not learned from")
    axes.fill_between(at, low, high, alpha=0.15, color="C0", label="95 % interval")
    axes.plot(at, [point["learned_log_loss"] for point in points], "s--", label="rows learned from")


def importances_figure(importances: Mapping[str, float], title: str, told: str) -> Draw:
    """A bar of each of the first of `importances`, which are told in words."""

    def draw(axes: Axes) -> None:
        names = list(importances)[:SHOWN_FEATURES][::-1]
        make_room(axes)
        axes.barh([short(name) for name in names], [importances[name] for name in names])
        axes.set(title=title, xlabel=told)

    return draw
