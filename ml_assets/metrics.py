"""How good predicted churn probabilities are: pure functions of labels and probabilities."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy.stats import binomtest

from meshlake.ml_assets.ordering import Ordered

if TYPE_CHECKING:
    import numpy.typing as npt

    Labels = npt.NDArray[np.bool_]
    Probabilities = npt.NDArray[np.float64]

# As in `sklearn.metrics.log_loss`.
_SMALLEST = float(np.finfo(np.float64).eps)


def probability_metrics(is_churned: Labels, probability: Probabilities) -> dict[str, float]:
    """Metrics that need no threshold; both arrays are (n,), and both classes must occur.

    By numpy: scikit-learn's own, which looks at what it is given again and again and sorts for each, took three times
    as long. `pr_auc` is average precision; `lift_at_10_percent` is `lift` at the most likely tenth.
    """
    in_order = Ordered.of(is_churned, probability)
    return {
        "roc_auc": in_order.roc_auc,
        "pr_auc": in_order.average_precision,
        "log_loss": float(log_losses(is_churned, probability).mean()),
        "brier": float(((probability - is_churned) ** 2).mean()),
        "lift_at_10_percent": lift(is_churned, probability, 0.1),
        "base_rate": float(is_churned.mean()),
        "n": len(is_churned),
    }


def log_losses(is_churned: Labels, probability: Probabilities) -> npt.NDArray[np.float64]:
    """The log loss of each row by itself, shape (n,)."""
    clipped = np.clip(probability, _SMALLEST, 1 - _SMALLEST)
    losses: npt.NDArray[np.float64] = -np.log(np.where(is_churned, clipped, 1 - clipped))
    return losses


def lift(is_churned: Labels, probability: Probabilities, share: float) -> float:
    """Churn rate among the most likely `share` of rows, over the churn rate of all.

    Rows tied at the border count by their mean, so that the order of the rows does not matter.
    """
    count = max(1, round(share * len(probability)))
    border = np.partition(probability, -count)[-count]
    above, tied = probability > border, probability == border
    hits = is_churned[above].sum() + is_churned[tied].mean() * (count - above.sum())
    return float(hits / count / is_churned.mean())


def threshold_for_share(probability: Probabilities, share: float) -> float:
    """The probability from which on about the most likely `share` of rows (at least one) is flagged.

    Rows tied at the border are all flagged.
    """
    count = max(1, round(share * len(probability)))
    return float(np.sort(probability)[-count])


def flag_metrics(is_churned: Labels, is_flagged: Labels) -> dict[str, float]:
    """The confusion matrix of flagged against churned rows; precision, recall and F1 (0 where undefined)."""
    from sklearn.metrics import confusion_matrix

    matrix = confusion_matrix(is_churned, is_flagged, labels=[False, True])
    (true_negative, false_positive), (false_negative, true_positive) = matrix.tolist()
    flagged, churned = true_positive + false_positive, true_positive + false_negative
    return {
        "true_positive": true_positive,
        "false_positive": false_positive,
        "false_negative": false_negative,
        "true_negative": true_negative,
        "precision": true_positive / flagged if flagged else 0.0,
        "recall": true_positive / churned if churned else 0.0,
        "f1": 2 * true_positive / (flagged + churned) if flagged + churned else 0.0,
        "flagged_share": flagged / len(is_churned),
    }


def calibration_bins(is_churned: Labels, probability: Probabilities, most: int = 10) -> pd.DataFrame:
    """Rows of like probability together, in at most `most` bins of like size: a row of each, least probable first.

    `predicted` is the mean probability, `observed` the share that churned, `low` to `high` its 95 % interval (Wilson,
    Probable inference, the law of succession, and statistical inference, 1927), `rows` how many there are.
    """
    rows = pd.DataFrame({"predicted": probability, "churned": is_churned})
    bins = rows.groupby(pd.qcut(rows["predicted"], most, labels=False, duplicates="drop"), dropna=False)
    found = bins.agg(predicted=("predicted", "mean"), churned=("churned", "sum"), rows=("churned", "size"))
    intervals = [
        binomtest(churned, count).proportion_ci(method="wilson")
        for churned, count in zip(found["churned"], found["rows"], strict=True)
    ]
    observed = found["churned"] / found["rows"]
    found = found.assign(observed=observed, low=[i.low for i in intervals], high=[i.high for i in intervals])
    return found[["predicted", "observed", "low", "high", "rows"]].reset_index(drop=True)
