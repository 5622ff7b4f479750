"""What a model's figures are held against beside the base rate: a rule of thumb, and what choosing among many gains.

Method of the latter: the candidate of each fold is chosen on the others (Varma and Simon, Bias in error estimation when
using cross-validation for model selection, 2006), of the predictions that were compared: nothing is fitted again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from meshlake.ml_assets.comparison import can_compare
from meshlake.ml_assets.leaks.one_feature import MAX_ROWS, drawn_rows, single_roc_aucs
from meshlake.ml_assets.metrics import log_losses

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt
    import pandas as pd

    from meshlake.ml_assets.cross_validation import CandidateResult


def rule_of_thumb(
    rows: pd.DataFrame, features: Sequence[str], is_churned: npt.NDArray[np.bool_]
) -> dict[str, Any]:
    """The one of `features` that orders customers best by itself, and its `roc_auc` on rows it was not learnt from.

    At most 50,000 rows are looked at; nothing is told of labels that tell nothing.

    Example:
        >>> import pandas as pd
        >>> is_churned = np.arange(100) % 2 == 0
        >>> rule_of_thumb(pd.DataFrame({"fee": is_churned * 2, "age": 1}), ["age", "fee"], is_churned)
        {'feature': 'fee', 'roc_auc': 1.0}
    """
    drawn = drawn_rows(len(rows), MAX_ROWS)
    rows, is_churned = rows.iloc[drawn], is_churned[drawn]
    if not can_compare(is_churned):
        return {}
    found = single_roc_aucs(rows, features, is_churned)
    best = max(found, key=found.__getitem__)
    return {"feature": best, "roc_auc": found[best]}


def gain_by_choosing(
    candidates: Sequence[CandidateResult], folds: npt.NDArray[np.int64], is_churned: npt.NDArray[np.bool_]
) -> float:
    """By how much less log loss the best of `candidates` has, as it was chosen on the rows it is measured on.

    Args:
        candidates: all on the same rows.
        folds: the fold of each row, shape (n,).
        is_churned: the labels, shape (n,).
    """
    losses = np.array([log_losses(is_churned, each.probability) for each in candidates])
    chosen = np.empty(losses.shape[1])
    for fold in np.unique(folds):
        is_out = folds == fold
        chosen[is_out] = losses[losses[:, ~is_out].mean(axis=1).argmin(), is_out]
    return float(chosen.mean() - losses.mean(axis=1).min())
